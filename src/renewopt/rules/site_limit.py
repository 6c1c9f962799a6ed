"""Site limit: not too many building sites in one district at the same time."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class SiteLimit(Rule):
    """Σ x[w] over the works under way in district d and year t ≤ at_most.

    A work is under way from its start to its completion; running works count.
    """

    kind: Literal["site_limit"] = "site_limit"
    at_most: int = Field(ge=0)
    where: Where = Where()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse selections that works have no column for."""
        return self.where.problems(problem.case.work_facts, self.id)

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no work is meant."""
        if len(self.where.select(problem.case.work_facts)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per district and year with a possible site."""
        works = self.where.select(problem.case.work_facts)
        columns = model.columns("x").loc[works["work_id"]].to_numpy()
        last = (works["start_year"] + works["duration"] - 1).to_numpy()
        for year in problem.case.plan_years:
            open_now = (works["start_year"].to_numpy() <= year) & (year <= last)
            label = works["district"].to_numpy(object)[open_now] + f" {year}"
            model.add_rows(self.id, label, columns[open_now], 1, upper=self.at_most)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Count the sites of each district and year."""
        return [
            Breach(self.id, f.where, f.limit, f.used, f.unit)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report how many sites each district has in each year."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        count: dict[tuple[str, int], int] = {}
        for work in records(self.where.select(chosen)):
            start = int(work.start_year)
            for year in range(start, start + int(work.duration)):
                key = (str(work.district), year)
                count[key] = count.get(key, 0) + 1
        return [
            Finding(self.id, f"{district} {year}", self.at_most, sites, "sites")
            for (district, year), sites in sorted(count.items())
            if year in problem.case.plan_years
        ]

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that would open a site in a full district."""
        full = {f.where for f in self.explain(problem, schedule) if f.used >= f.limit}
        chosen = set(schedule.chosen["work_id"])
        return frozenset(
            str(work.work_id)
            for work in records(self.where.select(problem.case.work_facts))
            if work.work_id not in chosen
            and any(
                f"{work.district} {year}" in full
                for year in range(
                    int(work.start_year), int(work.start_year) + int(work.duration)
                )
            )
        )
