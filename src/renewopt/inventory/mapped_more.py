"""Columns that a profile fills from elsewhere: words of a text, points, assumptions.

None of it is silent: every row that is told from words or points has an issue, every
assumption one for the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.mapping import TableMapping
from renewopt.inventory.body import Body
from renewopt.inventory.ends import node_ids
from renewopt.inventory.geometry.nodes import Nodes
from renewopt.inventory.header_cells import Header
from renewopt.inventory.headers import Match
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key, plain

_FROM_POINTS = {
    "asset_id": "inventory.asset_id_from_points",
    "length_m": "inventory.length_m_from_points",
}


def add_derived(
    body: Body,
    mapping: TableMapping,
    foreign: pd.DataFrame,
    positions: Mapping[str, int],
    matches: Sequence[Match],
    specs: Mapping[str, ColumnSpec],
) -> tuple[Match, ...]:
    """Fill empty cells with the code that words of the row tell."""
    added = []
    for name, item in mapping.derived.items():
        columns = [positions[c] for c in item.columns if c in positions]
        texts = [
            plain(" ".join(row)) for row in foreign[columns].to_numpy(dtype=object)
        ]
        match = _match(body, name, matches, specs)
        cells = body.cells[match.position].to_numpy(dtype=object, copy=True)
        header = match.header.text
        for i in range(len(cells)):
            if plain(cells[i]):
                continue
            codes = _told(texts[i], item.words)
            row = int(body.rows[i])
            if len(codes) == 1:
                cells[i] = codes[0]
                _say(
                    body,
                    "inventory.derived",
                    "repaired",
                    row,
                    header,
                    texts[i],
                    codes[0],
                )
            else:
                body.add(
                    "inventory.derived_unclear", "questioned", row, header, texts[i],
                    known=", ".join(item.words),
                )  # fmt: skip
        body.cells[match.position] = cells
        if match not in matches:
            added.append(match)
    return tuple(added)


def _told(text: str, words: Mapping[str, str]) -> list[str]:
    plain_text = key(text)
    return sorted({code for word, code in words.items() if key(word) in plain_text})


def add_ends(
    body: Body,
    mapping: TableMapping,
    raw: RawTable,
    header: int,
    matches: Sequence[Match],
    specs: Mapping[str, ColumnSpec],
    points: Nodes | None,
) -> tuple[Match, ...]:
    """Fill empty identifiers and lengths from the two points of a line.

    The identifier is `start-end`, with a number where several lines join the same
    points; the length is the plane distance of the points.

    Parameters
    ----------
    points
        Survey points of the file, with the headers that the profile names.
    """
    nodes = mapping.nodes
    if nodes is None:
        return ()
    ends = [_texts(body, raw, header, names) for names in (nodes.start, nodes.end)]
    if not all(ends):
        return ()
    places = points.metres() if points is not None else {}
    read = {match.spec.name for match in matches}
    added = []
    texts = raw.grid.iloc[body.rows - raw.first_row]
    told: dict[str, Any] = {
        "asset_id": node_ids(ends[0], ends[1], texts)[0],
        "length_m": [
            _distance(places.get(a), places.get(b)) for a, b in zip(*ends, strict=True)
        ],
    }
    for name, taken in told.items():
        match = _match(body, name, matches, specs)
        cells = body.cells[match.position].to_numpy(dtype=object, copy=True)
        empty = np.array([not plain(cell) for cell in cells], dtype=bool)
        filled = np.flatnonzero(empty & (np.array(taken, dtype=object) != ""))
        for i in filled:
            cells[i] = taken[i]
            place = (int(body.rows[i]), match.header.text, "")
            _say(body, _FROM_POINTS[name], "repaired", *place, taken[i])
        body.ledger.add(filled, name, "converted", [""] * len(filled))
        body.cells[match.position] = cells
        if name not in read:
            added.append(match)
    return tuple(added)


def _distance(
    start: tuple[float, float] | None, end: tuple[float, float] | None
) -> str:
    """Give the distance in metres as text; empty where a point is not known."""
    if start is None or end is None:
        return ""
    return f"{round(math.dist(start, end), 2):.15g}"


def _texts(body: Body, raw: RawTable, header: int, names: Iterable[str]) -> list[str]:
    """Give the texts of a foreign column for the rows that are still there."""
    keys = [key(cell) for cell in raw.grid.iloc[header]]
    for name in names:
        if key(name) in keys:
            column = raw.grid[raw.grid.columns[keys.index(key(name))]]
            return [plain(str(t)) for t in column.iloc[body.rows - raw.first_row]]
    return []


def add_assumed(
    body: Body,
    mapping: TableMapping,
    matches: Sequence[Match],
    specs: Mapping[str, ColumnSpec],
) -> tuple[Match, ...]:
    """Give a column that the file lacks one value, and say so."""
    read = {match.spec.name for match in matches}
    added = []
    for name, item in mapping.assumed.items():
        if name in read:
            continue
        match = _match(body, name, (), specs)
        body.cells[match.position] = np.full(len(body.cells), item.value, dtype=object)
        reason = f"{item.reason.zh} / {item.reason.en}"
        code, name = "inventory.assumed", match.header.text
        _say(body, code, "questioned", 0, name, "", item.value, reason=reason)
        added.append(match)
    return tuple(added)


def _say(
    body: Body, code: str, severity: Severity, row: int, column: str, raw: str,
    taken: str, **params: object,
) -> None:  # fmt: skip
    """Note what was taken without standing in a cell of its own."""
    place = (body.raw.file, body.raw.sheet, row, column, raw)
    params["taken"] = taken
    body.issues.append(CellIssue(*place, code, severity, params, taken))


def _match(
    body: Body, name: str, matches: Sequence[Match], specs: Mapping[str, ColumnSpec]
) -> Match:
    """Give the column of ours, a new empty one where the file has none."""
    for match in matches:
        if match.spec.name == name:
            return match
    position = len(body.cells.columns)
    body.cells = body.cells.assign(**{str(position): ""}).rename(
        columns={str(position): position}
    )
    text = specs[name].headers.zh[0]
    return Match(specs[name], position, Header(text, key(text), ""))
