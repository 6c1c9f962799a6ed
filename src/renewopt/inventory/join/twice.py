"""Records of one event told twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.inventory.join.plane import BoolArray, numbers, plane_of
from renewopt.inventory.words import key

_FLOOR_M = 1e6
"""Height between two days in the tree of places: more than any distance."""


def told_twice(records: pd.DataFrame, same_place_m: float) -> BoolArray:
    """Mark the records that repeat an earlier one of the same class and day.

    The same: of the same asset; without an asset, at the same place; without place
    and asset, in the same street with the same kind.
    """
    day = records["date"].dt.normalize()
    group = ["asset_class", "day", "what"]
    asset = records["asset_id"]
    frame = records[["asset_class"]].assign(day=day, what=asset)
    twice = (frame.duplicated(group) & asset.notna()).to_numpy(copy=True)
    place = (records["lon"].notna() & records["lat"].notna()).to_numpy()
    no_asset = asset.isna().to_numpy()
    twice |= _same_place(records, day, no_asset & place, same_place_m)
    streets = {t: key(str(t)) for t in records["street"].dropna().unique()}
    kinds = records["kind"].astype(object).where(records["kind"].notna(), "")
    named = records["street"].notna().to_numpy() & no_asset & ~place
    frame = frame.assign(what=records["street"].map(streets), kind=kinds)[named]
    twice[np.flatnonzero(named)] |= frame.duplicated([*group, "kind"]).to_numpy()
    return np.asarray(twice, dtype=np.bool_)


def _same_place(
    records: pd.DataFrame, day: pd.Series, which: BoolArray, within: float
) -> BoolArray:
    """Mark the later record of each pair of one class and day at one place."""
    twice = np.zeros(len(records), dtype=np.bool_)
    rows = np.flatnonzero(which)
    chosen = records.iloc[rows]
    plane = plane_of([chosen]) if len(rows) else None
    if plane is None:
        return twice
    from scipy.spatial import cKDTree

    x, y = plane.xy(numbers(chosen, "lon"), numbers(chosen, "lat"))
    keys = pd.DataFrame({"c": chosen["asset_class"], "d": day.iloc[rows]})
    floor = keys.groupby(["c", "d"], dropna=False).ngroup().to_numpy() * _FLOOR_M
    tree = cKDTree(np.column_stack([x, y, floor]))
    pairs = tree.query_pairs(within, output_type="ndarray")
    if len(pairs):
        twice[rows[pairs.max(axis=1)]] = True
    return twice
