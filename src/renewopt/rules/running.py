"""Running: works under construction (续建) go on and are paid first."""

from __future__ import annotations

from typing import ClassVar, Literal

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class Running(Rule):
    """x[w] = 1 for the one work of every project in a running package."""

    structural: ClassVar[bool] = True
    kind: Literal["running"] = "running"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Fix the work of every running project."""
        facts = problem.case.work_facts
        running = facts[facts["status"] == "running"]
        columns = model.columns("x").loc[running["work_id"]].to_numpy()
        model.add_rows(self.id, running["project_id"], columns, 1, lower=1)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look for running projects without their work."""
        case = problem.case
        packages = set(
            case.packages.loc[case.packages["status"] == "running", "package_id"]
        )
        chosen = set(schedule.chosen["work_id"])
        kept = set(case.works.loc[case.works["work_id"].isin(chosen), "project_id"])
        return [
            Breach(self.id, str(row.project_id), 1, 0, "works")
            for row in records(case.projects)
            if row.package_id in packages and row.project_id not in kept
        ]
