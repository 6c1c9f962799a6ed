"""The one road: from a scenario or a case to an audited plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from renewopt.audit import audit_schedule
from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.load import Catalogue, load
from renewopt.catalogue.packs import Pack
from renewopt.core.case import PlanningCase
from renewopt.core.errors import (
    AuditError,
    CancelledError,
    ContradictionError,
    InputError,
    Message,
    SolverError,
    message,
)
from renewopt.core.limits import MOST_SECONDS, MOST_SEED
from renewopt.core.proof import Proof, Stage, Status, StoppedBy, Waiver
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.explain import reasons
from renewopt.inventory import (
    CellIssue,
    Inventory,
    ProjectList,
    read_inventory,
    read_project_list,
)
from renewopt.optimise.engines import ENGINES
from renewopt.optimise.model import BuiltModel, build_model, values_schedule
from renewopt.optimise.task import SolveOptions, SolveResult, make_task
from renewopt.projects import CaseSettings, case_from_list, cost_range, make_case
from renewopt.risk import RiskTable, score
from renewopt.rules.assemble import assemble, policy_problems, policy_warnings
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem
from renewopt.rules.scenario import Scenario, parse_scenario, read_scenario
from renewopt.runs.about import CaseAbout
from renewopt.runs.duties import count_duties, duty_table
from renewopt.runs.folder import check_target, write_run
from renewopt.runs.jobs import Progress, run_job
from renewopt.runs.manifest import hash_inputs
from renewopt.runs.plan import COST_UNCERTAINTY, Baseline, Plan

__all__ = ["Progress", "SolveOptions", "plan_scenario", "solve_case", "solve_problem"]

Tell = Callable[[Progress], None]
Stop = Callable[[], bool]
DEFAULT_PACKS = ("national-15fyp",)
"""Packs of a project list that comes without a scenario."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A problem with what is known of it besides: names, risk, warnings, rejects."""

    problem: Problem
    risk: RiskTable | None = None
    warnings: tuple[Message, ...] = ()
    rejected: int = 0
    titles: dict[str, dict[str, str]] | None = None
    synthetic: bool = False
    catalogue: Catalogue | None = None


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

    Raises
    ------
    RenewoptError
        InputError for what cannot be read, ContradictionError for hard rules that
        exclude each other, CancelledError where no plan was found before the stop.
    """
    if out is not None:
        check_target(out)
    if progress is not None:
        progress(Progress("read", 0.0))
    prepared, own = prepare(
        path, models=models, lang=lang, progress=progress, mapping=mapping
    )
    plan = solve_prepared(
        prepared, options=options or own, progress=progress, cancelled=cancelled
    )
    if out is not None:
        inputs = hash_inputs([path, *_folders(path)])
        write_run(plan, out, _extras(inputs, options or own, "plan"))
    return plan


def solve_case(
    case_dir: Path,
    *,
    out: Path | None = None,
    options: SolveOptions | None = None,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
) -> Plan:
    """Plan a case folder with its `policy.toml`; raises as `plan_scenario`."""
    if out is not None:
        check_target(out)
    if not case_dir.is_dir():
        raise InputError.of("file.missing", file=case_dir)
    problem = Problem(PlanningCase.read(case_dir), Policy.read(case_dir))
    chosen = options or SolveOptions()
    plan = solve_problem(
        problem, options=chosen, progress=progress, cancelled=cancelled
    )
    plan = _with_about(plan, case_dir)
    if out is not None:
        write_run(plan, out, _extras(hash_inputs([case_dir]), chosen, "solve"))
    return plan


def _with_about(plan: Plan, case_dir: Path) -> Plan:
    """Keep what went with the case: titles, warnings, risk, the synthetic label."""
    about = CaseAbout.read(case_dir)
    file = case_dir / "risk.csv"
    if (case_dir.parent / "manifest.json").is_file():  # the case of a run folder
        file = case_dir.parent / "risk.csv"
    news = [item for item in plan.warnings if item not in about.warnings]
    return replace(
        plan,
        risk=RiskTable.read(file) if file.exists() else None,
        warnings=(*about.warnings, *news),
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
    }
    return {"inputs": inputs, "options": shown, "seed": options.seed, "command": verb}


def _folders(path: Path) -> list[Path]:
    if path.suffix.lower() != ".toml":
        return []
    scenario = read_scenario(path)
    source = path.parent / (scenario.inventory or scenario.projects)
    if source.is_dir():
        tables = {".csv", ".xlsx", ".toml"}
        return sorted(f for f in source.iterdir() if f.suffix.lower() in tables)
    return [source]


def prepare(
    path: Path,
    *,
    models: Path | None = None,
    lang: str = "zh",
    progress: Tell | None = None,
    mapping: str | None = None,
) -> tuple[Prepared, SolveOptions]:
    """Read a scenario and all that it names; give the problem and its solve options."""
    catalogue = load(models)
    if not path.exists():
        raise InputError.of("file.missing", file=path)
    if path.suffix.lower() in {".xlsx", ".xls", ".xlsm"}:
        return _from_list(path, None, path, catalogue, lang, mapping), SolveOptions()
    scenario = read_scenario(path)
    options = SolveOptions(**scenario.solve.model_dump())
    if scenario.projects:
        source = path.parent / scenario.projects
        profile = scenario.mapping or None
        return _from_list(source, scenario, path, catalogue, lang, profile), options
    return _from_inventory(path, scenario, catalogue, lang, progress), options


def _packs(names: Sequence[str], catalogue: Catalogue, file: str) -> list[Pack]:
    problems = [
        message(
            "scenario.pack",
            file=file,
            value=name,
            known=", ".join(sorted(catalogue.packs)),
        )
        for name in names
        if name not in catalogue.packs
    ]
    if problems:
        raise InputError(*problems)
    return [catalogue.packs[name] for name in names]


def _policy(
    scenario: Scenario, packs: Sequence[Pack], catalogue: Catalogue, file: str
) -> Policy:
    return assemble(
        scenario, packs, catalogue.fund_kinds, file, catalogue.asset_classes
    )


def _settings(scenario: Scenario, lang: str) -> CaseSettings:
    return CaseSettings(
        start_year=scenario.start_year,
        years=scenario.years,
        discount_rate_bp=scenario.discount_rate_bp,
        price_base_year=scenario.price_base_year,
        price_index_bp=scenario.price_index_bp,
        benefit_years_beyond=scenario.benefit_years_beyond,
        lang=lang,
    )


def _from_inventory(
    path: Path,
    scenario: Scenario,
    catalogue: Catalogue,
    lang: str,
    progress: Tell | None,
) -> Prepared:
    tell = progress or (lambda line: None)
    packs = _packs(scenario.packs, catalogue, path.name)
    policy = _policy(scenario, packs, catalogue, path.name)
    inventory = read_inventory(
        path.parent / scenario.inventory, catalogue, mapping=scenario.mapping or None
    )
    tell(Progress("score", 0.0))
    horizon = scenario.years + scenario.benefit_years_beyond
    risk = score(inventory, catalogue, scenario.start_year - 1, horizon)
    tell(Progress("case", 0.0))
    case, notes = make_case(
        inventory, risk, catalogue, packs, _settings(scenario, lang)
    )
    return Prepared(
        Problem(case, policy),
        risk,
        (
            *_cell_notes(inventory.issues),
            *_absent_classes(inventory),
            *risk.notes,
            *notes,
        ),
        inventory.issue_counts().get("rejected", 0),
        _titles(catalogue, scenario),
        inventory.synthetic,
        catalogue,
    )


def _absent_classes(inventory: Inventory) -> list[Message]:
    """Name classes that have failure records but no inventory: a file is missing."""
    records = inventory.unjoined_failures
    found = []
    for name in sorted(set(records["asset_class"]) - set(inventory.assets)):
        count = int((records["asset_class"] == name).sum())
        found.append(message("plan.class_absent", asset_class=name, count=count))
    return found


def _from_list(
    source: Path,
    scenario: Scenario | None,
    path: Path,
    catalogue: Catalogue,
    lang: str,
    mapping: str | None,
) -> Prepared:
    project_list = read_project_list(source, catalogue, mapping)
    if scenario is None:
        if project_list.money_problems:
            raise InputError(*project_list.money_problems)
        scenario = _list_scenario(project_list, catalogue.fund_kinds, source.name)
    packs = _packs(scenario.packs, catalogue, path.name)
    policy = _policy(scenario, packs, catalogue, path.name)
    case, notes = case_from_list(project_list, catalogue, _settings(scenario, lang))
    rejected = sum(issue.severity == "rejected" for issue in project_list.issues)
    return Prepared(
        Problem(case, policy),
        None,
        (*_cell_notes(project_list.issues), *notes),
        rejected,
        _titles(catalogue, scenario),
        False,
        catalogue,
    )


NOTES_SHOWN = 20
"""Cells that are named in the plan itself; `renewopt check` names all of them."""


def _cell_notes(issues: Sequence[CellIssue]) -> list[Message]:
    """Name the rows that were rejected and the cells that were questioned."""
    worst = [i for i in issues if i.severity == "rejected"]
    worst += [i for i in issues if i.severity == "questioned"]
    return [issue.message() for issue in worst[:NOTES_SHOWN]]


def _list_scenario(
    project_list: ProjectList, kinds: Mapping[str, FundKind], file: str
) -> Scenario:
    """Make the scenario of a project list that carries its money on a second sheet."""
    money = project_list.money
    if len(money) == 0:
        raise InputError.of("scenario.no_money", file=file)
    first, last = min(project_list.money_years), max(project_list.money_years)
    funds = []
    for (kind, owner), own in money.groupby(["fund_kind", "owner"], sort=True):
        amount = own.groupby("year")["amount"].sum()
        name = f"{kind}" + (f" {owner}" if owner else "")
        funds.append(
            {
                "id": name,
                "kind": kind,
                "borrower" if kinds[str(kind)].needs_borrower else "owner": owner,
                "amount": {str(y): str(round(float(a), 2)) for y, a in amount.items()},
            }
        )
    data = {
        "projects": file,
        "packs": list(DEFAULT_PACKS),
        "start_year": first,
        "years": last - first + 1,
        "fund": funds,
    }
    return parse_scenario(data, file)


def _titles(catalogue: Catalogue, scenario: Scenario) -> dict[str, dict[str, str]]:
    titles: dict[str, dict[str, str]] = {}
    for name, item in catalogue.asset_classes.items():
        titles[name] = item.title.model_dump()
        for mode in item.modes:
            titles.setdefault(mode.id, mode.title.model_dump())
    for entry in scenario.fund:
        own = entry.title
        if isinstance(own, str):
            own = {"zh": own, "en": own} if own else {}
        kind = catalogue.fund_kinds[entry.kind].title.model_dump()
        titles[entry.id] = own or {
            lang: text + (f"（{entry.owner}）" if entry.owner else "")
            for lang, text in kind.items()
        }
    county, people = scenario.county.name, scenario.county.population
    names = county if isinstance(county, dict) else {"zh": county, "en": county}
    if any(names.values()):
        shown = {"zh": f"（常住人口 {people:,}）", "en": f" ({people:,} residents)"}
        titles["county"] = {
            lang: name + (shown.get(lang, "") if people else "")
            for lang, name in names.items()
        }
    for pack in catalogue.packs.values():
        titles[pack.id] = pack.title.model_dump()
    return titles


def solve_prepared(
    prepared: Prepared,
    *,
    options: SolveOptions,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
) -> Plan:
    """Plan a prepared problem and keep what is known of it besides."""
    plan = solve_problem(
        prepared.problem, options=options, progress=progress, cancelled=cancelled
    )
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


def solve_problem(
    problem: Problem,
    *,
    options: SolveOptions,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
) -> Plan:
    """Build, solve, audit: the plan, or an error; never an unaudited plan."""
    if options.engine not in ("auto", *ENGINES):
        raise InputError.of(
            "solve.engine", value=options.engine, known=", ".join(ENGINES)
        )
    problems = [*_option_problems(options), *policy_problems(problem)]
    if problems:
        raise InputError(*problems)
    if progress is not None:
        progress(Progress("build", 0.0))
    built = build_model(problem)
    result = run_job(make_task(problem, built), options, progress, cancelled)
    if result.values is None:
        raise _no_plan(result, problem)
    schedule = values_schedule(problem, built.model, result.values)
    if progress is not None:
        progress(Progress("audit", result.seconds))
    _refuse_breaches(audit_schedule(problem, schedule), result.engine)
    baselines = {
        name: _baseline(problem, built, values, name)
        for name, values in sorted(result.baselines.items())
    }
    duties = duty_table(problem.case, schedule)
    return Plan(
        problem=problem,
        schedule=schedule,
        proof=_proof(result, built, options),
        findings=tuple(_findings(problem, schedule)),
        mandatory=count_duties(duties),
        baselines=baselines,
        waivers=_waivers(problem, schedule),
        reasons=reasons(problem, schedule, searched=result.stopped_by == "gap"),
        warnings=tuple(policy_warnings(problem)),
        log=_log(result),
    )


def _option_problems(options: SolveOptions) -> Iterator[Message]:
    """Refuse limits that are none; a scenario's own are refused when it is read."""
    allowed = {
        "gap": (0.0, 1.0),
        "time_limit_s": (0.0, float(MOST_SECONDS)),
        "seed": (0, MOST_SEED),
    }
    for name, (least, most) in allowed.items():
        value = getattr(options, name)
        if not least <= value <= most:
            yield message(
                "solve.option", option=name, value=value, least=least, greatest=most
            )


