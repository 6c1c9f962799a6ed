"""Bounds that follow from other bounds: what fixed works leave open of everything else.

With the works fixed, rows decide joint starts, openings, savings and most of the money
that is never due. Every step is exact, in whole numbers, and holds for every solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FREE, IntArray

ROUNDS = 10
"""Bounds follow from bounds at most so many times."""


@dataclass(frozen=True, eq=False)
class Rows:
    """lower ≤ matrix · v ≤ upper in whole numbers; `FREE` stands for no limit."""

    matrix: sparse.csr_matrix
    lower: IntArray
    upper: IntArray


def tightened(
    rows: Rows, lower: IntArray, upper: IntArray
) -> tuple[IntArray, IntArray] | None:
    """Tighten bounds of columns by rows; None where one is left no value."""
    lower, upper = lower.copy(), upper.copy()
    matrix = rows.matrix
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    column, coef = matrix.indices, matrix.data
    some = (lower < upper)[column]
    for _ in range(ROUNDS):
        least, most = activity(rows.matrix, lower, upper)
        up = coef > 0
        low_part = coef * np.where(up, lower[column], upper[column])
        high_part = coef * np.where(up, upper[column], lower[column])
        # What the row leaves to this term: at most, and at least.
        room = (rows.upper - least)[row] + low_part
        need = (rows.lower - most)[row] + high_part
        most_here = some & (rows.upper < FREE)[row]
        least_here = some & (rows.lower > -FREE)[row]
        new_lower, new_upper = lower.copy(), upper.copy()
        part = most_here & up
        np.minimum.at(new_upper, column[part], room[part] // coef[part])
        part = most_here & ~up
        np.maximum.at(new_lower, column[part], -(room[part] // -coef[part]))
        part = least_here & up
        np.maximum.at(new_lower, column[part], -(-need[part] // coef[part]))
        part = least_here & ~up
        np.minimum.at(new_upper, column[part], -need[part] // -coef[part])
        if (new_lower > new_upper).any():
            return None
        left = np.count_nonzero(lower < upper)
        lower, upper = new_lower, new_upper
        if np.count_nonzero(lower < upper) == left:
            break  # nothing more was decided
    return lower, upper


def activity(
    matrix: sparse.csr_matrix, lower: IntArray, upper: IntArray
) -> tuple[IntArray, IntArray]:
    """Give the least and the greatest value of each row within the bounds."""
    positive, negative = matrix.maximum(0), matrix.minimum(0)
    least: IntArray = positive @ lower + negative @ upper
    most: IntArray = positive @ upper + negative @ lower
    return least, most
