"""What a duty left out lacks: its money by source, and a date that follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.explain import Lack, lacking
from renewopt.text import render
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 20_000}, duration=2)}
FUNDS = hand.FISCAL | {"own": {"kind": "operator_fund", "capital": True}}


def _lack(money: dict[str, dict[int, int]], **more: Any) -> Lack:
    problem = hand.problem(WORKS, [], funds=FUNDS, money=money, **more)
    return lacking(problem, hand.plan(problem, [], []), ["A"])["A"]


def test_money_that_is_left_is_not_missing() -> None:
    """200 万元 less 60 of the county and 40.45 of the company: 99.55 are missing."""
    found = _lack({"fiscal": {2027: 6000}, "own": {2028: 4045}})
    assert (found.cost, found.missing) == (20_000, 9955)
    assert found.left == {"fiscal": 6000, "own": 4045}
    # 100.45 in three years are 33.48 a year: three years of it make up for 99.55, so
    # that work starts in the third year after the plan and ends in the fourth.
    assert found.year == 2033
    assert "99.55" in render(found.why, "en")
    assert "99.55" in render(found.why, "zh")


def test_rules_stand_against_it_where_money_is_left() -> None:
    """200 万元 are there: nothing is missing, and it may begin right after the plan."""
    found = _lack({"fiscal": {2027: 20_000}, "own": {}})
    assert (found.missing, found.year, found.why.code) == (0, 2031, "lack.rules")


def test_a_package_that_is_not_ready_begins_later() -> None:
    """Approval in 2035 puts the start there."""
    ready = {"P1": {"first_start": 2035}}
    found = _lack({"fiscal": {2027: 20_000}, "own": {}}, packages=ready)
    assert found.year == 2036


@pytest.mark.parametrize("money", [{"fiscal": {}, "own": {}}])
def test_no_money_no_date(money: dict[str, dict[int, int]]) -> None:
    """Without a fund that brings anything no date is made up."""
    found = _lack(money)
    assert (found.missing, found.year, found.why.code) == (
        20_000,
        None,
        "lack.no_money",
    )


@pytest.mark.parametrize(("income", "review", "missing"), [
    (0, "passed", 20_000), (5_000, "", 20_000), (5_000, "passed", 10_000),
])  # fmt: skip
def test_a_bond_that_the_package_may_not_have_is_not_left_for_it(
    income: int, review: str, missing: int
) -> None:
    """100 万元 of bonds are left, for packages with income and a passed review."""
    rules = [
        {"kind": "coverage", "id": "c", "funds": ["bond"], "planning_coupon_bp": 300},
        {"kind": "bond_review", "id": "r", "funds": ["bond"]},
    ]
    bond = {"kind": "special_bond", "debt": True, "tenor_years": 10}
    stands = {"net_income_per_year": income, "operation_start": 2029}
    problem = hand.problem(
        WORKS, rules, funds={"bond": bond}, money={"bond": {2029: 10_000}},
        packages={"P1": stands | {"bond_review": review}},
    )  # fmt: skip
    found = lacking(problem, hand.plan(problem, [], []), ["A"])["A"]
    assert found.missing == missing
