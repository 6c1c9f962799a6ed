"""A cold start is told honestly, with the records from which local data would rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.inventory import Inventory
from renewopt.risk.evidence import NO_NUMBER, records_to_rule
from renewopt.text import render
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
POINTS = "waterlogging_point"


RATE = 0.02 + 0.06 * (1 - np.exp(-((36 / 80) ** 2)))
"""Failures per km and year of polyethylene laid in 1990, in 2026."""


def _stock(records: int, count: int = 400) -> Inventory:
    """Give `count` kilometres; the records are all of the last year known."""
    frame = pipes(count, material="pe", install_year=1990)
    failures = [("water_pipe", f"p{i:04d}", 2025) for i in range(records)]
    return inventory({"water_pipe": frame}, failures)


def test_a_class_without_records_says_so_and_what_is_needed() -> None:
    """The note, the column and `cold` give the same number."""
    table = risk.score(_stock(0), CATALOGUE, 2025, 1)
    needed = int(table.assets["records_to_rule"].iloc[0])
    assert needed > 0
    assert risk.cold(table) == {"water_pipe": needed}
    note = next(n for n in table.notes if n.code == "risk.no_records")
    assert note.params["needed"] == needed


def test_the_number_holds_when_so_many_records_come() -> None:
    """A third of it leaves most to the expert, twice of it to the records."""
    cold = risk.score(_stock(0), CATALOGUE, 2025, 1)
    needed = int(cold.assets["records_to_rule"].iloc[0])
    few, enough = (
        risk.score(_stock(n, round(n / RATE)), CATALOGUE, 2025, 1)
        for n in (needed // 3, needed * 2)
    )
    assert few.assets["expert_share"].mean() > 0.5
    assert enough.assets["expert_share"].mean() < 0.5
    assert risk.cold(enough) == {}
    assert set(enough.assets["records"]) == {needed * 2}


def test_no_number_where_nothing_can_fail() -> None:
    """Assets without exposure carry no records."""
    frame = pipes(3, material="pe", install_year=1990)
    assert records_to_rule(frame, WATER, np.zeros(3)) == NO_NUMBER
    gone = inventory({"water_pipe": frame.assign(status="abandoned")})
    table = risk.score(gone, CATALOGUE, 2025, 1)
    assert risk.cold(table) == {"water_pipe": None}
    assert "risk.no_records_ever" in [note.code for note in table.notes]


def test_a_sample_of_a_large_class_gives_about_the_same() -> None:
    """Twenty thousand pipes need about what four thousand of them need."""
    draw = np.random.default_rng(0)
    frame = pipes(20_000, material="pe", diameter_mm=draw.uniform(50, 600, 20_000))
    expected = draw.uniform(0.01, 0.05, 20_000)
    whole = records_to_rule(frame, WATER, expected)
    part = records_to_rule(frame.iloc[::5], WATER, expected[::5])
    assert whole == pytest.approx(part, rel=0.2)


def test_counts_of_some_leave_the_others_cold() -> None:
    """One point of three has a count: the others are expert prior, and it is said."""
    points = pd.DataFrame({"asset_id": ["a", "b", "c"], "events_5y": [9.0, None, None]})
    table = risk.score(inventory({POINTS: points}), CATALOGUE, 2025, 1)
    assert risk.cold(table) == {}
    assert risk.partly_cold(table) == {POINTS: [2, 3]}
    line = risk.cold_line({}, risk.partly_cold(table))
    assert line is not None
    assert "2 of 3" in render(line, "en")
    notes = {note.code: note.params for note in table.notes}
    assert notes["risk.partly_cold"]["count"] == 2
    assert notes["risk.own_counts"]["seen"] == 9
    words = risk.assets_in_words(table, CATALOGUE)
    assert words.set_index("asset_id")["basis_en"].ne("").to_dict() == {
        "a": False, "b": True, "c": True,
    }  # fmt: skip


def test_records_beside_counts_are_not_said_to_be_used() -> None:
    """Where every point has a count the records move nothing, as is said."""
    points = pd.DataFrame({"asset_id": ["a", "b"], "events_5y": [9.0, 1.0]})
    rows = [(POINTS, "a", 2024)] * 3
    table = risk.score(inventory({POINTS: points}, rows), CATALOGUE, 2025, 1)
    codes = {note.code for note in table.notes}
    assert {"risk.own_counts", "risk.records_by_counts"} <= codes
    assert "risk.learned" not in codes
    assert set(table.assets["records"]) == {0}
