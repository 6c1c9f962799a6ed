"""Precedence: some projects wait for others (the outlet before what drains into it)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class Precedence(Rule):
    """Σ starts of `then` up to t ≤ Σ starts of `first` that count by t, for every t.

    Every project of `then` waits for every project of `first`. With `after = "start"`
    it may start in the year in which the first starts, or later; with "completion" only
    in a year after the first is finished. `first` without `then` is always allowed.
    """

    kind: Literal["precedence"] = "precedence"
    first: tuple[str, ...] = Field(min_length=1)
    then: tuple[str, ...] = Field(min_length=1)
    after: Literal["start", "completion"] = "start"

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown projects and a project that waits for itself."""
        known = problem.case.project_ids
        found = [
            message("rule.unknown_project", rule=self.id, value=name)
            for name in dict.fromkeys([*self.first, *self.then])
            if name not in known
        ]
        found += [
            message("rule.waits_for_itself", rule=self.id, value=name)
            for name in sorted({*self.first} & {*self.then})
        ]
        return found

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per pair and start year of the one that waits."""
        case, x = problem.case, model.columns("x").to_numpy()
        known, none = case.works_by_project, np.zeros(0, np.int64)
        start = case.works["start_year"].to_numpy(np.int64)
        ready = self._ready(case.works).to_numpy(np.int64)
        label: list[str] = []
        col: list[int] = []
        coef: list[int] = []
        for later in dict.fromkeys(self.then):
            own = known.get(later, none)
            for year in np.unique(start[own]).tolist():
                begun = x[own[start[own] <= year]]
                for earlier in dict.fromkeys(self.first):
                    before = known.get(earlier, none)
                    done = x[before[ready[before] <= year]]
                    name = f"{later} after {earlier} by {year}"
                    label += [name] * (len(begun) + len(done))
                    col += [*begun.tolist(), *done.tolist()]
                    coef += [1] * len(begun) + [-1] * len(done)
        model.add_rows(self.id, np.array(label, object), col, coef, upper=0)

    def _ready(self, works: pd.DataFrame) -> pd.Series:
        """Give the first year in which others may follow each work."""
        years = works["duration"] if self.after == "completion" else 0
        ready: pd.Series = works["start_year"] + years
        return ready

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that would start before what they wait for."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        ready = dict(zip(chosen["project_id"], self._ready(chosen), strict=True))
        latest = max((ready.get(name, 9999) for name in self.first), default=0)
        works = problem.case.works
        early = works["project_id"].isin(self.then) & (works["start_year"] < latest)
        return frozenset(works.loc[early, "work_id"])

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare the start of each project that waits with those before it."""
        chosen = {
            str(work.project_id): work
            for work in records(problem.chosen_works(schedule.chosen["work_id"]))
        }
        found: list[Breach] = []
        for later in dict.fromkeys(self.then):
            if later not in chosen:
                continue
            start = int(chosen[later].start_year)
            for earlier in dict.fromkeys(self.first):
                where = f"{later} after {earlier}"
                work = chosen.get(earlier)
                if work is None:
                    found.append(Breach(self.id, where, 0, 1, "works"))
                    continue
                allowed = int(work.start_year)
                if self.after == "completion":
                    allowed += int(work.duration)
                if start < allowed:
                    found.append(Breach(self.id, where, allowed, start, "year"))
        return found
