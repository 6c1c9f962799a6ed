"""The learned rate: what scikit-learn makes of the records, held by the expert rate.

    mean rate μ = expert-and-kinds rate ^ (1 − w) · boosted trees ^ w
    own record   f = (a + n) / (a + μ · E)       see `own`
    rate           = level · (μ · f) ^ slope      one slope below the centre, one above

The trees (Poisson, rising with age and with the rates nearby) never see an asset's own
failures; these come in by f. The weight w, a and the half-life are chosen by how well
years are foretold that the trees have not seen; so are level and slope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from renewopt.risk.exposure import History
from renewopt.risk.features import (
    AGE,
    STRENGTH,
    Feature,
    ages,
    choose_features,
    fixed_columns,
    matrix,
)
from renewopt.risk.kinds import Kinds, fit_kinds
from renewopt.risk.own import Choice, own_factor
from renewopt.risk.steps import edges_of, numbered, with_values

FloatArray = npt.NDArray[np.float64]

LEARNING_RATE, LEAVES, LEAST_LEAF, RIDGE = 0.06, 8, 200, 1.0
COLUMNS_SEEN = 0.5
"""Share of the columns that each split may choose from; makes the bags differ."""
BAGS = 4
LEAST_RECORDS = 30
"""With fewer failures no trees are grown: kinds and the expert rate stand."""
ROUNDS = 100
"""Rounds of boosting."""
BINS = 64
"""Steps that a number is cut into: finding 255 of them takes longer than the trees."""
SAMPLED = 200_000
"""Rows beyond which scikit-learn finds the steps of numbers in a sample."""
MOST_ROWS = 400_000
"""Of larger panels: every row with a failure and a weighted sample of the others."""
LEAST_RATE = 1e-9
RISING = (AGE, *STRENGTH)
"""Columns that a rate never falls with: older assets and those among which others fail
are not better for it."""
FIRST_YEARS = 3
"""Years at the start of the records that only fill the rates nearby."""


@dataclass(frozen=True)
class Calibration:
    """What turns rates into probabilities, and how sure the level is.

    Attributes
    ----------
    log_level, centre, slope_below, slope_above
        log rate = log_level + centre + slope · (log rate before − centre).
    year_variance
        Variance of the yearly total beyond chance, relative (over-dispersion).
    level_variance
        Variance of the logarithm of the level.
    trend, trend_sd
        Yearly change of the logarithm of recorded ÷ expected, and its standard error.
    first_year, last_year
        Years that the level was set with.
    own_shape
        a that intervals take single assets to differ by: not above the a of the own
        record, since few records make assets look alike by chance.
    """

    log_level: float = 0.0
    centre: float = 0.0
    slope_below: float = 1.0
    slope_above: float = 1.0
    year_variance: float = 0.0
    level_variance: float = 0.0
    trend: float = 0.0
    trend_sd: float = 0.0
    first_year: int = 0
    last_year: int = 0
    own_shape: float = 1.0

    @property
    def has_trend(self) -> bool:
        """Tell whether the trend is more than noise (two standard errors)."""
        return self.trend_sd > 0 and abs(self.trend) > 2 * self.trend_sd


@dataclass(frozen=True, eq=False)
class RateModel:
    """A learned rate of one asset class.

    Attributes
    ----------
    features
        Columns of the trees, in order.
    kinds
        The expert rate's correction by kinds.
    forest
        Fitted `HistGradientBoostingRegressor`s; none where records are few.
    records
        Failures that it has learned from.
    """

    asset_class: str
    features: tuple[Feature, ...]
    kinds: Kinds
    forest: tuple[Any, ...]
    choice: Choice
    calibration: Calibration
    records: int

    def log_mean(self, history: History, year: int) -> FloatArray:
        """Give the logarithm of μ, per unit of exposure, of every asset in `year`."""
        return self.log_means(history, [year])[:, 0]

    def log_means(self, history: History, years: list[int]) -> FloatArray:
        """Give log μ by asset and year; age moves on, what is known does not."""
        expert = self.kinds.log_factor(history.frame)
        grown = bool(self.forest) and self.choice.blend > 0
        x = matrix(history, self.features, years[0]) if grown else None
        at = [feature.name for feature in self.features].index(AGE)
        out = np.empty((len(history.frame), len(years)))
        for number, year in enumerate(years):
            mean = expert + log_prior(history, year)
            if x is not None:
                x[:, at] = ages(history, year)
                trees = sum((log_predict(tree, x) for tree in self.forest), 0.0 * mean)
                weight = self.choice.blend
                mean = (1 - weight) * mean + weight * trees / len(self.forest)
            out[:, number] = mean
        return out

    def calibrated(self, log_rate: FloatArray) -> FloatArray:
        """Apply level and slope to logarithms of rates."""
        c = self.calibration
        away = log_rate - c.centre
        slope = np.where(away < 0, c.slope_below, c.slope_above)
        return np.asarray(c.log_level + c.centre + slope * away)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a model expects, one row per asset.

    Attributes
    ----------
    expected
        Failures by asset and year, 0 where the asset is not there.
    own_factor
        What the asset's own record changes.
    log_variance
        Variance of the logarithm of the level and of the kinds.
    own_shape
        Shape of the Gamma of the asset's own rate, for its interval: the cautious a
        and its failures.
    informed
        μ · E: failures expected of each asset in the years of its own record.
    prior_shape
        a: shape of the Gamma that assets of a kind differ by.
    """

    expected: FloatArray
    own_factor: FloatArray
    log_variance: FloatArray
    own_shape: FloatArray
    informed: FloatArray
    prior_shape: float


