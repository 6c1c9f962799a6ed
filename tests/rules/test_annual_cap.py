"""Annual cap: a measured amount of works stays within the limit of each year."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.annual_cap import AnnualCap
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 600, 2028: 100}),
    "B27": hand.work("B", 2027, {2027: 400}),
    "C27": hand.work("C", 2027, {2027: 900}),
}
PROJECTS = {"C": {"asset_class": "heating_pipe"}}
USE = [("A27", 2027, "km", 1.2), ("B27", 2027, "km", 0.8), ("C27", 2027, "km", 9.0)]


def _problem(**rule: object) -> Problem:
    full = {"kind": "annual_cap", "id": "cap"} | rule
    return hand.problem(WORKS, [full], projects=PROJECTS, use=USE)


def test_cost_cap_met_exactly_is_good() -> None:
    """6 + 4 万元 in 2027 meet a cap of 10; the payment of 2028 has no cap."""
    problem = _problem(measure="cost", cap={"2027": 10})
    plan = hand.plan(problem, ["A27", "B27"])
    assert hand.breaches(problem, "annual_cap", plan) == []
    assert hand.findings(problem, "annual_cap", plan) == [
        Finding("cap", "2027", 10.0, 10.0)
    ]


def test_one_unit_over_the_cost_cap_is_named() -> None:
    """With a cap of 9.99 the same plan is over by one unit, in 2027."""
    problem = _problem(measure="cost", cap={"2027": 9.99})
    plan = hand.plan(problem, ["A27", "B27"])
    assert hand.breaches(problem, "annual_cap", plan) == [
        Breach("cap", "2027", 9.99, 10.0)
    ]


def test_savings_make_room_under_a_cost_cap() -> None:
    """A and C dig together: A's trench saves 1 万元, so 5 + 9 meet a cap of 14."""
    rules = [
        {"kind": "annual_cap", "id": "cap", "measure": "cost", "cap": {"2027": 14}},
        {"kind": "dig_once", "id": "dig", "rate_bp": 2500},
    ]
    digs = [("s1", "A", 400), ("s1", "C", 500)]
    problem = hand.problem(WORKS, rules, projects=PROJECTS, digs=digs)
    plan = hand.plan(problem, {"A27": 100, "C27": 0})
    assert hand.breaches(problem, "annual_cap", plan) == []
    greedy = hand.plan(problem, {"A27": 99, "C27": 0})
    assert hand.breaches(problem, "annual_cap", greedy) == [
        Breach("cap", "2027", 14.0, 14.01)
    ]


def test_resource_cap_counts_what_where_selects() -> None:
    """Gas alone is capped at 2 km: 1.2 + 0.8 km are good, whatever heating digs."""
    where = {"asset_class": ["gas_pipe"]}
    problem = _problem(measure="km", cap={"2027": 2, "2028": 0}, where=where)
    plan = hand.plan(problem, ["A27", "B27", "C27"])
    assert hand.breaches(problem, "annual_cap", plan) == []
    assert hand.findings(problem, "annual_cap", plan) == [
        Finding("cap", "2027", 2.0, 2.0, "km"),
        Finding("cap", "2028", 0.0, 0.0, "km"),
    ]
    tight = _problem(measure="km", cap={"2027": 1.9}, where=where)
    assert hand.breaches(tight, "annual_cap", plan) == [
        Breach("cap", "2027", 1.9, 2.0, "km")
    ]


def test_refusals() -> None:
    """An unknown measure, a year outside the plan and too fine a cap are refused."""
    (unknown,) = hand.refusals(_problem(measure="tons", cap={}), "annual_cap")
    assert unknown[0] == "rule.unknown_measure"
    assert unknown[1]["known"] == "cost, km"
    found = hand.refusals(
        _problem(measure="cost", cap={"2030": 1, "2028": 1.005}), "annual_cap"
    )
    assert [(code, p["key"]) for code, p in found] == [
        ("rule.too_fine", "cap.2028"),
        ("rule.year_outside", "cap"),
    ]
    (fine,) = hand.refusals(_problem(measure="km", cap={"2027": 1.25}), "annual_cap")
    assert (fine[0], fine[1]["value"]) == ("rule.too_fine", Decimal("1.25"))


@pytest.mark.parametrize("limit", ["-1", "NaN", "Infinity"])
def test_strange_caps_are_refused(limit: str) -> None:
    """A cap below zero, or none at all, is refused when the policy is read."""
    with pytest.raises(ValidationError, match=r"cap\.2027"):
        AnnualCap(id="cap", measure="cost", cap={2027: Decimal(limit)})


def test_cap_on_nothing_is_reported() -> None:
    """A cap whose selection has no work, or no work that uses it, is reported."""
    where = {"asset_class": ["water_pipe"]}
    nobody = _problem(measure="cost", cap={"2027": 1}, where=where)
    assert hand.notes(nobody, "annual_cap") == ["rule.selects_nothing"]
    assert hand.notes(_problem(measure="km", cap={"2027": 1}), "annual_cap") == []
    rule = {"kind": "annual_cap", "id": "cap", "measure": "km", "cap": {"2027": 1}}
    unused = hand.problem(WORKS, [rule], use=USE[:1])
    assert hand.notes(unused, "annual_cap") == []
    other = hand.problem(WORKS, [rule | {"where": {"project_id": ["B"]}}], use=USE[:1])
    assert hand.notes(other, "annual_cap") == ["rule.selects_nothing"]
