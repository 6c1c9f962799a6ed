"""Debt terms: balances and service of one issue, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from renewopt.rules.funds import DebtTerms, listed

BULLET = DebtTerms(3, Fraction(3, 100), 0, "bullet")
EQUAL = DebtTerms(5, Fraction(1, 10), 2, "equal")


def test_bullet_balance() -> None:
    """Issued in year 0, owed in full to the end of year 2, repaid in year 3."""
    assert [BULLET.balance(age) for age in range(-1, 5)] == [0, 1, 1, 1, 0, 0]


def test_bullet_service() -> None:
    """Interest 3 % in each of three years, the principal with the last one."""
    interest = Fraction(3, 100)
    assert [BULLET.service(age) for age in range(5)] == [
        0,
        interest,
        interest,
        1 + interest,
        0,
    ]


def test_equal_balance_with_grace() -> None:
    """Tenor 5, grace 2: thirds are repaid in years 3, 4 and 5."""
    third = Fraction(1, 3)
    assert [EQUAL.balance(age) for age in range(7)] == [1, 1, 1, 2 * third, third, 0, 0]


def test_equal_service_with_grace() -> None:
    """Interest is due on what was owed at the start of the year."""
    third, tenth = Fraction(1, 3), Fraction(1, 10)
    assert [EQUAL.service(age) for age in range(7)] == [
        0,
        tenth,
        tenth,
        third + tenth,
        third + 2 * third * tenth,
        third + third * tenth,
        0,
    ]


@pytest.mark.parametrize("terms", [BULLET, EQUAL])
def test_service_repays_the_issue_with_interest(terms: DebtTerms) -> None:
    """Over its life an issue pays itself back and the coupon on each balance."""
    life = range(1, terms.tenor + 1)
    interest = terms.coupon * sum(terms.balance(age - 1) for age in life)
    assert sum(terms.service(age) for age in life) == 1 + interest


def test_terms_of_a_fund() -> None:
    """Basis points become an exact share."""
    row = pd.Series(
        {"tenor_years": 20, "coupon_bp": 240, "grace_years": 0, "repayment": "bullet"}
    )
    assert DebtTerms.of(row) == DebtTerms(20, Fraction(24, 1000), 0, "bullet")


def test_lists_in_cells() -> None:
    """Cells of the funds table hold lists with ';' between; empty means all."""
    assert listed(" public; quasi_public ;") == ["public", "quasi_public"]
    assert listed("") == []


def test_interest_twice_a_year_of_an_early_issue() -> None:
    """Issued by June: half a coupon at once, whole ones, half with the repayment."""
    early = DebtTerms(3, Fraction(3, 100), 0, "bullet", early_half=True)
    half = Fraction(3, 200)
    assert [early.interest(age) for age in range(-1, 5)] == [
        0, half, 2 * half, 2 * half, half, 0,
    ]  # fmt: skip
    assert early.service(3) == 1 + half
    assert sum(early.interest(age) for age in range(5)) == Fraction(9, 100)


def test_interest_twice_a_year_in_instalments() -> None:
    """Each date pays half a coupon on what is still owed on that day."""
    early = DebtTerms(2, Fraction(1, 10), 0, "equal", early_half=True)
    # Owed: 1 to the first anniversary, 1/2 to the second.
    assert [early.interest(age) for age in range(3)] == [
        Fraction(1, 20), Fraction(3, 40), Fraction(1, 40),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "month", "early"), [(2, 6, True), (2, 7, False), (1, 3, False)]
)
def test_half_years_count_from_the_month_of_arrival(
    dates: int, month: int, early: bool
) -> None:
    """From July on the second date of a year falls with the anniversary's year."""
    row = pd.Series(
        {
            "tenor_years": 10, "coupon_bp": 240, "grace_years": 0,
            "repayment": "bullet", "interest_per_year": dates, "arrival_month": month,
        }
    )  # fmt: skip
    assert DebtTerms.of(row).early_half is early
