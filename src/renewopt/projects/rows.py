"""Rows of projects, packages and assets in a case, put together from their members."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.core.errors import InputError, message


def concat(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the tables that have rows below each other."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def refuse_same_ids(members: Sequence[pd.DataFrame]) -> None:
    """Refuse projects of one identifier that come from several places."""
    seen: set[str] = set()
    twice: set[str] = set()
    for frame in members:
        own = set(frame["project_id"]) if len(frame) else set()
        twice |= own & seen
        seen |= own
    if twice:
        raise InputError(
            *(message("projects.running_id", value=name) for name in sorted(twice))
        )


def package_rows(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the packages together; refuse one identifier for two of them."""
    table = concat(parts)
    table = table[[c for c in table if c in CASE_SCHEMAS["packages"].column_names()]]
    twice = sorted(set(table.loc[table["package_id"].duplicated(), "package_id"]))
    if twice:
        raise InputError(*(message("packages.same_id", value=name) for name in twice))
    return table


def project_rows(members: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Add up the assets of each project; those of a list are as their rows say."""
    if len(listed):
        members = members[~members["project_id"].isin(listed["project_id"])]
    if len(members) == 0:
        return listed
    rows = members.assign(
        name=members["project_name"],
        length_m=members["metres"].fillna(0.0),
        floor_area_m2=members["floor_area"].fillna(0.0),
        risk_now=members["risk_now"].fillna(0.0),
        agreed=members["households"] * members["consent"],
    )
    by_project = rows.groupby("project_id", sort=True)
    table = by_project[["name", "asset_class", "level", "district", "street"]].first()
    sums = by_project[["households", "length_m", "floor_area_m2", "risk_now"]].sum()
    table = table.join(sums.round({"length_m": 2, "floor_area_m2": 2}))
    table["households"] = table["households"].round().astype("int64")
    share = by_project["agreed"].sum() / by_project["households"].sum()
    table["consent_bp"] = (share.fillna(1.0) * 10_000 + 1e-6).astype("int64")
    table["grade"] = by_project["grade"].max().astype("Int64")
    return concat([table.reset_index(), listed])


def project_asset_rows(members: pd.DataFrame) -> pd.DataFrame:
    """List what is in each project, for the auditor to add up."""
    table = members[["project_id", "asset_id", "quantity", "unit"]].copy()
    table["quantity"] = table["quantity"].fillna(0.0)
    table["install_year"] = members["built"]
    return table
