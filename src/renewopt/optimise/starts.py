"""Greedy plans: the baselines, the floor, and the completion of a plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.greedy import Builder, complete, strong_greedy, worst_first
from renewopt.optimise.state import Run, settle_or_thin
from renewopt.optimise.whole_units import relaxed_mip

METHODS: tuple[tuple[str, Callable[[Builder], IntArray]], ...] = (
    ("greedy", strong_greedy),
    ("greedy", partial(strong_greedy, thrifty=True)),
    ("worst_first", worst_first),
)
"""Greedy plans by baseline; of two with the same name the better one counts."""


def _build(
    run: Run, method: Callable[[Builder], IntArray], share: float
) -> IntArray | None:
    """Build a plan greedily within a share of the time, draws in whole units."""
    from renewopt.optimise.engines.highs import WarmLp

    task = run.task
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [])
    deadline = time.monotonic() + share * run.options.time_limit_s
    money = WarmLp(mip, np.zeros(len(task.x), np.int64), task.x)
    builder = Builder(
        task, money, lambda: run.cancelled() or time.monotonic() > deadline
    )
    values = settle_or_thin(run, method(builder))
    run.clocked |= time.monotonic() > deadline
    return values


def greedy_plans(run: Run) -> None:
    """Build every greedy plan; keep the best one by name as a baseline."""
    for name, method in METHODS:
        run.tell(name, None, None)
        values = _build(run, method, 0.25)
        if values is None:
            continue
        known = run.baselines.get(name)
        if known is None or run.key(values) < run.key(known):
            run.baselines[name] = values
        run.offer(values)


def complete_plan(run: Run) -> None:
    """Fill up the plan that the shortfall stages left, unless it is a greedy one."""
    if run.best is None or any(run.best is plan for plan in run.baselines.values()):
        return
    taken = run.best[run.task.x]
    run.tell("complete", None, None)
    run.offer(_build(run, partial(complete, taken=taken), 0.1))
