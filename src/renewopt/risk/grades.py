"""Grades for screens: 5×5 by likelihood and consequence; never used in the model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.int8]

LOF_BANDS = (0.01, 0.03, 0.10, 0.30)
"""Probability of failure of the asset within the year from which grades 2 to 5 begin
(editable assumption: each about three times the one before)."""
COF_BANDS = (3.0, 10.0, 30.0, 100.0)
"""万元 per failure from which grades 2 to 5 begin (editable assumption)."""
MATRIX_BANDS = (4, 8, 12, 20)
"""Product of both grades from which grades 2 to 5 begin (editable assumption)."""


def lof_grade(lof: FloatArray) -> IntArray:
    """Grade a probability within the year, 1 (low) to 5."""
    return np.searchsorted(LOF_BANDS, lof, side="right").astype(np.int64) + 1


def cof_grade(cof: FloatArray) -> IntArray:
    """Grade a consequence in 万元 per failure, 1 (low) to 5."""
    return np.searchsorted(COF_BANDS, cof, side="right").astype(np.int64) + 1


def risk_grade(lof: IntArray, cof: IntArray) -> IntArray:
    """Grade a field of the 5×5 matrix, 1 (low) to 5."""
    return np.searchsorted(MATRIX_BANDS, lof * cof, side="right").astype(np.int64) + 1


def by_year(lof: FloatArray, cof: FloatArray) -> tuple[ByteArray, ByteArray, ByteArray]:
    """Grade rows of assets and years: the field of the matrix, likelihood, consequence.

    As bytes, of which a table of a million assets has many.
    """
    likely, costly = lof_grade(lof), cof_grade(cof)
    field = risk_grade(likely, costly)
    return field.astype(np.int8), likely.astype(np.int8), costly.astype(np.int8)
