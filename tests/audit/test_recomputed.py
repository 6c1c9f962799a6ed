"""The auditor's arithmetic, against sums done by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from renewopt.audit.books import Books, books_of, exact, facts_of, selects
from renewopt.audit.debt import Account, accounts, post_issue
from renewopt.audit.figures import Money, Ratio, figures, yearly_cost
from renewopt.audit.funding import Life
from renewopt.audit.statements import tree_differs
from renewopt.audit.streets import closed_until, joint_savings, waivers
from renewopt.audit.summary import objective
from renewopt.audit.works import duties, shortfall
from tests.audit import hand


@pytest.fixture(scope="module")
def books() -> Books:
    """Give the plan worked out by hand."""
    return books_of(facts_of(hand.hand_problem()), hand.hand_schedule())


def test_equal_repayment() -> None:
    """100 at 3 % over 5 years with 1 of grace: four parts of 25 from year 2."""
    account = Account()
    fund = {"tenor_years": 5, "grace_years": 1, "coupon_bp": 300, "repayment": "equal"}
    post_issue(account, fund, "P", 2027, 10_000)
    assert [account.balance[y] for y in range(2027, 2033)] == [
        10_000, 10_000, 7500, 5000, 2500, 0,
    ]  # fmt: skip
    assert [account.interest[y] for y in range(2028, 2033)] == [300, 300, 225, 150, 75]
    assert [account.service_total(y) for y in range(2028, 2033)] == [
        300, 2800, 2725, 2650, 2575,
    ]  # fmt: skip


def test_bullet_with_thirds() -> None:
    """Interest of a third of a unit is kept exact and rounded up once a year."""
    account = Account()
    fund = {"tenor_years": 2, "grace_years": 0, "coupon_bp": 333, "repayment": "bullet"}
    post_issue(account, fund, "P", 2027, 100)
    assert account.interest[2028] == Fraction(333, 100)
    assert account.service_total(2028) == 4
    assert account.service_total(2029) == 104
    assert account.balance[2029] == 0


def test_service_is_rounded_up_per_package() -> None:
    """Two packages with 0.4 of a unit each owe a unit each, not one together."""
    account = Account()
    fund = {"tenor_years": 2, "grace_years": 0, "coupon_bp": 40, "repayment": "bullet"}
    post_issue(account, fund, "P", 2027, 100)
    post_issue(account, fund, "Q", 2027, 100)
    assert account.service_total(2028) == 2


def test_old_debt_is_in_the_balance(books: Books) -> None:
    """Balance 2027: 10 new and 20 old; 2028: 65 new, 10 old; then 7.5 + 97.8."""
    bond = accounts(books)["bond"]
    assert [bond.balance[y] for y in (2027, 2028, 2029)] == [3000, 7500, 10_530]
    assert bond.service_total(2029) == 1475


def test_savings_and_waiver(books: Books) -> None:
    """The smaller trench saves a quarter; the safety duty opens the closed street."""
    shares = joint_savings(books)
    assert [(s.work_id, s.corridor_id, s.amount, s.eligible) for s in shares] == [
        ("G1-27", "s1", 500, 0)
    ]
    assert waivers(books) == [("s1", 2027, 1000)]


def test_eligible_cost_falls_in_proportion() -> None:
    """Half of the cost is eligible, so half of the saving is taken off it."""
    books = books_of(facts_of(hand.hand_problem()), hand.hand_schedule())
    books.facts.payments["G1-27"][2027] = (5000, 2501)
    assert [s.eligible for s in joint_savings(books)] == [500 * 2501 // 5000]


def test_closure_years(books: Books) -> None:
    """Three full years after a repair, five after an opening."""
    rule = books.facts.rules_of("closed_corridor")[0]
    assert [closed_until(books, rule, "s1", y) for y in (2026, 2028, 2032, 2033)] == [
        2028, 2032, 2032, None,
    ]  # fmt: skip
    assert closed_until(books, rule, "s2", 2029) == 2029
    assert closed_until(books, rule, "s2", 2030) is None
    assert closed_until(books, rule, "s3", 2029) is None


def test_life_of_packages(books: Books) -> None:
    """History counts, the tail does not, savings come off."""
    life = Life(books)
    assert life.cost == {"PC": 11_600, "PG": 4900, "PH": 8500, "PR": 5000}
    assert life.eligible == {"PC": 11_600, "PG": 0, "PH": 6800, "PR": 5000}
    assert life.received["PR"]["fiscal"] == 5000


def test_duties_and_shortfall(books: Books) -> None:
    """H2 is missing at a weight of 200; an overdue date counts from the first year."""
    found = {(d.hardness, d.project_id): d for d in duties(books)}
    assert found["assessed_target", "H1"].status == "placed"
    assert found["assessed_target", "H2"].status == "missing"
    assert found["assessed_target", "H2"].cost == 1000
    assert found["preference", "C1"].late == 1
    assert shortfall(books) == (0, 0, 200, 0)


def test_objective(books: Books) -> None:
    """Risk removed less the waiver, and twice as much at twice the weight."""
    assert objective(books) == 20_250
    heavier = replace(books.facts, weights={"risk_removed": Fraction(2)})
    assert objective(replace(books, facts=heavier)) == 2 * 21_250 - 1000


def test_figures(books: Books) -> None:
    """Kilometres, households, points and old heating as the bureau counts them."""
    found = figures(books)
    assert found["km_renewed"]["total"] == Ratio(Fraction(24, 10))
    assert found["compounds"] == {"total": 1, "by_year": {"2029": 1}, "households": 320}
    assert found["points_cleared"] == {"total": 1, "by_year": {"2029": 1}}
    heating = found["old_heating"]
    # 600 m of 2000 and 500 m of 2008 are old; the 600 m are renewed in 2027.
    assert heating["km_at_start"] == Ratio(Fraction(11, 10))
    assert heating["share_left"]["2027"] == Ratio(Fraction(5, 11))
    assert heating["share_of_heating_at_start"] == Ratio(Fraction(1100, 1550))
    assert found["money"]["tail_by_year"] == {"2030": Money(501)}
    assert yearly_cost(books) == {2027: 13_500, 2028: 8900, 2029: 5600, 2030: 501}


def test_exact_reads_what_people_see() -> None:
    """0.145 is 145/1000, not the nearest binary number below it."""
    assert exact(0.145) == Fraction(145, 1000)


def test_selections() -> None:
    """Keys are joined by "and", values of a list by "or", empty means all."""
    row = {"asset_class": "gas_pipe", "district": "A"}
    assert selects(None, row)
    assert selects({"asset_class": []}, row)
    assert selects({"asset_class": ["gas_pipe", "water_pipe"], "district": ["A"]}, row)
    assert not selects({"asset_class": ["gas_pipe"], "district": ["B"]}, row)


def test_trees_are_compared_leaf_by_leaf() -> None:
    """Missing, additional and different leaves are named with their path."""
    right = {"a": {"b": Money(150), "c": 2}, "d": Ratio(Fraction(1, 3)), "e": None}
    stated = {"a": {"b": Fraction(0), "x": 1}, "d": 0, "e": 5}
    places = [flaw.breach.where for flaw in tree_differs("r", "", right, stated)]
    assert places == ["a.b", "a.c", "a.x", "d", "e"]
