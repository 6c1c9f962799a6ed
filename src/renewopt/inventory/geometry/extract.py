"""Coordinates out of a raw table, as they stand there, row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.mapping import Nodes as NodeHeaders
from renewopt.inventory.geometry.columns import Columns, Place
from renewopt.inventory.geometry.ends import take_ends
from renewopt.inventory.geometry.nodes import Nodes, line_columns, node_names
from renewopt.inventory.geometry.numbers import Floats, Work
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.extras import need
from renewopt.inventory.tables import ParsedTable
from renewopt.inventory.words import key

Texts = npt.NDArray[np.object_]

_REPLACED = frozenset(
    {"unknown_column", "too_large", "too_small", "not_a_number", "place_swapped"}
)
"""Issues of the class's columns that the geometry of the same cells replaces."""


@dataclass(frozen=True, eq=False)
class TableGeometry:
    """Where the assets of one table are, in the table's own coordinates.

    Attributes
    ----------
    kind, geometry
        Asset class, and whether it is a `line` or a `point`.
    asset_id, rows
        The assets and the source row of each.
    coords
        First and second coordinate, as found.
    owner
        Position in `asset_id` of each coordinate, ascending.
    headers
        Headers of the first and second coordinate; empty for a layer.
    order
        `east` or `north`: what the first coordinate is, where the header or the format
        says so; "" where it does not (X and Y).
    shapes
        Shapes with the same coordinates in the same order, where the table holds whole
        shapes; None where it holds points or pairs.
    crs
        What the file itself says; "" where it says nothing.
    straight
        Whether two ends are the whole line (pieces between survey points).
    nodes
        Identifiers of both ends per asset; "" where none.
    lengths
        Header of the length column, for messages.
    used
        Headers that were used here, so that nobody calls them unknown.
    """

    kind: str
    geometry: str
    file: str
    sheet: str
    asset_id: Texts
    rows: npt.NDArray[np.int64]
    coords: Floats
    owner: npt.NDArray[np.int64]
    headers: tuple[str, str] = ("", "")
    order: str = ""
    shapes: Texts | None = None
    crs: str = ""
    straight: bool = False
    nodes: tuple[Texts, Texts] | None = None
    lengths: str = ""
    used: frozenset[str] = frozenset()
    issues: tuple[CellIssue, ...] = ()


def extract(
    raw: RawTable, table: ParsedTable, kind: TableKind, geometry: str,
    nodes: Nodes | None = None, ends: NodeHeaders | None = None,
) -> TableGeometry | None:  # fmt: skip
    """Take the coordinates out of a table; None where it holds none.

    A layer's own shapes come first, then WKT, the ends by survey points, and columns of
    coordinates.

    Parameters
    ----------
    geometry
        `line` or `point`: what the class is.
    nodes
        Survey points of the inventory.
    ends
        Headers of the ends that a profile names.

    Raises
    ------
    InputError
        Where shapes need the extra that is not installed.
    """
    columns = line_columns(raw, ends)
    work = Work(raw, columns, table.rows)
    ids = table.frame["asset_id"].to_numpy(dtype=object)
    base = TableGeometry(
        table.kind, geometry, raw.file, raw.sheet, ids, table.rows, np.empty((0, 2)),
        np.empty(0, dtype=np.int64), lengths=_length_header(raw, kind),
    )  # fmt: skip
    found = _shapes(work, base)
    if found is None and columns is not None and not _as_read(table, columns):
        found = _by_columns(work, columns, base, nodes)
    if found is None:
        found = _by_frame(table.frame, base)
    if found is not None and columns is not None:
        found = _without_doubted(found, table, columns)
    if columns is not None and (found is not None or columns.has("start", "node")):
        both = _node_texts(work, columns)
        used = frozenset(columns.headers.values())
        found = replace(found or base, nodes=both, used=used)
    return None if found is None else replace(found, issues=tuple(work.issues))


