"""Decided: what people settled stands, and cannot contradict the facts."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from renewopt.audit import audit_schedule
from renewopt.core.errors import Message
from renewopt.core.schedule import Breach, Schedule
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


def test_a_decision_without_a_work_says_why_there_is_none() -> None:
    """What there is; the clause that bars the mode; the price that includes it."""
    told = _refused(_problem(mode={"A": "lone"}))
    assert told.code == "rule.decided_no_work"
    assert told.params["offered"] == "line 2028; replace 2027"
    bar = {"project_id": "B", "asset_id": "b1", "mode": "line", "pack": "mine"}
    bar |= {"exclusion": "upkeep", "clause": "（二）", "phrase": "p", "exempt": ""}
    for rule in ({"mode": {"B": "line"}}, {"mode": {"B": "line"}, "include": ["B"]}):
        problem = _problem(**rule)
        columns = problem.case.exclusions.columns
        bars = pd.DataFrame([bar]).reindex(columns=columns)
        case = dataclasses.replace(problem.case, exclusions=bars)
        told = _refused(Problem(case, problem.policy))
        assert told.code == "rule.decided_barred"
        assert told.params["clauses"] == "mine upkeep （二） “p”"
    rules = [{"kind": "decided", "id": "said", "mode": {"B": "line"}}]
    told = _refused(hand.problem(WORKS, rules, links=[("included", "A", "B")]))
    assert (told.code, told.params["others"]) == ("rule.decided_included", "A")
    late = [{"kind": "decided", "id": "said", "start": {"B": 2029}}]
    told = _refused(hand.problem(WORKS, late, links=[("included", "A", "B")]))
    assert told.code == "rule.decided_no_work"


def _refused(problem: Problem) -> Message:
    (told,) = problem.policy.first("decided").problems(problem)
    return told


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


FRONT = {"grant": hand.FISCAL["fiscal"] | {"up_front": True}, **hand.FISCAL}
KEPT = {"package": "P1", "fund": "grant", "year": 2027, "amount": 1, "received": 2}


@pytest.mark.parametrize(
    ("amount", "received", "saved", "where"),
    [
        (100, 200, 0, ""),
        (99, 200, 0, "pay P1 2027 grant amount"),
        (100, 199, 0, "pay P1 2027 grant received"),
        (90, 190, 10, ""),
    ],
)
def test_money_is_kept(amount: int, received: int, saved: int, where: str) -> None:
    """What was settled is paid and received; what a trench saves need not be."""
    rule = {"kind": "decided", "id": "said", "pay": [KEPT]}
    dig = {"kind": "dig_once", "id": "dig", "rate_bp": 1000}
    streets = [("s1", "A", 100), ("s1", "B", 200)]
    works = {
        "A27": hand.work("A", 2027, {2027: 200, 2028: 200}),
        "B27": hand.work("B", 2027, {2027: 300}),
    }
    classes = {"A": {"asset_class": "gas_pipe"}, "B": {"asset_class": "water_pipe"}}
    problem = hand.problem(
        works, [rule, dig], funds=FRONT, digs=streets, projects=classes
    )
    plan = hand.plan(problem, {"A27": saved, "B27": 0})
    columns = ["package_id", "year", "fund_id", "amount", "received"]
    draws = pd.DataFrame([("P1", 2027, "grant", amount, received)], columns=columns)
    plan = Schedule(plan.chosen, draws)
    found = hand.breaches(problem, "decided", plan)
    assert [breach.where for breach in found] == [where] * bool(where)
    told = {
        flaw.where for flaw in audit_schedule(problem, plan) if flaw.rule_id == "said"
    }
    assert told == {where} - {""}


def test_money_is_not_kept_for_what_cannot_be_paid() -> None:
    """No money of a fund that may not pay, of other years, or twice."""
    pay = [KEPT | {"year": 2040}, KEPT, KEPT]
    rule = {"kind": "decided", "id": "said", "pay": pay}
    problem = hand.problem(WORKS, [rule], funds=FRONT)
    codes = [code for code, _ in hand.refusals(problem, "decided")]
    assert codes == ["rule.decided_pay"] * 3
