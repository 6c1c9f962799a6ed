"""Corridors: each street segment that an asset names is there, and names its street."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewopt.inventory.issues import CellIssue

ADDED = ["corridor_id", "street", "district"]


def complete_corridors(
    corridors: pd.DataFrame, assets: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, list[CellIssue]]:
    """Add the segments that assets name but the table of corridors lacks.

    Added ones have the street and district of their first asset and no pavement
    history; one note says how many there are.
    """
    named = [
        frame.reindex(columns=ADDED).dropna(subset=["corridor_id"])
        for frame in assets.values()
        if "corridor_id" in frame
    ]
    if not named:
        return corridors, []
    found = (
        pd.concat(named).astype(object).groupby("corridor_id", as_index=False).first()
    )
    found = found[~found["corridor_id"].isin(corridors["corridor_id"])]
    if found.empty:
        return corridors, []
    added = found.assign(name=found["street"]).reindex(columns=corridors.columns)
    added = added.astype(corridors.dtypes.to_dict())
    whole = pd.concat([corridors, added]).sort_values("corridor_id", ignore_index=True)
    return whole, [_note("corridor_id", "inventory.corridors_added", len(added))]


def fill_streets(
    assets: Mapping[str, pd.DataFrame], corridors: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], list[CellIssue]]:
    """Take an asset's missing street from its corridor; one note per class says so."""
    if "street" not in corridors:
        return dict(assets), []
    streets = corridors.set_index("corridor_id")["street"].dropna()
    out: dict[str, pd.DataFrame] = {}
    issues: list[CellIssue] = []
    for name, frame in assets.items():
        out[name] = frame
        if "corridor_id" not in frame or streets.empty:
            continue
        own = (
            frame["street"] if "street" in frame else pd.Series(None, index=frame.index)
        )
        own = own.astype(object)
        filled = own.where(own.notna(), frame["corridor_id"].map(streets)).astype(
            object
        )
        number = int((own.isna() & filled.notna()).sum())
        if number:
            out[name] = frame.assign(street=filled.where(filled.notna(), None))
            issues.append(_note("street", "inventory.streets_filled", number, name))
    return out, issues


def _note(column: str, code: str, number: int, table: str = "") -> CellIssue:
    params = {"number": number, "table": table}
    return CellIssue("", "", 0, column, "", code, "note", params)
