"""One work: a project is renewed at most once, in one mode, with one start."""

from __future__ import annotations

from typing import ClassVar, Literal

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class OneWork(Rule):
    """Σ_w x[w] ≤ 1 over the works of each project."""

    structural: ClassVar[bool] = True
    kind: Literal["one_work"] = "one_work"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per project."""
        works = problem.case.works
        model.add_rows(
            self.id, works["project_id"], model.columns("x").to_numpy(), 1, upper=1
        )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Count the chosen works of each project."""
        owner = problem.case.works.set_index("work_id")["project_id"]
        count: dict[str, int] = {}
        for work in schedule.chosen["work_id"]:
            project = str(owner.get(work, work))
            count[project] = count.get(project, 0) + 1
        return [
            Breach(self.id, project, 1, n, "works")
            for project, n in sorted(count.items())
            if n > 1
        ]
