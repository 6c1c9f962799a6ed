"""What a model has to beat: rankings that need no learning, or little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.selection import number_column
from renewopt.risk.exposure import History
from renewopt.risk.learn import from_records
from renewopt.risk.model import LEAST_RATE, panel_years

FloatArray = npt.NDArray[np.float64]
Order = Literal["rate", "level", "count"]

MANY = 3
"""Prior failures from which the lookup makes no difference any more."""
LOGISTIC_YEARS = 10
"""Last years that the logistic regression is fitted to."""
FOLDS, LEAST_IN_FOLD = 3, 5
"""Parts of the road segments that it is calibrated on in turn, and the segments with a
failure that each needs; with fewer its chances stand as they are."""
MEAN_YEARS = 10
"""Last years whose mean sets the level of every baseline."""

SHRINK = 0.5
"""Failures at the usual rate that rates of cells are shrunk with (editable
assumption), so that none is 0."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one ranking says of every asset.

    Attributes
    ----------
    expected
        Failures expected over the horizon.
    order
        What assets are ranked by: `rate` (expected ÷ length or cost), `level` (`value`
        itself), `count` (`value`, added up where assets are put together).
    value
        Score of `level` and `count`.
    """

    expected: FloatArray
    order: Order = "rate"
    value: FloatArray | None = None

    def score(self, size: FloatArray) -> FloatArray:
        """Give the score to rank by where `size` is what is paid with."""
        if self.value is not None:
            return self.value
        return np.divide(
            self.expected, size, out=np.zeros_like(self.expected), where=size > 0
        )


def predict_all(history: History, years: list[int]) -> dict[str, Prediction]:
    """Give every baseline for the years after the as-of year, by name."""
    return {name: predict(name, history, years) for name in BASELINES}


def predict(name: str, history: History, years: list[int]) -> Prediction:
    """Give one baseline; its level is the yearly mean, unless it has its own."""
    found = BASELINES[name](history, years)
    if name in KEEP_LEVEL:
        return found
    total = float(found.expected.sum())
    factor = yearly(history) * len(years) / total if total > 0 else 1.0
    return Prediction(found.expected * factor, found.order, found.value)


def yearly(history: History) -> float:
    """Give the mean yearly failures of the last years, never 0 where assets are there.

    Shrunk towards the expert rates, which stand alone where no record was given.
    """
    expert = float(history.prior.expected(history.as_of.year + 1).sum())
    years = history.recorded_years[-MEAN_YEARS:]
    if not history.used or not years:
        return expert
    there = history.exists(history.as_of.year + 1)
    seen = float(sum(history.failures_in(year)[there].sum() for year in years))
    return _shrunk(seen, len(years), expert)


def _shrunk(seen: float, exposed: float, usual: float) -> float:
    """Give the Gamma–Poisson rate of what may have been seen too briefly."""
    return (SHRINK + seen) / (SHRINK / max(usual, LEAST_RATE) + exposed)


def _exposure(history: History, years: list[int]) -> FloatArray:
    there = sum(
        (history.exists(year).astype(np.float64) for year in years),
        np.zeros(len(history.frame)),
    )
    return history.prior.exposure * there


def _random(history: History, years: list[int]) -> Prediction:
    """Rank all alike: what a programme drawn by lot catches on average."""
    exposed = _exposure(history, years)
    return Prediction(exposed, "level", np.zeros(len(exposed)))


def _age(history: History, years: list[int]) -> Prediction:
    age = np.maximum(history.as_of.year - history.prior.since, 0.0)
    return Prediction(age * _exposure(history, years), "level", age)


def _material(history: History, years: list[int]) -> Prediction:
    rate = _rate_by(history, kind_of(history))
    return Prediction(rate * _exposure(history, years), "level", rate)


def _past(history: History, years: list[int]) -> Prediction:
    count = history.count(history.as_of.year, None)
    return Prediction(count * (_exposure(history, years) > 0), "count", count)


def _past_per_exposure(history: History, years: list[int]) -> Prediction:
    count = history.count(history.as_of.year, None)
    exposed = history.exposed(history.as_of.year, None)
    rate = np.divide(count, exposed, out=np.zeros_like(count), where=exposed > 0)
    return Prediction(rate * _exposure(history, years))


def _lookup(history: History, years: list[int]) -> Prediction:
    rate = lookup_rate(history)
    return Prediction(rate * _exposure(history, years), "level", rate)


def lookup_rate(history: History, counts: bool = True) -> FloatArray:
    """Rate by prior failures × material × decade, from past years like this one.

    Parameters
    ----------
    counts
        Whether prior failures part the cells.
    """
    seen: dict[tuple[str, ...], float] = {}
    exposed: dict[tuple[str, ...], float] = {}
    kind = kind_of(history)
    for year in panel_years(history):
        key = _lookup_key(history, kind, year - 1 if counts else None)
        there = history.exists(year)
        sums = pd.DataFrame(
            {
                "n": history.failures_in(year) * there,
                "e": history.prior.exposure * there,
            }
        ).groupby(key)
        for name, row in sums.sum().iterrows():
            code = (str(name),)
            seen[code] = seen.get(code, 0.0) + float(row["n"])
            exposed[code] = exposed.get(code, 0.0) + float(row["e"])
    amount = float((history.prior.exposure * history.exists(history.as_of.year)).sum())
    usual = yearly(history) / amount if amount > 0 else LEAST_RATE
    whole = _shrunk(sum(seen.values()), sum(exposed.values()), usual)
    # A cell without failures so far is not one that cannot fail.
    table = {code[0]: _shrunk(seen[code], exposed[code], whole) for code in seen}
    now = pd.Series(_lookup_key(history, kind, history.as_of.year if counts else None))
    return np.asarray(now.map(table).fillna(whole), dtype=np.float64)


def _lookup_key(
    history: History, kind: pd.Series, known: int | None
) -> npt.NDArray[np.object_]:
    prior = history.prior
    count = np.zeros(len(kind))
    if known is not None:
        count = np.minimum(history.count(known, None), MANY)
    since = np.where(prior.age_known, prior.since, 0)
    decade = pd.Series((since // 10).astype(np.int64)).astype(str)
    joined = pd.Series(count.astype(np.int64)).astype(str) + "|" + kind + "|" + decade
    return joined.to_numpy(dtype=object)


def kind_of(history: History) -> pd.Series:
    """Give the material of each asset, else its hazard group."""
    group = pd.Series(history.prior.group).astype(str).astype(object)
    if "material" not in history.frame:
        return group
    material = history.frame["material"].astype(object)
    return material.where(material.notna(), "?").astype(str).astype(object)


def _rate_by(history: History, kind: pd.Series) -> FloatArray:
    count = history.count(history.as_of.year, None)
    exposed = history.exposed(history.as_of.year, None)
    sums = pd.DataFrame({"n": count, "e": exposed}).groupby(kind.to_numpy()).sum()
    rate = (sums["n"] / sums["e"].where(sums["e"] > 0)).fillna(0.0)
    return np.asarray(kind.map(rate).to_numpy(dtype=np.float64))


def _logistic(history: History, years: list[int]) -> Prediction:
    """Chance of a failure within a year by age, size, material, past and length."""
    exposed = _exposure(history, years)
    model = _logistic_fitted(history)
    if model is None:
        return Prediction(exposed)
    columns = _logistic_columns(history, history.as_of.year + 1)
    chance = model.predict_proba(columns)[:, 1]
    lived = np.divide(
        exposed,
        history.prior.exposure,
        out=np.zeros_like(exposed),
        where=history.prior.exposure > 0,
    )
    return Prediction(chance * lived)


USUAL = {
    "own_failures": ("past", "failed"),
    "aged": ("age",),
    "kind_records": ("kind",),
    "size": ("size", "diameter"),
}
"""Reason → columns of the logistic regression that stand behind it."""


def logistic_without(history: History) -> dict[str, FloatArray]:
    """Give, by reason, chance ÷ chance with the usual values of its columns.

    Usual is no failure, no kind that is known, and the mean of ages and sizes.
    """
    model = _logistic_fitted(history)
    count = len(history.frame)
    if model is None:
        return {code: np.ones(count) for code in USUAL}
    columns = _logistic_columns(history, history.as_of.year + 1)
    chance = model.predict_proba(columns)[:, 1]
    found = {}
    for code, names in USUAL.items():
        plain = {
            name: "" if name == "kind" else 0.0 if code == "own_failures"
            else float(np.nanmean(columns[name]))
            for name in names
            if name in columns
        }  # fmt: skip
        other = model.predict_proba(columns.assign(**plain))[:, 1]
        found[code] = chance / np.maximum(other, LEAST_RATE)
    return found


def _logistic_fitted(history: History) -> Any:
    """Fit the logistic regression; None where all failed, or none."""
    x, y, place = [], [], []
    where = _place_or_self(history)
    for year in panel_years(history)[-LOGISTIC_YEARS:]:
        there = history.exists(year)
        x.append(_logistic_columns(history, year)[there])
        y.append(history.failures_in(year)[there] > 0)
        place.append(where[there])
    failed = np.concatenate(y) if y else np.zeros(0, dtype=np.bool_)
    if not failed.any() or failed.all():
        return None
    model = _logistic_model(failed, np.concatenate(place))
    return model.fit(pd.concat(x, ignore_index=True), failed)


def _place_or_self(history: History) -> npt.NDArray[np.int64]:
    """Give each asset the number of its road segment, else one of its own."""
    place = history.places.of_asset
    alone = np.arange(len(place)) + len(history.places.keys)
    return np.asarray(np.where(place >= 0, place, alone), dtype=np.int64)


def _logistic_model(failed: npt.NDArray[np.bool_], place: npt.NDArray[np.int64]) -> Any:
    """Give a classifier whose chances are calibrated on road segments not seen."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    filled = SimpleImputer(strategy="median", keep_empty_features=True)
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["kind"]),
        remainder=make_pipeline(filled, StandardScaler()),
    )
    plain = make_pipeline(columns, LogisticRegression(max_iter=300))
    folds = _folds(failed, place)
    return CalibratedClassifierCV(plain, method="sigmoid", cv=folds) if folds else plain