def _no_plan(result: SolveResult, problem: Problem) -> Exception:
    if result.status == "infeasible":
        what = message("solve.contradiction_several")
        if result.conflict:
            what = message("solve.contradiction", rules=", ".join(result.conflict))
        # What the rules warn of is often the cause: money that nobody may use.
        return ContradictionError(what, *policy_warnings(problem))
    if result.status == "cancelled":
        return CancelledError.of("solve.cancelled")
    return SolverError.of(
        "solve.no_plan", engine=result.engine, detail=result.detail[-500:]
    )


def _refuse_breaches(breaches: Sequence[Breach], engine: str) -> None:
    if breaches:
        raise AuditError(
            *(
                message(
                    "solve.breach",
                    engine=engine,
                    rule=b.rule_id,
                    where=b.where,
                    limit=b.limit,
                    actual=b.actual,
                    unit=b.unit,
                )
                for b in breaches[:20]
            )
        )


def _baseline(problem: Problem, built: BuiltModel, values: Any, name: str) -> Baseline:
    schedule = values_schedule(problem, built.model, values)
    _refuse_breaches(audit_schedule(problem, schedule), name)
    mandatory = count_duties(duty_table(problem.case, schedule))
    objective = -built.stages[-1].value(values)
    return Baseline(schedule, mandatory, objective, "feasible")


