"""What ships gives bonds as a finance bureau does: reviewed, covered, in round sums."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue, load
from renewopt.core.data import data_dir
from renewopt.inventory import read_project_list
from renewopt.projects.reviews import review
from renewopt.road.list_scenario import list_scenario
from renewopt.rules.assemble import assemble, policy_warnings
from renewopt.rules.policy import Policy
from renewopt.rules.scenario import Scenario, read_scenario
from tests.inventory.test_project_list import GOOD, book
from tests.optimise.small import Fund, Work, bond, small

ASKED = ("coverage", "bond_review", "negative_list")
ALSO = ("resident_limit", "source_limit", "emergency_reserve")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Give the packaged catalogue."""
    return load()


def _policy(scenario: Scenario, catalogue: Catalogue) -> Policy:
    packs = catalogue.named_packs(scenario.packs, "scenario.toml")
    return assemble(scenario, packs, catalogue.fund_kinds)


def _asks_of_bonds(policy: Policy, least_draw: int = 100) -> None:
    """Every special bond is under the rules and comes in steps of 10 万元."""
    funds = policy.funds[policy.funds["kind"] == "special_bond"]
    assert len(funds)
    assert (funds["least_draw"] == 100 * least_draw).all()
    assert (funds["step"] == 1000).all()
    for kind in ASKED:
        assert any("special_bond" in rule.fund_kinds for rule in policy.of_kind(kind))
    for kind in ALSO:
        assert policy.of_kind(kind)


@pytest.mark.parametrize("name", ["small-town", "demo-county"])
def test_shipped_counties_ask_what_a_bureau_asks(
    name: str, catalogue: Catalogue
) -> None:
    """Coverage, review, negative list; the county's bonds have the kind's own terms."""
    path = data_dir("inventories") / name / "scenario.toml"
    policy = _policy(read_scenario(path), catalogue)
    _asks_of_bonds(policy, 20 if name == "small-town" else 100)
    (band,) = policy.of_kind("debt_band")
    assert band.part_bp() == 10_000


def test_a_project_list_asks_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    """A list without scenario: the same rules, and no debt band, which no list has."""
    money = [["资金类别", 2027], ["专项债券", 1500]]
    listed = read_project_list(book(tmp_path / "l.xlsx", [GOOD], money), catalogue)
    policy = _policy(list_scenario(listed, catalogue.fund_kinds, "l.xlsx"), catalogue)
    _asks_of_bonds(policy)
    assert not policy.of_kind("debt_band")


@pytest.mark.parametrize(
    ("word", "read"),
    [("未通过", ""), ("不通过", ""), ("已通过", "passed"), ("2028年", "2028"),
     ("也许", "也许")],
)  # fmt: skip
def test_what_has_not_passed_is_nothing(word: str, read: str) -> None:
    """未通过 bars the bond as an empty cell does; other words are for the rule."""
    assert review(word) == read


def test_bonds_without_review_and_coverage_are_warned_about() -> None:
    """A special bond that no rule holds is named; one under both rules is not."""
    funds = {"bond": bond((100, 0))}
    rules = [
        {"kind": "coverage", "fund_kinds": ["special_bond"], "planning_coupon_bp": 450},
        {"kind": "bond_review", "fund_kinds": ["special_bond"]},
    ]
    wanted = {"policy.no_coverage", "policy.no_bond_review"}
    free = small([Work("A27", (100,))], funds)
    assert wanted <= {note.code for note in policy_warnings(free)}
    held = small([Work("A27", (100,))], funds, rules)
    codes = {note.code for note in policy_warnings(held)}
    assert not wanted & codes
    assert "rule.no_review" in codes
    passed = {"PA": {"bond_review": "2028"}}
    ready = small([Work("A27", (100,))], funds, rules, packages=passed)
    assert "rule.no_review" not in {note.code for note in policy_warnings(ready)}


def test_money_that_nothing_limits_is_warned_about() -> None:
    """Residents without a limit, old bonds that are owed nowhere, late income."""
    coverage = {
        "kind": "coverage",
        "fund_kinds": ["special_bond"],
        "planning_coupon_bp": 450,
        "income_years": 60,
    }
    limit = {
        "kind": "resident_limit",
        "fund_kinds": ["resident_fund"],
        "yuan_per_household": 1000,
    }
    past = {"package_id": "PA", "year": 2026, "fund_id": "bond"}
    old = {**past, "amount": 50, "received": 50}
    funds = {"bond": bond((100, 0)), "people": Fund((10, 0), kind="resident_fund")}
    work = [Work("A27", (100,))]
    wanted = {
        "policy.no_resident_limit",
        "policy.owed_nowhere",
        "rule.income_after_debt",
    }
    open_ = small(work, funds, [coverage], package_history=[old])
    assert wanted <= {note.code for note in policy_warnings(open_)}
    held = small(
        work,
        funds,
        [coverage | {"income_years": 2}, limit],
        package_history=[old],
        debt=[("bond", 2027, 50, 1)],
    )
    assert not wanted & {note.code for note in policy_warnings(held)}