def ends_of(
    raw: RawTable, table: ParsedTable, ends: NodeHeaders | None = None
) -> tuple[frozenset[str], str]:
    """Give the points that the lines of a table name as their ends, and the header."""
    columns = line_columns(raw, ends)
    both = _node_texts(Work(raw, columns, table.rows), columns) if columns else None
    if columns is None or both is None:
        return frozenset(), ""
    start, end = Place("start", "node"), Place("end", "node")
    header = columns.headers.get(start) or columns.headers[end]
    return frozenset(name for names in both for name in names if name), header


def replaced(issue: CellIssue, used: frozenset[str]) -> bool:
    """Tell whether the geometry says itself what an issue says of its columns."""
    code = issue.code.removeprefix("inventory.")
    return code in _REPLACED and _is_of(issue.column, used)


def _is_of(column: str, used: frozenset[str]) -> bool:
    """Tell whether a column is one of these headers, perhaps with its group before."""
    return column in used or any(column.endswith(f" {name}") for name in used)


def _asked(table: ParsedTable) -> set[str]:
    """Give the columns about which something is said, each once."""
    return {issue.column for issue in table.issues}


def _without_doubted(
    found: TableGeometry, table: ParsedTable, columns: Columns
) -> TableGeometry:
    """Leave out coordinates that the class's own columns took back."""
    used = frozenset(columns.headers.values())
    mine = {name for name in _asked(table) if _is_of(name, used)}
    rows = [
        issue.row
        for issue in table.issues
        if issue.column in mine
        and issue.severity in {"questioned", "rejected"}
        and not replaced(issue, used)
    ]
    doubted = np.isin(found.rows, rows)
    if found.shapes is not None or not doubted.any():
        return found
    keep = ~doubted[found.owner]
    return replace(found, coords=found.coords[keep], owner=found.owner[keep])


def _as_read(table: ParsedTable, columns: Columns) -> bool:
    """Tell whether the class's own columns hold the coordinates, none of them doubted.

    They are numbers already, which is faster for large tables.
    """
    ours = {"start_lon", "start_lat", "end_lon", "end_lat", "lon", "lat"}
    mine = frozenset(
        h for p, h in columns.headers.items() if p.meaning in {"east", "north"}
    )
    others = any(p.meaning in {"x", "y", "node"} for p in columns.positions)
    doubted = any(_is_of(name, mine) for name in _asked(table))
    count = len(ours & set(table.frame.columns))
    return not others and not doubted and 0 < len(mine) == count


_LINE_ENDS = (("start_lon", "start_lat"), ("end_lon", "end_lat"))


def _by_frame(frame: pd.DataFrame, base: TableGeometry) -> TableGeometry | None:
    """Take longitude and latitude as they were read by the class's own columns."""
    pairs = _LINE_ENDS if base.geometry == "line" else (("lon", "lat"),)
    if not all(name in frame for pair in pairs for name in pair):
        return None
    coords = np.empty((len(frame), len(pairs), 2))
    for i, pair in enumerate(pairs):
        for k, name in enumerate(pair):
            coords[:, i, k] = frame[name].to_numpy(dtype=float)
    kept = ~np.isnan(coords.sum(axis=(1, 2)))
    return replace(
        base,
        coords=(coords if kept.all() else coords[kept]).reshape(-1, 2),
        owner=np.repeat(np.flatnonzero(kept), len(pairs)),
        headers=pairs[0],
        order="east",
    )


def _by_columns(
    work: Work, columns: Columns, base: TableGeometry, nodes: Nodes | None
) -> TableGeometry | None:
    ends = _node_texts(work, columns)
    if base.geometry == "line":
        if nodes is not None and ends is not None:
            return _from_nodes(work, columns, base, ends, nodes)
        roles: tuple[str, ...] = ("start", "end")
    else:
        roles = ("",)
    parts = take_ends(work, columns, roles)
    if parts is None:
        return None
    coords = np.stack([part.coords for part in parts], axis=1)
    kept = ~np.isnan(coords).any(axis=(1, 2))
    owner = np.repeat(np.flatnonzero(kept), len(parts))
    return replace(
        base,
        coords=coords[kept].reshape(-1, 2),
        owner=owner,
        headers=parts[0].headers,
        order=parts[0].order,
    )


