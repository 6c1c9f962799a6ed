"""Parameters that make a rule another one: bonds as capital, a borrower's own limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from renewopt.audit import audit_schedule
from renewopt.rules.assemble import policy_problems
from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, bond, decide, small

A, B = Work("A27", (100,), 100), Work("B27", (10,), 5)
PAID = {"fiscal": Fund((10, 0)), "bond": bond((100, 0))}


def _capital(**terms: Any) -> Problem:
    rule = {"kind": "capital_share", "min_bp": 2000, **terms}
    return small([A, B], PAID, [rule])


def test_bonds_are_no_capital() -> None:
    """A has 10 of its own of the 20 asked for: only B can be built."""
    assert decide(_capital()).works == ["B27"]


def test_bonds_count_up_to_the_allowance() -> None:
    """Both cost 110 and ask for 22: 10 of their own and 12 % of 100 are enough."""
    decided = decide(_capital(bonds=["bond"], allowance_bp=1200))
    assert decided.works == ["A27", "B27"]


def test_the_allowance_binds() -> None:
    """With 11 % they are one short; the auditor refuses the plan of 12 %."""
    tight = _capital(bonds=["bond"], allowance_bp=1100)
    assert decide(tight).works == ["B27"]
    plan = decide(_capital(bonds=["bond"], allowance_bp=1200)).schedule
    found = [b for b in audit_schedule(tight, plan) if b.rule_id == "capital_share"]
    assert [(b.where, b.limit, b.actual) for b in found] == [("allowance", 11.0, 12.0)]


def test_the_allowance_is_one_for_all_packages() -> None:
    """What A does not need of the allowance serves B; more it cannot be."""
    works = [A, Work("B27", (100,), 90)]
    funds = {"fiscal": Fund((30, 0)), "bond": bond((200, 0))}
    terms = {"kind": "capital_share", "min_bp": 2000, "bonds": ["bond"]}
    # 170 of bonds; 40 of capital are asked for, 30 are there: 10 = 5.9 % of 170.
    wide = small(works, funds, [terms | {"allowance_bp": 600}])
    assert decide(wide).works == ["A27", "B27"]
    tight = small(works, funds, [terms | {"allowance_bp": 500}])
    assert decide(tight).works == ["A27"]


@pytest.mark.parametrize("terms", [{"bonds": ["bond"]}, {"allowance_bp": 500}])
def test_half_a_term_is_refused(terms: dict[str, Any]) -> None:
    """Bonds without an allowance, or an allowance of nothing, would change nothing."""
    codes = [m.code for m in policy_problems(_capital(**terms))]
    assert codes == ["rule.allowance"]


def _loan(purse_after: int) -> Problem:
    own = {"packages": {"PA": {"nature": "quasi_public", "borrower": "heat"}}}
    loan = bond((100, 0), kind="bank_loan", borrower="heat")
    rule = {
        "kind": "debt_service",
        "funds": ["loan"],
        "payer": "borrower",
        "purse": {"2027": 0, "2028": 5},
        "purse_after": purse_after,
    }
    fiscal = Fund((10, 0))
    return small([A, B], {"fiscal": fiscal, "loan": loan}, [rule], **own)


def test_borrower_repays_from_its_own_purse() -> None:
    """90 at 5 % for three years: the last year asks for 94.5 of the borrower."""
    assert decide(_loan(95)).works == ["A27"]
    assert decide(_loan(94)).works == ["B27"]


def test_a_loan_is_never_served_by_the_county() -> None:
    """A loan with a public payer would be hidden debt: refused."""
    problem = _loan(95)
    rules = tuple(
        rule.model_copy(update={"payer": "government_fund_budget"})
        if rule.kind == "debt_service"
        else rule
        for rule in problem.policy.rules
    )
    hidden = Problem(problem.case, replace(problem.policy, rules=rules))
    assert [m.code for m in policy_problems(hidden)]


@pytest.mark.parametrize(
    ("terms", "first", "works"),
    [
        ({"arrival_month": 3, "interest_per_year": 2}, 4, ["B27"]),
        ({"arrival_month": 3, "interest_per_year": 2}, 5, ["A27", "B27"]),
        ({"arrival_month": 9, "interest_per_year": 2}, 0, ["A27", "B27"]),
        ({"arrival_month": 3, "interest_per_year": 1}, 0, ["A27", "B27"]),
    ],
)
def test_half_a_coupon_falls_due_in_the_year_of_issue(
    terms: dict[str, Any], first: int, works: list[str]
) -> None:
    """100 at 10 %, issued in March: 5 in September. Issued in September: a year on."""
    funds = {"fiscal": Fund((10, 0)), "bond": bond((100, 0), coupon_bp=1000, **terms)}
    purse = {"2027": first, "2028": 10}
    rule = {"kind": "debt_service", "funds": ["bond"], "purse": purse}
    rule |= {"payer": "government_fund_budget", "purse_after": 200}
    problem = small([A, B], funds, [rule])
    plan = decide(problem)
    assert plan.works == works
    # The auditor counts the dates himself.
    free = decide(small([A, B], funds)).schedule
    found = {b.rule_id for b in audit_schedule(problem, free)}
    assert found == (set() if works == ["A27", "B27"] else {"debt_service"})


def test_a_batch_of_november_pays_from_the_next_year() -> None:
    """A quota in two batches is two funds; the later one comes too late for 2027."""
    works = [Work("A27", (60,), 100), Work("B28", (60,), 90), Work("C27", (60,), 80)]
    early = bond((60, 0), arrival_month=3)
    late = bond((120, 0), arrival_month=11, carry_over=1)
    assert decide(small(works, {"b1": early, "b2": late})).works == ["A27", "B28"]
    limit = {"kind": "debt_limit", "funds": ["b1", "b2"], "limit": {"2028": 110}}
    assert decide(small(works, {"b1": early, "b2": late}, [limit])).works == ["A27"]


def test_construction_interest_is_part_of_the_cost() -> None:
    """100, 80 of it bonds at 10 %: 8 of interest in 2028 ask for 1.6 more capital."""
    work = [Work("A27", (100,), 100)]
    rule = {"kind": "capital_share", "min_bp": 2000, "construction_interest": True}

    def works(own: int, debt: int, start: int | None = None, **more: Any) -> list[str]:
        funds = {"fiscal": Fund((own, 0)), "bond": bond((debt, 0), coupon_bp=1000)}
        opens = {"PA": {"operation_start": start}}
        return decide(small(work, funds, [rule | more], packages=opens)).works

    assert works(20, 80, 2029) == []
    assert works(20, 80, 2029, construction_interest=False) == ["A27"]
    # 22 of capital and 78 of bonds: 20 % of 107.8 is 21.56.
    assert works(22, 78, 2029) == ["A27"]
    # In operation from 2028 on there is no interest before it; nor where nobody says
    # when it starts, since the work is completed in 2027.
    assert works(20, 80, 2028) == ["A27"]
    assert works(20, 80) == ["A27"]


def test_an_up_front_grant_is_a_share_of_the_whole() -> None:
    """Half of 100 is due after the plan: a grant of 60 % may come whole, now."""
    work = [Work("A27", (30, 20, 50), 100)]

    def case(share: int, early: bool) -> Problem:
        grant = Fund((60, 0), max_share_bp=share, up_front=early, carry_over=1)
        return small(work, {"grant": grant, "fiscal": Fund((0, 0))})

    plan = decide(case(6000, early=True))
    assert plan.works == ["A27"]
    tight = case(4900, early=True)
    assert decide(tight).works == []
    found = audit_schedule(tight, plan.schedule)
    assert {breach.rule_id for breach in found} == {"fund_share"}
    # Money that comes when it is spent is a share of what the plan pays.
    assert decide(case(6000, early=False)).works == []
