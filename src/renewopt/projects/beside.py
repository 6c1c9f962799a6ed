"""A project list beside inventories: its rows as they are, the rest is grouped.

What a row covers is in no other project: each metre is paid once. A row names its
assets (`asset_ids`), or covers the pipes of its class on its street.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import ProjectList
from renewopt.projects.approvals import with_first_start
from renewopt.projects.exclusions import barred_modes
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.from_list import list_left_out, list_notes
from renewopt.projects.incomes import listed_incomes
from renewopt.projects.list_packages import list_packages, package_problems
from renewopt.projects.list_rows import list_rows
from renewopt.projects.list_tables import list_duties, list_works
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import WorkTables

NONE = ("无", "none", "-")
"""What `asset_ids` says where a row covers nothing of the inventories."""
NAMED = 5
"""Assets that a message names."""
PROJECT = (
    "project_id", "name", "asset_class", "district", "street", "households",
    "length_m", "floor_area_m2", "risk_now", "grade",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Beside:
    """Rows of a list, and the assets of the inventories that each of them covers.

    `rows` are those of `list_rows`; `members` have the facts of the assets and
    `project_id`, `project_name`, `modes`, `base_cost`.
    """

    rows: pd.DataFrame
    members: pd.DataFrame
    notes: tuple[Message, ...]

    def taken(self, asset_class: str) -> set[str]:
        """Give the assets of a class that no other project may hold."""
        if len(self.members) == 0:
            return set()
        own = self.members["asset_class"] == asset_class
        return set(self.members.loc[own, "asset_id"])

    def running_assets(self) -> pd.DataFrame:
        """Give the assets that rows under construction cover."""
        if len(self.members) == 0:
            return self.members
        runs = self.rows.loc[self.rows["running"], "project_id"]
        return self.members[self.members["project_id"].isin(runs)]

    def own_loss(self) -> pd.Series:
        """Give the loss by their own grade of the rows that cover no asset."""
        rows = self.rows.set_index("project_id")["risk_now"]
        known = set(self.members["project_id"]) if len(self.members) else set()
        return rows[~rows.index.isin(known)]


def beside(
    project_list: ProjectList,
    facts: Sequence[ClassFacts],
    running: pd.DataFrame,
    catalogue: Catalogue,
    settings: CaseSettings,
) -> Beside:
    """Find what every row of a list covers.

    Parameters
    ----------
    running
        Assets of running works of the inventories.

    Raises
    ------
    InputError
        With every row that does not say what it covers, every asset that is not there,
        that two rows cover or that runs, and rows of one code that contradict.
    """
    rows = list_rows(project_list, catalogue, settings)
    problems = list(package_problems(rows))
    pairs, found = _covered(rows, facts, project_list.source)
    numbers = [int(n) for n in rows["row"]]
    problems += [*found, *_twice(pairs, running, numbers, project_list.source)]
    if problems:
        raise InputError(*problems)
    members = _members(rows, pairs, facts)
    rows = _filled(rows, members)
    notes = [n for n in list_notes(rows, settings) if n.code != "projects.list_risk"]
    covers = set(members["project_id"]) if len(members) else set()
    bare = ~rows["project_id"].isin(covers)
    if bare.any():
        notes.append(message("projects.list_risk", count=int(bare.sum())))
    if len(project_list.money):
        notes.append(message("mix.money_unused", file=project_list.source))
    streets = [pair for pair in pairs if pair[3]]
    for row in sorted({pair[0] for pair in streets}):
        own = members[members["project_id"] == rows.loc[row, "project_id"]]
        notes.append(
            message(
                "mix.by_street",
                file=project_list.source,
                row=int(rows["row"].iloc[row]),
                street=rows.loc[row, "street"],
                count=len(own),
                metres=round(float(own["metres"].sum()), 1),
            )
        )
    return Beside(rows, members, (*list_left_out(project_list), *notes))


Pair = tuple[int, str, str, bool]
"""Row of the list, class and identifier of an asset, whether its street says so."""


def _covered(
    rows: pd.DataFrame, facts: Sequence[ClassFacts], file: str
) -> tuple[list[Pair], list[Message]]:
    by_class = {part.id: set(part.frame["asset_id"]) for part in facts}
    frames = {part.id: part for part in facts}
    pairs: list[Pair] = []
    problems: list[Message] = []
    for i, row in enumerate(rows.itertuples()):
        own = str(row.asset_class)
        text = str(getattr(row, "asset_ids", "") or "").strip()
        words = [w for w in re.split(r"\s*[;；,，、]\s*", text) if w and w != "nan"]
        words = [w for w in words if w.lower() != "<na>"]
        if [w.lower() for w in words] in [[w] for w in NONE]:
            continue
        facts_of_row = {"file": file, "row": int(str(row.row))}
        order = [own, *sorted(set(by_class) - {own})]
        for word in words:
            at = [name for name in order if word in by_class.get(name, ())]
            if at:
                pairs.append((i, at[0], word, False))
            else:
                problems.append(
                    message("mix.unknown_asset", value=word, **facts_of_row)
                )
        if words or own not in frames:
            continue
        street = _on_street(frames[own], str(row.street), str(row.district))
        pairs += [(i, own, asset, True) for asset in street]
        if not street:
            problems.append(
                message("mix.no_assets", asset_class=own, name=row.name, **facts_of_row)
            )
    return pairs, problems


def _on_street(part: ClassFacts, street: str, district: str) -> list[str]:
    """Give the pipes of a class on a street; points are never meant by their street."""
    if part.asset_class.geometry != "line" or not street:
        return []
    here = part.frame["street"] == street
    if district:
        here &= part.frame["district"].isin([district, ""])
    return part.frame.loc[here, "asset_id"].tolist()


def _twice(
    pairs: Sequence[Pair], running: pd.DataFrame, numbers: Sequence[int], file: str
) -> Iterator[Message]:
    """Yield assets that two rows cover, and those that running works renew."""
    keys = {}
    if len(running):
        keys = dict(
            zip(
                zip(running["asset_class"], running["asset_id"], strict=True),
                running["project_id"],
                strict=True,
            )
        )
    seen: dict[tuple[str, str], int] = {}
    for row, name, asset, _ in pairs:
        facts = {"file": file, "row": numbers[row], "value": asset}
        if (name, asset) in seen and seen[name, asset] != row:
            yield message("mix.asset_twice", other=numbers[seen[name, asset]], **facts)
        if (name, asset) in keys:
            yield message("mix.asset_running", project=keys[name, asset], **facts)
        seen[name, asset] = row


def _members(
    rows: pd.DataFrame, pairs: Sequence[Pair], facts: Sequence[ClassFacts]
) -> pd.DataFrame:
    """Give the facts of the assets, with the row's cost shared out by quantity."""
    heads = pd.DataFrame(
        [(row, name, asset) for row, name, asset, _ in dict.fromkeys(pairs)],
        columns=["at", "asset_class", "asset_id"],
    )
    parts = []
    for part in facts:
        own = heads[heads["asset_class"] == part.id].drop(columns=["asset_class"])
        if len(own):
            parts.append(own.merge(part.frame, on="asset_id", validate="one_to_one"))
    if not parts:
        return pd.DataFrame()
    members = pd.concat(parts, ignore_index=True)
    at = members.pop("at")
    named = {"project_id": "project_id", "name": "project_name", "mode": "modes"}
    for column, name in named.items():
        members[name] = at.map(rows[column])
    classes = at.map(rows["asset_class"]).to_numpy(object)
    same = pd.Series(members["asset_class"].to_numpy(object) == classes)
    size = members["quantity"].fillna(0.0).where(same, 0.0).to_numpy(np.float64)
    whole = pd.Series(size).groupby(at.to_numpy()).transform("sum").to_numpy()
    share = np.divide(size, whole, out=np.zeros(len(size)), where=whole > 0)
    members["base_cost"] = share * at.map(rows["total_cost"]).to_numpy(np.float64)
    # The class of a project is that of its first asset.
    members = members.assign(first=~same).sort_values(
        ["project_id", "first", "asset_class", "asset_id"], ignore_index=True
    )
    return members.drop(columns=["first"])


