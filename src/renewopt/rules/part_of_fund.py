"""Part of a fund: of the money of each year only a part may be planned."""

from __future__ import annotations

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.fund_budget import stretches
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
        for fund in self.own_funds(problem):
            draws = draw_terms(model, [fund])
            given = money[money["fund_id"] == fund]
            open_part = given["amount"] * self.part_bp() // BP
            for first, last, back in stretches(problem, int(keep[fund])):
                terms = draws[draws["year"].between(first, last)]
                label = f"{fund} {last}"
                label += "" if first == last else f" since {first}"
                counts = given["year"].between(back, last)
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
        found = []
        keep = {
            str(f.fund_id): int(f.carry_over) for f in records(problem.policy.funds)
        }
        for fund in self.own_funds(problem):
            lots: list[list[int]] = []  # [year of the money, what is left of it]
            for year in problem.case.plan_years:
                lots += [
                    [year, int(row.amount) * self.part_bp() // BP]
                    for row in records(problem.policy.fund_years)
                    if row.fund_id == fund and int(row.year) == year
                ]
                lots = [
                    lot for lot in lots if keep[fund] < 0 or lot[0] + keep[fund] >= year
                ]
                have = sum(left for _, left in lots)
                want = rest = sum(
                    int(draw.received)
                    for draw in records(schedule.draws)
                    if draw.fund_id == fund and int(draw.year) == year
                )
                for lot in lots:
                    taken = min(rest, lot[1])
                    lot[1] -= taken
                    rest -= taken
                found.append(Finding(self.id, f"{fund} {year}", have / 100, want / 100))
        return found
