"""Lengths that a table lacks, measured on the geometry of its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.ends import LENGTH
from renewopt.inventory.geometry import TableGeometry
from renewopt.inventory.geometry.shapes import line_metres, pair_metres
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.qualities import COLUMNS
from renewopt.inventory.readers.extras import need
from renewopt.inventory.tables import ParsedTable, TableCount

Frames = Mapping[str, pd.DataFrame]
Floats = npt.NDArray[np.float64]
_ENDS = (["start_lon", "start_lat"], ["end_lon", "end_lat"])


@dataclass(frozen=True, eq=False)
class Measured:
    """The assets with their lengths, and what became of the rows without one."""

    assets: dict[str, pd.DataFrame]
    shapes: dict[str, pd.DataFrame]
    qualities: pd.DataFrame
    issues: tuple[CellIssue, ...]
    counts: tuple[TableCount, ...]


def measure_lengths(
    assets: Frames, shapes: Frames, tables: Sequence[ParsedTable],
    geometries: Sequence[TableGeometry], counts: Sequence[TableCount],
    catalogue: Catalogue,
) -> Measured:  # fmt: skip
    """Measure the lines of tables that have no column of lengths.

    A length that is taken is listed as converted, with one note per table. Lines whose
    place is not known have none: they are rejected, each one named.
    """
    out, left = dict(assets), dict(shapes)
    listed, issues, rows = [], list[CellIssue](), list(counts)
    for table in tables:
        spec = _needed(catalogue, table.kind)
        if spec is None or LENGTH in table.frame or table.kind not in out:
            continue
        columns = [s.name for s in catalogue.asset_classes[table.kind].columns]
        frame = _with_column(out[table.kind], columns)
        ids = table.frame["asset_id"]
        mine = (frame["asset_id"].isin(set(ids)) & frame[LENGTH].isna()).to_numpy()
        metres = _metres(frame[mine], left.get(table.kind), table, geometries)
        frame.loc[mine, LENGTH] = np.round(metres, 2)
        names = frame["asset_id"].to_numpy(dtype=object)[mine]
        listed.append(_listed(table.kind, names[~np.isnan(metres)]))
        gone = set(names[np.isnan(metres)])
        issues += _said(table, len(names) - len(gone), gone)
        out[table.kind] = frame[~frame["asset_id"].isin(gone)].reset_index(drop=True)
        if gone and table.kind in left:
            shape = left[table.kind]
            kept = ~shape["asset_id"].isin(gone)
            left[table.kind] = shape[kept].reset_index(drop=True)
        rows = [_without(count, table, len(gone)) for count in rows]
    return Measured(out, left, _together(listed), tuple(issues), tuple(rows))


def _needed(catalogue: Catalogue, kind: str) -> Any:
    """Give the column of lengths, where the class needs one."""
    model = catalogue.asset_classes.get(kind)
    columns = model.columns if model is not None else ()
    return next((s for s in columns if s.name == LENGTH and s.required), None)


def _with_column(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Give the table a column of lengths, where it usually stands."""
    if LENGTH in frame:
        return frame.copy()
    frame = frame.assign(**{LENGTH: np.full(len(frame), np.nan)})
    usual = [name for name in columns if name in frame]
    return frame[[*usual, *(name for name in frame if name not in usual)]]


def _metres(
    frame: pd.DataFrame, shapes: pd.DataFrame | None, table: ParsedTable,
    geometries: Sequence[TableGeometry],
) -> Floats:  # fmt: skip
    """Measure whole lines along the ellipsoid; NaN where none is known."""
    own = [
        item
        for item in geometries
        if (item.kind, item.file, item.sheet) == (table.kind, table.file, table.sheet)
        and item.straight
    ]
    if not own or shapes is None:
        return np.full(len(frame), np.nan)
    if own[0].shapes is None:  # pieces between two survey points
        if not {*_ENDS[0], *_ENDS[1]} <= set(frame):
            return np.full(len(frame), np.nan)
        start, end = (frame[list(e)].to_numpy(dtype=float) for e in _ENDS)
        metres = pair_metres(start, end)
        return np.where(metres > 0, metres, np.nan)
    shapely: Any = need("shapely", "gis", table.file)
    found = shapes.drop_duplicates("asset_id").set_index("asset_id")["wkb"]
    wkb = found.reindex(frame["asset_id"]).to_numpy(dtype=object, copy=True)
    wkb[pd.isna(wkb)] = None
    lines = shapely.from_wkb(wkb)
    metres = line_metres(shapely, lines)
    return np.where(metres > 0, metres, np.nan)


def _listed(kind: str, ids: npt.NDArray[np.object_]) -> pd.DataFrame:
    cells = dict.fromkeys(COLUMNS, np.nan) | {
        "asset_class": kind, "column": LENGTH, "quality": "converted", "raw": "",
    }  # fmt: skip
    return pd.DataFrame({**cells, "asset_id": ids}, columns=list(COLUMNS))


def _together(listed: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in listed if len(table)]
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return pd.concat(filled, ignore_index=True) if filled else empty


def _said(table: ParsedTable, taken: int, gone: set[object]) -> list[CellIssue]:
    """Say in one note how many lengths were measured, and name the rows without."""
    out = []
    if taken:
        place = (table.file, table.sheet, 0, "", "")
        code = "inventory.length_from_geometry"
        out.append(CellIssue(*place, code, "note", {"rows": taken}))
    lost = table.frame["asset_id"].isin(gone).to_numpy()
    for i in np.flatnonzero(lost):
        name = str(table.frame["asset_id"].iloc[i])
        place = (table.file, table.sheet, int(table.rows[i]), "", name)
        out.append(CellIssue(*place, "inventory.no_length", "rejected"))
    return out


def _without(count: TableCount, table: ParsedTable, gone: int) -> TableCount:
    if (count.table, count.file, count.sheet) != (table.kind, table.file, table.sheet):
        return count
    return replace(count, kept=count.kept - gone, rejected=count.rejected + gone)
