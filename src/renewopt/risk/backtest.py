"""Back-test: what would have been foretold in past years, and what came.

Every window stands at the end of one year, knows nothing after it, and is judged by the
failures of the years that followed, on assets that were there. Never a random split.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.modes import Mode
from renewopt.catalogue.selection import number_column, with_age
from renewopt.core.errors import InputError
from renewopt.risk import measures
from renewopt.risk.baselines import Prediction, predict_all
from renewopt.risk.exposure import History
from renewopt.risk.measures import BANDS, SHARES, Ranking, rank
from renewopt.risk.model import RateModel, fit, forecast

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MODEL = "model"
MEAN = 0
"""Window number of the mean over windows."""
CURVE = tuple(np.linspace(0, 1, 101))
"""Shares of length of a lift curve."""
DECILES = tuple(np.linspace(0.1, 1, 10))
VIEWS = ("length", "cost", "never_failed", "segment")
"""What a programme is paid with: length of assets; their renewal cost; length of those
that never failed; length of whole road segments."""
RIVALS = ("prior", "records", "past_per_exposure", "lookup")
"""Baselines that a model must not be worse than to be used."""


@dataclass(frozen=True, eq=False)
class Window:
    """One window: what each ranking said, and what came.

    Attributes
    ----------
    as_of, last
        Last year known, last year judged.
    assets
        Positions of the assets that were there.
    seen
        Failures of each of them in the window.
    predictions
        By name, the model first; for these assets.
    variance, level_variance
        Relative variance of a yearly total beyond chance, and of the level, as the
        model knew them.
    """

    as_of: int
    last: int
    assets: IntArray
    seen: FloatArray
    never_failed: BoolArray
    predictions: dict[str, Prediction]
    variance: float
    level_variance: float


@dataclass(frozen=True, eq=False)
class Backtest:
    """The figures of a back-test.

    Attributes
    ----------
    table
        `name`, `measure`, `window` (as-of year; 0: the mean), `value`, `low`, `high`.
    differences
        `name`, `measure`, `value`, `low`, `high`: model − baseline, mean over windows.
    totals
        `as_of`, `expected`, `seen`, `low`, `high`: yearly counts of the model.
    calibration
        `kind` (band, decile), `number` (1 the highest), `expected`, `seen`, `low`,
        `high`, all windows together.
    lift
        Shares of length (index) → share of failures, one column per name.
    places
        `x`, `y`, `expected`, `seen`, `size` by segment, last window.
    """

    asset_class: str
    horizon: int
    windows: tuple[int, ...]
    records: int
    table: pd.DataFrame
    differences: pd.DataFrame
    totals: pd.DataFrame
    calibration: pd.DataFrame
    lift: pd.DataFrame
    places: pd.DataFrame

    def mean(self, name: str, measure: str) -> float:
        """Give the mean over windows of one measure."""
        row = self.table[
            (self.table["name"] == name)
            & (self.table["measure"] == measure)
            & (self.table["window"] == MEAN)
        ]
        return float(row["value"].iloc[0])

    def verdict(self) -> tuple[str, list[str]]:
        """Say which ranking to use, and which rivals the model only ties with.

        A rival is used if it is better than the model beyond noise (90 % interval of
        the difference) in the mean of the shares at 5 and 10 % of length.
        """
        main = self.differences[self.differences["measure"] == "main"]
        main = main[main["name"].isin(RIVALS)].set_index("name")
        worse = main[main["high"] < 0].sort_values("value")
        ties = [str(n) for n in main.index[(main["low"] <= 0) & (main["high"] >= 0)]]
        return (str(worse.index[0]) if len(worse) else MODEL), ties


def window_years(
    history: History, as_of: Sequence[int], horizon: int
) -> tuple[int, ...]:
    """Check the windows of a back-test.

    Raises
    ------
    InputError
        Where a window begins before the records or ends after them.
    """
    last, first = history.as_of.year, history.first_year
    if horizon < 1:
        raise InputError.of("risk.bad_horizon", value=horizon)
    bad = [year for year in as_of if year < first or year + horizon > last]
    if bad or not as_of:
        raise InputError.of(
            "risk.bad_window", value=bad, first=first, last=last - horizon
        )
    return tuple(sorted(set(as_of)))


def backtest(
    history: History,
    as_of: Sequence[int],
    horizon: int,
    columns: tuple[str, ...] = (),
    fitted: Callable[[History], RateModel] | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Fit and judge in each window.

    Parameters
    ----------
    as_of
        Last known years, one per window.
    horizon
        Years judged after each.
    columns
        Columns that may be learned from; by default those of the class.
    fitted
        What learns in each window; by default `fit`.
    told
        Called with windows done and windows in all.
    """
    years = window_years(history, as_of, horizon)
    learn = fitted or (lambda past: fit(past, columns))
    windows = []
    for number, year in enumerate(years):
        windows.append(_window(history, year, horizon, learn))
        if told is not None:
            told(number + 1, len(years))
    return judge(history, windows, horizon)


