"""Score without money: points from 0 to 100 by the weights and scales of a class.

points of a side = Σ weight · points of the factor ÷ Σ weight

Likelihood and consequence are graded 1–5 in equal fifths and meet in the 5×5 matrix of
the risk table; overrides bound the grade. No figure here is money, or goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue, effective_year
from renewopt.catalogue.points import AGE, FAILURES, Factor, Points, Side
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory
from renewopt.risk.evidence import records_to_rule
from renewopt.risk.grades import risk_grade
from renewopt.risk.official import bounds, known_then
from renewopt.risk.own_counts import own_counts
from renewopt.risk.prior import Prior, make_prior
from renewopt.risk.records import class_records
from renewopt.risk.strongest import strongest

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BANDS = (20.0, 40.0, 60.0, 80.0)
"""Points from which grades 2 to 5 begin: equal fifths (editable assumption)."""
FIRST = 1e6
"""Stands before all that points can add."""
RECENT = 5
"""Years of failure records that a factor counts."""
COLUMNS = (
    "asset_class",
    "asset_id",
    "likelihood_points",
    "consequence_points",
    "likelihood_grade",
    "consequence_grade",
    "grade",
    "known_share",
    "feasibility_points",
    "strongest",
)


@dataclass(frozen=True, eq=False)
class PointsTable:
    """The score without money of every asset.

    Attributes
    ----------
    assets
        One row per asset: points (0–100) and grade (1–5) of likelihood and consequence,
        `grade` (1–5, their field of the matrix within the bounds of overrides),
        `known_share` (share of the weights whose cells are filled in),
        `feasibility_points` (beside the score, never in it; empty where not stated),
        `strongest` (codes of the three factors that add most).
    notes
        Classes without weights, and how much is not filled in.
    cold
        Classes without local records → records from which local data would rule; None
        where no number is enough.
    """

    assets: pd.DataFrame
    notes: tuple[Message, ...]
    cold: Mapping[str, int | None]


def score_points(
    inventory: Inventory, catalogue: Catalogue, as_of_year: int
) -> PointsTable:
    """Score every asset by points, as known at the end of the as-of year.

    Raises
    ------
    InputError
        Where no class of the inventory has weights.
    """
    tables, notes = [], []
    without: dict[str, int | None] = {}
    for name, assets in sorted(inventory.assets.items()):
        cls = catalogue.asset_classes[name]
        if not len(assets):
            continue
        if cls.points is None:
            notes.append(message("risk.points_none", asset_class=name))
            continue
        frame, prior = _known(inventory, cls, as_of_year)
        if not _has_records(inventory, cls, frame, prior, as_of_year):
            rule = records_to_rule(frame, cls, prior.expected(as_of_year + 1))
            without[name] = rule if rule > 0 else None
        table = _class_points(inventory, cls, cls.points, as_of_year)
        tables.append(table)
        notes.append(
            message(
                "risk.points_known",
                asset_class=name,
                share=float(table["known_share"].mean()),
                points=cls.points.missing,
            )
        )
    if not tables:
        raise InputError(*notes) if notes else InputError.of("risk.points_no_assets")
    return PointsTable(pd.concat(tables, ignore_index=True), tuple(notes), without)


def _known(
    inventory: Inventory, cls: AssetClass, as_of_year: int
) -> tuple[pd.DataFrame, Prior]:
    """Give the assets as known in the as-of year, and their expert rates."""
    frame = inventory.assets[cls.id].sort_values("asset_id", kind="stable")
    frame = known_then(frame.reset_index(drop=True), cls, as_of_year, inventory)
    return frame, make_prior(frame, cls, as_of_year, inventory.qualities)


def _has_records(
    inventory: Inventory,
    cls: AssetClass,
    frame: pd.DataFrame,
    prior: Prior,
    as_of_year: int,
) -> bool:
    """Tell whether a class has failures of its own, in records or as a count."""
    if class_records(inventory.failures, cls, frame, prior, as_of_year).used:
        return True
    return bool((~np.isnan(own_counts(frame, cls, as_of_year)[0])).any())


def _class_points(
    inventory: Inventory, cls: AssetClass, rule: Points, as_of_year: int
) -> pd.DataFrame:
    frame, prior = _known(inventory, cls, as_of_year)
    frame = _valid_outcomes(frame, cls, prior, as_of_year)
    given = _given(inventory, cls, frame, prior, as_of_year)
    likely = _side(frame, rule, "likelihood", given)
    costly = _side(frame, rule, "consequence", given)
    lof, cof = (_grade(side.points) for side in (likely, costly))
    grade, lifted = _overridden(risk_grade(lof, cof), frame, cls, rule)
    gone = prior.reasons["abandoned"] | prior.reasons["not_built"]
    weights = sum(f.weight for f in rule.factor if f.side != "feasibility")
    return pd.DataFrame(
        {
            "asset_class": cls.id,
            "asset_id": frame["asset_id"].astype("str"),
            "likelihood_points": np.where(gone, 0.0, likely.points),
            "consequence_points": np.where(gone, 0.0, costly.points),
            "likelihood_grade": np.where(gone, 1, lof),
            "consequence_grade": np.where(gone, 1, cof),
            "grade": np.where(gone, 1, grade),
            "known_share": (likely.filled + costly.filled) / weights,
            "feasibility_points": _feasibility(frame, rule, given),
            "strongest": strongest(
                lifted | likely.added | costly.added, gone, least=0.0
            ),
        }
    )


def _valid_outcomes(
    frame: pd.DataFrame, cls: AssetClass, prior: Prior, as_of_year: int
) -> pd.DataFrame:
    """Empty outcomes that are too old: they bind no grade."""
    old = bounds(frame, cls, prior.exposure, as_of_year).reasons.get("assessed_old")
    if old is None or cls.hazard.assessment is None:
        return frame
    column = cls.hazard.assessment.column
    return frame.assign(**{column: frame[column].where(~old, None)})


def _given(
    inventory: Inventory,
    cls: AssetClass,
    frame: pd.DataFrame,
    prior: Prior,
    as_of_year: int,
) -> dict[str, FloatArray]:
    """Give age, and failures per year and unit in the last years; NaN: not known."""
    records = class_records(
        inventory.failures, cls, frame, prior, as_of_year, window=RECENT
    )
    rate = np.full(len(frame), np.nan)
    if records.used:
        exposure = np.where(prior.exposure > 0, prior.exposure, 1.0)
        rate = np.asarray(
            records.seen / exposure / max(records.years, 1), dtype=np.float64
        )
    seen, years = own_counts(frame, cls, as_of_year)
    if not np.isnan(seen).all():
        exposure = np.where(prior.exposure > 0, prior.exposure, 1.0)
        rate = np.where(np.isnan(seen), rate, seen / exposure / years)
    age = np.maximum(as_of_year - effective_year(frame, as_of_year), 0.0)
    return {AGE: age, FAILURES: rate}


def _grade(points: FloatArray) -> IntArray:
    return np.searchsorted(BANDS, points, side="right").astype(np.int64) + 1


def _overridden(
    grade: IntArray, frame: pd.DataFrame, cls: AssetClass, rule: Points
) -> tuple[IntArray, dict[str, FloatArray]]:
    """Keep grades within the overrides; a grade that was raised is the first reason."""
    lifted: dict[str, FloatArray] = {}
    for item in rule.override:
        fits = item.where.select(frame, cls.column_names())
        bound = np.where(fits, np.clip(grade, item.least, item.most), grade)
        lifted[f"points.{item.id}"] = np.where(bound > grade, FIRST, 0.0)
        grade = bound
    return grade, lifted


def _points_of(
    frame: pd.DataFrame, factor: Factor, given: dict[str, FloatArray]
) -> FloatArray:
    """Give the points of one factor; NaN where its cell is empty."""
    points = _by_column(frame, factor, given)
    for item in reversed(factor.case):
        known = {*frame.columns, *item.where.columns()}
        points = np.where(item.where.select(frame, known), item.points, points)
    return points


def _by_column(
    frame: pd.DataFrame, factor: Factor, given: dict[str, FloatArray]
) -> FloatArray:
    if factor.is_number:
        value = given.get(factor.column)
        if value is None:
            value = number_column(frame, factor.column)
        return factor.of_numbers(value)
    if factor.column not in frame:
        return np.full(len(frame), np.nan)
    codes = frame[factor.column].astype("str").str.lower()
    table = {code.lower(): points for code, points in factor.codes.items()}
    points = codes.map(table).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(points, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Side:
    """Points of a side, the weights that are filled in, and what each factor adds."""

    points: FloatArray
    filled: FloatArray
    added: dict[str, FloatArray]


def _side(
    frame: pd.DataFrame, rule: Points, side: Side, given: dict[str, FloatArray]
) -> _Side:
    factors = rule.of_side(side)
    whole = sum(item.weight for item in factors)
    total, filled = np.zeros(len(frame)), np.zeros(len(frame))
    added = {}
    for item in factors:
        points = _points_of(frame, item, given)
        there = ~np.isnan(points)
        filled += item.weight * there
        points = np.where(there, points, rule.missing)
        total += item.weight * points / whole
        added[f"points.{item.id}"] = np.where(there, item.weight * points / whole, 0.0)
    return _Side(total, filled, added)


def _feasibility(
    frame: pd.DataFrame, rule: Points, given: dict[str, FloatArray]
) -> FloatArray:
    """Give the points beside the score; NaN where nothing of it is stated."""
    factors = rule.of_side("feasibility")
    sides = [(_points_of(frame, item, given), item.weight) for item in factors]
    total, weight = np.zeros(len(frame)), np.zeros(len(frame))
    for points, share in sides:
        there = ~np.isnan(points)
        total += np.where(there, points, 0.0) * share
        weight += there * share
    nothing = np.full(len(frame), np.nan)
    found = np.divide(total, weight, out=nothing, where=weight > 0)
    return np.asarray(found, dtype=np.float64)
