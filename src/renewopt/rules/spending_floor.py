"""Spending floor: at least so much is built in a year, of a class, a district …."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.debt_checks import year_problems
from renewopt.rules.life import year_names
from renewopt.rules.nominal import cost_terms, spent
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class SpendingFloor(Rule):
    """Σ cost[w, t] · x[w] ≥ least[t] over `where`; nominal, no saving taken off."""

    kind: Literal["spending_floor"] = "spending_floor"
    least: dict[int, Decimal]
    where: Where = Where()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse strange selections, years and amounts."""
        return [
            *self.where.problems(problem.case.work_facts, self.id),
            *year_problems(self.id, "least", self.least, problem),
        ]

    def warnings(self, problem: Problem) -> list[Message]:
        """Report a floor that no work counts towards."""
        if len(self.where.select(problem.case.work_facts)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per year with a floor."""
        terms = cost_terms(problem, model, self.where)
        terms = terms[terms["year"].isin(self.least)]
        lower = {
            str(year): int(amount * UNITS_PER_WAN)
            for year, amount in sorted(self.least.items())
        }
        label = year_names(terms["year"].to_numpy())
        model.add_rows(self.id, label, terms["col"], terms["coef"], lower=lower)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up the finished schedule year by year."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if Decimal(str(f.used)) < Decimal(str(f.limit))
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report what is spent against the floor."""
        used: dict[int, int] = {}
        for (year, _), units in spent(problem, schedule, self.where).items():
            used[year] = used.get(year, 0) + units
        return [
            Finding(self.id, str(year), float(least), used.get(year, 0) / UNITS_PER_WAN)
            for year, least in sorted(self.least.items())
        ]
