"""What every engine takes and gives, and how the arrays are scaled for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import FREE, IntArray

FloatArray = npt.NDArray[np.float64]

MONEY_SCALE = 100.0
"""Continuous money columns are handed over in 万元, so that numbers stay moderate."""


@dataclass(frozen=True, eq=False)
class Mip:
    """min cost · x, row_lower ≤ matrix · x ≤ row_upper; scaled, in floating point."""

    cost: FloatArray
    matrix: sparse.csr_matrix
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    integer: npt.NDArray[np.bool_]
    column_scale: FloatArray
    row_scale: FloatArray

    def unscale(self, x: FloatArray) -> FloatArray:
        """Turn engine values into model values."""
        return x * self.column_scale

    def scale(self, values: IntArray) -> FloatArray:
        """Turn model values into engine values."""
        return values / self.column_scale


@dataclass(frozen=True)
class Limits:
    """When an engine stops.

    `nodes` is a limit of work (the same on every machine), `target` an objective that
    is good enough; both may be infinite.
    """

    gap: float
    absolute_gap: float
    time_s: float
    seed: int
    nodes: float = np.inf
    target: float = -np.inf


@dataclass(frozen=True, eq=False)
class EngineResult:
    """status: optimal (within the gap), feasible, infeasible, cancelled, failed.

    `stopped_by`: gap, work (nodes or target), clock, cancel, proof, or an error.
    """

    status: str
    x: FloatArray | None
    objective: float
    bound: float
    stopped_by: str


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The linear relaxation: value, point, reduced costs and row multipliers.

    All in the scale of the engine; `multipliers` are above zero at a lower limit.
    """

    bound: float
    point: FloatArray
    reduced: FloatArray
    multipliers: FloatArray


Report = Callable[[float, float], bool]
"""Takes (best, bound) and answers whether to stop."""


class Engine(Protocol):
    """One solver."""

    name: str

    def solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        """Minimise; `start` is a feasible point to begin from."""
        ...


def make_mip(
    matrix: sparse.csr_matrix,
    row_lower: IntArray,
    row_upper: IntArray,
    lower: IntArray,
    upper: IntArray,
    cost: IntArray,
    integer: npt.NDArray[np.bool_],
) -> Mip:
    """Scale columns (continuous money to 万元) and rows (largest coefficient to 1…).

    Rows are divided by powers of ten, which keeps coefficients readable in an
    exported model.
    """
    return scaled_mip(
        matrix.astype(np.float64),
        _limit(row_lower, -np.inf),
        _limit(row_upper, np.inf),
        lower.astype(np.float64),
        upper.astype(np.float64),
        cost.astype(np.float64),
        integer,
    )


def scaled_mip(
    matrix: sparse.csr_matrix,
    row_lower: FloatArray,
    row_upper: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    cost: FloatArray,
    integer: npt.NDArray[np.bool_],
) -> Mip:
    """Scale a program whose numbers are floating-point numbers already."""
    column_scale = np.where(integer, 1.0, MONEY_SCALE)
    scaled = sparse.csr_matrix(matrix @ sparse.diags(column_scale))
    largest = np.ones(scaled.shape[0])
    if scaled.nnz:
        largest = np.maximum(abs(scaled).max(axis=1).toarray().ravel(), 1e-9)
    factor = 10.0 ** -np.floor(np.log10(np.maximum(largest, 1.0)) / 2)
    scaled = sparse.csr_matrix(sparse.diags(factor) @ scaled)
    return Mip(
        cost * column_scale,
        scaled,
        row_lower * factor,
        row_upper * factor,
        lower / column_scale,
        upper / column_scale,
        integer,
        column_scale,
        factor,
    )


def _limit(values: IntArray, infinite: float) -> FloatArray:
    return np.where(np.abs(values) >= FREE, infinite, values.astype(np.float64))
