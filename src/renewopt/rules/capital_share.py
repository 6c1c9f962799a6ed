"""Capital share: enough of a package's cost is paid with money that is not debt."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.funds import BP
from renewopt.rules.life import base_terms, draw_terms, history_sum
from renewopt.rules.life_check import Life
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class CapitalShare(Rule):
    """10000 · Σ received from capital funds ≥ min_bp · cost, per package over its life.

    项目资本金 is non-debt money (国发〔2019〕26号).
    """

    kind: Literal["capital_share"] = "capital_share"
    min_bp: int = Field(ge=0, le=BP)
    where: Where = Where()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse selections that packages have no column for."""
        return self.where.problems(problem.case.packages, self.id)

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no package is meant."""
        if len(self.where.select(problem.case.packages)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package."""
        funds = problem.policy.funds
        capital = funds.loc[funds["capital"], "fund_id"].tolist()
        packages = self.where.select(problem.case.packages)["package_id"]
        draws = draw_terms(model, capital)
        draws = draws[draws["package_id"].isin(packages)]
        base = base_terms(problem, model, "cost")
        base = base[base["package_id"].isin(packages)]
        past_cost = history_sum(problem, "cost", None)
        past = history_sum(problem, "received", capital)
        lower = {
            str(p): self.min_bp * int(past_cost.get(p, 0)) - BP * int(past.get(p, 0))
            for p in packages
        }
        model.add_rows(
            self.id,
            np.concatenate([draws["package_id"], base["package_id"]]),
            np.concatenate([draws["col"], base["col"]]),
            np.concatenate([np.full(len(draws), BP), -self.min_bp * base["coef"]]),
            lower=lower,
        )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up each package's life and compare."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f, broken in self._judge(problem, schedule)
            if broken
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report capital against the least that is asked."""
        return [finding for finding, _ in self._judge(problem, schedule)]

    def _judge(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[Finding, bool]]:
        life = Life.of(problem, schedule)
        funds = problem.policy.funds
        own = life.received_from(
            [str(f) for f in funds.loc[funds["capital"], "fund_id"]]
        )
        rows = []
        for package in self.where.select(problem.case.packages)["package_id"]:
            cost, capital = life.base(package, "cost"), own.get(package, 0)
            least = self.min_bp * cost / BP / 100
            finding = Finding(self.id, str(package), least, capital / 100)
            rows.append((finding, BP * capital < self.min_bp * cost))
        return rows
