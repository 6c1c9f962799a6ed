"""Which project opens which street segment, and what the trench there costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.modes import BP, Mode
from renewopt.core.money import round_to_units
from renewopt.projects.prices import unit_costs
from renewopt.projects.settings import CaseSettings

COLUMNS = (
    "corridor_id", "name", "district", "last_paved", "paving_kind",
    "planned_road_work_year",
)  # fmt: skip
"""What a case knows of a corridor."""


def corridor_projects(
    members: pd.DataFrame,
    payments: pd.DataFrame,
    works: pd.DataFrame,
    classes: Mapping[str, AssetClass],
    settings: CaseSettings,
) -> pd.DataFrame:
    """Give the trench and pavement part of each mode's cost by corridor, units.

    Excavation share of the mode × its cost there at the prices of the first plan year,
    with the factor of the class, fees and contingency. The parts of a mode add up to at
    most the smallest first payment of its works, so that no saving exceeds what is paid
    in its year. A mode that digs nothing opens no street. A running project opens its
    corridors by its own mode, without any trench left to share.

    Parameters
    ----------
    members
        Assets with `project_id`, `asset_class`, `corridor_id`, `quantity`, `modes`,
        `base_cost`, and `price_<mode>` of those that were grouped here.
    """
    columns = ["corridor_id", "project_id", "excavation_cost", "mode"]
    offered = works[["project_id", "mode"]].drop_duplicates()
    parts = [
        _of_mode(members, item, mode, settings)
        for item in classes.values()
        if item.network
        for mode in item.modes
        if mode.excavation_bp > 0
    ]
    filled = [rows for rows in parts if len(rows)]
    if not filled:
        return pd.DataFrame(columns=columns)
    table = pd.concat(filled, ignore_index=True)
    table = table.merge(offered, on=["project_id", "mode"])
    keys = ["corridor_id", "project_id", "mode"]
    table = table.groupby(keys, sort=True)["wan"].sum().reset_index()
    units = pd.Series(round_to_units(table.pop("wan").to_numpy()), index=table.index)
    own = pd.MultiIndex.from_frame(table[["project_id", "mode"]])
    total = units.groupby(own).transform("sum") if len(units) else units
    least = _least_first_payment(payments, works)
    room = pd.Series(least.reindex(own).fillna(0).to_numpy(np.int64), table.index)
    shrunk = units * room // total.clip(lower=1)
    table["excavation_cost"] = units.where(total <= room, shrunk).astype("int64")
    return table[columns]


def _of_mode(
    members: pd.DataFrame, item: AssetClass, mode: Mode, settings: CaseSettings
) -> pd.DataFrame:
    """Give the trench of every asset on a corridor that may be renewed so, 万元.

    What a project list states is the price as it is.
    """
    named = (members["corridor_id"] != "") & (members["asset_class"] == item.id)
    rows = members[named & (";" + members["modes"] + ";").str.contains(f";{mode.id};")]
    year, price = settings.start_year, f"price_{mode.id}"
    wan = rows["base_cost"].to_numpy(np.float64) * settings.price_factor(year)
    if price in rows:
        number = rows[price].fillna(-1).to_numpy(np.int64)
        unit = np.nan_to_num(unit_costs(mode, number, settings.cost_level))
        size = np.nan_to_num(rows["quantity"].to_numpy(np.float64))
        local = rows["local"].fillna(1.0).to_numpy(np.float64) if "local" in rows else 1
        own = size * unit * local * settings.cost_factor(item.id, year)
        wan = np.where(number >= 0, own, wan)
    wan = wan * (mode.excavation_bp / BP)
    return rows[["corridor_id", "project_id"]].assign(mode=mode.id, wan=wan)


def _least_first_payment(payments: pd.DataFrame, works: pd.DataFrame) -> pd.Series:
    first = works.merge(
        payments,
        left_on=["work_id", "start_year"],
        right_on=["work_id", "year"],
        how="left",
    )
    paid = first["cost_y" if "cost_y" in first else "cost"].fillna(0)
    return paid.groupby([first["project_id"], first["mode"]]).min()


def corridor_table(
    known: pd.DataFrame, used: Sequence[str], names: Mapping[str, str]
) -> pd.DataFrame:
    """Give what is known of the corridors that projects open; others by name only."""
    table = pd.DataFrame({"corridor_id": sorted(set(used))})
    columns = [c for c in known if c in COLUMNS]
    if len(known):
        facts = known[columns].drop_duplicates("corridor_id")
        facts = facts.assign(corridor_id=facts["corridor_id"].astype("str"))
        table = table.merge(facts, on="corridor_id", how="left")
    if "name" not in table:
        table["name"] = pd.Series("", index=table.index, dtype="str")
    street = table["corridor_id"].map(dict(names)).fillna("")
    empty = table["name"].isna() | (table["name"].astype("str") == "")
    table["name"] = table["name"].astype("object").where(~empty, street)
    if "paving_kind" in table and "last_paved" in table:
        # A year without a kind of paving counts as a major repair: closed shortest.
        kind = table["paving_kind"].astype("object")
        unknown = table["last_paved"].notna() & kind.isna()
        table["paving_kind"] = kind.where(~unknown, "major_repair")
    return table
