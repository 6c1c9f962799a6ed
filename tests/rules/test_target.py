"""Target: milestones, amounts and shares left, added up by hand."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from renewopt.rules.target import Target, missed_targets
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 100}),
    "A28": hand.work("A", 2028, {2028: 100}),
    "B28": hand.work("B", 2028, {2028: 100}, duration=2, mode="line"),
}
FACTS = {
    "A": {"households": 10, "length_m": 100.5, "district": "east"},
    "B": {"households": 31, "length_m": 200.0},
}
DUTY = [("A", "assessed_target", 2028), ("B", "preference", None)]


def _problem(**rule: Any) -> Problem:
    full = {"kind": "target", "id": "goal", "hard": True} | rule
    return hand.problem(WORKS, [full], projects=FACTS, duties=DUTY)


@pytest.mark.parametrize(
    ("rule", "plan", "found"),
    [
        ({"amount": {"2027": 10}}, ["A27"], []),
        ({"amount": {"2027": 10}}, ["A28"], [(10, 0)]),
        ({"amount": {"2029": 41}}, ["A27", "B28"], []),
        ({"amount": {"2028": 41}}, ["A27", "B28"], [(41, 10)]),
        ({"share_bp": {"2029": 5000}}, ["B28"], []),
        ({"share_bp": {"2029": 5000}}, ["A27"], [(21, 10)]),
        ({"share_bp": {"2028": 5000}, "measure": "length_m"}, ["A28"], [(151, 101)]),
        ({"amount": {"2029": 2}, "measure": "projects"}, ["A28", "B28"], []),
        ({"amount": {"2029": 2}, "measure": "projects"}, ["B28"], [(2, 1)]),
        ({"share_bp": {"2029": 10000}, "hardness": ["assessed_target"]}, ["A28"], []),
        ({"share_bp": {"2029": 10000}, "where": {"district": ["east"]}}, ["A28"], []),
        ({"share_bp": {"2029": 2500}, "where": {"mode": ["line"]}}, ["A28"], [(11, 0)]),
        ({"amount": {"2020": 10}}, ["A27"], []),
        ({"amount": {"2020": 10}}, ["A28"], [(10, 0)]),
        ({"amount": {"2035": 99}}, [], []),
    ],
)
def test_what_is_finished_counts(
    rule: dict[str, Any], plan: list[str], found: list[tuple[int, int]]
) -> None:
    """By completion; shares round up, sizes half up; years before the plan are due."""
    problem = _problem(**rule)
    breaches = hand.breaches(problem, "target", hand.plan(problem, plan))
    assert [(b.limit, b.actual) for b in breaches] == found


def _aged(**rule: Any) -> Problem:
    """Give 100 m of 2000 in A and 300 m of 2013 in B of a network of 1,000 m."""
    import dataclasses

    import pandas as pd

    full = {
        "kind": "target", "id": "old", "hard": True, "measure": "length_m", "age": 15,
        "where": {"asset_class": ["gas_pipe"]},
    }  # fmt: skip
    problem = hand.problem(WORKS, [full | rule], projects=FACTS)
    assets = pd.DataFrame(
        [("A", "a", 100.0, "m", 2000), ("B", "b", 300.0, "m", 2013)],
        columns=["project_id", "asset_id", "quantity", "unit", "install_year"],
    ).astype({"install_year": "Int64"})
    stock = pd.DataFrame(
        [
            ("gas_pipe", "", 2000, 100.0),
            ("gas_pipe", "", 2013, 300.0),
            ("gas_pipe", "", pd.NA, 600.0),
            ("water_pipe", "", 1990, 900.0),
        ],
        columns=["asset_class", "level", "install_year", "length_m"],
    ).astype({"install_year": "Int64"})
    case = dataclasses.replace(problem.case, project_assets=assets, stock=stock)
    return Problem(case, problem.policy)


@pytest.mark.parametrize(
    ("left", "plan", "found"),
    [
        ({"2027": 1000}, [], []),  # 100 of 1,000 m are 15 years old in 2027
        ({"2027": 999}, [], [(1, 0)]),
        ({"2028": 3000}, ["A27"], []),  # B turns 15: 400 − 300 have to go
        ({"2028": 3000}, ["A28"], []),
        ({"2028": 2900}, ["A27"], [(110, 100)]),
        ({"2029": 1000}, ["B28"], []),
    ],
)
def test_share_of_old_networks_left(
    left: dict[str, int], plan: list[str], found: list[tuple[int, int]]
) -> None:
    """Pipes that reach the age during the plan count; those of unknown year do not."""
    problem = _aged(left_bp=left)
    breaches = hand.breaches(problem, "target", hand.plan(problem, plan))
    assert [(b.limit, b.actual) for b in breaches] == found


def test_the_assets_that_a_clause_names() -> None:
    """`quantity` counts the named assets only, not the whole project."""
    import dataclasses

    import pandas as pd

    rule = {"measure": "quantity", "triggers": ["old"], "share_bp": {"2029": 10000}}
    problem = _problem(**rule)
    assets = pd.DataFrame(
        [("A", "a", 60.0, "m"), ("A", "b", 40.0, "m"), ("B", "c", 10.0, "m")],
        columns=["project_id", "asset_id", "quantity", "unit"],
    ).assign(install_year=pd.array([pd.NA] * 3, "Int64"))
    duties = pd.DataFrame(
        [("A", "a", "old: age=30"), ("B", "c", "older: age=30")],
        columns=["project_id", "asset_id", "trigger"],
    ).assign(hardness="preference", deadline=pd.array([pd.NA] * 2, "Int64"), pack="p")
    case = dataclasses.replace(problem.case, project_assets=assets, obligations=duties)
    problem = Problem(case, problem.policy)
    breaches = hand.breaches(problem, "target", hand.plan(problem, ["B28"]))
    assert breaches == [Breach("goal", "2029", 60, 0, "")]


def test_what_is_missing_is_told_with_who_is_left_out() -> None:
    """A soft target is no breach: it is counted, and the projects left are named."""
    problem = _problem(hard=False, amount={"2027": 10, "2029": 41}, cites="（十七）")
    plan = hand.plan(problem, ["A27"])
    assert hand.breaches(problem, "target", plan) == []
    assert hand.findings(problem, "target", plan) == [
        Finding("goal", "2027", 10, 10, "households"),
        Finding("goal", "2029", 41, 10, "households"),
    ]
    (told,) = missed_targets(problem, plan)
    assert told.code == "rule.target_missed"
    assert told.params["missing"] == 31
    assert told.params["projects"] == "B"
    assert told.params["cites"] == "（十七）"


def test_a_target_that_is_more_than_there_is_names_nobody() -> None:
    """Every project is in the plan: no empty list of those left out, but why."""
    problem = _problem(hard=False, amount={"2029": 99000})
    (told,) = missed_targets(problem, hand.plan(problem, ["A27", "B28"]))
    assert told.code == "rule.target_beyond"
    assert (told.params["projects"], told.params["year"]) == ("", 2029)


def test_years_outside_the_plan_and_empty_sets_warn() -> None:
    """Overdue, not tested, nobody meant: each is said."""
    problem = _problem(amount={"2020": 1, "2040": 1})
    assert hand.notes(problem, "target") == [
        "rule.target_overdue",
        "rule.target_after_plan",
    ]
    nobody = _problem(amount={"2028": 1}, triggers=["no-such"])
    assert hand.notes(nobody, "target") == ["rule.selects_nothing"]
    # Households are meant, but no mode on offer counts: the shortfall stands.
    missing = _problem(share_bp={"2028": 10_000}, where={"mode": ["full"]})
    assert hand.notes(missing, "target") == ["rule.target_no_works"]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"amount": {2027: 1}, "share_bp": {2027: 1}},
        {"amount": {2027: 1}, "hard": True, "weight": 1},
        {"share_bp": {2027: 10001}},
        {"left_bp": {2027: 1}, "measure": "length_m"},
        {"left_bp": {2027: 1}, "age": 15},
        {"amount": {2027: 1}, "age": 15},
        {"left_bp": {2027: 1}, "age": 15, "measure": "length_m", "triggers": ["x"]},
        {"left_bp": {2027: 1}, "age": 15, "measure": "length_m",
         "where": {"district": ["east"]}},
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(rule: dict[str, Any]) -> None:
    """One figure per year, one hardness, and age only with what is left."""
    with pytest.raises(ValidationError):
        Target.model_validate({"kind": "target", "id": "goal"} | rule)


def test_a_price_finer_than_the_unit_is_refused() -> None:
    """0.001 万元 is a tenth of the smallest amount."""
    problem = _problem(hard=False, amount={"2027": 1}, weight=0.001)
    assert [code for code, _ in hand.refusals(problem, "target")] == ["rule.too_fine"]
