"""Official assessments: their outcomes bound the likelihood, whatever a model says.

    least · exposure ≤ expected failures per year ≤ most · exposure

An outcome that was stated after the as-of year is not known; one older than the class
says is only a hint: its multipliers stay, its bounds do not. In the years scored a
bound from above ends when the outcome has grown that old; one from below stays, since
what was found unsafe does not become safe by waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.selection import number_column
from renewopt.inventory import Inventory
from renewopt.risk.as_of import is_past, known_at
from renewopt.risk.renewed_later import as_it_was

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

COLUMNS = ("assessment_result", "assessment_year")
"""Columns of outcome and year in classes whose outcomes have no bounds."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """What the outcomes allow, one entry per asset.

    Attributes
    ----------
    least, most
        Failures per year; 0 and infinite where nothing is stated.
    reasons
        Code → assets that it holds for: `assessed.<code>` in force, `assessed_old`.
    until
        Last year in which `most` holds; no entries where nothing is stated.
    """

    least: FloatArray
    most: FloatArray
    reasons: dict[str, BoolArray]
    until: FloatArray

    def hold(self, expected: FloatArray, years: Sequence[int]) -> FloatArray:
        """Keep failures per year, by asset and year, within the bounds.

        In years in which an asset is not there it cannot fail, whatever was said of it.
        """
        if not self.reasons:
            return expected
        fresh = np.array(years) <= self.until[:, None]
        most = np.where(fresh, self.most[:, None], np.inf)
        held = np.clip(expected, self.least[:, None], most)
        return np.where(expected > 0, held, expected)

    def ending(self, last: int) -> int:
        """Count the assets whose bound from above ends before the last year."""
        return int((np.isfinite(self.most) & (self.until < last)).sum())


def known_then(
    frame: pd.DataFrame, cls: AssetClass, as_of_year: int, inventory: Inventory
) -> pd.DataFrame:
    """Empty the outcomes that were stated after the as-of year, and what else is later.

    Outcomes without a year, and columns that are overwritten without a date, are facts
    of today; they go where the inventory knows years after the as-of year. What a
    later renewal has overwritten is drawn from other assets.
    """
    past = is_past(inventory, as_of_year)
    frame = as_it_was(frame, cls, as_of_year)
    frame = known_at(frame, cls, as_of_year, not past)
    if past and "status" in frame:  # nobody knew yet what would be abandoned
        frame = frame.assign(status=None)
    column, date = assessment_columns(cls)
    if column not in frame:
        return frame
    stated = number_column(frame, date)  # NaN everywhere where there is no such column
    unknown = ~(stated <= as_of_year) if past else stated > as_of_year
    if not unknown.any():
        return frame
    return frame.assign(**{column: frame[column].where(~unknown, None)})


def assessment_columns(cls: AssetClass) -> tuple[str, str]:
    """Name the columns of the outcome and of its year, bounds or not."""
    rule = cls.hazard.assessment
    return COLUMNS if rule is None else (rule.column, rule.year_column)


def bounds(
    frame: pd.DataFrame, cls: AssetClass, exposure: FloatArray, as_of_year: int
) -> Bounds:
    """Give the bounds of a class's assets as known in the as-of year.

    Parameters
    ----------
    frame
        As `known_then` gives it.
    exposure
        What rates are counted over; 0 for assets out of use, which stay at 0.
    """
    least, most = np.zeros(len(frame)), np.full(len(frame), np.inf)
    rule = cls.hazard.assessment
    if rule is None or rule.column not in frame:
        return Bounds(least, most, {}, np.empty(0))
    stated_in = number_column(frame, rule.year_column)
    year = np.where(np.isnan(stated_in), as_of_year, stated_in)  # no older than that
    fresh = year >= as_of_year - rule.valid_years
    # The last year that a score would still foretell with a fresh outcome.
    until = year + rule.valid_years + 1
    stated = np.zeros(len(frame), dtype=np.bool_)
    reasons: dict[str, BoolArray] = {}
    for item in rule.outcome:
        is_it = np.asarray((frame[rule.column] == item.code).fillna(False), np.bool_)
        stated |= is_it
        held = is_it & fresh
        if item.least is not None:
            least = np.where(held, item.least * exposure, least)
        if item.most is not None:
            most = np.where(held, item.most * exposure, most)
        reasons[f"assessed.{item.code}"] = held
    reasons["assessed_old"] = stated & ~fresh
    return Bounds(least, most, reasons, until)
