"""Expert likelihood: failures expected per asset and year before records are used.

expected(asset, year) = rate of its group at its age · exposure · Π factors that fit
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, effective_year
from renewopt.catalogue.hazard import Hazard
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError
from renewopt.inventory.pairs import times_counted

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

METRES_PER_KM = 1000.0
YEARS = ("install_year", "renewed_year")
SHOWN = 5
"""Assets that an error names."""


@dataclass(frozen=True)
class Prior:
    """Expert likelihood of the assets of one class, one entry per asset.

    Attributes
    ----------
    exposure
        Kilometres, households or points that the rate is counted over; 0 if abandoned
        or not built yet.
    group
        Number of the asset's hazard group.
    factor
        Product of the rate multipliers.
    since
        Year that age counts from; assumed where `age_known` is False.
    since_old, since_young
        The oldest and youngest credible reading of it (the same where known).
    own_rate
        Failures per year by the asset's return period; NaN where it has none.
    reasons
        Code → assets that it holds for.
    last
        Last year in use of each asset; None: no end is known.
    """

    hazard: Hazard
    exposure: FloatArray
    group: npt.NDArray[np.int64]
    factor: FloatArray
    since: FloatArray
    since_old: FloatArray
    since_young: FloatArray
    age_known: BoolArray
    own_rate: FloatArray
    reasons: dict[str, BoolArray]
    last: FloatArray | None = None

    def expected(self, year: int, since: FloatArray | None = None) -> FloatArray:
        """Give the failures expected in `year` by rate and factor, before records.

        Parameters
        ----------
        since
            Another reading of the year that age counts from.
        """
        return self.rate(year, since) * self.exposure * self.factor * self.exists(year)

    def rate(self, year: int, since: FloatArray | None = None) -> FloatArray:
        """Give the rate at the age of `year`, before factors, there or not."""
        start = self.since if since is None else since
        age = np.maximum(year - start, 0.0)
        rate = np.zeros(len(age))
        for number, group in enumerate(self.hazard.group):
            chosen = self.group == number
            rate[chosen] = group.rate(age[chosen])
        return np.where(np.isnan(self.own_rate), rate, self.own_rate)

    def exists(self, year: int) -> BoolArray:
        """Tell which assets are there in `year` (not known: assumed to be)."""
        there = ~self.age_known | (self.since <= year)
        return there if self.last is None else there & (year <= self.last)


def make_prior(
    frame: pd.DataFrame,
    cls: AssetClass,
    as_of_year: int,
    qualities: pd.DataFrame | None = None,
    outcomes: bool = True,
) -> Prior:
    """Work out the expert likelihood of a class's assets as known in `as_of_year`.

    Parameters
    ----------
    qualities
        `Inventory.qualities`: years of which only an interval is certain widen the
        readings of the age.
    outcomes
        Whether multipliers of official outcomes count. Where a model learns they do
        not: an outcome is often given for the very failures that it would explain.
    """
    hazard, known = cls.hazard, cls.column_names()
    since = effective_year(frame, as_of_year)
    age_known = ~np.isnan(since)
    group = _first_group(frame, cls)
    factor = np.ones(len(frame))
    reasons = {
        f"group.{g.id}": group == number for number, g in enumerate(hazard.group)
    }
    for item in hazard.multiplier:
        fits = item.where.select(frame, known)
        if outcomes or not item.after_records:
            factor[fits] *= item.factor
        reasons[f"rate.{item.id}"] = fits
    ageing = np.array([g.ages for g in hazard.group])[group]
    reasons["age_unknown"] = ~age_known & ageing
    readings = _readings(hazard, since, as_of_year)
    if qualities is not None:
        readings = _within_intervals(frame, cls.id, qualities, as_of_year, readings)
    worn = _worn(hazard, group, as_of_year - readings[1])
    reasons["age_over_life"] = worn & age_known
    reasons["abandoned"] = abandoned(frame)
    reasons["not_built"] = cls.not_built(frame)
    idle = reasons["abandoned"] | reasons["not_built"]
    return Prior(
        hazard=hazard,
        exposure=np.where(idle, 0.0, _exposure(frame, hazard)),
        group=group,
        factor=factor,
        since=readings[1],
        since_old=readings[0],
        since_young=readings[2],
        age_known=age_known,
        own_rate=_own_rate(frame, hazard),
        reasons=reasons,
    )


def _first_group(frame: pd.DataFrame, cls: AssetClass) -> npt.NDArray[np.int64]:
    """Give each asset the number of the first group that fits; the last fits all."""
    group = np.full(len(frame), -1, dtype=np.int64)
    for number, item in enumerate(cls.hazard.group):
        fits = item.where.select(frame, cls.column_names())
        group[fits & (group < 0)] = number
    return group


def _readings(
    hazard: Hazard, since: FloatArray, as_of_year: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the oldest, middle and youngest credible year that age counts from."""
    band = hazard.age_if_missing
    ages = (0.0, 0.0, 0.0) if band is None else (band.high, band.mid, band.low)
    oldest, middle, youngest = (
        np.where(np.isnan(since), as_of_year - age, since) for age in ages
    )
    return oldest, middle, youngest