def forecast(model: RateModel, history: History, years: list[int]) -> Forecast:
    """Foretell the failures of the years after the as-of year."""
    log_mean = model.log_means(history, years)
    own, informed = own_factor(model.choice, history, np.exp(log_mean[:, 0]))
    rate = np.exp(model.calibrated(log_mean + np.log(own)[:, None]))
    there = np.column_stack([history.exists(year) for year in years])
    shape = model.choice.shape
    level, cautious = model.calibration.level_variance, model.calibration.own_shape
    failures = np.maximum(own * (shape + informed) - shape, 0.0)
    return Forecast(
        expected=rate * history.prior.exposure[:, None] * there,
        own_factor=own,
        log_variance=level + model.kinds.log_variance(history.frame),
        own_shape=cautious + failures,
        informed=informed,
        prior_shape=shape,
    )


def log_prior(history: History, year: int) -> FloatArray:
    """Give the logarithm of the expert rate per unit of exposure."""
    exposure = history.prior.exposure
    rate = history.prior.expected(year) / np.where(exposure > 0, exposure, 1.0)
    return np.log(np.maximum(rate, LEAST_RATE))


def log_predict(tree: Any, x: FloatArray) -> FloatArray:
    """Give the logarithm of a tree model's rate."""
    return np.log(np.maximum(np.asarray(tree.predict(x), np.float64), LEAST_RATE))


@dataclass(frozen=True, eq=False)
class Panel:
    """Asset-years to learn from.

    Attributes
    ----------
    x, rate, weight
        Features as known a year before (of numbers, the step), failures per exposure,
        exposure.
    edges
        By column, the greatest value of each step; none for text. Empty: `x` holds
        values, whose steps scikit-learn finds.
    failures
        Number of failures in the panel.
    """

    x: FloatArray
    rate: FloatArray
    weight: FloatArray
    edges: list[FloatArray]
    failures: int


