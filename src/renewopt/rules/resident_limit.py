"""Resident limit: residents pay at most what the households that agreed can give."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.funds import BP
from renewopt.rules.life import draw_terms, history_sum
from renewopt.rules.money_rule import MoneyRule, received_by
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where

UNITS = 100
"""yuan in one unit of money (0.01 万元)."""


class ResidentLimit(MoneyRule):
    """Σ received[p] ≤ Σ_w ⌊households · yuan · consent⌋ · x[w], over the life of p.

    Counted from the chosen works on the package's compounds: who is not renewed pays
    nothing, and a pipe's households are no contract of theirs. `where` can name other
    works. What residents gave before the plan counts.
    """

    kind: Literal["resident_limit"] = "resident_limit"
    yuan_per_household: int = Field(ge=0, le=1_000_000)
    where: Where = Where(asset_class=("residential_compound",))

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse funds that are not known, and keys that works do not have."""
        return [
            *super().problems(problem),
            *self.where.problems(problem.case.work_facts, self.id),
        ]

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no fund is meant, or no work: then residents pay nothing."""
        found = super().warnings(problem)
        if not found and self.where.select(problem.case.work_facts).empty:
            found = [message("rule.no_payers", rule=self.id)]
        return found

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package."""
        funds = self.own_funds(problem)
        draws = draw_terms(model, funds)
        past = history_sum(problem, "received", funds)
        names = sorted({*draws["package_id"], *past.index[past > 0]})
        works = self.where.select(problem.case.work_facts)
        works = works[works["package_id"].isin(names)]
        yuan = works["households"] * self.yuan_per_household * works["consent_bp"]
        model.add_rows(
            self.id,
            np.concatenate([draws["package_id"], works["package_id"]]).astype(object),
            np.concatenate([draws["col"], model.columns("x").loc[works["work_id"]]]),
            np.concatenate([np.ones(len(draws)), -(yuan // (BP * UNITS))]),
            upper={name: -int(past.get(name, 0)) for name in names},
        )

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name works that the money left could pay for, if residents gave all of it."""
        case, funds = problem.case, set(self.own_funds(problem))
        given = problem.policy.fund_years.groupby("fund_id")["amount"].sum()
        drawn = schedule.draws.groupby("fund_id")["received"].sum()
        left = {str(f): max(0, int(n) - int(drawn.get(f, 0))) for f, n in given.items()}
        room = {
            f.where: round((f.limit - f.used) * 100)
            for f in self._able(problem, schedule)
        }
        cost = case.payments.groupby("work_id")["cost"].sum()
        payers = problem.eligible_pairs.groupby("package_id")["fund_id"].agg(list)
        meant = set(self.where.select(case.work_facts)["work_id"])
        found = set()
        for work in records(case.work_facts):
            own = payers.get(work.package_id, [])
            theirs = sum(left.get(str(f), 0) for f in own if f in funds)
            others = sum(left.get(str(f), 0) for f in own if f not in funds)
            yuan = int(work.households) * self.yuan_per_household * int(work.consent_bp)
            more = yuan // (BP * UNITS) if work.work_id in meant else 0
            may = min(theirs, max(0, room.get(str(work.package_id), 0) + more))
            if others + may < int(cost.get(work.work_id, 0)) <= others + theirs:
                found.add(str(work.work_id))
        return frozenset(found)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare what residents give with what they can."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the residents' money of every package that has any."""
        return [f for f in self._able(problem, schedule) if f.used]

    def _able(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Give by package what residents can give, and what they give."""
        given: dict[str, int] = {}
        funds = self.own_funds(problem)
        paid = received_by(problem, schedule, funds, history=True)
        for (package, _), money in paid.items():
            given[package] = given.get(package, 0) + money
        chosen = set(schedule.chosen["work_id"])
        given_keys = self.where.given()
        taken = [
            w.project_id
            for w in records(problem.case.work_facts)
            if w.work_id in chosen
            and all(getattr(w, key) in values for key, values in given_keys.items())
        ]
        most: dict[str, int] = {}
        for project in records(problem.case.projects):
            own = int(project.households) * int(project.consent_bp)
            part = own * self.yuan_per_household // (BP * UNITS)
            times = taken.count(project.project_id)
            package = str(project.package_id)
            most[package] = most.get(package, 0) + times * part
        return [
            Finding(self.id, package, able / 100, given.get(package, 0) / 100)
            for package, able in sorted({**dict.fromkeys(given, 0), **most}.items())
        ]
