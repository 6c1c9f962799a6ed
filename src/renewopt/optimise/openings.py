"""Rows over works instead of rows over what works bring about (such as openings).

A column h that is one as soon as any of some sums of works is one (Σ x − h ≤ 0), and
that nothing else lifts, is least where it is the greatest of these sums. A row
h + k ≤ 1 (or h ≤ 0) then holds exactly if every such sum of h and every one of k are
together at most one (or zero): rows over works alone, which greedy methods ask without
a linear program.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.optimise.pooled import Pooled

BoolArray = npt.NDArray[np.bool_]
MOST_COMBINATIONS = 40
"""Sums by which one row may be replaced; beyond that the row stays as it is."""


def without_openings(
    pooled: Pooled, rows: IntArray
) -> tuple[IntArray, sparse.csr_matrix, IntArray]:
    """Split rows: those that stay, and rows over works (≤ room) for the others.

    Returns
    -------
    rows
        Numbers of the rows that stay.
    matrix, room
        Rows over works, in the order of works.
    """
    kinds = _Kinds(pooled, rows)
    lift, start = kinds.lifters()
    size = np.diff(kinds.part.indptr)
    combinations = np.zeros(len(rows), np.int64)
    own = np.flatnonzero(kinds.packing)
    if len(own):
        each = np.diff(start)[kinds.part[own].indices].astype(np.float64)
        begin = np.r_[0, np.cumsum(size[own])[:-1]]
        many = np.multiply.reduceat(each, begin)  # floating: it may be astronomic
        combinations[own] = np.minimum(many, MOST_COMBINATIONS + 1).astype(np.int64)
    replaced = (combinations > 0) & (combinations <= MOST_COMBINATIONS)
    row = np.flatnonzero(replaced)
    lifts = kinds.over_works(pooled)
    matrix = sparse.csr_matrix(lifts[row] * 0)
    for place in range(int(size[row].max(initial=0))):
        more = size[row] > place
        column = np.zeros(len(row), np.int64)
        column[more] = kinds.part.indices[kinds.part.indptr[row[more]] + place]
        times = np.where(more, np.diff(start)[column], 1)
        old = np.repeat(np.arange(len(row)), times)
        nth = np.arange(len(old)) - np.repeat(np.cumsum(times) - times, times)
        chosen = lift[np.where(more[old], start[column[old]] + nth, 0)]
        add = lifts[chosen]
        add.data = add.data * np.repeat(more[old], np.diff(add.indptr))
        matrix, row = sparse.csr_matrix(matrix[old] + add), row[old]
    matrix.eliminate_zeros()
    matrix.data[:] = 1  # a work that stands in two sums is one work
    stay = rows[~replaced & ~kinds.idle(replaced)]
    return stay, matrix, kinds.upper[row].astype(np.int64)


class _Kinds:
    """What the rows say of columns that are neither works nor amounts."""

    def __init__(self, pooled: Pooled, rows: IntArray) -> None:
        part = sparse.csr_matrix(pooled.matrix[rows])
        self.part, upper = part, pooled.row_upper[rows]
        is_work = np.zeros(part.shape[1], bool)
        is_work[pooled.x] = True
        self._by_row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        helper = ~is_work & ~pooled.amount & (pooled.stage_coef == 0).all(axis=0)
        helper &= (pooled.lower == 0) & (pooled.upper == 1)
        self._helper = helper[part.indices]
        one_sided = np.isneginf(pooled.row_lower[rows])
        unit = self._every(np.abs(part.data) == 1) & one_sided
        helps = self._count(self._helper)
        work = self._count(is_work[part.indices])
        size = np.diff(part.indptr)
        down = self._count(self._helper & (part.data < 0))
        less = self._count(part.data < 0)
        single = unit & (helps == 1) & (work == size - 1) & (work > 0) & (upper == 0)
        self.lift = single & (down == 1) & (less == 1)
        self.need = single & (down == 0) & (less == size - 1)
        self.packing = unit & (helps == size) & (less == 0) & (size > 0)
        self.packing &= (upper == 0) | ((upper == 1) & (size > 1))
        self.upper = upper

    def lifters(self) -> tuple[IntArray, IntArray]:
        """List the rows that lift each column: rows, and where each column's begin."""
        place = np.flatnonzero(self._helper & self.lift[self._by_row])
        column = self.part.indices[place]
        order = np.argsort(column, kind="stable")
        count = np.bincount(column, minlength=self.part.shape[1])
        start = np.r_[0, np.cumsum(count)].astype(np.int64)
        return self._by_row[place][order].astype(np.int64), start

    def over_works(self, pooled: Pooled) -> sparse.csr_matrix:
        """Give one for each work that stands in a row."""
        works = sparse.csr_matrix(self.part[:, pooled.x])
        return sparse.csr_matrix(
            (np.ones(works.nnz, np.int64), works.indices, works.indptr), works.shape
        )

    def _count(self, marks: BoolArray) -> IntArray:
        return np.bincount(self._by_row[marks], minlength=self.part.shape[0])

    def _every(self, marks: BoolArray) -> BoolArray:
        found: BoolArray = self._count(~marks) == 0
        return found

    def idle(self, replaced: BoolArray) -> BoolArray:
        """Mark rows that only tie columns to works which no row asks about any more."""
        asks = ~(replaced | self.lift | self.need)
        asked = np.zeros(self.part.shape[1], bool)
        asked[self.part.indices[asks[self._by_row]]] = True
        some = self._count(self._helper & asked[self.part.indices]) > 0
        marks: BoolArray = (self.lift | self.need) & ~some
        return marks
