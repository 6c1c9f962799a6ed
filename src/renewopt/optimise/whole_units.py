"""Works fixed, draws in whole units: the last step of every plan."""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FREE, IntArray
from renewopt.optimise.engines.base import Engine, Limits, Mip, make_mip
from renewopt.optimise.task import SolveTask


def settle(
    task: SolveTask,
    engine: Engine,
    taken: IntArray,
    time_s: float,
    parcels: IntArray | None = None,
) -> IntArray | None:
    """Find whole-number values of all other columns for the works taken, or None.

    Debt is drawn last. `parcels` says what is drawn in steps, where that is known. The
    result is checked against every row exactly; a solver's rounding never decides.
    """
    fixed = np.zeros(task.matrix.shape[1], bool)
    fixed[task.x] = True
    values = np.zeros(task.matrix.shape[1], np.int64)
    values[task.x] = taken
    fixed[task.missing] = True
    values[task.missing] = _missing(task, values)
    if parcels is not None:
        fixed[task.parcels] = True
        values[task.parcels] = parcels
    free = np.flatnonzero(~fixed)
    if not len(free):
        return values if not len(task.broken(values)) else None
    done = task.matrix @ values
    rest = sparse.csr_matrix(task.matrix[:, free])
    cost = task.is_debt[free].astype(np.int64)
    row_lower, row_upper = _less(task.row_lower, done), _less(task.row_upper, done)
    if empty_row_broken(rest, row_lower, row_upper):
        return None
    rest, row_lower, row_upper = _reduce(rest, row_lower, row_upper)
    mip = make_mip(
        rest,
        row_lower,
        row_upper,
        task.lower[free],
        task.upper[free],
        cost,
        np.ones(len(free), bool),
    )
    answer = engine.solve(mip, Limits(0.01, 0.0, time_s, 0), None, lambda *_: False)
    if answer.x is None:
        return None
    values[free] = np.rint(mip.unscale(answer.x)).astype(np.int64)
    return values if not len(task.broken(values)) else None


def _missing(task: SolveTask, values: IntArray) -> IntArray:
    """Give what the works taken leave of each target: no more than that is missing."""
    if not len(task.missing):
        return np.zeros(0, np.int64)
    own = task.matrix[:, task.missing].tocsc()
    # A target that cannot be missed has lost its row: then nothing is missing.
    asked = np.diff(own.indptr) > 0
    row = own.indices[own.indptr[:-1][asked]]
    need = np.zeros(len(task.missing), np.int64)
    need[asked] = task.row_lower[row] - task.matrix[row] @ values
    return np.clip(need, 0, task.upper[task.missing])


def empty_row_broken(
    matrix: sparse.csr_matrix, row_lower: IntArray, row_upper: IntArray
) -> bool:
    """Tell whether a row without terms cannot hold."""
    empty = np.diff(matrix.indptr) == 0
    return bool(np.any(empty & ((row_lower > 0) | (row_upper < 0))))


def _less(limits: IntArray, done: IntArray) -> IntArray:
    return np.where(np.abs(limits) >= FREE, limits, limits - done)


def _reduce(
    matrix: sparse.csr_matrix, row_lower: IntArray, row_upper: IntArray
) -> tuple[sparse.csr_matrix, IntArray, IntArray]:
    """Divide rows of whole-number columns by their common divisor, limits inwards.

    10000 · Σ draws ≤ 123456 becomes Σ draws ≤ 12: the same whole numbers, and the
    linear program then mostly gives whole draws by itself.
    """
    matrix = matrix.copy()
    lower, upper = row_lower.copy(), row_upper.copy()
    for row in range(matrix.shape[0]):
        begin, end = matrix.indptr[row], matrix.indptr[row + 1]
        divisor = math.gcd(*matrix.data[begin:end].tolist()) if end > begin else 0
        if divisor > 1:
            matrix.data[begin:end] //= divisor
            if abs(upper[row]) < FREE:
                upper[row] = upper[row] // divisor
            if abs(lower[row]) < FREE:
                lower[row] = -(-lower[row] // divisor)
    return matrix, lower, upper


def relaxed_mip(
    task: SolveTask,
    cost: IntArray,
    extra: list[tuple[IntArray, int]],
    rows: IntArray | None = None,
) -> Mip:
    """Make the program of one stage; `extra` holds earlier stages at their value.

    `rows` keeps only some rows (to find out which rules contradict each other).
    """
    matrix, lower, upper = with_held(task, extra, rows)
    integer = np.ones(matrix.shape[1], bool) if task.whole_draws else ~task.is_money
    # Works that are paid for by parts of parcels could hardly ever be settled.
    integer[task.parcels] = True
    return make_mip(matrix, lower, upper, task.lower, task.upper, cost, integer)


def with_held(
    task: SolveTask, extra: list[tuple[IntArray, int]], rows: IntArray | None = None
) -> tuple[sparse.csr_matrix, IntArray, IntArray]:
    """Give the rows and their limits, with earlier stages held at their value."""
    matrix, lower, upper = task.matrix, task.row_lower, task.row_upper
    if rows is not None:
        matrix, lower, upper = matrix[rows], lower[rows], upper[rows]
    if extra:
        held = sparse.csr_matrix(np.vstack([coef for coef, _ in extra]))
        matrix = sparse.vstack([matrix, held]).tocsr()
        lower = np.concatenate([lower, np.full(len(extra), -FREE)])
        upper = np.concatenate([upper, [limit for _, limit in extra]])
    return matrix, lower, upper
