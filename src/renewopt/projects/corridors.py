"""Which project opens which street segment, and what the trench there costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.modes import BP
from renewopt.core.money import round_to_units
from renewopt.projects.settings import CaseSettings

COLUMNS = ("corridor_id", "name", "district", "last_paved", "paving_kind")
"""What a case knows of a corridor."""


def corridor_projects(
    members: pd.DataFrame,
    payments: pd.DataFrame,
    works: pd.DataFrame,
    classes: Mapping[str, AssetClass],
    settings: CaseSettings,
) -> pd.DataFrame:
    """Give the trench and pavement part of each project's cost by corridor, units.

    Excavation share of the project's first mode × cost there at the prices of the
    first plan year. The parts of a project add up to at most the smallest first payment
    of its works, so that no saving exceeds what is paid in its year. A running project
    opens its corridors too, without any trench left to share.

    Parameters
    ----------
    members
        Assets with `project_id`, `asset_class`, `corridor_id`, `base_cost`, `modes`.
    """
    network = [name for name, item in classes.items() if item.network]
    rows = members[
        (members["corridor_id"] != "") & members["asset_class"].isin(network)
    ]
    rows = rows[rows["project_id"].isin(set(works["project_id"]))]
    if len(rows) == 0:
        return pd.DataFrame(columns=["corridor_id", "project_id", "excavation_cost"])
    share = {
        (name, mode.id): mode.excavation_bp / BP
        for name, item in classes.items()
        for mode in item.modes
    }
    first = rows["modes"].str.split(";").str[0]
    keys = pd.MultiIndex.from_arrays([rows["asset_class"], first])
    part = pd.Series(share, dtype="float64").reindex(keys).to_numpy(np.float64)
    factors = {
        name: settings.cost_factor(name, settings.start_year) for name in network
    }
    level = rows["asset_class"].map(factors).to_numpy(np.float64)
    cost = rows["base_cost"].to_numpy(np.float64) * np.nan_to_num(part) * level
    table = rows[["corridor_id", "project_id"]].assign(wan=cost)
    table = (
        table.groupby(["corridor_id", "project_id"], sort=True)["wan"]
        .sum()
        .reset_index()
    )
    units = pd.Series(round_to_units(table.pop("wan").to_numpy()), index=table.index)
    total = units.groupby(table["project_id"]).transform("sum")
    room = table["project_id"].map(_least_first_payment(payments, works)).fillna(0)
    shrunk = units * room.astype("int64") // total.clip(lower=1)
    table["excavation_cost"] = units.where(total <= room, shrunk).astype("int64")
    return table


def _least_first_payment(payments: pd.DataFrame, works: pd.DataFrame) -> pd.Series:
    first = works.merge(
        payments,
        left_on=["work_id", "start_year"],
        right_on=["work_id", "year"],
        how="left",
    )
    paid = first["cost_y" if "cost_y" in first else "cost"].fillna(0)
    return paid.groupby(first["project_id"]).min()


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
