"""Held: money that comes up front is spent after it came, and never asked for twice."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class Held(Rule):
    """Σ_{y ≤ t} draw[p, y, f] ≤ held before + Σ_{y ≤ t} receipt[p, y, f], f up front.

    A package asks for no more than its works cost: over all years and funds that come
    up front, Σ receipts − Σ draws ≤ Σ payments after the plan.
    """

    structural: ClassVar[bool] = True
    kind: Literal["held"] = "held"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a row per package, fund and year, and one per package for the end."""
        receipt = model.columns("receipt")
        if not len(receipt):
            return
        case = problem.case
        draw = model.columns("draw").loc[receipt.index]
        index = receipt.index.to_frame(index=False)
        place = index["package_id"] + " " + index["fund_id"]
        before = self._before(problem)
        limits = {
            f"{p} {f} {y}": before.get((p, f), 0) for p, y, f in receipt.index.to_list()
        }
        for year in case.plan_years:
            so_far = (index["year"] <= year).to_numpy()
            label = (place[so_far] + f" {year}").to_numpy(object)
            model.add_rows(
                self.id,
                np.concatenate([label, label]),
                np.concatenate([draw[so_far], receipt[so_far]]),
                np.repeat([1, -1], len(label)),
                upper={key: limits[key] for key in dict.fromkeys(label)},
            )
        late = case.payments[case.payments["year"] > case.end_year]
        tail = late.groupby("work_id")["cost"].sum()
        owner = case.work_facts.set_index("work_id")["package_id"].loc[tail.index]
        own = owner.isin(set(index["package_id"])).to_numpy(bool)
        x = model.columns("x").loc[tail.index].to_numpy()
        names = index["package_id"].to_numpy(object)
        model.add_rows(
            self.id,
            np.concatenate([names, names, owner.to_numpy(object)[own]]),
            np.concatenate([receipt, draw, x[own]]),
            np.concatenate(
                [np.ones(len(draw)), -np.ones(len(draw)), -tail.to_numpy()[own]]
            ).astype(np.int64),
            upper=0,
        )

    def _before(self, problem: Problem) -> dict[tuple[str, str], int]:
        history = problem.case.package_history
        found: dict[tuple[str, str], int] = {}
        for row in records(history):
            key = (str(row.package_id), str(row.fund_id))
            found[key] = found.get(key, 0) + int(row.received) - int(row.amount)
        return found

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Keep an account per package and fund; nothing leaves that did not come."""
        free = {str(f.fund_id) for f in records(problem.policy.funds) if f.up_front}
        came: dict[tuple[str, str], int] = {}
        for row in records(problem.case.package_history):
            key = (str(row.package_id), str(row.fund_id))
            came[key] = came.get(key, 0) + int(row.received) - int(row.amount)
        gone, asked = dict.fromkeys(came, 0), dict[str, int]()
        moves = [d for d in records(schedule.draws) if d.fund_id in free]
        found = []
        for year in problem.case.plan_years:
            for draw in (d for d in moves if int(d.year) == year):
                key = (str(draw.package_id), str(draw.fund_id))
                came[key] = came.get(key, 0) + int(draw.received)
                gone[key] = gone.get(key, 0) + int(draw.amount)
                more = int(draw.received) - int(draw.amount)
                asked[key[0]] = asked.get(key[0], 0) + more
            found += [
                Breach(self.id, f"{p} {f} {year}", came[p, f] / 100, spent / 100)
                for (p, f), spent in sorted(gone.items())
                if f in free and spent > came[p, f]
            ]
        tail = self._tail(problem, schedule)
        return found + [
            Breach(self.id, package, tail.get(package, 0) / 100, extra / 100)
            for package, extra in sorted(asked.items())
            if extra > tail.get(package, 0)
        ]

    def _tail(self, problem: Problem, schedule: Schedule) -> dict[str, int]:
        """Give what each package's chosen works still cost after the plan."""
        case = problem.case
        package = {str(p.project_id): str(p.package_id) for p in records(case.projects)}
        chosen = set(schedule.chosen["work_id"])
        owner = {
            str(w.work_id): package[str(w.project_id)]
            for w in records(case.works)
            if w.work_id in chosen
        }
        tail: dict[str, int] = {}
        for row in records(case.payments):
            if row.work_id in owner and int(row.year) > case.end_year:
                name = owner[str(row.work_id)]
                tail[name] = tail.get(name, 0) + int(row.cost)
        return tail
