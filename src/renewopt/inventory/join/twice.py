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
    and asset, in the same street with the same kind. A record without a day repeats
    another only where both have one number of their own; see `perhaps_twice`.
    """
    out = np.zeros(len(records), dtype=np.bool_)
    dated = records["last_date"].isna().to_numpy()
    out[dated] = _of_one_day(records[dated], same_place_m)
    number = records["failure_id"].where(records["numbered"])
    same = ["asset_class", "asset_id", "date", "last_date"]
    again = records[same].assign(number=number).duplicated() & number.notna()
    return np.asarray(out | (again.to_numpy() & ~dated), dtype=np.bool_)


def perhaps_twice(records: pd.DataFrame, same_place_m: float) -> BoolArray:
    """Mark records without a day that may be of one event with another record.

    Of the same asset; without an asset, at the same place, else in the same street; the
    times of both overlap. Records that repeat others are left out before.
    """
    open_ = records["last_date"].notna().to_numpy()
    if not open_.any():
        return open_
    streets = {t: key(str(t)) for t in records["street"].dropna().unique()}
    asset = records["asset_id"]
    street = records["street"].map(streets)
    place = records["lon"].notna() & records["lat"].notna()
    spots = _spots(records, (asset.isna() & place).to_numpy(), same_place_m)
    what = asset.where(asset.notna(), street.where(~place, spots))
    # Otherwise a street called like an asset would be one.
    sort = asset.notna() * 2 + (asset.isna() & place)
    first = records["date"].dt.normalize()
    last = records["last_date"].where(records["last_date"].notna(), first)
    frame = pd.DataFrame(
        {"c": records["asset_class"], "s": sort, "w": what, "first": first,
         "last": last, "at": np.arange(len(records))}
    )  # fmt: skip
    frame = frame[frame["w"].notna()].sort_values(["first", "last", "at"])
    groups = frame.groupby(["c", "s", "w"], dropna=False, sort=False)
    before = groups["last"].transform(lambda days: days.cummax().shift())
    after = groups["first"].shift(-1)
    meets = (before >= frame["first"]) | (after <= frame["last"])
    out = np.zeros(len(records), dtype=np.bool_)
    out[frame["at"].to_numpy()[meets.to_numpy()]] = True
    return out & open_


def _spots(records: pd.DataFrame, which: BoolArray, within: float) -> pd.Series:
    """Give one number to the places that are near one another, by chains of these."""
    spots = pd.Series(None, index=records.index, dtype=object)
    rows = np.flatnonzero(which)
    plane = plane_of([records.iloc[rows]]) if len(rows) else None
    if plane is None:
        return spots
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    chosen = records.iloc[rows]
    x, y = plane.xy(numbers(chosen, "lon"), numbers(chosen, "lat"))
    tree = cKDTree(np.column_stack([x, y]))
    pairs = tree.query_pairs(within, output_type="ndarray")
    ones = np.ones(len(pairs))
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(rows),) * 2)
    spots.iloc[rows] = connected_components(graph, directed=False)[1]
    return spots


def _of_one_day(records: pd.DataFrame, same_place_m: float) -> BoolArray:
    """Mark the later records of one day, of those whose day is known."""
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


def differs(records: pd.DataFrame, twice: BoolArray) -> BoolArray:
    """Mark repetitions that say another thing than the record they repeat.

    Of an asset: another kind, another number of its own, another hour. They may be
    another event of that day, or the same one in another book.
    """
    day = records["date"].dt.normalize()
    clock = records["date"].where(records["date"] != day)
    facts = pd.DataFrame(
        {
            "kind": records["kind"].map(
                lambda text: key(str(text)), na_action="ignore"
            ),
            "number": records["failure_id"].where(records["numbered"]),
            "clock": clock,
        }
    )
    named = records["asset_id"].notna()
    group = [records["asset_class"], day, records["asset_id"]]
    out = np.zeros(len(records), dtype=np.bool_)
    for name in facts:
        cells = facts[name].astype(object)
        first = cells.groupby(group, dropna=False).transform("first")
        out |= (cells.notna() & first.notna() & (cells != first)).to_numpy()
    return np.asarray(out & twice & named.to_numpy(), dtype=np.bool_)


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
