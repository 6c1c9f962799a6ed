"""Source limit: batches of one programme are one source, programmes of one kind two."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.schedule import Breach, Finding
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 600, 2028: 600})}
GRANT: dict[str, Any] = {"kind": "central_budget", "capital": True}
RULE = {
    "kind": "source_limit",
    "id": "one",
    "at_most": 1,
    "fund_kinds": ["central_budget", "ultra_long_treasury"],
}
DRAWS = [("P1", 2027, "c1", 600), ("P1", 2028, "c2", 600)]


@pytest.mark.parametrize(
    ("first", "second", "count", "notes"),
    [
        ({}, {}, 1, ["rule.one_source"]),
        ({"programme": "gas"}, {"programme": "gas"}, 1, []),
        ({"programme": "gas"}, {"programme": "compounds"}, 2, []),
        ({"programme": "gas"}, {}, 2, []),
        ({}, {"kind": "ultra_long_treasury"}, 2, []),
    ],
)
def test_what_is_one_source(
    first: hand.Row, second: hand.Row, count: int, notes: list[str]
) -> None:
    """Funds are batches of one source by their programme, else by their kind."""
    funds = {"c1": GRANT | first, "c2": GRANT | second} | hand.FISCAL
    problem = hand.problem(WORKS, [RULE], funds=funds)
    plan = hand.plan(problem, ["A27"], DRAWS)
    assert hand.findings(problem, "source_limit", plan) == [
        Finding("one", "P1", 1, count, "sources")
    ]
    broken = [Breach("one", "P1", 1, 2, "sources")] if count > 1 else []
    assert hand.breaches(problem, "source_limit", plan) == broken
    assert hand.notes(problem, "source_limit") == notes


@pytest.mark.parametrize(("second", "barred"), [("gas", set()), ("compounds", {"A27"})])
def test_work_that_too_few_sources_could_pay_is_named(
    second: str, barred: set[str]
) -> None:
    """6 + 6 of two programmes would pay 12; of one they may, of two they may not."""
    funds = {"c1": GRANT | {"programme": "gas"}, "c2": GRANT | {"programme": second}}
    money = {"c1": {2027: 600}, "c2": {2028: 600}}
    problem = hand.problem(WORKS, [RULE], funds=funds, money=money)
    rule = problem.policy.first("source_limit")
    assert rule.stands_against(problem, hand.plan(problem, [], [])) == barred
