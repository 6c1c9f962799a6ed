"""One income, several debts: which of them it covers, and which it serves."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.audit import audit_schedule
from renewopt.core.schedule import Schedule
from renewopt.rules.assemble import policy_problems
from renewopt.runs.ledger import debt_ledger
from tests.optimise.small import Fund, Work, bond, decide, small

EARNS = {
    "PA": {"net_income_per_year": 400, "operation_start": 2027, "borrower": "住建局"}
}
COVERED = {"kind": "coverage", "min_bp": 10_000, "planning_coupon_bp": 0}
LONG = bond((80, 0), tenor_years=30, coupon_bp=0)


def _case(funds: dict[str, Fund], *rules: dict[str, Any]) -> Any:
    money = {"fiscal": Fund((20, 0)), **funds}
    return small([Work("A27", (100,), 100)], money, rules, packages=EARNS)


def test_a_second_bond_on_offer_never_makes_the_plan_worse() -> None:
    """4 a year to 2057 cover 80; a bond of 10 years, quota 1, need not be used.

    It covers only what its own years bring, 4 × 10 = 40: the plan stands either way.
    """
    rule = COVERED | {"fund_kinds": ["special_bond"]}
    assert decide(_case({"long": LONG}, rule)).works == ["A27"]
    short = bond((1, 0), tenor_years=10, coupon_bp=0)
    assert decide(_case({"long": LONG, "short": short}, rule)).works == ["A27"]


def test_short_bonds_are_covered_by_their_own_years() -> None:
    """Of 80, a bond of 10 years may be 40 at most, what 2028–2037 bring."""
    rule = COVERED | {"fund_kinds": ["special_bond"]}
    short = bond((80, 0), tenor_years=10, coupon_bp=0)
    both = {"short": short, "long": bond((39, 0), tenor_years=30, coupon_bp=0)}
    assert decide(_case(both, rule)).works == []
    enough = {"short": short, "long": bond((40, 0), tenor_years=30, coupon_bp=0)}
    plan = decide(_case(enough, rule))
    assert plan.works == ["A27"]
    assert plan.money("short")["PA", 2027] <= 40


def test_one_income_does_not_cover_two_debts() -> None:
    """Two rules for two debts are refused; one for both, or a wider one, is not."""
    loan = bond((40, 0), kind="bank_loan", borrower="住建局")
    funds = {"bond": LONG, "loan": loan}
    first = COVERED | {"id": "c1", "funds": ["bond"]}
    problem = _case(funds, first, COVERED | {"id": "c2", "funds": ["loan"]})
    codes = [note.code for note in policy_problems(problem)]
    assert codes.count("rule.covered_twice") == 1
    wide = _case(funds, first, COVERED | {"id": "c2", "funds": ["bond", "loan"]})
    assert "rule.covered_twice" not in {n.code for n in policy_problems(wide)}


def test_general_bonds_are_served_by_the_budget_alone() -> None:
    """An income of 100 a year serves no general bond: without a purse there is none."""
    service = {"kind": "debt_service", "payer": "general_public_budget"}
    service |= {"funds": ["general"], "purse": {"2027": 0, "2028": 0}}
    packages = {"PA": {"net_income_per_year": 10_000, "operation_start": 2027}}

    def case(**more: Any) -> Any:
        fund = {"general": bond((100, 0), kind="general_bond")}
        works = [Work("A27", (100,), 100)]
        return small(works, fund, [service | more], packages=packages)

    assert decide(case(purse_after=0, purse={"2027": 0, "2028": 0})).works == []
    rich = {"2027": 0, "2028": 5}
    paid = decide(case(purse_after=105, purse=rich))
    assert paid.works == ["A27"]
    # The auditor, too, asks the budget alone.
    breaches = audit_schedule(case(purse_after=0), paid.schedule)
    assert {breach.rule_id for breach in breaches} == {"debt_service"}
    codes = {n.code for n in policy_problems(case(purse_after=0, income_first=True))}
    assert "rule.income_not_general" in codes


def test_the_debt_table_adds_up_exactly() -> None:
    """Balance before + issued − repaid = balance, where thirds are repaid."""
    loan = bond((100, 0), tenor_years=3, repayment="equal", coupon_bp=333)
    works, old = [Work("A27", (100,), 100)], [("bond", 2028, 7, 1)]
    problem = small(works, {"bond": loan}, debt=old)
    table = debt_ledger(problem, decide(problem).schedule)
    owed = 700
    for row in table.itertuples():
        assert row.balance == owed + row.issued - row.repaid
        assert row.service == row.repaid + row.interest
        owed = row.balance
    assert owed == 0
    assert table["repaid"].sum() == 10_000 + 700


LIFE = {"kind": "debt_service", "funds": ["bond"], "payer": "government_fund_budget"}
LIFE |= {"purse": {"2027": 0, "2028": 0}, "purse_after": 0}
PAIR = [Work("A27", (100,), 100), Work("B27", (50,), 1)]
"""A wants a bond of 100 for three years at 5 %: 115 in all, 105 of it in 2030."""


def _pair(money: int, *rules: dict[str, Any]) -> Any:
    """B earns 105 a year once it is built; A earns nothing."""
    earns = {"net_income_per_year": 10_500, "operation_start": 2027}
    owner = {"legal_owner": "X"}
    packages = {"PA": owner, "PB": owner | earns}
    funds = {"bond": bond((100, 0)), "fiscal": Fund((money, 0))}
    merged = [rule | {"merged": [["PA", "PB"]]} for rule in rules]
    return small(PAIR, funds, merged, packages=packages)


@pytest.mark.parametrize(
    "rule",
    [
        COVERED | {"funds": ["bond"], "planning_coupon_bp": 500},
        COVERED | {"funds": ["bond"], "income_years": 3},
        LIFE,
    ],
)
def test_a_partner_carries_a_bond_only_if_it_is_built(rule: dict[str, Any]) -> None:
    """Without money for B as well A has no bond; the auditor agrees."""
    both = decide(_pair(50, rule))
    assert both.works == ["A27", "B27"]
    assert decide(_pair(0, rule)).works == ["B27"]
    alone = Schedule(
        both.schedule.chosen[both.schedule.chosen["project_id"] == "A"],
        both.schedule.draws[both.schedule.draws["package_id"] == "PA"],
    )
    breaches = audit_schedule(_pair(50, rule), alone)
    assert {breach.rule_id for breach in breaches} == {rule["kind"]}


def test_a_part_of_a_package_covers_its_part() -> None:
    """A and C share 60 a year by cost, 40 and 20: A alone covers 115 of three years."""
    works = [Work("A27", (100,), 100), Work("C27", (50,), 1)]
    rule = COVERED | {"funds": ["bond"], "planning_coupon_bp": 500}

    def plan(income: int, money: int) -> list[str]:
        funds = {"bond": bond((100, 0)), "fiscal": Fund((money, 0))}
        earns = {"net_income_per_year": 100 * income, "operation_start": 2027}
        one = {name: {"package_id": "P"} for name in "AC"}
        problem = small(works, funds, [rule], projects=one, packages={"P": earns})
        return decide(problem).works

    assert plan(60, 0) == ["A27"]
    # 40 a year are 26 and two thirds with A alone, 80 in three years; 120 with C too.
    assert plan(40, 0) == []
    assert plan(40, 50) == ["A27", "C27"]


def test_a_late_bond_is_covered_by_the_years_after_its_issue() -> None:
    """Issued in 2028 for three years: 2029 to 2031 count, 39 a year are enough."""
    rule = COVERED | {"funds": ["bond"], "planning_coupon_bp": 500}

    def plan(income: int, *works: Work) -> list[str]:
        earns = {"net_income_per_year": 100 * income, "operation_start": 2027}
        funds = {"bond": bond((0, 100)), "fiscal": Fund((10, 0))}
        one = {name: {"package_id": "P"} for name in "AC"}
        problem = small(works, funds, [rule], projects=one, packages={"P": earns})
        return decide(problem).works

    late = Work("A28", (100,), 100)
    assert plan(39, late) == ["A28"]
    assert plan(38, late) == []
    # What C earns in 2028 is not there for a bond of that year: 38 a year stay short.
    assert plan(38, late, Work("C27", (10,), 1)) == ["C27"]


def test_works_of_several_years_open_one_after_the_other() -> None:
    """B's part is earned after B is done: it serves nothing of 2028."""
    works = [Work("A27", (100,), 100), Work("C28", (300,), 1)]
    funds = {"bond": bond((100, 0)), "fiscal": Fund((0, 300))}
    earns = {"net_income_per_year": 1000, "operation_start": 2027}
    one = {name: {"package_id": "P"} for name in "AC"}

    def plan(purse: int) -> list[str]:
        rule = LIFE | {"purse": {"2027": 0, "2028": purse}, "purse_after": 95}
        problem = small(works, funds, [rule], projects=one, packages={"P": earns})
        return decide(problem).works

    # A earns a quarter of 10: of 5 of interest in 2028 half is left for the purse. From
    # 2029 on both earn: 105 in 2030 leave 95.
    assert plan(3) == ["A27", "C28"]
    assert plan(2) == ["C28"]
