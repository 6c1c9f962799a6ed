"""The warm linear program of the greedy methods.

Its question: can the works that are chosen be paid?

Works are numbers, not columns: choosing one shifts the limits of the rows that it is
in, so the program is only as large as the money. Where the answer is no, weak duality
tells why, as a row over works that every plan keeps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import FloatArray, Mip
from renewopt.optimise.engines.highs import _pass_model

SLACK = 1e-6
"""Relative room left in a row that follows from floating-point multipliers."""


class WarmLp:
    """A linear program of all columns but the works; starts from the last basis."""

    def __init__(self, mip: Mip, works: IntArray) -> None:
        """Take the relaxation with every work of `works` (column numbers) left out."""
        is_work = np.zeros(len(mip.cost), bool)
        is_work[works] = True
        free = np.flatnonzero(~is_work & (mip.lower < mip.upper))
        idle = np.flatnonzero(~is_work & (mip.lower >= mip.upper))
        columns = mip.matrix.tocsc()
        done = columns[:, idle] @ mip.lower[idle]
        rest = sparse.csr_matrix(columns[:, free])
        rows = np.flatnonzero(np.diff(rest.indptr))
        self._rest = rest[rows]
        self._columns = self._rest.T.tocsr()
        self.by_work = sparse.csc_matrix(columns[:, works])[rows].T.tocsr()
        self._lower = (mip.row_lower - done)[rows]
        self._upper = (mip.row_upper - done)[rows]
        self._free = (mip.lower[free], mip.upper[free])
        self._shift = np.zeros(len(rows))
        self._solver = _program(mip, self._rest, self._lower, self._upper, free)

    def set_works(self, works: IntArray, value: int) -> None:
        """Choose works (value 1) or take them back (value -1)."""
        if not len(works):
            return
        chosen = self.by_work[works]
        np.add.at(self._shift, chosen.indices, chosen.data * value)
        rows = np.unique(chosen.indices)
        lower = (self._lower[rows] - self._shift[rows]).tolist()
        upper = (self._upper[rows] - self._shift[rows]).tolist()
        for row, low, high in zip(rows.tolist(), lower, upper, strict=True):
            self._solver.changeRowBounds(row, low, high)

    def feasible(self) -> bool:
        """Solve from the last basis."""
        self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def cut(self) -> tuple[FloatArray, float] | None:
        """Tell why the works as set cannot be paid: a row over works, and its room.

        The row is told by the weights of the columns of `by_work`.

        With any multipliers y of the rows, y·(money) + y·(works) ≥ y·(limits) for every
        plan, and y·(money) is at most what the bounds of the money columns allow. So
        the row holds for every plan, however exact the multipliers are. None where the
        row does not forbid the works as set.
        """
        _, known, ray = self._solver.getDualRay()
        if not known:
            return None
        for multipliers in (np.array(ray), -np.array(ray)):
            found = self._row(multipliers)
            if found is not None:
                return found
        return None

    def _row(self, y: FloatArray) -> tuple[FloatArray, float] | None:
        y = y / max(1e-12, float(np.abs(y).max(initial=0.0)))
        y[np.abs(y) < 1e-9] = 0.0
        side = np.where(y > 0, self._lower, self._upper)
        y = np.where(np.isfinite(side), y, 0.0)
        used = y != 0
        least = float(y[used] @ side[used])
        price = self._columns @ y
        low, high = self._free
        most = float(np.maximum(price * low, price * high).sum())
        now = float(y @ self._shift)
        size = max(1.0, abs(least), abs(most), float(np.abs(y) @ np.abs(self._shift)))
        if now + most >= least - SLACK * size:
            return None
        return -y, most - least + SLACK * size / 2


def _program(
    mip: Mip,
    matrix: sparse.csr_matrix,
    lower: FloatArray,
    upper: FloatArray,
    free: IntArray,
) -> Any:
    """Hand over the program of the free columns; only its feasibility is asked."""
    part = replace(
        mip,
        cost=np.zeros(len(free)),
        matrix=matrix,
        row_lower=lower,
        row_upper=upper,
        lower=mip.lower[free],
        upper=mip.upper[free],
        integer=np.zeros(len(free), bool),
    )
    solver = _pass_model(part, relaxed=True)
    solver.setOptionValue("primal_feasibility_tolerance", 1e-7)
    solver.setOptionValue("presolve", "off")
    return solver
