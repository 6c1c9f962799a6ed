"""Fund terms as a table, and debt terms as exact shares of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from renewopt.core.tables import Column, TableSchema

BP = 10_000
"""Basis points in one."""

HALF_YEAR = 6
"""Last month of issue whose second payment of interest falls in the same year."""

CERTAINTIES = ("confirmed", "indicative", "assumed")
"""How sure money is: in a document, announced, hoped for."""

FUNDS = TableSchema(
    "funds",
    (
        Column("fund_id", "text", True, doc="identifier"),
        Column("kind", "text", True, doc="kind of `models/funds`"),
        Column("owner", "text", doc="company or bureau whose money it is", default=""),
        Column("capital", "flag", doc="counts as project capital", default=False),
        Column("debt", "flag", doc="must be repaid", default=False),
        Column("share_base", "text", doc="eligible or cost", default="cost"),
        Column("max_share_bp", "integer", unit="bp", doc="largest share; empty: any"),
        Column(
            "natures", "text", doc="natures that may use it, ';' between", default=""
        ),
        Column("ownerships", "text", doc="ownerships that may use it", default=""),
        Column("asset_classes", "text", doc="classes that may use it", default=""),
        Column("owner_only", "flag", doc="only packages of its owner", default=False),
        Column("carry_over", "integer", unit="years", doc="-1: for ever", default=0),
        Column("tenor_years", "integer", unit="years", doc="of debt", default=0),
        Column("coupon_bp", "integer", unit="bp", doc="of debt", default=0),
        Column("grace_years", "integer", unit="years", doc="of debt", default=0),
        Column("repayment", "text", doc="bullet or equal", default="bullet"),
        Column(
            "interest_per_year", "integer", doc="1 or 2 payments, of debt", default=1
        ),
        Column("borrower", "text", doc="who owes a bank loan", default=""),
        Column(
            "needs_borrower", "flag", doc="a loan of a named borrower", default=False
        ),
        Column("up_front", "flag", doc="may come before it is spent", default=False),
        Column("arrival_month", "integer", doc="month in which it arrives", default=1),
        Column("least_draw", "money", False, "万元", "least draw, 0: any", 0, 0),
        Column("step", "money", False, "万元", "draws are multiples of it", 0, 0),
        Column(
            "programme",
            "text",
            doc="source that it belongs to, for `source_limit`; empty: its kind",
            default="",
        ),
    ),
    ("fund_id",),
    "Terms of every fund of the scenario.",
)
FUND_YEARS = TableSchema(
    "fund_years",
    (
        Column("fund_id", "text", True),
        Column("year", "integer", True),
        Column("amount", "money", True, "万元", "new money of the year", 0),
        Column(
            "certainty",
            "text",
            doc="confirmed, indicative (announced) or assumed (hoped for)",
            default="confirmed",
        ),
    ),
    ("fund_id", "year"),
    "Money by fund and year; for debt the quota of new issues. A year before the plan:"
    " what is left of that year's money when the plan begins.",
)
EXISTING_DEBT = TableSchema(
    "existing_debt",
    (
        Column("fund_id", "text", True),
        Column("year", "integer", True),
        Column("repaid", "money", False, "万元", "principal repaid in the year", 0, 0),
        Column("interest", "money", False, "万元", "interest paid in the year", 0, 0),
    ),
    ("fund_id", "year"),
    "What is owed already, as its whole repayment schedule.",
)


def sources(funds: pd.DataFrame) -> dict[str, str]:
    """Give the source that each fund belongs to: its programme, else its kind.

    Batches of one grant are several funds, and one source.
    """
    own = funds["programme"].where(funds["programme"] != "", funds["kind"])
    return {str(f): str(s) for f, s in zip(funds["fund_id"], own, strict=True)}


def listed(text: str) -> list[str]:
    """Split a `;`-joined cell; empty means all."""
    return [part.strip() for part in text.split(";") if part.strip()]


@dataclass(frozen=True)
class DebtTerms:
    """What one unit issued costs and leaves, by years since issue, as exact shares."""

    tenor: int
    coupon: Fraction
    grace: int
    repayment: str
    early_half: bool = False
    """Interest twice a year on an issue of January to June: half falls due at once."""

    @classmethod
    def of(cls, fund: pd.Series) -> DebtTerms:
        """Take the terms from a row of the funds table."""
        return cls(
            int(fund["tenor_years"]),
            Fraction(int(fund["coupon_bp"]), BP),
            int(fund["grace_years"]),
            str(fund["repayment"]),
            int(fund.get("interest_per_year", 1)) == 2
            and int(fund.get("arrival_month", 1)) <= HALF_YEAR,
        )

    def balance(self, age: int) -> Fraction:
        """Give the share still owed at the end of the year `age` years after issue."""
        if age < 0 or age >= self.tenor:
            return Fraction(0)
        if self.repayment == "bullet" or age <= self.grace:
            return Fraction(1)
        return Fraction(self.tenor - age, self.tenor - self.grace)

    def interest(self, age: int) -> Fraction:
        """Give the interest due in the year `age` years after issue.

        Paid once a year it is due on the day of the issue. Paid twice it is due then
        and half a year on: in the same year if that is still the year of the issue.
        """
        if age < 0 or age > self.tenor:
            return Fraction(0)
        before = self.balance(age - 1)
        if self.early_half:
            return self.coupon * (before + self.balance(age)) / 2
        return self.coupon * before

    def service(self, age: int) -> Fraction:
        """Give principal and interest due in the year `age` years after issue."""
        if age < 0 or age > self.tenor:
            return Fraction(0)
        repaid = self.balance(age - 1) - self.balance(age) if age else Fraction(0)
        return repaid + self.interest(age)


def debt_terms(funds: pd.DataFrame, names: Sequence[str]) -> dict[str, DebtTerms]:
    """Give the terms of the funds named, from the funds table."""
    own = funds[funds["fund_id"].isin(names)]
    return {str(fund["fund_id"]): DebtTerms.of(fund) for _, fund in own.iterrows()}
