"""Shortfall stages: duties not placed and late, each solved to proof in its turn."""

from __future__ import annotations

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import Engine, EngineResult, Limits
from renewopt.optimise.state import Run, take
from renewopt.optimise.task import SolveTask, StageProof
from renewopt.optimise.trust import VALUE_ROOM, ask, note
from renewopt.optimise.whole_units import relaxed_mip


def shortfall_stage(run: Run, number: int, held: list[tuple[IntArray, int]]) -> str:
    """Solve one stage with all earlier ones held; give the status of its last engine.

    A stage that the best plan already has at its least possible value is not solved.
    """
    task = run.task
    name, coef = task.stage_names[number], task.stage_coef[number]
    constant = int(task.stage_constant[number])
    floor = stage_floor(task, number)
    if run.best is not None and int(coef @ run.best) <= floor - constant:
        run.stage_bounds.append(float(floor))
        return "optimal"
    bound = float(floor)
    for engine in run.stage_engines:
        limits = Limits(0.0, 0.99, run.left() / 3, run.options.seed)
        answer = solve_stage(run, engine, name, coef, held, limits)
        if answer.x is not None:
            take(run, answer)
        if np.isfinite(answer.bound):
            bound = max(bound, answer.bound + constant)
        reached = np.inf if run.best is None else int(coef @ run.best) + constant
        if answer.status == "infeasible" or reached < bound + 1:
            break
    run.stage_bounds.append(bound)
    return answer.status


def stage_proofs(run: Run) -> list[StageProof]:
    """State what the best plan reaches in every stage, beside the stage's bound.

    A stage that ended without a plan says nothing of the plan that was found after it.
    """
    task = run.task
    found = []
    for number, name in enumerate(task.stage_names[:-1]):
        value = int(task.stage_constant[number])
        if run.best is not None:
            value += int(task.stage_coef[number] @ run.best)
        known = number < len(run.stage_bounds)
        bound = run.stage_bounds[number] if known else float(stage_floor(task, number))
        if bound > value + 0.5 + VALUE_ROOM * abs(value):  # a later plan disproves it
            said = f"{bound:g}, a plan has {value}"
            note(run, "wrong_bound", run.engine.name, name, said)
            bound = float(stage_floor(task, number))
        bound = min(bound, float(value))
        found.append(StageProof(name, value, bound, proven=bound > value - 1))
    return found


def stage_floor(task: SolveTask, number: int) -> int:
    """Least value that bounds alone allow: shortfalls are never negative."""
    coef = task.stage_coef[number]
    least = int(np.minimum(coef * task.lower, coef * task.upper).sum())
    return max(0, least + int(task.stage_constant[number]))


def solve_stage(
    run: Run,
    engine: Engine,
    name: str,
    coef: IntArray,
    held: list[tuple[IntArray, int]],
    limits: Limits,
) -> EngineResult:
    """Let an engine minimise `coef`; note how it stopped, and by the clock or not."""
    mip = relaxed_mip(run.task, coef, held)
    start = None if run.best is None else mip.scale(run.best)
    known = np.inf if run.best is None else float(coef @ run.best)

    def report(best: float, bound: float) -> bool:
        best = min(best, known)
        # Before its first relaxation SCIP states a bound of 0, which is none.
        run.tell(name, best, bound if bound <= best + 0.5 else None)
        return run.cancelled()

    if run.cancelled() or limits.time_s <= 0:
        reason = "cancel" if run.cancelled() else "clock"
        run.stopped_by = reason
        run.clocked = True
        return EngineResult("failed", None, np.inf, -np.inf, reason)
    answer = ask(run, engine, name, mip, limits, start, report)
    if answer.stopped_by != "gap" and answer.status != "infeasible":
        run.stopped_by = answer.stopped_by
        run.clocked |= answer.stopped_by == "clock"
    return answer
