"""The families of synthetic counties are whole cases of the product, and repeatable."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.families import county, knapsack_like
from renewopt.optimise.task import SolveOptions
from renewopt.road import solve_problem
from renewopt.rules.assemble import policy_problems, policy_warnings

KINDS = {
    "one_work", "running", "dig_once", "closed_corridor", "mandatory", "annual_cap",
    "paid_in_full", "fund_budget", "fund_eligibility", "fund_share", "capital_share",
    "debt_limit", "debt_service", "decided", "choose", "precedence",
}  # fmt: skip


@pytest.mark.parametrize(("projects", "years"), [(30, 5), (30, 10), (300, 5)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_county_has_every_kind_of_rule(projects: int, years: int, seed: int) -> None:
    """Every kind is on, selects something, and nothing of the case is refused."""
    problem = county(projects, years, seed)
    assert {rule.kind for rule in problem.policy.rules} >= KINDS
    assert policy_problems(problem) == []
    # Bonds and residents' money of the families are held by their amounts alone.
    warned = {note.code for note in policy_warnings(problem)}
    assert warned <= {
        "policy.no_coverage",
        "policy.no_bond_review",
        "policy.no_resident_limit",
    }
    assert len(problem.case.projects) == projects
    assert problem.case.years == years


def test_county_is_repeatable() -> None:
    """The same seed gives the same case and policy; another seed does not."""
    first, again, other = county(60, 5, 3), county(60, 5, 3), county(60, 5, 4)
    assert first.case.digest == again.case.digest
    assert first.policy.digest == again.policy.digest
    assert first.case.digest != other.case.digest


def test_county_says_that_it_is_synthetic() -> None:
    """Every project and package is labelled in both languages."""
    case = county(30, 5, 0).case
    for table in (case.projects, case.packages):
        assert table["name"].str.contains("synthetic / 合成").all()


def test_big_county_is_made_in_seconds() -> None:
    """10,000 projects × 10 years take seconds, about ten projects to a package."""
    began = time.process_time()
    case = county(10_000, 10, 0).case
    assert time.process_time() - began < 20
    assert len(case.packages) == 1000
    assert len(case.works) > 150_000


def test_money_binds() -> None:
    """A part of the wishes can be paid; duties can all be placed."""
    plan = solve_problem(county(60, 5, 0), options=SolveOptions(0.05, 10.0))
    share = len(plan.schedule.chosen) / 60
    assert 0.25 < share < 0.75
    assert all(stage.value == 0 for stage in plan.proof.stages)


def test_knapsack_family_is_a_knapsack() -> None:
    """Every resource has room for half of its use; value follows use."""
    problem = knapsack_like(100, 2, 0)
    assert policy_problems(problem) == []
    use = problem.case.use
    first = use[use["year"] == problem.case.start_year]
    for rule in problem.policy.of_kind("annual_cap"):
        whole = int(first.loc[first["resource"] == rule.measure, "amount"].sum())
        assert float(sum(rule.cap.values())) == pytest.approx(whole / 2, abs=2)
    total = first.groupby("work_id")["amount"].sum().to_numpy(np.float64)
    works = problem.case.works
    value = works.loc[works["start_year"] == problem.case.start_year, "risk_removed"]
    assert np.corrcoef(total, value.to_numpy(np.float64))[0, 1] > 0.5
