"""Stability: this year's plan keeps to last year's, but for a few changes."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class Stability(Rule):
    """Σ_i changed[i] ≤ at_most; changed[i] = 1 − Σ x[w of i that start in start[i]].

    `start` is last year's plan: project → start year. A project that is dropped or
    moved is a change, at `price` 万元 each in the objective; a new one is none.
    Projects that no work can start in their year any more are left out, with a note;
    one that the case does not know is refused, unless `gone` says that it is finished.
    """

    kind: Literal["stability"] = "stability"
    start: dict[str, int]
    gone: tuple[str, ...] = ()
    at_most: int | None = Field(default=None, ge=0)
    price: Annotated[Decimal, Field(ge=0)] | None = None

    @property
    def family(self) -> str:
        """Name of the columns that count changes."""
        return f"changed {self.id}"

    @property
    def price_units(self) -> int:
        """Price of a change in units of 0.01 万元."""
        return int((self.price or Decimal(0)) * UNITS_PER_WAN)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown projects, no bound and no price, and too fine a price."""
        found = self._named(problem)
        if self.at_most is None and self.price is None:
            found.append(message("rule.no_bound", rule=self.id, keys="at_most, price"))
        if self.price is not None and (self.price * UNITS_PER_WAN) % 1:
            found.append(
                message("rule.too_fine", rule=self.id, key="price", value=self.price)
            )
        return found

    def _named(self, problem: Problem) -> list[Message]:
        """Refuse names that nobody knows: a slip would count as no change."""
        known = problem.case.project_ids
        lost = sorted(set(self.start) - known - set(self.gone))
        found = []
        if lost:
            near = {n: get_close_matches(n, sorted(known), 1) for n in lost[:20]}
            said = [f"{n} ({m[0]}?)" if m else n for n, m in near.items()]
            found.append(
                message(
                    "rule.stability_unknown",
                    rule=self.id,
                    projects=", ".join(said),
                    count=len(lost),
                )
            )
        still = sorted(set(self.gone) & known)
        if still:
            found.append(
                message(
                    "rule.stability_here", rule=self.id, projects=", ".join(still[:20])
                )
            )
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Name projects of last year's plan that cannot be kept any more."""
        kept = set(self._keeping(problem)["project_id"])
        if not kept:
            return [message("rule.selects_nothing", rule=self.id)]
        gone = sorted(set(self.start) - kept - set(self.gone))
        if not gone:
            return []
        return [message("rule.stability_gone", rule=self.id, projects=", ".join(gone))]

    def _keeping(self, problem: Problem) -> pd.DataFrame:
        """Give the works that do what last year's plan said."""
        works = problem.case.works
        wanted = works["project_id"].map(self.start)
        return works[(wanted == works["start_year"]).to_numpy(bool)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add what counts changes, and their bound."""
        works = self._keeping(problem)
        if works.empty:
            return
        x = model.columns("x").loc[works["work_id"]].to_numpy()
        project = works["project_id"].to_numpy(object)
        names = sorted(set(project))
        if self.price is not None:
            index = pd.Index(names, name="project_id")
            changed = model.add_columns(self.family, index)
            model.add_rows(
                self.id,
                np.concatenate([project, np.array(names, object)]),
                np.concatenate([x, changed]),
                1,
                lower=1,
                upper=1,
            )
        if self.at_most is not None and self.at_most < len(names):
            label = np.full(len(x), "at_most", object)
            model.add_rows(self.id, label, x, 1, lower=len(names) - self.at_most)

    def changes(self, problem: Problem, schedule: Schedule) -> list[str]:
        """List the projects that the plan drops or moves."""
        works = self._keeping(problem)
        chosen = set(schedule.chosen["work_id"])
        kept = set(works.loc[works["work_id"].isin(chosen), "project_id"])
        return sorted(map(str, set(works["project_id"]) - kept))

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Say which projects change."""
        if self.price is None:
            return {}
        names = self.changes(problem, schedule)
        every = sorted(set(self._keeping(problem)["project_id"]))
        value = [int(name in names) for name in every]
        return {self.family: pd.Series(value, index=every, dtype=np.int64)}

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Count the changes."""
        count = len(self.changes(problem, schedule))
        if self.at_most is None or count <= self.at_most:
            return []
        return [Breach(self.id, "at_most", self.at_most, count, "projects")]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the changes: their number, or each with its price."""
        names = self.changes(problem, schedule)
        found = [
            Finding(self.id, name, 0.0, self.price_units / UNITS_PER_WAN)
            for name in names
            if self.price is not None
        ]
        if self.at_most is not None:
            found.append(
                Finding(self.id, "at_most", self.at_most, len(names), "projects")
            )
        return found

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works of other years, where no change is left."""
        if self.at_most is None:
            return frozenset()
        if len(self.changes(problem, schedule)) < self.at_most:
            return frozenset()
        keeping = self._keeping(problem)
        works = problem.case.works
        meant = works["project_id"].isin(set(keeping["project_id"]))
        other = meant & ~works["work_id"].isin(set(keeping["work_id"]))
        return frozenset(works.loc[other, "work_id"])
