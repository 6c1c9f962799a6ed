"""Stability: names of last year's plan that nobody knows are no silent change."""

from __future__ import annotations

import pytest

from renewopt.text import render
from tests.rules import hand

WORKS = {"A27": hand.work("A-01", 2027), "B28": hand.work("B-01", 2028)}
RULE = {"kind": "stability", "id": "kept", "at_most": 0}


def test_a_slip_in_a_name_is_refused() -> None:
    """A-O1 for A-01 would bind nothing: it is refused, with the nearest name."""
    rule = RULE | {"start": {"A-O1": 2027, "B-01": 2028, "GONE": 2027}}
    problem = hand.problem(WORKS, [rule | {"gone": ["GONE"]}])
    ((code, facts),) = hand.refusals(problem, "stability")
    assert (code, facts["count"]) == ("rule.stability_unknown", 1)
    (found,) = problem.policy.first("stability").problems(problem)
    assert "A-O1 (A-01?)" in render(found, "en")
    assert "GONE" not in render(found, "en")


@pytest.mark.parametrize(
    ("start", "gone", "refused", "notes"),
    [
        ({"A-01": 2027, "OLD": 2026}, ["OLD"], [], []),
        ({"A-01": 2027, "B-01": 2027}, [], [], ["rule.stability_gone"]),
        ({"A-01": 2027}, ["B-01"], ["rule.stability_here"], []),
    ],
)
def test_finished_projects_are_named(
    start: dict[str, int], gone: list[str], refused: list[str], notes: list[str]
) -> None:
    """What is finished stands in `gone`, and nothing else; a past year is a note."""
    problem = hand.problem(WORKS, [RULE | {"start": start, "gone": gone}])
    assert [code for code, _ in hand.refusals(problem, "stability")] == refused
    assert hand.notes(problem, "stability") == notes
