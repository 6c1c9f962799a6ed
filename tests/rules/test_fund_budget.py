"""Fund budget: money of a year is received in that year or as far as it may be kept."""

from __future__ import annotations

import pytest

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 500, 2028: 500, 2029: 500})}


def _problem(carry_over: int, *money: int) -> Problem:
    funds = {"f": {"capital": True, "carry_over": carry_over}}
    years = dict(zip((2027, 2028, 2029), money, strict=True))
    return hand.problem(WORKS, funds=funds, money={"f": years})


def _judge(problem: Problem, *drawn: int) -> list[Breach]:
    draws = [("P1", 2027 + i, "f", n) for i, n in enumerate(drawn)]
    return hand.breaches(problem, "fund_budget", hand.plan(problem, ["A27"], draws))


def test_each_year_for_itself() -> None:
    """Without carry-over the money of 2027 is gone in 2028."""
    problem = _problem(0, 500, 300, 0)
    assert _judge(problem, 500, 300, 0) == []
    assert _judge(problem, 400, 301, 0) == [Breach("fund_budget", "f 2028", 3.0, 3.01)]


def test_one_year_of_carry_over() -> None:
    """What 2027 leaves can be received in 2028, no longer in 2029."""
    problem = _problem(1, 500, 300, 0)
    assert _judge(problem, 400, 400, 0) == []
    assert _judge(problem, 400, 401, 0) == [Breach("fund_budget", "f 2028", 4.0, 4.01)]
    assert _judge(problem, 400, 100, 300) == []
    assert _judge(problem, 400, 0, 301) == [Breach("fund_budget", "f 2029", 3.0, 3.01)]


def test_oldest_money_goes_first() -> None:
    """2028 takes what is left of 2027 first, so that its own money lasts to 2029."""
    problem = _problem(1, 200, 300, 0)
    assert _judge(problem, 0, 200, 300) == []
    assert _judge(problem, 0, 201, 300) == [Breach("fund_budget", "f 2029", 2.99, 3.0)]


def test_money_that_never_lapses() -> None:
    """With carry-over −1 all that was not received stays; nothing comes early."""
    problem = _problem(-1, 500, 0, 100)
    assert _judge(problem, 100, 100, 400) == []
    assert _judge(problem, 100, 100, 401) == [
        Breach("fund_budget", "f 2029", 4.0, 4.01)
    ]
    assert _judge(problem, 500, 1, 0) == [Breach("fund_budget", "f 2028", 0.0, 0.01)]


def test_room_of_every_fund_and_year() -> None:
    """`explain` shows what was there with the carry-over, and what was received."""
    problem = _problem(1, 500, 300, 0)
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "f", 400)])
    assert hand.findings(problem, "fund_budget", plan) == [
        Finding("fund_budget", "f 2027", 5.0, 4.0),
        Finding("fund_budget", "f 2028", 4.0, 0.0),
        Finding("fund_budget", "f 2029", 3.0, 0.0),
    ]


@pytest.mark.parametrize("carry_over", [0, 1, -1])
def test_money_after_the_plan_is_refused(carry_over: int) -> None:
    """Money of a year after the plan would count in no clear way."""
    funds = {"f": {"capital": True, "carry_over": carry_over}}
    problem = hand.problem(WORKS, funds=funds, money={"f": {2027: 100, 2030: 100}})
    found = hand.refusals(problem, "fund_budget")
    assert [(code, p["key"], p["year"]) for code, p in found] == [
        ("rule.year_outside", "fund_years.f", 2030)
    ]


@pytest.mark.parametrize(
    ("carry_over", "arrival_month", "lapsed"),
    [(0, 1, [2026]), (1, 1, []), (-1, 12, []), (0, 11, [2026, 2027]), (1, 11, [])],
)
def test_lapsed_money_is_refused(
    carry_over: int, arrival_month: int, lapsed: list[int]
) -> None:
    """Money that has lapsed before it can be used, carried in or arriving late."""
    terms = {"carry_over": carry_over, "arrival_month": arrival_month}
    funds = {"f": {"capital": True, **terms}}
    problem = hand.problem(WORKS, funds=funds, money={"f": {2026: 100, 2027: 100}})
    found = hand.refusals(problem, "fund_budget")
    assert [p["year"] for code, p in found if code == "rule.money_lapsed"] == lapsed


def test_money_carried_in_lapses() -> None:
    """What is left of 2026 pays in 2027, with one year of carry-over, not in 2028."""
    funds = {"f": {"capital": True, "carry_over": 1}}
    works = {
        name: hand.work(name[0], start, {start: 300})
        for name, start in (("A27", 2027), ("A28", 2028))
    }
    problem = hand.problem(works, funds=funds, money={"f": {2026: 300}})
    in_time = hand.plan(problem, ["A27"], [("P1", 2027, "f", 300)])
    assert hand.breaches(problem, "fund_budget", in_time) == []
    late = hand.plan(problem, ["A28"], [("P1", 2028, "f", 300)])
    assert hand.breaches(problem, "fund_budget", late) == [
        Breach("fund_budget", "f 2028", 0.0, 3.0)
    ]


def test_late_money_pays_in_the_next_year() -> None:
    """What arrives in November 2027 pays nothing before 2028."""
    funds = {"f": {"capital": True, "carry_over": 1, "arrival_month": 11}}
    works = {
        name: hand.work(name[0], start, {start: 300})
        for name, start in (("A27", 2027), ("A28", 2028))
    }
    problem = hand.problem(works, funds=funds, money={"f": {2027: 300}})
    early = hand.plan(problem, ["A27"], [("P1", 2027, "f", 300)])
    assert hand.breaches(problem, "fund_budget", early) == [
        Breach("fund_budget", "f 2027", 0.0, 3.0)
    ]
    late = hand.plan(problem, ["A28"], [("P1", 2028, "f", 300)])
    assert hand.breaches(problem, "fund_budget", late) == []