def _window(
    history: History, year: int, horizon: int, learn: Callable[[History], RateModel]
) -> Window:
    past = history.cut(year)
    model = learn(past)
    ahead = list(range(year + 1, year + horizon + 1))
    assets = np.flatnonzero(past.exists(year))
    expected = forecast(model, past, ahead).expected.sum(axis=1)
    everything = {MODEL: Prediction(expected), **predict_all(past, ahead)}
    seen = sum(
        (history.failures_in(y) * past.exists(y) for y in ahead),
        np.zeros(len(history.frame)),
    )
    return Window(
        as_of=year,
        last=year + horizon,
        assets=assets,
        seen=seen[assets],
        never_failed=past.count(year, None)[assets] == 0,
        predictions={
            name: Prediction(
                found.expected[assets],
                found.order,
                None if found.value is None else found.value[assets],
            )
            for name, found in everything.items()
        },
        variance=model.calibration.year_variance,
        level_variance=model.calibration.level_variance,
    )


@dataclass(frozen=True, eq=False)
class _View:
    """One way of counting: scores by name, sizes, failures and bootstrap units."""

    rankings: dict[str, Ranking]
    size: FloatArray
    seen: FloatArray
    unit: IntArray


def judge(history: History, windows: list[Window], horizon: int) -> Backtest:
    """Work out all measures of windows that were foretold."""
    units = _units(history)
    taken = measures.draws(int(units.max()) + 1 if len(units) else 1)
    size = _quantity(history)
    cost = renewal_cost(history.frame, history.cls, history.as_of.year)
    samples: dict[tuple[str, str, int], FloatArray] = {}
    for window in windows:
        views = {
            "length": _view(window, size, units),
            "cost": _view(window, cost, units),
            "never_failed": _view(window, size, units, window.never_failed),
            "segment": _segments(history, window, size),
        }
        for view_name, view in views.items():
            for name, ranking in view.rankings.items():
                values = measures.captures(
                    ranking, view.size, view.seen, view.unit, taken
                )
                for number, share in enumerate(SHARES):
                    key = f"top{share * 100:.0f}_{view_name}"
                    samples[name, key, window.as_of] = values[:, number]
        for name, found in window.predictions.items():
            values = measures.plain_samples(
                found.expected, window.seen, units[window.assets], taken
            )
            for number, key in enumerate(measures.PLAIN):
                samples[name, key, window.as_of] = values[:, number]
    names = list(windows[0].predictions)
    table = pd.DataFrame(_summaries(samples, names, windows))
    return Backtest(
        asset_class=history.cls.id,
        horizon=horizon,
        windows=tuple(w.as_of for w in windows),
        records=history.used,
        table=table,
        differences=_differences(samples, names, windows),
        totals=_totals(windows, horizon),
        calibration=_calibration(windows, size, horizon),
        lift=_lift(windows, size),
        places=_places(history, windows[-1], size),
    )


