"""Contradictions: which rules cannot be kept together."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import Limits, make_mip
from renewopt.optimise.state import Run
from renewopt.optimise.whole_units import empty_row_broken, relaxed_mip

MOST = 10**12
"""By how much a row may be missed: more than any row is about."""
PRICE = 10**6
"""Price of missing a row by one, divided by its largest coefficient."""


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


def least_broken(run: Run, conflict: list[str]) -> dict[str, IntArray]:
    """Give by rule of the conflict a plan that keeps the rest and breaks it least.

    The rest is all rules, or where no single one can be spared the others named. So
    people can be told by how much, not only which rule. Draws are rounded: the plan is
    to be talked about, not to be carried out.
    """
    rules = run.task.rules
    named = [n for n, rule in enumerate(rules) if rule in conflict]
    every = list(range(len(rules)))
    single = all(
        can_be_kept(run, [m for m in every if m != number]) for number in named[:1]
    )
    found = {}
    for number in named:
        rest = [m for m in (every if single else named) if m != number]
        values = _breaking(run, number, rest)
        if values is not None:
            found[rules[number]] = values
    return found


def _breaking(run: Run, number: int, rest: list[int]) -> IntArray | None:
    """Keep the rest; let the rows of one rule be missed, by as little as possible."""
    task = run.task
    rows = np.flatnonzero(np.isin(task.row_rule, [*rest, number]))
    matrix, size = task.matrix[rows], task.matrix.shape[1]
    soft = np.flatnonzero(task.row_rule[rows] == number)
    slack = sparse.identity(len(rows), np.int64, format="csc")[:, soft]
    wide = sparse.csr_matrix(sparse.hstack([matrix, slack, -slack]))
    largest = np.ones(len(soft), np.int64)
    if matrix[soft].nnz:
        largest = np.maximum(1, abs(matrix[soft]).max(axis=1).toarray().ravel())
    price = np.maximum(1, PRICE // largest)
    mip = make_mip(
        wide,
        task.row_lower[rows],
        task.row_upper[rows],
        np.concatenate([task.lower, np.zeros(2 * len(soft), np.int64)]),
        np.concatenate([task.upper, np.full(2 * len(soft), MOST)]),
        np.concatenate([np.zeros(size, np.int64), price, price]),
        np.concatenate([~task.is_money, np.zeros(2 * len(soft), bool)]),
    )
    limits = Limits(0.0, 0.5, 10.0, 0)
    point = run.settler.solve(mip, limits, None, lambda *_: False).x
    if point is None:
        return None
    values: IntArray = np.rint((point * mip.column_scale)[:size]).astype(np.int64)
    return values


def can_be_kept(run: Run, kept: list[int]) -> bool:
    """Tell whether a plan is found that keeps these rules (by number)."""
    task = run.task
    rows = np.flatnonzero(np.isin(task.row_rule, kept))
    if empty_row_broken(task.matrix[rows], task.row_lower[rows], task.row_upper[rows]):
        return False
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [], rows)
    limits = Limits(1.0, 1.0, 10.0, 0)
    return run.settler.solve(mip, limits, None, lambda *_: False).x is not None
