"""The books: a problem and a decision as plain dictionaries, the auditor's own copy.

Everything that the auditor recomputes starts here, from whole numbers, text and exact
fractions, row by row. No table operations, no rows of a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from renewopt.core.schedule import Schedule
from renewopt.rules.problem import Problem

Row = dict[str, Any]

BP = 10_000
"""Basis points in one."""


@dataclass(frozen=True)
class Choice:
    """A project renewed by a work; `saving` in units of 0.01 万元."""

    project_id: str
    work_id: str
    saving: int


@dataclass(frozen=True)
class Draw:
    """Money for a package from a fund in a year, in units of 0.01 万元."""

    package_id: str
    year: int
    fund_id: str
    amount: int
    received: int


@dataclass(frozen=True)
class Facts:
    """A case and its policy, by identifier; money in units of 0.01 万元."""

    first_year: int
    last_year: int
    discount_rate_bp: int
    projects: dict[str, Row]
    packages: dict[str, Row]
    works: dict[str, Row]
    corridors: dict[str, Row]
    resources: dict[str, Row]
    funds: dict[str, Row]
    payments: dict[str, dict[int, tuple[int, int]]]
    """Work → year → (cost, eligible cost)."""
    use: dict[str, list[Row]]
    digs: dict[str, dict[str, dict[str, int]]]
    """Corridor → project → mode that opens it ("": every one) → excavation cost."""
    assets: dict[str, list[Row]]
    cost_lines: dict[str, list[Row]]
    gains: dict[str, list[Row]]
    works_value: dict[str, dict[int, int]]
    """Work → year → value of the works done, where the case states it."""
    duties: dict[str, dict[str, list[Row]]]
    """Hardness → project → obligations."""
    barred: dict[str, dict[str, Row]]
    """Project → mode → the clause that bars it (exemptions left out)."""
    links: list[Row]
    handovers: dict[str, list[Row]]
    """Project → what is retired and who takes over."""
    left_out: list[Row]
    history: dict[str, list[Row]]
    stock: list[Row]
    fund_years: dict[str, dict[int, int]]
    existing_debt: list[Row]
    rules: list[Row]
    """Rules as the tables that stand in `policy.toml`."""
    weights: dict[str, Fraction]

    @property
    def plan_years(self) -> range:
        """The plan years in order."""
        return range(self.first_year, self.last_year + 1)

    @cached_property
    def works_of(self) -> dict[str, list[str]]:
        """Works of each project that has any."""
        found: dict[str, list[str]] = {}
        for work_id, work in self.works.items():
            found.setdefault(work["project_id"], []).append(work_id)
        return found

    def package_of(self, work_id: str) -> str:
        """Name the package of a work's project."""
        project = self.projects[self.works[work_id]["project_id"]]
        return str(project["package_id"])

    def is_running(self, project_id: str) -> bool:
        """Whether the project belongs to a package under construction (续建)."""
        package = self.packages[self.projects[project_id]["package_id"]]
        return bool(package["status"] == "running")

    def features(self, work_id: str) -> Row:
        """Give what a rule's `where` may ask of a work."""
        work = self.works[work_id]
        project = self.projects[work["project_id"]]
        package = self.packages[project["package_id"]]
        names = ("nature", "ownership", "legal_owner", "status")
        return {**project, **{name: package[name] for name in names}, **work}

    def trench(self, corridor: str, work_id: str) -> int | None:
        """Give what the work digs for on the corridor; None if it does not open it."""
        work = self.works[work_id]
        by_mode = self.digs[corridor].get(work["project_id"], {})
        return by_mode.get(work["mode"], by_mode.get(""))

    def total_cost(self, work_id: str) -> int:
        """All payments of a work, those after the plan included."""
        return sum(cost for cost, _ in self.payments.get(work_id, {}).values())

    def rules_of(self, kind: str) -> list[Row]:
        """List the rules of one kind."""
        return [rule for rule in self.rules if rule["kind"] == kind]


@dataclass(frozen=True)
class Books:
    """Facts and one decision."""

    facts: Facts
    choices: tuple[Choice, ...]
    draws: tuple[Draw, ...]

    @cached_property
    def works(self) -> dict[str, Row]:
        """Chosen works that the case knows, each once, by identifier."""
        known = self.facts.works
        names = sorted({c.work_id for c in self.choices if c.work_id in known})
        return {name: known[name] for name in names}

    @cached_property
    def work_of(self) -> dict[str, str]:
        """Chosen work by project (the last one if there are several)."""
        return {row["project_id"]: work_id for work_id, row in self.works.items()}

    @cached_property
    def completion(self) -> dict[str, int]:
        """Last year of the works, by chosen work."""
        return {
            work_id: row["start_year"] + row["duration"] - 1
            for work_id, row in self.works.items()
        }

    @cached_property
    def saving(self) -> dict[str, int]:
        """Stated saving by chosen work."""
        total: dict[str, int] = {}
        for choice in self.choices:
            if choice.work_id in self.works:
                total[choice.work_id] = total.get(choice.work_id, 0) + choice.saving
        return total


