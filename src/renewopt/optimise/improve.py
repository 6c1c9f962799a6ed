"""Better plans of large models: near works and neighbourhoods."""

from __future__ import annotations

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import Limits, Mip, Relaxation
from renewopt.optimise.neighbourhoods import (
    FIRST_NODES,
    fixed_mip,
    near_mip,
    neighbourhoods,
    sub_limits,
)
from renewopt.optimise.state import Run, near_enough, take
from renewopt.optimise.trust import ask
from renewopt.optimise.whole_units import relaxed_mip


def improve(run: Run, held: list[tuple[IntArray, int]], relaxed: Relaxation) -> None:
    """Look for better plans among near works and in neighbourhoods."""
    task, coef = run.task, run.task.stage_coef[-1]
    mip = relaxed_mip(task, coef, held)
    bound = -relaxed.bound
    target = relaxed.bound / (1 + run.options.gap) if relaxed.bound < 0 else -np.inf
    first = Limits(
        0.0005, 0.5, run.left() / 3, run.options.seed, nodes=FIRST_NODES, target=target
    )
    _try(run, near_mip(task, mip, relaxed), first, bound, with_start=False)
    for free in neighbourhoods(task, run.options.seed):
        if run.cancelled() or run.left() <= 1 or near_enough(run, bound):
            break
        assert run.best is not None
        local = fixed_mip(task, mip, run.best[task.x], free)
        _try(run, local, sub_limits(min(30.0, run.left()), run.options.seed), bound)


def _try(
    run: Run, mip: Mip, limits: Limits, bound: float, *, with_start: bool = True
) -> None:
    """Look for a better plan in part of the works; its end is not the run's end."""

    def report(best: float, _: float) -> bool:
        value = (
            float(run.task.stage_coef[-1] @ run.best) if run.best is not None else best
        )
        run.tell("objective", min(best, value), -bound)
        return run.cancelled()

    start = mip.scale(run.best) if with_start and run.best is not None else None
    answer = ask(run, run.engine, "objective", mip, limits, start, report)
    run.clocked |= answer.stopped_by == "clock"
    if answer.x is not None:
        take(run, answer)
