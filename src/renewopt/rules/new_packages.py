"""New packages: at most so many are opened in a year."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where

_KEY = ["package_id", "start_year"]


class NewPackages(Rule):
    """Σ over packages of first[p, t] ≤ cap[t]: packages whose first work starts in t.

    first[p, t] ≤ Σ starts of p in t, and a start of p in t needs first[p, u] in some
    u ≤ t. Packages under construction are not new. Years without a cap are free.
    """

    kind: Literal["new_packages"] = "new_packages"
    cap: dict[int, Annotated[int, Field(ge=0)]]
    where: Where = Where()

    @property
    def family(self) -> str:
        """Name of the rule's own columns."""
        return f"first {self.id}"

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse years outside the plan and keys that packages have no column for."""
        case = problem.case
        found = self.where.problems(case.packages, self.id)
        found += [
            message(
                "rule.year_outside",
                rule=self.id,
                key="cap",
                year=year,
                first=case.start_year,
                last=case.end_year,
            )
            for year in self.cap
            if not case.start_year <= year <= case.end_year
        ]
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no new package is meant."""
        if self.cap and len(self._packages(problem)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add the first years of packages and the rows that tie them to the starts."""
        starts = self._starts(problem)
        starts = starts.assign(col=model.columns("x").loc[starts["work_id"]].to_numpy())
        keys = pd.MultiIndex.from_frame(
            starts[_KEY].drop_duplicates().sort_values(_KEY)
        )
        first = pd.Series(model.add_columns(self.family, keys), index=keys)
        self._tie(model, starts, first)
        years = [year for _, year in keys]
        limited = np.isin(years, list(self.cap))
        model.add_rows(
            self.id,
            np.array([str(year) for year in years], object)[limited],
            first.to_numpy()[limited],
            1,
            upper={str(year): count for year, count in self.cap.items()},
        )

    def _tie(self, model: LinearModel, starts: pd.DataFrame, first: pd.Series) -> None:
        label: list[str] = []
        col: list[int] = []
        coef: list[int] = []
        for package, own in starts.groupby("package_id", sort=True):
            years = sorted({int(y) for y in own["start_year"]})
            column = {year: int(first.loc[(package, year)]) for year in years}
            for year in years:
                now = own[own["start_year"] == year]
                name = f"first {package} {year}"
                label += [name] * (1 + len(now))
                col += [column[year], *now["col"]]
                coef += [1] + [-1] * len(now)
                before = [column[u] for u in years if u <= year]
                for work, number in zip(now["work_id"], now["col"], strict=True):
                    label += [f"open {work}"] * (1 + len(before))
                    col += [int(number), *before]
                    coef += [1] + [-1] * len(before)
        model.add_rows(self.id, np.array(label, object), col, coef, upper=0)

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Give the year of the first start of every package."""
        opened = self._opened(problem, schedule)
        keys = pd.MultiIndex.from_tuples(sorted(opened.items()), names=_KEY)
        return {self.family: pd.Series(1, index=keys)}

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that would open a further package in a year that is full."""
        opened = self._opened(problem, schedule)
        full = {y for y, n in self.cap.items() if n <= [*opened.values()].count(y)}
        starts = self._starts(problem)
        begun = starts["package_id"].map(opened)
        late = begun.isna() | (begun > starts["start_year"])
        return frozenset(
            starts.loc[late & starts["start_year"].isin(full), "work_id"].astype(str)
        )

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report how many packages open in each year with a cap."""
        years = [*self._opened(problem, schedule).values()]
        return [
            Finding(self.id, str(year), count, years.count(year), "packages")
            for year, count in sorted(self.cap.items())
        ]

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Count the packages by the year of their first start."""
        years = [*self._opened(problem, schedule).values()]
        return [
            Breach(self.id, str(year), count, years.count(year), "packages")
            for year, count in sorted(self.cap.items())
            if years.count(year) > count
        ]

    def _packages(self, problem: Problem) -> pd.Series:
        packages = self.where.select(problem.case.packages)
        return packages.loc[packages["status"] != "running", "package_id"]

    def _starts(self, problem: Problem) -> pd.DataFrame:
        works = problem.case.work_facts
        meant = works["package_id"].isin(self._packages(problem))
        return works.loc[meant, ["work_id", *_KEY]]

    def _opened(self, problem: Problem, schedule: Schedule) -> dict[str, int]:
        """Give the first year of every new package that is begun."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        own = chosen[chosen["package_id"].isin(self._packages(problem))]
        first = own.groupby("package_id")["start_year"].min()
        return {str(name): int(year) for name, year in first.items()}
