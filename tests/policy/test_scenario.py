"""Scenario: one file, every key known, every wrong value named with its key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from renewopt.core.errors import InputError, Message
from renewopt.rules.scenario import parse_scenario, read_scenario

ROOT = Path(__file__).resolve().parents[2]
LEAST = {"inventory": ".", "start_year": 2027, "years": 5}


def refused(**keys: Any) -> list[Message]:
    """Parse what must be refused; give what was said."""
    with pytest.raises(InputError) as error:
        parse_scenario(LEAST | keys, "scenario.toml")
    return list(error.value.messages)


def test_what_is_left_out_has_a_default() -> None:
    """Source, first year and number of years are enough."""
    scenario = parse_scenario(LEAST, "scenario.toml")
    assert scenario.benefit_years_beyond == 10
    assert scenario.objective.weights == {"risk_removed": 1.0}
    assert (scenario.solve.gap, scenario.solve.engine) == (0.005, "auto")
    assert scenario.fund == scenario.rule == ()


@pytest.mark.parametrize("name", ["demo-county", "small-town"])
def test_shipped_scenarios_are_read(name: str) -> None:
    """The scenarios that travel with the program have money, packs and rules."""
    scenario = read_scenario(ROOT / "inventories" / name / "scenario.toml")
    assert scenario.packs
    assert all(sum(fund.amount.values()) > 0 for fund in scenario.fund)


def test_amounts_are_exact() -> None:
    """Money is read as decimals: 0.1 is a tenth."""
    entry = {"id": "f", "kind": "local_fiscal", "amount": {"2027": 0.1}}
    scenario = parse_scenario(LEAST | {"fund": [entry]}, "scenario.toml")
    assert scenario.fund[0].amount == {2027: Decimal("0.1")}


@pytest.mark.parametrize(
    ("keys", "code", "key"),
    [
        ({"yaers": 5}, "catalogue.unknown_key", "yaers"),
        ({"solve": {"gaps": 1}}, "catalogue.unknown_key", "solve.gaps"),
        ({"county": {"nam": "x"}}, "catalogue.unknown_key", "county.nam"),
        (
            {"fund": [{"id": "f", "kind": "k", "amount": {}, "rate": 1}]},
            "catalogue.unknown_key",
            "fund[f].rate",
        ),
        (
            {"fund": [{"id": "f", "kind": "k"}]},
            "catalogue.missing_key",
            "fund[f].amount",
        ),
        (
            {"fund": [{"id": "f", "kind": "k", "amount": {"2027": "much"}}]},
            "catalogue.wrong_kind",
            "fund[f].amount.2027",
        ),
        (
            {"fund": [{"id": "f", "kind": "k", "amount": {}, "carry_over": -2}]},
            "catalogue.bad_value",
            "fund[f].carry_over",
        ),
        (
            {"existing_debt": [{"fund": "f", "repaid": {"2027": -1}}]},
            "catalogue.bad_value",
            "existing_debt[1].repaid.2027",
        ),
        ({"years": 0}, "catalogue.bad_value", "years"),
        ({"years": "5 years"}, "catalogue.wrong_kind", "years"),
        ({"rule": ["one_work"]}, "catalogue.wrong_kind", "rule[1]"),
    ],
)
def test_wrong_keys_are_named(keys: dict[str, Any], code: str, key: str) -> None:
    """Unknown keys and bad values are refused with file and dotted key."""
    (item,) = refused(**keys)
    assert (item.code, item.params["key"]) == (code, key)
    assert item.params["file"] == "scenario.toml"


def test_known_keys_are_told() -> None:
    """A misspelt key comes with the keys that there are."""
    (item,) = refused(yaers=5)
    assert {"years", "start_year", "inventory"} <= set(item.params["known"])


def test_a_missing_year_is_named() -> None:
    """The first year has no default."""
    with pytest.raises(InputError) as error:
        parse_scenario({"inventory": "."}, "scenario.toml")
    assert [(m.code, m.params["key"]) for m in error.value.messages] == [
        ("catalogue.missing_key", "start_year"),
        ("catalogue.missing_key", "years"),
    ]


def test_there_is_a_source() -> None:
    """Neither an inventory nor a project list is refused."""
    (item,) = refused(inventory="")
    assert item.code == "scenario.source"


def test_a_file_is_named_where_it_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, bad syntax and other encodings are named."""
    path = tmp_path / "scenario.toml"
    for content, code in (
        (None, "file.missing"),
        ("years = ", "toml.syntax"),
        ("name = '县'".encode("gb18030"), "toml.syntax"),
    ):
        if content is not None:
            path.write_bytes(
                content if isinstance(content, bytes) else content.encode()
            )
        with pytest.raises(InputError) as error:
            read_scenario(path)
        assert error.value.messages[0].code == code


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    """Files saved by a Windows editor are read."""
    path = tmp_path / "scenario.toml"
    text = '\ufeffinventory = "."\nstart_year = 2027\nyears = 5\n'
    path.write_text(text, encoding="utf-8")
    assert read_scenario(path).years == 5
