"""Negative list: what some money may never be used for."""

from __future__ import annotations

from typing import Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.life import draw_terms
from renewopt.rules.money_rule import MoneyRule
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where

OF_PROJECTS = ("asset_class", "level", "district", "project_id")
OF_PACKAGES = ("nature", "ownership", "legal_owner", "package_id")


class NegativeList(MoneyRule):
    """Σ_t draws of p ≤ 0 for every package with a project on the list (`where`).

    A package is financed as a whole: one project on the list bars it.
    """

    kind: Literal["negative_list"] = "negative_list"
    where: Where = Where()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse selections by mode, which is not a fact but a choice."""
        found = self.fund_messages(problem)
        if self.where.mode:
            found.append(message("rule.where_key", rule=self.id, key="mode"))
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no fund, or no project, is on the list."""
        if self.own_funds(problem) and self._barred(problem):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def _barred(self, problem: Problem) -> set[str]:
        case = problem.case
        facts = case.projects.merge(
            case.packages[["package_id", "nature", "ownership", "legal_owner"]],
            on="package_id",
        )
        return set(self.where.select(facts)["package_id"])

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a row per package on the list."""
        draws = draw_terms(model, self.own_funds(problem))
        draws = draws[draws["package_id"].isin(self._barred(problem))]
        names = draws["package_id"].to_numpy(object)
        model.add_rows(self.id, names, draws["col"], np.ones(len(draws)), upper=0)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look who received money from these funds, and for which projects."""
        packages = {str(row.package_id): row for row in records(problem.case.packages)}
        barred = set()
        for project in records(problem.case.projects):
            package = packages[str(project.package_id)]
            meant = True
            for key, values in self.where.given().items():
                row = project if key in OF_PROJECTS else package
                meant &= getattr(row, key) in values
            if meant:
                barred.add(str(project.package_id))
        funds, money = self.own_funds(problem), dict.fromkeys(sorted(barred), 0)
        for draw in records(schedule.draws):
            if draw.fund_id in funds and draw.package_id in money:
                money[str(draw.package_id)] += int(draw.received)
        return [
            Breach(self.id, package, 0, amount / 100)
            for package, amount in money.items()
            if amount
        ]