def panel_years(history: History) -> list[int]:
    """Give the years to learn from: the first ones only fill the rates nearby."""
    skipped = min(FIRST_YEARS, (len(history.years) - 1) // 3)
    return [year for year in history.years[skipped:] if year not in history.silent]


def make_panel(
    history: History, features: tuple[Feature, ...], most_rows: int = MOST_ROWS
) -> Panel:
    """Gather the asset-years up to the as-of year."""
    years = panel_years(history)
    fixed = fixed_columns(history, features, years[0] - 1)
    dated = any(f.date for f in features)
    share = min(1.0, most_rows / max(len(history.frame) * len(years), 1))
    draw = np.random.default_rng(0)
    x, rate, weight, failures = [], [], [], 0.0
    for year in years:
        seen = history.failures_in(year)
        keep = history.exists(year)
        sampled = (seen > 0) | (draw.random(len(keep)) < share)
        keep &= sampled
        x.append(matrix(history, features, year, None if dated else fixed)[keep])
        amount = history.prior.exposure[keep]
        heavier = np.where(seen[keep] > 0, 1.0, 1.0 / share)
        rate.append(seen[keep] / amount)
        weight.append(amount * heavier)
        failures += seen[keep].sum()
    columns, amounts = np.vstack(x), np.concatenate(weight)
    edges: list[FloatArray] = []
    # Of larger panels the library looks at a sample of its own: other steps than these.
    for number, feature in enumerate(features if len(columns) <= SAMPLED else ()):
        values = columns[:, number]
        found = np.empty(0) if feature.is_text else edges_of(values, amounts, BINS)
        edges.append(found)
        if not feature.is_text:
            columns[:, number] = numbered(values, found)
    return Panel(columns, np.concatenate(rate), amounts, edges, int(failures))


def grow(panel: Panel, features: tuple[Feature, ...], seed: int) -> Any:
    """Grow boosted trees for the rate per unit of exposure, rising with `RISING`."""
    # Imported here: it takes a second and only training needs it.
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=LEARNING_RATE,
        max_iter=ROUNDS,
        max_leaf_nodes=LEAVES,
        max_bins=BINS,
        min_samples_leaf=LEAST_LEAF,
        l2_regularization=RIDGE,
        max_features=COLUMNS_SEEN,
        early_stopping=False,
        monotonic_cst=[int(f.name in RISING) for f in features],
        categorical_features=[f.is_text for f in features],
        random_state=seed,
    )
    # A column without any value cannot be cut into steps; one value is never split on.
    x = np.where(np.isnan(panel.x).all(axis=0), 0.0, panel.x)
    model.fit(x, panel.rate, sample_weight=panel.weight)
    if not panel.edges:
        return model
    return with_values(model, x, panel.edges, [f.is_text for f in features])


def kinds_of(history: History, features: tuple[Feature, ...]) -> Kinds:
    """Fit the correction by kinds to all years up to the as-of year."""
    years = history.recorded_years
    seen = history.count(history.as_of.year, None)
    expected = sum(
        (history.prior.expected(year) for year in years), np.zeros(len(seen))
    )
    columns = tuple(f for f in features if f.name in history.cls.hazard.learn)
    log_sd = history.cls.hazard.log_sd
    return fit_kinds(history.frame, columns, seen, expected, log_sd)


def fit(
    history: History,
    columns: tuple[str, ...] = (),
    bags: int = BAGS,
    most_rows: int = MOST_ROWS,
) -> RateModel:
    """Learn the rate of a class from its history.

    Parameters
    ----------
    columns
        What `AsOf.features` lets pass; by default the columns of the class.
    bags
        Forests to average.
    most_rows
        Asset-years to learn from at most.
    """
    from renewopt.risk.tuning import calibrate, choose, unseen_years

    names = columns or history.as_of.features((), history.cls)
    features = choose_features(history, names)
    trials = unseen_years(history, features)
    choice = choose(trials, history)
    forest: tuple[Any, ...] = ()
    if choice.blend > 0:
        panel = make_panel(history, features, most_rows)
        if panel.failures:
            forest = tuple(grow(panel, features, seed) for seed in range(bags))
        else:
            choice = replace(choice, blend=0.0)
    model = RateModel(
        asset_class=history.cls.id,
        features=features,
        kinds=kinds_of(history, features),
        forest=forest,
        choice=choice,
        calibration=Calibration(),
        records=history.used,
    )
    return calibrate(model, trials, history)
