"""Debt limit: what is owed at each year's end, rounded up to the unit."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 1000, 2028: 1000})}
BULLET = {"debt": True, "tenor_years": 2, "coupon_bp": 300}
EQUAL = {"debt": True, "tenor_years": 4, "grace_years": 1, "repayment": "equal"}


def _problem(
    terms: dict[str, Any], limit: dict[str, float], debt: list[hand.Row] | None = None
) -> Problem:
    rule = {"kind": "debt_limit", "id": "limit", "funds": ["bond"], "limit": limit}
    return hand.problem(WORKS, [rule], funds=hand.FISCAL | {"bond": terms}, debt=debt)


def _judge(problem: Problem, *issued: int) -> list[Breach]:
    draws = [("P1", 2027 + i, "bond", n) for i, n in enumerate(issued) if n]
    return hand.breaches(problem, "debt_limit", hand.plan(problem, ["A27"], draws))


def test_issues_add_up_until_repaid() -> None:
    """10 in 2027 and 5 in 2028 are 15 at the end of 2028; 2029 repays the 10."""
    problem = _problem(BULLET, {"2027": 10, "2028": 15, "2029": 5})
    assert _judge(problem, 1000, 500) == []
    assert _judge(problem, 1000, 501) == [
        Breach("limit", "2028", 15.0, 15.01),
        Breach("limit", "2029", 5.0, 5.01),
    ]
    assert _judge(problem, 1001, 0) == [Breach("limit", "2027", 10.0, 10.01)]


def test_existing_debt_is_in_the_balance() -> None:
    """4 万元 owed are repaid in 2028 (3) and 2030 (1): 4, 1 and 1 at year ends."""
    debt = [
        {"fund_id": "bond", "year": 2028, "repaid": 300, "interest": 10},
        {"fund_id": "bond", "year": 2030, "repaid": 100, "interest": 10},
    ]
    problem = _problem(BULLET, {"2027": 6, "2028": 3, "2029": 1}, debt)
    assert _judge(problem, 200) == []
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "bond", 200)])
    assert hand.findings(problem, "debt_limit", plan) == [
        Finding("limit", "2027", 6.0, 6.0),
        Finding("limit", "2028", 3.0, 3.0),
        Finding("limit", "2029", 1.0, 1.0),
    ]
    assert [b.where for b in _judge(problem, 201)] == ["2027", "2028"]


@pytest.mark.parametrize(("issued", "owed"), [(300, 2.0), (301, 2.01), (302, 2.02)])
def test_thirds_are_rounded_up(issued: int, owed: float) -> None:
    """A third is repaid in 2029; what is left is rounded up to 0.01 万元."""
    problem = _problem(EQUAL, {"2029": 2})
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "bond", issued)])
    assert [f.used for f in hand.findings(problem, "debt_limit", plan)] == [owed]
    assert bool(_judge(problem, issued)) is (owed > 2)


def test_refusals() -> None:
    """Unknown funds, funds that are no debt, and strange years are refused."""
    rule = {
        "kind": "debt_limit",
        "id": "limit",
        "funds": ["bnod", "fiscal"],
        "limit": {"2026": 1, "2027": -1, "2028": 0.001},
    }
    problem = hand.problem(WORKS, [rule], funds=hand.FISCAL | {"bond": BULLET})
    assert [code for code, _ in hand.refusals(problem, "debt_limit")] == [
        "rule.unknown_fund",
        "rule.not_debt",
        "rule.year_outside",
        "rule.negative",
        "rule.too_fine",
    ]
