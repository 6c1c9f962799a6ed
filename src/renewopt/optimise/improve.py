"""Better plans of mid-size models: near works, then neighbourhoods beside the whole."""

from __future__ import annotations

from contextlib import nullcontext

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
from renewopt.optimise.portfolio import WHO, Partner, cores
from renewopt.optimise.state import Run, near_enough, take
from renewopt.optimise.trust import ask
from renewopt.optimise.whole_units import relaxed_mip

ROUNDS = 60
"""Neighbourhoods of a run with one process; then the engine gets the whole model."""
ALONE = 0.5
"""Share of the time left that one process may give to neighbourhoods."""
LAST_S = 1.0
"""Seconds that are not worth another neighbourhood."""


def improve(
    run: Run, held: list[tuple[IntArray, int]], relaxed: Relaxation
) -> list[tuple[str, float]]:
    """Look for better plans among near works and in neighbourhoods.

    Under `auto`, where there are two cores, a second process has the whole model in
    the meantime. Returns what that proved of the objective: who, and the bound.
    """
    mip = relaxed_mip(run.task, run.task.stage_coef[-1], held)
    bound = -relaxed.bound
    two = run.options.engine == "auto" and min(cores(), run.options.processes) > 1
    with Partner(run, mip) if two else nullcontext() as partner:
        run.way = "neighbourhoods" if partner is None else "portfolio"
        if partner is not None:
            run.tell(run.way, None, None)
        target = relaxed.bound / (1 + run.options.gap) if relaxed.bound < 0 else -np.inf
        first = Limits(
            0.0005,
            0.5,
            run.left() / 3,
            run.options.seed,
            nodes=FIRST_NODES,
            target=target,
        )
        _try(run, near_mip(run.task, mip, relaxed), first, bound, with_start=False)
        _rounds(run, mip, bound, partner)
    if partner is None or not np.isfinite(partner.bound):
        return []
    return [(WHO, partner.bound)]


def _rounds(run: Run, mip: Mip, bound: float, partner: Partner | None) -> None:
    """Ask one neighbourhood after the other, until the gap or the time is reached."""
    enough = ALONE * run.left()
    for number, free in enumerate(neighbourhoods(run.task, run.options.seed)):
        if run.cancelled() or run.left() <= LAST_S or near_enough(run, bound):
            break
        both = bound
        if partner is not None:
            partner.exchange()
            both = min(bound, partner.bound)
            if near_enough(run, both):
                run.clocked = True  # when the other proves it depends on the machine
                break
        if partner is None or not partner.alive:
            if number >= ROUNDS:
                break
            if run.left() <= enough:
                run.clocked = True
                break
        assert run.best is not None
        local = fixed_mip(run.task, mip, run.best[run.task.x], free)
        _try(run, local, sub_limits(min(30.0, run.left()), run.options.seed), both)


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
