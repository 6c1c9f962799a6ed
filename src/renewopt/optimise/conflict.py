"""Contradictions: which rules cannot be kept together."""

from __future__ import annotations

import numpy as np

from renewopt.optimise.engines.base import Limits
from renewopt.optimise.state import Run
from renewopt.optimise.whole_units import empty_row_broken, relaxed_mip


def conflict_among_rules(run: Run) -> list[str]:
    """Name the rules of which leaving out any one alone makes a plan possible.

    Where there is none (two contradictions at once), the rules that contradict each
    other and of which none can be spared: one contradiction, whole.
    """
    rules = run.task.rules
    every = range(len(rules))
    found = [n for n in every if can_be_kept(run, [m for m in every if m != n])]
    if not found:
        found = list(every)
        for number in every:
            rest = [m for m in found if m != number]
            if not can_be_kept(run, rest):
                found = rest
    return [rules[number] for number in found]


def can_be_kept(run: Run, kept: list[int]) -> bool:
    """Tell whether a plan is found that keeps these rules (by number)."""
    task = run.task
    rows = np.flatnonzero(np.isin(task.row_rule, kept))
    if empty_row_broken(task.matrix[rows], task.row_lower[rows], task.row_upper[rows]):
        return False
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [], rows)
    limits = Limits(1.0, 1.0, 10.0, 0)
    return run.settler.solve(mip, limits, None, lambda *_: False).x is not None
