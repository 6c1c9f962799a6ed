"""Identifiers for things that have only a name: compounds, points, stations.

They are made of district and name, so that they stay the same when the table is read
again, in whatever order its rows stand. A count of rows (序号) does not: it changes
with the order, so it identifies nothing where there are names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.header_cells import Header
from renewopt.inventory.headers import SERIAL, HeaderRow, Match
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.tables import ParsedTable, at_columns
from renewopt.inventory.words import TEXT_MISSING, key, tidy

IDENTIFIER, NAME, DISTRICT, STREET = "asset_id", "name", "district", "street"
_LINE = "length_m"
Texts = npt.NDArray[np.object_]


def names_identify(kind: TableKind, names: Collection[str]) -> bool:
    """Tell whether names stand for the identifiers: of no line, where none is there.

    Parameters
    ----------
    names
        Our columns that the table has.
    """
    own = {spec.name for spec in kind.columns}
    if not kind.is_asset_class or _LINE in own or not {IDENTIFIER, NAME} <= own:
        return False
    return NAME in names and IDENTIFIER not in names


def tells_identifier(kind: TableKind, found: Sequence[Match]) -> bool:
    """Tell it by the headers: a count of rows is no identifier."""
    return names_identify(kind, {m.spec.name for m in found if not m.serial})


def with_names(body: Body, header: HeaderRow, kind: TableKind) -> HeaderRow:
    """Give a table without identifiers an empty column for those that names tell."""
    matches = [m for m in header.matches if not _blank_ids(body, m)]
    if not tells_identifier(kind, matches) or not len(body.cells):
        return header
    _ask_serial(body, header.texts, header.row)
    matches = [m for m in matches if m.spec.name != IDENTIFIER]
    source = next(m for m in matches if m.spec.name == NAME)
    made = _empty_ids(body, kind, source)
    return replace(header, matches=(*matches, made))


def ids_from_names(
    body: Body, kind: TableKind, matches: tuple[Match, ...], foreign: pd.DataFrame,
    header: HeaderRow, where: dict[int, int],
) -> tuple[Match, ...]:  # fmt: skip
    """Make the identifiers that a mapping profile names no column for.

    Parameters
    ----------
    foreign, header
        The columns of the file, and its header.
    where
        Column of ours → column of the file; gets that of the identifiers.
    """
    found = [m for m in matches if not _blank_ids(body, m)]
    if not tells_identifier(kind, found) or not len(body.cells):
        return matches
    _ask_serial(body, header.texts, header.row)
    found = [m for m in found if m.spec.name != IDENTIFIER]
    places = {match.spec.name: match for match in found}
    made = _empty_ids(body, kind, places[NAME])
    where[made.position] = where.get(places[NAME].position, -1)
    content = foreign[_content(header, len(body.raw.grid.columns))]
    _make_ids(body, places, made, content, where[made.position])
    return (*found, made)


def _ask_serial(body: Body, texts: Sequence[str], row: int) -> None:
    """Ask about counts of rows: records may name things by them all the same."""
    for position, text in enumerate(texts):
        if Header.of(text).name in SERIAL:
            body.add(
                "inventory.serial_not_id", "questioned", body.raw.first_row + row, text,
                position=position,
            )  # fmt: skip


def _empty_ids(body: Body, kind: TableKind, source: Match) -> Match:
    """Add an empty column of identifiers; its header is that of the names."""
    own = int(max(body.cells.columns)) + 1
    empty = pd.Series("", index=body.cells.index, dtype="str")
    body.cells = pd.concat([body.cells, empty.rename(own)], axis=1)
    spec = next(spec for spec in kind.columns if spec.name == IDENTIFIER)
    return Match(spec, own, Header(source.header.text, IDENTIFIER, ""))


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
    content = body.cells[_content(header, width)]
    _make_ids(body, places, made, content, source.position)


def _make_ids(
    body: Body, places: Mapping[str, Match], made: Match, content: pd.DataFrame,
    position: int,
) -> None:  # fmt: skip
    """Put the identifiers into their column, and say so at the column of the names.

    Parameters
    ----------
    content
        Cells that say something of the thing, by which two of one name differ.
    """
    source, district = places[NAME], places.get(DISTRICT)
    texts = _texts(body, source)
    cells = content.to_numpy(dtype=object)
    ids, again = name_ids(
        _texts(body, district), texts, _texts(body, places.get(STREET)), cells
    )
    body.cells[made.position] = pd.Series(ids, index=body.cells.index, dtype="str")
    named = np.flatnonzero(ids != "")
    body.ledger.add(named, IDENTIFIER, "converted", texts[named].tolist())
    body.add(
        "inventory.ids_from_names", "note", 0, source.header.text, position=position,
        rows=len(named), district=district.header.text if district else "-",
    )  # fmt: skip
    for i in np.flatnonzero(again):
        place = (int(body.rows[i]), source.header.text, str(texts[i]), str(ids[i]))
        body.add("inventory.name_twice", "questioned", *place, position=position)


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