def _filled(rows: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Take length, area, households and loss of the assets where the row has none."""
    if len(members) == 0:
        return rows
    by_project = members.groupby("project_id")
    sums = by_project[["metres", "floor_area", "households", "risk_now"]].sum()
    sums = sums.reindex(rows["project_id"]).reset_index(drop=True)
    rows = rows.copy()
    of_assets = {"length_m": "metres", "floor_area_m2": "floor_area"}
    for column, own in (of_assets | {"households": "households"}).items():
        kind = rows[column].dtype
        given = rows[column].astype("float64")
        known = given.where(given != 0, sums[own].fillna(0).round(2))
        rows[column] = known.round(0 if column == "households" else 2).astype(kind)
    # The model's loss of the assets stands on one scale with that of all others.
    rows["risk_now"] = sums["risk_now"].where(
        sums["risk_now"].notna(), rows["risk_now"]
    )
    return rows


def kept_as_listed(
    spared: pd.DataFrame, found: Beside
) -> tuple[pd.DataFrame, list[Message]]:
    """Take the assets of a list off the table of what is left out; name them."""
    if len(found.members) == 0 or len(spared) == 0:
        return spared, []
    keys = ["asset_class", "asset_id"]
    listed = pd.MultiIndex.from_frame(found.members[keys].astype("str"))
    mine = pd.MultiIndex.from_frame(spared[keys].astype("str")).isin(listed)
    mine &= (spared["effect"] == "left_out").to_numpy(bool)
    names = sorted(set(spared.loc[mine, "asset_id"].astype("str")))
    if not names:
        return spared, []
    some = ", ".join(names[:NAMED])
    said = message("mix.left_out", count=len(names), assets=some)
    return spared[~mine].reset_index(drop=True), [said]


def with_modes(
    found: Beside, barred: pd.DataFrame, catalogue: Catalogue
) -> tuple[Beside, list[Message]]:
    """Give every row the first mode that no clause bars; "" where all are barred."""
    rows, notes = found.rows.copy(), []
    bars = {name: barred_modes(barred, name) for name in set(rows["asset_class"])}
    for i, row in enumerate(rows.itertuples()):
        name = str(row.asset_class)
        if row.running or len(found.members) == 0:
            continue
        own = found.members[found.members["project_id"] == row.project_id]
        assets = set(own.loc[own["asset_class"] == name, "asset_id"])
        modes = [mode.id for mode in catalogue.asset_classes[name].modes]
        left = [m for m in modes if not assets & bars[name].get(m, frozenset())]
        rows.loc[rows.index[i], "mode"] = left[0] if left else ""
        if not left:
            notes.append(message("mix.barred", row=int(str(row.row)), name=row.name))
    members = found.members
    if len(members):
        chosen = rows.set_index("project_id")["mode"]
        members = members.assign(modes=members["project_id"].map(chosen))
    return Beside(rows, members, found.notes), notes


def beside_tables(
    found: Beside,
    package: Mapping[str, str],
    names: Mapping[str, str],
    catalogue: Catalogue,
    settings: CaseSettings,
) -> tuple[WorkTables, pd.DataFrame, pd.DataFrame]:
    """Give works, packages and safety duties of the rows, as a list alone has them."""
    rows = found.rows.assign(package_id=found.rows["project_id"].map(dict(package)))
    rows = with_first_start(rows, settings)
    open_ = (rows["mode"] != "") & (
        rows["running"] | (rows["from"] <= settings.plan_years[-1])
    )
    made = WorkTables(*(pd.DataFrame() for _ in range(4)))
    if open_.any():
        made = list_works(rows[open_].reset_index(drop=True), catalogue, settings)
    return made, list_packages(rows, names), list_duties(rows, settings)


def beside_projects(found: Beside) -> pd.DataFrame:
    """Give the rows as projects; all households of a row are taken to agree."""
    earned = ["net_income_per_year", "operation_start"]
    table = listed_incomes(found.rows)[[*PROJECT, *earned]]
    return table.assign(consent_bp=10_000, level="", street=texts(table, "street"))
