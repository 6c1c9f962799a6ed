"""What an inventory itself counts of each asset's failures, and over which years."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, effective_year
from renewopt.catalogue.selection import number_column

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def own_counts(
    frame: pd.DataFrame, cls: AssetClass, as_of_year: int
) -> tuple[FloatArray, FloatArray]:
    """Give each asset's own count and the years that it covers; NaN: none.

    Of several columns the first that the row fills in counts. Its years are those in
    which the asset was there; a count that reaches back before a renewal is partly of
    what stood there before, and is left out.
    """
    seen, years = _stated(frame, cls)
    life = as_of_year - effective_year(frame, as_of_year) + 1
    years = np.where(life < years, np.maximum(life, 1.0), years)
    left = counts_of_others(frame, cls, as_of_year)
    return np.where(left, np.nan, seen), np.where(left, np.nan, years)


def counts_of_others(
    frame: pd.DataFrame, cls: AssetClass, as_of_year: int
) -> BoolArray:
    """Tell the assets that were renewed within the years of their own count."""
    seen, years = _stated(frame, cls)
    renewed = number_column(frame, "renewed_year")
    inside = (renewed > as_of_year - years + 1) & (renewed <= as_of_year)
    return np.asarray(inside & ~np.isnan(seen), dtype=np.bool_)


def _stated(frame: pd.DataFrame, cls: AssetClass) -> tuple[FloatArray, FloatArray]:
    """Give the counts as they stand and the years of their columns."""
    seen = np.full(len(frame), np.nan)
    years = np.full(len(frame), np.nan)
    for record in cls.hazard.record:
        if record.column in frame:
            count = number_column(frame, record.column)
            taken = np.isnan(seen) & ~np.isnan(count)
            seen = np.where(taken, count, seen)
            years = np.where(taken, record.years, years)
    return seen, years