def _row(
    name: str, measure: str, window: int, value: float, low: float, high: float
) -> dict[str, object]:
    return {
        "name": name, "measure": measure, "window": window,
        "value": value, "low": low, "high": high,
    }  # fmt: skip


def _units(history: History) -> IntArray:
    """Give the bootstrap unit of each asset: its corridor, else itself."""
    place = history.places.of_asset
    alone = np.arange(len(place)) + len(history.places.keys)
    _, unit = np.unique(np.where(place >= 0, place, alone), return_inverse=True)
    return np.asarray(unit, dtype=np.int64)


def _quantity(history: History) -> FloatArray:
    """Give the length (or area, or number) that a programme is counted in."""
    measure = history.cls.measure
    if not measure or measure not in history.frame:
        return np.ones(len(history.frame))
    return np.nan_to_num(number_column(history.frame, measure), nan=0.0)


def renewal_cost(frame: pd.DataFrame, cls: AssetClass, year: int) -> FloatArray:
    """Give 万元 to renew each asset by the first mode that has a price for it."""
    aged = with_age(frame, year)
    known = {*cls.column_names(), "grade"}
    quantity = np.ones(len(frame))
    if cls.measure:
        quantity = np.nan_to_num(number_column(frame, cls.measure), nan=0.0)
    cost = np.zeros(len(frame))
    for mode in cls.modes:
        if "grade" in mode.where.columns():
            continue
        unit = _unit_price(aged, mode, known)
        cost = np.where(cost > 0, cost, np.nan_to_num(unit, nan=0.0) * quantity)
    return np.where(cost > 0, cost, quantity)


def _unit_price(frame: pd.DataFrame, mode: Mode, known: set[str]) -> FloatArray:
    price = np.full(len(frame), np.nan)
    for item in reversed(mode.price):
        price[item.where.select(frame, known)] = item.mid
    price[~mode.where.select(frame, known)] = np.nan
    return price


def _view(
    window: Window, size: FloatArray, units: IntArray, only: BoolArray | None = None
) -> _View:
    kept = np.ones(len(window.assets), dtype=np.bool_) if only is None else only
    mine = size[window.assets][kept]
    return _View(
        rankings={
            name: rank(found.score(size[window.assets])[kept])
            for name, found in window.predictions.items()
        },
        size=mine,
        seen=window.seen[kept],
        unit=units[window.assets][kept],
    )


def _segments(history: History, window: Window, size: FloatArray) -> _View:
    """Put the assets of a road segment together: projects are built by segment."""
    segment = _units(history)[window.assets]
    count = int(segment.max()) + 1 if len(segment) else 0
    mine = size[window.assets]

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(segment, values, minlength=count).astype(np.float64)

    length = total(mine)
    there = np.flatnonzero(length > 0)
    rankings = {}
    for name, found in window.predictions.items():
        if found.order == "level" and found.value is not None:
            score = total(found.value * mine) / np.maximum(length, 1e-12)
        elif found.order == "count" and found.value is not None:
            score = total(found.value)
        else:
            score = total(found.expected) / np.maximum(length, 1e-12)
        rankings[name] = rank(score[there])
    return _View(rankings, length[there], total(window.seen)[there], there)


def _summaries(
    samples: dict[tuple[str, str, int], FloatArray],
    names: list[str],
    windows: list[Window],
) -> list[dict[str, object]]:
    """Give value and interval of every share, by window and over all of them."""
    keys = list(dict.fromkeys(key for _, key, _ in samples))
    rows = []
    for name in names:
        for key in keys:
            for window in windows:
                values = samples[name, key, window.as_of]
                low, high = measures.interval(values[1:])
                rows.append(_row(name, key, window.as_of, values[0], low, high))
            mean = _mean_over(samples, name, key, windows)
            low, high = measures.interval(mean[1:])
            rows.append(_row(name, key, MEAN, mean[0], low, high))
    return rows


