"""A bureau's project list as a case."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.inventory import ProjectList
from renewopt.projects import GRADE_LOSS, case_from_list
from tests.projects.small import SETTINGS, models

ROW: dict[str, Any] = {
    "name": "人民路供热管网改造",
    "project_code": None,
    "legal_owner": "热力公司",
    "asset_class": "heating_pipe",
    "nature": "quasi_public",
    "ownership": "public",
    "total_cost": 100.01,
    "length_m": 1200.0,
    "floor_area_m2": None,
    "items": None,
    "households": 500,
    "population": None,
    "grade": 4,
    "assessment_result": None,
    "assessment_deadline": None,
    "readiness": "可研",
    "first_year": None,
    "last_year": None,
    "fund_kinds": "",
    "district": "东城",
    "street": None,
    "net_income_per_year": None,
    "remark": None,
}


def projects(*changes: dict[str, Any]) -> ProjectList:
    """Make a list of rows like ROW."""
    rows = pd.DataFrame(
        [ROW | {"row": i} | own for i, own in enumerate(changes, start=2)]
    )
    whole = ["first_year", "last_year", "assessment_deadline", "grade", "households"]
    rows = rows.astype(dict.fromkeys(whole, "Int64"))
    numbers = [
        "length_m",
        "floor_area_m2",
        "items",
        "population",
        "net_income_per_year",
    ]
    rows = rows.astype(dict.fromkeys(numbers, "float64"))
    money = pd.DataFrame(columns=["fund_kind", "owner", "year", "amount"])
    return ProjectList(rows, money)


def made(*changes: dict[str, Any]) -> tuple[PlanningCase, list[Message]]:
    """Make a case of rows like ROW."""
    return case_from_list(projects(*changes), models(), SETTINGS)


def test_a_row_is_a_project_and_a_package() -> None:
    """Total cost, owner and households are taken as they stand."""
    case, _ = made({})
    assert case.projects["project_id"].tolist() == ["P-001"]
    assert case.packages["legal_owner"].tolist() == ["热力公司"]
    assert case.works["start_year"].tolist() == [2027, 2028, 2029]
    assert (case.payments.groupby("work_id")["cost"].sum() == 10001).all()


def test_risk_is_grade_times_people() -> None:
    """500 households are 1,300 people; effect of the class's first mode."""
    case, notes = made({}, {"grade": 5, "population": 1000})
    people = {"P-001": 1300.0, "P-002": 1000.0}
    loss = {"P-001": GRADE_LOSS[4], "P-002": GRADE_LOSS[5]}
    for project, now in zip(
        case.projects["project_id"], case.projects["risk_now"], strict=True
    ):
        assert now == pytest.approx(people[project] * loss[project])
    first = case.works[case.works["work_id"].str.endswith("2027")]
    assert first["risk_removed"].tolist() == [
        round(1300 * 0.01 * 4 * 95),
        round(1000 * 0.02 * 4 * 95),
    ]
    assert "projects.list_risk" in {n.code for n in notes}


def test_assessments_become_safety_duties() -> None:
    """立即改造 binds in the first year, 限期改造 in its year or within three."""
    case, _ = made(
        {"assessment_result": "immediate"},
        {"assessment_result": "deadline", "assessment_deadline": 2028},
        {"assessment_result": "deadline"},
        {"assessment_result": "ok"},
    )
    duties = case.obligations.set_index("project_id")["deadline"].to_dict()
    assert duties == {"P-001": 2027, "P-002": 2028, "P-003": 2029}


def test_a_row_under_construction_runs() -> None:
    """2026–2028 leaves two of three equal parts to pay, in one fixed work."""
    case, notes = made(
        {"first_year": 2026, "last_year": 2028, "total_cost": 90.0},
        {"readiness": "在建"},
    )
    assert case.packages["status"].tolist() == ["running", "running"]
    own = case.payments[case.payments["work_id"].str.startswith("P-001")]
    assert own[["year", "cost"]].to_numpy().tolist() == [[2027, 3000], [2028, 3000]]
    assert case.works.groupby("project_id").size().tolist() == [1, 1]
    assert "projects.list_running" in {n.code for n in notes}


