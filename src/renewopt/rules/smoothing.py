"""Smoothing: what some money gives does not jump from one year to the next."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import totals
from renewopt.rules.life import draw_terms
from renewopt.rules.money_rule import MoneyRule
from renewopt.rules.problem import Problem

Amount = Annotated[Decimal, Field(ge=0)]


class Smoothing(MoneyRule):
    """− fall ≤ Σ received[t] − Σ received[t − 1] ≤ rise, from year to year.

    The first plan year is compared with `before`, where it is given.
    """

    kind: Literal["smoothing"] = "smoothing"
    rise: Amount | None = None
    fall: Amount | None = None
    before: Amount | None = None

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown funds, no bound at all, and amounts finer than the unit."""
        found = self.fund_messages(problem)
        if self.rise is None and self.fall is None:
            found.append(message("rule.no_bound", rule=self.id, keys="rise, fall"))
        for key in ("rise", "fall", "before"):
            value = getattr(self, key)
            if value is not None and (value * UNITS_PER_WAN) % 1:
                found.append(
                    message("rule.too_fine", rule=self.id, key=key, value=value)
                )
        return found

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per year and bound."""
        draws = draw_terms(model, self.own_funds(problem))
        for year in self._years(problem):
            known = self._known(problem, year)
            now, past = draws["year"] == year, draws["year"] == year - 1
            own = draws[now | past]
            sign = np.where(own["year"] == year, 1, -1)
            for what, bound, way in (("rise", self.rise, 1), ("fall", self.fall, -1)):
                if bound is not None:
                    label = f"{what} {year}"
                    model.add_rows(
                        self.id,
                        np.full(len(own), label, object),
                        own["col"],
                        way * sign,
                        upper={label: _units(bound) + way * known},
                    )

    def _years(self, problem: Problem) -> list[int]:
        """List the years that have one to be compared with."""
        years = list(problem.case.plan_years)
        return years if self.before is not None else years[1:]

    def _known(self, problem: Problem, year: int) -> int:
        """Give what was spent the year before, where it is a fact and no decision."""
        first = year == problem.case.start_year
        return _units(self.before) if first and self.before is not None else 0

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare each year with the one before."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report how much each year rises or falls; 0 where it goes the other way."""
        own = schedule.draws[schedule.draws["fund_id"].isin(self.own_funds(problem))]
        given = totals(own, "year", "received")
        found = []
        for year in self._years(problem):
            before = given.get(year - 1, 0)
            if year == problem.case.start_year:
                before = self._known(problem, year)
            growth = given.get(year, 0) - before
            for what, bound, way in (("rise", self.rise, 1), ("fall", self.fall, -1)):
                if bound is not None:
                    change = max(0, way * growth) / UNITS_PER_WAN
                    found.append(
                        Finding(self.id, f"{what} {year}", float(bound), change)
                    )
        return found


def _units(amount: Decimal | None) -> int:
    return int((amount or Decimal(0)) * UNITS_PER_WAN)
