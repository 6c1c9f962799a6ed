"""Works under construction (续建): fixed, with only what is still to be paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.core.errors import InputError, Message, message
from renewopt.core.money import round_to_units
from renewopt.inventory import Inventory
from renewopt.projects.facts import ClassFacts
from renewopt.projects.reviews import review
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import WorkTables, quantities, resource_use, work_ids

MONEY = ("received", "amount", "cost", "eligible_cost")
PACKAGE = (
    "package_id",
    "name",
    "project_code",
    "legal_owner",
    "nature",
    "ownership",
    "status",
    "readiness",
    "operation_start",
    "borrower",
    "bond_review",
)


@dataclass(frozen=True, eq=False)
class Running:
    """Running packages: their assets, packages, history and works.

    The works have no cost lines: what is still to be paid stands in the contract.
    `package_of` gives the package by project.
    """

    package_of: dict[str, str]
    members: pd.DataFrame
    packages: pd.DataFrame
    history: pd.DataFrame
    tables: WorkTables


def running_parts(
    inventory: Inventory, facts: Sequence[ClassFacts], settings: CaseSettings
) -> tuple[Running, list[Message]]:
    """Take over what runs.

    Raises
    ------
    InputError
        With every reference to an unknown package, class, mode or asset, every
        contradiction between rows of one project, and every payment before the plan.
    """
    rows = inventory.running_works
    by_class = {part.id: part for part in facts}
    if len(rows) == 0:
        empty = WorkTables(*(pd.DataFrame() for _ in range(4)))
        nothing = pd.DataFrame()
        running = Running({}, nothing, nothing, nothing, empty)
        return running, _unused(inventory, set())
    problems = list(_problems(inventory, by_class, settings))
    if problems:
        raise InputError(*problems)
    heads = rows.drop_duplicates("project_id").sort_values("project_id")
    members = _members(heads, by_class)
    packages = _packages(inventory.packages, set(rows["package_id"]))
    works = heads[["project_id", "mode", "start_year", "duration"]].reset_index(
        drop=True
    )
    works = works.astype({"start_year": "int64", "duration": "int64"})
    works["work_id"] = work_ids(works)
    effects = {
        (part.id, mode.id): mode.effect_bp
        for part in facts
        for mode in part.asset_class.modes
    }
    pairs = zip(heads["asset_class"], heads["mode"], strict=True)
    works["effect_bp"] = [effects[pair] for pair in pairs]
    ends = {
        (part.id, mode.id): int(bool(mode.gives_up))
        for part in facts
        for mode in part.asset_class.modes
    }
    pairs = zip(heads["asset_class"], heads["mode"], strict=True)
    works["retires"] = [ends[pair] for pair in pairs]
    payments = _payments(rows, works, packages)
    use = _use(members, works, by_class, settings)
    tables = WorkTables(works, pd.DataFrame(), payments, use)
    history = _history(inventory.package_history, set(packages["package_id"]))
    notes = _unused(inventory, set(packages["package_id"]))
    package_of = dict(zip(heads["project_id"], heads["package_id"], strict=True))
    return Running(package_of, members, packages, history, tables), notes


def _problems(
    inventory: Inventory, by_class: dict[str, ClassFacts], settings: CaseSettings
) -> Iterator[Message]:
    rows = inventory.running_works
    packages = inventory.packages
    running = set(packages.loc[packages["status"] == "running", "package_id"])
    for package in sorted(set(rows["package_id"]) - running):
        yield message("projects.running_package", value=package)
    for column in (
        "package_id",
        "asset_class",
        "asset_ids",
        "mode",
        "start_year",
        "duration",
    ):
        counts = rows.groupby("project_id", sort=True)[column].nunique()
        for project in counts.index[counts > 1]:
            yield message("projects.running_rows", project=project, column=column)
    early = rows[rows["year"] < settings.start_year]
    for row in early.itertuples():
        yield message(
            "projects.running_early",
            project=row.project_id,
            value=int(str(row.year)),
            first=settings.start_year,
        )
    if "eligible_cost" in rows:
        over = rows[rows["eligible_cost"].astype("float64") > rows["cost"]]
        for row in over.itertuples():
            yield message(
                "projects.running_eligible",
                project=row.project_id,
                year=int(str(row.year)),
                value=row.eligible_cost,
                cost=row.cost,
            )
    heads = rows.drop_duplicates("project_id").sort_values("project_id")
    for row in heads.itertuples():
        part = by_class.get(str(row.asset_class))
        if part is None:
            yield message(
                "projects.running_class",
                project=row.project_id,
                value=row.asset_class,
                known=", ".join(by_class),
            )
            continue
        yield from _head_problems(row, part)
    yield from _asset_twice(heads)


def _head_problems(row: object, part: ClassFacts) -> Iterator[Message]:
    project = getattr(row, "project_id", "")
    modes = [mode.id for mode in part.asset_class.modes]
    mode = str(getattr(row, "mode", ""))
    if mode not in modes:
        yield message(
            "projects.running_mode", project=project, value=mode, known=", ".join(modes)
        )
    known = set(part.frame["asset_id"])
    strange = [a for a in _ids(getattr(row, "asset_ids", "")) if a not in known]
    if strange:
        yield message(
            "projects.running_asset",
            project=project,
            asset_class=part.id,
            values=", ".join(strange[:5]),
            count=len(strange),
        )


def _asset_twice(heads: pd.DataFrame) -> Iterator[Message]:
    owner: dict[tuple[str, str], str] = {}
    for row in heads.itertuples():
        for asset in _ids(row.asset_ids):
            key = (str(row.asset_class), asset)
            if key in owner:
                yield message(
                    "projects.running_twice",
                    asset=asset,
                    project=row.project_id,
                    other=owner[key],
                )
            owner[key] = str(row.project_id)


def _ids(text: object) -> list[str]:
    return [part.strip() for part in str(text).split(";") if part.strip()]


def _members(heads: pd.DataFrame, by_class: dict[str, ClassFacts]) -> pd.DataFrame:
    parts = []
    for name, own in heads.groupby("asset_class", sort=True):
        part = by_class[str(name)]
        pairs = [
            (asset, row.project_id, row.project_name, row.mode)
            for row in own.itertuples()
            for asset in _ids(row.asset_ids)
        ]
        columns = ["asset_id", "project_id", "project_name", "modes"]
        table = pd.DataFrame(pairs, columns=columns)
        table = table.merge(part.frame, on="asset_id", validate="one_to_one")
        named = table["project_name"].notna()
        table["project_name"] = table["project_name"].where(named, table["project_id"])
        parts.append(table.assign(asset_class=str(name), base_cost=0.0))
    return pd.concat(parts, ignore_index=True)


def _packages(packages: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    own = packages[packages["package_id"].isin(used)]
    table = own[[c for c in PACKAGE if c in own]].copy()
    for column, default in (("nature", "public"), ("ownership", "public")):
        if column in table:
            table[column] = (
                table[column].astype("object").where(table[column].notna(), default)
            )
    if "bond_review" in table:
        words = table["bond_review"].fillna("").astype(str)
        table["bond_review"] = [review(word) for word in words]
    if "net_income_per_year" in own:
        income = own["net_income_per_year"].fillna(0).to_numpy(np.float64)
        table["net_income_per_year"] = round_to_units(income)
    return table.sort_values("package_id", ignore_index=True)


def _payments(
    rows: pd.DataFrame, works: pd.DataFrame, packages: pd.DataFrame
) -> pd.DataFrame:
    """Give what is still to pay; eligible unless said: all no operator owns."""
    table = rows.merge(works[["project_id", "work_id"]], on="project_id")
    owned = pd.Series("public", index=packages["package_id"])
    if "ownership" in packages:
        owned = packages.set_index("package_id")["ownership"]
    grants = (table["package_id"].map(owned) != "operator").astype("float64")
    assumed = table["cost"].astype("float64") * grants
    eligible = assumed
    if "eligible_cost" in table:
        eligible = table["eligible_cost"].astype("float64").fillna(assumed)
    table["cost"] = round_to_units(table["cost"].to_numpy(np.float64))
    table["eligible_cost"] = round_to_units(eligible)
    keys = ["work_id", "year"]
    table = (
        table.groupby(keys, sort=True)[["cost", "eligible_cost"]].sum().reset_index()
    )
    return table[table["cost"] > 0].astype({"year": "int64"})


def _use(
    members: pd.DataFrame,
    works: pd.DataFrame,
    by_class: dict[str, ClassFacts],
    settings: CaseSettings,
) -> pd.DataFrame:
    parts = []
    for name, own in members.groupby("asset_class", sort=True):
        asset_class: AssetClass = by_class[str(name)].asset_class
        mine = works[works["project_id"].isin(set(own["project_id"]))]
        parts.append(resource_use(mine, quantities(asset_class, own)))
    use = pd.concat(parts, ignore_index=True)
    return use[use["year"] >= settings.start_year]


def _history(history: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    table = (
        history[history["package_id"].isin(used)].copy() if len(history) else history
    )
    for column in MONEY:
        if column in table:
            table[column] = round_to_units(table[column].fillna(0).to_numpy(np.float64))
    return table


def _unused(inventory: Inventory, used: set[str]) -> list[Message]:
    """Report packages of the bureau's file that nothing runs in."""
    if len(inventory.packages) == 0:
        return []
    spare = sorted(set(inventory.packages["package_id"]) - used)
    return [message("projects.package_unused", value=package) for package in spare]


def running_heads(running: Running) -> pd.DataFrame:
    """Give the projects that run with their packages, for what is done by hand."""
    rows = running.members
    if len(rows) == 0:
        return rows
    first = rows.drop_duplicates("project_id")
    heads = first[["project_id", "asset_class"]].assign(name=first["project_name"])
    heads["package_id"] = heads["project_id"].map(running.package_of)
    facts = running.packages.set_index("package_id")
    named = facts["name"].fillna("").to_dict() if "name" in facts else {}
    heads["package_name"] = [named.get(package, "") for package in heads["package_id"]]
    return heads.assign(status="running")
