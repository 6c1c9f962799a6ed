from __future__ import annotations

import pytest

from renewopt.core.schedule import Schedule
from renewopt.runs import Plan, figures


def test_kilometres_by_class_and_year(tiny_plan: Plan) -> None:
    """Pipe counts in the year of completion: H2 takes 2028 and 2029."""
    found = figures(tiny_plan.problem.case, tiny_plan.schedule)["km_renewed"]
    assert found["total"] == 3.0
    assert found["by_class"] == {
        "heating_pipe": {"total": 3.0, "by_year": {"2027": 2.0, "2029": 1.0}}
    }


def test_compounds_households_and_points(tiny_plan: Plan) -> None:
    """Compounds come with households, points are counted, each in its year."""
    found = figures(tiny_plan.problem.case, tiny_plan.schedule)
    assert found["compounds"] == {"total": 1, "by_year": {"2027": 1}, "households": 320}
    assert found["points_cleared"] == {"total": 1, "by_year": {"2029": 1}}


def test_old_heating_left(tiny_plan: Plan) -> None:
    """Of 4 km of 15 years and more, 1.5 km go in 2027 and 1 km in 2029."""
    found = figures(tiny_plan.problem.case, tiny_plan.schedule)["old_heating"]
    assert found["km_at_start"] == 4.0
    assert found["km_unknown_year"] == 0.1
    assert found["share_of_heating_at_start"] == 0.8
    assert found["share_left"] == {"2027": 0.625, "2028": 0.625, "2029": 0.375}


def test_starts_and_completions(tiny_plan: Plan) -> None:
    """Starts and completions are counted apart."""
    found = figures(tiny_plan.problem.case, tiny_plan.schedule)
    assert found["starts"] == {"2027": 2, "2028": 1, "2029": 1}
    assert found["completions"] == {"2027": 2, "2029": 2}


def test_money_by_year_and_fund(tiny_plan: Plan) -> None:
    """Costs of the plan years, the tail after it, and who pays."""
    money = figures(tiny_plan.problem.case, tiny_plan.schedule)["money"]
    assert money["cost_by_year"] == {"2027": 90.0, "2028": 30.0, "2029": 30.0}
    assert money["tail_by_year"] == {"2030": 5.0}
    assert money["by_fund_and_year"]["fiscal"] == {"2027": 50, "2028": 30, "2029": 30}


def test_two_shares_of_risk(tiny_plan: Plan) -> None:
    """What is removed of the removable, and the part of today's loss renewed."""
    risk = figures(tiny_plan.problem.case, tiny_plan.schedule)["risk"]
    assert risk["removed"] == 180.0
    assert risk["removable"] == 240.0
    assert risk["share_of_removable"] == 0.75
    assert risk["today"] == 47.5
    assert risk["share_of_today"] == pytest.approx(22 / 47.5, abs=1e-4)


def test_empty_schedule_has_figures(tiny_plan: Plan) -> None:
    """Doing nothing is a plan too: all figures are zero, none is missing."""
    nothing = Schedule(tiny_plan.schedule.chosen[:0], tiny_plan.schedule.draws[:0])
    found = figures(tiny_plan.problem.case, nothing)
    assert found["km_renewed"]["total"] == 0
    assert found["old_heating"]["share_left"]["2029"] == 1.0
    assert found["money"]["cost_by_year"] == {"2027": 0, "2028": 0, "2029": 0}
    assert found["risk"]["share_of_removable"] == 0