def _within_intervals(
    frame: pd.DataFrame,
    asset_class: str,
    qualities: pd.DataFrame,
    as_of_year: int,
    readings: tuple[FloatArray, FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Widen the readings of years that the inventory knows only as intervals."""
    ends = []
    for side in ("low", "high"):
        stated = frame
        for column in YEARS:
            told = (qualities["asset_class"] == asset_class) & (
                qualities["column"] == column
            )
            if column not in frame or not told.any():
                continue
            by_asset = qualities[told].set_index("asset_id")[side].astype("float64")
            end = frame["asset_id"].map(by_asset.dropna())
            own = number_column(frame, column)
            stated = stated.assign(
                **{column: np.where(end.notna() & ~np.isnan(own), end, own)}
            )
        ends.append(effective_year(stated, as_of_year))
    oldest, middle, youngest = readings
    known = ~np.isnan(ends[0]) & ~np.isnan(ends[1])
    return (
        np.where(known, np.minimum(oldest, ends[0]), oldest),
        middle,
        np.where(known, np.maximum(youngest, ends[1]), youngest),
    )


def _worn(hazard: Hazard, group: npt.NDArray[np.int64], age: FloatArray) -> BoolArray:
    worn = np.zeros(len(age), dtype=np.bool_)
    for number, item in enumerate(hazard.group):
        chosen = group == number
        worn[chosen] = item.worn(age[chosen])
    return worn


def _exposure(frame: pd.DataFrame, hazard: Hazard) -> FloatArray:
    if not hazard.exposure_column:
        return np.ones(len(frame))
    amount = number_column(frame, hazard.exposure_column)
    if np.isnan(amount).any():
        without = frame.loc[np.isnan(amount), "asset_id"].astype(str).tolist()
        raise InputError.of(
            "risk.no_exposure",
            column=hazard.exposure_column,
            count=len(without),
            assets=without[:SHOWN],
        )
    if hazard.per != "km":
        return amount
    # Rates are per km of route: a pair of pipes in one trench is one line.
    return amount / times_counted(frame) / METRES_PER_KM


def _own_rate(frame: pd.DataFrame, hazard: Hazard) -> FloatArray:
    """Turn return periods into yearly rates."""
    if hazard.return_period is None:
        return np.full(len(frame), np.nan)
    return 1.0 / number_column(frame, hazard.return_period.column)


def abandoned(frame: pd.DataFrame) -> BoolArray:
    """Tell the assets that are out of use for good, as the table says today."""
    if "status" not in frame:
        return np.zeros(len(frame), dtype=np.bool_)
    return np.asarray(frame["status"].isin(["abandoned"]), dtype=np.bool_)
