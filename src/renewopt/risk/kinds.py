"""Rates of kinds of assets: the expert rate, moved by records as far as they go.

n ~ Poisson(E · exp(x·β)),  β ~ Normal(0, s²);  x: 1, one per code, logs of numbers
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.selection import number_column
from renewopt.risk.features import Feature
from renewopt.risk.learn import PART, WIDEST

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kinds:
    """The logarithm of learned ÷ expert rate by kind of asset.

    Attributes
    ----------
    features
        Columns of the table that kinds are told by.
    centres
        Mean logarithm of each number (0 for codes).
    weights
        β: the class as a whole, then per feature its codes or its logarithm.
    left
        Part of the expert's variance of the class's level that is left (0–1).
    spread
        S, so that β varies by S·Sᵀ: what the records leave open of it.
    """

    features: tuple[Feature, ...]
    centres: tuple[float, ...]
    weights: tuple[float, ...]
    left: float
    spread: FloatArray = field(compare=False)

    def log_factor(self, frame: pd.DataFrame) -> FloatArray:
        """Give x·β for every asset; codes never seen add nothing."""
        x = _design(frame, self.features, self.centres)
        return np.asarray(x @ np.array(self.weights), dtype=np.float64)

    def log_variance(self, frame: pd.DataFrame) -> FloatArray:
        """Give the variance of x·β for every asset."""
        x = _design(frame, self.features, self.centres)
        return np.asarray(np.sum((x @ self.spread) ** 2, axis=1), dtype=np.float64)


def fit_kinds(
    frame: pd.DataFrame,
    features: tuple[Feature, ...],
    seen: FloatArray,
    expected: FloatArray,
    log_sd: float,
) -> Kinds:
    """Move the expert rate by the records of a class.

    Parameters
    ----------
    seen, expected
        Failures of each asset, recorded and by the expert rate in the same years.
    log_sd
        The expert's own uncertainty.
    """
    from sklearn.linear_model import PoissonRegressor

    plain = tuple(f for f in features if f.name in frame and not f.date)
    centres = tuple(_centre(frame, f) for f in plain)
    x = _design(frame, plain, centres)
    there = expected > 0
    if not there.any():
        size = x.shape[1]
        return Kinds(plain, centres, (0.0,) * size, 1.0, log_sd * np.eye(size))
    weight = expected[there]
    model = PoissonRegressor(
        alpha=1.0 / (log_sd**2 * weight.sum()),
        fit_intercept=False,
        solver="newton-cholesky",
        max_iter=200,
        tol=1e-8,
    )
    model.fit(x[there], seen[there] / weight, sample_weight=weight)
    level = float(np.exp(model.coef_[0] * np.sqrt(PART)))
    informed = level * weight.sum() * PART * log_sd**2
    weights = tuple(map(float, model.coef_))
    spread = _spread(x, expected * np.exp(x @ model.coef_), log_sd)
    return Kinds(plain, centres, weights, 1.0 / (1.0 + informed), spread)


def _spread(x: FloatArray, hoped: FloatArray, log_sd: float) -> FloatArray:
    """Give S, so that β varies by S·Sᵀ after `hoped` failures of each asset."""
    gained = x.T @ (x * hoped[:, None]) + np.eye(x.shape[1]) / log_sd**2
    return np.asarray(np.linalg.inv(np.linalg.cholesky(gained)).T, dtype=np.float64)


def _centre(frame: pd.DataFrame, feature: Feature) -> float:
    if feature.is_text:
        return 0.0
    value = number_column(frame, feature.name)
    known = value[value > 0]
    return float(np.log(known).mean()) if len(known) else 0.0


def _design(
    frame: pd.DataFrame, features: tuple[Feature, ...], centres: tuple[float, ...]
) -> FloatArray:
    """Build x, scaled so that β has one variance and the parts share it."""
    columns = [np.full(len(frame), np.sqrt(PART))]
    scale = np.sqrt(PART / max(len(features), 1))
    for feature, centre in zip(features, centres, strict=True):
        if not feature.is_text:
            value = number_column(frame, feature.name)
            log = np.log(np.where(value > 0, value, np.nan)) - centre
            column = np.clip(np.nan_to_num(log, nan=0.0), -WIDEST, WIDEST)
            columns.append(column * scale)
            continue
        there = feature.name in frame
        cells = frame[feature.name] if there else pd.Series(None, index=frame.index)
        columns += [
            np.asarray((cells == code).fillna(False), dtype=np.float64) * scale
            for code in feature.codes
        ]
    return np.column_stack(columns)
