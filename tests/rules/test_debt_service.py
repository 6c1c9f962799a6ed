"""Debt service: project income pays first, the purse the rest, to the last year."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.schedule import Breach
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 1000})}
BOND = {"kind": "special_bond", "debt": True, "tenor_years": 3, "coupon_bp": 1000}
PURSE = {"2027": 0, "2028": 1, "2029": 1}


def _rule(**changes: Any) -> dict[str, Any]:
    rule = {"kind": "debt_service", "id": "service", "funds": ["bond"]}
    rule |= {"payer": "government_fund_budget", "purse": PURSE, "purse_after": 11}
    return rule | changes


def _problem(
    package: dict[str, Any] | None = None,
    debt: list[hand.Row] | None = None,
    **changes: Any,
) -> Problem:
    return hand.problem(
        WORKS,
        [_rule(**changes)],
        packages={"P1": package or {}},
        funds=hand.FISCAL | {"bond": BOND},
        debt=debt,
    )


def _judge(problem: Problem, issued: int) -> list[Breach]:
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "bond", issued)])
    return hand.breaches(problem, "debt_service", plan)


def test_interest_then_principal() -> None:
    """10 万元 at 10 %: 1 in 2028 and 2029, 11 in 2030, which is after the plan."""
    problem = _problem()
    assert _judge(problem, 1000) == []
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "bond", 1000)])
    found = hand.findings(problem, "debt_service", plan)
    assert {f.where: f.used for f in found} == {
        "2027": 0.0,
        "2028": 1.0,
        "2029": 1.0,
        "2030": 11.0,
        "2031": 0.0,
        "2032": 0.0,
    }


def test_one_unit_over_is_named_in_every_year() -> None:
    """Interest on 10.01 is rounded up to 1.01; the principal does not fit either."""
    assert _judge(_problem(), 1001) == [
        Breach("service", "2028", 1.0, 1.01),
        Breach("service", "2029", 1.0, 1.01),
        Breach("service", "2030", 11.0, 11.02),
    ]


def test_income_pays_first() -> None:
    """From 2029 the project earns 1 万元: the purse pays nothing then, 10 in 2030."""
    package = {"net_income_per_year": 100, "operation_start": 2029}
    purse = {"2027": 0, "2028": 1, "2029": 0}
    problem = _problem(package, purse=purse, purse_after=10)
    assert _judge(problem, 1000) == []
    tight = _problem(package, purse=purse, purse_after=9.99)
    assert _judge(tight, 1000) == [Breach("service", "2030", 9.99, 10.0)]


BOTH = WORKS | {"B27": hand.work("B", 2027, {2027: 100})}
PARTNER = {"net_income_per_year": 1100, "operation_start": 2027}
NO_PURSE: dict[str, Any] = {"purse": dict.fromkeys(PURSE, 0), "purse_after": 0}


@pytest.mark.parametrize(
    ("merged", "works", "broken"),
    [
        ([["P1", "P2"]], ["A27", "B27"], []),
        ([], ["A27", "B27"], ["2028", "2029", "2030"]),
        ([["P1", "P2"]], ["A27"], ["2028", "2029", "2030"]),
    ],
)
def test_merged_packages_serve_their_debt_together(
    merged: list[list[str]], works: list[str], broken: list[str]
) -> None:
    """P2 earns 11 万元 a year: merged and built, it carries the bond of P1."""
    problem = hand.problem(
        BOTH,
        [_rule(**NO_PURSE, merged=merged)],
        projects={"B": {"package_id": "P2"}},
        packages={"P1": {}, "P2": PARTNER},
        funds=hand.FISCAL | {"bond": BOND},
    )
    plan = hand.plan(problem, works, [("P1", 2027, "bond", 1000)])
    found = hand.breaches(problem, "debt_service", plan)
    assert [breach.where for breach in found] == broken


@pytest.mark.parametrize(("status", "broken"), [("running", 0), ("new", 3)])
def test_only_what_is_built_already_earns_without_works(
    status: str, broken: int
) -> None:
    """A partner without projects is operating, or it is nothing."""
    problem = hand.problem(
        WORKS,
        [_rule(**NO_PURSE, merged=[["P1", "P2"]])],
        packages={"P1": {}, "P2": PARTNER | {"status": status}},
        funds=hand.FISCAL | {"bond": BOND},
    )
    assert len(_judge(problem, 1000)) == broken


def test_income_comes_from_the_works_that_are_chosen() -> None:
    """Of 12 a year A has 10, its part of the cost: B has the rest from 2029 on only."""
    works = BOTH | {"B28": hand.work("B", 2028, {2028: 200})}
    earning = {"net_income_per_year": 1200, "operation_start": 2027}

    def short(*chosen: str) -> list[tuple[str, float]]:
        problem = hand.problem(
            works,
            [_rule(**NO_PURSE)],
            packages={"P1": earning},
            funds=hand.FISCAL | {"bond": BOND},
        )
        draws = [("P1", 2027, "bond", 1090)]
        found = hand.breaches(
            problem, "debt_service", hand.plan(problem, [*chosen], draws)
        )
        return [(breach.where, breach.actual) for breach in found]

    # 10.9 at 10 %: 1.09 in 2028 and 2029, 11.99 in 2030; in 2027 nothing is due.
    assert short("A27", "B27") == []
    assert short("A27", "B28") == []
    assert short("A27") == [("2030", 1.99)]
    assert short("B28") == [("2028", 1.09), ("2030", 9.99)]


def test_projects_may_state_their_own_income() -> None:
    """Then it is theirs whatever they cost; the package has the sum."""
    problem = hand.problem(
        BOTH,
        [_rule(**NO_PURSE)],
        projects={"B": {"net_income_per_year": 1200, "operation_start": 2029}},
        packages={"P1": {"operation_start": 2027}},
        funds=hand.FISCAL | {"bond": BOND},
    )
    assert problem.case.packages["net_income_per_year"].to_list() == [1200]
    for works, broken in ((["A27"], ["2028", "2029", "2030"]), (["B27"], ["2028"])):
        plan = hand.plan(problem, works, [("P1", 2027, "bond", 1000)])
        found = hand.breaches(problem, "debt_service", plan)
        assert [breach.where for breach in found] == broken


def test_packages_of_two_owners_are_not_merged() -> None:
    """The income of one company never serves the debt of another."""
    problem = hand.problem(
        WORKS,
        [_rule(merged=[["P1", "P2"]])],
        packages={"P1": {"legal_owner": "A"}, "P2": {"legal_owner": "B"}},
        funds=hand.FISCAL | {"bond": BOND},
    )
    refused = [code for code, _ in hand.refusals(problem, "debt_service")]
    assert refused == ["rule.merged_owners"]


def test_income_of_one_package_serves_no_other() -> None:
    """What a project earns beyond its own service is not the county's."""
    problem = hand.problem(
        WORKS | {"B27": hand.work("B", 2027)},
        [_rule()],
        projects={"B": {"package_id": "P2"}},
        packages={"P2": {"net_income_per_year": 900, "operation_start": 2027}},
        funds=hand.FISCAL | {"bond": BOND},
    )
    assert _judge(problem, 1000) == []
    assert len(_judge(problem, 1001)) == 3


