"""Paid in full: each package's payments are met year by year, to the unit."""

from __future__ import annotations

import pytest

from renewopt.core.schedule import Breach
from tests.rules import hand

WORKS = {"A28": hand.work("A", 2028, {2028: 500, 2029: 200, 2030: 300})}


def test_tail_needs_no_draw() -> None:
    """Payments of plan years are drawn; the payment of 2030 is tail."""
    problem = hand.problem(WORKS)
    draws = [("P1", 2028, "fiscal", 500), ("P1", 2029, "fiscal", 200)]
    plan = hand.plan(problem, ["A28"], draws)
    assert hand.breaches(problem, "paid_in_full", plan) == []


@pytest.mark.parametrize("drawn", [199, 201])
def test_a_unit_more_or_less_is_named(drawn: int) -> None:
    """Too little and too much are both a breach of that package and year."""
    problem = hand.problem(WORKS)
    draws = [("P1", 2028, "fiscal", 500), ("P1", 2029, "fiscal", drawn)]
    plan = hand.plan(problem, ["A28"], draws)
    assert hand.breaches(problem, "paid_in_full", plan) == [
        Breach("paid_in_full", "P1 2029", 2.0, drawn / 100)
    ]


def test_money_without_works_is_named() -> None:
    """A draw for a package that builds nothing is a breach."""
    problem = hand.problem(WORKS)
    plan = hand.plan(problem, [], [("P1", 2028, "fiscal", 1)])
    assert hand.breaches(problem, "paid_in_full", plan) == [
        Breach("paid_in_full", "P1 2028", 0.0, 0.01)
    ]


def test_saving_lowers_what_is_due() -> None:
    """A joint trench takes 1 万元 off the start year of the smaller work."""
    works = {
        "A27": hand.work("A", 2027, {2027: 600}),
        "B27": hand.work("B", 2027, {2027: 900}),
    }
    problem = hand.problem(
        works,
        [{"kind": "dig_once", "id": "dig", "rate_bp": 2500}],
        projects={"B": {"asset_class": "heating_pipe", "package_id": "P2"}},
        digs=[("s1", "A", 400), ("s1", "B", 500)],
    )
    draws = [("P1", 2027, "fiscal", 500), ("P2", 2027, "fiscal", 900)]
    plan = hand.plan(problem, {"A27": 100, "B27": 0}, draws)
    assert hand.breaches(problem, "paid_in_full", plan) == []
    nominal = hand.plan(problem, {"A27": 0, "B27": 0}, draws)
    assert hand.breaches(problem, "paid_in_full", nominal) == [
        Breach("paid_in_full", "P1 2027", 6.0, 5.0)
    ]


def test_draw_after_the_plan_is_seen_by_the_check() -> None:
    """The model has no column after the last plan year; the check names the draw."""
    problem = hand.problem(WORKS)
    plan = hand.plan(problem, [], [("P1", 2030, "fiscal", 300)])
    with pytest.raises(KeyError):
        hand.breaches(problem, "paid_in_full", plan)
    found = problem.policy.first("paid_in_full").check(problem, plan)
    assert [breach.where for breach in found] == ["P1 2030"]
