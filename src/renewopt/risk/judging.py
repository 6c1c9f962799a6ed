"""Back-tests judged: captures by what a programme is paid with, calibration, lift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.selection import number_column
from renewopt.risk import measures
from renewopt.risk.as_of import known_at
from renewopt.risk.exposure import History
from renewopt.risk.measures import BANDS, SHARES, Ranking, rank
from renewopt.risk.renewal import renewal_cost
from renewopt.risk.renewed_later import as_it_was
from renewopt.risk.summaries import differences, summaries
from renewopt.risk.windows import CURVE, DECILES, MODEL, Backtest, Window

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _View:
    """One way of counting: scores by name, sizes, failures and bootstrap units."""

    rankings: dict[str, Ranking]
    size: FloatArray
    seen: FloatArray
    unit: IntArray


def judge(history: History, windows: list[Window], horizon: int) -> Backtest:
    """Work out all measures of windows that were foretold."""
    units = _units(history, windows)
    taken = measures.draws(int(units.max()) + 1 if len(units) else 1)
    size = _quantity(history)
    first = min(window.as_of for window in windows)
    frame = as_it_was(history.frame, history.cls, first)
    then = known_at(frame, history.cls, first, undated=False)
    cost = renewal_cost(then, history.cls, history.as_of.year)
    samples: dict[tuple[str, str, int], FloatArray] = {}
    for window in windows:
        views = {
            "length": _view(window, size, units),
            "cost": _view(window, cost, units),
            "never_failed": _view(window, size, units, window.never_failed),
            "segment": _segments(units, window, size),
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
    table = pd.DataFrame(summaries(samples, names, windows))
    return Backtest(
        asset_class=history.cls.id,
        horizon=horizon,
        windows=tuple(w.as_of for w in windows),
        records=history.used,
        table=table,
        differences=differences(samples, names, windows),
        totals=_totals(windows, horizon),
        calibration=_calibration(windows, size, horizon),
        lift=_lift(windows, size),
        places=_places(history, windows[-1], size),
    )


def _units(history: History, windows: list[Window]) -> IntArray:
    """Give the bootstrap unit of each asset: its corridor, else itself.

    Of assets that are in a window; the others, built later, stay out (0).
    """
    place = history.places.of_asset
    alone = np.arange(len(place)) + len(history.places.keys)
    there = np.unique(np.concatenate([window.assets for window in windows]))
    unit = np.zeros(len(place), dtype=np.int64)
    own = np.where(place >= 0, place, alone)[there]
    unit[there] = np.unique(own, return_inverse=True)[1]
    return unit


def _quantity(history: History) -> FloatArray:
    """Give the length (or area, or number) that a programme is counted in."""
    measure = history.cls.measure
    if not measure or measure not in history.frame:
        return np.ones(len(history.frame))
    return np.nan_to_num(number_column(history.frame, measure), nan=0.0)


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


def _segments(units: IntArray, window: Window, size: FloatArray) -> _View:
    """Put the assets of a road segment together: projects are built by segment."""
    segment = units[window.assets]
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
    """Compare expected and recorded: whole, by risk band and by decile of length."""
    rows = []
    between = float(np.mean([w.variance for w in windows]))
    level = float(np.mean([w.level_variance for w in windows]))
    variance = between / (len(windows) * horizon) + level
    for kind, edges in (("all", (1.0,)), ("band", BANDS), ("decile", DECILES)):
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
