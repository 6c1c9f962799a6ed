"""A scenario or a case folder, planned and written as a run folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError
from renewopt.core.schedule import Schedule
from renewopt.optimise.task import SolveOptions
from renewopt.projects import cost_range
from renewopt.risk import RiskTable
from renewopt.road.layers import layer_note, solve_layers
from renewopt.road.prepare import Prepared, prepare
from renewopt.road.solve import FAULTS, solve_problem
from renewopt.road.start import Start
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem
from renewopt.rules.scenario import read_scenario
from renewopt.runs.about import CaseAbout
from renewopt.runs.folder import check_target, write_run
from renewopt.runs.jobs import Progress
from renewopt.runs.manifest import hash_inputs
from renewopt.runs.plan import COST_UNCERTAINTY, Plan

Tell = Callable[[Progress], None]
Stop = Callable[[], bool]


def plan_scenario(
    path: Path,
    *,
    out: Path | None = None,
    models: Path | None = None,
    options: SolveOptions | None = None,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
    lang: str = "zh",
    mapping: str | None = None,
    layers: bool = False,
    debt_band: str | None = None,
    start: Path | None = None,
) -> Plan:
    """Plan a scenario file, or a bureau's project list (`.xlsx`).

    Parameters
    ----------
    out
        Run folder to write; None writes nothing.
    models
        Folder of models that goes before `./models` and the packaged ones.
    options
        Replace the scenario's `[solve]`.
    mapping
        Profile of a project list that has headers of its own; a scenario names its own.
    layers
        Plan with confirmed money first, then with all money, keeping what the first
        does (`Plan.layers`).
    debt_band
        Plan as if the county were in this debt band (`red`, `orange`, …).
    start
        Run folder to begin from: its multipliers give a bound at once, its works a
        first plan.

    Raises
    ------
    RenewoptError
        InputError for what cannot be read, ContradictionError for hard rules that
        exclude each other, CancelledError where no plan was found before the stop.
    """
    if out is not None:
        check_target(out)
    begin = None if start is None else Start.read(start)
    if progress is not None:
        progress(Progress("read", 0.0))
    prepared, own = prepare(
        path,
        models=models,
        lang=lang,
        progress=progress,
        mapping=mapping,
        debt_band=debt_band,
    )
    plan = solve_prepared(
        prepared,
        options=options or own,
        progress=progress,
        cancelled=cancelled,
        layers=layers,
        start=begin,
    )
    if out is not None:
        inputs = hash_inputs([path, *_folders(path)]) | _start_inputs(start)
        extras = _extras(inputs, options or own, "plan")
        extras["options"] |= {"layers": layers, "debt_band": debt_band}
        write_run(plan, out, extras)
    return plan


def solve_case(
    case_dir: Path,
    *,
    out: Path | None = None,
    options: SolveOptions | None = None,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
    layers: bool = False,
    start: Path | None = None,
) -> Plan:
    """Plan a case folder with its `policy.toml`; raises as `plan_scenario`."""
    if out is not None:
        check_target(out)
    begin = None if start is None else Start.read(start)
    if not case_dir.is_dir():
        raise InputError.of("file.missing", file=case_dir)
    problem = Problem(PlanningCase.read(case_dir), Policy.read(case_dir))
    chosen = options or SolveOptions()
    plan = _solve(problem, layers)(
        options=chosen, progress=progress, cancelled=cancelled, start=begin
    )
    about = CaseAbout.read(case_dir)
    plan = _in_each(plan, lambda one: _with_about(one, about, case_dir))
    if out is not None:
        inputs = hash_inputs([case_dir]) | _start_inputs(start)
        write_run(plan, out, _extras(inputs, chosen, "solve"))
    return plan


def solve_prepared(
    prepared: Prepared,
    *,
    options: SolveOptions,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
    layers: bool = False,
    start: Start | None = None,
) -> Plan:
    """Plan a prepared problem and keep what is known of it besides."""
    plan = _solve(prepared.problem, layers)(
        options=options, progress=progress, cancelled=cancelled, start=start
    )
    return _in_each(plan, lambda one: _with_prepared(one, prepared))


def _solve(problem: Problem, layers: bool) -> Callable[..., Plan]:
    """Give the way to solve: in two layers, or at once with a note on unsure money."""
    if layers:
        return partial(solve_layers, problem)

    def at_once(**terms: Any) -> Plan:
        plan = solve_problem(problem, **terms)
        return replace(plan, warnings=(*plan.warnings, *layer_note(problem)))

    return at_once


def _in_each(plan: Plan, dress: Callable[[Plan], Plan]) -> Plan:
    """Treat a plan and the confirmed one below it alike."""
    if plan.layers is not None and plan.layers.confirmed is not None:
        below = replace(plan.layers, confirmed=dress(plan.layers.confirmed))
        plan = replace(plan, layers=below)
    return dress(plan)


def _with_prepared(plan: Plan, prepared: Prepared) -> Plan:
    spread = COST_UNCERTAINTY
    if prepared.catalogue is not None:
        spread = _cost_spread(prepared, plan.schedule)
    return replace(
        plan,
        risk=prepared.risk,
        warnings=(*prepared.warnings, *plan.warnings),
        rejected=prepared.rejected,
        titles=prepared.titles or {},
        synthetic=prepared.synthetic,
        cost_uncertainty=spread,
    )


def _cost_spread(prepared: Prepared, schedule: Schedule) -> float:
    case, chosen = prepared.problem.case, schedule.chosen["work_id"].tolist()
    assert prepared.catalogue is not None
    low, high = cost_range(case, prepared.catalogue, chosen)
    paid = case.payments[case.payments["work_id"].isin(chosen)]["cost"].sum() / 100
    if not paid or low == high:
        return COST_UNCERTAINTY
    return float(max(paid - low, high - paid) / paid)


def _with_about(plan: Plan, about: CaseAbout, case_dir: Path) -> Plan:
    """Keep what went with the case: titles, warnings, risk, the synthetic label."""
    file = case_dir / "risk.csv"
    if (case_dir.parent / "manifest.json").is_file():  # the case of a run folder
        file = case_dir.parent / "risk.csv"
    # What was said of layers or of an engine was said of the run of the case.
    own = set(FAULTS.values())
    old = [
        item
        for item in about.warnings
        if item.code not in own and not item.code.startswith(("layers.", "start."))
    ]
    news = [item for item in plan.warnings if item not in old]
    return replace(
        plan,
        risk=RiskTable.read(file) if file.exists() else None,
        warnings=(*old, *news),
        rejected=about.rejected,
        titles=about.titles,
        synthetic=about.synthetic,
        cost_uncertainty=about.cost_uncertainty,
    )


def _extras(inputs: dict[str, str], options: SolveOptions, verb: str) -> dict[str, Any]:
    shown = {
        "gap": options.gap,
        "time_limit_s": options.time_limit_s,
        "engine": options.engine,
        "processes": options.processes,
    }
    return {"inputs": inputs, "options": shown, "seed": options.seed, "command": verb}


def _start_inputs(start: Path | None) -> dict[str, str]:
    """Give the hashes of what a run began from: the same plan needs the same start."""
    if start is None:
        return {}
    files = [start / "schedule.csv", start / "certificate.json"]
    found = hash_inputs(file for file in files if file.is_file())
    return {f"{start.resolve().name}/{name}": value for name, value in found.items()}


def _folders(path: Path) -> list[Path]:
    if path.suffix.lower() != ".toml":
        return []
    scenario = read_scenario(path)
    found: list[Path] = []
    for name in (scenario.inventory, scenario.projects, scenario.money):
        source = path.parent / name
        if name and source.is_dir():
            tables = {".csv", ".xlsx", ".toml"}
            found += sorted(f for f in source.iterdir() if f.suffix.lower() in tables)
        elif name and source not in found:
            found.append(source)
    return list(dict.fromkeys(found))
