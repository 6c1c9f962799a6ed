"""Mandatory: duties by their deadline; what is not placed counts with its weight."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.optimise.model import build_model, schedule_values
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, duration=1),
    "A28": hand.work("A", 2028, duration=2),
    "B29": hand.work("B", 2029, duration=2),
}
PROJECTS = {
    "A": {"risk_now": 0.125, "length_m": 12.5, "households": 7},
    "B": {"risk_now": 0.001, "length_m": 0.2},
    "C": {"risk_now": 2.0, "length_m": 30.0, "households": 40},
}
SAFETY = "safety_duty"
TARGET = "assessed_target"
DUTIES = [
    ("A", SAFETY, 2028),
    ("A", SAFETY, None),
    ("A", TARGET, 2025),
    ("B", SAFETY, None),
    ("C", TARGET, 2028),
    ("B", "preference", 2027),
]


def _problem(duties: list[Any] | None = None, **rule: Any) -> Problem:
    full = {"kind": "mandatory", "id": "duties"} | rule
    return hand.problem(
        WORKS, [full], projects=PROJECTS, duties=DUTIES if duties is None else duties
    )


def _shortfall(problem: Problem, schedule: Schedule) -> tuple[int, ...]:
    """Give the shortfall as the rule states it; the model's stages say the same."""
    rule = problem.policy.first("mandatory")
    stated: tuple[int, ...] = rule.shortfall(problem, schedule)
    built = build_model(problem)
    values = schedule_values(problem, built.model, schedule)
    found = {stage.name: stage.value(values) for stage in built.stages[:-1]}
    names = [f"{level} {m}" for level in (SAFETY, TARGET) for m in ("unplaced", "late")]
    assert tuple(found.get(name, 0) for name in names) == stated
    return stated


def test_in_time_and_late() -> None:
    """A28 is done in 2029: a year late for safety, two years for the target.

    The target's deadline has passed: lateness counts from the first plan year.
    """
    problem = _problem()
    rule = problem.policy.first("mandatory")
    status = rule.status(problem, hand.plan(problem, ["A28"]))
    rows = status[["hardness", "project_id", "placed", "completion", "late"]]
    assert [tuple(row) for row in rows.to_numpy()] == [
        (SAFETY, "A", True, 2029, 1),
        (SAFETY, "B", False, 0, 0),
        (TARGET, "A", True, 2029, 2),
        (TARGET, "C", False, 0, 0),
    ]


@pytest.mark.parametrize(
    ("weigh_by", "weights"),
    [
        ("risk", {"A": 13, "B": 1, "C": 200}),
        ("length_m", {"A": 13, "B": 1, "C": 30}),
        ("households", {"A": 7, "B": 1, "C": 40}),
    ],
)
def test_weights_are_whole_and_at_least_one(
    weigh_by: str, weights: dict[str, int]
) -> None:
    """Units of 0.01 万元, metres, households: halves go up, nothing weighs nothing."""
    problem = _problem(weigh_by=weigh_by)
    a, b, c = weights["A"], weights["B"], weights["C"]
    assert _shortfall(problem, hand.plan(problem, [])) == (a + b, 0, a + c, 0)
    assert _shortfall(problem, hand.plan(problem, ["A28", "B29"])) == (0, a, c, 2 * a)
    assert _shortfall(problem, hand.plan(problem, ["A27"])) == (b, 0, c, 0)


def test_no_deadline_is_never_late() -> None:
    """B may be finished in 2030 and is in time: its duty names no year."""
    problem = _problem([("B", SAFETY, None)])
    assert _shortfall(problem, hand.plan(problem, ["B29"])) == (0, 0, 0, 0)


def test_soft_levels_break_nothing() -> None:
    """Without `hard` an empty plan is allowed: its shortfall is counted."""
    problem = _problem()
    assert hand.breaches(problem, "mandatory", hand.plan(problem, [])) == []


def test_hard_level_met_exactly() -> None:
    """A finished in 2027, a year before its deadline, is good; so is B at any time."""
    problem = _problem(hard=[SAFETY])
    plan = hand.plan(problem, ["A27", "B29"])
    assert hand.breaches(problem, "mandatory", plan) == []
    last = _problem([("A", SAFETY, 2029)], hard=[SAFETY])
    assert hand.breaches(last, "mandatory", hand.plan(last, ["A28"])) == []


def test_hard_level_a_year_late() -> None:
    """Finished in 2029 instead of 2028: one year late, where none is allowed."""
    problem = _problem(hard=[SAFETY])
    found = hand.breaches(problem, "mandatory", hand.plan(problem, ["A28", "B29"]))
    assert found == [Breach("duties", "safety_duty A", 0, 1.0, "years late")]


def test_duty_without_a_work_cannot_escape() -> None:
    """C has no possible work: a hard target is broken whatever is planned."""
    problem = _problem(hard=[TARGET])
    found = hand.breaches(problem, "mandatory", hand.plan(problem, ["A27"]))
    assert [(b.where, b.actual) for b in found] == [("assessed_target C", float("inf"))]


def test_duties_placed_of_all() -> None:
    """`explain` counts the placed duties level by level."""
    problem = _problem()
    assert hand.findings(problem, "mandatory", hand.plan(problem, ["A28"])) == [
        Finding("duties", SAFETY, 2.0, 1.0, "projects"),
        Finding("duties", TARGET, 2.0, 1.0, "projects"),
    ]


def test_no_duty_is_reported() -> None:
    """Preferences are no duties: with nothing else the rule has no effect."""
    assert hand.notes(_problem([("B", "preference", 2027)]), "mandatory") == [
        "rule.selects_nothing"
    ]
    assert hand.notes(_problem(), "mandatory") == []
