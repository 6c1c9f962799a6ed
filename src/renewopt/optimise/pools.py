"""Pools: money columns and rows of packages that nothing tells apart.

Two packages with the same funds, the same shares and the same terms ask the same of
every purse. Their columns may then be counted together: colours are refined until all
columns of one colour stand with equal numbers in equally many rows of each colour (an
equitable partition). The sum of the rows of a colour speaks of the sums of columns
alone, so that what holds for every plan holds for its sums: a relaxation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import FREE, IntArray
from renewopt.optimise.task import SolveTask

ROUNDS = 50
Colours = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Pools:
    """Number of the pool of each column and of each row; alone: a pool of one."""

    column: IntArray
    row: IntArray

    @property
    def columns(self) -> int:
        """Count the pools of columns."""
        return int(self.column.max(initial=-1)) + 1

    @property
    def rows(self) -> int:
        """Count the pools of rows."""
        return int(self.row.max(initial=-1)) + 1


def find_pools(task: SolveTask) -> Pools:
    """Pool the columns of packages, and the rows that speak of one package each."""
    parts = _parts(task)
    column, row = _first_colours(task, parts.local)
    known = -1
    for _ in range(ROUNDS):
        met = _sums(parts.col, _mix(row[parts.row]), parts, len(column))
        column = _mix(column + met)
        seen = _sums(parts.row, _mix(column[parts.col]), parts, len(row))
        row = np.where(parts.local, _mix(row + seen), row)
        count = _count(column[parts.own]) + _count(row[parts.local])
        if count == known:
            break
        known = count
    else:  # never settled: nobody is counted together
        return Pools(np.arange(len(column)), np.arange(len(row)))
    return Pools(_numbers(column, parts.own), _numbers(row, parts.local))


@dataclass(frozen=True, eq=False)
class _Parts:
    """Terms of package columns, and the marks of what may be pooled."""

    row: IntArray
    col: IntArray
    coef: Colours
    own: npt.NDArray[np.bool_]
    local: npt.NDArray[np.bool_]


def _parts(task: SolveTask) -> _Parts:
    matrix = task.matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    term = task.package[matrix.indices] >= 0
    row, col = rows[term], matrix.indices[term].astype(np.int64)
    least = np.full(matrix.shape[0], FREE)
    most = np.full(matrix.shape[0], -1)
    np.minimum.at(least, row, task.package[col])
    np.maximum.at(most, row, task.package[col])
    coef = _mix(matrix.data[term].astype(np.uint64))
    return _Parts(row, col, coef, task.package >= 0, least == most)


def _first_colours(
    task: SolveTask, local: npt.NDArray[np.bool_]
) -> tuple[Colours, Colours]:
    """Tell apart: rules and open sides of rows; stages and kinds of columns.

    A row that speaks of several packages has a colour of its own from the start.
    """
    sides = 2 * (task.row_lower > -FREE) + (task.row_upper < FREE)
    alone = np.arange(len(local)) + 4 * (len(task.rules) + 1)
    row = np.where(local, 4 * task.row_rule + sides, alone)
    kind = np.stack([task.is_money, task.is_draw, task.is_debt, task.upper < FREE])
    column = np.zeros(len(task.lower), np.uint64)
    for part in [*kind, *task.stage_coef]:
        column = _mix(column + part.astype(np.int64).astype(np.uint64))
    return _mix(column), _mix(row.astype(np.uint64))


def _mix(values: Colours) -> Colours:
    """Spread numbers over 64 bits, so that sums of them do not meet by chance."""
    a = values + np.uint64(0x9E3779B97F4A7C15)
    a = (a ^ (a >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    a = (a ^ (a >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return a ^ (a >> np.uint64(31))


def _sums(place: IntArray, colour: Colours, parts: _Parts, size: int) -> Colours:
    """Add up what each column (row) meets: colours with their coefficients."""
    found = np.zeros(size, np.uint64)
    np.add.at(found, place, _mix(colour * np.uint64(3) + parts.coef))
    return found


def _count(colours: Colours) -> int:
    return len(np.unique(colours))


def _numbers(colours: Colours, pooled: npt.NDArray[np.bool_]) -> IntArray:
    """Count the pools up: first what stands alone, in order, then the colours."""
    alone = np.flatnonzero(~pooled)
    number = np.empty(len(pooled), np.int64)
    number[alone] = np.arange(len(alone))
    _, inverse = np.unique(colours[pooled], return_inverse=True)
    number[pooled] = len(alone) + inverse
    return number


def sums(pools: Pools, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Add rows up by pool; of the columns of a pool one stands for all."""
    first = np.full(pools.columns, len(pools.column))
    np.minimum.at(first, pools.column, np.arange(len(pools.column)))
    shape = (pools.rows, len(pools.row))
    ones = np.ones(len(pools.row), matrix.dtype)
    adder = sparse.csr_matrix((ones, (pools.row, np.arange(len(pools.row)))), shape)
    return sparse.csr_matrix(adder @ sparse.csc_matrix(matrix)[:, first])
