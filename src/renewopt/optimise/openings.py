"""Rows over works instead of rows over what works bring about (such as openings).

A column h that is one as soon as any of some sums of works is one (Σ x − h ≤ 0), and
that nothing else lifts, is least where it is the greatest of these sums. A row
h + k ≤ 1 (or h ≤ 0) then holds exactly if every such sum of h and every one of k are
together at most one (or zero): rows over works alone, which greedy methods ask without
a linear program.
"""

from __future__ import annotations

from itertools import product

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
    found: list[IntArray] = []
    room: list[int] = []
    replaced = np.zeros(len(rows), bool)
    for row in np.flatnonzero(kinds.packing).tolist():
        lifted = [kinds.lifters.get(c, []) for c in kinds.columns(row)]
        count = int(np.prod([len(part) for part in lifted]))
        if 0 < count <= MOST_COMBINATIONS:
            replaced[row] = True
            found += [
                np.concatenate([kinds.works(lift) for lift in choice])
                for choice in product(*lifted)
            ]
            room += [int(kinds.upper[row])] * count
    stay = rows[~replaced & ~kinds.idle(replaced)]
    number = np.full(pooled.matrix.shape[1], -1)
    number[pooled.x] = np.arange(len(pooled.x))
    size = np.array([len(part) for part in found], np.int64)
    where = number[np.concatenate([*found, np.zeros(0, np.int64)])]
    by_row = np.repeat(np.arange(len(found)), size)
    ones = np.ones(len(where), np.int64)
    shape = (len(found), len(pooled.x))
    matrix = sparse.csr_matrix((ones, (by_row, where)), shape)
    matrix.data[:] = 1  # a work that stands in two sums is one work
    return stay, matrix, np.array(room, np.int64)


class _Kinds:
    """What the rows say of columns that are neither works nor amounts."""

    def __init__(self, pooled: Pooled, rows: IntArray) -> None:
        part = sparse.csr_matrix(pooled.matrix[rows])
        self._part, upper = part, pooled.row_upper[rows]
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
        self.lifters: dict[int, list[int]] = {}
        for place in np.flatnonzero(self._helper & self.lift[self._by_row]).tolist():
            column = int(part.indices[place])
            self.lifters.setdefault(column, []).append(int(self._by_row[place]))

    def _count(self, marks: BoolArray) -> IntArray:
        return np.bincount(self._by_row[marks], minlength=self._part.shape[0])

    def _every(self, marks: BoolArray) -> BoolArray:
        found: BoolArray = self._count(~marks) == 0
        return found

    def columns(self, row: int) -> list[int]:
        """List the columns of a row."""
        begin, end = self._part.indptr[row], self._part.indptr[row + 1]
        columns: list[int] = self._part.indices[begin:end].tolist()
        return columns

    def works(self, row: int) -> IntArray:
        """List the works of a row that lifts a column."""
        begin, end = self._part.indptr[row], self._part.indptr[row + 1]
        own = ~self._helper[begin:end]
        works: IntArray = self._part.indices[begin:end][own].astype(np.int64)
        return works

    def idle(self, replaced: BoolArray) -> BoolArray:
        """Mark rows that only tie columns to works which no row asks about any more."""
        asks = ~(replaced | self.lift | self.need)
        asked = np.zeros(self._part.shape[1], bool)
        asked[self._part.indices[asks[self._by_row]]] = True
        some = self._count(self._helper & asked[self._part.indices]) > 0
        marks: BoolArray = (self.lift | self.need) & ~some
        return marks
