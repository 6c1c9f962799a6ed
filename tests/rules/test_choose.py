"""Choose: at most, or at least, so many of some projects."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.choose import Choose
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 600}),
    "B27": hand.work("B", 2027, {2027: 400}),
    "C27": hand.work("C", 2027, {2027: 400}),
}


def _problem(**rule: object) -> Problem:
    full = {"kind": "choose", "id": "some", "projects": ["A", "B"]} | rule
    return hand.problem(WORKS, [full])


def test_alternatives() -> None:
    """One of two is good, both are one too many; C does not count."""
    problem = _problem(at_most=1)
    one = hand.plan(problem, ["A27", "C27"])
    assert hand.breaches(problem, "choose", one) == []
    assert hand.findings(problem, "choose", one) == [
        Finding("some", "at_most", 1, 1, "projects")
    ]
    both = hand.plan(problem, ["A27", "B27"])
    assert hand.breaches(problem, "choose", both) == [
        Breach("some", "at_most", 1, 2, "projects")
    ]


def test_at_least() -> None:
    """Two are needed: one is too few."""
    problem = _problem(at_least=2)
    both = hand.plan(problem, ["A27", "B27"])
    assert hand.breaches(problem, "choose", both) == []
    one = hand.plan(problem, ["A27", "C27"])
    assert hand.breaches(problem, "choose", one) == [
        Breach("some", "at_least", 2, 1, "projects")
    ]


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ({"projects": ["A", "Z"], "at_most": 1}, ["rule.unknown_project"]),
        ({"at_least": 3}, ["rule.choose_too_many"]),
        ({"at_least": 2, "at_most": 1}, ["rule.choose_too_many"]),
    ],
)
def test_refusals(rule: dict[str, object], codes: list[str]) -> None:
    """Unknown projects, and more than there are or may be."""
    problem = _problem(**rule)
    assert [m.code for m in problem.policy.first("choose").problems(problem)] == codes


def test_bounds_that_never_bind_are_reported() -> None:
    """At most two of two says nothing; an empty list is refused."""
    problem = _problem(at_most=2)
    codes = [m.code for m in problem.policy.first("choose").warnings(problem)]
    assert codes == ["rule.selects_nothing"]
    with pytest.raises(ValidationError):
        Choose(kind="choose", id="x", projects=())