def facts_of(problem: Problem, written: Mapping[str, Any] | None = None) -> Facts:
    """Copy a problem into plain dictionaries.

    Parameters
    ----------
    problem
        Case and policy.
    written
        Content of `policy.toml`, where there is one: its words are used rather than
        what `rules` made of them.
    """
    case, policy = problem.case, problem.policy
    tables = {name: _rows(table) for name, table in case.tables()}
    payments: dict[str, dict[int, tuple[int, int]]] = {}
    values: dict[str, dict[int, int]] = {}
    for row in tables["payments"]:
        money = (row["cost"], row["eligible_cost"])
        payments.setdefault(row["work_id"], {})[row["year"]] = money
        values.setdefault(row["work_id"], {})[row["year"]] = row["works_value"]
    digs: dict[str, dict[str, dict[str, int]]] = {}
    for row in tables["corridor_projects"]:
        own = digs.setdefault(row["corridor_id"], {})
        by_mode = own.setdefault(row["project_id"], {})
        by_mode[row["mode"]] = row["excavation_cost"]
    duties = {
        level: _grouped(rows, "project_id")
        for level, rows in _grouped(tables["obligations"], "hardness").items()
    }
    fund_years: dict[str, dict[int, int]] = {}
    for row in _rows(policy.fund_years):
        fund_years.setdefault(row["fund_id"], {})[row["year"]] = row["amount"]
    return Facts(
        first_year=case.start_year,
        last_year=case.start_year + case.years - 1,
        discount_rate_bp=case.discount_rate_bp,
        projects=_keyed(tables["projects"], "project_id"),
        packages=_keyed(tables["packages"], "package_id"),
        works=_keyed(tables["works"], "work_id"),
        corridors=_keyed(tables["corridors"], "corridor_id"),
        resources=_keyed(tables["resources"], "resource"),
        funds=_keyed(_rows(policy.funds), "fund_id"),
        payments=payments,
        use=_grouped(tables["use"], "work_id"),
        digs=digs,
        assets=_grouped(tables["project_assets"], "project_id"),
        cost_lines=_grouped(tables["cost_lines"], "work_id"),
        gains=_grouped(tables["gains"], "work_id"),
        works_value=values,
        duties=duties,
        barred=_barred(tables["exclusions"]),
        links=tables["links"],
        handovers=_grouped(tables["handovers"], "project_id"),
        left_out=tables["left_out"],
        history=_grouped(tables["package_history"], "package_id"),
        stock=tables["stock"],
        fund_years=fund_years,
        existing_debt=_rows(policy.existing_debt),
        rules=_rule_tables(problem, written or {}),
        weights=_weights(problem, written),
    )


def books_of(facts: Facts, schedule: Schedule) -> Books:
    """Copy a schedule into plain rows."""
    choices = tuple(
        Choice(row["project_id"], row["work_id"], row["saving"])
        for row in _rows(schedule.chosen)
    )
    draws = tuple(
        Draw(
            row["package_id"],
            row["year"],
            row["fund_id"],
            row["amount"],
            row["received"],
        )
        for row in _rows(schedule.draws)
    )
    return Books(facts, choices, draws)


def exact(value: Any) -> Fraction:
    """Read a number as the decimal that people see, not as its binary neighbour."""
    return Fraction(str(value))


def selects(where: Mapping[str, Iterable[str]] | None, row: Row) -> bool:
    """Whether a rule's `where` means this row: "and" of keys, "or" within a list."""
    return all(
        not list(values) or row.get(key) in list(values)
        for key, values in (where or {}).items()
    )


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [
        {str(key): _plain(value) for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _keyed(rows: Iterable[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def _barred(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        if not row["exempt"]:
            found.setdefault(row["project_id"], {}).setdefault(row["mode"], row)
    return found


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def _rule_tables(problem: Problem, written: Mapping[str, Any]) -> list[Row]:
    given = {table.get("id"): dict(table) for table in written.get("rule", [])}
    return [given.get(rule.id, rule.as_table()) for rule in problem.policy.rules]


def _weights(
    problem: Problem, written: Mapping[str, Any] | None
) -> dict[str, Fraction]:
    if written is None:
        stated: Mapping[str, Any] = problem.policy.objective.weights
    else:
        stated = written.get("objective", {}).get("weights", {"risk_removed": 1})
    return {name: exact(weight) for name, weight in stated.items()}
