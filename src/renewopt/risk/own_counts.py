"""What an inventory itself counts of each asset's failures, and over which years."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.selection import number_column

FloatArray = npt.NDArray[np.float64]


def own_counts(frame: pd.DataFrame, cls: AssetClass) -> tuple[FloatArray, FloatArray]:
    """Give each asset's own count and the years that it covers; NaN: none.

    Of several columns the first that the row fills in counts.
    """
    seen = np.full(len(frame), np.nan)
    years = np.full(len(frame), np.nan)
    for record in cls.hazard.record:
        if record.column in frame:
            count = number_column(frame, record.column)
            taken = np.isnan(seen) & ~np.isnan(count)
            seen = np.where(taken, count, seen)
            years = np.where(taken, record.years, years)
    return seen, years
