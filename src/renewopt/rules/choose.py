"""Choose: of some projects at most, or at least, so many."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.life import works_of
from renewopt.rules.problem import Problem


class Choose(Rule):
    """at_least ≤ Σ x over the works of `projects` ≤ at_most.

    Alternatives (a tunnel or the pipes of its street): `at_most = 1`.
    """

    kind: Literal["choose"] = "choose"
    projects: tuple[str, ...] = Field(min_length=1)
    at_most: int | None = Field(default=None, ge=0)
    at_least: int = Field(default=0, ge=0)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown projects and more than there are."""
        known = problem.case.project_ids
        found = [
            message("rule.unknown_project", rule=self.id, value=name)
            for name in dict.fromkeys(self.projects)
            if name not in known
        ]
        count = len(set(self.projects) & problem.case.works_by_project.keys())
        most = count if self.at_most is None else min(count, self.at_most)
        if self.at_least > most:
            found.append(
                message(
                    "rule.choose_too_many",
                    rule=self.id,
                    value=self.at_least,
                    most=most,
                )
            )
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report bounds that can never bind."""
        count = len(set(self.projects))
        if self.at_least == 0 and (self.at_most is None or self.at_most >= count):
            return [message("rule.selects_nothing", rule=self.id)]
        return []

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add the two rows over the works of the projects."""
        columns = model.columns("x").to_numpy()[works_of(problem.case, self.projects)]
        for label, lower, upper in (
            ("at_most", None, self.at_most),
            ("at_least", self.at_least or None, None),
        ):
            if lower is None and upper is None:
                continue
            model.add_rows(
                self.id,
                np.full(len(columns), label, object),
                columns,
                1,
                lower=None if lower is None else {label: lower},
                upper=None if upper is None else {label: upper},
            )

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works of the other projects, once the most is reached."""
        taken = self._taken(problem, schedule)
        if self.at_most is None or len(taken) < self.at_most:
            return frozenset()
        works = problem.case.works
        own = works["project_id"].isin(self.projects)
        return frozenset(works.loc[own & ~works["project_id"].isin(taken), "work_id"])

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report how many are chosen of the most."""
        if self.at_most is None:
            return []
        used = len(self._taken(problem, schedule))
        return [Finding(self.id, "at_most", self.at_most, used, "projects")]

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Count the chosen projects of the list."""
        count = len(self._taken(problem, schedule))
        found = []
        if self.at_most is not None and count > self.at_most:
            found.append(Breach(self.id, "at_most", self.at_most, count, "projects"))
        if count < self.at_least:
            found.append(Breach(self.id, "at_least", self.at_least, count, "projects"))
        return found

    def _taken(self, problem: Problem, schedule: Schedule) -> list[str]:
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        return [str(p) for p in chosen["project_id"] if p in self.projects]
