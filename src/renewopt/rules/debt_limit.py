"""Debt limit: what is owed at the end of each year stays within the limit (限额)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.debt_checks import fund_problems, year_problems
from renewopt.rules.funds import DebtTerms, debt_terms
from renewopt.rules.life import DebtDraws, draw_terms
from renewopt.rules.problem import Problem


class DebtLimit(Rule):
    """Existing balance[t] + Σ issues · share still owed ≤ limit[t], at each year's end.

    The existing balance is what the repayment schedule still holds after year t.
    """

    kind: Literal["debt_limit"] = "debt_limit"
    funds: tuple[str, ...] = Field(min_length=1)
    limit: dict[int, Decimal]

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown funds, funds that are no debt, strange years and units."""
        return [
            *fund_problems(self.id, self.funds, problem),
            *year_problems(self.id, "limit", self.limit, problem),
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per limited year."""
        draws = draw_terms(model, self.funds)
        debt = DebtDraws(debt_terms(problem.policy.funds, self.funds), draws)
        col = draws["col"].to_numpy(np.int64)
        for year, limit in sorted(self.limit.items()):
            owed, scale = debt.shares(DebtTerms.balance, year)
            room = int(limit * UNITS_PER_WAN) - self._existing(problem, year)
            own = np.flatnonzero(owed)
            model.add_rows(
                self.id,
                np.full(len(own), str(year), object),
                col[own],
                owed[own],
                upper={str(year): scale * room},
            )

    def _existing(self, problem: Problem, year: int) -> int:
        debt = problem.policy.existing_debt
        own = debt["fund_id"].isin(self.funds) & (debt["year"] > year)
        return int(debt.loc[own, "repaid"].sum())

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare the ledger's balance with the limit year by year."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the balance at the end of each limited year, issue by issue."""
        funds = {str(row.fund_id): row for row in records(problem.policy.funds)}
        rows = []
        for year, limit in sorted(self.limit.items()):
            owed = Fraction(0)
            for draw in records(schedule.draws):
                if draw.fund_id in self.funds:
                    age = year - int(draw.year)
                    owed += int(draw.received) * _left(funds[str(draw.fund_id)], age)
            for debt in records(problem.policy.existing_debt):
                if debt.fund_id in self.funds and int(debt.year) > year:
                    owed += int(debt.repaid)
            rows.append(Finding(self.id, str(year), float(limit), ceil(owed) / 100))
        return rows


def _left(fund: Any, age: int) -> Fraction:
    """Share of an issue that is still owed `age` years after it, as a ledger runs."""
    if age < 0:
        return Fraction(0)
    tenor, grace = int(fund.tenor_years), int(fund.grace_years)
    left = Fraction(1)
    for year in range(1, age + 1):
        if fund.repayment == "bullet":
            left -= 1 if year == tenor else 0
        elif grace < year <= tenor:
            left -= Fraction(1, tenor - grace)
    return left
