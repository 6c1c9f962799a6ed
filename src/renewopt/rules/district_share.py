"""District share: no district gets too little or too much of the programme."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.funds import BP
from renewopt.rules.nominal import cost_terms, spent
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where

Share = Annotated[int, Field(ge=0, le=BP)]


class DistrictShare(Rule):
    """least_bp[d] · whole ≤ 10000 · Σ_{w in d} cost[w] · x[w] ≤ most_bp[d] · whole.

    whole = Σ_w cost[w] · x[w], over the plan years and the works that `where` selects;
    nominal cost, no saving taken off. A plan without such works keeps every share.
    """

    kind: Literal["district_share"] = "district_share"
    least_bp: dict[str, Share] = Field(default_factory=dict)
    most_bp: dict[str, Share] = Field(default_factory=dict)
    where: Where = Where()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse districts that are not there and shares that cannot all be kept."""
        found = self.where.problems(problem.case.work_facts, self.id)
        known = sorted(set(map(str, problem.case.projects["district"])))
        found += [
            message(
                "rule.unknown_district",
                rule=self.id,
                value=name,
                known=", ".join(known),
            )
            for name in sorted({*self.least_bp, *self.most_bp} - {*known})
        ]
        if sum(self.least_bp.values()) > BP:
            total = sum(self.least_bp.values())
            found.append(message("rule.shares_over", rule=self.id, value=total))
        found += [
            message("rule.share_crossed", rule=self.id, value=name)
            for name in sorted({*self.least_bp} & {*self.most_bp})
            if self.least_bp[name] > self.most_bp[name]
        ]
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report a rule without shares or works."""
        works = self.where.select(problem.case.work_facts)
        if len(works) and (self.least_bp or self.most_bp):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per district and bound."""
        terms = cost_terms(problem, model, self.where)
        for what, shares in (("least", self.least_bp), ("most", self.most_bp)):
            for name, share in sorted(shares.items()):
                inside = (terms["district"] == name).to_numpy()
                part = np.where(inside, BP - share, -share)
                bound = {"lower": 0} if what == "least" else {"upper": 0}
                label = np.full(len(terms), f"{what} {name}", object)
                coef = terms["coef"].to_numpy() * part
                model.add_rows(self.id, label, terms["col"], coef, **bound)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up the districts and compare with the whole."""
        by_place, whole = self._totals(problem, schedule)
        found = []
        for f in self.explain(problem, schedule):
            what, name = f.where.split(" ", 1)
            units = BP * by_place.get(name, 0)
            short = what == "least" and units < self.least_bp[name] * whole
            over = what == "most" and units > self.most_bp[name] * whole
            if short or over:
                found.append(Breach(self.id, f.where, f.limit, f.used))
        return found

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report each district's cost against its least and its most, 万元."""
        by_place, whole = self._totals(problem, schedule)
        return [
            Finding(
                self.id,
                f"{what} {name}",
                share * whole / BP / UNITS_PER_WAN,
                by_place.get(name, 0) / UNITS_PER_WAN,
            )
            for what, shares in (("least", self.least_bp), ("most", self.most_bp))
            for name, share in sorted(shares.items())
        ]

    def _totals(
        self, problem: Problem, schedule: Schedule
    ) -> tuple[dict[str, int], int]:
        by_place: dict[str, int] = {}
        for (_, place), units in spent(problem, schedule, self.where).items():
            by_place[place] = by_place.get(place, 0) + units
        return by_place, sum(by_place.values())
