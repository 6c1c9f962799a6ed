from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from renewopt.core.schedule import Schedule
from renewopt.runs import Plan, debt_by_package, debt_ledger


def test_equal_repayment_after_grace(tiny_plan: Plan) -> None:
    """40 万元 at 3 %, 5 years, 1 of grace: 10 a year from 2029; existing 10 + 10."""
    ledger = debt_ledger(tiny_plan.problem, tiny_plan.schedule).set_index("year")
    assert list(ledger.index) == list(range(2027, 2033))
    assert ledger["issued"].to_list() == [4000, 0, 0, 0, 0, 0]
    assert ledger["repaid"].to_list() == [0, 1000, 2000, 1000, 1000, 1000]
    assert ledger["interest"].to_list() == [0, 120 + 60, 120 + 30, 90, 60, 30]
    assert ledger["balance"].to_list() == [6000, 5000, 3000, 2000, 1000, 0]
    assert ledger["service"].to_list() == [0, 1180, 2150, 1090, 1060, 1030]
    assert ledger["limit"].to_list() == ["70", "70", "70", "", "", ""]


def test_service_is_rounded_up_per_package(tiny_plan: Plan) -> None:
    """Two packages with an interest of 0.03 units each pay a unit each, not one."""
    draws = pd.DataFrame(
        {
            "package_id": ["PK1", "PK2"],
            "year": 2027,
            "fund_id": "bond",
            "amount": 1,
            "received": 1,
        }
    )
    policy = tiny_plan.problem.policy
    problem = replace(
        tiny_plan.problem,
        policy=replace(policy, existing_debt=policy.existing_debt[:0]),
    )
    schedule = Schedule(tiny_plan.schedule.chosen, draws)
    ledger = debt_ledger(problem, schedule).set_index("year")
    assert ledger.loc[2028, "interest"] == 2
    assert ledger.loc[2028, "service"] == 2
    assert ledger.loc[2029, "balance"] == 2


def test_no_debt_fund_gives_an_empty_ledger(tiny_plan: Plan) -> None:
    """Without debt funds the table is there and has no rows."""
    policy = tiny_plan.problem.policy
    plain = replace(policy, funds=policy.funds.assign(debt=False))
    problem = replace(tiny_plan.problem, policy=plain)
    assert len(debt_ledger(problem, tiny_plan.schedule)) == 0


def test_packages_and_old_debt_add_up_to_the_fund(tiny_plan: Plan) -> None:
    """Three packages with thirds: every column of every year is the sum, exactly."""
    draws = pd.DataFrame(
        {
            "package_id": ["PK1", "PK2", "PK1"],
            "year": [2027, 2027, 2028],
            "fund_id": "bond",
            "amount": [1000, 333, 101],
            "received": [1000, 333, 101],
        }
    )
    policy = tiny_plan.problem.policy
    funds = policy.funds.assign(tenor_years=4, coupon_bp=333)
    problem = replace(tiny_plan.problem, policy=replace(policy, funds=funds))
    schedule = Schedule(tiny_plan.schedule.chosen, draws)
    parts, whole = debt_by_package(problem, schedule), debt_ledger(problem, schedule)
    money = ["issued", "repaid", "interest", "service", "balance"]
    sums = parts.groupby(["fund_id", "year"])[money].sum()
    assert sums.equals(whole.set_index(["fund_id", "year"])[money].loc[sums.index])
    assert whole.set_index("year")["balance"].iloc[-1] == 0
    assert set(parts["package_id"]) == {"", "PK1", "PK2"}
    for package, own in parts.groupby("package_id"):
        change = own["balance"].diff().fillna(own["balance"])
        if package:
            assert (change == own["issued"] - own["repaid"]).all()
        assert (own[["repaid", "interest"]] >= 0).all().all()


@pytest.mark.parametrize(
    ("start", "longer", "years"),
    [
        (2029, 0, [2028]),
        (2029, 1, [2028, 2029]),
        (None, 0, [2028]),
        (None, 1, [2028, 2029]),
    ],
)
def test_interest_before_operation_is_shown(
    tiny_plan: Plan, start: int | None, longer: int, years: list[int]
) -> None:
    """Before a package's start, and while works go on; without one, only these."""
    case = tiny_plan.problem.case
    opens = pd.array([start] * len(case.packages), "Int64")
    packages = case.packages.assign(operation_start=opens)
    works = case.works.assign(duration=1 + longer)
    case = replace(case, packages=packages, works=works)
    problem = replace(tiny_plan.problem, case=case)
    table = debt_by_package(problem, tiny_plan.schedule)
    own = table[table["before_operation"] > 0]
    assert own["year"].to_list() == years
    assert (own["before_operation"] == own["interest"]).all()
