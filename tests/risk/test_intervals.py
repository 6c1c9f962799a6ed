"""Years that are known as intervals only widen the range of the risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from renewopt.catalogue import load
from renewopt.inventory.qualities import COLUMNS
from renewopt.risk import score
from tests.risk.making import inventory, pipes


def bounds(low: float, high: float, column: str = "install_year") -> pd.DataFrame:
    """Say that the year of the first pipe is known as an interval."""
    row = ("water_pipe", "p0000", column, "bounded", low, high, "八十年代")
    return pd.DataFrame([row], columns=list(COLUMNS))


def test_an_interval_of_years_widens_the_range_and_nothing_else() -> None:
    """Low counts from the youngest, high from the oldest year; the estimate stays."""
    models = load()
    frame = pipes(2, material="pe", install_year=1985)
    exact = inventory({"water_pipe": frame})
    wide = replace(exact, qualities=bounds(1980, 1989))
    before, after = (score(i, models, 2026, 1).table for i in (exact, wide))
    assert (before["risk"] == after["risk"]).all()
    assert after["low"][0] < before["low"][0]
    assert after["high"][0] > before["high"][0]
    assert after.loc[1, ["low", "high"]].equals(before.loc[1, ["low", "high"]])
    oldest, youngest = (
        score(
            inventory({"water_pipe": frame.assign(install_year=year)}), models, 2026, 1
        ).table
        for year in (1980, 1989)
    )
    assert np.isclose(after["high"][0], oldest["high"][0])
    assert np.isclose(after["low"][0], youngest["low"][0])


def test_a_renewal_overrides_an_uncertain_installation() -> None:
    """A pipe renewed in a known year has a known age, whenever it was first laid."""
    models = load()
    frame = pipes(1, material="pe", install_year=1985, renewed_year=2010)
    exact = inventory({"water_pipe": frame})
    wide = replace(exact, qualities=bounds(1980, 1989))
    tables = [score(i, models, 2026, 1).table for i in (exact, wide)]
    pd.testing.assert_frame_equal(*tables)
