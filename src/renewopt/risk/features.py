"""From a history to the columns that a model learns from, as known a year before.

An asset's own failures are not among them: they come in afterwards, by shrinkage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.columns import NUMERIC_KINDS
from renewopt.catalogue.selection import number_column
from renewopt.risk.exposure import History

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

HALF_LIFE = 15.0
"""Years in which a failure nearby loses half of its weight (editable assumption)."""
STRENGTH = {"place_rate": 0.05, "street_rate": 0.1, "near_rate": 0.5}
"""Failures at the usual rate that rates nearby are shrunk with (an assumption)."""
MOST_CODES = 60
"""Codes of a text column beyond the most frequent ones are read as not known."""
AGE, SINCE, SIZE = "age", "since", "exposure"
BEFORE, DISTRICT = "predecessor_failures", "district"


@dataclass(frozen=True)
class Feature:
    """One column of a model.

    Attributes
    ----------
    name
        Canonical column, or a derived one: `age`, `since`, `exposure` (its logarithm:
        ends and fittings count for more in short pipes), `place_rate`, `street_rate`,
        `near_rate`, `predecessor_failures`.
    codes
        Codes of a text column in their order; empty: a number.
    date
        Column with the date of an overwritten one; empty: none.
    """

    name: str
    codes: tuple[str, ...] = ()
    date: str = ""

    @property
    def is_text(self) -> bool:
        """Tell whether the column holds codes."""
        return bool(self.codes)


def choose_features(history: History, columns: tuple[str, ...]) -> tuple[Feature, ...]:
    """Describe the columns of a model for a history.

    Parameters
    ----------
    columns
        What `AsOf.features` lets pass.
    """
    found = [Feature(AGE), Feature(SINCE), Feature(SIZE)]
    for name in dict.fromkeys((*columns, DISTRICT)):
        if name in history.frame:
            found += _column_feature(history, name)
    if len(history.places.keys):
        found.append(Feature("place_rate"))
        if (history.places.street >= 0).any():
            found.append(Feature("street_rate"))
        if history.places.located:
            found.append(Feature("near_rate"))
    return (*found, Feature(BEFORE))


def _column_feature(history: History, name: str) -> list[Feature]:
    spec = history.cls.column(name)
    date = history.cls.hazard.overwritten.get(name, "")
    if spec is not None and spec.kind in NUMERIC_KINDS:
        return [Feature(name, date=date)]
    counts = history.frame[name].dropna().astype(str).value_counts()
    codes = tuple(sorted(str(code) for code in counts.index[:MOST_CODES]))
    return [Feature(name, codes, date)] if codes else []


def constant_features(
    history: History, features: tuple[Feature, ...]
) -> tuple[str, ...]:
    """Name the columns that have one value only, so that nothing is learned from."""
    year = history.as_of.year + 1
    values = matrix(history, features, year)[history.exists(history.as_of.year)]
    return tuple(
        feature.name
        for feature, column in zip(features, values.T, strict=True)
        if len(np.unique(column[~np.isnan(column)])) <= 1
    )


def matrix(
    history: History,
    features: tuple[Feature, ...],
    year: int,
    fixed: FloatArray | None = None,
) -> FloatArray:
    """Give the features of every asset for `year`.

    Counts are those of the end of the year before; for years after the one that
    follows the as-of year they stay as they are, and age moves on.

    Parameters
    ----------
    fixed
        What `fixed_columns` gives, if it is at hand.
    """
    known = min(year - 1, history.as_of.year)
    columns = fixed_columns(history, features, known) if fixed is None else fixed
    columns = columns.copy()
    names = [feature.name for feature in features]
    columns[:, names.index(AGE)] = ages(history, year)
    for name, values in _counts(history, names, known).items():
        columns[:, names.index(name)] = values
    return columns


def ages(history: History, year: int) -> FloatArray:
    """Give the age of every asset in `year`; NaN where its year is not known."""
    age = np.maximum(year - history.prior.since, 0.0)
    return np.where(history.prior.age_known, age, np.nan)


def fixed_columns(
    history: History, features: tuple[Feature, ...], known: int
) -> FloatArray:
    """Give the features that do not change from year to year; the others are NaN."""
    out = np.full((len(history.frame), len(features)), np.nan)
    prior = history.prior
    for number, feature in enumerate(features):
        if feature.name == SINCE:
            out[:, number] = np.where(prior.age_known, prior.since, np.nan)
        elif feature.name == SIZE:
            there = np.where(prior.exposure > 0, prior.exposure, np.nan)
            out[:, number] = np.log(there)
        elif feature.name in history.frame:
            values = _values(history.frame, feature)
            if feature.date:
                late = ~(number_column(history.frame, feature.date) <= known)
                values = np.where(late, np.nan, values)
            out[:, number] = values
    return out


def _values(frame: pd.DataFrame, feature: Feature) -> FloatArray:
    """Give numbers, or the position of codes; NaN where missing or never seen."""
    if not feature.is_text:
        return number_column(frame, feature.name)
    position = pd.Index(feature.codes).get_indexer(pd.Index(frame[feature.name]))
    return np.where(position >= 0, position, np.nan).astype(np.float64)


def unseen_codes(
    frame: pd.DataFrame, features: tuple[Feature, ...]
) -> dict[str, list[str]]:
    """Give the codes of each text column that a model has never seen."""
    found = {}
    for feature in features:
        if feature.is_text and feature.name in frame:
            codes = set(frame[feature.name].dropna().astype(str)) - set(feature.codes)
            if codes:
                found[feature.name] = sorted(codes)
    return found


def unseen_assets(frame: pd.DataFrame, features: tuple[Feature, ...]) -> BoolArray:
    """Tell the assets that hold a code which a model has never seen."""
    found = np.zeros(len(frame), dtype=np.bool_)
    for feature in features:
        if feature.is_text and feature.name in frame:
            cells = frame[feature.name]
            known = cells.isna() | cells.astype("str").isin(feature.codes)
            found |= ~known.to_numpy(dtype=np.bool_)
    return found


def _counts(history: History, names: list[str], known: int) -> dict[str, FloatArray]:
    """Give the rates nearby without the asset's own failures, and the predecessors'."""
    out: dict[str, FloatArray] = {}
    weight = history.weights(known, HALF_LIFE)
    own, exposed = history.count(known, HALF_LIFE), history.exposed(known, HALF_LIFE)
    usual = max(float(own.sum()), 0.5) / max(float(exposed.sum()), 1e-9)
    places = history.places
    at_place = np.asarray(history.at_place @ weight, dtype=np.float64)
    around = {
        "place_rate": lambda values: values,
        "street_rate": places.by_street,
        "near_rate": places.by_near,
    }
    for name, spread in around.items():
        # Without any record silence says nothing: the rates stay unknown.
        if name not in names or not (at_place.any() or own.any()):
            continue
        count = _to_assets(spread(at_place), places.of_asset) - own
        amount = _to_assets(spread(places.sum_of(exposed)), places.of_asset) - exposed
        least = STRENGTH[name] / usual
        rate = (np.maximum(count, 0.0) + STRENGTH[name]) / (
            np.maximum(amount, 0.0) + least
        )
        out[name] = np.log(rate / usual)
    if BEFORE in names:
        since_first = history.weights(known, None)
        out[BEFORE] = np.asarray(history.before @ since_first, dtype=np.float64)
    return out


def _to_assets(values: FloatArray, of_asset: npt.NDArray[np.int64]) -> FloatArray:
    if not len(values):
        return np.full(len(of_asset), np.nan)
    return np.where(of_asset >= 0, values[np.maximum(of_asset, 0)], np.nan)
