"""Capital share: enough of a package's cost is money that is not debt."""

from __future__ import annotations

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 600, 2028: 400, 2030: 900})}
FUNDS = hand.FISCAL | {"bond": {"debt": True, "tenor_years": 5}}
RULE = {"kind": "capital_share", "id": "capital", "min_bp": 2000}


def _judge(problem: Problem, capital: int) -> list[Breach]:
    draws = [
        ("P1", 2027, "bond", 600),
        ("P1", 2028, "fiscal", capital),
        ("P1", 2028, "bond", 400 - capital),
    ]
    return hand.breaches(problem, "capital_share", hand.plan(problem, ["A27"], draws))


def test_exactly_a_fifth_is_enough() -> None:
    """2 of 10 万元 are capital; the tail does not count."""
    problem = hand.problem(WORKS, [RULE], funds=FUNDS)
    assert _judge(problem, 200) == []
    assert _judge(problem, 199) == [Breach("capital", "P1", 2.0, 1.99)]


def test_history_counts() -> None:
    """5 万元 paid before the plan, 1.5 of it capital: 3 of 15 are due, 1.5 are left."""
    history = [
        {"package_id": "P1", "year": 2026, "cost": 500},
        {"package_id": "P1", "year": 2026, "fund_id": "fiscal", "received": 150},
    ]
    problem = hand.problem(WORKS, [RULE], funds=FUNDS, history=history)
    assert _judge(problem, 150) == []
    assert _judge(problem, 149) == [Breach("capital", "P1", 3.0, 2.99)]


def test_only_selected_packages_are_asked() -> None:
    """`where` speaks of packages; others may be all debt."""
    rule = RULE | {"where": {"nature": ["commercial"]}}
    problem = hand.problem(WORKS, [rule], funds=FUNDS)
    assert _judge(problem, 0) == []
    assert hand.notes(problem, "capital_share") == ["rule.selects_nothing"]


def test_room_left() -> None:
    """`explain` shows the capital against the least that is asked."""
    problem = hand.problem(WORKS, [RULE], funds=FUNDS)
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "fiscal", 500)])
    assert hand.findings(problem, "capital_share", plan) == [
        Finding("capital", "P1", 2.0, 5.0)
    ]
    assert hand.notes(problem, "capital_share") == []


def test_key_that_packages_do_not_have_is_refused() -> None:
    """A package has no asset class: selecting by it is refused, not ignored."""
    rule = RULE | {"where": {"asset_class": ["gas_pipe"]}}
    problem = hand.problem(WORKS, [rule], funds=FUNDS)
    (found,) = hand.refusals(problem, "capital_share")
    assert (found[0], found[1]["key"]) == ("rule.where_key", "asset_class")
