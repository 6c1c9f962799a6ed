"""Scenario sets: the same projects with more or less money, from one finished run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from renewopt.core.errors import InputError, RenewoptError
from renewopt.core.tables import write_text_atomic
from renewopt.optimise.certificate import Certificate, row_names
from renewopt.optimise.dual_values import Held
from renewopt.optimise.model import BuiltModel
from renewopt.optimise.task import SolveOptions
from renewopt.optimise.variants import OldDuals, Variants, with_amounts
from renewopt.road.solve import solve_problem
from renewopt.road.start import Start
from renewopt.rules.problem import Problem
from renewopt.runs.plan import Plan
from renewopt.runs.run import load_run

MOST_SCENARIOS = 200


@dataclass(frozen=True)
class Scenario:
    """One amount of money: its bound, and its plan where one was asked for.

    Attributes
    ----------
    share
        Of the money of every fund in the plan's years.
    money
        New money in these years, units of 0.01 万元.
    bound
        Units; no plan that leaves no more duties short than the first run did has a
        higher objective. None where its multipliers prove nothing.
    plan
        The plan; None where none was asked for or found.
    error
        Why there is none, as a code.
    """

    share: float
    money: int
    bound: float | None
    plan: Plan | None = None
    error: str = ""
    seconds: float = 0.0


def sweep_bounds(
    problem: Problem, proven: Certificate, shares: Sequence[float]
) -> list[Scenario]:
    """Give every scenario's bound from the multipliers of one run."""
    years = problem.case.plan_years
    policies = [with_amounts(problem.policy, years, share) for share in shares]
    most = with_amounts(problem.policy, years, max([*shares, 1.0]))
    variants = Variants.of(Problem(problem.case, most))
    held, y = _own(variants.built, proven)
    duals = OldDuals.of(variants.built, held, y)
    found = []
    for share, policy in zip(shares, policies, strict=True):
        table = policy.fund_years
        money = int(table.loc[table["year"].isin(years), "amount"].sum())
        bound = duals.bound(variants.under(policy))
        known = bound - variants.built.stages[-1].constant
        found.append(Scenario(share, money, known if np.isfinite(bound) else None))
    return found


def _own(built: BuiltModel, proven: Certificate) -> tuple[Held, np.ndarray]:
    names = row_names(built.model)
    stages = [stage for stage in built.stages[:-1] if stage.name in proven.stages]
    held = [
        (stage.coef, proven.stages[stage.name][0] - stage.constant) for stage in stages
    ]
    rows = [proven.rows.get(name, 0.0) for name in names]
    return held, np.array([*rows, *(proven.stages[s.name][1] for s in stages)])


def sweep(
    folder: Path,
    shares: Sequence[float],
    *,
    options: SolveOptions | None = None,
    plans: bool = True,
    tell: Callable[[Scenario], None] = lambda one: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Scenario]:
    """Bound, and plan, the case of a run with other amounts of money.

    Each plan begins from the one whose money is nearest, the run's own first; it is
    audited, but no run folder and no baseline is made of it.

    Raises
    ------
    InputError
        If the folder is no run, has no multipliers, or the shares are none.
    """
    _check(shares)
    start = Start.read(folder)
    if start.certificate is None:
        raise InputError.of("sweep.no_multipliers", run=folder)
    problem = load_run(folder).problem
    found = sweep_bounds(problem, start.certificate, shares)
    known: list[tuple[float, Start]] = [(1.0, start)]
    order = np.argsort([abs(share - 1) for share in shares], kind="stable")
    for number in order.tolist() if plans else []:
        if cancelled():
            break
        one = found[number]
        near = min(known, key=lambda pair: abs(pair[0] - one.share))[1]
        found[number] = one = _planned(problem, one, near, options, cancelled)
        if one.plan is not None:
            known.append((one.share, Start.of(one.plan)))
        tell(one)
    return found


def _check(shares: Sequence[float]) -> None:
    if not 1 <= len(shares) <= MOST_SCENARIOS or not all(
        0 <= share <= 100 for share in shares
    ):
        raise InputError.of("sweep.shares", count=len(shares), most=MOST_SCENARIOS)


def _planned(
    problem: Problem,
    one: Scenario,
    near: Start,
    options: SolveOptions | None,
    cancelled: Callable[[], bool],
) -> Scenario:
    began = time.monotonic()
    years = problem.case.plan_years
    own = Problem(problem.case, with_amounts(problem.policy, years, one.share))
    chosen = replace(options or SolveOptions(), baselines=False)
    try:
        plan = solve_problem(own, options=chosen, cancelled=cancelled, start=near)
    except RenewoptError as error:
        code = error.messages[0].code if error.messages else type(error).__name__
        return replace(one, error=code, seconds=time.monotonic() - began)
    return replace(one, plan=plan, seconds=time.monotonic() - began)


COLUMNS = (
    "share", "money", "old_bound", "status", "objective", "bound", "gap", "unplaced",
    "late", "projects", "seconds",
)  # fmt: skip


def as_row(one: Scenario) -> dict[str, object]:
    """Give a scenario as plain values, money in 万元."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, None)
    row["share"], row["money"] = round(one.share, 6), one.money / 100
    row["old_bound"] = None if one.bound is None else one.bound / 100
    row["status"] = one.error or None
    if one.plan is not None:
        proof, duties = one.plan.proof, one.plan.mandatory.values()
        row |= {
            "status": proof.status,
            "objective": proof.objective / 100,
            "bound": proof.bound / 100,
            "gap": round(proof.gap, 6),
            "unplaced": sum(count.missing for count in duties),
            "late": sum(count.late for count in duties),
            "projects": len(one.plan.schedule.chosen),
            "seconds": round(one.seconds, 2),
        }
    return row


def write_sweep(found: Sequence[Scenario], path: Path) -> Path:
    """Write the scenarios as CSV, in the order given."""
    lines = [",".join(COLUMNS)]
    for one in found:
        row = as_row(one)
        cells = ("" if row[name] is None else str(row[name]) for name in COLUMNS)
        lines.append(",".join(cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text_atomic(path, "\n".join(lines) + "\n")
    return path
