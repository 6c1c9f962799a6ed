"""Fourteen published sheets of special-bond projects, as they state their figures.

Found source: disclosure sheets of 2024–2025, collected second-hand; amounts in million
yuan, shares in percent. Where a sheet names several coupons (issued in batches), all
are kept and the last one is used; a figure that a sheet does not state is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, small

PLANNING_BP = 450
"""Planning coupon of the papers of 2023–24 (back-calculated 4.49–4.53 %)."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: total in million yuan, shares in percent, coverage, coupons, tenor."""

    name: str
    total: float
    equity: float
    bond: float
    coverage: float | None = None
    coupons: tuple[float, ...] = ()
    tenor: int | None = None
    bank: float = 0.0

    @property
    def cost(self) -> int:
        """Total in 万元."""
        return round(self.total * 100)

    @property
    def capital(self) -> int:
        """Capital in 万元, from its share."""
        return round(self.cost * self.equity / 100)

    @property
    def loan(self) -> int:
        """Bank loan in 万元."""
        return round(self.cost * self.bank / 100)

    @property
    def issued(self) -> int:
        """Bonds in 万元: the rest of the total."""
        return self.cost - self.capital - self.loan

    @property
    def years(self) -> int:
        """Tenor; 20 years, the commonest, where the sheet names none."""
        return self.tenor or 20

    @property
    def coupon_bp(self) -> int:
        """Coupon of the last batch; 2.4 % where the sheet names none."""
        return round(100 * self.coupons[-1]) if self.coupons else 240

    @property
    def service(self) -> float:
        """Principal and interest over the life of the bonds, 万元."""
        return self.issued * (1 + self.years * self.coupon_bp / 10_000)

    @property
    def income(self) -> float | None:
        """Net income that the coverage stands for, at the planning coupon, 万元."""
        if self.coverage is None:
            return None
        owed = self.issued + self.loan
        return self.coverage * owed * (1 + self.years * PLANNING_BP / 10_000)


SHEETS = (
    Sheet("Heating renewal, Shandong city", 742.2, 73.1, 26.9, 1.34, (2.27,), 15),
    Sheet("Heating, Qishan", 307.8, 50.3, 49.7, 1.27, (3.13, 2.28, 2.42), 20),
    Sheet("Heating, Wulian", 408.0, 75.5, 24.5, 1.84, (2.27,), 30),
    Sheet("Gas renewal, county towns", 72.1, 22.3, 77.7, 1.36, (2.13,), 20),
    Sheet("Compounds, Zoucheng", 355.3, 21.2, 56.3, 1.25, (2.67,), 30, 22.5),
    Sheet("Compounds, Dongrangkou county", 68.0, 55.8, 44.2),
    Sheet("Compounds, 28 sites", 78.7, 36.5, 63.5),
    Sheet("Rain and sewage, Ying county", 79.2, 62.1, 37.9, 1.41, (1.97,), 20),
    Sheet("Sewer upsizing, Pinghu", 348.1, 21.0, 79.0, 1.36, (2.37, 2.01), 20),
    Sheet("Separation, Shandong city", 1414, 53.3, 46.7, 1.37, (3.08, 2.03, 2.28), 15),
    Sheet("Drainage, Fuyang district", 1234.2, 30.3, 69.7),
    Sheet("Drainage, city", 793.7, 20.1, 79.9, 2.91, (2.21, 2.06, 2.43), 20),
    Sheet("Water quality, Dongguan", 5196.3, 60.0, 40.0, 1.55, (2.37, 2.12)),
    Sheet("Town sewage, Shaanxi county", 82.0, 86.6, 13.4),
)


def problem(sheet: Sheet, ratio_bp: int, capital_bp: int = 2000) -> Problem:
    """Ask the sheet's project for a ratio of coverage and a share of capital."""
    debt: dict[str, Any] = {"capital": False, "debt": True}
    terms = {"tenor_years": sheet.years, "coupon_bp": sheet.coupon_bp}
    funds = {
        "fiscal": Fund((sheet.capital, 0)),
        "bond": Fund((sheet.issued, 0), kind="special_bond", **debt, **terms),
    }
    if sheet.loan:
        loan = Fund((sheet.loan, 0), kind="bank_loan", borrower="X", **debt, **terms)
        funds["loan"] = loan
    rules: list[dict[str, Any]] = [{"kind": "capital_share", "min_bp": capital_bp}]
    package: dict[str, Any] = {"borrower": "X", "operation_start": 2028}
    if sheet.income is not None:
        package["net_income_per_year"] = -int(-sheet.income * 100 // 1)
        rules.append(
            {"kind": "coverage", "min_bp": ratio_bp, "income_years": 1}
            | {"planning_coupon_bp": PLANNING_BP}
            | {"fund_kinds": ["special_bond", "bank_loan"]}
        )
    works = [Work("A27", (sheet.cost,), 1)]
    return small(works, funds, rules, packages={"PA": package})


def table() -> list[str]:
    """Give the rows of the page: what is published beside what is recomputed."""
    rows = []
    for sheet in SHEETS:
        income = "–" if sheet.income is None else f"{sheet.income:,.0f}"
        covered = "–"
        if sheet.income is not None:
            market = sheet.service + sheet.loan * (
                1 + sheet.years * sheet.coupon_bp / 10_000
            )
            covered = f"{sheet.income / market:.2f}"
        rows.append(
            f"| {sheet.name} | {sheet.cost:,} | {sheet.equity:.1f} | "
            f"{100 * sheet.capital / sheet.cost:.2f} | {sheet.issued:,} | "
            f"{sheet.bond:.1f} | {100 * sheet.issued / sheet.cost:.2f} | "
            f"{sheet.coverage or '–'} | {income} | {covered} | {sheet.service:,.0f} |"
        )
    return rows
