"""Poor records and poor columns: handled, said, and never a strange figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.inventory import Inventory
from renewopt.inventory.qualities import COLUMNS
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import make_history
from renewopt.risk.learn import kind_features
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
HEAT = CATALOGUE.asset_classes["heating_pipe"]
Failure = tuple[str, str, int]


def _every_year(count: int, first: int = 2016) -> list[Failure]:
    return [
        ("water_pipe", f"p{i:04d}", year)
        for i in range(count)
        for year in range(first, 2026)
    ]


FAILURES: dict[str, list[Failure]] = {
    "none": [],
    "one": [("water_pipe", "p0003", 2024)],
    "all failed every year": _every_year(30),
    "before installation": [("water_pipe", f"p{i:04d}", 1980) for i in range(30)],
    "of unknown assets": [("water_pipe", "x", 2024)] * 5,
}
FRAMES = {
    "constant columns": pipes(30, material="pe", install_year=1995, diameter_mm=100.0),
    "missing years": pipes(30, material="pe", install_year=[None, 1995, 2001] * 10),
    "unseen materials": pipes(30, material=["moonrock", "pe"] * 15, install_year=1995),
    "no columns": pipes(30),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("failures", FAILURES.values(), ids=FAILURES)
def test_every_figure_is_finite_and_in_order(
    frame: pd.DataFrame, failures: list[Failure]
) -> None:
    """Likelihoods lie between 0 and 1, losses within their intervals, shares in 0–1."""
    result = risk.score(inventory({"water_pipe": frame}, failures), CATALOGUE, 2025, 5)
    table, assets = result.table, result.assets
    numbers = table.drop(columns=["asset_class", "asset_id"]).to_numpy(np.float64)
    assert np.isfinite(numbers).all()
    assert table["lof"].between(0, 1).all()
    assert (table["low"] < table["risk"]).all()
    assert (table["risk"] < table["high"]).all()
    assert assets["expert_share"].between(0, 1).all()
    assert (assets["rate_multiplier"] > 0).all()
    assert (assets["strongest"] != "").all()


def test_records_from_before_installation_change_nothing() -> None:
    """They are not about the asset: the class stays a cold start, and says so."""
    frame = FRAMES["constant columns"]
    early = inventory({"water_pipe": frame}, FAILURES["before installation"])
    without = inventory({"water_pipe": frame})
    tables = [risk.score(stock, CATALOGUE, 2025, 2) for stock in (early, without)]
    pd.testing.assert_frame_equal(tables[0].table, tables[1].table)
    assert set(risk.cold(tables[0])) == {"water_pipe"}


def test_a_column_overwritten_after_failures_moves_no_rate() -> None:
    """Insulation seen failed after the leaks must not foretell them."""
    frame = pipes(
        60, level="primary", install_year=1995, insulation=["failed", "good"] * 30
    )
    failures = [("heating_pipe", f"p{i:04d}", 2018 + i % 8) for i in range(0, 60, 2)]
    with_column, without = (
        kind_features(frame, HEAT),
        kind_features(frame.drop(columns="insulation"), HEAT),
    )
    assert np.array_equal(with_column, without)
    dated = HEAT.hazard.model_copy(update={"overwritten": {}})
    free = HEAT.model_copy(update={"hazard": dated})
    assert kind_features(frame, free).shape[1] > with_column.shape[1]
    scored = risk.score(
        inventory({"heating_pipe": frame}, failures), CATALOGUE, 2025, 1
    )
    assert "risk.learned" in [note.code for note in scored.notes]


def _bounded(stock: Inventory) -> Inventory:
    """Say that the first pipe was laid somewhere between 1980 and 1989."""
    row = ("water_pipe", "p0000", "install_year", "bounded", 1980, 1989, "八十年代")
    return replace(stock, qualities=pd.DataFrame([row], columns=list(COLUMNS)))


def test_a_history_uses_the_interval_of_an_uncertain_year() -> None:
    """A break of 1983 is the asset's own if it may have been laid in 1980."""
    frame = pipes(2, material="pe", install_year=1985)
    failures = [("water_pipe", a, year) for a in ("p0000", "p0001") for year in (1983,)]
    stock = inventory({"water_pipe": frame}, failures)
    exact, bounded = (
        make_history(s, WATER, AsOf(1995)) for s in (stock, _bounded(stock))
    )
    assert exact.count(1995, None).tolist() == [0.0, 0.0]
    assert bounded.count(1995, None).tolist() == [1.0, 0.0]
    assert bounded.cut(1990).count(1990, None).tolist() == [1.0, 0.0]
    assert exact.before.sum() == 2
    assert bounded.before.sum() == 1


def test_a_score_uses_the_interval_too() -> None:
    """The same record counts where the year is an interval, not where it is sure."""
    frame = pipes(40, material="pe", install_year=1985)
    stock = inventory({"water_pipe": frame}, [("water_pipe", "p0000", 1983)])
    used = [
        int(risk.score(s, CATALOGUE, 1990, 1).assets["records"].iloc[0])
        for s in (stock, _bounded(stock))
    ]
    assert used == [0, 1]


def test_population_and_as_of_leave_a_score_whole() -> None:
    """A score of fifty years ahead with fewer people stays finite and ordered."""
    frame = FRAMES["missing years"]
    table = risk.score(
        inventory({"water_pipe": frame}), CATALOGUE, 2025, 50, {2070: 0.4}
    ).table
    assert np.isfinite(table["risk"]).all()
    by_year = table.pivot_table(index="asset_id", columns="year", values="lof")
    assert (by_year.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
