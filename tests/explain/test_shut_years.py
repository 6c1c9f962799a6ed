"""Why a project is out: the start years in which rules stand against all its works."""

from __future__ import annotations

from renewopt.explain import reasons
from renewopt.text import render
from tests.rules import hand

WORKS = {year: hand.work("A", year, {year: 600}) for year in (2027, 2028, 2029)}
CLOSED = {
    "kind": "closed_corridor",
    "id": "closed",
    "years": {"opening": 1, "new": 3, "rebuilt": 2, "major_repair": 3},
    "waiver_price": 3,
}


def test_money_of_years_in_which_the_street_is_closed_is_no_room() -> None:
    """Road works of 2027 leave 2027 alone; money comes in 2029: the years are named."""
    problem = hand.problem(
        {f"A{year}": row for year, row in WORKS.items()},
        [CLOSED],
        digs=[("s1", "A", 100)],
        corridors={"s1": {"planned_road_work_year": 2027}},
        money={"fiscal": {2029: 900}},
    )
    main, shut = reasons(problem, hand.plan(problem, [], []))["A"]
    assert main.code == "reason.outbid"
    assert shut.code == "reason.shut_years"
    assert shut.params["years"] == "2028, 2029"
    assert "closed" in render(shut, "en")
    free = hand.problem({"A27": WORKS[2027]}, [CLOSED], digs=[("s1", "A", 100)])
    (only,) = reasons(free, hand.plan(free, [], []))["A"]
    assert only.code == "reason.outbid"
