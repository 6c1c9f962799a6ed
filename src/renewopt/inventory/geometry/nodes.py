"""Tables of survey points, by which lines know their ends: the one reader of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.catalogue.mapping import Nodes as NodeHeaders
from renewopt.inventory.geometry.columns import Columns, Place, find_columns
from renewopt.inventory.geometry.numbers import Floats, Work
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key, plain

Texts = npt.NDArray[np.object_]
DEGREES = 360.0
"""Coordinates up to this are degrees, from which no length in metres is taken."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """A table of survey points: 点号, X, Y.

    Attributes
    ----------
    ids, coords
        Points of one certain place, as they stand in the file.
    headers, order
        Headers of both coordinates, and `east` where the first one says so.
    issues
        Bad coordinates, and points that are there twice with different places.
    kinds
        Classes that the name of the sheet or file states; empty: none.
    """

    file: str
    ids: Texts
    coords: Floats
    headers: tuple[str, str]
    order: str
    issues: tuple[CellIssue, ...] = ()
    sheet: str = ""
    kinds: frozenset[str] = frozenset()

    def metres(self) -> dict[str, tuple[float, float]]:
        """Give the points whose coordinates are plane ones, in metres."""
        plane = (np.abs(self.coords) > DEGREES).all(axis=1)
        places = self.coords[plane].tolist()
        return {
            str(i): (x, y) for i, (x, y) in zip(self.ids[plane], places, strict=True)
        }


def is_point_sheet(raw: RawTable, headers: NodeHeaders | None) -> bool:
    """Tell whether a profile says that a table holds the points of lines."""
    name = key(raw.sheet)
    patterns = headers.sheets if headers else ()
    return any(fnmatchcase(name, key(p).replace("[", "[[]")) for p in patterns)


def read_nodes(raw: RawTable, headers: NodeHeaders | None = None) -> Nodes | None:
    """Take a table as survey points, if it has their numbers, X and Y and no ends.

    Parameters
    ----------
    headers
        What a profile says of sheets of points; else the usual headers are looked for.
    """
    columns = _by_profile(raw, headers) if headers else _by_headers(raw)
    pair = columns.pair("") if columns is not None else None
    if columns is None or pair is None or not columns.has("", "node"):
        return None
    rows = np.arange(columns.row + 1, len(raw.grid)) + raw.first_row
    work = Work(raw, columns, rows)
    ids = node_names(work.texts(Place("", "node")))
    coords = np.column_stack([work.numbers(place) for place in pair])
    keep = (ids != "") & ~np.isnan(coords).any(axis=1)
    named = columns.headers[pair[0]], columns.headers[pair[1]]
    order = "east" if pair[0].meaning == "east" else ""
    found = Nodes(raw.file, ids[keep], coords[keep], named, order, sheet=raw.sheet)
    return _of_one_place(found, columns.headers[Place("", "node")], work.issues)


def node_names(texts: pd.Series) -> Texts:
    """Give the identifiers of points in their normal form; "" where there is none."""
    bare = texts.str.strip()
    names = bare.to_numpy(dtype=object, copy=True)
    array = pa.array(bare, type=pa.large_string())
    usual = pc.and_(
        pc.string_is_ascii(array), pc.invert(pc.match_substring(array, "  "))
    )
    for i in np.flatnonzero(~np.asarray(usual, dtype=bool)):
        names[i] = plain(names[i])
    return names


def line_columns(raw: RawTable, headers: NodeHeaders | None = None) -> Columns | None:
    """Find the columns that say where lines are; a profile may name their ends."""
    found = find_columns(raw.top())
    if headers is None:
        return found
    ends = {Place("start", "node"): headers.start, Place("end", "node"): headers.end}
    there = _named(raw, ends)
    if there is None or (found is not None and found.row != there.row):
        return found if there is None else there
    if found is None:
        return there
    return Columns(
        there.row, found.positions | there.positions, found.headers | there.headers
    )


def _by_headers(raw: RawTable) -> Columns | None:
    """Find the usual headers; a table with ends or lengths is one of lines."""
    columns = find_columns(raw.top())
    if columns is None:
        return None
    lines = any(place.role for place in columns.positions)
    return None if lines or _has_length(raw, columns.row) else columns


def _by_profile(raw: RawTable, headers: NodeHeaders) -> Columns | None:
    """Find the headers that a profile names, in a sheet that it means."""
    if not is_point_sheet(raw, headers):
        return None
    wanted = {
        Place("", "node"): headers.id, Place("", "x"): headers.x,
        Place("", "y"): headers.y,
    }  # fmt: skip
    return _named(raw, wanted)


def _named(raw: RawTable, wanted: Mapping[Place, Sequence[str]]) -> Columns | None:
    """Find the row in which each place has one of its headers."""
    for row, cells in enumerate(raw.top()):
        keys = [key(cell) for cell in cells]
        at = {
            place: next((keys.index(key(n)) for n in names if key(n) in keys), None)
            for place, names in wanted.items()
        }
        found = {place: i for place, i in at.items() if i is not None}
        if len(found) == len(wanted):
            texts = {place: cells[i].strip() for place, i in found.items()}
            return Columns(row, found, texts)
    return None


def joined_nodes(tables: Sequence[Nodes], file: str = "") -> Nodes | None:
    """Put the survey points of several tables together; None where there are none.

    Parameters
    ----------
    file
        The file of the lines: points of its own tables go before others with the same
        number.

    Returns
    -------
    Nodes or None
        Points with several places are left out; `issues` holds what joining found, not
        what reading the tables did.
    """
    near = _together([table for table in tables if table.file == file])
    far = _together([table for table in tables if table.file != file])
    if near is None or far is None:
        return near or far
    known = set(near.ids)
    new = np.array([name not in known for name in far.ids], dtype=bool)
    rest = replace(far, ids=far.ids[new], coords=far.coords[new])
    return _together([near, rest], (*near.issues, *far.issues))


def _together(
    tables: Sequence[Nodes], issues: Sequence[CellIssue] = ()
) -> Nodes | None:
    """Join tables; `issues` are those of the result, what it finds itself is added."""
    if len(tables) < 2:
        return replace(tables[0], issues=tuple(issues)) if tables else None
    whole = replace(
        tables[0],
        file=", ".join(dict.fromkeys(table.file for table in tables)),
        sheet="",
        ids=np.concatenate([table.ids for table in tables]),
        coords=np.concatenate([table.coords for table in tables]),
    )
    return _of_one_place(whole, "", issues)


def _of_one_place(found: Nodes, header: str, issues: Iterable[CellIssue]) -> Nodes:
    """Leave out points with several places; say which they are."""
    said = list(issues)
    twice = pd.Series(found.ids).duplicated(keep=False).to_numpy()
    apart = twice & _differ(found.ids, found.coords)
    for name in sorted(set(found.ids[apart])):
        place = (found.file, found.sheet, 0, header, name)
        said.append(CellIssue(*place, "inventory.node_twice", "questioned"))
    return replace(
        found, ids=found.ids[~apart], coords=found.coords[~apart], issues=tuple(said)
    )


def _differ(ids: Texts, coords: Floats) -> npt.NDArray[np.bool_]:
    frame = pd.DataFrame({"id": ids, "x": coords[:, 0], "y": coords[:, 1]})
    spread = frame.groupby("id")[["x", "y"]].transform(lambda v: v.max() - v.min())
    found: npt.NDArray[np.bool_] = (spread.max(axis=1) > 0).to_numpy(dtype=bool)
    return found


def _has_length(raw: RawTable, row: int) -> bool:
    names = {key(str(cell)) for cell in raw.grid.iloc[row]}
    return any(name.startswith(("管长", "长度", "length")) for name in names)
