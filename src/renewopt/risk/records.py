"""Failure records of one class, beside what the expert rate expected meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.inventory import Inventory
from renewopt.risk.prior import Prior
from renewopt.risk.recording import recording, unlikely_silence

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
        Failures recorded in the window, while the asset was as it is now; those
        outside the season of the class count for less.
    expected
        Failures that the expert rate expects in the same years.
    first_year, last_year
        The window: from the first year of systematic recording (at most `WINDOW_YEARS`
        back) to the as-of year.
    used, after
        Number of records that count, and of records after the as-of year, unused.
    silent
        Years of the window that are gaps in recording: they count for nothing.
    early
        Records from before systematic recording, unused.
    """

    seen: FloatArray
    expected: FloatArray
    first_year: int
    last_year: int
    used: int
    after: int
    silent: tuple[int, ...] = ()
    early: int = 0

    @property
    def years(self) -> int:
        """Count the years of the window that were recorded."""
        return self.last_year - self.first_year + 1 - len(self.silent)


def season_weights(failures: pd.DataFrame, cls: AssetClass) -> FloatArray:
    """Give what each record counts for; a record without a month counts in full."""
    season = cls.hazard.season
    weight = np.ones(len(failures))
    if season is None or "date" not in failures:
        return weight
    date = failures["date"].astype("str")
    month = pd.to_numeric(date.str.extract(r"^\d{4}-(\d{2})")[0], errors="coerce")
    off = month.notna() & ~month.isin(season.months)
    return np.where(off.to_numpy(dtype=np.bool_), season.weight_off, weight)


def predecessor_records(
    inventory: Inventory,
    cls: AssetClass,
    frame: pd.DataFrame,
    prior: Prior,
    as_of_year: int,
) -> int:
    """Count the records up to the as-of year of what stood before today's assets.

    However old they are: those before systematic recording count too.
    """
    own = _of_class(inventory.failures, cls, frame, as_of_year)
    row, year = own["row"].to_numpy(), own["year"].to_numpy()
    before = prior.age_known[row] & (year < prior.since_old[row])
    parted = _of_class(inventory.predecessor_failures, cls, frame, as_of_year)
    return int(before.sum()) + len(parted)


def _of_class(
    failures: pd.DataFrame, cls: AssetClass, frame: pd.DataFrame, as_of_year: int
) -> pd.DataFrame:
    """Give `row` of the asset and `year` of the known records of a class."""
    if not len(failures):
        return pd.DataFrame({"row": [], "year": []}, dtype=np.int64)
    mine = failures[failures["asset_class"] == cls.id]
    row = pd.Index(frame["asset_id"]).get_indexer(pd.Index(mine["asset_id"]))
    year = pd.to_numeric(mine["year"]).to_numpy(dtype=np.float64, na_value=np.nan)
    known = (row >= 0) & (year <= as_of_year)
    return pd.DataFrame({"row": row[known], "year": year[known].astype(np.int64)})


def class_records(
    failures: pd.DataFrame,
    cls: AssetClass,
    frame: pd.DataFrame,
    prior: Prior,
    as_of_year: int,
    window: int = WINDOW_YEARS,
) -> Records:
    """Count the records of a class up to the end of the as-of year.

    Parameters
    ----------
    window
        Most years back.
    """
    zeros = np.zeros(len(frame))
    nothing = Records(zeros, zeros, as_of_year, as_of_year, 0, 0)
    if not len(failures):
        return nothing
    mine = failures[failures["asset_class"] == cls.id]
    weight = season_weights(mine, cls)
    row = pd.Index(frame["asset_id"]).get_indexer(pd.Index(mine["asset_id"]))
    year = pd.to_numeric(mine["year"]).to_numpy(dtype=np.float64, na_value=np.nan)
    mine_here = (row >= 0) & ~np.isnan(year)
    row, year = row[mine_here], year[mine_here].astype(np.int64)
    weight = weight[mine_here]
    after = int((year > as_of_year).sum())
    found = recording(pd.Series(year), as_of_year)
    # A record from before the asset was installed or renewed is not about it; where
    # only an interval of years is known, the earliest of them counts.
    own = ~prior.age_known[row] | (year >= prior.since_old[row])
    own &= year <= as_of_year
    row, year, weight = row[own], year[own], weight[own]
    if not len(year):
        return Records(zeros, zeros, as_of_year, as_of_year, 0, after)
    first = max(found.first, as_of_year - window + 1)
    by_year = {y: prior.expected(y) for y in range(first, as_of_year + 1)}
    hoped = {y: float(values.sum()) for y, values in by_year.items()}
    unsure = unlikely_silence(year, hoped, cls.hazard.log_sd)
    silent = tuple(sorted({y for y in found.silent if y >= first} | {*unsure}))
    row, weight = row[year >= first], weight[year >= first]
    if not len(row):
        return Records(zeros, zeros, as_of_year, as_of_year, 0, after)
    seen = np.bincount(row, weight, minlength=len(frame)).astype(np.float64)
    expected = sum((own for y, own in by_year.items() if y not in silent), zeros)
    return Records(
        seen, expected, first, as_of_year, len(row), after, silent, found.early
    )
