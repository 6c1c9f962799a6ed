"""What a model file may say: values that no training writes are named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from renewopt.catalogue import AssetClass
from renewopt.risk.features import AGE, Feature
from renewopt.risk.learn import GREATEST_SHAPE, LEAST_SHAPE
from renewopt.risk.model import RateModel
from renewopt.risk.tree_contents import forest_problems
from renewopt.risk.tuning import GREATEST_SLOPE, LEAST_SLOPE
from renewopt.risk.windows import MODEL, RIVALS

MOST_LEVEL = 10.0
"""Greatest logarithm of learned ÷ expert level; training holds it far below."""
FIRST_YEAR, LAST_YEAR = 1800, 2200


def contents_problems(
    model: RateModel, use: str, years: tuple[int, int], cls: AssetClass
) -> list[str]:
    """Name what no training writes; empty for a sound model.

    Parameters
    ----------
    use
        The ranking to be used.
    years
        First year of recording, and last year known.
    """
    found = [*_plain(model, use, years), *_choice(model), *_calibration(model)]
    found += [*_kinds(model), *_features(model, cls), *_forest(model)]
    return found


def _plain(model: RateModel, use: str, years: tuple[int, int]) -> Iterator[str]:
    if use not in (MODEL, *RIVALS):
        yield f"use = {use!r}"
    first, last = years
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        yield f"recorded_from = {first}, as_of = {last}"
    if model.records < 0:
        yield f"records = {model.records}"


def _choice(model: RateModel) -> Iterator[str]:
    choice = model.choice
    if not 0 <= choice.blend <= 1:  # NaN is in no range
        yield f"choice.blend = {choice.blend}"
    for name, value in (("shape", choice.shape), ("half_life", choice.half_life)):
        if not 0 < value < np.inf:
            yield f"choice.{name} = {value}"


def _calibration(model: RateModel) -> Iterator[str]:
    values = asdict(model.calibration)
    ranges = {
        "log_level": (-MOST_LEVEL, MOST_LEVEL),
        "slope_below": (LEAST_SLOPE, GREATEST_SLOPE),
        "slope_above": (LEAST_SLOPE, GREATEST_SLOPE),
    }
    ranges |= dict.fromkeys(
        ("year_variance", "level_variance", "trend_sd"), (0.0, np.inf)
    )
    ranges["own_shape"] = (LEAST_SHAPE, GREATEST_SHAPE)
    for name, value in values.items():
        low, high = ranges.get(name, (-np.inf, np.inf))
        if not (np.isfinite(value) and low <= value <= high):
            yield f"calibration.{name} = {value}"


def _kinds(model: RateModel) -> Iterator[str]:
    kinds = model.kinds
    wanted = 1 + sum(len(f.codes) if f.is_text else 1 for f in kinds.features)
    if len(kinds.weights) != wanted or len(kinds.centres) != len(kinds.features):
        yield f"kinds: {len(kinds.weights)} weights for {wanted}"
    if kinds.spread.shape != (wanted, wanted) or not np.isfinite(kinds.spread).all():
        yield f"kinds.spread: {kinds.spread.shape} for {wanted}, or no numbers"
    if not np.isfinite([*kinds.weights, *kinds.centres]).all():
        yield "kinds: weights or centres are no numbers"
    if not 0 <= kinds.left <= 1:
        yield f"kinds.left = {kinds.left}"


def _features(model: RateModel, cls: AssetClass) -> Iterator[str]:
    names = [feature.name for feature in model.features]
    if AGE not in names:
        yield f"features: no {AGE!r}"
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield f"features twice: {', '.join(twice)}"
    for feature in (*model.features, *model.kinds.features):
        if _leaks(feature, cls):
            yield f"features: {feature.name!r} is overwritten, date {feature.date!r}"


def _leaks(feature: Feature, cls: AssetClass) -> bool:
    """Tell whether a column that is overwritten is read without its date."""
    if feature.name not in cls.hazard.overwritten:
        return False
    return not feature.date or feature.date != cls.hazard.overwritten[feature.name]


def _forest(model: RateModel) -> Iterator[str]:
    # Imported here: it takes a second and only trained models need it.
    from sklearn.ensemble import HistGradientBoostingRegressor

    if model.choice.blend > 0 and not model.forest:
        yield "forest: none, but choice.blend > 0"
    for tree in model.forest:
        if not isinstance(tree, HistGradientBoostingRegressor):
            yield f"forest: {type(tree).__name__}"
        elif tree.loss != "poisson" or not hasattr(tree, "_predictors"):
            yield "forest: not fitted to counts"
        elif tree.n_features_in_ != len(model.features):
            yield (
                f"forest: {tree.n_features_in_} columns, features: "
                f"{len(model.features)}"
            )
        else:
            yield from forest_problems(tree, len(model.features))
