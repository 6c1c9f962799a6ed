"""A baseline that has won a back-test, put in the model's place: rates, and reasons.

A baseline is a ranking of one year. Its forecast has the same order, a rate for every
asset, and ages as the expert rates do:

    expected(t) = rate of the baseline · expert rate at age(t) ÷ expert rate at age(1)

so that no rate falls over the years. Its reasons are the columns that it ranks by.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewopt.risk.baselines import (
    logistic_without,
    lookup_rate,
    predict,
    yearly,
)
from renewopt.risk.exposure import History
from renewopt.risk.model import LEAST_RATE, Forecast, panel_years

FloatArray = npt.NDArray[np.float64]

RIVAL_SHAPE = 0.5
"""a of a rival's own-record update, so that no asset's rate is 0."""
LEAST_SHARE = 0.02
"""Least rate of a rival ÷ the usual one: a kind that never failed still can."""
OWN = ("past_per_exposure", "past_failures")
"""Rivals that rank by nothing but an asset's own failures."""


def rival_forecast(name: str, history: History, years: list[int]) -> Forecast:
    """Turn a rival's ranking into rates that age; its mean where there is no record."""
    exposure, until = history.prior.exposure, history.as_of.year
    count, exposed = history.count(until, None), history.exposed(until, None)
    usual = _usual(history, years)
    rate = np.maximum(_rate(name, history, years, usual), LEAST_SHARE * usual)
    own = rate / usual if name in OWN else np.ones(len(count))
    there = np.column_stack([history.exists(year) for year in years])
    seen = max(float(count.sum()), 1.0)
    return Forecast(
        expected=(rate * exposure)[:, None] * _ageing(history, years) * there,
        own_factor=own,
        log_variance=np.full(len(count), 1.0 / seen),
        own_shape=RIVAL_SHAPE + count,
        informed=usual * exposed,
        prior_shape=RIVAL_SHAPE,
    )


def _usual(history: History, years: list[int]) -> float:
    """Give the yearly failures per unit of exposure of what is there."""
    there = history.exists(years[0])
    amount = float((history.prior.exposure * there).sum())
    return max(yearly(history) / max(amount, 1e-12), LEAST_RATE)


def _rate(name: str, history: History, years: list[int], usual: float) -> FloatArray:
    """Give the rate of each asset in the first year, in the order of the rival."""
    until, exposure = history.as_of.year, history.prior.exposure
    count = history.count(until, None)
    if name == "past_per_exposure":
        informed = usual * history.exposed(until, None)
        return usual * (RIVAL_SHAPE + count) / (RIVAL_SHAPE + informed)
    if name == "past_failures":
        rate = _rate_by_count(history, count, usual)
        amount = float((rate * exposure * history.exists(years[0])).sum())
        return rate * (yearly(history) / amount if amount > 0 else 1.0)
    whole = predict(name, history, years).expected
    lived = sum((history.exists(y) * exposure for y in years), 0.0 * exposure)
    nothing: FloatArray = np.full(len(lived), usual)
    return np.divide(whole, lived, out=nothing, where=lived > 0)


def _rate_by_count(history: History, count: FloatArray, usual: float) -> FloatArray:
    """Give the later rate of assets that had as many failures: rising with them."""
    from sklearn.isotonic import IsotonicRegression

    known, seen, amount = [], [], []
    for year in panel_years(history):
        there = history.exists(year)
        known.append(history.count(year - 1, None)[there])
        seen.append(history.failures_in(year)[there])
        amount.append(history.prior.exposure[there])
    before, failed, lived = (np.concatenate(x) for x in (known, seen, amount))
    values, place = np.unique(before, return_inverse=True)
    n, e = np.bincount(place, failed), np.bincount(place, lived)
    rate = (RIVAL_SHAPE + n) / (RIVAL_SHAPE / usual + e)
    rising = IsotonicRegression(out_of_bounds="clip").fit(values, rate, e)
    # A little more for each failure, so that equal steps keep the order of the count.
    return np.asarray(rising.predict(count) + 1e-6 * usual * count, dtype=np.float64)


def _ageing(history: History, years: list[int]) -> FloatArray:
    """Give the expert rate of every year ÷ that of the first in which it is there."""
    rates = np.column_stack([history.prior.rate(year) for year in years])
    first = np.maximum(rates[:, [0]], LEAST_RATE)
    return np.asarray(np.maximum(rates / first, 1.0), dtype=np.float64)


def rival_raised(
    name: str, history: History, years: list[int]
) -> dict[str, FloatArray]:
    """Give, by code, what raises the likelihood of each asset in the rival's eyes."""
    usual = _usual(history, years)
    if name == "logistic":
        return logistic_without(history)
    if name == "lookup":
        kind = lookup_rate(history, counts=False)
        own = lookup_rate(history) / np.maximum(kind, LEAST_RATE)
        found = {"kind_records": kind / usual, "own_failures": own}
    else:
        names = {"age": "aged", "material_mean": "kind_records"}
        code = names.get(name, "own_failures")
        found = {code: _rate(name, history, years, usual) / usual}
    there = history.exists(years[0])
    exposure = history.prior.exposure
    mean = exposure[there].mean() if there.any() else 1.0
    return {**found, "size": exposure / max(float(mean), 1e-12)}
