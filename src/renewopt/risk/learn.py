"""What failure records change: a factor on the expert rate of every asset.

Kinds of assets first: with n failures seen and E expected by the expert rate,

    n ~ Poisson(E · exp(x·β)),   β ~ Normal(0, s²)

where x is 1 for the class as a whole, one per code of the class's `learn` columns and
the logarithm of numbers. The penalty is the expert's own uncertainty, so that few
records move little. Then each asset's own failures (Gamma–Poisson):

    factor = exp(x·β) · (a + n) / (a + E · exp(x·β))

with a from how much more assets differ among themselves than chance explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.columns import NUMERIC_KINDS
from renewopt.catalogue.selection import number_column

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

PART = 1.0 / 3.0
"""Share of the expert's variance that is about the class as a whole; as much is about
kinds within the class and about single assets."""
LEAST_SHAPE, GREATEST_SHAPE = 0.3, 50.0
"""Bounds of a: more would say that assets are all alike, less that none is."""
ASSET_SHAPE = 3.0
"""Shape of the Gamma by which single assets differ from their kind, in what no column
shows, before records tell (editable assumption). Only intervals use it."""
LEAST_LEARNED = 2.0
"""The same once records have set level and kinds: what these get wrong of a single
asset comes on top (editable assumption, set so that generated counties are covered)."""
SHAPE_EVIDENCE = 25.0
"""Weight of the expert's a, in units of Σ E² of the records."""
WIDEST = 3.0
"""Logarithms of numbers are kept within ± this."""


@dataclass(frozen=True)
class Correction:
    """What the records say, one entry per asset.

    Attributes
    ----------
    factor
        Learned rate ÷ expert rate.
    kind_factor
        The part of it that is about kinds of assets.
    log_variance
        Variance of the logarithm of the rate of the class and its kinds.
    shape
        Shape of the Gamma that the asset differs from its kind by, own failures seen.
    expert_share
        Part of the expert's uncertainty about the rate that records did not remove.
    """

    factor: FloatArray
    kind_factor: FloatArray
    log_variance: FloatArray
    shape: FloatArray
    expert_share: FloatArray


def no_correction(size: int, log_sd: float) -> Correction:
    """Keep the expert rate: there are no records."""
    ones = np.ones(size)
    level = np.full(size, (1 - PART) * log_sd**2)
    return Correction(ones, ones, level, ones * ASSET_SHAPE, ones)


def own_shape(log_variance: float) -> float:
    """Give a, so that Gamma(a, a) varies as much as the lognormal (a coefficient)."""
    return float(1.0 / np.expm1(log_variance))


def from_own_record(
    seen: FloatArray, expected: FloatArray, log_sd: float
) -> Correction:
    """Update each asset by its own count alone; NaN in `seen` is no record.

    Parameters
    ----------
    seen, expected
        Failures seen and expected in the years that the record covers.
    """
    shape = own_shape(log_sd**2)
    has = ~np.isnan(seen)
    count = np.where(has, seen, 0.0)
    hoped = np.where(has, expected, 0.0)
    factor = np.where(has, (shape + count) / (shape + hoped), 1.0)
    return Correction(
        factor=factor,
        kind_factor=np.ones(len(seen)),
        log_variance=np.where(has, 0.0, (1 - PART) * log_sd**2),
        shape=np.where(has, shape + count, ASSET_SHAPE),
        expert_share=shape / (shape + hoped),
    )


def from_records(
    frame: pd.DataFrame, cls: AssetClass, seen: FloatArray, expected: FloatArray
) -> Correction:
    """Update kinds of assets and then each asset by the class's failure records."""
    log_sd = cls.hazard.log_sd
    features = kind_features(frame, cls, expected > 0)
    weights = _fit(features, seen, expected, log_sd)
    kind = np.exp(features @ weights)
    hoped = expected * kind
    left = variance_left(features, hoped, log_sd)
    shape = _shape(seen, hoped, own_shape(PART * log_sd**2))
    return Correction(
        factor=kind * (shape + seen) / (shape + hoped),
        kind_factor=kind,
        log_variance=left,
        shape=least_shape(seen, hoped) + seen,
        expert_share=expert_share(features, left, hoped, log_sd, shape),
    )


def variance_left(features: FloatArray, hoped: FloatArray, log_sd: float) -> FloatArray:
    """Give the variance of x·β that is left after `hoped` failures of each asset."""
    informed = features.T @ (features * hoped[:, None])
    informed += np.eye(features.shape[1]) / log_sd**2
    solved = np.linalg.solve(informed, features.T)
    return np.asarray(np.einsum("ij,ji->i", features, solved), dtype=np.float64)


