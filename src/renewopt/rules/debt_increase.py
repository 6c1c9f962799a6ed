"""Debt increase: new debt less repayments stays within the year's limit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, lcm
from typing import Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.debt_checks import year_problems
from renewopt.rules.funds import debt_terms
from renewopt.rules.life import draw_terms
from renewopt.rules.money_rule import MoneyRule
from renewopt.rules.problem import Problem


class DebtIncrease(MoneyRule):
    """Issues[t] − principal of new and existing debt repaid in t ≤ cap[t].

    严控增量债务: a cap of 0 means that debt may not grow, a negative one that it falls.
    """

    kind: Literal["debt_increase"] = "debt_increase"
    cap: dict[int, Decimal]

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse funds that are no debt, strange years and units."""
        return [
            *self.fund_messages(problem, debt=True),
            *year_problems(self.id, "cap", self.cap, problem, signed=True),
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per capped year."""
        funds = self.own_funds(problem)
        terms = debt_terms(problem.policy.funds, funds)
        draws = draw_terms(model, funds)
        debt = problem.policy.existing_debt
        for year, cap in sorted(self.cap.items()):
            change = [
                terms[fund].balance(year - issued)
                - terms[fund].balance(year - issued - 1)
                for fund, issued in zip(draws["fund_id"], draws["year"], strict=True)
            ]
            scale = lcm(*(share.denominator for share in change), 1)
            own = debt["fund_id"].isin(funds) & (debt["year"] == year)
            room = int(cap * UNITS_PER_WAN) + int(debt.loc[own, "repaid"].sum())
            model.add_rows(
                self.id,
                np.full(len(draws), str(year), object),
                draws["col"],
                np.array([int(share * scale) for share in change], np.int64),
                upper={str(year): scale * room},
            )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare the growth of debt with the cap year by year."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report issues less repayments of each capped year, rounded up."""
        funds = {
            str(row.fund_id): row
            for row in records(problem.policy.funds)
            if row.fund_id in self.own_funds(problem)
        }
        growth = dict.fromkeys(sorted(self.cap), Fraction(0))
        for draw in records(schedule.draws):
            if draw.fund_id not in funds:
                continue
            fund, issued, money = (
                funds[draw.fund_id],
                int(draw.year),
                int(draw.received),
            )
            tenor, grace = int(fund.tenor_years), int(fund.grace_years)
            for year in growth:
                if year == issued:
                    growth[year] += money
                elif fund.repayment == "bullet":
                    growth[year] -= money if year == issued + tenor else 0
                elif issued + grace < year <= issued + tenor:
                    growth[year] -= Fraction(money, tenor - grace)
        for debt in records(problem.policy.existing_debt):
            if debt.fund_id in funds and int(debt.year) in growth:
                growth[int(debt.year)] -= int(debt.repaid)
        return [
            Finding(self.id, str(year), float(self.cap[year]), ceil(money) / 100)
            for year, money in growth.items()
        ]