def test_a_stated_first_year_is_the_earliest_start() -> None:
    """2028–2029 starts in 2028 or 2029 and is paid over two years."""
    case, _ = made({"first_year": 2028, "last_year": 2029})
    assert case.works["start_year"].tolist() == [2028, 2029]
    own = case.payments[case.payments["work_id"] == "P-001.replace.2028"]
    assert own["cost"].tolist() == [5000, 5001]


def test_one_code_is_one_package() -> None:
    """Rows with one code share a package and must agree on the owner."""
    case, _ = made({"project_code": "2027-01"}, {"project_code": "2027-01"}, {})
    assert case.projects.groupby("package_id").size().sort_index().tolist() == [2, 1]
    with pytest.raises(InputError) as error:
        made({"project_code": "x"}, {"project_code": "x", "legal_owner": "别家"})
    assert error.value.messages[0].params["rows"] == "2, 3"


def test_operators_rows_have_no_eligible_cost() -> None:
    """Grants do not pay for what an operator owns."""
    case, _ = made({"ownership": "operator"}, {})
    eligible = case.payments.groupby(case.payments["work_id"].str[:5])[
        "eligible_cost"
    ].sum()
    assert eligible["P-001"] == 0
    assert eligible["P-002"] > 0


def test_what_was_assumed_is_said() -> None:
    """No people, a start after the plan, named funds: each with its rows."""
    _, notes = made(
        {"households": None},
        {"first_year": 2031, "last_year": 2031},
        {"fund_kinds": "bank_loan"},
    )
    rows = {n.code: n.params.get("rows") for n in notes}
    assert rows["projects.list_no_people"] == "2"
    assert rows["projects.list_late_start"] == "3"
    assert rows["projects.list_funds_bind"] == "4"


def test_an_empty_list_is_an_error() -> None:
    """Nothing to plan is said, not planned."""
    empty = ProjectList(pd.DataFrame(columns=list(ROW)), pd.DataFrame())
    with pytest.raises(InputError, match="nothing_to_plan"):
        case_from_list(empty, models(), SETTINGS)


def test_a_list_that_leaves_nothing_says_why() -> None:
    """All rows begin after the plan: the rows are named, nothing crashes."""
    with pytest.raises(InputError) as error:
        made({"first_year": 2060, "last_year": 2061})
    codes = [m.code for m in error.value.messages]
    assert codes[0] == "projects.nothing_to_plan_list"
    assert "projects.list_late_start" in codes


def test_only_a_company_that_owns_the_works_borrows() -> None:
    """A bank loan for what the bureau owns would be hidden debt."""
    case, _ = made({"ownership": "operator"}, {"ownership": "public"})
    assert case.packages["borrower"].tolist() == ["热力公司", ""]


def test_finished_projects_are_not_planned_again() -> None:
    """A finished row is left out and named; a period in the past is asked about."""
    case, notes = made(
        {"readiness": "已完工"},
        {},
        {"first_year": 2024, "last_year": 2025},
    )
    assert len(case.projects) == 2
    rows = {n.code: n.params.get("rows") for n in notes}
    assert rows["projects.list_finished"] == "2"
    assert rows["projects.list_past"] == "4"


def test_named_funds_go_with_the_package() -> None:
    """资金来源 restricts what may pay, and not for running works."""
    case, _ = made(
        {"fund_kinds": "bank_loan;special_bond"},
        {"fund_kinds": "bank_loan", "readiness": "在建", "first_year": 2026},
    )
    kinds = case.packages.set_index("status")["fund_kinds"]
    assert kinds["new"] == "bank_loan;special_bond"
    assert kinds["running"] == ""


def test_the_clause_fits_the_class() -> None:
    """The guide on gas pipes is cited for gas pipes only."""
    case, _ = made(
        {"asset_class": "gas_pipe", "assessment_result": "immediate"},
        {"asset_class": "heating_pipe", "assessment_result": "immediate"},
    )
    clauses = dict(
        zip(case.obligations["project_id"], case.obligations["clause"], strict=True)
    )
    assert "燃气" in clauses["P-001"]
    assert "燃气" not in clauses["P-002"]
