"""Rows over works alone that cannot hold while works are added one by one.

All-or-none groups (Σ x[first] = Σ x[j]) and shares of a whole (a · in − b · out ≤ 0)
are left out while a greedy plan is built, and mended after each round: a group gets
what it lacks or loses what it has; a share loses what is worth least for its money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renewopt.core.array_model import FREE, IntArray
from renewopt.optimise.task import SolveTask

if TYPE_CHECKING:
    from renewopt.optimise.greedy import Builder


def tie_rows(task: SolveTask) -> tuple[IntArray, IntArray]:
    """List the rows of groups and those of shares, both over works alone."""
    is_work = np.zeros(task.matrix.shape[1], bool)
    is_work[task.x] = True
    size = task.matrix.shape[0]
    by_row = np.repeat(np.arange(size), np.diff(task.matrix.indptr))
    mixed = np.ones(size, bool)
    for marks in (task.matrix.data < 0, task.matrix.data > 0):
        mixed &= np.bincount(by_row[marks], minlength=size) > 0
    mixed[by_row[~is_work[task.matrix.indices]]] = False
    groups, shares = [], []
    for row in np.flatnonzero(mixed).tolist():
        begin, end = task.matrix.indptr[row], task.matrix.indptr[row + 1]
        coef = task.matrix.data[begin:end]
        low, high = int(task.row_lower[row]), int(task.row_upper[row])
        if low == high == 0 and (np.abs(coef) == 1).all():
            groups.append(row)
        elif (np.abs(coef) > 1).any() and 0 in (low, high):
            shares.append(row)
    return np.array(groups, np.int64), np.array(shares, np.int64)


def mend(builder: Builder) -> None:
    """Make groups whole or empty, then bring shares back to what they may be."""
    for _ in range(2):  # what a share drops may be part of a group
        for projects in _groups(builder):
            _complete_or_drop(builder, projects)
        for row in builder.shares:
            _shrink(builder, int(row))


def _groups(builder: Builder) -> list[IntArray]:
    """Give the projects of each group: rows that have one in common belong together."""
    project = builder.task.facts["project"]
    found: list[set[int]] = []
    for row in builder.groups:
        size = builder.task.matrix[row][:, builder.task.x].toarray().ravel()
        own = set(project[size != 0].tolist())
        joined = [group for group in found if group & own]
        found = [group for group in found if not group & own]
        found.append(own.union(*joined))
    return [np.array(sorted(group), np.int64) for group in found]


def _complete_or_drop(builder: Builder, projects: IntArray) -> None:
    facts = builder.task.facts
    inside = np.isin(facts["project"], projects)
    if not builder.taken[inside].any():
        return
    order = np.lexsort((facts["cost"], facts["start_year"], facts["late"]))
    for work in order[inside[order]]:
        if builder.open_works()[work]:
            builder.add(np.array([work], np.int64))
    placed = set(facts["project"][(builder.taken > 0) & inside].tolist())
    if len(placed) < len(projects):
        builder.drop(np.flatnonzero((builder.taken > 0) & inside))


def _shrink(builder: Builder, row: int) -> None:
    """Drop works of the side that is too large, the least worth first."""
    task = builder.task
    size = task.matrix[row][:, task.x].toarray().ravel().astype(np.int64)
    sign = 1 if task.row_upper[row] < FREE else -1
    bound = sign * int(task.row_upper[row] if sign > 0 else task.row_lower[row])
    ratio = task.facts["value"] / np.maximum(1, task.facts["cost"])
    rank = np.lexsort((ratio, -task.facts["level"]))  # those without a duty first
    for work in rank:
        if sign * int(size @ builder.taken) <= bound:
            return
        if builder.taken[work] and sign * size[work] > 0 and work not in builder.forced:
            builder.drop(np.array([work], np.int64))
