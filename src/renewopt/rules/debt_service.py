"""Debt service: project income pays first, the rest must fit the payer's purse."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.debt_checks import fund_problems, year_problems
from renewopt.rules.funds import BP, DebtTerms, debt_terms
from renewopt.rules.life import DebtDraws, draw_terms
from renewopt.rules.merged import groups_of, merged_problems
from renewopt.rules.problem import Problem

PAYERS = {
    "special_bond": "government_fund_budget",
    "general_bond": "general_public_budget",
    "bank_loan": "borrower",
    "enterprise_bond": "borrower",
}
"""Who may serve which kind of debt: a loan paid by the county would be hidden debt."""


class DebtService(Rule):
    """Σ_p short[p, t] + existing service[t] ≤ purse[t], for the bonds' whole life.

    short[p, t] = max(0, ⌈principal and interest of p in t⌉ − net income of p in t).
    With `income_first = false` the project's income is left to another rule, since the
    same income cannot serve two debts; general bonds are never served from it. After
    the plan the purse is `purse_after` every year. The purse is the government-fund
    budget for special bonds, the general public budget for general bonds and the
    borrower's own means for loans. Packages of one legal owner that are `merged` count
    as one: the income of each serves the debt of all.
    """

    amounts_as_room: ClassVar[bool] = True

    kind: Literal["debt_service"] = "debt_service"
    funds: tuple[str, ...] = Field(min_length=1)
    payer: Literal["government_fund_budget", "general_public_budget", "borrower"]
    purse: dict[int, Decimal]
    purse_after: Decimal = Field(ge=0)
    income_first: bool | None = None
    merged: tuple[tuple[str, ...], ...] = ()

    @property
    def counts_income(self) -> bool:
        """Tell whether the projects' income pays first.

        General bonds are for projects without revenue: the budget alone serves them.
        """
        if self.income_first is None:
            return self.payer != "general_public_budget"
        return self.income_first

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown funds, a wrong payer, missing years and strange amounts."""
        found = [
            *fund_problems(self.id, self.funds, problem),
            *year_problems(self.id, "purse", self.purse, problem),
            *merged_problems(self.id, self.merged, problem),
        ]
        for year in problem.case.plan_years:
            if year not in self.purse:
                found.append(
                    message("rule.year_missing", rule=self.id, key="purse", year=year)
                )
        if (self.purse_after * UNITS_PER_WAN) % 1:
            found.append(
                message(
                    "rule.too_fine",
                    rule=self.id,
                    key="purse_after",
                    value=self.purse_after,
                )
            )
        rivals = [r.id for r in problem.policy.of_kind(self.kind) if r.counts_income]
        if self.income_first and self.payer == "general_public_budget":
            found.append(message("rule.income_not_general", rule=self.id))
        elif self.counts_income and rivals[0] != self.id:
            found.append(message("rule.income_twice", rule=self.id, other=rivals[0]))
        table = problem.policy.funds
        own = table[table["fund_id"].isin(self.funds)]
        borrowers = sorted({*own["borrower"]})
        if self.payer == "borrower" and len(borrowers) > 1:
            named = ", ".join(borrowers)
            found.append(message("rule.two_borrowers", rule=self.id, value=named))
        for row in records(problem.policy.funds):
            right = PAYERS.get(str(row.kind))
            if row.fund_id in self.funds and right not in (None, self.payer):
                found.append(
                    message(
                        "rule.wrong_payer",
                        rule=self.id,
                        fund=row.fund_id,
                        value=self.payer,
                        allowed=right,
                    )
                )
        return found

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a shortfall column per package and year, and a row per year."""
        draws = draw_terms(model, self.funds)
        debt = DebtDraws(debt_terms(problem.policy.funds, self.funds), draws)
        years = self._years(problem)
        group_of = self._group_of(problem)
        drawn = draws["package_id"].map(group_of).to_numpy(object)
        packages = sorted(set(drawn))
        keys = pd.MultiIndex.from_product(
            [packages, years], names=["package_id", "year"]
        )
        most = int(problem.policy.fund_years["amount"].sum()) * 2 + 1
        # One column of the table per year; no row where no package may use the funds.
        short = model.add_columns(f"short {self.id}", keys, upper=most)
        table_of_short = short.reshape(len(packages), len(years))
        for year, own in zip(years, table_of_short.T, strict=True):
            due, scale = debt.shares(DebtTerms.service, year)
            some = np.flatnonzero(due)
            income = self._income(problem, year)
            label = [f"{p} {year}" for p in packages]
            model.add_rows(
                self.id,
                np.concatenate([np.array(label, object), drawn[some] + f" {year}"]),
                np.concatenate([own, draws["col"].to_numpy(np.int64)[some]]),
                np.concatenate([np.full(len(packages), scale), -due[some]]),
                lower={f"{p} {year}": -scale * income.get(p, 0) for p in packages},
            )
            room = self._purse(problem, year) - self._existing(problem, year)
            model.add_rows(
                self.id,
                np.full(len(own), str(year), object),
                own,
                1,
                upper={str(year): room},
            )

    def _years(self, problem: Problem) -> list[int]:
        """List the years to the last repayment of new and existing debt."""
        table = problem.policy.funds.set_index("fund_id")
        longest = int(table.loc[list(self.funds), "tenor_years"].max())
        debt = problem.policy.existing_debt
        owed = debt.loc[debt["fund_id"].isin(self.funds), "year"]
        last = max([problem.case.end_year + longest, *owed])
        return list(range(problem.case.start_year, int(last) + 1))

    def _group_of(self, problem: Problem) -> dict[str, str]:
        groups = groups_of(self.merged, problem)
        return {package: name for name, own in groups.items() for package in own}

    def _income(self, problem: Problem, year: int) -> dict[str, int]:
        packages = problem.case.packages
        if not self.counts_income:
            return {}
        earning = packages[packages["operation_start"].fillna(10**6) <= year]
        group = earning["package_id"].map(self._group_of(problem))
        return {
            str(name): int(n)
            for name, n in earning["net_income_per_year"].groupby(group).sum().items()
        }

    def _purse(self, problem: Problem, year: int) -> int:
        amount = self.purse.get(year, self.purse_after)
        return int(amount * UNITS_PER_WAN)

    def _existing(self, problem: Problem, year: int) -> int:
        debt = problem.policy.existing_debt
        own = debt[debt["fund_id"].isin(self.funds) & (debt["year"] == year)]
        return int(own["repaid"].sum() + own["interest"].sum())

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Give the shortfall that each package leaves in each year."""
        short = {key: n for key, n in self._short(problem, schedule).items() if n}
        keys = pd.MultiIndex.from_tuples(sorted(short), names=["package_id", "year"])
        values = pd.Series(
            [short[k] for k in sorted(short)], index=keys, dtype=np.int64
        )
        return {f"short {self.id}": values}

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Run the ledger year by year to the last repayment."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report service after project income against the purse, year by year."""
        total = dict.fromkeys(self._years(problem), 0)
        for (_, year), need in self._short(problem, schedule).items():
            total[year] += need
        for debt in records(problem.policy.existing_debt):
            if debt.fund_id in self.funds and debt.year in total:
                total[int(debt.year)] += int(debt.repaid) + int(debt.interest)
        return [
            Finding(
                self.id,
                str(year),
                float(self.purse.get(year, self.purse_after)),
                n / 100,
            )
            for year, n in total.items()
        ]

    def _short(
        self, problem: Problem, schedule: Schedule
    ) -> dict[tuple[str, int], int]:
        """Need of each package and year beyond income, as a ledger runs."""
        funds = {str(row.fund_id): row for row in records(problem.policy.funds)}
        groups = groups_of(self.merged, problem)
        home = {package: name for name, own in groups.items() for package in own}
        due: dict[tuple[str, int], Fraction] = {}
        for draw in records(schedule.draws):
            if draw.fund_id in self.funds:
                fund, issued = funds[str(draw.fund_id)], int(draw.year)
                for age in range(int(fund.tenor_years) + 1):
                    key = (home[str(draw.package_id)], issued + age)
                    paid = _due(fund, age) * int(draw.received)
                    due[key] = due.get(key, Fraction(0)) + paid
        packages = problem.case.packages
        earning: dict[str, tuple[int, int]] = {
            str(row.package_id): (
                int(row.operation_start),
                int(row.net_income_per_year),
            )
            for row in records(packages[packages["operation_start"].notna()])
        }
        short: dict[tuple[str, int], int] = {}
        for (name, year), need in sorted(due.items()):
            earners = [earning[p] for p in groups[name] if p in earning]
            earned = sum(income for start, income in earners if start <= year)
            own = earned if self.counts_income else 0
            short[name, year] = max(0, ceil(need) - own)
        return short


