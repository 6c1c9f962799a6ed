"""Years in which nobody recorded anything are not years without failures."""

from __future__ import annotations

import numpy as np
import pytest

from renewopt import catalogue, risk
from renewopt.inventory import Inventory
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import make_history
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
SIZE, RATE = 300, 0.1


def _stock(years: list[int], stray: int = 0) -> Inventory:
    draw = np.random.default_rng(5)
    rows = [
        ("water_pipe", f"p{asset:04d}", year)
        for year in years
        for asset in np.flatnonzero(draw.poisson(RATE, SIZE))
    ]
    if stray:
        rows.append(("water_pipe", "p0000", stray))
    frame = pipes(SIZE, material="pe", install_year=1985)
    return inventory({"water_pipe": frame}, rows)


@pytest.mark.parametrize(
    ("years", "stray", "as_of", "code"),
    [
        (list(range(2011, 2018)), 0, 2025, "risk.not_recorded"),
        ([*range(2011, 2013), *range(2021, 2026)], 0, 2025, "risk.recorded_from"),
        (list(range(2011, 2026)), 0, 2030, "risk.not_recorded"),
        ([*range(2011, 2024), 2025], 0, 2025, "risk.not_recorded"),
        (list(range(2020, 2026)), 2012, 2025, "risk.recorded_from"),
    ],
    ids=["ended", "gap", "future", "silent", "stray"],
)
def test_gaps_in_recording_do_not_lower_the_rate(
    years: list[int], stray: int, as_of: int, code: str
) -> None:
    """The rate is that of the years with records, and the user is told."""
    scored = risk.score(_stock(years, stray), CATALOGUE, as_of, 1)
    total = scored.table["expected_failures"].sum()
    assert total == pytest.approx(SIZE * RATE, rel=0.3)
    assert code in {note.code for note in scored.notes}


def test_whole_records_say_nothing_of_gaps() -> None:
    """Fifteen years of records: no note, and every year counts."""
    scored = risk.score(_stock(list(range(2011, 2026))), CATALOGUE, 2025, 1)
    assert not {"risk.not_recorded", "risk.recorded_from"} & {
        note.code for note in scored.notes
    }


def test_few_records_claim_no_gap() -> None:
    """Three failures in ten years are few failures, not gaps."""
    frame = pipes(20, material="pe", install_year=1985)
    rows = [("water_pipe", "p0000", year) for year in (2014, 2017, 2019)]
    scored = risk.score(inventory({"water_pipe": frame}, rows), CATALOGUE, 2025, 1)
    assert "risk.not_recorded" not in {note.code for note in scored.notes}
    learned = [n.params for n in scored.notes if n.code == "risk.learned"]
    assert [n["first"] for n in learned] == [2014]


def test_a_history_gives_silent_years_no_exposure() -> None:
    """What models learn from leaves them out too."""
    history = make_history(_stock([*range(2011, 2024), 2025]), WATER, AsOf(2025))
    assert history.silent == {2024}
    assert history.exposed(2025, None)[0] == pytest.approx(14.0)
    assert 2024 not in history.recorded_years


def test_one_old_record_does_not_vouch_for_the_years_after() -> None:
    """A failure of 2012 alone leaves the rates where one of 2025 leaves them."""
    frame = pipes(30, material="grey_cast_iron", install_year=1970)
    factors = {}
    for year in (2012, 2025):
        stock = inventory({"water_pipe": frame}, [("water_pipe", "p0000", year)])
        scored = risk.score(stock, CATALOGUE, 2025, 1)
        factors[year] = scored.assets["rate_multiplier"].mean()
        told = "risk.not_recorded" in {note.code for note in scored.notes}
        assert told is (year == 2012)
    assert factors[2012] == pytest.approx(factors[2025], rel=0.15)


def test_a_year_of_many_records_leaves_the_others_usual() -> None:
    """A catch-all number of 120 records does not throw fifteen years away."""
    rows = [("water_pipe", f"p{i:04d}", y) for y in range(2010, 2026) for i in range(6)]
    rows += [("water_pipe", "p0099", 2024)] * 120
    frame = pipes(100, material="pe", install_year=1985)
    scored = risk.score(inventory({"water_pipe": frame}, rows), CATALOGUE, 2025, 1)
    notes = {note.code: note.params for note in scored.notes}
    assert notes["risk.learned"]["first"] == 2011
    assert "risk.recorded_from" not in notes
    assert notes["risk.one_asset"]["asset"] == "p0099"
