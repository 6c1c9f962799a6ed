"""The run inside the worker: greedy plans, shortfall stages, objective, whole units."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from renewopt.core.array_model import FloatArray, IntArray
from renewopt.optimise.conflict import (
    can_be_kept,
    conflict_among_rules,
    least_broken,
)
from renewopt.optimise.dual_values import proven_relaxation
from renewopt.optimise.engines.base import Limits, Relaxation
from renewopt.optimise.hints import Hints
from renewopt.optimise.improve import LAST_S, improve
from renewopt.optimise.large import large_objective
from renewopt.optimise.large_stages import large_stage
from renewopt.optimise.stages import shortfall_stage, solve_stage, stage_proofs
from renewopt.optimise.starts import complete_plan, greedy_plans
from renewopt.optimise.state import Run, Tell, near_enough, take
from renewopt.optimise.task import SolveOptions, SolveResult, SolveTask, trivial_bound
from renewopt.optimise.thrift import less_debt
from renewopt.optimise.trust import least_bound
from renewopt.optimise.warm_start import warm_start
from renewopt.optimise.whole_units import empty_row_broken, relaxed_mip


def solve_task(
    task: SolveTask,
    options: SolveOptions,
    tell: Tell,
    cancelled: Callable[[], bool],
    keep: Callable[[IntArray], None] = lambda values: None,
    keep_proof: Callable[[FloatArray, list[int]], None] = lambda y, held: None,
    hints: Hints | None = None,
) -> SolveResult:
    """Run everything; never raises for a plan that cannot be found.

    `keep` is called with every plan that is better than the last, `keep_proof` with
    multipliers that prove a bound; `hints` come from another run.
    """
    run = Run(task, options, tell, cancelled, keep, keep_proof, hints)
    if empty_row_broken(task.matrix, task.row_lower, task.row_upper):
        return _finish(run, "infeasible", np.inf)
    run.warm = warm_start(run)
    if not run.warm:
        greedy_plans(run)
    held: list[tuple[IntArray, int]] = []
    for number in range(len(task.stage_names) - 1):
        solve = shortfall_stage if run.pooled is None else large_stage
        answer = solve(run, number, held)
        if answer == "infeasible" and run.best is None:
            return _finish(run, "infeasible", np.inf)
        if run.best is None:
            break
        value = int(task.stage_coef[number] @ run.best)
        held.append((task.stage_coef[number], value))
    complete_plan(run)
    status, bound = _objective_stage(run, held)
    less_debt(run)
    if run.warm and run.options.baselines:
        greedy_plans(run)
    return _finish(run, status, bound)


SMALL_COLUMNS = 1500
"""Models up to this size go to the engine as they are."""


def _objective_stage(run: Run, held: list[tuple[IntArray, int]]) -> tuple[str, float]:
    coef = run.task.stage_coef[-1]
    bound = run.warm_bound if run.warm else np.inf
    claims = [("old multipliers", bound)]
    relaxed = None
    run.way = "" if run.best is not None and near_enough(run, bound) else "whole"
    if run.best is not None and near_enough(run, bound):
        return _end(run, claims)
    if run.pooled is not None and run.best is not None:
        run.way = "large"
        found = large_objective(run, held)
        if np.isfinite(found):
            return _end(run, [*claims, ("relaxation", found)])
    else:
        relaxed = _relaxation(run, held)
    if relaxed is not None:
        bound = min(bound, -relaxed.bound)
        claims.append(("relaxation", bound))
        if run.task.matrix.shape[1] > SMALL_COLUMNS:
            claims += improve(run, held, relaxed)
            bound = min(bound for _, bound in claims)
    answer_status = "feasible"
    if run.best is None or not (near_enough(run, bound) or _over(run)):
        limits = Limits(run.options.gap, 0.5, run.left(), run.options.seed)
        answer = solve_stage(run, run.engine, "objective", coef, held, limits)
        answer_status = answer.status
        if answer.x is not None:
            take(run, answer)
        if np.isfinite(answer.bound):
            claims.append((run.engine.name, -answer.bound))
    if run.best is None:
        ended = "cancelled" if run.cancelled() else "failed"
        return ("infeasible" if answer_status == "infeasible" else ended), np.inf
    return _end(run, claims)


def _over(run: Run) -> bool:
    """Tell whether the time is up, with a plan; then that is how the run ended."""
    if run.left() > LAST_S or run.task.matrix.shape[1] <= SMALL_COLUMNS:
        return False
    run.stopped_by, run.clocked = "clock", True
    return True


def _end(run: Run, claims: list[tuple[str, float]]) -> tuple[str, float]:
    """Say how the objective ended, with a plan."""
    assert run.best is not None
    value = -int(run.task.stage_coef[-1] @ run.best)
    bound = max(float(value), least_bound(run, claims, value))
    if run.cancelled():
        return "cancelled", bound
    if near_enough(run, bound):
        run.stopped_by = "gap"
    proven = bound - value <= 0.5 and all(stage.proven for stage in stage_proofs(run))
    return ("optimal" if proven else "feasible"), bound


def _relaxation(run: Run, held: list[tuple[IntArray, int]]) -> Relaxation | None:
    """Solve the relaxation with the shortfall held, and keep what proves its value."""
    from renewopt.optimise.engines.highs import relax

    if run.best is None or run.cancelled():
        return None
    mip = relaxed_mip(run.task, run.task.stage_coef[-1], held)
    relaxed = relax(mip, run.left())
    if relaxed is None:
        run.clocked = True  # a plan is there, so that only the clock can say no
        return None
    run.multipliers = relaxed.multipliers * mip.row_scale
    run.held = [value for _, value in held]
    bound = proven_relaxation(run.task, held, run.multipliers, relaxed)
    run.keep_proof(run.multipliers, run.held)
    return replace(relaxed, bound=-bound)


def _finish(run: Run, status: str, bound: float) -> SolveResult:
    if run.best is not None:
        bound = trivial_bound(run.task) if np.isinf(bound) else bound
        bound = max(bound, -float(run.task.stage_coef[-1] @ run.best))
    every = list(range(len(run.task.rules)))
    if status == "infeasible" and can_be_kept(run, every):
        status = "failed"  # a contradiction is never one engine's word alone
    conflict = conflict_among_rules(run) if status == "infeasible" else []
    return SolveResult(
        status=status,
        engine=run.engine.name,
        values=run.best,
        baselines=run.baselines,
        stages=stage_proofs(run),
        bound=bound,
        seconds=time.monotonic() - run.began,
        stopped_by=run.stopped_by,
        conflict=conflict,
        instead=least_broken(run, conflict) if conflict else {},
        clocked=run.clocked,
        multipliers=run.multipliers,
        held=run.held,
        faults=run.faults,
        way=f"old run, {run.way}".rstrip(", ") if run.warm else run.way,
    )
