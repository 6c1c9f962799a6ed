"""Grades for screens: 5×5 by likelihood and consequence; never used in the model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewopt.catalogue.grades import Grades

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.int8]

LOF_BANDS = (0.01, 0.03, 0.10, 0.30)
"""Probability of failure of the asset within the year from which grades 2 to 5 begin
(editable assumption: each about three times the one before)."""
COF_BANDS = (3.0, 10.0, 30.0, 100.0)
"""万元 per failure from which grades 2 to 5 begin (editable assumption)."""
USUAL = Grades(lof=LOF_BANDS, cof=COF_BANDS, source="editable assumption")
"""Scales of the classes that state none of their own."""
MATRIX_BANDS = (4, 8, 12, 20)
"""Product of both grades from which grades 2 to 5 begin (editable assumption)."""


def lof_grade(lof: FloatArray, scales: Grades = USUAL) -> IntArray:
    """Grade a probability within the year, 1 (low) to 5."""
    return np.searchsorted(scales.lof, lof, side="right").astype(np.int64) + 1


def cof_grade(cof: FloatArray, scales: Grades = USUAL) -> IntArray:
    """Grade a consequence in 万元 per failure, 1 (low) to 5."""
    return np.searchsorted(scales.cof, cof, side="right").astype(np.int64) + 1


def risk_grade(lof: IntArray, cof: IntArray) -> IntArray:
    """Grade a field of the 5×5 matrix, 1 (low) to 5."""
    return np.searchsorted(MATRIX_BANDS, lof * cof, side="right").astype(np.int64) + 1


def by_year(
    expected: FloatArray, exposure: FloatArray, cof: FloatArray, scales: Grades | None
) -> tuple[ByteArray, ByteArray, ByteArray]:
    """Grade rows of assets and years: the field of the matrix, likelihood, consequence.

    As bytes, of which a table of a million assets has many.

    Parameters
    ----------
    expected
        Failures by asset and year.
    exposure
        Of each asset, for scales that grade the likelihood of one unit of it.
    """
    own = scales or USUAL
    if own.per_unit:
        there = np.where(exposure > 0, exposure, 1.0)[:, None]
        expected = expected / there
    likely = lof_grade(-np.expm1(-expected).ravel(), own)
    costly = cof_grade(cof.ravel(), own)
    field = risk_grade(likely, costly)
    return field.astype(np.int8), likely.astype(np.int8), costly.astype(np.int8)
