"""Lacking: what a project left out costs, what its funds have, when it may come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.explain.room import money_left
from renewopt.rules.money_rule import MoneyRule
from renewopt.rules.problem import Problem

BARS = ("coverage", "bond_review", "negative_list")
"""Kinds of rule that keep some packages from some debt whatever else is planned."""


@dataclass(frozen=True, eq=False)
class Lack:
    """What stands between a project and its renewal.

    Attributes
    ----------
    cost
        Of its cheapest work, units; 0 where no work is possible.
    left
        Money that each fund which may pay for it has left over all years, units.
    missing
        Cost less all of that, never below 0, units.
    year
        Year of completion that follows from it; None where none can be given.
    why
        How that year was found.
    """

    cost: int
    left: dict[str, int]
    missing: int
    year: int | None
    why: Message


def lacking(
    problem: Problem, schedule: Schedule, projects: Iterable[str]
) -> dict[str, Lack]:
    """Measure what is missing, each project by itself: the money left is there once.

    The year is that of a start right after the plan, or when the package may begin;
    missing money is awaited at the rate at which its funds bring money in the plan
    (what goes on as it is; an estimate, for people to correct).
    """
    left, given = money_left(problem, schedule), _yearly(problem)
    payable = problem.eligible_pairs
    barred = _barred(problem)
    open_to = [
        (str(package), str(fund)) not in barred
        for package, fund in zip(payable["package_id"], payable["fund_id"], strict=True)
    ]
    pairs = payable[np.array(open_to, bool)].groupby("package_id")["fund_id"]
    payers = {str(package): sorted(map(str, own)) for package, own in pairs}
    cost = problem.case.payments.groupby("work_id")["cost"].sum()
    works = problem.case.work_facts
    works = works.assign(cost=works["work_id"].map(cost).fillna(0).astype(np.int64))
    own = {str(name): rows for name, rows in works.groupby("project_id")}
    facts = problem.case.project_facts.set_index("project_id")
    found = {}
    for name in projects:
        funds = payers.get(str(facts.loc[name, "package_id"]), [])
        have = {fund: max(0, left.get(fund, 0)) for fund in funds}
        yearly = sum(given.get(fund, 0.0) for fund in funds)
        found[name] = _lack(problem, own.get(name), have, yearly)
    return found


def _lack(
    problem: Problem, works: pd.DataFrame | None, have: dict[str, int], yearly: float
) -> Lack:
    """Measure one project."""
    if works is None:
        return Lack(0, have, 0, None, message("lack.no_work"))
    first = problem.case.end_year + 1
    cheapest = min(records(works), key=lambda w: (int(w.cost), int(w.duration)))
    cost, years = int(cheapest.cost), int(cheapest.duration)
    missing = max(0, cost - sum(have.values()))
    ready = cheapest.first_start
    start = first if pd.isna(ready) else max(first, int(ready))
    facts = {"start": start, "duration": years}
    if not missing:
        return Lack(cost, have, 0, start + years - 1, message("lack.rules", **facts))
    if yearly < 1:
        return Lack(cost, have, missing, None, message("lack.no_money"))
    wait = -int(-missing // yearly)
    start = max(start, first + wait - 1)
    why = message(
        "lack.money",
        missing=missing / 100,
        yearly=round(yearly / 100, 2),
        wait=wait,
        start=start,
        duration=years,
    )
    return Lack(cost, have, missing, start + years - 1, why)


def _barred(problem: Problem) -> set[tuple[str, str]]:
    """List debt that a package cannot take on, even if all its projects are built.

    It has no income that covers it, no review that was passed, or is on the list of
    what such money may not pay.
    """
    rules = [
        rule
        for rule in problem.policy.rules
        if isinstance(rule, MoneyRule) and rule.kind in BARS
    ]
    least_draw = problem.policy.funds.set_index("fund_id")["least_draw"].to_dict()
    works = problem.case.work_facts.sort_values(["start_year", "work_id"])
    chosen = works.drop_duplicates("project_id")[["project_id", "work_id"]]
    found = set()
    for rule in rules:
        for fund in rule.own_funds(problem):
            pairs = problem.eligible_pairs
            packages = pairs.loc[pairs["fund_id"] == fund, "package_id"].astype(str)
            least = max(1, int(least_draw[fund]))
            draws = pd.DataFrame({"package_id": sorted(packages)}).assign(
                year=problem.case.end_year, fund_id=fund, amount=least, received=least
            )
            schedule = Schedule(chosen.assign(saving=0), draws)
            said = [breach.where for breach in rule.check(problem, schedule)]
            places = {place.rsplit(" ", 1)[0] for place in said} | set(said)
            where = {name for place in places for name in place.split("+")}
            found |= {(name, fund) for name in where & set(packages)}
    return found


def _yearly(problem: Problem) -> dict[str, float]:
    """Give what each fund brings in a year of the plan, on average, units."""
    case, money = problem.case, problem.policy.fund_years
    inside = money[money["year"].between(case.start_year, case.end_year)]
    total = inside.groupby("fund_id")["amount"].sum()
    count = case.end_year - case.start_year + 1
    return {str(fund): int(units) / count for fund, units in total.items()}
