"""Fund share: a grant pays at most its share over a package's life."""

from __future__ import annotations

import pytest

from renewopt.audit import audit_schedule
from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: (600, 400), 2028: (400, 300), 2030: (900, 900)})
}
HISTORY = [
    {"package_id": "P1", "year": 2026, "cost": 500, "eligible_cost": 300},
    {"package_id": "P1", "year": 2026, "fund_id": "grant", "received": 250},
]


def _problem(base: str, history: list[hand.Row] | None = None) -> Problem:
    grant = {"capital": True, "max_share_bp": 5000, "share_base": base}
    return hand.problem(WORKS, funds=hand.FISCAL | {"grant": grant}, history=history)


def _judge(problem: Problem, granted: int) -> list[Breach]:
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "grant", granted)])
    return hand.breaches(problem, "fund_share", plan)


def test_share_of_the_eligible_cost() -> None:
    """Half of 4 + 3 万元 eligible; the tail of 2030 does not count."""
    problem = _problem("eligible")
    assert _judge(problem, 350) == []
    assert _judge(problem, 351) == [Breach("fund_share", "P1 grant", 3.5, 3.51)]


def test_share_of_the_cost() -> None:
    """Half of 6 + 4 万元 where the base is the cost."""
    problem = _problem("cost")
    assert _judge(problem, 500) == []
    assert _judge(problem, 501) == [Breach("fund_share", "P1 grant", 5.0, 5.01)]


def test_history_counts_on_both_sides() -> None:
    """3 万元 more base, 2.5 received already: (3 + 7) / 2 − 2.5 = 2.5 are left."""
    problem = _problem("eligible", HISTORY)
    assert _judge(problem, 250) == []
    assert _judge(problem, 251) == [Breach("fund_share", "P1 grant", 5.0, 5.01)]


def test_room_left() -> None:
    """`explain` shows received money against the share."""
    problem = _problem("eligible")
    plan = hand.plan(problem, ["A27"], [("P1", 2028, "grant", 100)])
    assert hand.findings(problem, "fund_share", plan) == [
        Finding("fund_share", "P1 grant", 3.5, 1.0)
    ]


def test_money_without_works_breaks_the_share() -> None:
    """With no chosen work the base is nothing, and so is the share."""
    problem = _problem("cost")
    plan = hand.plan(problem, [], [("P1", 2027, "grant", 1)])
    assert hand.breaches(problem, "fund_share", plan) == [
        Breach("fund_share", "P1 grant", 0.0, 0.01)
    ]


@pytest.mark.parametrize("past", [150, 151])
def test_past_grant_of_a_package_that_gets_no_more(past: int) -> None:
    """What was received before counts even where the fund may pay no more."""
    grant = {"max_share_bp": 5000, "share_base": "eligible", "natures": "commercial"}
    history = [HISTORY[0], HISTORY[1] | {"received": past}]
    problem = hand.problem(
        {"A27": hand.work("A", 2027)},
        funds=hand.FISCAL | {"grant": grant},
        history=history,
    )
    found = hand.breaches(problem, "fund_share", hand.plan(problem, []))
    assert [breach.actual for breach in found] == ([1.51] if past > 150 else [])


def test_saving_lowers_the_base() -> None:
    """1 万元 saved of a payment of 6, of which 4 eligible: the base falls by 0.66."""
    grant = {"capital": True, "max_share_bp": 10_000, "share_base": "eligible"}
    works = {
        "A27": hand.work("A", 2027, {2027: (600, 400)}),
        "B27": hand.work("B", 2027, {2027: 900}),
    }
    problem = hand.problem(
        works,
        [{"kind": "dig_once", "id": "dig", "rate_bp": 2500}],
        projects={"B": {"asset_class": "heating_pipe", "package_id": "P2"}},
        digs=[("s1", "A", 400), ("s1", "B", 500)],
        funds={"grant": grant},
    )
    saved = {"A27": 100, "B27": 0}
    for granted, good in ((334, True), (335, False)):
        plan = hand.plan(problem, saved, [("P1", 2027, "grant", granted)])
        assert (hand.breaches(problem, "fund_share", plan) == []) is good


def test_batches_of_one_grant_share_its_ceiling() -> None:
    """Two batches of a 60 % grant pay 60 % together; another kind pays its own."""
    terms = {"kind": "central_budget", "max_share_bp": 6000, "capital": True}
    own = {"first": terms, "second": terms}
    works = {"A27": hand.work("A", 2027, {2027: 1000})}
    given = hand.problem(works, funds=own)
    good = hand.plan(given, ["A27"], [("P1", 2027, "first", 600)])
    bad = hand.plan(
        given, ["A27"], [("P1", 2027, "first", 600), ("P1", 2027, "second", 1)]
    )
    assert hand.breaches(given, "fund_share", good) == []
    found = hand.breaches(given, "fund_share", bad)
    assert [b.where for b in found] == ["P1 first+second"]
    told = {f.where for f in audit_schedule(given, bad) if f.rule_id == "fund_share"}
    assert told == {"P1 first+second"}
    apart = {**own, "second": terms | {"kind": "provincial_grant"}}
    other = hand.problem(works, funds=apart)
    assert hand.breaches(other, "fund_share", bad) == []
