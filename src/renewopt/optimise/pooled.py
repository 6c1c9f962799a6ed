"""The pooled program: rows of packages added up, savings replaced by what they sum.

Every plan is a point of it, so its bounds hold for every plan; its multipliers are
handed back to the rows of the model, where weak duality proves the same bound without
trusting the pools (`docs/optimiser.md`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import FREE, FloatArray, IntArray
from renewopt.optimise.pools import Pools, find_pools, sums
from renewopt.optimise.task import SolveTask

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pooled:
    """min cost · z, row_lower ≤ matrix · z ≤ row_upper; columns and rows are pools.

    Attributes
    ----------
    matrix, row_lower, row_upper, lower, upper, stage_coef
        Whole numbers, in floating point; infinite where there is no limit.
    x
        Column of each work.
    amount
        Columns that are amounts.
    pools
        Which columns and rows of the task were counted together.
    defined, by
        Amounts that one equation defines: column of the task, row of the task. Their
        columns are left out, what defines them stands in their place.
    joint
        Columns that define them; the rows that force these are left out.
    """

    matrix: sparse.csr_matrix
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    stage_coef: FloatArray
    x: IntArray
    amount: BoolArray
    pools: Pools
    defined: IntArray
    by: IntArray
    joint: BoolArray


def make_pooled(task: SolveTask) -> Pooled:
    """Replace what equations define, then add up the rows and columns of pools."""
    defined, by = _defined(task)
    matrix, stages = _replaced(task, defined, by)
    pools = find_pools(task)
    summed = sums(pools, matrix)
    first = np.full(pools.columns, len(pools.column))
    np.minimum.at(first, pools.column, np.arange(len(pools.column)))
    lower = _added(task.row_lower, pools.row, pools.rows, -np.inf)
    upper = _added(task.row_upper, pools.row, pools.rows, np.inf)
    joint = _joint(task, pools, defined, by)
    forcing = _forcing(summed, lower, upper, joint)
    summed.data[np.repeat(forcing, np.diff(summed.indptr))] = 0
    summed.eliminate_zeros()
    lower[forcing] = -np.inf
    return Pooled(
        summed.astype(np.float64),
        lower,
        upper,
        _added(task.lower, pools.column, pools.columns, -np.inf),
        _added(task.upper, pools.column, pools.columns, np.inf),
        stages[:, first].astype(np.float64),
        pools.column[task.x],
        task.is_money[first],
        pools,
        defined,
        by,
        joint,
    )


def _joint(task: SolveTask, pools: Pools, defined: IntArray, by: IntArray) -> BoolArray:
    """Mark the yes-or-no columns that define amounts, such as joint starts."""
    marks = np.zeros(pools.columns, bool)
    if len(by):
        marks[pools.column[task.matrix[by].indices]] = True
    marks[pools.column[defined]] = False
    marks[pools.column[task.x]] = False
    return marks


def _forcing(
    matrix: sparse.csr_matrix, lower: FloatArray, upper: FloatArray, joint: BoolArray
) -> BoolArray:
    """Mark the rows that force a joint start: h ≥ x + y (+ z) − 1 (or 2).

    A plan gains by what they force; without them the program is a relaxation still.
    """
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    own = joint[matrix.indices]
    forced = np.bincount(row[own & (matrix.data == 1)], minlength=matrix.shape[0])
    less = np.bincount(row[~own & (matrix.data == -1)], minlength=matrix.shape[0])
    marks: BoolArray = (forced == 1) & (forced + less == np.diff(matrix.indptr))
    return marks & (lower < 0) & np.isfinite(lower) & np.isposinf(upper)


def _defined(task: SolveTask) -> tuple[IntArray, IntArray]:
    """List amounts that one equation defines by yes-or-no columns, with its row.

    Such as the saving of a work: the sum of what its joint starts are worth. Its own
    bounds are left out with it, which only loosens.
    """
    matrix = task.matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    amount = task.is_money[matrix.indices]
    count = np.bincount(rows[amount], minlength=matrix.shape[0])
    equation = (task.row_lower == 0) & (task.row_upper == 0) & (count == 1)
    term = amount & equation[rows] & (np.abs(matrix.data) == 1)
    term &= task.package[matrix.indices] < 0
    column, first = np.unique(matrix.indices[term], return_index=True)
    return column.astype(np.int64), rows[term][first]


def _replaced(
    task: SolveTask, defined: IntArray, by: IntArray
) -> tuple[sparse.csr_matrix, IntArray]:
    """Put what defines an amount in its place; its equation and column become empty.

    a·s + d·z = 0 with a = ±1 gives s = −a·d·z: every row with k·s loses k·a times the
    equation. No other amount stands in the equation, so once is enough.
    """
    matrix = task.matrix
    if not len(defined):
        return matrix, task.stage_coef
    columns = sparse.csc_matrix(matrix)[:, defined].tocoo()
    sign = np.asarray(matrix[by, defined]).ravel()
    times = columns.data * sign[columns.col]
    shape = (matrix.shape[0], matrix.shape[0])
    taker = sparse.csr_matrix((times, (columns.row, by[columns.col])), shape)
    replaced = sparse.csr_matrix(matrix - taker @ matrix)
    replaced.eliminate_zeros()
    stages = task.stage_coef - (task.stage_coef[:, defined] * sign) @ matrix[by]
    return replaced, np.asarray(stages)


def _added(limits: IntArray, number: IntArray, size: int, none: float) -> FloatArray:
    """Add limits up by pool; without limit where one of them is."""
    values = limits.astype(np.float64)
    values[np.abs(limits) >= FREE] = none
    found = np.zeros(size)
    np.add.at(found, number, values)
    return found


def full_multipliers(
    task: SolveTask, pooled: Pooled, multipliers: FloatArray, cost: IntArray
) -> FloatArray:
    """Hand the multiplier of each pool to its rows; equations get what balances them.

    With it every amount that an equation defines has no reduced cost.
    """
    y = multipliers[pooled.pools.row]
    if len(pooled.defined):
        y[pooled.by] = 0.0
        columns = sparse.csc_matrix(task.matrix)[:, pooled.defined]
        sign = np.asarray(task.matrix[pooled.by, pooled.defined]).ravel()
        y[pooled.by] = (cost[pooled.defined] - columns.T @ y) * sign
    return y
