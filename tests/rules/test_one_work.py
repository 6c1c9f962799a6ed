"""One work: a project is renewed at most once."""

from __future__ import annotations

from renewopt.core.schedule import Breach
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027),
    "A28": hand.work("A", 2028),
    "B27": hand.work("B", 2027),
}


def test_one_work_each_is_good() -> None:
    """Two projects with one work each keep the rule; a project may also wait."""
    problem = hand.problem(WORKS)
    assert hand.breaches(problem, "one_work", hand.plan(problem, ["A28", "B27"])) == []
    assert hand.breaches(problem, "one_work", hand.plan(problem, [])) == []


def test_second_work_is_named() -> None:
    """Two starts of one project are a breach of that project: 1 allowed, 2 found."""
    problem = hand.problem(WORKS)
    plan = hand.plan(problem, ["A27", "A28", "B27"])
    assert hand.breaches(problem, "one_work", plan) == [
        Breach("one_work", "A", 1, 2, "works")
    ]


def test_same_work_twice_is_seen_by_the_check() -> None:
    """A work listed twice cannot be written as columns; the check counts it twice."""
    problem = hand.problem(WORKS)
    once = hand.plan(problem, ["A27"])
    twice = type(once)(once.chosen.loc[[0, 0]], once.draws)
    found = problem.policy.first("one_work").check(problem, twice)
    assert [breach.actual for breach in found] == [2]
