"""Failure records of one class, beside what the expert rate expected meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.risk.prior import Prior

FloatArray = npt.NDArray[np.float64]

WINDOW_YEARS = 15
"""Records older than this are not used: pipes replaced since then are no longer in the
inventory, so that old years look too good (editable assumption)."""


@dataclass(frozen=True)
class Records:
    """Failures of a class in its window, one entry per asset.

    Attributes
    ----------
    seen
        Failures recorded in the window, while the asset was as it is now.
    expected
        Failures that the expert rate expects in the same years.
    first_year, last_year
        The window: from the first record (at most `WINDOW_YEARS` back) to the as-of
        year. Recording is taken to have begun with the first record.
    used, after
        Number of records that count, and of records after the as-of year, unused.
    """

    seen: FloatArray
    expected: FloatArray
    first_year: int
    last_year: int
    used: int
    after: int


def class_records(
    failures: pd.DataFrame,
    asset_class: str,
    frame: pd.DataFrame,
    prior: Prior,
    as_of_year: int,
) -> Records:
    """Count the records of a class up to the end of the as-of year."""
    zeros = np.zeros(len(frame))
    nothing = Records(zeros, zeros, as_of_year, as_of_year, 0, 0)
    if not len(failures):
        return nothing
    mine = failures[failures["asset_class"] == asset_class]
    row = pd.Index(frame["asset_id"]).get_indexer(pd.Index(mine["asset_id"]))
    year = pd.to_numeric(mine["year"]).to_numpy(dtype=np.float64, na_value=np.nan)
    mine_here = (row >= 0) & ~np.isnan(year)
    row, year = row[mine_here], year[mine_here].astype(np.int64)
    after = int((year > as_of_year).sum())
    row, year = row[year <= as_of_year], year[year <= as_of_year]
    # A record from before the asset was installed or renewed is not about it.
    own = ~prior.age_known[row] | (year >= prior.since[row])
    row, year = row[own], year[own]
    if not len(year):
        return Records(zeros, zeros, as_of_year, as_of_year, 0, after)
    first = max(int(year.min()), as_of_year - WINDOW_YEARS + 1)
    row = row[year >= first]
    if not len(row):
        return Records(zeros, zeros, as_of_year, as_of_year, 0, after)
    seen = np.bincount(row, minlength=len(frame)).astype(np.float64)
    expected = zeros + sum(prior.expected(y) for y in range(first, as_of_year + 1))
    return Records(seen, expected, first, as_of_year, len(row), after)
