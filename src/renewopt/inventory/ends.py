"""What the place of a line tells where its table does not: identifiers and lengths.

A survey table (起点点号, 终点点号) often has no number per pipe, and a layer no column
of lengths. Neither is a reason to refuse the file.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.geometry.columns import Columns, Place, find_columns
from renewopt.inventory.geometry.nodes import Texts, node_names
from renewopt.inventory.header_cells import Header
from renewopt.inventory.headers import HeaderRow, Match
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import Geometry, RawTable
from renewopt.inventory.tables import ParsedTable, at_columns

LENGTH, IDENTIFIER = "length_m", "asset_id"
_LINE_TYPES = frozenset({2, 5})
"""Line and multi-line in well-known binary."""


def told_by_place(raw: RawTable, kind: TableKind) -> frozenset[str]:
    """Name the required columns that a table of lines may lack: its place tells them.

    Nodes of both ends tell the identifier and, with a table of survey points, the
    length; whole shapes tell the length. Two ends alone do not: the line may wind.
    """
    if not any(spec.name == LENGTH for spec in kind.columns):
        return frozenset()
    columns = find_columns(raw.top())
    told = set()
    if _node_places(columns) is not None:
        told |= {IDENTIFIER, LENGTH}
    shapes = raw.geometry is not None and _has_lines(raw.geometry)
    if shapes or (columns is not None and columns.has("", "wkt")):
        told.add(LENGTH)
    return frozenset(told)


def is_survey(raw: RawTable) -> bool:
    """Tell whether a table has survey points at both ends, as CJJ 61 lists them."""
    return _node_places(find_columns(raw.top())) is not None


def _node_places(columns: Columns | None) -> tuple[Place, Place] | None:
    """Give the columns with the points of both ends."""
    end = Place("end", "node")
    for start in (Place("start", "node"), Place("", "node")):
        if columns is not None and {start, end} <= set(columns.positions):
            return start, end
    return None


def _has_lines(geometry: Geometry) -> bool:
    for wkb in geometry.wkb:
        if wkb is not None and len(wkb) >= 5:
            (kind,) = struct.unpack_from("<I" if wkb[0] else ">I", wkb, 1)
            if (kind & 0xFFFF) % 1000 in _LINE_TYPES:
                return True
    return False


def with_told(body: Body, header: HeaderRow, kind: TableKind) -> HeaderRow:
    """Give lines without a number the points of their ends as one.

    A column of numbers without a single one counts as none; so does one of lengths,
    where shapes or points tell them.
    """
    told = told_by_place(body.raw, kind)
    matches = [
        match
        for match in header.matches
        if not (match.spec.name == LENGTH and LENGTH in told and _blank(body, match))
    ]
    own = [
        m
        for m in matches
        if m.spec.name == IDENTIFIER and not m.serial and not _blank(body, m)
    ]
    if IDENTIFIER in told and not own and len(body.cells):
        matches = [m for m in matches if m.spec.name != IDENTIFIER]
        matches.append(_add_ids(body, kind))
    return replace(header, matches=tuple(matches))


def _blank(body: Body, match: Match) -> bool:
    return bool((body.cells[match.position].str.strip() == "").all())


def _add_ids(body: Body, kind: TableKind) -> Match:
    """Put the identifiers into a column of their own, and say so."""
    columns = find_columns(body.raw.top())
    places = _node_places(columns)
    assert columns is not None
    assert places is not None
    start, end = (node_names(body.cells[columns.positions[p]]) for p in places)
    ids, again = node_ids(start, end, body.cells)
    headers = [columns.headers[place] for place in places]
    position = columns.positions[places[0]]
    own = len(body.raw.grid.columns)
    cells = pd.Series(ids, index=body.cells.index, dtype="str")
    body.cells = pd.concat([body.cells, cells.rename(own)], axis=1)
    body.add(
        "inventory.ids_from_nodes", "note", 0, headers[0], position=position,
        end=headers[1], rows=int((ids != "").sum()),
    )  # fmt: skip
    named = np.flatnonzero(ids != "")
    ends = [f"{a}, {b}" for a, b in zip(start[named], end[named], strict=True)]
    body.ledger.add(named, IDENTIFIER, "converted", ends)
    for i in np.flatnonzero(again):
        place = (int(body.rows[i]), headers[0], str(start[i]), str(ids[i]), position)
        body.add("inventory.id_from_nodes_twice", "note", *place, end=headers[1])
    spec = next(spec for spec in kind.columns if spec.name == IDENTIFIER)
    return Match(spec, own, Header(" - ".join(headers), IDENTIFIER, ""))


def shown_at_ends(raw: RawTable, table: ParsedTable) -> ParsedTable:
    """Let issues of identifiers that were made stand at the first point of the line."""
    columns = find_columns(raw.top())
    places = _node_places(columns)
    if columns is None or places is None:
        return table
    return at_columns(table, {len(raw.grid.columns): columns.positions[places[0]]})


def node_ids(
    start: Texts | Sequence[str], end: Texts | Sequence[str], cells: pd.DataFrame
) -> tuple[Texts, npt.NDArray[np.bool_]]:
    """Give each line `start-end`; "" where an end has no number.

    Lines between the same points that differ elsewhere get `(2)`, `(3)` … in the order
    of the rows and are marked; rows that repeat each other share one.
    """
    ids = np.array(
        [f"{a}-{b}" if a and b else "" for a, b in zip(start, end, strict=True)],
        dtype=object,
    )
    again = np.zeros(len(ids), dtype=np.bool_)
    shared = pd.Series(ids).duplicated(keep=False).to_numpy() & (ids != "")
    known: dict[str, dict[tuple[str, ...], int]] = {}
    for i in np.flatnonzero(shared):
        own = known.setdefault(ids[i], {})
        number = own.setdefault(tuple(cells.iloc[i].map(str)), len(own) + 1)
        if number > 1:
            ids[i], again[i] = f"{ids[i]}({number})", True
    return ids, again
