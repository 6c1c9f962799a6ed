"""Large models: bounds from the pooled relaxation, plans from a program of few works.

What the multipliers say of a work is its reduced cost: what a plan with it loses at
least against the bound. Works that lose much are left out, projects that would lose
much without one get one; the rest goes to an engine. Its works are settled on the
model's own rows, package by package, like those of any other plan.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from renewopt.core.array_model import IntArray
from renewopt.core.weak_duality import dual_bound
from renewopt.optimise.duals import Dual, part_of, solve_dual
from renewopt.optimise.engines import load_engine
from renewopt.optimise.engines.base import Engine, FloatArray, Limits, Mip
from renewopt.optimise.neighbourhoods import neighbourhoods
from renewopt.optimise.pooled import full_multipliers
from renewopt.optimise.program import Program, make_program
from renewopt.optimise.state import MANY_WORKS, Run, near_enough, settle_or_thin
from renewopt.optimise.task import trivial_bound
from renewopt.optimise.whole_units import with_held

BoolArray = npt.NDArray[np.bool_]
NEAR, NEARER = 800.0, 400.0
"""Works are kept up to this loss, as a share of their price, by the number of works;
the second where there are very many (`MANY_WORKS`)."""
FAR = 0.005
"""A plan further than this from the bound is no start for the engine, which would look
around it for long."""
DECIDED = 2.0
"""Projects get a work where doing without loses this many times as much."""
OLD_LOSS = 0.1
"""Works of the first relaxation that begins from multipliers of another run."""
SETTLING = 0.15
"""Share of the time that is kept for draws in whole units."""
FIRST = 0.6
"""Share of the time left that the first program may take; the rest goes on from it."""
IDLE = 60
"""Neighbourhoods without a better plan after which the search ends."""
WIDER = 4.0
"""Neighbourhoods have works that lose this many times as much as the first ones."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """A part of a program: columns left out are at zero."""

    mip: Mip
    columns: IntArray


def objective_bound(
    run: Run, held: list[tuple[IntArray, int]]
) -> tuple[Program, Dual, float] | None:
    """Bound the objective with the shortfall held; keep what proves it.

    The bound is added up over the model's own rows, whatever the pools are worth.
    """
    task, pooled = run.task, run.pooled
    assert pooled is not None
    stage = len(task.stage_names) - 1
    program = make_program(task, pooled, stage, [value for _, value in held])
    until = time.monotonic() + run.left() * (1 - SETTLING)
    first = near_old_bound(run, program)
    dual = solve_dual(program, until, run.options.seed, first)
    if dual is None:
        run.clocked = True
        return None
    y = model_multipliers(run, program, dual, stage)
    matrix, lower, upper = with_held(task, held)
    cost = task.stage_coef[stage]
    bound = dual_bound(matrix, (lower, upper), (task.lower, task.upper), cost, y)
    run.multipliers = y
    run.held = [value for _, value in held]
    return program, dual, -bound


def near_old_bound(run: Run, program: Program) -> BoolArray | None:
    """Mark the works that another run's multipliers leave near; None without them."""
    y, pooled = run.multipliers, run.pooled
    if not run.warm or y is None or pooled is None:
        return None
    rows = len(pooled.pools.row)
    alike = np.bincount(pooled.pools.row, y[:rows]) / np.bincount(pooled.pools.row)
    alike[np.diff(pooled.matrix.indptr) == 0] = 0.0
    scale = program.mip.row_scale
    loss, price = program.losses(np.concatenate([alike, y[rows:]]) / scale)
    return (loss <= OLD_LOSS * price) | program.asked


def model_multipliers(
    run: Run, program: Program, dual: Dual, stage: int
) -> npt.NDArray[np.float64]:
    """Hand the multipliers to the rows of the model and to the stages held."""
    pooled = run.pooled
    assert pooled is not None
    y = dual.multipliers * program.mip.row_scale
    count = pooled.matrix.shape[0]
    held = y[count:]
    cost = run.task.stage_coef[stage].astype(np.float64)
    cost = cost - held @ run.task.stage_coef[: len(held)]
    own = full_multipliers(run.task, pooled, y[:count], cost)
    return np.concatenate([own, held])


def near_works(program: Program, dual: Dual, taken: BoolArray, loss: float) -> Reduced:
    """Leave out works that lose more than `loss` times their price; decide projects.

    The works of the best plan stay, so that there is a plan; of works that rows ask
    for those that lose more stay, too.
    """
    y = dual.multipliers
    reduced = program.reduced(y)[program.x]
    price = program.prices(y)
    keep = (reduced <= np.where(program.asked, WIDER, 1.0) * loss * price) | taken
    place, row = program.common
    least = np.full(len(y), np.inf)
    np.minimum.at(least, row, price[place])
    must = np.unique(row[taken[place]])
    limit = program.mip.row_upper[must]
    must = must[-y[must] * limit > DECIDED * loss * least[must]]
    lower = program.mip.row_lower.copy()
    lower[must] = program.mip.row_upper[must]
    return reduced_to(program, replace(program.mip, row_lower=lower), keep)


