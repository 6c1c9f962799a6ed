"""What a back-test is made of: its windows, and the figures of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.risk.baselines import Prediction

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MODEL, RANDOM = "model", "random"
MEAN = 0
"""Window number of the mean over windows."""
CURVE = tuple(np.linspace(0, 1, 101))
"""Shares of length of a lift curve."""
DECILES = tuple(np.linspace(0.1, 1, 10))
VIEWS = ("length", "cost", "never_failed", "segment")
"""What a programme is paid with: length of assets; their renewal cost; length of those
that never failed; length of whole road segments."""
RIVALS = (
    *("prior", "records", "past_per_exposure", "lookup"),
    *("logistic", "past_failures", "age", "material_mean"),
)
"""Baselines that a model must not be worse than to be used: all but drawing by lot."""


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
        `kind` (all, band, decile), `number` (1 the highest), `expected`, `seen`, `low`,
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
        the difference) in the mean of the shares at 5 and 10 % of length. Drawing by
        lot is never used, but named as a tie where the model is not better than it.
        """
        whole = self.differences[self.differences["measure"] == "main"]
        whole = whole.set_index("name")
        main = whole[whole.index.isin(RIVALS)]
        worse = main[main["high"] < 0].sort_values("value")
        ties = [str(n) for n in main.index[(main["low"] <= 0) & (main["high"] >= 0)]]
        chance = whole[whole.index == RANDOM]
        if (chance["low"] <= 0).any():
            ties.append(RANDOM)
        return (str(worse.index[0]) if len(worse) else MODEL), ties

    def worse(self) -> list[dict[str, Any]]:
        """List the measures in which a rival is better than the model beyond noise.

        All shares, AUC, and the Brier score, of which less is better.
        """
        gaps = self.differences[self.differences["name"].isin(RIVALS)]
        shares = gaps["measure"].str.match(r"top\d|auc$") & (gaps["high"] < 0)
        brier = gaps["measure"].eq("brier") & (gaps["low"] > 0)
        found = gaps[shares | brier].sort_values(["measure", "name"], kind="stable")
        return [{str(k): v for k, v in row.items()} for row in found.to_dict("records")]

    def ahead(self) -> list[str]:
        """Name the rivals whose value is above the model's, though inside the noise."""
        main = self.differences[self.differences["measure"] == "main"]
        main = main[main["name"].isin(RIVALS) & (main["value"] < 0)]
        return [str(name) for name in main.sort_values("value")["name"]]
