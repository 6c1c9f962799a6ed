"""Columns that are changed after failures: no past year knows them, today does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.inventory import Inventory
from renewopt.risk.as_of import AsOf, is_past
from renewopt.risk.exposure import make_history
from tests.risk.making import inventory

CATALOGUE = catalogue.load()
COMPOUND = CATALOGUE.asset_classes["residential_compound"]
SEWER = CATALOGUE.asset_classes["sewer"]
SIZE = 60
GRADES = ("structure_grade", "fire_grade", "pipes_grade", "envelope_grade")


def _compounds(worst_failed: bool) -> Inventory:
    """Make compounds with ten years of records; grades may be given by hindsight."""
    draw = np.random.default_rng(4)
    often = draw.uniform(0.05, 1.0, SIZE)
    rows = [
        ("residential_compound", f"c{asset:03d}", year)
        for year in range(2011, 2021)
        for asset in np.flatnonzero(draw.poisson(often))
    ]
    bad = (often > np.median(often)) & worst_failed
    poor = np.where(bad, "poor", "fair")
    frame = pd.DataFrame(
        {
            "asset_id": [f"c{i:03d}" for i in range(SIZE)],
            "households": 100,
            "install_year": draw.integers(1975, 2005, SIZE),
            "structure_grade": np.where(bad, "D", "B"),
            "fire_grade": poor,
            "pipes_grade": poor,
            "envelope_grade": poor,
        }
    )
    return inventory({"residential_compound": frame}, rows)


@pytest.fixture(scope="module")
def trained() -> list[risk.Trained]:
    """Train without and with grades that were changed after the failures."""
    return [
        risk.train(_compounds(after), CATALOGUE, "residential_compound", 2020)
        for after in (False, True)
    ]


def test_grades_changed_afterwards_change_no_figure(
    trained: list[risk.Trained],
) -> None:
    """Back-test and card are the same, whatever undated grades say today."""
    plain, edited = trained
    assert plain.backtest is not None
    assert edited.backtest is not None
    pd.testing.assert_frame_equal(plain.backtest.table, edited.backtest.table)
    pd.testing.assert_frame_equal(plain.backtest.totals, edited.backtest.totals)
    for card in (plain.card, edited.card):
        assert card["data"]["records"] > 100
    assert plain.card == edited.card


def test_a_present_score_uses_the_facts_of_today() -> None:
    """Without a model, grades count at the present date and not before it."""
    plain, edited = (_compounds(after) for after in (False, True))
    now = [risk.score(stock, CATALOGUE, 2020, 1) for stock in (plain, edited)]
    assert not np.allclose(now[0].table["lof"], now[1].table["lof"])
    past = [risk.score(stock, CATALOGUE, 2016, 1) for stock in (plain, edited)]
    pd.testing.assert_frame_equal(past[0].table, past[1].table)
    said = [note for note in past[1].notes if note.code == "risk.undated_left_out"]
    assert [note.params["columns"] for note in said] == [list(GRADES)]
    assert "risk.undated_left_out" not in {note.code for note in now[1].notes}


def test_with_a_model_facts_of_today_move_the_order_only(
    trained: list[risk.Trained], tmp_path: Path
) -> None:
    """A learned level holds for all; bad grades raise an asset against the others."""
    used = replace(trained[0].artefact, use="model")
    folder = replace(trained[0], artefact=used).write(tmp_path)
    known = replace(
        CATALOGUE, risk_models={"residential_compound": folder / "model.skops"}
    )
    plain, edited = (
        risk.score(_compounds(after), known, 2020, 1).table["expected_failures"]
        for after in (False, True)
    )
    assert edited.sum() == pytest.approx(plain.sum())
    bad = _compounds(True).assets["residential_compound"]["fire_grade"] == "poor"
    assert (edited[bad.to_numpy()] > plain[bad.to_numpy()]).all()
    assert (edited[~bad.to_numpy()] < plain[~bad.to_numpy()]).all()


def test_the_own_count_of_a_point_counts_today_only() -> None:
    """Events of the last five years replace the expert rate at the present date."""
    points = [
        pd.DataFrame({"asset_id": ["a", "b"], "events_5y": [events, 0]})
        for events in (0, 20)
    ]
    year = [("waterlogging_point", "b", 2020)]
    few, many = (inventory({"waterlogging_point": frame}, year) for frame in points)
    for as_of, same in ((2020, False), (2015, True)):
        rates = [
            risk.score(stock, CATALOGUE, as_of, 1).table["expected_failures"]
            for stock in (few, many)
        ]
        assert np.allclose(*rates) is same


def test_a_dated_grade_counts_from_its_date_on() -> None:
    """The expert rate of a past year does not know a later inspection."""
    made = [
        inventory(
            {
                "sewer": pd.DataFrame(
                    {
                        "asset_id": ["a", "b"],
                        "length_m": 1000.0,
                        "install_year": 1980,
                        "structural_grade": [grade, grade],
                        "inspection_year": [2010, 2018],
                    }
                )
            },
            [("sewer", "a", 2005), ("sewer", "b", 2020)],
        )
        for grade in ("1", "4")
    ]
    best, worst = (make_history(stock, SEWER, AsOf(2020)) for stock in made)
    for year, differs in ((2008, [False, False]), (2015, [True, False])):
        rates = [h.cut(year).prior.expected(year) for h in (best, worst)]
        assert (rates[0] != rates[1]).tolist() == differs


@pytest.mark.parametrize(
    ("date", "as_of", "past"),
    [
        ("2026-06-30", 2025, False),
        ("2026-06-30", 2024, True),
        ("2025-12-20", 2024, True),
        ("2025-12-20", 2025, False),
    ],
)
def test_a_running_year_is_not_the_past(date: str, as_of: int, past: bool) -> None:
    """Records within the year after the as-of year leave it the present one."""
    stock = inventory({}, [("water_pipe", "a", int(date[:4]))])
    stock = replace(stock, failures=stock.failures.assign(date=date))
    assert is_past(stock, as_of) is past
