"""Read the tables of one file by their names and headers; say which are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from renewopt.core.errors import InputError, Message
from renewopt.inventory.beside import tables_beside
from renewopt.inventory.geometry import read_nodes
from renewopt.inventory.header_rows import find_header
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind, kinds_by_name, other_thing
from renewopt.inventory.other_blocks import without_other_blocks
from renewopt.inventory.parse import parse_table, parts_of
from renewopt.inventory.raw import RawTable
from renewopt.inventory.reading import Reading
from renewopt.inventory.recognise import LEAST_HEADERS, has_header, mostly, recognise
from renewopt.inventory.tables import TableCount

LEAST_CELLS = 2
"""Cells that a row of a table without a header has at least."""
_OF_LOST = frozenset({"inventory.dxf_unread", "inventory.other_header"})
"""Issues of a table that are said even where it cannot be taken."""
_OTHERS = ("电力", "供电", "通信", "通讯", "电信", "广电", "路灯", "照明", "工业")
"""Networks that are surveyed with ours and number their points from 1 as well."""
LEAST_ROWS = 2
"""Such rows that make a sheet a table."""


def read_plain(
    raws: Sequence[RawTable],
    kinds: tuple[TableKind, ...],
    forced: TableKind | None,
    reading: Reading,
) -> None:
    """Read the tables of one file.

    A sheet that is a table but cannot be taken counts as read and rejected; a sheet
    without a table is noted. Of a file without any table that can be taken nothing is
    kept, unless the rest goes on without it (`reading.lenient`).

    Raises
    ------
    InputError
        Where no table of the file can be taken.
    """
    problems: list[Message] = []
    lost: list[tuple[RawTable, TableKind | None, InputError]] = []
    found = 0
    later: list[tuple[RawTable, TableKind]] = []
    for raw in raws:
        nodes = read_nodes(raw)
        if nodes is not None:
            found += 1
            named = replace(nodes, kinds=_kinds_named(raw, kinds))
            reading.survey.nodes.append(named)
            reading.issues += [*raw.issues, *nodes.issues]
            continue
        kind: TableKind | None = None
        try:
            known = recognise(raw, kinds, forced)
            kind = known.kind
            if len(raws) > 1 and not has_header(raw, kind):
                raise InputError.of("inventory.no_header", file=raw.file, table=kind.id)
            raw, *parts = _parts(raw, kind)
            later += [(part, _titled(part, kind, kinds)) for part in parts]
            table = parse_table(raw, kind, reading.as_of)
            table = without_other_blocks(raw, table, kind, kinds)
        except InputError as error:
            problems.extend(error.messages)
            lost.append((raw, kind, error))
            continue
        found += 1
        reading.note_class(raw, known)
        reading.add(raw, table, kind)
    for part, kind in later:
        try:
            reading.add(part, parse_table(part, kind, reading.as_of), kind)
        except InputError as error:
            lost.append((part, kind, error))
    if not found and not reading.lenient:
        raise InputError(*problems)
    taken = [_lose(*item, kinds, reading) for item in lost]
    if not found and not any(taken):
        raise InputError(*problems)


def _parts(raw: RawTable, kind: TableKind) -> list[RawTable]:
    """Part a sheet into its tables: those beside each other, and each from the top."""
    return [part for one in tables_beside(raw, kind) for part in parts_of(one, kind)]


def is_tabular(raw: RawTable, kinds: tuple[TableKind, ...]) -> bool:
    """Tell whether a text is a table: by its header, or by the cells of its lines."""
    filled = (raw.grid != "").sum(axis=1).to_numpy()
    lines = filled[filled > 0]
    many = int((lines > LEAST_CELLS).sum()) * 2 > max(len(lines), LEAST_ROWS)
    return many or _rows(raw, None, kinds) > 0


def _kinds_named(raw: RawTable, kinds: tuple[TableKind, ...]) -> frozenset[str]:
    """Give the classes that the sheet or file of survey points names; empty: none.

    A name of something else, as 通信管点, is one that no table of ours has.
    """
    for text in (raw.sheet, raw.stem):
        named = {kind.id for kind in kinds_by_name(text, kinds) if kind.is_asset_class}
        if named or other_thing(text, kinds) or any(w in text for w in _OTHERS):
            return frozenset(named or {"other"})
    return frozenset()


def _titled(raw: RawTable, kind: TableKind, kinds: tuple[TableKind, ...]) -> TableKind:
    """Give the kind that a title above a later header names: 二、供热管道."""
    header = find_header(raw.top(), kind.columns, raw.merged)
    for cells in reversed(raw.top()[: header.first]):
        texts = [cell for cell in cells if cell.strip()]
        named = kinds_by_name(texts[0], kinds) if len(texts) == 1 else []
        if len(named) == 1:
            return named[0]
    return kind


def _lose(
    raw: RawTable,
    kind: TableKind | None,
    error: InputError,
    kinds: tuple[TableKind, ...],
    reading: Reading,
) -> bool:
    """Count a table that cannot be taken; tell whether it is a table at all."""
    reading.issues += [i for i in raw.issues if i.code in _OF_LOST]
    if kind is None and Path(raw.file).suffix.lower() == ".dxf":
        # Its headers are ours, not the drawing's: frames and streets have them too.
        reading.reject(raw.file, raw.sheet, error, "questioned")
        return False
    rows = _rows(raw, kind, kinds)
    if not rows:
        reading.note(raw, "inventory.sheet_ignored")
        return False
    place = (raw.file, raw.sheet, 0, "", "")
    reading.reject(raw.file, raw.sheet, error)
    reading.issues.append(
        CellIssue(*place, "inventory.sheet_lost", "rejected", {"rows": rows})
    )
    name = kind.id if kind is not None else ""
    reading.lost.append(TableCount(raw.file, raw.sheet, name, rows, 0, rows))
    return True


def _rows(raw: RawTable, kind: TableKind | None, kinds: tuple[TableKind, ...]) -> int:
    """Count the rows of what seems to be a table; 0 where it is none."""
    filled = (raw.grid != "").sum(axis=1).to_numpy()
    top = raw.top()
    tried = kinds if kind is None else (kind,)
    headers = [find_header(top, item.columns, raw.merged) for item in tried]
    known = [h for h in headers if h.score() >= LEAST_HEADERS and mostly(h)]
    if known:
        best = max(known, key=lambda header: header.score())
        return int((filled[best.row + 1 :] > 0).sum())
    named = kind is not None or kinds_by_name(raw.sheet, kinds)
    if named and int((filled >= LEAST_CELLS).sum()) >= LEAST_ROWS:
        return int((filled >= LEAST_CELLS).sum())
    return 0
