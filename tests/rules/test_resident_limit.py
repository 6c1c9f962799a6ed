"""Resident limit: who is renewed in a compound pays, nobody else."""

from __future__ import annotations

from typing import Any

from renewopt.core.schedule import Breach, Finding
from tests.rules import hand

WORKS = {
    "C27": hand.work("C", 2027, {2027: 500}),
    "B27": hand.work("B", 2027, {2027: 500}),
}
HOMES: dict[str, Any] = {
    "C": {"asset_class": "residential_compound", "households": 100},
    "B": {"asset_class": "heating_pipe", "households": 1000},
}
FUNDS = hand.FISCAL | {"res": {"kind": "resident_fund", "capital": True}}
RULE = {"kind": "resident_limit", "id": "res", "fund_kinds": ["resident_fund"]}


def _problem(**more: object) -> Any:
    homes = {name: row | {"consent_bp": 8000} for name, row in HOMES.items()}
    rule = RULE | {"yuan_per_household": 500} | more
    return hand.problem(WORKS, [rule], projects=homes, funds=FUNDS)


def test_households_along_a_pipe_pay_nothing() -> None:
    """100 households at 500 yuan of which 80 % agree give 4 万元; the pipe's do not."""
    problem = _problem()
    plan = hand.plan(problem, ["B27", "C27"], [("P1", 2027, "res", 400)])
    assert hand.findings(problem, "resident_limit", plan) == [
        Finding("res", "P1", 4.0, 4.0)
    ]
    assert hand.breaches(problem, "resident_limit", plan) == []
    over = hand.plan(problem, ["B27", "C27"], [("P1", 2027, "res", 401)])
    assert hand.breaches(problem, "resident_limit", over) == [
        Breach("res", "P1", 4.0, 4.01)
    ]


def test_a_compound_that_is_not_chosen_gives_nothing() -> None:
    """Only the pipe of the package is built: its residents owe nothing."""
    problem = _problem()
    plan = hand.plan(problem, ["B27"], [("P1", 2027, "res", 1)])
    assert hand.breaches(problem, "resident_limit", plan) == [
        Breach("res", "P1", 0.0, 0.01)
    ]


def test_where_names_others() -> None:
    """An empty `where` means all works: 1,100 households give 44 万元."""
    problem = _problem(where={})
    plan = hand.plan(problem, ["B27", "C27"], [("P1", 2027, "res", 4400)])
    assert hand.findings(problem, "resident_limit", plan) == [
        Finding("res", "P1", 44.0, 44.0)
    ]
    (own,) = problem.policy.of_kind("resident_limit")
    assert own.as_table()["where"] == {}


def test_nobody_who_could_pay_is_told() -> None:
    """A selection without works lets residents pay nothing, and says so."""
    problem = _problem(where={"asset_class": ["water_pipe"]})
    assert hand.notes(problem, "resident_limit") == ["rule.no_payers"]
    assert hand.notes(_problem(), "resident_limit") == []


def test_work_that_residents_cannot_pay_is_named() -> None:
    """4 万元 of C's residents beside 1 of the county pay for 5, not for 5.01."""
    money = {"fiscal": {2027: 100}, "res": {2027: 900}}
    homes = {name: row | {"consent_bp": 8000} for name, row in HOMES.items()}
    rule = RULE | {"yuan_per_household": 500}
    for cost, barred in ((500, set()), (501, {"C27"})):
        works = {"C27": hand.work("C", 2027, {2027: cost})}
        own = {"C": homes["C"]}
        problem = hand.problem(works, [rule], projects=own, funds=FUNDS, money=money)
        limit = problem.policy.first("resident_limit")
        assert limit.stands_against(problem, hand.plan(problem, [], [])) == barred