def test_existing_debt_shares_the_purse() -> None:
    """0.4 of interest in 2028 leave 0.6: 6 万元 can be issued, 6.01 cannot."""
    debt = [{"fund_id": "bond", "year": 2028, "repaid": 0, "interest": 40}]
    problem = _problem(debt=debt)
    assert _judge(problem, 600) == []
    assert _judge(problem, 601) == [Breach("service", "2028", 1.0, 1.01)]


def test_existing_debt_alone_can_be_too_much() -> None:
    """A year after all new debt counts too, if old debt is due in it."""
    debt = [{"fund_id": "bond", "year": 2040, "repaid": 1101, "interest": 0}]
    assert _judge(_problem(debt=debt), 0) == [Breach("service", "2040", 11.0, 11.01)]


def test_debt_that_nobody_may_use_leaves_the_old_service() -> None:
    """Where no package may use the bond, the purse still has to serve old debt."""
    bond = BOND | {"natures": "commercial"}
    debt = [{"fund_id": "bond", "year": 2029, "repaid": 100, "interest": 1}]
    problem = hand.problem(
        WORKS, [_rule()], funds=hand.FISCAL | {"bond": bond}, debt=debt
    )
    assert hand.breaches(problem, "debt_service", hand.plan(problem, [])) == [
        Breach("service", "2029", 1.0, 1.01)
    ]


