"""Works fixed, parcels free: the least debt of a plan whose draws come in steps."""

from __future__ import annotations

import numpy as np

from renewopt.optimise.engines.base import Limits
from renewopt.optimise.neighbourhoods import fixed_mip
from renewopt.optimise.state import Run
from renewopt.optimise.trust import ask
from renewopt.optimise.whole_units import relaxed_mip, settle

NODES = 30
"""Nodes that the search for less debt may take: the same on every machine."""
LEAST_S, MOST_S = 5.0, 20.0
"""Seconds that it may always take, and at most."""


def less_debt(run: Run) -> None:
    """Give the best plan less debt, if there is a way with fewer or smaller parcels.

    While solving, parcels are drawn as the works need them, without a price of their
    own; other draws are found anew for every plan, least debt first.
    """
    task = run.task
    if run.best is None or not len(task.parcels) or task.whole_draws or run.cancelled():
        return
    debt = task.is_debt.astype(np.int64)
    known = int(debt @ run.best)
    if not known or run.pooled is not None:
        return
    run.tell("thrift", None, None)
    taken = run.best[task.x]
    seconds = min(MOST_S, max(LEAST_S, run.left()))
    free = np.zeros(len(taken), bool)
    mip = fixed_mip(task, relaxed_mip(task, debt, []), taken, free)
    limits = Limits(0.01, 0.5, seconds, run.options.seed, nodes=NODES)
    start = mip.scale(run.best)
    answer = ask(
        run, run.settler, "thrift", mip, limits, start, lambda *_: run.cancelled()
    )
    run.clocked |= answer.stopped_by == "clock"
    if answer.x is None:
        return
    parcels = np.rint(answer.x[task.parcels]).astype(np.int64)
    values = settle(task, run.settler, taken, seconds, parcels)
    if values is None or int(debt @ values) >= known:
        return
    if run.key(values) <= run.key(run.best):
        run.best = values
        run.keep(values)
