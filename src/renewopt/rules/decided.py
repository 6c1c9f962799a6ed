"""Decided: what people have settled already: in, out, in which year, in which mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class Decided(Rule):
    """Σ x = 1 (include), Σ x = 0 (exclude, and all works but those of the decision).

    `start` and `mode` say how a project is built if it is; they do not put it in.
    Running works cannot be decided anew.
    """

    kind: Literal["decided"] = "decided"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    start: dict[str, int] = Field(default_factory=dict)
    mode: dict[str, str] = Field(default_factory=dict)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown projects, running ones and decisions no work can meet."""
        named = dict.fromkeys([*self.include, *self.exclude, *self.start, *self.mode])
        known = set(problem.case.projects["project_id"])
        running = set(_running(problem))
        found = [
            message("rule.unknown_project", rule=self.id, value=name)
            for name in named
            if name not in known
        ]
        found += [
            message("rule.decided_running", rule=self.id, value=name)
            for name in named
            if name in running
        ]
        found += [
            message("rule.decided_twice", rule=self.id, value=name)
            for name in sorted({*self.include} & {*self.exclude})
        ]
        left = set(problem.case.works.loc[~self._against(problem), "project_id"])
        found += [
            message("rule.decided_no_work", rule=self.id, value=name)
            for name in sorted({*self.include, *self.start, *self.mode} & known)
            if name not in left and name not in self.exclude
        ]
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report a rule that decides nothing."""
        if self.include or self.exclude or self.start or self.mode:
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per project and decision."""
        works = problem.case.works
        project = works["project_id"]
        columns = model.columns("x").to_numpy()
        inside = project.isin(self.include).to_numpy()
        model.add_rows(
            self.id,
            np.array([f"include {p}" for p in project[inside]], object),
            columns[inside],
            1,
            lower={f"include {name}": 1 for name in self.include},
        )
        for what, meant in self._barred(works):
            model.add_rows(
                self.id,
                np.array([f"{what} {p}" for p in project[meant]], object),
                columns[meant],
                1,
                upper=0,
            )

    def _barred(self, works: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the works that each sort of decision rules out."""
        project = works["project_id"]
        year = project.map(self.start)
        mode = project.map(self.mode)
        yield "exclude", project.isin(self.exclude).to_numpy()
        yield "start", (year.notna() & (year != works["start_year"])).to_numpy()
        yield "mode", (mode.notna() & (mode != works["mode"])).to_numpy()

    def _against(self, problem: Problem) -> np.ndarray:
        barred = [meant for _, meant in self._barred(problem.case.works)]
        marks: np.ndarray = np.logical_or.reduce(barred)
        return marks

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that the decision rules out."""
        works = problem.case.works
        return frozenset(works.loc[self._against(problem), "work_id"])

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare the chosen works with each decision, one by one."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        found: list[Breach] = []
        for name in dict.fromkeys(self.include):
            if not (chosen["project_id"] == name).any():
                found.append(Breach(self.id, f"include {name}", 1, 0, "works"))
        for name in dict.fromkeys(self.exclude):
            number = int((chosen["project_id"] == name).sum())
            if number:
                found.append(Breach(self.id, f"exclude {name}", 0, number, "works"))
        for what, column, wanted in (
            ("start", "start_year", self.start),
            ("mode", "mode", self.mode),
        ):
            for name, value in wanted.items():
                own = chosen[chosen["project_id"] == name]
                other = int((own[column] != value).sum())
                if other:
                    found.append(Breach(self.id, f"{what} {name}", 0, other, "works"))
        return found


def _running(problem: Problem) -> list[str]:
    case = problem.case
    packages = case.packages
    going = packages.loc[packages["status"] == "running", "package_id"]
    own = case.projects["package_id"].isin(going)
    return [str(name) for name in case.projects.loc[own, "project_id"]]
