"""Hyper-parameters and calibration by years that the trees have not seen.

Trees are grown on the records up to an earlier year and foretell the years after it one
by one, each with what was known a year before. Whole years are held out, never rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from renewopt.risk.exposure import History
from renewopt.risk.features import Feature, matrix
from renewopt.risk.learn import LEAST_SHAPE, least_shape
from renewopt.risk.model import (
    LEAST_RATE,
    LEAST_RECORDS,
    Calibration,
    RateModel,
    grow,
    kinds_of,
    log_predict,
    log_prior,
    make_panel,
    panel_years,
)
from renewopt.risk.own import Choice, half_lives, own_factor, own_log, own_record

FloatArray = npt.NDArray[np.float64]

BLENDS = (0.0, 0.25, 0.5, 0.75, 1.0)
SHAPES = (0.5, 1.0, 2.0, 4.0)
HALF_LIVES = (15.0, 20.0, 30.0)
BLEND_PRICE = 2.0
"""Log-likelihood that the trees must gain to be taken whole: few records, few trees."""
AHEAD = 3
"""Years foretold from one earlier year."""
ORIGINS = 2
LEAST_YEARS = 4
"""Years of records that must remain before the first year foretold."""
LEVEL_SD, SLOPE_SD = 0.5, 0.25
"""How far level and slope may leave 1 before records speak (editable assumption)."""
LEAST_SLOPE, GREATEST_SLOPE = 0.5, 1.6
APART_YEARS = 12
"""Years that the trend and the difference between years are measured over."""
TRIAL_ROWS = 60_000
"""Rows that trees of trials are grown on: every failure and a weighted sample."""
SHARED = 0.05
"""Fewer expected failures than this say nothing about the trend."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One year foretold: what each part said, and what came.

    Attributes
    ----------
    expert
        Logarithm of the expert rate with kinds.
    grown
        Logarithm of the trees' rate; None without trees.
    exposure, seen
        Exposure in the year and failures in it.
    """

    year: int
    expert: FloatArray
    grown: FloatArray | None
    exposure: FloatArray
    seen: FloatArray


def unseen_years(history: History, features: tuple[Feature, ...]) -> list[Trial]:
    """Foretell the last years from earlier ones; none where records are short."""
    # Imported here: it takes a second and only training needs it.
    from sklearn.model_selection import TimeSeriesSplit

    years = np.array(history.recorded_years)
    ahead = min(AHEAD, (len(years) - LEAST_YEARS) // ORIGINS)
    if ahead < 1:
        return []
    trials: list[Trial] = []
    splits = TimeSeriesSplit(n_splits=ORIGINS, test_size=ahead).split(years)
    for known, unseen in splits:
        trials += _from_origin(history, features, int(years[known[-1]]), years[unseen])
    return trials


def _from_origin(
    history: History, features: tuple[Feature, ...], origin: int, ahead: Iterable[int]
) -> list[Trial]:
    past = history.cut(origin)
    kinds = kinds_of(past, features)
    tree = None
    if past.used >= LEAST_RECORDS:
        panel = make_panel(past, features, TRIAL_ROWS)
        # The first years, which only fill the rates nearby, may hold all failures.
        tree = grow(panel, features, seed=0) if panel.failures else None
    trials = []
    for year in map(int, ahead):
        known = history.cut(year - 1)
        x = None if tree is None else matrix(known, features, year)
        grown = None if x is None else log_predict(tree, x)
        expert = log_prior(known, year) + kinds.log_factor(known.frame)
        exposure = known.prior.exposure * known.exists(year)
        seen = history.failures_then(year, known)
        trials.append(Trial(year, expert, grown, exposure, seen))
    return trials


def choose(trials: list[Trial], history: History) -> Choice:
    """Take the values under which the years foretold were most likely."""
    if not trials or sum(t.seen.sum() for t in trials) < LEAST_RECORDS:
        return Choice()
    trees = all(t.grown is not None for t in trials)
    blends = BLENDS if trees else (0.0,)
    lives = sorted({life for middle in HALF_LIVES for life in half_lives(middle)})
    records = {
        t.year: {life: own_record(history.cut(t.year - 1), t.year - 1, life)
                 for life in lives}
        for t in trials
    }  # fmt: skip
    best, found = -np.inf, Choice()
    for blend in blends:
        means = [np.exp(blended(trial, blend)) for trial in trials]
        for shape, half_life in product(SHAPES, HALF_LIVES):
            choice = Choice(blend, shape, half_life)
            likely = -BLEND_PRICE * blend
            for trial, mean in zip(trials, means, strict=True):
                own = own_log(choice, mean, records[trial.year])
                expected = mean * np.exp(own) * trial.exposure
                likely += _log_likelihood(expected, trial.seen)
            if likely > best + 1e-9:
                best, found = likely, choice
    return found


def blended(trial: Trial, blend: float) -> FloatArray:
    """Mix the logarithms of expert rate and trees."""
    if blend == 0 or trial.grown is None:
        return trial.expert
    return (1 - blend) * trial.expert + blend * trial.grown


def _log_likelihood(expected: FloatArray, seen: FloatArray) -> float:
    """Give the log-likelihood up to its level, which is calibrated later."""
    total = float(expected.sum())
    if total <= 0:
        return 0.0
    some = seen > 0
    share = np.log(np.maximum(expected[some], LEAST_RATE) / total)
    return float(np.sum(seen[some] * share))


def calibrate(model: RateModel, trials: list[Trial], history: History) -> RateModel:
    """Set level and slope by the years foretold, and measure how years differ."""
    logs, exposures, counts, years = [], [], [], []
    for trial in trials:
        known = history.cut(trial.year - 1)
        log_mean = blended(trial, model.choice.blend)
        own, _ = own_factor(model.choice, known, np.exp(log_mean))
        logs.append(log_mean + np.log(own))
        exposures.append(trial.exposure)
        counts.append(trial.seen)
        years.append(trial.year)
    found = Calibration()
    if years:
        found = _level_and_slope(
            np.concatenate(logs), np.concatenate(exposures), np.concatenate(counts)
        )
        found = replace(found, first_year=min(years), last_year=max(years))
    model = replace(model, calibration=found)
    model = replace(model, calibration=_years_apart(model, history))
    cautious = _own_shape(model, history)
    return replace(model, calibration=replace(model.calibration, own_shape=cautious))


def _own_shape(model: RateModel, history: History) -> float:
    """Give the a of intervals, by how much assets differ from what μ expects of them.

    μ is of today; the years of the record expect as much less as the expert rates do.
    """
    until = history.as_of.year
    prior = history.prior
    past = sum(
        (prior.expected(y) for y in history.recorded_years), 0.0 * prior.exposure
    )
    today = prior.expected(until + 1)
    years = np.divide(past, today, out=np.zeros_like(past), where=today > 0)
    first = replace(model, forest=model.forest[:1])
    mean = np.exp(first.log_mean(history, until + 1)) * prior.exposure
    found = least_shape(history.count(until, None), mean * years)
    return max(min(found, model.choice.shape), LEAST_SHAPE)


def _level_and_slope(
    log_rate: FloatArray, exposure: FloatArray, seen: FloatArray
) -> Calibration:
    """Fit n ~ Poisson(E · r · exp(α + β · (log r − centre))), α and β held near 0.

    One β below the centre and one above; the rate keeps its order.
    """
    from sklearn.linear_model import PoissonRegressor

    expected = np.exp(log_rate) * exposure
    there = expected > 0
    if not there.any() or not seen.sum():
        return Calibration()
    log_rate, expected, seen = log_rate[there], expected[there], seen[there]
    total = float(expected.sum())
    centre = float(np.average(log_rate, weights=expected))
    away = log_rate - centre
    parts = [np.minimum(away, 0.0) * SLOPE_SD, np.maximum(away, 0.0) * SLOPE_SD]
    x = np.column_stack([np.full(len(expected), LEVEL_SD), *parts])
    fitted = PoissonRegressor(
        alpha=1.0 / total,
        fit_intercept=False,
        solver="newton-cholesky",
        max_iter=200,
        tol=1e-8,
    ).fit(x, seen / expected, sample_weight=expected)
    slopes = np.clip(1.0 + fitted.coef_[1:] * SLOPE_SD, LEAST_SLOPE, GREATEST_SLOPE)
    return Calibration(
        log_level=float(fitted.coef_[0]) * LEVEL_SD,
        centre=centre,
        slope_below=float(slopes[0]),
        slope_above=float(slopes[1]),
    )


def _years_apart(model: RateModel, history: History) -> Calibration:
    """Measure by how much yearly totals differ beyond chance, and their trend."""
    seen, expected = [], []
    # One of the bagged trees is enough for totals.
    first = replace(model, forest=model.forest[:1])
    for year in panel_years(history)[-APART_YEARS:]:
        known = history.cut(year - 1)
        log_mean = first.log_mean(known, year)
        own, _ = own_factor(model.choice, known, np.exp(log_mean))
        rate = np.exp(model.calibrated(log_mean + np.log(own)))
        there = known.exists(year)
        expected.append(float(np.sum(rate * known.prior.exposure * there)))
        seen.append(float(history.failures_then(year, known).sum()))
    n, e = np.array(seen), np.maximum(np.array(expected), LEAST_RATE)
    ratio = n.sum() / e.sum() if e.sum() > SHARED else 1.0
    e = e * max(ratio, LEAST_RATE)
    variance = _beyond_chance(n, e)
    trend, trend_sd = _trend(n, e, variance)
    ahead = model.calibration
    years = max(ahead.last_year - ahead.first_year + 1, 1) if ahead.first_year else 1
    total = max(float(n[-years:].sum()), 0.5)
    return replace(
        ahead,
        year_variance=variance,
        level_variance=variance / years + 1.0 / total,
        trend=trend,
        trend_sd=trend_sd,
    )


def _beyond_chance(seen: FloatArray, expected: FloatArray) -> float:
    """Estimate v in Var(n) = m + v · m² by moments."""
    if len(seen) < 3 or expected.sum() <= SHARED:
        return 0.0
    excess = float(np.sum((seen - expected) ** 2 - expected))
    return max(excess / float(np.sum(expected**2)), 0.0)


def _trend(
    seen: FloatArray, expected: FloatArray, variance: float
) -> tuple[float, float]:
    """Fit a straight line to log(recorded ÷ expected) by year; with its error."""
    if len(seen) < LEAST_YEARS or expected.sum() <= SHARED:
        return 0.0, 0.0
    year = np.arange(len(seen), dtype=np.float64)
    log = np.log((seen + 0.5) / (expected + 0.5))
    weight = 1.0 / (1.0 / (expected + 0.5) + variance)
    centre = np.average(year, weights=weight)
    spread = float(np.sum(weight * (year - centre) ** 2))
    middle = np.average(log, weights=weight)
    slope = float(np.sum(weight * (year - centre) * (log - middle)) / spread)
    return slope, float(1.0 / np.sqrt(spread))