def _node_texts(work: Work, columns: Columns) -> tuple[Texts, Texts] | None:
    start, end = Place("start", "node"), Place("end", "node")
    if start not in columns.positions:
        start = Place("", "node")
    if start not in columns.positions or end not in columns.positions:
        return None
    return node_names(work.texts(start)), node_names(work.texts(end))


def _from_nodes(
    work: Work, columns: Columns, base: TableGeometry, ends: tuple[Texts, Texts],
    nodes: Nodes,
) -> TableGeometry:  # fmt: skip
    index = pd.Index(nodes.ids)
    table = pd.DataFrame(nodes.coords, index=index)
    table = table[~index.duplicated()]
    coords = np.stack(
        [table.reindex(end).to_numpy(dtype=float) for end in ends], axis=1
    )
    kept = ~np.isnan(coords).any(axis=(1, 2))
    start = Place("start", "node")
    names = (columns.headers.get(start, ""), columns.headers[Place("end", "node")])
    for end, name in zip(ends, names, strict=True):
        lost = (end != "") & ~pd.Index(end).isin(table.index)
        for i in np.flatnonzero(lost):
            work.issues.append(
                CellIssue(
                    work.raw.file, work.raw.sheet, int(work.rows[i]), name,
                    str(end[i]), "inventory.no_such_node", "questioned",
                    {"nodes": nodes.file},
                )
            )  # fmt: skip
    return replace(
        base,
        coords=coords[kept].reshape(-1, 2),
        owner=np.repeat(np.flatnonzero(kept), 2),
        headers=nodes.headers,
        order=nodes.order,
        straight=True,
    )


def _shapes(work: Work, base: TableGeometry) -> TableGeometry | None:
    """Take whole shapes: of a layer, or from a column of WKT."""
    raw, columns = work.raw, work.columns
    if raw.geometry is not None:
        shapely: Any = need("shapely", "gis", raw.file)
        found = raw.geometry.wkb[work.rows - raw.first_row]
        shapes = shapely.from_wkb(found, on_invalid="ignore")
        given = np.array([wkb is not None for wkb in found], dtype=bool)
        crs, name = raw.geometry.crs, ""
    elif columns is not None and columns.has("", "wkt"):
        shapely = need("shapely", "gis", raw.file)
        place = Place("", "wkt")
        texts = work.texts(place).str.strip()
        stated: Any = ()
        if texts.str.startswith("SRID=").any():
            stated = texts.str.extract(r"^SRID=(\d+);", expand=False).dropna().unique()
            texts = texts.str.replace(r"^SRID=\d+;", "", regex=True)
        found = texts.to_numpy(dtype=object)
        shapes = shapely.from_wkt(found, on_invalid="ignore")
        given, name = found != "", columns.headers[place]
        crs = f"EPSG:{stated[0]}" if len(stated) == 1 else ""
    else:
        return None
    shapes = shapely.force_2d(shapes)
    usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    for i in np.flatnonzero(given & ~usable):
        work.issues.append(
            CellIssue(
                raw.file, raw.sheet, int(work.rows[i]), name,
                str(found[i])[:200] if name else "", "inventory.bad_geometry",
                "questioned",
            )
        )  # fmt: skip
    shapes[~usable] = None
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    headers = (name, name)
    return replace(
        base, coords=coords, owner=owner, headers=headers, order="east",
        shapes=shapes, crs=crs, straight=True,
    )  # fmt: skip


def _length_header(raw: RawTable, kind: TableKind) -> str:
    """Find the header of the length column, for messages."""
    names = {key(n) for s in kind.columns if s.name == "length_m"
             for n in (s.name, *s.headers.all())}  # fmt: skip
    for cells in raw.top():
        for cell in cells:
            if key(cell) in names:
                return cell.strip()
    return "length_m"