def _mean_over(
    samples: dict[tuple[str, str, int], FloatArray],
    name: str,
    key: str,
    windows: list[Window],
) -> FloatArray:
    """Average over the windows that had failures, draw by draw."""
    stacked = np.vstack([samples[name, key, w.as_of] for w in windows])
    there = ~np.isnan(stacked)
    count = there.sum(axis=0)
    total = np.where(there, stacked, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _differences(
    samples: dict[tuple[str, str, int], FloatArray],
    names: list[str],
    windows: list[Window],
) -> pd.DataFrame:
    """Compare the model with every baseline on the same draws."""
    keys = list(dict.fromkeys(key for _, key, _ in samples))
    rows = []
    for name in names:
        if name == MODEL:
            continue
        gaps = {
            key: _mean_over(samples, MODEL, key, windows)
            - _mean_over(samples, name, key, windows)
            for key in keys
        }
        gaps["main"] = (gaps["top5_length"] + gaps["top10_length"]) / 2
        for key, gap in gaps.items():
            low, high = measures.interval(gap[1:])
            rows.append(
                {
                    "name": name,
                    "measure": key,
                    "value": gap[0],
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def _totals(windows: list[Window], horizon: int) -> pd.DataFrame:
    rows = []
    for window in windows:
        expected = float(window.predictions[MODEL].expected.sum())
        # Years differ independently, so that over several this part shrinks; the
        # level is one for all of them.
        variance = window.variance / horizon + window.level_variance
        low, high = measures.count_interval(expected, variance)
        rows.append(
            {
                "as_of": window.as_of,
                "expected": expected,
                "seen": float(window.seen.sum()),
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def _calibration(windows: list[Window], size: FloatArray, horizon: int) -> pd.DataFrame:
    """Compare expected and recorded failures by risk band and by decile of length."""
    rows = []
    between = float(np.mean([w.variance for w in windows]))
    level = float(np.mean([w.level_variance for w in windows]))
    variance = between / (len(windows) * horizon) + level
    for kind, edges in (("band", BANDS), ("decile", DECILES)):
        expected, seen = np.zeros(len(edges)), np.zeros(len(edges))
        for window in windows:
            mine = size[window.assets]
            found = window.predictions[MODEL]
            band = measures.bands(found.score(mine), mine, edges)
            expected += np.bincount(band, found.expected, minlength=len(edges))
            seen += np.bincount(band, window.seen, minlength=len(edges))
        for number in range(len(edges)):
            low, high = measures.count_interval(float(expected[number]), variance)
            rows.append(
                {
                    "kind": kind,
                    "number": number + 1,
                    "share": edges[number],
                    "expected": expected[number],
                    "seen": seen[number],
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def _lift(windows: list[Window], size: FloatArray) -> pd.DataFrame:
    curves = {}
    for name in windows[0].predictions:
        stacked = [
            rank(w.predictions[name].score(size[w.assets])).capture(
                size[w.assets], w.seen, CURVE
            )
            for w in windows
            if w.seen.sum() > 0
        ]
        curves[name] = (
            np.mean(stacked, axis=0) if stacked else np.full(len(CURVE), np.nan)
        )
    return pd.DataFrame(curves, index=pd.Index(CURVE, name="share"))


def _places(history: History, window: Window, size: FloatArray) -> pd.DataFrame:
    places = history.places
    whole = np.zeros((3, len(history.frame)))
    whole[0, window.assets] = window.predictions[MODEL].expected
    whole[1, window.assets] = window.seen
    whole[2, window.assets] = size[window.assets]
    expected, seen, length = (places.sum_of(row) for row in whole)
    x, y = places.middle[:, 0], places.middle[:, 1]
    table = pd.DataFrame(
        {
            "place": places.keys.astype(str),
            "x": x,
            "y": y,
            "expected": expected,
            "seen": seen,
            "size": length,
        }
    )
    return table[(table["size"] > 0) & table["x"].notna()].reset_index(drop=True)
