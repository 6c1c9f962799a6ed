"""Mandatory: duties come first; what cannot be placed is counted, weighted by risk."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import numpy as np
import pandas as pd

from renewopt.core.array_model import FloatArray, IntArray, LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import round_to_units
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem

LEVELS = ("safety_duty", "assessed_target")
"""Levels of hardness that are placed before anything else, in this order."""

Level = Literal["safety_duty", "assessed_target"]


@dataclass(frozen=True, eq=False)
class ShortfallStage:
    """One quantity to minimise before the objective: Σ coef · x + constant."""

    level: str
    measure: str
    constant: int
    col: IntArray
    coef: IntArray


class Mandatory(Rule):
    """Every project with an obligation is finished by its deadline, as far as possible.

    Per level, in order: Σ weight · (1 − Σ_w x[w]) is minimised, then
    Σ weight · late[w] · x[w] with late = max(0, start + duration − 1 − max(deadline,
    first plan year)). A project's deadline is the least of its obligations of that
    level. The weight is the expected loss of a year, the length or the households, in
    whole units, at least 1. Levels named in `hard` must be met in full instead.
    """

    kind: Literal["mandatory"] = "mandatory"
    weigh_by: Literal["risk", "length_m", "households"] = "risk"
    hard: tuple[Level, ...] = ()

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that there is no duty at all."""
        if problem.case.obligations["hardness"].isin(LEVELS).any():
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a row per project of a hard level: some work in time."""
        x = model.columns("x")
        for level in self.hard:
            due = _due(problem, level)
            works = problem.case.works.merge(due, on="project_id")
            in_time = works[_late(problem, works) == 0]
            model.add_rows(
                self.id,
                (level + " " + in_time["project_id"]).to_numpy(object),
                x.loc[in_time["work_id"]].to_numpy(),
                1,
                lower={f"{level} {project}": 1 for project in due["project_id"]},
            )

    def stages(self, problem: Problem, model: LinearModel) -> list[ShortfallStage]:
        """Give the shortfall quantities in the order in which they are minimised."""
        x = model.columns("x")
        found: list[ShortfallStage] = []
        for level in LEVELS:
            due = _due(problem, level)
            facts = problem.case.projects[["project_id", *_MEASURES]]
            due = due.merge(facts, on="project_id", how="left")
            due["weight"] = _weights(due, self.weigh_by)
            works = problem.case.works.merge(due, on="project_id")
            col = x.loc[works["work_id"]].to_numpy()
            weight = works["weight"].to_numpy(np.int64)
            late = _late(problem, works) * weight
            total = int(due["weight"].sum())
            found.append(ShortfallStage(level, "unplaced", total, col, -weight))
            found.append(
                ShortfallStage(level, "late", 0, col[late > 0], late[late > 0])
            )
        return found

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look for hard duties that are not finished in time."""
        found = []
        for row in records(self.status(problem, schedule)):
            if row.hardness in self.hard and (not row.placed or int(row.late) > 0):
                late = float(row.late) if row.placed else float("inf")
                place = f"{row.hardness} {row.project_id}"
                found.append(Breach(self.id, place, 0, late, "years late"))
        return found

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report placed duties of all duties, level by level."""
        status = self.status(problem, schedule)
        found = []
        for level in LEVELS:
            own = status[status["hardness"] == level]
            if len(own):
                placed = float(own["placed"].sum())
                found.append(
                    Finding(self.id, level, float(len(own)), placed, "projects")
                )
        return found

    def status(self, problem: Problem, schedule: Schedule) -> pd.DataFrame:
        """List every project with a duty and how the schedule serves it.

        Columns `hardness`, `project_id`, `deadline` (nullable), `placed`, `completion`
        (0: never), `late` (years), `weight` (whole units).
        """
        case = problem.case
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        completion = {
            str(row.project_id): int(row.start_year) + int(row.duration) - 1
            for row in records(chosen)
        }
        size = {str(row.project_id): row for row in records(case.projects)}
        rows = []
        for level in LEVELS:
            duties = case.obligations[case.obligations["hardness"] == level]
            for project, own in sorted(duties.groupby("project_id")):
                dates = [int(d) for d in own["deadline"] if pd.notna(d)]
                done = completion.get(str(project), 0)
                late = 0
                if done and dates:
                    late = max(0, done - max(min(dates), case.start_year))
                weight = self._weight(size[str(project)])
                deadline = min(dates) if dates else pd.NA
                rows.append(
                    (level, str(project), deadline, bool(done), done, late, weight)
                )
        columns = [
            "hardness",
            "project_id",
            "deadline",
            "placed",
            "completion",
            "late",
            "weight",
        ]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"deadline": "Int64", "placed": bool})

    def shortfall(self, problem: Problem, schedule: Schedule) -> tuple[int, ...]:
        """Give (unplaced, late) weight per level: smaller, in order, is better."""
        status = self.status(problem, schedule)
        values: list[int] = []
        for level in LEVELS:
            own = status[status["hardness"] == level]
            values.append(int(own.loc[~own["placed"], "weight"].sum()))
            values.append(int((own["late"] * own["weight"]).sum()))
        return tuple(values)

    def _weight(self, project: object) -> int:
        size = Decimal(str(getattr(project, _MEASURE[self.weigh_by])))
        size *= 100 if self.weigh_by == "risk" else 1
        return max(1, int(size.quantize(Decimal(1), ROUND_HALF_UP)))


_MEASURE = {"risk": "risk_now", "length_m": "length_m", "households": "households"}
_MEASURES = ("risk_now", "length_m", "households")


def _due(problem: Problem, level: str) -> pd.DataFrame:
    duties = problem.case.obligations
    own = duties.loc[duties["hardness"] == level, ["project_id", "deadline"]]
    least = own.groupby("project_id").min().reset_index()
    return least.sort_values("project_id", ignore_index=True)


def _late(problem: Problem, works: pd.DataFrame) -> IntArray:
    first = problem.case.start_year
    due = works["deadline"].fillna(10**6).astype(np.int64).clip(lower=first)
    done = works["start_year"].astype(np.int64) + works["duration"] - 1
    return (done - due).clip(lower=0).to_numpy(np.int64)


def _weights(projects: pd.DataFrame, weigh_by: str) -> IntArray:
    if weigh_by == "risk":
        return np.maximum(1, round_to_units(projects["risk_now"]))
    size: FloatArray = projects[weigh_by].to_numpy(np.float64)
    return np.maximum(1, np.floor(size + 0.5).astype(np.int64))
