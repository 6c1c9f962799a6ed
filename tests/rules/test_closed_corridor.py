"""Closed corridor: a street that was opened or paved stays closed for some years."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027),
    "A28": hand.work("A", 2028),
    "B27": hand.work("B", 2027),
    "B28": hand.work("B", 2028),
    "B29": hand.work("B", 2029),
}
RULE = {
    "kind": "closed_corridor",
    "id": "closed",
    "years": {"opening": 1, "new": 3, "rebuilt": 2, "major_repair": 1},
    "waiver_price": 3,
}
DIGS = [("s1", "A", 100), ("s1", "B", 100)]


def _problem(**more: Any) -> Problem:
    given: dict[str, Any] = {"digs": DIGS} | more
    return hand.problem(WORKS, [RULE], **given)


def _judge(problem: Problem, *works: str) -> list[Breach]:
    return hand.breaches(problem, "closed_corridor", hand.plan(problem, list(works)))


def test_opening_closes_the_next_year() -> None:
    """Opened in 2027, closed in 2028, open again in 2029; together is one opening."""
    problem = _problem()
    assert _judge(problem, "A27", "B27") == []
    assert _judge(problem, "A27", "B29") == []
    assert _judge(problem, "A27", "B28") == [
        Breach("closed", "s1 2028", 2028, 2028, "year")
    ]


@pytest.mark.parametrize(
    ("paved", "kind", "good"),
    [
        (2024, "new", False),
        (2023, "new", True),
        (2025, "rebuilt", False),
        (2024, "rebuilt", True),
        (2026, "major_repair", False),
        (2025, "major_repair", True),
        (2027, "new", True),
    ],
)
def test_paving_closes_by_its_kind(paved: int, kind: str, good: bool) -> None:
    """Paved in year t, closed to t + N; in the year of the paving it may be opened."""
    street = {"last_paved": paved, "paving_kind": kind}
    problem = _problem(corridors={"s1": street})
    assert (_judge(problem, "A27") == []) is good


@pytest.mark.parametrize(
    ("planned", "work", "good"),
    [
        (2027, "A27", True),  # with the road
        (2028, "A27", True),  # before it
        (2027, "A28", False),
        (2026, "A27", True),  # before the plan: no fact
    ],
)
def test_planned_road_works_close_the_street_after_them(
    planned: int, work: str, good: bool
) -> None:
    """Pipes go before or with the road; nobody opens it in the three years after."""
    problem = _problem(
        digs=DIGS[:1], corridors={"s1": {"planned_road_work_year": planned}}
    )
    assert (_judge(problem, work) == []) is good


def test_a_work_of_several_years_is_one_opening_of_its_start_year() -> None:
    """Two years from the year of the road works: no breach; from the next one: one."""
    works = {"A27": hand.work("A", 2027, duration=2), "A28": hand.work("A", 2028)}
    road = {"s1": {"planned_road_work_year": 2027}}
    problem = hand.problem(works, [RULE], digs=DIGS[:1], corridors=road)
    assert problem.case.works.set_index("work_id")["duration"]["A27"] == 2
    assert _judge(problem, "A27") == []
    assert [breach.where for breach in _judge(problem, "A28")] == ["s1 2028"]


def test_single_project_on_a_paved_street() -> None:
    """A street with one project is closed by its pavement all the same."""
    street = {"last_paved": 2026, "paving_kind": "major_repair"}
    problem = _problem(digs=DIGS[:1], corridors={"s1": street})
    assert _judge(problem, "A27") == [Breach("closed", "s1 2027", 2027, 2027, "year")]
    assert _judge(problem, "A28") == []


def test_safety_duty_may_open_with_a_waiver() -> None:
    """B has a safety duty: it opens the closed street, and is listed with the year."""
    problem = _problem(duties=[("B", "safety_duty", 2028)])
    plan = hand.plan(problem, ["A27", "B28"])
    assert hand.breaches(problem, "closed_corridor", plan) == []
    assert hand.findings(problem, "closed_corridor", plan) == [
        Finding("closed", "s1 2028", 2028.0, 2028.0, "year")
    ]
    rule = problem.policy.first("closed_corridor")
    assert rule.waivers(problem, plan) == [("s1", 2028)]
    assert rule.price_units == 300


def test_others_may_join_a_waiver() -> None:
    """A without a duty joins B's opening of a freshly paved street."""
    street = {"last_paved": 2026, "paving_kind": "new"}
    problem = _problem(duties=[("B", "safety_duty", None)], corridors={"s1": street})
    assert _judge(problem, "A27", "B27") == []
    assert _judge(problem, "A27") != []


def test_a_target_gives_no_waiver() -> None:
    """Only safety duties may open a closed street."""
    problem = _problem(duties=[("B", "assessed_target", 2028)])
    assert len(_judge(problem, "A27", "B28")) == 1


def test_running_work_closes_the_street() -> None:
    """Dug in 2026 by a running work: new works wait until 2028."""
    works = {
        "R26": hand.work("R", 2026, {2027: 100}),
        "A27": hand.work("A", 2027),
        "A28": hand.work("A", 2028),
    }
    problem = hand.problem(
        works,
        [RULE],
        projects={"R": {"package_id": "P2"}},
        packages={"P2": {"status": "running"}},
        digs=[("s1", "A", 100), ("s1", "R", 100)],
    )
    assert _judge(problem, "R26", "A28") == []
    assert _judge(problem, "R26", "A27") == [
        Breach("closed", "s1 2027", 2027, 2027, "year")
    ]


def test_blocked_starts_look_both_ways() -> None:
    """With A in 2028, 2027 would close it for A, and 2029 is closed by A."""
    problem = _problem()
    plan = hand.plan(problem, ["A28"])
    rule = problem.policy.first("closed_corridor")
    assert rule.blocked_starts(problem, plan) == {("s1", 2027), ("s1", 2029)}


def test_refusals() -> None:
    """A paving without its years and too fine a price are refused."""
    rule = RULE | {"waiver_price": 0.001}
    problem = hand.problem(
        WORKS, [rule], digs=DIGS, corridors={"s1": {"last_paved": 2020}}
    )
    assert [code for code, _ in hand.refusals(problem, "closed_corridor")] == [
        "rule.paving_kind",
        "rule.too_fine",
    ]
    assert hand.refusals(_problem(), "closed_corridor") == []


def test_no_street_is_reported() -> None:
    """Without a new work on any street the rule has no effect."""
    assert hand.notes(_problem(digs=[]), "closed_corridor") == ["rule.selects_nothing"]
    assert hand.notes(_problem(), "closed_corridor") == []
