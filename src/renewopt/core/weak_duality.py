"""Weak duality: what row multipliers alone prove of a linear or integer program.

For any multipliers y, min c·x over rows and column bounds is at least
Σ y·(limit of its row) + Σ (c − yA)·(the column bound that makes it least). Nothing is
asked of a solver: however the multipliers were found, what they prove is a sum.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FREE, FloatArray, IntArray

ROUNDING = 4 * np.finfo(np.float64).eps
"""Error of one step of a sum, relative to what is added: with room to spare."""


def dual_bound(
    matrix: sparse.csr_matrix,
    row_limits: tuple[IntArray, IntArray],
    column_limits: tuple[IntArray, IntArray],
    cost: IntArray,
    multipliers: FloatArray,
) -> float:
    """Give a number that no feasible point has a lower cost than.

    Parameters
    ----------
    matrix
        Rows × columns, whole numbers.
    row_limits, column_limits
        Lower and upper; `FREE` stands for none.
    cost
        Per column; to be minimised.
    multipliers
        Per row; above zero speaks of the lower limit, below zero of the upper. Those
        that speak of a limit that is not there count as zero.

    Returns
    -------
    float
        The bound, less what the rounding of the sums can amount to; minus infinity
        where a column without limit has a reduced cost of the wrong sign.
    """
    y = _usable(multipliers, *row_limits)
    limit = np.where(y > 0, row_limits[0], row_limits[1]).astype(np.float64)
    limit[y == 0] = 0.0
    reduced = cost - matrix.T @ y
    steps = 3 + _longest(matrix) + np.log2(2 + len(y) + len(cost))
    size = sparse.csr_matrix(
        (np.abs(matrix.data), matrix.indices, matrix.indptr), matrix.shape
    )
    unsure = steps * ROUNDING * (np.abs(cost) + size.T @ np.abs(y))
    lower, upper = column_limits
    if np.any((lower <= -FREE) & (reduced + unsure > 0)):
        return -np.inf
    if np.any((upper >= FREE) & (reduced - unsure < 0)):
        return -np.inf
    own = np.where(reduced > 0, lower, upper).astype(np.float64)
    reach = np.maximum(np.abs(lower), np.abs(upper)).astype(np.float64)
    reach[(lower <= -FREE) | (upper >= FREE)] = 0.0
    sums = np.abs(y * limit).sum() + np.abs(reduced * own).sum()
    lost = float(unsure @ reach) + steps * ROUNDING * float(sums)
    return float(y @ limit + reduced @ own - lost)


def _usable(multipliers: FloatArray, lower: IntArray, upper: IntArray) -> FloatArray:
    absent = ((multipliers > 0) & (lower <= -FREE)) | (
        (multipliers < 0) & (upper >= FREE)
    )
    absent |= ~np.isfinite(multipliers)
    return np.where(absent, 0.0, multipliers)


def _longest(matrix: sparse.csr_matrix) -> int:
    """Count the terms of the column that has most."""
    return int(np.bincount(matrix.indices).max(initial=0))
