"""Draws in whole units for large models: some packages at a time, the others pooled.

All packages in one program take HiGHS longer than finding the works. Here the packages
of one group are in the program row by row, those of later groups as sums (`pools.py`),
those of earlier groups are settled. What comes out is counted on every row like any
other plan; where a group finds no way, nothing is said (`None`) and the caller asks for
all packages in one program.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import FREE, IntArray
from renewopt.optimise.engines.base import Engine, Limits, Mip, make_mip
from renewopt.optimise.pools import Pools
from renewopt.optimise.shrink import Rows, tightened
from renewopt.optimise.task import SolveTask

BoolArray = npt.NDArray[np.bool_]
COLUMNS = 2000
"""Open columns that a group has, about."""


@dataclass(frozen=True, eq=False)
class _Open:
    """What the works leave open: columns, rows that have them, and whose they are.

    Attributes
    ----------
    matrix
        The model's rows over the open columns alone.
    owner, row_owner
        Place of the package in the order of settling; -1 of columns without one, and
        of rows that speak of several packages.
    soft
        Columns that may be rounded up: they are never in an equation.
    """

    rows: Rows
    column: IntArray
    row: IntArray
    lower: IntArray
    upper: IntArray
    owner: IntArray
    row_owner: IntArray
    soft: BoolArray
    pool: IntArray
    row_pool: IntArray
    cost: IntArray


def settle_by_parts(
    task: SolveTask, pools: Pools, engine: Engine, taken: IntArray, time_s: float
) -> IntArray | None:
    """Find whole-number values of all other columns for the works taken, or None."""
    until = time.monotonic() + time_s
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[task.x] = upper[task.x] = taken
    bounds = tightened(Rows(task.matrix, task.row_lower, task.row_upper), lower, upper)
    if bounds is None:
        return None
    values = bounds[0].copy()
    part = _open(task, pools, *bounds)
    values[part.column] = 0
    found = _all_groups(part, task.matrix[part.row] @ values, engine, until)
    if found is None:
        return None
    values[part.column] = found
    return values if not len(task.broken(values)) else None


def _all_groups(
    part: _Open, done: IntArray, engine: Engine, until: float
) -> IntArray | None:
    """Settle group after group; one that finds no way shares with those before it."""
    found = np.zeros(len(part.column), np.int64)
    packages = int(part.owner.max(initial=-1)) + 1
    step = max(1, -(-packages * COLUMNS // max(1, len(part.column))))
    first, end = 0, step
    while True:
        own = (part.owner < end) & ((part.owner >= first) | (first == 0))
        before = np.where(part.owner < first, found, 0)
        group = _Group(part, own, end, done + part.rows.matrix @ before)
        left = until - time.monotonic()
        if left > 0 and group.settle(engine, left, found):
            if end >= packages:
                return found
            first, end = end, end + step
        elif left <= 0 or first == 0:
            return None
        else:
            first = max(0, 2 * first - end)


def _open(task: SolveTask, pools: Pools, lower: IntArray, upper: IntArray) -> _Open:
    """Collect what is open; packages are settled in the order of their numbers."""
    column = np.flatnonzero(lower < upper)
    matrix = sparse.csr_matrix(task.matrix[:, column])
    matrix.eliminate_zeros()
    row = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[row]
    _, place = np.unique(np.r_[-1, task.package[column]], return_inverse=True)
    owner = place[1:].astype(np.int64) - 1
    by_row = np.repeat(np.arange(len(row)), np.diff(matrix.indptr))
    least, most = np.full(len(row), FREE), np.full(len(row), -2)
    np.minimum.at(least, by_row, owner[matrix.indices])
    np.maximum.at(most, by_row, owner[matrix.indices])
    row_lower, row_upper = task.row_lower[row], task.row_upper[row]
    both = (row_lower > -FREE) & (row_upper < FREE)
    tied = np.zeros(len(column), bool)
    tied[matrix.indices[both[by_row]]] = True
    return _Open(
        Rows(matrix, row_lower, row_upper),
        column,
        row,
        lower[column],
        upper[column],
        owner,
        np.where(least == most, least, -1),
        task.is_money[column] & ~task.is_draw[column] & ~tied,
        pools.column[column],
        pools.row[row],
        task.is_debt[column].astype(np.int64),
    )


class _Group:
    """The program of one group: its own columns, and those of later ones by pool."""

    def __init__(self, part: _Open, own: BoolArray, end: int, done: IntArray) -> None:
        """Take the columns `own`; packages from `end` on are later."""
        self._part, self._done = part, done
        self._mine = np.flatnonzero(own)
        self._later = np.flatnonzero(part.owner >= end)
        local = np.zeros(end + 1, bool)
        local[part.owner[own & (part.owner >= 0)]] = True
        owner = part.row_owner
        self._local = np.flatnonzero((owner >= 0) & local[np.minimum(owner, end)])
        self._link = np.flatnonzero(owner < 0)
        self._far = np.flatnonzero(owner >= end)

    def settle(self, engine: Engine, seconds: float, found: IntArray) -> bool:
        """Write the group's values into `found`; tell if there is a way."""
        mip = self._mip()
        none = engine.solve(mip, Limits(0.01, 0.0, seconds, 0), None, lambda *_: False)
        if none.x is None:
            return False
        point = np.rint(mip.unscale(none.x)[: len(self._mine)]).astype(np.int64)
        return self._raise_soft(point, found)

    def _mip(self) -> Mip:
        part, mine, later = self._part, self._mine, self._later
        # One column stands for its pool: the last, which is there to the end.
        pools, number = np.unique(part.pool[later], return_inverse=True)
        stands = np.zeros(len(pools), np.int64)
        np.maximum.at(stands, number, later)
        far_pools, far = np.unique(part.row_pool[self._far], return_inverse=True)
        shape = (len(far_pools), len(far))
        ones = np.ones(len(far), np.int64)
        adder = sparse.csr_matrix((ones, (far, np.arange(len(far)))), shape)
        own = part.rows.matrix[:, mine].tocsr()
        pooled = part.rows.matrix[:, stands].tocsr()
        link, local = self._link, self._local
        blocks = [
            [own[local], _nothing(len(local), len(pools))],
            [own[link], pooled[link]],
            [_nothing(len(far_pools), len(mine)),
             adder @ pooled[self._far]],
        ]  # fmt: skip
        lower, upper = self._limits()

        def rows(limits: IntArray, none: int) -> IntArray:
            summed = _sum(limits[self._far], far, len(far_pools), none)
            return np.concatenate([limits[local], limits[link], summed])

        def columns(limits: IntArray) -> IntArray:
            return np.concatenate(
                [limits[mine], _sum(limits[later], number, len(pools), FREE)]
            )

        return make_mip(
            sparse.csr_matrix(sparse.bmat(blocks)),
            rows(lower, -FREE),
            rows(upper, FREE),
            columns(part.lower),
            columns(part.upper),
            np.concatenate([part.cost[mine], part.cost[stands]]),
            np.concatenate([~part.soft[mine], np.zeros(len(pools), bool)]),
        )

    def _limits(self) -> tuple[IntArray, IntArray]:
        """Give what is left of the limits, with room for rounding up what is soft."""
        part = self._part
        lower, upper = (
            _less(part.rows.lower, self._done),
            _less(part.rows.upper, self._done),
        )
        soft = np.zeros(len(part.soft), np.int64)
        soft[self._mine] = soft[self._later] = 1
        soft[~part.soft] = 0
        up, down = part.rows.matrix.maximum(0), part.rows.matrix.minimum(0)
        upper = np.where(upper < FREE, upper - up @ soft, upper)
        lower = np.where(lower > -FREE, lower - down @ soft, lower)
        return lower, upper

    def _raise_soft(self, point: IntArray, found: IntArray) -> bool:
        """Set the soft columns to the least that their rows ask for."""
        part, mine, local = self._part, self._mine, self._local
        soft = part.soft[mine]
        lower = np.where(soft, part.lower[mine], point)
        upper = np.where(soft, part.upper[mine], point)
        rows = Rows(
            part.rows.matrix[:, mine].tocsr()[local],
            _less(part.rows.lower[local], self._done[local]),
            _less(part.rows.upper[local], self._done[local]),
        )
        bounds = tightened(rows, lower, upper)
        if bounds is None:
            return False
        found[mine] = bounds[0]
        return True


def _nothing(rows: int, columns: int) -> sparse.csr_matrix:
    """Give a block without terms."""
    empty = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(rows + 1, np.int64))
    return sparse.csr_matrix(empty, shape=(rows, columns))


def _less(limits: IntArray, done: IntArray) -> IntArray:
    return np.where(np.abs(limits) >= FREE, limits, limits - done)


def _sum(limits: IntArray, number: IntArray, size: int, none: int) -> IntArray:
    """Add limits up by pool; none where one has none."""
    total = np.zeros(size, np.int64)
    open_side = np.abs(limits) >= FREE
    np.add.at(total, number, np.where(open_side, 0, limits))
    total[number[open_side]] = none
    return total
