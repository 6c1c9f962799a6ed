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
