"""Part of a fund: of the money of each year only a part may be planned."""

from __future__ import annotations

from typing import Any

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.fund_budget import LAST_MONTH, stretches
from renewopt.rules.funds import BP
from renewopt.rules.life import draw_terms
from renewopt.rules.money_rule import MoneyRule
from renewopt.rules.problem import Problem


class PartOfFund(MoneyRule):
    """Σ received[s … t] ≤ Σ ⌊part · amount[y] / 10000⌋ of the years that count.

    The same stretches of years as `fund_budget`, so that carry-over and lapse hold for
    the part that may be planned.
    """

    def part_bp(self) -> int:
        """Give the part that may be planned, in basis points."""
        raise NotImplementedError  # abstract: the kinds differ in what sets the part

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per fund and stretch of years."""
        money = problem.policy.fund_years
        funds = problem.policy.funds
        keep = dict(zip(funds["fund_id"], funds["carry_over"], strict=True))
        late = dict(
            zip(funds["fund_id"], funds["arrival_month"] > LAST_MONTH, strict=True)
        )
        for fund in self.own_funds(problem):
            draws = draw_terms(model, [fund])
            given = money[money["fund_id"] == fund]
            open_part = given["amount"] * self.part_bp() // BP
            for first, last, back in stretches(problem, int(keep[fund])):
                terms = draws[draws["year"].between(first, last)]
                label = f"{fund} {last}"
                label += "" if first == last else f" since {first}"
                counts = given["year"].between(back, last - int(late[fund]))
                model.add_rows(
                    self.id,
                    np.full(len(terms), label, object),
                    terms["col"],
                    1,
                    upper={label: int(open_part[counts].sum())},
                )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Empty the part of each purse year by year, oldest money first."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report what each fund gave of the part that may be planned."""
        return [
            Finding(self.id, f"{fund.fund_id} {year}", have / 100, want / 100)
            for fund in records(problem.policy.funds)
            if fund.fund_id in self.own_funds(problem)
            for year, have, want in self._emptied(problem, schedule, fund)
        ]

    def _emptied(
        self, problem: Problem, schedule: Schedule, fund: Any
    ) -> list[tuple[int, int, int]]:
        """Give (year, open, received) of a purse that is emptied year by year."""
        keep, late = int(fund.carry_over), int(fund.arrival_month) > LAST_MONTH
        waiting = {
            int(row.year): int(row.amount) * self.part_bp() // BP
            for row in records(problem.policy.fund_years)
            if row.fund_id == fund.fund_id
        }
        wanted = dict.fromkeys(problem.case.plan_years, 0)
        for draw in records(schedule.draws):
            if draw.fund_id == fund.fund_id and int(draw.year) in wanted:
                wanted[int(draw.year)] += int(draw.received)
        found = []
        for year, want in wanted.items():
            there = {
                y: n
                for y, n in sorted(waiting.items())
                if y + late <= year and (keep < 0 or y + keep >= year)
            }
            rest = want
            for source, left in there.items():
                waiting[source] -= min(rest, left)
                rest -= min(rest, left)
            found.append((year, sum(there.values()), want))
        return found
