"""Precedence: the outlet first, then what drains into it."""

from __future__ import annotations

import pytest

from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "O27": hand.work("O", 2027, {2027: 100}, duration=2),
    "O28": hand.work("O", 2028, {2028: 100}),
    "U27": hand.work("U", 2027, {2027: 100}),
    "U28": hand.work("U", 2028, {2028: 100}),
    "U29": hand.work("U", 2029, {2029: 100}),
}


def _problem(**rule: object) -> Problem:
    full = {"kind": "precedence", "id": "outlet", "first": ["O"], "then": ["U"]}
    return hand.problem(WORKS, [full | rule])


@pytest.mark.parametrize(
    ("after", "plan", "found"),
    [
        ("start", ["O27", "U27"], []),
        ("start", ["O28", "U28"], []),
        ("start", ["O28", "U27"], [(2028, 2027)]),
        ("start", ["U28"], [(0, 1)]),
        ("start", ["O27"], []),
        ("start", [], []),
        ("completion", ["O27", "U29"], []),
        ("completion", ["O27", "U28"], [(2029, 2028)]),
        ("completion", ["O28", "U28"], [(2029, 2028)]),
    ],
)
def test_who_waits(
    after: str, plan: list[str], found: list[tuple[float, float]]
) -> None:
    """With "start" the same year will do; with "completion" only the year after."""
    problem = _problem(after=after)
    breaches = hand.breaches(problem, "precedence", hand.plan(problem, plan))
    assert [(b.limit, b.actual) for b in breaches] == found
    assert {b.where for b in breaches} <= {"U after O"}


def test_every_one_waits_for_every_one() -> None:
    """U waits for both; the one that is missing is named."""
    works = WORKS | {"Q27": hand.work("Q", 2027, {2027: 100})}
    rule = {"kind": "precedence", "id": "outlet", "first": ["O", "Q"], "then": ["U"]}
    problem = hand.problem(works, [rule])
    (breach,) = hand.breaches(problem, "precedence", hand.plan(problem, ["O27", "U27"]))
    assert breach.where == "U after Q"


def test_refusals() -> None:
    """A project nobody knows, and one that waits for itself."""
    problem = _problem(first=["O", "Z"], then=["U", "O"])
    found = problem.policy.first("precedence").problems(problem)
    assert [m.code for m in found] == ["rule.unknown_project", "rule.waits_for_itself"]
