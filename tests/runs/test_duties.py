from __future__ import annotations

from renewopt.core.proof import Mandatory
from renewopt.runs import Plan, count_duties, duty_table


def test_duties_are_listed_with_their_fate(tiny_plan: Plan) -> None:
    """Gas has no money; H1 is in time although overdue, H2 two years late."""
    table = duty_table(tiny_plan.problem.case, tiny_plan.schedule)
    rows = table[["hardness", "project_id", "status", "years_late"]].to_numpy().tolist()
    assert rows == [
        ["safety_duty", "G1", "missing", 0],
        ["assessed_target", "H1", "placed", 0],
        ["assessed_target", "H2", "late", 2],
    ]
    assert table["cost"].to_list() == [90_000, 4000, 4000]
    assert table["clauses"].iloc[0] == "national-15fyp 1"


def test_counts_by_hardness(tiny_plan: Plan) -> None:
    """Missing money is the least cost of what is not placed."""
    counts = count_duties(duty_table(tiny_plan.problem.case, tiny_plan.schedule))
    assert counts["safety_duty"] == Mandatory(1, 0, 0, 90_000)
    assert counts["assessed_target"] == Mandatory(2, 2, 1, 0)
    assert counts["safety_duty"].missing == 1


def test_duty_without_a_possible_work_is_missing(tiny_plan: Plan) -> None:
    """A project with a duty but without works is listed as missing, cost unknown."""
    case = tiny_plan.problem.case
    keep = case.works["project_id"] != "G1"
    from dataclasses import replace

    bare = replace(
        case,
        works=case.works[keep],
        payments=case.payments[case.payments["work_id"] != "G1-27"],
    )
    table = duty_table(bare, tiny_plan.schedule)
    assert table["status"].iloc[0] == "missing"
    assert table["cost"].iloc[0] == 0
