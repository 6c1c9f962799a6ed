"""Debt service: project income pays first, the rest must fit the payer's purse."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.incomes import Income, standing_incomes
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.debt_checks import fund_problems, year_problems
from renewopt.rules.funds import BP, DebtTerms, debt_terms
from renewopt.rules.income import earned, earnings, work_incomes
from renewopt.rules.life import DebtDraws, draw_terms
from renewopt.rules.merged import home_of, merged_problems, shared_incomes
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

    short[p, t] = max(0, ⌈principal and interest of p in t⌉ − net income of p in t),
    the income being that of the works chosen, each from the year after its completion.
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
        if self.income_first and self.payer == "general_public_budget":
            found.append(message("rule.income_not_general", rule=self.id))
        elif self.counts_income:
            found += self._rivals(problem)
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

    def _rivals(self, problem: Problem) -> Iterable[Message]:
        """Refuse to let an income serve debts that an earlier rule has it serve."""
        for rule in problem.policy.of_kind(self.kind):
            if rule.id == self.id:
                return
            uses = (self.funds, self.merged), (rule.funds, rule.merged)
            both = shared_incomes(problem, *uses) if rule.counts_income else []
            if both:
                named = ", ".join(both)
                yield message(
                    "rule.income_twice", rule=self.id, other=rule.id, packages=named
                )

    def warnings(self, problem: Problem) -> list[Message]:
        """Name incomes that serve this debt and cover another in `coverage` as well."""
        own = set(self.funds)
        found = []
        for rule in problem.policy.of_kind("coverage") if self.counts_income else ():
            covered = {*rule.own_funds(problem)}
            uses = (self.funds, self.merged), (sorted(covered - own), rule.merged)
            both = [] if own <= covered else shared_incomes(problem, *uses)
            if both:
                named = ", ".join(both)
                facts = {"rule": self.id, "other": rule.id, "packages": named}
                found.append(message("rule.income_covers_and_serves", **facts))
        return found

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add shortfall columns per package and sort of year, and a row per year."""
        draws = draw_terms(model, self.funds)
        debt = DebtDraws(debt_terms(problem.policy.funds, self.funds), draws)
        years = self._years(problem)
        home = home_of(self.merged, problem)
        drawn = draws["package_id"].map(home).to_numpy(object)
        packages = sorted(set(drawn))
        alike = self._alike(problem, debt, years)
        first = sorted(set(alike.values()))
        keys = pd.MultiIndex.from_product(
            [packages, first], names=["package_id", "year"]
        )
        most = int(problem.policy.fund_years["amount"].sum()) * 2 + 1
        # One column of the table per year; no row where no package may use the funds.
        short = model.add_columns(f"short {self.id}", keys, upper=most)
        by_year = dict(
            zip(first, short.reshape(len(packages), len(first)).T, strict=True)
        )
        for year, own in by_year.items():
            due, scale = debt.shares(DebtTerms.service, year)
            some = np.flatnonzero(due)
            group, x, units = self._income(problem, model, year, {*drawn[some]})
            income = self._standing(problem, year)
            places = np.concatenate([np.array(packages, object), drawn[some], group])
            model.add_rows(
                self.id,
                places + f" {year}",
                np.concatenate([own, draws["col"].to_numpy(np.int64)[some], x]),
                np.concatenate([np.full(len(own), scale), -due[some], scale * units]),
                lower={f"{p} {year}": -scale * income.get(p, 0) for p in packages},
            )
        for year in years:
            own = by_year[alike[year]]
            room = self._purse(problem, year) - self._existing(problem, year)
            label = np.full(len(own), str(year), object)
            model.add_rows(self.id, label, own, 1, upper={str(year): room})

    def _alike(
        self, problem: Problem, debt: DebtDraws, years: list[int]
    ) -> dict[int, int]:
        """Give for each year the first one with the same service and income.

        Between the last works and the first repayment nothing changes for decades.
        """
        opens = work_incomes(problem)["first_year"].to_numpy(np.int64)
        seen: dict[object, int] = {}
        found = {}
        for year in years:
            due, scale = debt.shares(DebtTerms.service, year)
            standing = tuple(sorted(self._standing(problem, year).items()))
            earning = int((opens <= year).sum()) if self.counts_income else 0
            sort = due.tobytes(), scale, earning, standing
            found[year] = seen.setdefault(sort, year)
        return found

    def _years(self, problem: Problem) -> list[int]:
        """List the years to the last repayment of new and existing debt."""
        table = problem.policy.funds.set_index("fund_id")
        longest = int(table.loc[list(self.funds), "tenor_years"].max())
        debt = problem.policy.existing_debt
        owed = debt.loc[debt["fund_id"].isin(self.funds), "year"]
        last = max([problem.case.end_year + longest, *owed])
        return list(range(problem.case.start_year, int(last) + 1))

    def _income(
        self, problem: Problem, model: LinearModel, year: int, groups: set[str]
    ) -> tuple[npt.NDArray[np.object_], IntArray, IntArray]:
        """Give (group, column, units) of the works that earn for groups in a year."""
        works = work_incomes(problem)
        group = works["package_id"].map(home_of(self.merged, problem))
        earns = (works["first_year"] <= year) & group.isin(groups) & self.counts_income
        own = works[earns]
        x = model.columns("x").to_numpy(np.int64)[own["work"].to_numpy(np.int64)]
        return group[earns].to_numpy(object), x, own["units"].to_numpy(np.int64)

    def _standing(self, problem: Problem, year: int) -> dict[str, int]:
        """Give what each group earns whatever is built."""
        found: dict[str, int] = {}
        home = home_of(self.merged, problem)
        for package, income in standing_incomes(problem.case).items():
            if self.counts_income and income.first_year <= year:
                group = home[package]
                found[group] = found.get(group, 0) + income.units
        return found

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
        home = home_of(self.merged, problem)
        due: dict[tuple[str, int], Fraction] = {}
        for draw in records(schedule.draws):
            if draw.fund_id in self.funds:
                fund, issued = funds[str(draw.fund_id)], int(draw.year)
                for age in range(int(fund.tenor_years) + 1):
                    key = (home[str(draw.package_id)], issued + age)
                    paid = _due(fund, age) * int(draw.received)
                    due[key] = due.get(key, Fraction(0)) + paid
        own: dict[str, list[Income]] = {}
        for package, incomes in earnings(problem, schedule).items():
            own.setdefault(home[package], []).extend(incomes)
        short: dict[tuple[str, int], int] = {}
        for (name, year), need in sorted(due.items()):
            got = earned(own.get(name, []), year) if self.counts_income else 0
            short[name, year] = max(0, ceil(need) - got)
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
