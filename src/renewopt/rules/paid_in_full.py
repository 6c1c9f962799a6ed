"""Paid in full: every year each package's payments are met, no more, no less."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.dig_once import saving_terms
from renewopt.rules.problem import Problem


class PaidInFull(Rule):
    """Σ_f draw[p, t, f] = Σ_w cost[w, t] · x[w] − savings, per package p and year t."""

    structural: ClassVar[bool] = True
    kind: Literal["paid_in_full"] = "paid_in_full"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package and year with a possible payment or draw."""
        case = problem.case
        facts = case.work_facts.set_index("work_id")
        x, draw = model.columns("x"), model.columns("draw")
        paid = case.payments[case.payments["year"] <= case.end_year]
        label = [
            facts["package_id"].loc[paid["work_id"]]
            + " "
            + paid["year"].astype(str).to_numpy(object)
        ]
        col = [x.loc[paid["work_id"]].to_numpy()]
        coef = [-paid["cost"].to_numpy(np.int64)]
        saving = saving_terms(problem, model, eligible=False)
        own = facts.loc[saving["work_id"]]
        label.append(own["package_id"] + " " + own["start_year"].astype(str))
        col.append(saving["col"].to_numpy(np.int64))
        coef.append(saving["coef"].to_numpy(np.int64))
        index = draw.index.to_frame(index=False)
        label.append(index["package_id"] + " " + index["year"].astype(str))
        col.append(draw.to_numpy())
        coef.append(np.ones(len(draw), np.int64))
        model.add_rows(
            self.id,
            np.concatenate([np.asarray(part, object) for part in label]),
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