def interest_due(fund: Any, age: int) -> Fraction:
    """Interest per unit issued, `age` years after issue: the service less the rest."""
    tenor, grace = int(fund.tenor_years), int(fund.grace_years)
    repaid = Fraction(0)
    if fund.repayment == "bullet":
        repaid = Fraction(int(age == tenor))
    elif grace < age <= tenor:
        repaid = Fraction(1, tenor - grace)
    return _due(fund, age) - repaid


def _due(fund: Any, age: int) -> Fraction:
    """Principal and interest per unit issued, `age` years after issue."""
    bullet = fund.repayment == "bullet"
    # Half a year after an issue of January to June it is still the same year.
    at_once = int(fund.interest_per_year) == 2 and int(fund.arrival_month) < 7
    terms = (int(fund.tenor_years), int(fund.grace_years), int(fund.coupon_bp))
    return _due_by_terms(*terms, bullet, at_once, age)


@cache
def _due_by_terms(
    tenor: int, grace: int, coupon_bp: int, bullet: bool, at_once: bool, age: int
) -> Fraction:
    coupon = Fraction(coupon_bp, BP)
    owed, due = Fraction(1), coupon / 2 if at_once else Fraction(0)
    for year in range(1, age + 1):
        principal = Fraction(0)
        if bullet:
            principal = Fraction(1) if year == tenor else Fraction(0)
        elif grace < year <= tenor:
            principal = Fraction(1, tenor - grace)
        due = principal + coupon * owed
        owed -= principal
        if at_once:
            due = principal + coupon / 2 * (owed + principal) + coupon / 2 * owed
    return due if 0 <= age <= tenor else Fraction(0)
