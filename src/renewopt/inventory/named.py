"""Identifiers for things that have only a name: compounds, points, stations.

They are made of district and name, so that they stay the same when the table is read
again, in whatever order its rows stand. A count of rows (序号) does not: it changes
with the order, so it identifies nothing where there are names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.headers import SERIAL, Header, HeaderRow, Match
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.tables import ParsedTable, at_columns
from renewopt.inventory.words import TEXT_MISSING, key, tidy

IDENTIFIER, NAME, DISTRICT, STREET = "asset_id", "name", "district", "street"
_LINE = "length_m"
Texts = npt.NDArray[np.object_]


def tells_identifier(kind: TableKind, found: Sequence[Match]) -> bool:
    """Tell whether names stand for the identifiers: of no line, where none is there."""
    own = {spec.name for spec in kind.columns}
    if not kind.is_asset_class or _LINE in own or not {IDENTIFIER, NAME} <= own:
        return False
    names = {match.spec.name for match in found if not match.serial}
    return NAME in names and IDENTIFIER not in names


def with_names(body: Body, header: HeaderRow, kind: TableKind) -> HeaderRow:
    """Give a table without identifiers an empty column for those that names tell."""
    matches = [m for m in header.matches if not _blank_ids(body, m)]
    if not tells_identifier(kind, matches) or not len(body.cells):
        return header
    for position, text in enumerate(header.texts):
        if Header.of(text).name in SERIAL:  # records may name things by it all the same
            body.add(
                "inventory.serial_not_id", "questioned",
                body.raw.first_row + header.row, text, position=position,
            )  # fmt: skip
    matches = [m for m in matches if m.spec.name != IDENTIFIER]
    source = next(m for m in matches if m.spec.name == NAME)
    own = int(max(body.cells.columns)) + 1
    empty = pd.Series("", index=body.cells.index, dtype="str")
    body.cells = pd.concat([body.cells, empty.rename(own)], axis=1)
    spec = next(spec for spec in kind.columns if spec.name == IDENTIFIER)
    made = Match(spec, own, Header(source.header.text, IDENTIFIER, ""))
    return replace(header, matches=(*matches, made))


def _blank_ids(body: Body, match: Match) -> bool:
    if match.spec.name != IDENTIFIER or match.serial:
        return False
    return bool((body.cells[match.position].str.strip() == "").all())


def fill_names(body: Body, header: HeaderRow, kind: TableKind) -> None:
    """Fill the column of identifiers that `with_names` made, and say so."""
    places = {match.spec.name: match for match in header.matches}
    made, source = places.get(IDENTIFIER), places.get(NAME)
    width = len(body.raw.grid.columns)
    if made is None or source is None or made.position < width:
        return
    ids, again = name_ids(
        _texts(body, places.get(DISTRICT)),
        _texts(body, source),
        _texts(body, places.get(STREET)),
        body.cells[_content(header, width)].to_numpy(dtype=object),
    )
    body.cells[made.position] = pd.Series(ids, index=body.cells.index, dtype="str")
    named = np.flatnonzero(ids != "")
    texts = _texts(body, source)
    body.ledger.add(named, IDENTIFIER, "converted", texts[named].tolist())
    district = places.get(DISTRICT)
    body.add(
        "inventory.ids_from_names", "note", 0, source.header.text,
        position=source.position, rows=len(named),
        district=district.header.text if district else "-",
    )  # fmt: skip
    for i in np.flatnonzero(again):
        place = (int(body.rows[i]), source.header.text, str(texts[i]), str(ids[i]))
        body.add("inventory.name_twice", "questioned", *place, position=source.position)


def _content(header: HeaderRow, width: int) -> list[int]:
    """List the columns of the sheet that say something of the thing: no 序号."""
    return [
        i
        for i in range(width)
        if i >= len(header.texts) or Header.of(header.texts[i]).name not in SERIAL
    ]


def shown_at_names(raw: RawTable, header: HeaderRow, table: ParsedTable) -> ParsedTable:
    """Let issues of identifiers that were made stand at the names."""
    places = {match.spec.name: match.position for match in header.matches}
    made = places.get(IDENTIFIER, -1)
    if made < len(raw.grid.columns) or NAME not in places:
        return table
    return at_columns(table, {made: places[NAME]})


def _texts(body: Body, match: Match | None) -> Texts:
    if match is None:
        return np.full(len(body.cells), "", dtype=object)
    return body.cells[match.position].to_numpy(dtype=object)


def name_ids(
    districts: Texts, names: Texts, streets: Texts, cells: Texts
) -> tuple[Texts, npt.NDArray[np.bool_]]:
    """Give each row `district-name`; mark rows that share it but differ.

    These are told apart by their streets where all have one and no two the same, else
    by `(2)`, `(3)` … in the order of what stands in them, not of the rows. Rows that
    repeat each other share one.
    """
    ids = np.array(
        [_id(a, b) for a, b in zip(districts, names, strict=True)], dtype=object
    )
    again = np.zeros(len(ids), dtype=np.bool_)
    groups: dict[str, list[int]] = {}
    for i, made in enumerate(ids):
        if made:
            groups.setdefault(key(made), []).append(i)
    for rows in groups.values():
        content = [tuple(key(str(cell)) for cell in cells[i]) for i in rows]
        kinds = sorted(set(content))
        ids[rows] = ids[rows[0]]
        if len(kinds) == 1:
            continue
        again[rows] = True
        places = [_word(streets[i]) for i in rows]
        if all(places) and len({key(text) for text in places}) == len(rows):
            ids[rows] = [f"{ids[i]}-{p}" for i, p in zip(rows, places, strict=True)]
            continue
        for i, what in zip(rows, content, strict=True):
            number = kinds.index(what) + 1
            ids[i] = ids[i] if number == 1 else f"{ids[i]}({number})"
    return ids, again


def _id(district: object, name: object) -> str:
    where, what = _word(district), _word(name)
    return f"{where}-{what}" if where and what else what


def _word(text: object) -> str:
    """Give a text without outer spaces; "" where it says that it is not known."""
    word = "".join(tidy(str(text)).split())
    return "" if key(word) in TEXT_MISSING else word