@pytest.mark.parametrize(
    ("kind", "payer"),
    [("special_bond", "borrower"), ("bank_loan", "government_fund_budget")],
)
def test_wrong_payer_is_refused(kind: str, payer: str) -> None:
    """A loan served by the county would be hidden debt; a bond is the county's."""
    problem = hand.problem(
        WORKS,
        [_rule(payer=payer)],
        funds=hand.FISCAL | {"bond": BOND | {"kind": kind}},
    )
    (found,) = hand.refusals(problem, "debt_service")
    assert (found[0], found[1]["value"]) == ("rule.wrong_payer", payer)


def test_refusals() -> None:
    """Years missing or outside, funds that are no debt, amounts too fine."""
    problem = _problem(
        funds=["fiscal"], purse={"2027": 1, "2028": 1, "2031": 1}, purse_after=0.001
    )
    assert [code for code, _ in hand.refusals(problem, "debt_service")] == [
        "rule.not_debt",
        "rule.year_outside",
        "rule.year_missing",
        "rule.too_fine",
    ]


def test_one_income_serves_one_debt() -> None:
    """Income of 1 a year is not there for a rule that leaves it to another one."""
    package = {"net_income_per_year": 100, "operation_start": 2028}
    first = _problem(package, purse={"2027": 0, "2028": 0, "2029": 0})
    assert _judge(first, 1000) == []
    second = _problem(
        package, purse={"2027": 0, "2028": 0, "2029": 0}, income_first=False
    )
    assert {b.where for b in _judge(second, 1000)} == {"2028", "2029"}


def test_two_rules_may_not_count_the_same_income() -> None:
    """The second rule that counts the income is refused and says which one has it."""
    both = hand.problem(
        WORKS,
        [_rule(), _rule(id="again")],
        packages={"P1": {"net_income_per_year": 100, "operation_start": 2028}},
        funds=hand.FISCAL | {"bond": BOND},
    )
    found = [m for rule in both.policy.rules for m in rule.problems(both)]
    assert [(m.code, m.params["packages"]) for m in found] == [
        ("rule.income_twice", "P1")
    ]


@pytest.mark.parametrize("merged", [[], [["P1", "P2"]]])
def test_two_companies_serve_their_loans_from_their_own_incomes(
    merged: list[list[str]],
) -> None:
    """Each loan has its own borrower's package: no income serves two debts."""
    loan = BOND | {"kind": "bank_loan"}
    earning = {"net_income_per_year": 100, "operation_start": 2028}
    rule = _rule(funds=["one"], payer="borrower", id="one", merged=merged)
    problem = hand.problem(
        BOTH,
        [rule, _rule(funds=["two"], payer="borrower", id="two")],
        projects={"B": {"package_id": "P2"}},
        packages={"P1": earning | {"borrower": "X"}, "P2": earning | {"borrower": "Y"}},
        funds={"one": loan | {"borrower": "X"}, "two": loan | {"borrower": "Y"}},
    )
    found = [m for rule in problem.policy.rules for m in rule.problems(problem)]
    # Merged with the first, the second company's package serves the first's loan too.
    wrong = [("rule.income_twice", "P2")] if merged else []
    assert [(m.code, m.params["packages"]) for m in found] == wrong


@pytest.mark.parametrize(
    ("first", "codes"), [(None, ["rule.income_covers_and_serves"]), (False, [])]
)
def test_an_income_that_covers_a_bond_and_serves_a_loan_is_told(
    first: bool | None, codes: list[str]
) -> None:
    """The same 100 a year cannot be there for both; left to the bond it is not told."""
    loan = BOND | {"kind": "bank_loan", "borrower": "X"}
    covered = {
        "kind": "coverage",
        "id": "cover",
        "funds": ["bond"],
        "planning_coupon_bp": 300,
    }
    rule = _rule(funds=["loan"], payer="borrower", id="serve", income_first=first)
    problem = hand.problem(
        WORKS,
        [covered, rule],
        packages={
            "P1": {"net_income_per_year": 100, "operation_start": 2028, "borrower": "X"}
        },
        funds=hand.FISCAL | {"bond": BOND, "loan": loan},
    )
    told = [m for rule in problem.policy.rules for m in rule.warnings(problem)]
    assert [m.code for m in told if m.code.startswith("rule.income")] == codes
