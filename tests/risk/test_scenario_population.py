"""The population of a scenario reaches the risk that a plan removes."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.core.errors import InputError
from renewopt.road import prepare
from renewopt.rules.scenario import parse_scenario, read_scenario

TOWN = Path(__file__).resolve().parents[2] / "inventories" / "small-town"


def test_a_shrinking_county_has_less_risk_to_remove(tmp_path: Path) -> None:
    """A scenario with half the people has less service to lose, and as much repair."""
    text = (TOWN / "scenario.toml").read_text(encoding="utf-8")
    text = text.replace('inventory = "."', f'inventory = "{TOWN.as_posix()}"')
    plain = tmp_path / "plain.toml"
    plain.write_text(text, encoding="utf-8")
    year = read_scenario(plain).start_year
    shrunk = tmp_path / "shrunk.toml"
    line = f"[county]\npopulation_index = {{ {year} = 0.5 }}"
    shrunk.write_text(text.replace("[county]", line), encoding="utf-8")
    before, after = (prepare(path)[0].risk for path in (plain, shrunk))
    assert before is not None
    assert after is not None
    ratio = after.table["cof_service"].sum() / before.table["cof_service"].sum()
    assert ratio == pytest.approx(0.5)
    assert after.table["cof_repair"].equals(before.table["cof_repair"])


def test_heads_are_a_share_of_the_population_stated(tmp_path: Path) -> None:
    """11,000 of the 12,000 people of the county leave 11/12 of the service loss."""
    text = (TOWN / "scenario.toml").read_text(encoding="utf-8")
    text = text.replace('inventory = "."', f'inventory = "{TOWN.as_posix()}"')
    assert "population = 12000" in text
    path = tmp_path / "plain.toml"
    path.write_text(text, encoding="utf-8")
    year = read_scenario(path).start_year
    before = prepare(path)[0].risk
    line = f"[county]\npopulation_index = {{ {year} = 11000 }}"
    path.write_text(text.replace("[county]", line), encoding="utf-8")
    after = prepare(path)[0].risk
    assert before is not None
    assert after is not None
    ratio = after.table["cof_service"].sum() / before.table["cof_service"].sum()
    assert ratio == pytest.approx(11 / 12)


def test_a_population_of_nothing_is_refused() -> None:
    """An index of 0 or below is named with its key."""
    data = {
        "inventory": ".",
        "start_year": 2027,
        "years": 5,
        "county": {"population_index": {"2030": 0}},
    }
    with pytest.raises(InputError, match="population_index"):
        parse_scenario(data, "scenario.toml")
