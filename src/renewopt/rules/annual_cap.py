"""Annual cap: a measured amount of works may not pass a limit in any year."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import field_validator

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class AnnualCap(Rule):
    """Σ measure[w, t] · x[w] ≤ cap[t] over `where`, for every capped year t.

    `measure` is a resource of the `use` table, or "cost": nominal payments less
    dig-once savings, which is the plain yearly budget.
    """

    kind: Literal["annual_cap"] = "annual_cap"
    measure: str
    cap: dict[int, Decimal]
    where: Where = Where()

    @field_validator("cap")
    @classmethod
    def _not_negative(cls, cap: dict[int, Decimal]) -> dict[int, Decimal]:
        if any(not limit.is_finite() or limit < 0 for limit in cap.values()):
            raise ValueError("cap.negative")
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
        for year, limit in self.cap.items():
            if year not in case.plan_years:
                found.append(
                    message(
                        "rule.year_outside",
                        rule=self.id,
                        key="cap",
                        year=year,
                        first=case.start_year,
                        last=case.end_year,
                    )
                )
            if (limit * self._scale(problem)) % 1:
                found.append(
                    message(
                        "rule.too_fine", rule=self.id, key=f"cap.{year}", value=limit
                    )
                )
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report a cap that no work counts towards."""
        if len(self.where.select(problem.case.work_facts)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per capped year."""
        case = problem.case
        works = self.where.select(case.work_facts)["work_id"]
        x = model.columns("x")
        if self.measure == "cost":
            terms = case.payments[["work_id", "year"]].assign(
                amount=case.payments["cost"]
            )
        else:
            terms = case.use[case.use["resource"] == self.measure]
        terms = terms[terms["work_id"].isin(set(works)) & terms["year"].isin(self.cap)]
        label = terms["year"].astype(str).to_numpy(object)
        col = x.loc[terms["work_id"]].to_numpy()
        coef = terms["amount"].to_numpy(np.int64)
        saving = model.columns("saving")
        if self.measure == "cost" and len(saving):
            start = case.works.set_index("work_id")["start_year"]
            own = [w for w in saving.index if w in set(works) and start[w] in self.cap]
            label = np.concatenate([label, start.loc[own].astype(str).to_numpy(object)])
            col = np.concatenate([col, saving.loc[own].to_numpy()])
            coef = np.concatenate([coef, np.full(len(own), -1)])
        upper = {str(year): self._limit(problem, year) for year in self.cap}
        model.add_rows(self.id, label, col, coef, upper=upper)

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the use of the cap in every year."""
        scale = self._scale(problem)
        unit = self._unit(problem)
        used = self._used(problem, schedule)
        return [
            Finding(self.id, str(year), float(limit), used.get(year, 0) / scale, unit)
            for year, limit in self.cap.items()
        ]

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up the finished schedule year by year."""
        scale = self._scale(problem)
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
            total = use[use["work_id"].isin(own)].groupby("year")["amount"].sum()
            return {int(year): int(n) for year, n in total.items()}
        paid = case.payments[case.payments["work_id"].isin(own)]
        total = paid.groupby("year")["cost"].sum()
        used = {int(year): int(n) for year, n in total.items()}
        start = chosen.set_index("work_id")["start_year"]
        for row in records(schedule.chosen):
            if row.work_id in own:
                year = int(start[row.work_id])
                used[year] = used.get(year, 0) - int(row.saving)
        return used

    def _scale(self, problem: Problem) -> int:
        if self.measure == "cost":
            return UNITS_PER_WAN
        resources = problem.case.resources.set_index("resource")
        return int(10 ** resources.loc[self.measure, "decimals"])

    def _unit(self, problem: Problem) -> str:
        if self.measure == "cost":
            return "万元"
        resources: pd.DataFrame = problem.case.resources.set_index("resource")
        return str(resources.loc[self.measure, "unit"])

    def _limit(self, problem: Problem, year: int) -> int:
        return int(self.cap[year] * self._scale(problem))
