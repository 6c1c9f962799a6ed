"""The rows of a risk table: assets in order, years within them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.consequence import PART_KINDS
from renewopt.risk import grades
from renewopt.risk.interval import interval
from renewopt.risk.learn import Correction
from renewopt.risk.loss import Loss, in_order
from renewopt.risk.official import Bounds
from renewopt.risk.prior import Prior
from renewopt.risk.table import GRADE_COLUMNS, PART_COLUMNS

FloatArray = npt.NDArray[np.float64]


def failures_by_year(
    prior: Prior,
    correction: Correction,
    bounds: Bounds,
    years: list[int],
    path: FloatArray | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the failures expected by asset and year: middle, youngest, oldest reading.

    Parameters
    ----------
    path
        What a trained model expects by asset and year; None: the expert rate times
        the factor from records.
    """

    def read(since: FloatArray) -> FloatArray:
        rows = [prior.expected(year, since) * correction.factor for year in years]
        return np.column_stack(rows)

    expected = read(prior.since)
    sides = []
    for since in (prior.since_young, prior.since_old):
        same = np.array_equal(since, prior.since)
        sides.append(expected if same else read(since))
    young, old = sides
    if path is not None:
        change = np.divide(path, expected, out=np.ones_like(path), where=expected > 0)
        young = path if young is expected else young * change
        old = path if old is expected else old * change
        expected = path
    held = bounds.hold(expected, years)
    return (
        held,
        held if young is expected else bounds.hold(young, years),
        held if old is expected else bounds.hold(old, years),
    )


def year_rows(
    frame: pd.DataFrame,
    cls: AssetClass,
    failures: tuple[FloatArray, FloatArray, FloatArray],
    correction: Correction,
    loss: Loss,
    years: list[int],
    population: list[float],
    exposure: FloatArray,
) -> pd.DataFrame:
    """Build the rows of a class.

    Parameters
    ----------
    failures
        What `failures_by_year` gives.
    population
        Of each year, ÷ that of the as-of year.
    exposure
        Kilometres, households or points that the rates are counted over.
    """
    expected, young, old = failures
    size, count = expected.shape
    rate = interval(correction.log_variance, correction.shape)
    both = correction.log_variance + cls.consequence.log_sd**2
    loss_ends = interval(both, correction.shape)
    few, many = (end[:, None] for end in rate)
    least, most = (end[:, None] for end in loss_ends)
    kinds = np.empty((len(PART_KINDS), size, count))
    cof = np.empty((size, count))
    for number, share in enumerate(population):
        now = loss.at(share, number)
        kinds[:, :, number] = now.T
        cof[:, number] = in_order(now)
    lof = -np.expm1(-expected).ravel()
    grade_of_year = grades.by_year(expected, exposure, cof, cls.grades)
    parts = {name: kinds[number].ravel() for number, name in enumerate(PART_COLUMNS)}
    return pd.DataFrame(
        {
            "asset_class": cls.id,
            "asset_id": frame["asset_id"].astype("str").repeat(count).array,
            "year": np.tile(np.array(years, dtype=np.int64), size),
            "lof": lof,
            "expected_failures": expected.ravel(),
            "cof": cof.ravel(),
            "risk": (expected * cof).ravel(),
            "low": (young * cof * least).ravel(),
            "high": (old * cof * most).ravel(),
            **parts,
            "failures_low": (young * few).ravel(),
            "failures_high": (old * many).ravel(),
            **dict(zip(GRADE_COLUMNS, grade_of_year, strict=True)),
        },
        copy=False,
    )
