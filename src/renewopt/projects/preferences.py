"""Preferences (力争, 逐步, 积极推进 …): what the packs rather see done in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.modes import BP
from renewopt.catalogue.packs import Pack

NO_YEAR = 9999
COLUMN = "benefit_preferred"


def preferred_benefit(
    works: pd.DataFrame,
    members: pd.DataFrame,
    said: pd.DataFrame,
    packs: Sequence[Pack],
    start_year: int,
) -> pd.Series | None:
    """Give by how much more each work counts for what the packs prefer, units.

    risk_removed × Σ weight × quantity of the assets that a preference names and that
    are finished by its deadline, over the quantity of all assets of the project. Of
    several preferences on one asset the one of the greatest weight counts. None where
    no pack weighs its preferences.

    Parameters
    ----------
    works
        `project_id`, `start_year`, `duration`, `risk_removed`.
    members
        Assets of the projects with `quantity`.
    said
        Obligations with `trigger` and `pack`.
    """
    weight = {(p.id, t.id): p.weight_of(t) for p in packs for t in p.trigger}
    if not any(weight.values()):
        return None
    ids = said["trigger"].str.split(":", n=1).str[0]
    pairs = zip(said["pack"], ids, strict=True)
    rows = said.assign(weight=[weight.get(pair, 0) for pair in pairs])
    rows = rows[(rows["hardness"] == "preference") & (rows["weight"] > 0)]
    rows = rows.assign(due=rows["deadline"].fillna(NO_YEAR).clip(lower=start_year))
    keys = ["asset_class", "asset_id"]
    rows = rows.sort_values([*keys, "weight", "due"]).drop_duplicates(keys, keep="last")
    size = members[["project_id", *keys, "quantity"]]
    size = size.assign(quantity=size["quantity"].astype("float64").fillna(0.0))
    named = size.merge(rows[[*keys, "weight", "due"]], on=keys)
    named = named.assign(part=named["weight"] * named["quantity"])
    parts = named.groupby(["project_id", "due"])["part"].sum().reset_index()
    whole = size.groupby("project_id")["quantity"].sum()
    done = works[["work_id", "project_id"]].assign(
        done=works["start_year"] + works["duration"] - 1
    )
    in_time = done.merge(parts, on="project_id")
    in_time = in_time[in_time["due"] >= in_time["done"]]
    reached = works["work_id"].map(in_time.groupby("work_id")["part"].sum()).fillna(0)
    total = works["project_id"].map(whole).fillna(0).to_numpy(np.float64)
    share = np.divide(
        reached.to_numpy(np.float64), total, out=np.zeros(len(works)), where=total > 0
    )
    value = works["risk_removed"].to_numpy(np.float64) * share / BP
    return pd.Series(np.floor(value + 0.5).astype(np.int64), index=works.index)
