"""Annual cap: a measured amount of works may not pass a limit in any year."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records, totals
from renewopt.rules.base import Rule
from renewopt.rules.debt_checks import year_problems
from renewopt.rules.dig_once import saving_terms
from renewopt.rules.life import year_names
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class AnnualCap(Rule):
    """Σ measure[w, t] · x[w] ≤ cap[t] over `where`, for every capped year t.

    `measure` is a resource of the `use` table, or "cost": nominal payments less
    dig-once savings, which is the plain yearly budget. A cost may also be capped in the
    years after the plan, up to the last payment that any work can have: what the plan
    leaves to its successor is then limited.
    """

    kind: Literal["annual_cap"] = "annual_cap"
    measure: str
    cap: dict[int, Annotated[Decimal, Field(ge=0)]]
    where: Where = Where()

    @field_validator("cap")
    @classmethod
    def _in_order(cls, cap: dict[int, Decimal]) -> dict[int, Decimal]:
        return dict(sorted(cap.items()))

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse an unknown measure, strange years and caps finer than the unit."""
        case = problem.case
        found = self.where.problems(case.work_facts, self.id)
        known = ["cost", *case.resources["resource"]]
        if self.measure not in known:
            return [
                *found,
                message(
                    "rule.unknown_measure",
                    rule=self.id,
                    value=self.measure,
                    known=", ".join(known),
                ),
            ]
        scale, last = self.scale(problem), case.end_year
        if self.measure == "cost" and len(case.payments):
            last = max(last, int(case.payments["year"].max()))
        years = year_problems(self.id, "cap", self.cap, problem, scale, last)
        return [*found, *years]

    def warnings(self, problem: Problem) -> list[Message]:
        """Report a cap that no work counts towards."""
        case = problem.case
        meant = self._meant(problem)
        if self.measure != "cost":
            own = (case.use["resource"] == self.measure).to_numpy()
            meant = meant[case.use_works[own]]
        if meant.any():
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per capped year."""
        case = problem.case
        meant, x = self._meant(problem), model.columns("x").to_numpy()
        if self.measure == "cost":
            table, work, amount = case.payments, case.payment_works, "cost"
            own = meant[work]
        else:
            table, work, amount = case.use, case.use_works, "amount"
            own = meant[work] & (table["resource"] == self.measure).to_numpy()
        years = table["year"].to_numpy(np.int64)
        own &= np.isin(years, list(self.cap))
        year, col = years[own], x[work[own]]
        coef = table[amount].to_numpy(np.int64)[own]
        if self.measure == "cost":
            saving = saving_terms(problem, model, eligible=False)
            rows = saving["work"].to_numpy(np.int64)
            start = case.works["start_year"].to_numpy(np.int64)[rows]
            own = meant[rows] & np.isin(start, list(self.cap))
            year = np.concatenate([year, start[own]])
            col = np.concatenate([col, saving["col"].to_numpy(np.int64)[own]])
            coef = np.concatenate([coef, np.full(int(own.sum()), -1)])
        upper = {str(year): self._limit(problem, year) for year in self.cap}
        model.add_rows(self.id, year_names(year), col, coef, upper=upper)

    def _meant(self, problem: Problem) -> npt.NDArray[np.bool_]:
        """Mark the works that the cap is about."""
        facts = problem.case.work_facts
        marks = np.zeros(len(facts), bool)
        marks[self.where.select(facts).index] = True
        return marks

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the use of the cap in every year."""
        scale = self.scale(problem)
        unit = self._unit(problem)
        used = self._used(problem, schedule)
        return [
            Finding(self.id, str(year), float(limit), used.get(year, 0) / scale, unit)
            for year, limit in self.cap.items()
        ]

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up the finished schedule year by year."""
        scale = self.scale(problem)
        unit = self._unit(problem)
        used = self._used(problem, schedule)
        return [
            Breach(self.id, str(year), float(limit), used.get(year, 0) / scale, unit)
            for year, limit in self.cap.items()
            if used.get(year, 0) > limit * scale
        ]

    def _used(self, problem: Problem, schedule: Schedule) -> dict[int, int]:
        case = problem.case
        chosen = self.where.select(problem.chosen_works(schedule.chosen["work_id"]))
        own = set(chosen["work_id"])
        if self.measure != "cost":
            use = case.use[case.use["resource"] == self.measure]
            return totals(use[use["work_id"].isin(own)], "year", "amount")
        paid = case.payments[case.payments["work_id"].isin(own)]
        used = totals(paid, "year", "cost")
        start = chosen.set_index("work_id")["start_year"]
        for row in records(schedule.chosen):
            if row.work_id in own:
                year = int(start[row.work_id])
                used[year] = used.get(year, 0) - int(row.saving)
        return used

    def scale(self, problem: Problem) -> int:
        """Give the model's whole units in one unit of the measure."""
        if self.measure == "cost":
            return UNITS_PER_WAN
        decimals: int = self._resource(problem).decimals
        return int(10**decimals)

    def _unit(self, problem: Problem) -> str:
        return "万元" if self.measure == "cost" else str(self._resource(problem).unit)

    def _resource(self, problem: Problem) -> Any:
        """Give the row of the measure in the table of resources."""
        rows = records(problem.case.resources)
        return next(row for row in rows if row.resource == self.measure)

    def _limit(self, problem: Problem, year: int) -> int:
        return int(self.cap[year] * self.scale(problem))
