"""PlanningCase: the facts of one planning problem, as documented tables."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.case_schema import CASE_SCHEMAS, NOT_STATED, WORDS
from renewopt.core.errors import InputError, Message, message
from renewopt.core.incomes import income_problems, summed_incomes
from renewopt.core.tables import find_table, read_table, records, write_table

CASE_KEYS = ("start_year", "years", "discount_rate_bp", "price_base_year", "money_unit")


@dataclass(frozen=True, eq=False)
class PlanningCase:
    """What is known: projects, packages, works, payments, use, corridors, duties.

    Tables follow `core.case_schema.CASE_SCHEMAS`; they are never changed in place.
    Money is int64 units of 0.01 万元, `use.amount` whole numbers of the resource's last
    decimal.
    """

    start_year: int
    years: int
    discount_rate_bp: int
    price_base_year: int
    projects: pd.DataFrame
    packages: pd.DataFrame
    works: pd.DataFrame
    payments: pd.DataFrame
    use: pd.DataFrame
    resources: pd.DataFrame
    corridors: pd.DataFrame
    corridor_projects: pd.DataFrame
    project_assets: pd.DataFrame
    cost_lines: pd.DataFrame
    gains: pd.DataFrame
    obligations: pd.DataFrame
    exclusions: pd.DataFrame
    links: pd.DataFrame
    handovers: pd.DataFrame
    left_out: pd.DataFrame
    package_history: pd.DataFrame
    stock: pd.DataFrame
    shapes: pd.DataFrame

    def __post_init__(self) -> None:
        """Assert what every reader of a case relies on."""
        problems = list(_problems(self))
        if problems:
            raise InputError(*problems)

    @property
    def end_year(self) -> int:
        """Last plan year."""
        return self.start_year + self.years - 1

    @property
    def plan_years(self) -> list[int]:
        """List the plan years in order."""
        return list(range(self.start_year, self.start_year + self.years))

    @cached_property
    def work_facts(self) -> pd.DataFrame:
        """Works joined with their project and package; one row per work, same order.

        Has every column of `works`, of `projects` (less `package_id` twice) and
        `nature`, `ownership`, `legal_owner`, `status`, `first_start` of the package.
        """
        return self.works.merge(
            self.project_facts, on="project_id", how="left", validate="many_to_one"
        )

    @cached_property
    def project_ids(self) -> frozenset[str]:
        """Give the identifiers of all projects."""
        return frozenset(self.projects["project_id"])

    @cached_property
    def openings(self) -> pd.DataFrame:
        """Give which work opens which corridor, and its trench there.

        Columns `corridor_id`, `project_id`, `work_id`, `start_year`, `asset_class`,
        `status`, `excavation_cost`; in the order of `corridor_projects` and `works`.
        """
        columns = ["work_id", "project_id", "mode", "start_year", "asset_class"]
        facts = self.work_facts[[*columns, "status"]]
        rows = self.corridor_projects.rename(columns={"mode": "opened_by"})
        rows = rows.merge(facts, on="project_id")
        meant = (rows["opened_by"] == "") | (rows["opened_by"] == rows["mode"])
        return rows[meant].drop(columns=["mode", "opened_by"]).reset_index(drop=True)

    @cached_property
    def payment_works(self) -> npt.NDArray[np.int64]:
        """Give the row of `works` that each row of `payments` belongs to."""
        return self._work_rows(self.payments)

    @cached_property
    def use_works(self) -> npt.NDArray[np.int64]:
        """Give the row of `works` that each row of `use` belongs to."""
        return self._work_rows(self.use)

    def _work_rows(self, table: pd.DataFrame) -> npt.NDArray[np.int64]:
        known = pd.Index(self.works["work_id"])
        return np.asarray(known.get_indexer(pd.Index(table["work_id"])), np.int64)

    @cached_property
    def works_by_project(self) -> dict[str, npt.NDArray[np.int64]]:
        """List the rows of `works` of each project that has any, in order."""
        number, names = pd.factorize(self.works["project_id"])
        order = np.argsort(number, kind="stable")
        parts = np.split(order, np.cumsum(np.bincount(number))[:-1])
        return dict(zip(names.tolist(), parts, strict=False))

    @cached_property
    def project_facts(self) -> pd.DataFrame:
        """Projects joined with nature, ownership, legal owner and status."""
        columns = ["package_id", "nature", "ownership", "legal_owner", "status"]
        columns.append("first_start")
        return self.projects.merge(
            self.packages[columns], on="package_id", how="left", validate="many_to_one"
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 over settings and tables: the same facts give the same digest."""
        seal = hashlib.sha256()
        seal.update(repr(self.settings()).encode())
        for name, table in self.tables():
            seal.update(name.encode())
            seal.update(table.to_csv(index=False).encode())
        return seal.hexdigest()

    def settings(self) -> dict[str, int]:
        """Give the numbers of `case.toml`."""
        names = ("start_year", "years", "discount_rate_bp", "price_base_year")
        return {name: int(getattr(self, name)) for name in names}

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield (name, table) for every table of the case."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, pd.DataFrame):
                yield item.name, value

    def write(self, folder: Path) -> None:
        """Write the case folder of `docs/formats.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{key} = {value}" for key, value in self.settings().items()]
        lines.append('money_unit = "万元"')
        (folder / "case.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for name, table in self.tables():
            if name == "use":
                table = _use_to_file(table, self.resources)
            if len(table) or name in REQUIRED_TABLES:
                write_table(CASE_SCHEMAS[name], table, folder)

    @classmethod
    def read(cls, folder: Path) -> PlanningCase:
        """Read a case folder.

        Raises
        ------
        InputError
            With every problem found, each with file, row and column.
        """
        settings = _read_settings(folder)
        problems: list[Message] = []
        tables: dict[str, pd.DataFrame] = {}
        for name, schema in CASE_SCHEMAS.items():
            if name in REQUIRED_TABLES and find_table(schema, folder) is None:
                problems.append(message("case.missing_table", file=f"{name}.csv"))
                continue
            try:
                tables[name] = read_table(schema, folder)
            except InputError as error:
                problems.extend(error.messages)
        if problems:
            raise InputError(*problems)
        return make_case(settings, tables)


REQUIRED_TABLES = ("projects", "works", "payments")


def make_case(
    settings: dict[str, int], tables: dict[str, pd.DataFrame]
) -> PlanningCase:
    """Fill in what may be absent and build the case (tables in file form).

    Absent packages: every project is its own public package. Absent `eligible_cost`:
    equal to `cost`.
    """
    full = {
        name: schema.conform(tables.get(name, pd.DataFrame()))
        for name, schema in CASE_SCHEMAS.items()
    }
    projects, payments = full["projects"], full["payments"]
    if tables.get("packages") is None or len(full["packages"]) == 0:
        own = projects["package_id"].where(
            projects["package_id"] != "", projects["project_id"]
        )
        projects = projects.assign(package_id=own)
        names = pd.DataFrame({"package_id": sorted(set(own))})
        full["packages"] = CASE_SCHEMAS["packages"].conform(names)
    eligible = payments["eligible_cost"]
    whole = eligible.where(eligible != NOT_STATED, payments["cost"])
    payments = payments.assign(eligible_cost=whole)
    full["projects"], full["payments"] = projects, payments
    full["packages"] = summed_incomes(full)
    full["use"] = _use_from_file(full["use"], full["resources"])
    for name, schema in CASE_SCHEMAS.items():
        if schema.key:
            full[name] = full[name].sort_values(list(schema.key), ignore_index=True)
    return PlanningCase(**cast(dict[str, Any], {**settings, **full}))


def _read_settings(folder: Path) -> dict[str, int]:
    path = folder / "case.toml"
    if not path.exists():
        raise InputError.of("file.missing", file=path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise InputError.of("toml.syntax", file=path.name, detail=error) from None
    problems = [
        message("toml.unknown_key", file=path.name, key=key, known=", ".join(CASE_KEYS))
        for key in data
        if key not in CASE_KEYS
    ]
    unit = data.pop("money_unit", "万元")
    if unit != "万元":
        problems.append(message("case.money_unit", file=path.name, value=unit))
    data.setdefault("discount_rate_bp", 0)
    data.setdefault("price_base_year", data.get("start_year"))
    for key in CASE_KEYS[:4]:
        if type(data.get(key)) is not int:
            problems.append(
                message(
                    "toml.not_integer", file=path.name, key=key, value=data.get(key)
                )
            )
    if problems:
        raise InputError(*problems)
    return {key: data[key] for key in CASE_KEYS[:4]}


def _scale(use: pd.DataFrame, resources: pd.DataFrame) -> pd.Series:
    decimals = resources.set_index("resource")["decimals"]
    return 10 ** use["resource"].map(decimals).fillna(0).astype("int64")


def _use_from_file(use: pd.DataFrame, resources: pd.DataFrame) -> pd.DataFrame:
    scaled = use["amount"] * _scale(use, resources)
    whole = scaled.round()
    known = use["resource"].isin(resources["resource"])  # others: unknown reference
    fine = use[known & ((scaled - whole).abs() > 1e-6)]
    if len(fine):
        raise InputError(
            *(
                message(
                    "case.use_too_fine",
                    work=row.work_id,
                    resource=row.resource,
                    value=row.amount,
                )
                for row in records(fine.head(10))
            )
        )
    return use.assign(amount=whole.astype("int64"))


def _use_to_file(use: pd.DataFrame, resources: pd.DataFrame) -> pd.DataFrame:
    return use.assign(amount=use["amount"] / _scale(use, resources))


def _problems(case: PlanningCase) -> Iterator[Message]:
    if case.years < 1:
        yield message("case.years", value=case.years)
    links = (
        ("projects", "package_id", "packages"),
        ("works", "project_id", "projects"),
        ("payments", "work_id", "works"),
        ("use", "work_id", "works"),
        ("use", "resource", "resources"),
        ("corridor_projects", "corridor_id", "corridors"),
        ("corridor_projects", "project_id", "projects"),
        ("project_assets", "project_id", "projects"),
        ("cost_lines", "work_id", "works"),
        ("gains", "work_id", "works"),
        ("obligations", "project_id", "projects"),
        ("exclusions", "project_id", "projects"),
        ("links", "project_id", "projects"),
        ("handovers", "project_id", "projects"),
        ("package_history", "package_id", "packages"),
        ("shapes", "project_id", "projects"),
    )
    for table, column, target in links:
        known = set(getattr(case, target)[column])
        strange = sorted(set(getattr(case, table)[column]) - known)
        if strange:
            yield message(
                "case.unknown_reference",
                table=table,
                column=column,
                target=target,
                values=", ".join(strange[:5]),
                count=len(strange),
            )
    strange = sorted(set(case.links["other_id"]) - set(case.projects["project_id"]))
    if strange:
        yield message(
            "case.unknown_reference",
            table="links",
            column="other_id",
            target="projects",
            values=", ".join(strange[:5]),
            count=len(strange),
        )
    yield from _opening_problems(case)
    for (table, column), words in WORDS.items():
        found = sorted(set(getattr(case, table)[column]) - {*words})
        if found:
            yield message(
                "case.unknown_word",
                table=table,
                column=column,
                values=", ".join(found[:5]),
                known=", ".join(words),
            )
    yield from _work_problems(case)
    yield from income_problems(case)


def _opening_problems(case: PlanningCase) -> Iterator[Message]:
    """Yield openings that are stated for every mode and for one of them as well."""
    rows = case.corridor_projects
    keys = ["corridor_id", "project_id"]
    every = rows.loc[rows["mode"] == "", keys]
    both = rows[rows["mode"] != ""].merge(every, on=keys)
    for row in records(both.drop_duplicates(keys)):
        yield message(
            "case.opening_twice",
            corridor=row.corridor_id,
            project=row.project_id,
            mode=row.mode,
        )


def _work_problems(case: PlanningCase) -> Iterator[Message]:
    works, payments = case.works, case.payments
    outside = works[~works["start_year"].between(case.start_year, case.end_year)]
    running = set(case.packages.loc[case.packages["status"] == "running", "package_id"])
    own = case.projects.loc[case.projects["package_id"].isin(running), "project_id"]
    outside = outside[~outside["project_id"].isin(set(own))]
    if len(outside):
        yield message(
            "case.start_outside",
            works=", ".join(outside["work_id"][:5]),
            count=len(outside),
            first=case.start_year,
            last=case.end_year,
        )
    early = payments[payments["year"] < case.start_year]
    if len(early):
        yield message(
            "case.payment_before",
            works=", ".join(early["work_id"][:5]),
            count=len(early),
            first=case.start_year,
        )
    wrong = payments[payments["eligible_cost"] > payments["cost"]]
    if len(wrong):
        yield message(
            "case.eligible_above_cost",
            works=", ".join(wrong["work_id"][:5]),
            count=len(wrong),
        )
    count = works[works["project_id"].isin(set(own))].groupby("project_id").size()
    for project in sorted(set(own)):
        if count.get(project, 0) != 1:
            yield message(
                "case.running_one_work",
                project=project,
                count=int(count.get(project, 0)),
            )
