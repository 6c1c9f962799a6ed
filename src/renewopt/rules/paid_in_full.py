"""Paid in full: every year each package's payments are met, no more, no less."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.dig_once import saving_terms
from renewopt.rules.life import year_names
from renewopt.rules.problem import Problem


class PaidInFull(Rule):
    """Σ_f draw[p, t, f] = Σ_w cost[w, t] · x[w] − savings, per package p and year t."""

    structural: ClassVar[bool] = True
    kind: Literal["paid_in_full"] = "paid_in_full"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package and year with a possible payment or draw."""
        case, facts = problem.case, problem.case.work_facts
        package = facts["package_id"].to_numpy(object)
        x, draw = model.columns("x").to_numpy(), model.columns("draw")
        year = case.payments["year"].to_numpy(np.int64)
        within = year <= case.end_year
        work = case.payment_works[within]
        label = [package[work] + " " + year_names(year[within])]
        col = [x[work]]
        coef = [-case.payments["cost"].to_numpy(np.int64)[within]]
        saving = saving_terms(problem, model, eligible=False)
        work = saving["work"].to_numpy(np.int64)
        start = facts["start_year"].to_numpy(np.int64)[work]
        label.append(package[work] + " " + year_names(start))
        col.append(saving["col"].to_numpy(np.int64))
        coef.append(saving["coef"].to_numpy(np.int64))
        names = draw.index.get_level_values("package_id").to_numpy(object)
        years = draw.index.get_level_values("year").to_numpy(np.int64)
        label.append(names + " " + year_names(years))
        col.append(draw.to_numpy())
        coef.append(np.ones(len(draw), np.int64))
        model.add_rows(
            self.id,
            np.concatenate(label),
            np.concatenate(col),
            np.concatenate(coef),
            lower=0,
            upper=0,
        )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up payments and draws package by package, year by year."""
        case = problem.case
        package = dict(
            zip(case.projects["project_id"], case.projects["package_id"], strict=True)
        )
        works = {str(row.work_id): row for row in records(case.works)}
        chosen = set(schedule.chosen["work_id"])
        balance: dict[tuple[str, int], list[int]] = {}
        for row in records(case.payments):
            year = int(row.year)
            if row.work_id in chosen and year <= case.end_year:
                key = (package[works[str(row.work_id)].project_id], year)
                balance.setdefault(key, [0, 0])[0] += int(row.cost)
        for row in records(schedule.chosen):
            work = works.get(str(row.work_id))
            if work is not None and int(row.saving):
                key = (package[work.project_id], int(work.start_year))
                balance.setdefault(key, [0, 0])[0] -= int(row.saving)
        for row in records(schedule.draws):
            key = (str(row.package_id), int(row.year))
            balance.setdefault(key, [0, 0])[1] += int(row.amount)
        return [
            Breach(self.id, f"{key[0]} {key[1]}", due / 100, drawn / 100)
            for key, (due, drawn) in sorted(balance.items())
            if due != drawn
        ]
