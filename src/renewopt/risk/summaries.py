"""Values and intervals of a back-test over windows, and the model beside its rivals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.risk import measures
from renewopt.risk.windows import MEAN, MODEL, Window

FloatArray = npt.NDArray[np.float64]


def summaries(
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


def _row(
    name: str, measure: str, window: int, value: float, low: float, high: float
) -> dict[str, object]:
    return {
        "name": name, "measure": measure, "window": window,
        "value": value, "low": low, "high": high,
    }  # fmt: skip


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


def differences(
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
