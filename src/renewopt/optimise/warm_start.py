"""A run that begins from another one: a bound at once, the old plan, near works.

Nothing of the other run is believed: multipliers of any kind prove a bound
(`dual_values.py`), and its works are a wish like any other.
"""

from __future__ import annotations

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.dual_values import Held, proven_bound, reduced_costs
from renewopt.optimise.engines.base import FloatArray, Limits, Mip, Relaxation
from renewopt.optimise.neighbourhoods import NEAR, near_mip
from renewopt.optimise.starts import carry_over
from renewopt.optimise.state import Run, near_enough, take
from renewopt.optimise.trust import ask
from renewopt.optimise.whole_units import relaxed_mip, settle

SETTLE_S = 20.0
"""Seconds for the answer whether the old works can still be paid."""
NEAREST = 0.00005
"""Works left open at first, by their reduced cost as a share of the objective; where
that is not enough, as many as in a run that begins cold."""
NODES = 200
"""Nodes among the near works, so that the run can be repeated."""


def warm_start(run: Run) -> bool:
    """Begin from the other run; tell if that gives a plan without any shortfall.

    Where it does not (duties that the new limits leave no money for, another kind of
    case), the run goes on as if there had been none: greedy plans, then the stages.
    Large models begin from the old works also where some duty is short.
    """
    if run.hints is None or run.cancelled():
        return False
    run.tell("repair", None, None)
    held = least_shortfall(run)
    if run.pooled is not None:  # large models have a way of their own
        return _large_start(run, held)
    _old_plan(run, held)
    run.warm_bound = _old_bound(run, held)
    if run.best is None or not near_enough(run, run.warm_bound):
        for near in (NEAREST, NEAR):
            _near_works(run, held, near)
            if run.best is not None and near_enough(run, run.warm_bound):
                break
    if run.best is not None and all(int(c @ run.best) <= v for c, v in held):
        return True
    run.multipliers, run.held, run.warm_bound = None, [], np.inf
    return False


def _large_start(run: Run, held: Held) -> bool:
    """Keep the old works as far as they can be paid, and fill up.

    Some duty may be short, as it may have to be: then the bound speaks of plans that
    leave no more short than this one. The stages come as ever.
    """
    assert run.hints is not None
    run.warm_bound = _old_bound(run, held)
    carry_over(run, run.hints.taken)
    if run.best is None:
        run.multipliers, run.held, run.warm_bound = None, [], np.inf
        return False
    reached = [(coef, int(coef @ run.best)) for coef, _ in held]
    if any(own[1] > least[1] for own, least in zip(reached, held, strict=True)):
        run.multipliers, run.held = None, []
        run.warm_bound = _old_bound(run, reached)
    return True


def least_shortfall(run: Run) -> Held:
    """Hold every stage at the least that its column bounds allow."""
    task = run.task
    held = []
    for coef, constant in zip(
        task.stage_coef[:-1], task.stage_constant[:-1], strict=True
    ):
        least = int(np.minimum(coef * task.lower, coef * task.upper).sum())
        held.append((coef, max(least, -int(constant))))
    return held


def _old_plan(run: Run, held: Held) -> None:
    """Offer the old works as they are, if they can be paid and no duty is short."""
    task = run.task
    assert run.hints is not None
    taken: IntArray = np.clip(run.hints.taken, task.lower[task.x], task.upper[task.x])
    values = settle(task, run.settler, taken, min(SETTLE_S, max(1.0, run.left())))
    if values is not None and all(int(c @ values) <= value for c, value in held):
        run.offer(values)


def _multipliers(run: Run, held: Held) -> FloatArray | None:
    assert run.hints is not None
    return run.hints.for_held(run.task.matrix.shape[0], len(held))


def _old_bound(run: Run, held: Held) -> float:
    """Give what the old multipliers prove here; keep them if they prove anything."""
    y = _multipliers(run, held)
    if y is None:
        return np.inf
    bound = proven_bound(run.task, held, y)
    if np.isfinite(bound):
        run.multipliers, run.held = y, [value for _, value in held]
        run.keep_proof(y, run.held)
        coef = run.task.stage_coef[-1]
        best = None if run.best is None else float(coef @ run.best)
        run.tell("objective", best, -bound)
    return bound


def _near_works(run: Run, held: Held, near: float) -> None:
    """Let the engine choose among the works that the old multipliers leave open.

    Works that no longer fit are dropped and new ones taken in one program: the old
    works, and all those near to being worth their money.
    """
    y, bound = _multipliers(run, held), run.warm_bound
    if y is None or not np.isfinite(bound):
        return
    mip = relaxed_mip(run.task, run.task.stage_coef[-1], held)
    target = -bound / (1 + run.options.gap) if bound > 0 else -np.inf
    limits = Limits(
        run.options.gap / 4, 0.5, run.left() / 3, run.options.seed, NODES, target
    )

    def report(best: float, _: float) -> bool:
        run.tell("objective", best if np.isfinite(best) else None, -bound)
        return run.cancelled()

    start = None if run.best is None else mip.scale(run.best)
    reduced = reduced_costs(run.task, held, y) * mip.column_scale
    part = _near(run, mip, reduced, near)
    answer = ask(run, run.engine, "repair", part, limits, start, report)
    run.clocked |= answer.stopped_by == "clock"
    if answer.x is not None:
        take(run, answer)


def _near(run: Run, mip: Mip, reduced: FloatArray, near: float) -> Mip:
    """Fix the works on which the old plan and the old multipliers agree."""
    assert run.hints is not None
    point = np.zeros(len(mip.cost))
    point[run.task.x] = run.hints.taken
    old = Relaxation(-run.warm_bound, point, reduced, np.zeros(0))
    return near_mip(run.task, mip, old, near)
