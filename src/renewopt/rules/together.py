"""Together: all of some projects or none of them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class Together(Rule):
    """Σ x[i] = Σ x[j] over the works of any two of the projects: all or none."""

    kind: Literal["together"] = "together"
    projects: tuple[str, ...] = Field(min_length=2)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown projects."""
        known = set(problem.case.projects["project_id"])
        return [
            message("rule.unknown_project", rule=self.id, value=name)
            for name in dict.fromkeys(self.projects)
            if name not in known
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per project after the first: chosen as often as the first."""
        owner = problem.case.works["project_id"].to_numpy(object)
        x = model.columns("x").to_numpy()
        first = x[owner == self.projects[0]]
        for name in dict.fromkeys(self.projects[1:]):
            own = x[owner == name]
            model.add_rows(
                self.id,
                np.full(len(first) + len(own), name, object),
                np.concatenate([first, own]),
                np.concatenate([np.ones(len(first)), -np.ones(len(own))]),
                lower=0 if len(first) + len(own) else None,
                upper=0 if len(first) + len(own) else None,
            )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare each project with the first of the list."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        taken = [str(name) for name in chosen["project_id"]]
        first = taken.count(self.projects[0])
        return [
            Breach(self.id, name, first, taken.count(name), "works")
            for name in sorted(set(self.projects[1:]) - {self.projects[0]})
            if taken.count(name) != first
        ]

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works of the group, where none of it is chosen."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        if set(chosen["project_id"]) & set(self.projects):
            return frozenset()
        works = problem.case.works
        own = works["project_id"].isin(self.projects)
        return frozenset(works.loc[own, "work_id"])