def _folds(
    failed: npt.NDArray[np.bool_], place: npt.NDArray[np.int64]
) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Part the rows by whole road segments; nothing where there are too few.

    Segments are parted, not rows: those that had failures evenly over the parts.
    """
    from sklearn.model_selection import StratifiedKFold

    places, where = np.unique(place, return_inverse=True)
    ever = np.bincount(where, failed) > 0
    if ever.sum() < FOLDS * LEAST_IN_FOLD or 0 < (~ever).sum() < FOLDS:
        return []
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(places, ever)
    masks = [np.isin(where, part) for _, part in parts]
    if any(failed[mask].all() or failed[~mask].all() for mask in masks):
        return []
    return [(np.flatnonzero(~mask), np.flatnonzero(mask)) for mask in masks]


def _logistic_columns(history: History, year: int) -> pd.DataFrame:
    prior = history.prior
    count = history.count(year - 1, None)
    columns = {
        "age": np.maximum(year - prior.since, 0.0),
        "size": np.log(np.maximum(prior.exposure, 1e-6)),
        "past": np.log1p(count),
        "failed": (count > 0).astype(np.float64),
        "kind": kind_of(history).to_numpy(dtype=object),
    }
    if "diameter_mm" in history.frame:
        size = number_column(history.frame, "diameter_mm")
        columns["diameter"] = np.log(np.maximum(size, 1.0))
    return pd.DataFrame(columns)


def _prior(history: History, years: list[int]) -> Prediction:
    """Expert rates alone."""
    return Prediction(sum_of(history, years))


def _records(history: History, years: list[int]) -> Prediction:
    """Expert rates corrected by kinds and own records: `score` without a model."""
    prior = history.prior
    until = history.as_of.year
    seen = history.count(until, None)
    expected = sum(
        (prior.expected(year) for year in history.recorded_years), np.zeros(len(seen))
    )
    correction = from_records(history.frame, history.cls, seen, expected)
    return Prediction(sum_of(history, years) * correction.factor)


def sum_of(history: History, years: list[int]) -> FloatArray:
    """Add up what the expert rates expect over the years."""
    return sum(
        (history.prior.expected(year) for year in years),
        np.zeros(len(history.frame)),
    )


BASELINES: dict[str, Callable[[History, list[int]], Prediction]] = {
    "random": _random,
    "age": _age,
    "material_mean": _material,
    "past_failures": _past,
    "past_per_exposure": _past_per_exposure,
    "lookup": _lookup,
    "logistic": _logistic,
    "prior": _prior,
    "records": _records,
}
KEEP_LEVEL = ("prior", "records")
"""Those that say how many failures there will be themselves."""
