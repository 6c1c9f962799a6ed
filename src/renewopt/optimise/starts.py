"""Greedy plans: the baselines, the floor, and the completion of a plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.greedy import (
    Builder,
    carried_over,
    complete,
    left_to_last,
    strong_greedy,
    worst_first,
)
from renewopt.optimise.oracle import oracle_mip
from renewopt.optimise.state import Run, settle_or_thin
from renewopt.optimise.task import SolveTask
from renewopt.optimise.whole_units import relaxed_mip

METHODS: tuple[tuple[str, Callable[[Builder], IntArray]], ...] = (
    ("greedy", strong_greedy),
    ("greedy", partial(strong_greedy, thrifty=True)),
    ("worst_first", worst_first),
)
"""Greedy plans by baseline; of two with the same name the better one counts."""


LEAST_SECONDS = 30.0
"""Seconds that the first strong greedy may always take: it is every plan's floor."""
OTHERS_UNTIL = 0.15
"""Share of the time after which large models get no further greedy plans."""


def _build(
    run: Run, method: Callable[[Builder], IntArray], seconds: float
) -> tuple[IntArray | None, bool]:
    """Build a plan greedily, draws in whole units; say whether time cut it short.

    Money in parcels (a bond of 100 or none) is left aside at first: counted on by
    halves it could not be settled. It is counted on where there is no plan without it.
    """
    if not len(run.task.parcels):
        return _try(run, method, seconds, run.task)
    without, cut = _try(run, method, seconds, run.task.without_parcels())
    if cut or without is not None:
        return without, cut
    return _try(run, method, seconds, run.task)


def _try(
    run: Run, method: Callable[[Builder], IntArray], seconds: float, task: SolveTask
) -> tuple[IntArray | None, bool]:
    """Build with the money that `task` knows; settle with all there is."""
    deadline = time.monotonic() + seconds
    builder = _builder(
        run, task, lambda: run.cancelled() or time.monotonic() > deadline
    )
    taken = method(builder)
    cut = run.cancelled() or time.monotonic() > deadline
    run.clocked |= cut
    return settle_or_thin(run, taken), cut


def _builder(run: Run, task: SolveTask, stop: Callable[[], bool]) -> Builder:
    """Give the money test: of the model's rows, or of the pooled ones where large."""
    from renewopt.optimise.engines.warm import WarmLp

    if run.pooled is not None:
        mip, works, room = oracle_mip(task, run.pooled, left_to_last(task))
        return Builder(task, WarmLp(mip, run.pooled.x), stop, (works, room))
    rows = np.setdiff1d(np.arange(task.matrix.shape[0]), left_to_last(task))
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [], rows)
    return Builder(task, WarmLp(mip, task.x), stop)


def greedy_plans(run: Run) -> None:
    """Build every greedy plan; keep the best one by name as a baseline.

    One that was cut short is no baseline: it would make every plan look good.
    """
    share = 0.25 * run.options.time_limit_s
    for number, (name, method) in enumerate(METHODS):
        if number and run.pooled is not None and run.used() > OTHERS_UNTIL:
            run.clocked = True
            break
        run.tell(name, None, None)
        seconds = share if number else max(share, LEAST_SECONDS)
        values, cut = _build(run, method, seconds)
        if values is None:
            continue
        known = run.baselines.get(name)
        if not cut and (known is None or run.key(values) < run.key(known)):
            run.baselines[name] = values
        run.offer(values)


def carry_over(run: Run, taken: IntArray) -> None:
    """Offer a plan that keeps the works of another run as far as they can be paid."""
    share = 0.25 * run.options.time_limit_s
    method = partial(carried_over, taken=taken)
    run.offer(_build(run, method, max(share, LEAST_SECONDS))[0])


def complete_plan(run: Run) -> None:
    """Fill up the plan that the shortfall stages left, unless it is a greedy one."""
    if (
        run.best is None
        or run.warm
        or any(run.best is plan for plan in run.baselines.values())
    ):
        return
    taken = run.best[run.task.x]
    run.tell("complete", None, None)
    share = 0.1 * run.options.time_limit_s
    run.offer(_build(run, partial(complete, taken=taken), share)[0])