def reduced_to(program: Program, mip: Mip, keep: BoolArray) -> Reduced:
    """Give the program of some works, without what follows only works left out."""
    columns = mip.upper > 0
    columns[program.x] &= keep
    follower, _, work = program.followers
    columns[follower] &= columns[work]
    part, own, _ = part_of(mip, columns)
    return Reduced(part, own)


def near_loss(program: Program) -> float:
    """Give the loss up to which works are kept: the more works, the nearer the best."""
    works = len(program.x)
    return (NEAR if works < MANY_WORKS else NEARER) / max(1, works)


def large_engine(run: Run) -> Engine:
    """Choose the engine: HiGHS unless another one is asked for.

    SCIP, which has to begin from a greedy plan, finds little beyond it in good time.
    """
    return load_engine("highs") if run.options.engine == "auto" else run.engine


def large_objective(run: Run, held: list[tuple[IntArray, int]]) -> float:
    """Bound the objective, then look for plans until the gap or the time is reached."""
    run.tell("pooled", None, None)
    found = objective_bound(run, held)
    if found is None:
        return trivial_bound(run.task)
    program, dual, bound = found
    run.engine = large_engine(run)
    assert run.best is not None
    taken = run.best[run.task.x] > 0
    reduced = near_works(program, dual, taken, near_loss(program))
    _solve(run, program, reduced, bound, (run.left() - _settling(run)) * FIRST)
    loss = WIDER * near_loss(program)
    best, idle = run.best, 0
    for free in neighbourhoods(run.task, run.options.seed):
        if run.cancelled() or run.left() <= 2 * _settling(run):
            run.clocked = True
            break
        if near_enough(run, bound) or idle >= IDLE:
            break
        part = _around(run, program, dual, free, loss)
        _solve(run, program, part, bound, min(30.0, run.left() - _settling(run)))
        best, idle = run.best, idle + 1 if run.best is best else 0
    if not near_enough(run, bound):
        run.stopped_by = "clock" if run.clocked else "work"
    return bound


def _settling(run: Run) -> float:
    """Seconds that draws in whole units may take: what they took so far, and more."""
    return 1.5 * run.settling


def _around(
    run: Run, program: Program, dual: Dual, free: BoolArray, loss: float
) -> Reduced:
    """Hold all works of the best plan but those that are free."""
    assert run.best is not None
    taken = run.best[run.task.x] > 0
    near = program.reduced(dual.multipliers)[program.x] <= loss * program.prices(
        dual.multipliers
    )
    lower = program.mip.lower.copy()
    lower[program.x[taken & ~free]] = 1.0
    mip = replace(program.mip, lower=lower)
    return reduced_to(program, mip, taken | (free & near))


def _solve(
    run: Run, program: Program, reduced: Reduced, bound: float, seconds: float
) -> None:
    """Ask for a better plan in part of the program."""
    if seconds <= 0:
        return
    assert run.best is not None
    known = float(run.task.stage_coef[-1] @ run.best)
    target = -bound / (1 + run.options.gap) if bound > 0 else -np.inf
    gap = min(1e-4, run.options.gap / 4)
    limits = Limits(gap, 0.5, seconds, run.options.seed, target=target)
    take_part(run, program, reduced, limits, known, -bound)


def take_part(
    run: Run,
    program: Program,
    reduced: Reduced,
    limits: Limits,
    known: float,
    bound: float | None = None,
) -> None:
    """Let the engine look for works in part of a program; settle what is better.

    `known` is what the best plan has, `bound` what no plan goes below.
    """
    phase = "objective" if bound is not None else None

    def report(best: float, _: float) -> bool:
        if phase is not None:
            run.tell(phase, min(best, known), bound)
        return run.cancelled()

    far = bound is not None and known - bound > FAR * abs(bound)
    start = None if far else _start(run, program, reduced)
    answer = run.engine.solve(reduced.mip, limits, start, report)
    run.clocked |= answer.stopped_by == "clock"
    if answer.x is None or answer.objective >= known - 0.5:
        return
    point = np.zeros(len(program.mip.cost))
    point[reduced.columns] = answer.x
    began = time.monotonic()
    run.offer(settle_or_thin(run, (point[program.x] > 0.5).astype(np.int64)))
    run.settling = time.monotonic() - began


def _start(run: Run, program: Program, reduced: Reduced) -> FloatArray | None:
    """Give the best plan as a point of the part; None where it is none."""
    pooled, best = run.pooled, run.best
    assert pooled is not None
    if best is None:
        return None
    number = pooled.pools.column
    point = np.bincount(number, best, minlength=pooled.pools.columns)
    point[pooled.pools.column[pooled.defined]] = 0.0
    own = reduced.columns
    if np.count_nonzero(point) > np.count_nonzero(point[own]):
        return None
    values: FloatArray = point[own] / program.mip.column_scale[own]
    return values
