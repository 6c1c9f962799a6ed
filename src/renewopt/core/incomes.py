"""Who earns what: the net income of each project, and the year it begins at earliest.

A package earns by what is built of it. Each project has its own part of the package's
net income; a work of it earns that part from the year after its completion, or from the
year in which operation starts if that is later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.core.tables import records, totals

if TYPE_CHECKING:
    from renewopt.core.case import PlanningCase

INCOME = "net_income_per_year"


@dataclass(frozen=True)
class Income:
    """Net income a year, units of 0.01 万元, and the first year that it may count."""

    units: int
    first_year: int


def project_incomes(case: PlanningCase) -> dict[str, Income]:
    """Give the income of each project that has any and whose operation has a start.

    Where projects of a package state their own incomes, these count and nothing else.
    Otherwise the package's is shared out by what the projects cost, each by its dearest
    work, in whole units that add up to the package's.
    """
    parts = _parts(case)
    opens = {str(p.package_id): p.operation_start for p in records(case.packages)}
    found: dict[str, Income] = {}
    for row in records(case.projects):
        first = row.operation_start
        if pd.isna(first):
            first = opens[str(row.package_id)]
        units = parts.get(str(row.project_id), 0)
        if units and not pd.isna(first):
            found[str(row.project_id)] = Income(units, int(first))
    return found


def standing_incomes(case: PlanningCase) -> dict[str, Income]:
    """Give the income of running packages of which nothing is left to be built."""
    busy = set(case.projects["package_id"])
    return {
        str(row.package_id): Income(int(getattr(row, INCOME)), int(row.operation_start))
        for row in records(case.packages)
        if row.status == "running"
        and row.package_id not in busy
        and getattr(row, INCOME)
        and not pd.isna(row.operation_start)
    }


def _parts(case: PlanningCase) -> dict[str, int]:
    """Give each project's part of the income of its package, units."""
    projects = case.projects.sort_values("project_id")
    stated = totals(projects, "package_id", INCOME)
    whole = dict(zip(case.packages["package_id"], case.packages[INCOME], strict=True))
    weights = _weights(case)
    found: dict[str, int] = {}
    for package, own in projects.groupby("package_id", sort=True):
        names = [str(name) for name in own["project_id"]]
        if stated.get(package, 0):
            parts = [int(units) for units in own[INCOME]]
        else:
            parts = shared_out(int(whole[package]), [weights.get(n, 0) for n in names])
        found |= dict(zip(names, parts, strict=True))
    return found


def shared_out(units: int, weights: list[int]) -> list[int]:
    """Share units out by weight, in whole units that add up; nothing without weight."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    until = [units * done // total for done in accumulate(weights)]
    return [n - before for n, before in zip(until, [0, *until], strict=False)]


def _weights(case: PlanningCase) -> dict[str, int]:
    """Give what the dearest work of each project costs; 1 each where nothing costs."""
    works = case.works[["work_id", "project_id"]]
    cost = totals(case.payments, "work_id", "cost")
    works = works.assign(cost=[cost.get(name, 0) for name in works["work_id"]])
    dearest = works.groupby("project_id")["cost"].max()
    owner = case.projects.set_index("project_id")["package_id"]
    free = dearest.groupby(owner.reindex(dearest.index)).transform("max") == 0
    return {str(p): int(n) for p, n in dearest.where(~free, 1).items()}


def summed_incomes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the packages; one that states no income has the sum of its projects'."""
    packages = tables["packages"]
    stated = totals(tables["projects"], "package_id", INCOME)
    own = packages["package_id"].map(stated).fillna(0).astype("int64")
    return packages.assign(
        **{INCOME: packages[INCOME].where(packages[INCOME] > 0, own)}
    )


def income_problems(case: PlanningCase) -> Iterator[Message]:
    """Yield packages whose income is not what their projects state together."""
    stated = totals(case.projects, "package_id", INCOME)
    for row in records(case.packages):
        own, whole = stated.get(row.package_id, 0), int(getattr(row, INCOME))
        if own and own != whole:
            yield message(
                "case.income_sum",
                package=row.package_id,
                value=whole / 100,
                sum=own / 100,
            )
