"""When failures were recorded: years in which nobody wrote anything are no evidence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

LEAST_SHARE = 0.2
"""Recording is systematic from the first year after which no year has fewer records
than this share of a usual year: the median of those above the mean (editable
assumption)."""
ENOUGH_YEARS = 4
"""Of more years than these the fullest does not count for what is usual."""
LAST_YEARS = 3
"""Years at the end that may be quiet."""
FEW_A_YEAR = 5
"""With fewer in a usual year a quiet year says nothing: the first record begins."""
IMPROBABLE = 0.001
"""A run of years without any record is a gap in recording if chance gives one like it
less often than this (editable assumption)."""
LEAST_YEARS = 3
"""Years with records that must be there to say what is usual."""
UNLIKELY = 0.05
"""With fewer, empty years at the end are a gap where the expert rates, as unsure as
they are, would give as few failures less often than this (editable assumption)."""


@dataclass(frozen=True)
class Recording:
    """The years in which failures of a class were recorded.

    Attributes
    ----------
    first
        First year of systematic recording.
    silent
        Years from then to the as-of year without a record, where chance alone does not
        explain it: they count as not recorded, not as free of failures.
    early
        Records from before the first year, which do not count.
    """

    first: int
    silent: tuple[int, ...] = ()
    early: int = 0


def recording(
    years: pd.Series, as_of_year: int, recorded_from: int | None = None
) -> Recording:
    """Find when failures were recorded, from the years of the known records.

    Parameters
    ----------
    recorded_from
        First year, where somebody states it.
    """
    known = years.dropna().to_numpy(dtype=np.int64)
    known = known[known <= as_of_year]
    if not len(known):
        return Recording(as_of_year if recorded_from is None else recorded_from)
    last = int(known.max())
    ended = _improbable(known, as_of_year - last)
    first = recorded_from
    if first is None:
        first = systematic_from(pd.Series(known), last if ended else as_of_year)
    if recorded_from is None and first > last:  # never leave out all there is
        first = systematic_from(pd.Series(known), last)
    fresh = known[known >= first]
    silent = [] if len(fresh) == 0 else _silent(fresh)
    if ended:
        silent += range(max(last + 1, first), as_of_year + 1)
    return Recording(first, tuple(silent), int(len(known) - len(fresh)))


def unlikely_silence(
    years: npt.NDArray[np.int64], expected: dict[int, float], log_sd: float
) -> tuple[int, ...]:
    """List the empty years at the end that too few records cannot vouch for.

    One record that somebody typed in does not say that nothing failed ever since.

    Parameters
    ----------
    years
        Years of the known records.
    expected
        Year, up to the as-of year → failures of the class by the expert rates.
    log_sd
        The expert's uncertainty of the level, of the logarithm.
    """
    if not len(years) or len(np.unique(years)) >= LEAST_YEARS:
        return ()
    empty = [year for year in expected if year > int(years.max())]
    shape = 1.0 / np.expm1(log_sd**2)
    chance = (shape / (shape + sum(expected[year] for year in empty))) ** shape
    return tuple(empty) if chance < UNLIKELY else ()


def _silent(known: npt.NDArray[np.int64]) -> list[int]:
    """List the years between records in which recording must have stood still."""
    there = np.unique(known)
    found: list[int] = []
    for before, after in pairwise(there):
        if _improbable(known, int(after - before) - 1):
            found += range(int(before) + 1, int(after))
    return found


def _improbable(known: npt.NDArray[np.int64], run: int) -> bool:
    """Tell whether as many years without a record are more than chance.

    By the Gamma–Poisson foretelling of the years with records; the half is taken off
    because the first record has itself set the beginning.
    """
    years = len(np.unique(known))
    if run < 1 or years < LEAST_YEARS:
        return False
    return bool((years / (years + run)) ** (len(known) - 0.5) < IMPROBABLE)


def systematic_from(years: pd.Series, as_of_year: int) -> int:
    """Find the first year of systematic recording; the as-of year without records."""
    known = years.dropna().to_numpy(dtype=np.int64)
    if not len(known):
        return as_of_year
    start = int(known.min())
    counts = np.bincount(known - start, minlength=as_of_year - start + 1)
    # One year with many times the usual number must not make all others look quiet.
    told = np.sort(counts)[:-1] if len(counts) > ENOUGH_YEARS else counts
    usual = float(np.median(told[told >= told.mean()]))
    if usual < FEW_A_YEAR:
        return start
    quiet = np.flatnonzero(counts[:-LAST_YEARS] < LEAST_SHARE * usual)
    return start + (int(quiet[-1]) + 1 if len(quiet) else 0)
