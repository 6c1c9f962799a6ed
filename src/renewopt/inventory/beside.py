"""Tables beside each other: one sheet that holds several, parted by columns.

Each is told by an identifier column of its own. The parts keep the places of their
cells, so that issues and return workbooks point to them; the cells of the other parts
are empty in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from renewopt.inventory.header_cells import aliases, read_cell
from renewopt.inventory.header_rows import find_header, own_meaning
from renewopt.inventory.headers import HeaderRow
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.named import IDENTIFIER, NAME, names_identify
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

LEAST_COLUMNS = 3
"""Columns of ours that each of them has; all of them have the same."""


def tables_beside(raw: RawTable, kind: TableKind) -> list[RawTable]:
    """Part a sheet into the tables beside each other; one table stays as it is.

    They are several where identifiers stand in more than one column, each part has the
    same columns and what the kind needs, and no identifier stands in two of them: else
    two columns say something of one thing, and which is meant cannot be told.
    """
    header = find_header(raw.top(), kind.columns, raw.merged)
    starts = _starts(header, kind)
    if len(starts) < 2:
        return [raw]
    ends = [*starts[1:], len(raw.grid.columns)]
    parts = [_part(raw, a, b) for a, b in zip(starts, ends, strict=True)]
    seen: set[str] = set()
    columns: list[set[str]] = []
    for part in parts:
        own = find_header(part.top(), kind.columns, part.merged)
        ids = _ids(part, own, kind)
        if own.row != header.row or not ids or seen & ids or own.twice:
            return [raw]
        seen |= ids
        columns.append({match.spec.name for match in own.matches})
    if min(map(len, columns)) < LEAST_COLUMNS or any(c != columns[0] for c in columns):
        return [raw]
    titles = [_title(raw, header, a, b) for a, b in zip(starts, ends, strict=True)]
    if any(map(own_meaning, titles)):  # 现状 | 规划: these are no assets alike
        return [raw]
    words = " | ".join(titles)
    place = (raw.file, raw.sheet, raw.first_row + header.row, "", words)
    said = CellIssue(
        *place, "inventory.tables_beside", "questioned", {"tables": len(parts)}
    )
    return [replace(parts[0], issues=(*raw.issues, said)), *parts[1:]]


def _starts(header: HeaderRow, kind: TableKind) -> list[int]:
    """Give the first column of each table: where identifiers stand once more."""
    known = aliases(kind.columns)
    names = [read_cell(text.split(" ")[-1], known).name for text in header.texts]
    found = [kind.columns[known[n].column].name if n in known else n for n in names]
    named = names_identify(kind, set(found))
    places = [i for i, n in enumerate(found) if n == (NAME if named else IDENTIFIER)]
    if len(places) < 2:
        return []
    back = 0
    while _alike(found, [i - back - 1 for i in places]):
        back += 1
    return [i - back for i in places]


def _alike(texts: Sequence[str], places: Sequence[int]) -> bool:
    """Tell whether the same header stands in all these columns: 序号 before 编号."""
    if places[0] < 0 or not texts[places[0]]:
        return False
    return len({texts[i] for i in places}) == 1


def _part(raw: RawTable, start: int, end: int) -> RawTable:
    """Empty the columns of the other tables."""
    grid = raw.grid.copy(deep=False)
    for position in range(len(grid.columns)):
        if not start <= position < end:
            grid[position] = grid[position].mask(grid[position] != "", "")
    merged = tuple(
        (row0, max(col0, start), row1, min(col1, end - 1))
        for row0, col0, row1, col1 in raw.merged
        if col0 < end and col1 >= start
    )
    shown = {(r, c): t for (r, c), t in raw.shown.items() if start <= c < end}
    return replace(raw, grid=grid, issues=(), merged=merged, shown=shown)


def _ids(part: RawTable, header: HeaderRow, kind: TableKind) -> set[str]:
    """Give the identifiers of a part; none where it lacks what the kind needs."""
    found = {match.spec.name: match.position for match in header.matches}
    lacking = {spec.name for spec in header.missing(kind.columns)}
    named = names_identify(kind, found)
    if lacking - ({IDENTIFIER} if named else set()):
        return set()
    cells = part.grid[found[NAME if named else IDENTIFIER]].iloc[header.row + 1 :]
    return {key(text) for text in cells if key(str(text))}


def _title(raw: RawTable, header: HeaderRow, start: int, end: int) -> str:
    """Give what stands above a part: the name of its group, else its first header."""
    for row in reversed(range(header.row + 1)):
        cells = [str(cell).strip() for cell in raw.grid.iloc[row, start:end]]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            return filled[0]
    return header.texts[start]
