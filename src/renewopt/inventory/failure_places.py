"""Where failures happened: points of a layer, or plane coordinates, to degrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from renewopt.inventory.geometry import (
    GeometrySettings,
    TableGeometry,
    complete_geometry,
    extract,
)
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.tables import ParsedTable

Records = tuple[RawTable, ParsedTable, TableKind]


def place_failures(
    records: Sequence[Records], settings: GeometrySettings
) -> tuple[list[ParsedTable], list[TableGeometry], list[CellIssue]]:
    """Give failure records longitude and latitude, where their table says a place.

    Columns of longitude and latitude stay as they were read, but for the shifted ones
    of web maps. Where the system of plane coordinates is not known it is asked for.
    """
    tables: list[ParsedTable] = []
    found: list[TableGeometry] = []
    issues: list[CellIssue] = []
    for raw, table, kind in records:
        system = settings.of(table.file)
        shifted = system is not None and system.is_gcj
        item = None
        if shifted or not _has_degrees(table.frame):
            item = _points(raw, table, kind)
        if item is None:
            tables.append(table)
            continue
        numbers = pd.DataFrame({"asset_id": item.asset_id})
        placed, _, said = complete_geometry({table.kind: numbers}, [item], settings)
        own = placed[table.kind]
        none = pd.Series(np.nan, index=own.index)
        places = {name: own.get(name, none).to_numpy() for name in ("lon", "lat")}
        tables.append(replace(table, frame=table.frame.assign(**places)))
        found.append(item)
        issues += said
    return tables, found, issues


def _has_degrees(frame: pd.DataFrame) -> bool:
    return {"lon", "lat"} <= set(frame) and bool(frame["lon"].notna().any())


def _points(raw: RawTable, table: ParsedTable, kind: TableKind) -> TableGeometry | None:
    """Take the points out of a table; its rows are numbered in place of assets."""
    numbers = np.array([str(row) for row in table.rows], dtype=object)
    frame = table.frame.assign(asset_id=numbers)
    return extract(raw, replace(table, frame=frame), kind, "point")
