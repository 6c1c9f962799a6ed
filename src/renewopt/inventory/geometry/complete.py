"""Complete the assets with their geometry, in CGCS2000 longitude and latitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.bulk import arrow_texts
from renewopt.inventory.geometry.checks import compare_lengths, note_reversed
from renewopt.inventory.geometry.extract import TableGeometry, replaced
from renewopt.inventory.geometry.place import Notes, Placed, place
from renewopt.inventory.geometry.settings import GeometrySettings
from renewopt.inventory.geometry.shapes import Located, locate_shapes, pair_metres
from renewopt.inventory.geometry.wkb import lines_wkb, points_wkb
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.readers.texts import text_column

_POINT = (("lon", "lat"),)
_LINE = (("start_lon", "start_lat"), ("end_lon", "end_lat"))
Floats = npt.NDArray[np.float64]
Found = tuple[TableGeometry, Notes, Located | None]


def complete_geometry(
    assets: Mapping[str, pd.DataFrame],
    geometries: Sequence[TableGeometry],
    settings: GeometrySettings,
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], list[CellIssue]]:
    """Fill in where the assets are, and check it.

    Returns the assets with `lon`, `lat` (points) or `start_lon` … `end_lat` (lines),
    per class a table of `asset_id` and `wkb` (longitude, latitude in CGCS2000), and
    what was questioned or repaired. An asset whose place is not certain has none.

    Raises
    ------
    InputError
        Where coordinates need the extra that is not installed.
    """
    completed = dict(assets)
    shapes: dict[str, pd.DataFrame] = {}
    issues: list[CellIssue] = []
    for name in assets:
        found: list[Found] = []
        for item in geometries:
            if item.kind == name:
                notes = Notes(item)
                notes.issues += item.issues
                found.append((item, notes, _locate(item, settings, notes)))
        if not found:
            continue
        rows = [_rows_of(assets[name], item) for item, _, _ in found]
        completed[name], shapes[name] = _fill(assets[name], found, rows, settings)
        for (item, notes, located), where in zip(found, rows, strict=True):
            if located is not None and item.geometry == "line":
                stated = _stated(assets[name], where)
                compare_lengths(stated, located, settings, notes)
        if any(item.geometry == "line" for item, _, _ in found):
            note_reversed([(notes, located) for _, notes, located in found])
        issues += [issue for _, notes, _ in found for issue in notes.issues]
    return completed, shapes, issues


def _locate(
    item: TableGeometry, settings: GeometrySettings, notes: Notes
) -> Located | None:
    if not len(item.coords):
        return None
    placed = place(item, settings)
    notes.issues += placed.issues
    if not placed.good.any():
        return None
    if item.shapes is not None:
        return locate_shapes(placed, notes)
    return _locate_pairs(item, placed, notes)


def _locate_pairs(item: TableGeometry, placed: Placed, notes: Notes) -> Located:
    """Locate points, or lines by their two ends."""
    lon, lat, owner = placed.lon, placed.lat, item.owner
    if not placed.good.all():
        mine = placed.good[owner]
        lon, lat, owner = lon[mine], lat[mine], owner[mine]
    if item.geometry == "point":
        start = np.column_stack([lon, lat])
        found = Located(
            points_wkb(lon, lat), start, np.full_like(start, np.nan),
            np.full(len(start), np.nan),
        )  # fmt: skip
        return _at(found, owner, len(item.asset_id))
    start = np.column_stack([lon[::2], lat[::2]])
    end = np.column_stack([lon[1::2], lat[1::2]])
    found = Located(lines_wkb(lon, lat), start, end, pair_metres(start, end))
    found = _at(found, owner[::2], len(item.asset_id))
    wkb, start, end, metres = found.wkb, found.start, found.end, found.metres
    alike = (start[:, 0] == end[:, 0]) & (start[:, 1] == end[:, 1])
    for i in np.flatnonzero(alike):
        notes.add("inventory.zero_length", "questioned", int(i))
        wkb[i] = None
    metres[alike] = np.nan
    return Located(wkb, start, end, metres)


def _at(found: Located, owner: npt.NDArray[np.int64], size: int) -> Located:
    """Give what was located its place among all assets; most tables have it there."""
    if np.array_equal(owner, np.arange(size)):
        return found
    wkb = np.full(size, None, dtype=object)
    start, end = np.full((size, 2), np.nan), np.full((size, 2), np.nan)
    metres = np.full(size, np.nan)
    wkb[owner], start[owner], end[owner] = found.wkb, found.start, found.end
    metres[owner] = found.metres
    return Located(wkb, start, end, metres)


def _stated(frame: pd.DataFrame, where: npt.NDArray[np.intp]) -> Floats:
    """Give the length that each asset of a table states, metres; NaN where none."""
    if "length_m" not in frame or not len(frame):
        return np.full(len(where), np.nan)
    lengths = frame["length_m"].to_numpy(dtype=float)
    return np.where(where >= 0, lengths[where], np.nan)


def _rows_of(frame: pd.DataFrame, item: TableGeometry) -> npt.NDArray[np.intp]:
    """Find the assets of a table in the table of their class; -1: not there."""
    ids = frame["asset_id"].to_numpy(dtype=object)
    if len(ids) == len(item.asset_id) and (
        ids.__array_interface__ == item.asset_id.__array_interface__
        or (ids == item.asset_id).all()
    ):
        return np.arange(len(ids))
    return np.asarray(pd.Index(ids).get_indexer(pd.Index(item.asset_id)))


def _fill(
    frame: pd.DataFrame,
    found: Sequence[Found],
    rows: Sequence[npt.NDArray[np.intp]],
    settings: GeometrySettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the coordinates into the table of the class; give its shapes beside it."""
    pairs = _LINE if found[0][0].geometry == "line" else _POINT
    names = [name for pair in pairs for name in pair]
    values = {
        name: frame[name].to_numpy(dtype=float, copy=True)
        if name in frame
        else np.full(len(frame), np.nan)
        for name in names
    }
    wkb = np.full(len(frame), None, dtype=object)
    done = np.zeros(len(frame), dtype=bool)
    for (item, _, located), where in zip(found, rows, strict=True):
        # An identifier that two tables use belongs to the first.
        mine = (where >= 0) & ~done[where]
        done[where[mine]] = True
        system = settings.of(item.file)
        taken = mine
        if system is None or system.is_same:
            # Half a pair of ends is kept as it was read; in another system it is not.
            held = np.zeros(len(where), dtype=bool)
            held[item.owner] = True
            taken = mine & held
        at = where[taken]
        whole = np.array_equal(at, np.arange(len(frame)))
        # The whole table in its order is written at once.
        into = slice(None) if whole else at
        of = slice(None) if whole else np.flatnonzero(taken)
        for (lon, lat), ends in zip(pairs, _points(located), strict=False):
            for name, column in ((lon, 0), (lat, 1)):
                values[name][into] = np.nan if ends is None else ends[of, column]
        if located is not None:
            wkb[into] = located.wkb[of]
    known = {k: v for k, v in values.items() if k in frame or not np.isnan(v).all()}
    here = ~pd.isna(wkb)
    ids = frame["asset_id"].to_numpy()
    shapes = pd.DataFrame(
        {
            "asset_id": text_column(arrow_texts(ids[here]))
            if here.any()
            else ids[here],
            "wkb": pd.Series(wkb[here], dtype=object, copy=False),
        },
        copy=False,
    )
    return frame.assign(**known), shapes


def _points(located: Located | None) -> tuple[Floats | None, Floats | None]:
    return (None, None) if located is None else (located.start, located.end)


def without_used(
    issues: Sequence[CellIssue], geometries: Sequence[TableGeometry]
) -> list[CellIssue]:
    """Leave out what the columns of a class say of cells that were used here.

    A cell of a row that has no place for another reason keeps its question.
    """
    tables: dict[tuple[str, str], list[TableGeometry]] = {}
    for item in geometries:
        tables.setdefault((item.file, item.sheet), []).append(item)
    placed: dict[int, set[int]] = {}
    own: dict[int, set[tuple[int, str]]] = {}

    def is_used(issue: CellIssue, item: TableGeometry) -> bool:
        if not replaced(issue, item.used):
            return False
        if id(item) not in placed:
            placed[id(item)] = set(item.rows[np.unique(item.owner)].tolist())
            own[id(item)] = {(other.row, other.column) for other in item.issues}
        return (
            issue.code == "inventory.unknown_column"
            or issue.row in placed[id(item)]
            or (issue.row, issue.column) in own[id(item)]
        )

    return [
        issue
        for issue in issues
        if not any(
            is_used(issue, item) for item in tables.get((issue.file, issue.sheet), ())
        )
    ]
