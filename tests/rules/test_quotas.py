"""Quotas: the county's part of a national amount binds; none is made up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from renewopt import catalogue
from renewopt.core.errors import InputError
from renewopt.rules.assemble import assemble
from renewopt.rules.quotas import open_quotas, quota_rules
from renewopt.rules.scenario import parse_scenario
from tests.optimise.small import Fund, Work, small
from tests.optimise.test_binding import decide

MODELS = catalogue.load()
PACKS = [MODELS.packs["national-15fyp"]]
WATER, GAS = Work("A27", (100,), 100), Work("B27", (100,), 60)
SIZES = {
    "A": {"asset_class": "water_pipe", "length_m": 2000.0},
    "B": {"asset_class": "gas_pipe", "length_m": 1500.0},
}


def plan(**quotas: Any) -> list[str]:
    """Plan with money for one of two pipes; the water pipe is worth more."""
    rules, problems = quota_rules(quotas, PACKS, "scenario.toml")
    assert problems == []
    problem = small([WATER, GAS], {"fiscal": Fund((100, 0))}, rules, projects=SIZES)
    return decide(problem).works


def test_the_countys_part_binds() -> None:
    """1.5 km of gas by 2028 are stated: the gas goes first; in the last year too."""
    assert plan() == ["A27"]
    assert plan(**{"networks-gas": {2028: Decimal("1.5")}}) == ["B27"]


def test_it_does_not_bind() -> None:
    """Nothing asked of gas, water met anyway, and what is due only after the plan."""
    for quotas in (
        {"networks-gas": {2028: Decimal(0)}},
        {"networks-water": {2028: Decimal("1.5")}},
        {"networks-gas": Decimal("1.5")},
        {"compounds": {2028: Decimal(1)}},
    ):
        assert plan(**quotas) == ["A27"]


def test_a_part_becomes_a_target_with_its_clause() -> None:
    """Kilometres are metres, items are projects; the rule can be switched off."""
    data = {"inventory": ".", "start_year": 2027, "years": 4}
    data["quotas"] = {"networks-gas": {"2028": 6.5, "2030": 12.5}, "compounds": 30}
    policy = assemble(parse_scenario(data, "s"), PACKS, MODELS.fund_kinds)
    made = {rule.id: rule for rule in policy.rules}
    gas, compounds = made["quota-networks-gas"], made["quota-compounds"]
    assert (gas.measure, gas.amount) == ("length_m", {2028: 6500, 2030: 12_500})
    assert (compounds.measure, compounds.amount) == ("projects", {2030: 30})
    assert "11.5万个" in compounds.cites
    off = parse_scenario(data | {"off": ["quota-compounds"]}, "s")
    left = {rule.id for rule in assemble(off, PACKS, MODELS.fund_kinds).rules}
    assert {"quota-networks-gas", "quota-compounds"} & left == {"quota-networks-gas"}


@pytest.mark.parametrize(
    ("quotas", "code"),
    [
        ({"networks-steam": 3}, "scenario.quota_unknown"),
        ({"networks-gas": 1.23456}, "scenario.quota_amount"),
        ({"compounds": 1.5}, "scenario.quota_amount"),
        ({"compounds": -1}, "scenario.quota_amount"),
        ({"compounds": {"2031": 3}}, "scenario.quota_amount"),
    ],
)
def test_bad_parts_are_refused(quotas: dict[str, Any], code: str) -> None:
    """No such quota, too fine, negative, after the document's years."""
    data = {"inventory": ".", "start_year": 2027, "years": 4, "quotas": quotas}
    with pytest.raises(InputError) as caught:
        assemble(parse_scenario(data, "s"), PACKS, MODELS.fund_kinds)
    assert [m.code for m in caught.value.messages] == [code]


def test_nothing_is_made_up_where_no_part_is_stated() -> None:
    """Without parts there is no target; each quota that is open is named."""
    data = {"inventory": ".", "start_year": 2027, "years": 4}
    policy = assemble(parse_scenario(data, "s"), PACKS, MODELS.fund_kinds)
    assert policy.of_kind("target") == []
    part = {"compounds": Decimal(3)}
    found = open_quotas(part, PACKS, MODELS.asset_classes)
    assert open_quotas({}, PACKS, ["heating_pipe"])[0].params["amount"] == 120_000
    named = {m.params["key"] for m in found}
    assert named == {
        f"quotas.networks-{name}"
        for name in ("gas", "water", "heating", "drainage", "sewage")
    }
