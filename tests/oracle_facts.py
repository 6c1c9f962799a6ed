"""A problem as plain rows, for the oracle: no table is needed after this."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from renewopt.rules.problem import Problem

BP = 10_000
Row = dict[str, Any]


@dataclass
class Facts:
    """The tables of a case and its policy as rows of plain Python values."""

    problem: Problem

    def __post_init__(self) -> None:
        """Read the tables into rows."""
        case, policy = self.problem.case, self.problem.policy
        self.first, self.last = case.start_year, case.start_year + case.years - 1
        self.years = range(self.first, self.last + 1)
        self.projects = _by(case.projects, "project_id")
        self.packages = _by(case.packages, "package_id")
        self.works = _by(case.works, "work_id")
        self.payments = _groups(case.payments, "work_id")
        self.use = _groups(case.use, "work_id")
        self.streets = _groups(case.corridor_projects, "corridor_id")
        self.history = _groups(case.package_history, "package_id")
        self.corridors = _rows(case.corridors)
        self.duties = _rows(case.obligations)
        self.links = _rows(case.links)
        self.decimals = {r["resource"]: r["decimals"] for r in _rows(case.resources)}
        self.funds = _by(policy.funds, "fund_id")
        self.old_debt = _rows(policy.existing_debt)
        self.given: dict[str, dict[int, int]] = defaultdict(dict)
        for row in _rows(policy.fund_years):
            self.given[row["fund_id"]][row["year"]] = row["amount"]
        self.rules: dict[str, list[Any]] = defaultdict(list)
        for rule in policy.rules:
            self.rules[rule.kind].append(rule)
        self.classes: dict[str, set[str]] = defaultdict(set)
        for row in self.projects.values():
            self.classes[row["package_id"]].add(row["asset_class"])
        self.safety = {
            d["project_id"] for d in self.duties if d["hardness"] == "safety_duty"
        }

    def is_running(self, project: str) -> bool:
        """Tell whether a project is under construction."""
        package = self.packages[self.projects[project]["package_id"]]
        return bool(package["status"] == "running")

    def income_of(self, project: str) -> tuple[int, int | None]:
        """Give what a project brings in a year once it is built, and from when."""
        package = self.packages[self.projects[project]["package_id"]]
        opens = self.projects[project]["operation_start"]
        opens = package["operation_start"] if opens is None else opens
        mates = sorted(
            name
            for name, row in self.projects.items()
            if row["package_id"] == package["package_id"]
        )
        own = {name: self.projects[name]["net_income_per_year"] for name in mates}
        if sum(own.values()):
            return own[project], opens
        price: dict[str, int] = dict.fromkeys(mates, 0)
        for name, work in self.works.items():
            if work["project_id"] in price:
                cost = sum(row["cost"] for row in self.payments.get(name, []))
                price[work["project_id"]] = max(price[work["project_id"]], cost)
        # Cut in order: everything up to the project less everything before it.
        place = mates.index(project)
        whole = sum(price.values())
        if not whole:
            raise ValueError("works of the oracle cost something")
        cuts = [
            package["net_income_per_year"] * sum(price[m] for m in mates[:n]) // whole
            for n in (place, place + 1)
        ]
        return cuts[1] - cuts[0], opens


def _rows(table: pd.DataFrame) -> list[Row]:
    """Rows as plain Python values; what is missing is None."""
    rows = table.astype("object").where(table.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]


def _by(table: pd.DataFrame, key: str) -> dict[str, Row]:
    return {row[key]: row for row in _rows(table)}


def _groups(table: pd.DataFrame, key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(table):
        found[row[key]].append(row)
    return dict(found)


def ledger_of(fund: Row) -> list[tuple[Fraction, Fraction]]:
    """Balance at the end of, and service in, each year after an issue of one unit."""
    tenor, grace = fund["tenor_years"], fund["grace_years"]
    coupon = Fraction(fund["coupon_bp"], BP)
    # Two dates a year, the first six months on: which of them fall in which year?
    dates = fund["interest_per_year"]
    issued = fund["arrival_month"]
    months = [issued + 12 // dates * k for k in range(1, dates * tenor + 1)]
    share = coupon / dates
    first = sum(1 for month in months if month <= 12)
    rows = [(Fraction(1), share * first)]
    for age in range(1, tenor + 1):
        owed = rows[-1][0]
        if fund["repayment"] == "bullet":
            principal = Fraction(int(age == tenor))
        else:
            principal = Fraction(int(age > grace), tenor - grace)
        due = Fraction(0)
        for month in months:
            if 12 * age < month <= 12 * (age + 1):
                # After the day of the year on which principal is repaid, less is owed.
                due += share * (
                    owed if month <= issued + 12 * age else owed - principal
                )
        rows.append((owed - principal, principal + due))
    return rows