def _proof(result: SolveResult, built: BuiltModel, options: SolveOptions) -> Proof:
    assert result.values is not None
    objective = -built.stages[-1].value(result.values)
    bound = max(objective, int(result.bound + 1e-6))
    gap = (
        (bound - objective) / abs(objective) if objective else float(bound > objective)
    )
    named = {stage.name: stage for stage in built.stages}
    stages = tuple(
        Stage(
            named[s.name].level, named[s.name].measure, s.value, int(s.bound), s.proven
        )
        for s in result.stages
    )
    stopped = {"clock": "time", "gap": "gap", "cancel": "cancel"}.get(
        result.stopped_by, "failure"
    )
    return Proof(
        status=cast(Status, result.status),
        objective=objective,
        bound=bound,
        gap=gap,
        engine=result.engine or options.engine,
        seconds=result.seconds,
        stopped_by=cast(StoppedBy, stopped),
        repeatable=stopped == "gap" and not result.clocked,
        stages=stages,
    )


def _findings(problem: Problem, schedule: Schedule) -> list[Finding]:
    return [f for rule in problem.policy.rules for f in rule.explain(problem, schedule)]


def _waivers(problem: Problem, schedule: Schedule) -> tuple[Waiver, ...]:
    rule = problem.policy.first("closed_corridor")
    if rule is None:
        return ()
    found = rule.waivers(problem, schedule)
    return tuple(Waiver(corridor, year, rule.price_units) for corridor, year in found)


def _log(result: SolveResult) -> tuple[str, ...]:
    stages = [
        f"{s.name}: {s.value} (bound {s.bound:g}, {'' if s.proven else 'not '}proven)"
        for s in result.stages
    ]
    ended = f"{result.engine}: {result.status}, stopped by {result.stopped_by}"
    return (*stages, ended, *result.detail.splitlines())
