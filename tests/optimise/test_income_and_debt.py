"""One income, several debts: which of them it covers, and which it serves."""

from __future__ import annotations

from typing import Any

from renewopt.audit import audit_schedule
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