def expert_share(
    features: FloatArray,
    left: FloatArray,
    hoped: FloatArray,
    log_sd: float,
    shape: float,
) -> FloatArray:
    """Give the part of the expert's uncertainty about each rate that is left.

    Of the variances of class, kinds and the asset itself: records of a class soon
    tell its level, but of a single asset only its own failures tell.
    """
    before = log_sd**2 * np.sum(features**2, axis=1)
    own = PART * log_sd**2
    alone = own * shape / (shape + hoped)
    return np.asarray((left + alone) / (before + own), dtype=np.float64)


def _fit(
    features: FloatArray, seen: FloatArray, expected: FloatArray, log_sd: float
) -> FloatArray:
    """Find the most likely β; the penalty of scikit-learn is per unit of weight."""
    # Imported here: it takes a second and only classes with records need it.
    from sklearn.linear_model import PoissonRegressor

    there = expected > 0
    weight = expected[there]
    model = PoissonRegressor(
        alpha=1.0 / (log_sd**2 * weight.sum()),
        fit_intercept=False,
        solver="newton-cholesky",
        max_iter=200,
        tol=1e-8,
    )
    model.fit(features[there], seen[there] / weight, sample_weight=weight)
    return np.asarray(model.coef_, dtype=np.float64)


def _shape(seen: FloatArray, hoped: FloatArray, expert: float) -> float:
    """Estimate a by moments: Σ (n − m)² − Σ m = Σ m² / a, held by the expert's a."""
    excess = float(np.sum((seen - hoped) ** 2 - hoped))
    evidence = float(np.sum(hoped**2))
    shape = (evidence + SHAPE_EVIDENCE) / (max(excess, 0.0) + SHAPE_EVIDENCE / expert)
    return float(np.clip(shape, LEAST_SHAPE, GREATEST_SHAPE))


def least_shape(seen: FloatArray, hoped: FloatArray) -> float:
    """Estimate a for the interval, a standard error towards `LEAST_LEARNED`.

    Few records make assets look alike by chance; an interval must not believe it.
    """
    evidence = float(np.sum(hoped**2))
    excess = max(float(np.sum((seen - hoped) ** 2 - hoped)), 0.0)
    error = float(np.sqrt(2.0 * evidence + hoped.sum()))
    found, cautious = (
        (evidence + SHAPE_EVIDENCE) / (more + SHAPE_EVIDENCE / LEAST_LEARNED)
        for more in (excess, excess + error)
    )
    shape = min(found, max(cautious, LEAST_LEARNED))
    return float(np.clip(shape, LEAST_SHAPE, GREATEST_SHAPE))


def kind_features(
    frame: pd.DataFrame, cls: AssetClass, there: BoolArray | None = None
) -> FloatArray:
    """Build x, scaled so that β has one variance and the parts share it as stated.

    Columns that are overwritten after failures are left out: what they say today was
    not known when the failures happened.

    Parameters
    ----------
    there
        Assets that numbers are centred on; by default all.
    """
    middle = np.ones(len(frame), dtype=np.bool_) if there is None else there
    names = [name for name in cls.hazard.learn if name not in cls.hazard.overwritten]
    columns: list[FloatArray] = []
    for name in names:
        columns += _columns(frame, cls, name, middle)
    kinds = max(len(names), 1)
    scaled = [column * np.sqrt(PART / kinds) for column in columns]
    whole = np.full(len(frame), np.sqrt(PART))
    return np.column_stack([whole, *scaled])


def _columns(
    frame: pd.DataFrame, cls: AssetClass, name: str, there: BoolArray
) -> Iterator[FloatArray]:
    """Yield the columns of x for one column of the table (missing cells are 0)."""
    spec = cls.column(name)
    if spec is None or name not in frame:
        return
    if spec.kind in NUMERIC_KINDS:
        value = number_column(frame, name)
        log = np.log(np.where(value > 0, value, np.nan))
        if np.isnan(log[there]).all():
            return
        log = log - np.nanmean(log[there])
        yield np.clip(np.nan_to_num(log, nan=0.0), -WIDEST, WIDEST)
        return
    cells = frame[name]
    for code in sorted(cells.dropna().unique().tolist()):
        yield np.asarray((cells == code).fillna(False), dtype=np.float64)
