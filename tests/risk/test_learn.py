"""What failure records change, and what they may not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.risk.learn import own_shape
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()


def _half_and_half(count: int = 400) -> pd.DataFrame:
    """Make pipes of equal age, half PE and half PVC: one expert group."""
    half = count // 2
    material = ["pe"] * half + ["pvc"] * half
    return pipes(count, material=material, install_year=2000, length_m=5000.0)


def _score(
    frame: pd.DataFrame, failures: list[tuple[str, str, int]], as_of: int = 2025
) -> risk.RiskTable:
    made = inventory({"water_pipe": frame}, failures)
    return risk.score(made, CATALOGUE, as_of, 3)


def _spread(assets: pd.Series, count: int) -> list[tuple[str, str, int]]:
    """Make `count` failures, one per asset in turn, over 2016–2025."""
    return [
        ("water_pipe", str(assets.iloc[i % len(assets)]), 2016 + i % 10)
        for i in range(count)
    ]


def test_without_records_the_expert_rate_stays() -> None:
    """No factor, all expert, and the class says so."""
    result = _score(_half_and_half(), [])
    assert (result.assets["rate_multiplier"] == 1).all()
    assert (result.assets["expert_share"] == 1).all()
    assert result.assets["reasons"].str.contains("expert_only").all()
    codes = [note.code for note in result.notes]
    assert codes == ["risk.far_ahead", "risk.no_records"]


def test_the_material_that_fails_more_goes_up() -> None:
    """Many failures on PVC, few on PE: factors part, and the whole is met."""
    frame = _half_and_half()
    pe, pvc = frame["asset_id"][:200], frame["asset_id"][200:]
    failures = _spread(pvc, 600) + _spread(pe, 60)
    result = _score(frame, failures)
    factor = result.assets["rate_multiplier"].to_numpy()
    assert factor[200:].mean() > 3 * factor[:200].mean()
    assert "learned_up" in result.assets["reasons"].iloc[250]
    year = result.table[result.table["year"] == 2026]
    assert year["expected_failures"].sum() == pytest.approx(66, rel=0.15)
    # Class and kinds are known; what a single pipe differs by is a half of the rest.
    assert 1 / 3 < result.assets["expert_share"].max() < 0.5
    assert [note.code for note in result.notes] == ["risk.learned"]


def test_few_records_move_little() -> None:
    """Two failures on ten short pipes leave most to the expert."""
    frame = pipes(10, material="pe", install_year=2000, length_m=500.0)
    failures = [("water_pipe", "p0000", 2020), ("water_pipe", "p0001", 2024)]
    result = _score(frame, failures)
    assert result.assets["expert_share"].min() > 0.5
    assert result.assets["rate_multiplier"].between(0.7, 2.0).all()


def test_own_failures_raise_an_asset_above_its_kind() -> None:
    """The asset with five failures is expected to fail more than its neighbours."""
    frame = _half_and_half()
    failures = _spread(frame["asset_id"], 80) + [("water_pipe", "p0007", 2021)] * 5
    assets = _score(frame, failures).assets.set_index("asset_id")
    assert assets.loc["p0007", "rate_multiplier"] == assets["rate_multiplier"].max()
    assert "own_failures" in str(assets.loc["p0007", "reasons"])
    quiet = assets.loc["p0150":"p0160", "rate_multiplier"]
    assert assets.loc["p0007", "rate_multiplier"] > 1.3 * quiet.max()


def test_no_future_record_leaks() -> None:
    """Records after the as-of year change nothing but the note."""
    frame = _half_and_half()
    past = _spread(frame["asset_id"], 100)
    future = [("water_pipe", "p0003", 2026)] * 50
    without, with_future = _score(frame, past), _score(frame, past + future)
    pd.testing.assert_frame_equal(without.table, with_future.table)
    pd.testing.assert_frame_equal(without.assets, with_future.assets)
    notes = {note.code: note.params for note in with_future.notes}
    assert notes["risk.records_after"]["count"] == 50


def test_only_future_records_are_no_records() -> None:
    """A class whose records all lie ahead is scored by the expert."""
    frame = pipes(material="pe", install_year=2000)
    result = _score(frame, [("water_pipe", "p0000", 2030)])
    assert (result.assets["rate_multiplier"] == 1).all()
    assert {note.code for note in result.notes} == {
        "risk.records_after",
        "risk.no_records",
    }


def test_records_of_the_pipe_before_are_not_held_against_the_new_one() -> None:
    """A record from before the installation year does not count."""
    frame = pipes(2, material="pe", install_year=2020)
    old = [("water_pipe", "p0000", 2018)]
    assert (_score(frame, old).assets["rate_multiplier"] == 1).all()


def test_records_of_predecessors_alone_are_counted() -> None:
    """Twenty years before, parted by the reader or not: said; with own ones not."""
    frame = pipes(2, material="pe", install_year=2020)
    old = [("water_pipe", "p0000", year) for year in range(1990, 2010)]
    made = inventory({"water_pipe": frame}, old)
    parted = replace(
        made, failures=made.failures[:5], predecessor_failures=made.failures[5:]
    )
    for stock in (made, parted):
        notes = risk.score(stock, CATALOGUE, 2025, 3).notes
        told = {note.code: note.params for note in notes}
        assert told["risk.predecessors"]["count"] == 20
        assert "risk.no_records" in told
    notes = _score(frame, [*old, ("water_pipe", "p0001", 2023)]).notes
    assert "risk.predecessors" not in {note.code for note in notes}


def test_other_classes_and_unknown_assets_are_left_out() -> None:
    """Only records of an asset of the class count."""
    others = [("gas_pipe", "p0000", 2020), ("water_pipe", "p9999", 2020)]
    assert (_score(pipes(), others).assets["rate_multiplier"] == 1).all()


def test_learning_keeps_the_rate_monotone_in_age() -> None:
    """The factor of an asset is the same in every year."""
    frame = _half_and_half()
    table = _score(frame, _spread(frame["asset_id"], 200)).table
    by_year = table["expected_failures"].to_numpy().reshape(len(frame), 3)
    assert (np.diff(by_year, axis=1) > 0).all()


def test_learning_narrows_the_interval() -> None:
    """What is learned is more certain than what is assumed."""
    frame = _half_and_half()
    assumed = _score(frame, []).table
    learned = _score(frame, _spread(frame["asset_id"], 300)).table
    wide = (assumed["high"] / assumed["low"]).iloc[0]
    narrow = (learned["high"] / learned["low"]).iloc[0]
    assert narrow < 0.8 * wide


def test_order_of_rows_does_not_matter() -> None:
    """Shuffled assets and records give the same table."""
    frame = _half_and_half()
    failures = _spread(frame["asset_id"], 100)
    first = _score(frame, failures)
    second = _score(frame.sample(frac=1, random_state=1), failures[::-1])
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.assets, second.assets)


def test_shape_matches_the_expert_interval() -> None:
    """Gamma(a, a) has the coefficient of variation of the lognormal."""
    assert own_shape(np.log(2)) == pytest.approx(1.0)
