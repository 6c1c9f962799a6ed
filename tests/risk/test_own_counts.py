"""An asset's own count of failures, over the years that its heading states."""

from __future__ import annotations

import numpy as np
import pytest

from renewopt import catalogue, risk
from renewopt.catalogue import AssetClass
from renewopt.catalogue.hazard import Hazard
from renewopt.risk.own_counts import own_counts
from renewopt.risk.points import score_points
from tests.risk.making import inventory, pipes

KNOWN = catalogue.load()
WATER: AssetClass = KNOWN.asset_classes["water_pipe"]


def rates(**columns: object) -> list[float]:
    """Give the failures of the first year of three kilometres of one kind."""
    frame = pipes(3, material="steel", install_year=1995, **columns)
    scored = risk.score(inventory({"water_pipe": frame}), KNOWN, 2025, 1)
    return [float(value) for value in scored.table["expected_failures"]]


def test_the_first_count_that_a_row_has_counts() -> None:
    """Five years come before three; a row without either has none."""
    frame = pipes(3, events_5y=[4, None, None], events_3y=[9, 2, None])
    seen, years = own_counts(frame, WATER, 2025)
    np.testing.assert_array_equal(seen, [4, 2, np.nan])
    np.testing.assert_array_equal(years, [5, 3, np.nan])


def test_a_count_moves_the_rate_of_its_own_asset_only() -> None:
    """Many bursts raise a pipe's rate, none lower it; without a count nothing moves."""
    plain = rates()
    counted = rates(events_5y=[9, 0, None])
    assert counted[0] > 2 * plain[0]
    assert counted[1] < plain[1]
    assert counted[2] == plain[2]


def test_the_same_count_in_fewer_years_weighs_more() -> None:
    """Six bursts in three years are a higher rate than six in five."""
    five = rates(events_5y=[6, None, None])[0]
    three = rates(events_3y=[6, None, None])[0]
    assert three > five > rates()[0]


@pytest.mark.parametrize("column", ["repairs", "leaks", "bursts"])
def test_a_count_without_years_moves_nothing(column: str) -> None:
    """爆管次数 of nobody knows which years is described, not reckoned with."""
    assert rates(**{column: [9, 9, 9]}) == rates()


def test_points_take_the_count_of_a_pipe() -> None:
    """Without records the bureau's own count is the failures per km and year."""
    found = {}
    for name, columns in {"without": {}, "with": {"events_5y": [5]}}.items():
        stock = inventory({"water_pipe": pipes(1, material="steel", **columns)})
        table = score_points(stock, KNOWN, 2025).assets
        found[name] = table["likelihood_points"].iloc[0], table["known_share"].iloc[0]
    assert found["with"][1] > found["without"][1]
    assert found["with"][0] > found["without"][0]


def test_one_record_as_bureaus_wrote_it_is_a_list_of_one() -> None:
    """`[hazard.record]` in a class file of a bureau still counts."""
    data = WATER.hazard.model_dump(mode="json")
    data["record"] = data["record"][0]
    again = Hazard.model_validate(data)
    assert [item.column for item in again.record] == ["events_5y"]


def test_a_damaged_coating_raises_the_rate_of_steel_only() -> None:
    """The multiplier binds for steel with a damaged coating, and for nothing else."""
    found = []
    for material, state in [("steel", "good"), ("steel", "damaged"), ("pe", "damaged")]:
        frame = pipes(1, material=material, install_year=1995, coating_state=state)
        scored = risk.score(inventory({"gas_pipe": frame}), KNOWN, 2025, 1)
        found.append(float(scored.table["expected_failures"].iloc[0]))
    plain = pipes(1, material="pe", install_year=1995)
    bare = risk.score(inventory({"gas_pipe": plain}), KNOWN, 2025, 1)
    assert found[1] == pytest.approx(1.5 * found[0])
    assert found[2] == pytest.approx(float(bare.table["expected_failures"].iloc[0]))


def test_a_count_covers_the_years_of_a_life_only() -> None:
    """Two years old: its count of five years is one of two or three."""
    frame = pipes(3, install_year=[1990, 2024, 2030], events_5y=2)
    _, years = own_counts(frame, WATER, 2025)
    np.testing.assert_array_equal(years, [5, 2, 1])


def test_a_count_from_before_a_renewal_is_left_out() -> None:
    """It is partly of the pipe that stood there before, and that is said."""
    frame = pipes(
        3, install_year=1970, renewed_year=[2023, 2005, None], events_5y=[6, 6, None]
    )
    seen, _ = own_counts(frame, WATER, 2025)
    np.testing.assert_array_equal(seen, [np.nan, 6, np.nan])
    scored = risk.score(inventory({"water_pipe": frame}), KNOWN, 2025, 1)
    said = [n.params for n in scored.notes if n.code == "risk.count_of_predecessor"]
    assert [item["count"] for item in said] == [1]
