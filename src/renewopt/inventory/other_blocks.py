"""Rows below a heading that names another class: 二、供热管道 among water pipes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind, kinds_by_name, other_thing
from renewopt.inventory.raw import RawTable
from renewopt.inventory.tables import ParsedTable

_HEADING, _AGAIN = "inventory.section_row", "inventory.repeated_header"

_MOST = 1_000
"""Rejected rows that are looked at: in a table with more, something else is wrong."""
_TITLES = 3
"""Rows at the top of a later block in which its title stands."""


def without_other_blocks(
    raw: RawTable, table: ParsedTable, kind: TableKind, kinds: tuple[TableKind, ...]
) -> ParsedTable:
    """Reject the rows below a heading that names another class, up to the next one.

    They have the header of the sheet's class; whether they are of it cannot be told.
    """
    if not kind.is_asset_class:
        return table
    other = np.zeros(len(table.rows), dtype=bool)
    said = ""
    texts = np.full(len(table.rows), "", dtype=object)
    for row, text in sorted(_headings(raw, table)):
        named = [k.id for k in kinds_by_name(text, kinds) if k.is_asset_class]
        if kind.id in named:
            said = ""
        elif named or other_thing(text, kinds):
            said = text
        below = table.rows >= row
        other[below], texts[below] = bool(said), said
    if not other.any():
        return table
    place = (table.file, table.sheet)
    more = [
        CellIssue(*place, int(row), "", text, "inventory.block_of_other", "rejected")
        for row, text in zip(table.rows[other].tolist(), texts[other], strict=True)
    ]
    gone, count = int(other.sum()), table.count
    frame = table.frame[~other].reset_index(drop=True)
    known = table.qualities["asset_id"].isin(frame["asset_id"])
    return replace(
        table,
        frame=frame,
        rows=table.rows[~other],
        issues=(*table.issues, *more),
        count=replace(count, kept=count.kept - gone, rejected=count.rejected + gone),
        qualities=table.qualities[known].reset_index(drop=True),
    )


def _headings(raw: RawTable, table: ParsedTable) -> Iterator[tuple[int, str]]:
    """List headings between the rows, and lone texts above a later header."""
    for i, cells in enumerate(raw.top_texts(_TITLES) if raw.above else ()):
        texts = [cell for cell in cells if cell.strip()]
        if len(texts) == 1:
            yield raw.first_row + i, texts[0]
    for issue in table.issues:
        if issue.code == _HEADING:
            yield issue.row, issue.raw
        elif issue.code == _AGAIN:
            yield from _lone(raw, issue.row - 1)
    lost = {i.row for i in table.issues if i.severity == "rejected" and i.row}
    for row in sorted(lost)[:_MOST]:
        yield from _lone(raw, row)


def _lone(raw: RawTable, row: int) -> Iterator[tuple[int, str]]:
    """Give a row of the source where it holds one text and no more."""
    at = row - raw.first_row
    cells = raw.grid.iloc[at] if 0 <= at < len(raw.grid) else ()
    texts = [str(cell) for cell in cells if str(cell).strip()]
    if len(texts) == 1:
        yield row, texts[0]
