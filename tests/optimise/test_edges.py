"""Problems at the edge: nothing to choose, nothing to pay with, nobody who may pay."""

from __future__ import annotations

import pandas as pd

from renewopt.core.case import make_case
from renewopt.rules.assemble import policy_problems
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, bond, decide, small
from tests.optimise.solving import Model

SETTINGS = {"start_year": 2027, "years": 2, "discount_rate_bp": 400}
DEBT = (
    {"kind": "debt_limit", "funds": ["bond"], "limit": {"2027": 0}},
    {
        "kind": "debt_service",
        "funds": ["bond"],
        "payer": "government_fund_budget",
        "purse": {"2027": 0, "2028": 0},
        "purse_after": 0,
    },
)


def test_case_without_any_work_gives_the_empty_plan() -> None:
    """A duty without a possible work is counted, and nothing fails."""
    projects = pd.DataFrame(
        [{"project_id": "A", "asset_class": "gas_pipe", "risk_now": 2.5}]
    )
    duties = pd.DataFrame(
        [
            {"project_id": "A", "pack": "p", "clause": "1"}
            | {"hardness": "safety_duty", "deadline": 2027}
        ]
    )
    case = make_case(
        {**SETTINGS, "price_base_year": 2026},
        {"projects": projects, "obligations": duties},
    )
    rules = [
        {"kind": "mandatory", "id": "duties"},
        {"kind": "dig_once", "id": "dig", "rate_bp": 2500},
        {"kind": "annual_cap", "id": "cap", "measure": "cost", "cap": {"2027": 1}},
    ]
    empty = (FUNDS.empty(), FUND_YEARS.empty(), EXISTING_DEBT.empty())
    problem = Problem(case, make_policy({"rule": rules}, *empty, "policy.toml"))
    assert policy_problems(problem) == []
    model = Model.of(problem)
    result = model.solve()
    assert result.status == "optimal"
    assert [(s.name, s.value) for s in result.stages] == [("safety_duty unplaced", 250)]
    assert len(model.schedule(result.values).chosen) == 0  # type: ignore[arg-type]


def test_debt_that_nobody_may_use_disturbs_nothing() -> None:
    """Rules on a bond for which no package is eligible leave the plan alone."""
    funds = {"bond": bond((50, 50), natures="public"), "fiscal": Fund((100, 0))}
    packages = {"PA": {"nature": "commercial"}}
    problem = small([Work("A27", (100,), 9)], funds, DEBT, packages=packages)
    assert decide(problem).works == ["A27"]


def test_project_that_nobody_may_pay_is_left_out() -> None:
    """Without an eligible fund there is no money, not an error."""
    funds = {"fiscal": Fund((999, 999), natures="public")}
    packages = {"PA": {"nature": "commercial"}}
    works = [Work("A27", (100,), 9), Work("B27", (100,), 1)]
    assert decide(small(works, funds, packages=packages)).works == ["B27"]


def test_work_that_costs_nothing_needs_no_fund() -> None:
    """A free work is taken though nobody may pay for its package."""
    funds = {"fiscal": Fund((999, 999), natures="public")}
    packages = {"PA": {"nature": "commercial"}}
    problem = small([Work("A27", (0,), 9)], funds, packages=packages)
    assert decide(problem).works == ["A27"]
