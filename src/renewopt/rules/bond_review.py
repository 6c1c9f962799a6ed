"""Bond review: bonds only for what passed the review, or from a stated year."""

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

NEVER = 10_000
"""A year that no plan reaches: what has not been reviewed gets no bond."""


class BondReview(MoneyRule):
    """Σ draws of p in t ≤ 0 for every year before the one that `bond_review` allows.

    The column `bond_review` of a package says `passed`, a year from which the review
    can be counted on, or nothing: then it gets no bond in this plan.
    """

    kind: Literal["bond_review"] = "bond_review"

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse words of `bond_review` that are neither `passed` nor a year."""
        return [
            *self.fund_messages(problem),
            *(
                message(
                    "rule.bond_review_word",
                    rule=self.id,
                    package=row.package_id,
                    value=row.bond_review,
                )
                for row in records(problem.case.packages)
                if row.bond_review not in {"", "passed"}
                and not str(row.bond_review).isdecimal()
            ),
        ]

    def warnings(self, problem: Problem) -> list[Message]:
        """Say that no package that may use the money has a review in this plan."""
        funds, years = self.own_funds(problem), problem.policy.fund_years
        offered = years.loc[years["fund_id"].isin(funds) & (years["amount"] > 0)]
        pairs = problem.eligible_pairs
        able = set(pairs.loc[pairs["fund_id"].isin(offered["fund_id"]), "package_id"])
        packages = problem.case.packages
        own = packages.loc[packages["package_id"].isin(able), "bond_review"]
        if not len(own) or any(_year(word) <= problem.case.end_year for word in own):
            return super().warnings(problem)
        return [
            message(
                "rule.no_review",
                rule=self.id,
                funds=", ".join(sorted(set(offered["fund_id"]))),
                count=len(own),
            )
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a row per package and year that must be without a draw."""
        packages = problem.case.packages
        from_year = {
            package: _year(review)
            for package, review in zip(
                packages["package_id"], packages["bond_review"], strict=True
            )
        }
        draws = draw_terms(model, self.own_funds(problem))
        early = [
            year < from_year[package]
            for package, year in zip(draws["package_id"], draws["year"], strict=True)
        ]
        barred = draws[np.array(early, dtype=bool)]
        model.add_rows(
            self.id,
            np.array(
                [
                    f"{p} {y}"
                    for p, y in zip(barred["package_id"], barred["year"], strict=True)
                ],
                object,
            ),
            barred["col"],
            1,
            upper=0,
        )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look at every draw from these funds."""
        review = {
            str(row.package_id): str(row.bond_review)
            for row in records(problem.case.packages)
        }
        funds = self.own_funds(problem)
        money: dict[tuple[str, int], int] = {}
        for draw in records(schedule.draws):
            package, year = str(draw.package_id), int(draw.year)
            word = review.get(package, "")
            allowed = word == "passed" or (word.isdecimal() and int(word) <= year)
            if draw.fund_id in funds and not allowed:
                key = (package, year)
                money[key] = money.get(key, 0) + int(draw.received)
        return [
            Breach(self.id, f"{package} {year}", 0, amount / 100)
            for (package, year), amount in sorted(money.items())
            if amount
        ]


def _year(review: str) -> int:
    if review == "passed":
        return 0
    return int(review) if review.isdecimal() else NEVER
