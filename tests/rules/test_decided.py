"""Decided: what people settled stands, and cannot contradict the facts."""

from __future__ import annotations

import pytest

from renewopt.core.schedule import Breach
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 600}),
    "A28": hand.work("A", 2028, {2028: 600}, mode="line"),
    "B27": hand.work("B", 2027, {2027: 400}),
}


def _problem(**rule: object) -> Problem:
    return hand.problem(WORKS, [{"kind": "decided", "id": "said"} | rule])


@pytest.mark.parametrize(
    ("decision", "good", "bad", "breach"),
    [
        ({"include": ["A"]}, ["A28"], ["B27"], Breach("said", "include A", 1, 0)),
        ({"exclude": ["A"]}, ["B27"], ["A27"], Breach("said", "exclude A", 0, 1)),
        ({"start": {"A": 2028}}, ["A28"], ["A27"], Breach("said", "start A", 0, 1)),
        ({"start": {"A": 2028}}, ["B27"], ["A27"], Breach("said", "start A", 0, 1)),
        ({"mode": {"A": "line"}}, ["A28"], ["A27"], Breach("said", "mode A", 0, 1)),
    ],
)
def test_each_decision(
    decision: dict[str, object], good: list[str], bad: list[str], breach: Breach
) -> None:
    """In, out, year and mode each allow one plan and name the other."""
    problem = _problem(**decision)
    assert hand.breaches(problem, "decided", hand.plan(problem, good)) == []
    (found,) = hand.breaches(problem, "decided", hand.plan(problem, bad))
    assert (found.where, found.limit, found.actual) == (
        breach.where,
        breach.limit,
        breach.actual,
    )


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"include": ["Z"]}, "rule.unknown_project"),
        ({"include": ["A"], "exclude": ["A"]}, "rule.decided_twice"),
        ({"start": {"A": 2029}}, "rule.decided_no_work"),
        ({"mode": {"B": "line"}}, "rule.decided_no_work"),
        ({"start": {"A": 2027}, "mode": {"A": "line"}}, "rule.decided_no_work"),
    ],
)
def test_refusals(decision: dict[str, object], code: str) -> None:
    """Unknown projects and decisions that no work can meet are refused."""
    problem = _problem(**decision)
    assert [m.code for m in problem.policy.first("decided").problems(problem)] == [code]


def test_running_works_are_not_decided_anew() -> None:
    """A project under construction cannot be thrown out."""
    problem = hand.problem(
        {"A27": hand.work("A", 2027, {2027: 600})},
        [{"kind": "decided", "id": "said", "exclude": ["A"]}],
        packages={"P1": {"status": "running"}},
    )
    codes = [m.code for m in problem.policy.first("decided").problems(problem)]
    assert codes == ["rule.decided_running"]


def test_nothing_decided_is_reported() -> None:
    """A rule without a decision warns."""
    problem = _problem()
    codes = [m.code for m in problem.policy.first("decided").warnings(problem)]
    assert codes == ["rule.selects_nothing"]
