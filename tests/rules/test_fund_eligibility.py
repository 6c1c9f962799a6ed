"""Fund eligibility: who may pay for what, one reason at a time."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.schedule import Breach
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 500}), "B27": hand.work("B", 2027)}
PACKAGE = {
    "nature": "quasi_public",
    "ownership": "operator",
    "legal_owner": "north",
    "borrower": "north",
}
ALLOWED: list[dict[str, Any]] = [
    {},
    {"natures": "public;quasi_public"},
    {"ownerships": "residents; operator"},
    {"asset_classes": "gas_pipe;heating_pipe"},
    {"owner_only": True, "owner": "north"},
    {"owner_only": False, "owner": "south"},
    {"borrower": "north"},
]
FORBIDDEN: list[dict[str, Any]] = [
    {"natures": "public"},
    {"ownerships": "public;residents"},
    {"asset_classes": "gas_pipe"},
    {"owner_only": True, "owner": "south"},
    {"borrower": "south"},
]


def _problem(terms: dict[str, Any]) -> Problem:
    return hand.problem(
        WORKS,
        packages={"P1": PACKAGE},
        projects={"B": {"asset_class": "heating_pipe"}},
        funds={"f": terms},
    )


@pytest.mark.parametrize("terms", ALLOWED)
def test_fund_that_may_pay(terms: dict[str, Any]) -> None:
    """A draw from a fund whose terms fit the package is good."""
    problem = _problem(terms)
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "f", 500)])
    assert hand.breaches(problem, "fund_eligibility", plan) == []
    assert hand.notes(problem, "fund_eligibility") == []


@pytest.mark.parametrize("terms", FORBIDDEN)
def test_fund_that_may_not_pay(terms: dict[str, Any]) -> None:
    """There is no column for the draw; the check names package, fund and year."""
    problem = _problem(terms)
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "f", 1)])
    with pytest.raises(KeyError):
        hand.breaches(problem, "fund_eligibility", plan)
    assert problem.policy.first("fund_eligibility").check(problem, plan) == [
        Breach("fund_eligibility", "P1 f 2027", 0, 0.01)
    ]
    assert hand.notes(problem, "fund_eligibility") == ["rule.fund_unused"]


@pytest.mark.parametrize("draw", [("P9", 2027, "f", 5), ("P1", 2027, "g", 5)])
def test_unknown_package_or_fund(draw: tuple[str, int, str, int]) -> None:
    """Money for nobody, or from nowhere, is a breach."""
    problem = _problem({})
    plan = hand.plan(problem, [], [draw])
    found = problem.policy.first("fund_eligibility").check(problem, plan)
    assert [breach.actual for breach in found] == [0.05]


def test_named_kinds_of_money_bind() -> None:
    """A package that names special bonds only may not be paid from fiscal money."""
    named = hand.problem(
        {"A27": hand.work("A", 2027, {2027: 1000})},
        packages={"P1": {"fund_kinds": "special_bond;bank_loan"}},
        funds=hand.FISCAL,
    )
    assert len(named.eligible_pairs) == 0
    plan = hand.plan(named, ["A27"], [("P1", 2027, "fiscal", 1000)])
    assert len(named.policy.first("fund_eligibility").check(named, plan)) == 1
