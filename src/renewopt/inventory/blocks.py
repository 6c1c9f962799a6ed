"""Blocks: a sheet in which the header stands again with other columns or units.

What stands below such a header is read under it, as a table of its own. A header that
only repeats the first one is left to the rows (`body`): it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.bulk import arrow_texts, as_mask, is_ascii, rows_with
from renewopt.inventory.header_cells import aliases, readings
from renewopt.inventory.headers import HeaderRow
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.not_assets import LOOK, is_total_or_note, same_header
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

LEAST_WORDS = 3
"""Headers of ours in a row below the header that make it another header."""
MANY_ROWS = 20_000
"""Rows from which English headers are told by their letters alone."""
_NO_NUMBER = ~np.isin(np.arange(256), list(b"0123456789.,+- \t\r\n\f\v"))
"""Bytes of which a cell with a word has one; most cells of numbers have none."""
_NUMBERS = frozenset({"number", "integer", "year", "date"})
Cells = Sequence[str]
Knows = Callable[[str], bool]


def knows(specs: tuple[ColumnSpec, ...], more: Collection[str] = ()) -> Knows:
    """Give a test for words that may head a column: ours, or those of a profile."""
    names = aliases(specs).keys() | {key(name) for name in more}

    def known(text: str) -> bool:
        return any(name in names for name, _ in readings(text))

    return known


def blocks_of(raw: RawTable, header: HeaderRow, known: Knows) -> list[RawTable]:
    """Split a table before each header that is not the first one again."""
    starts = list(_other_headers(raw, header, known))
    if not starts:
        return [raw]
    ends = [*(_top_of(raw, row) for row in starts[1:]), len(raw.grid)]
    first = _top_of(raw, starts[0])
    above = tuple(raw.top_texts(header.first))
    units = {m.spec.name: m.header.unit for m in header.matches if m.header.unit}
    parts = [_part(raw, 0, first)]
    for row, end in zip(starts, ends, strict=True):
        part = replace(_part(raw, _top_of(raw, row), end), above=above, units=units)
        words = ", ".join(c.strip() for c in _cells(raw, row) if c.strip())
        place = (raw.file, raw.sheet, raw.first_row + row, "", words)
        said = CellIssue(*place, "inventory.other_header", "questioned")
        parts.append(replace(part, issues=(*part.issues, said)))
    return parts


def _cells(raw: RawTable, row: int) -> list[str]:
    return [str(cell) for cell in raw.grid.iloc[row]]


def _other_headers(raw: RawTable, header: HeaderRow, known: Knows) -> Iterator[int]:
    """List the rows that are a header, but not the first one; one per group of rows."""
    written = [_cells(raw, i) for i in range(header.first, header.row + 1)]
    last = -2
    for row in _candidates(raw, header.row + 1, header):
        cells = _cells(raw, row)
        if not _is_header(cells, known) or same_header(cells, written, header.texts):
            continue
        if row != last + 1:
            yield row
        last = row


def _is_header(cells: Cells, known: Knows) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    words = {key(cell) for cell in filled if known(cell)}
    return len(words) >= LEAST_WORDS and len(words) * 2 > len(filled)


def _candidates(raw: RawTable, start: int, header: HeaderRow) -> list[int]:
    """List the rows in which columns of numbers hold words."""
    body = raw.grid.iloc[start:]
    if not len(body):
        return []
    numbers = [
        m.position for m in header.matches
        if m.spec.kind in _NUMBERS and m.position in body
    ]  # fmt: skip
    wanted = numbers[:LOOK] or list(body)[:LOOK]
    least = min(2, len(wanted)) if numbers else len(wanted)
    found = np.zeros(len(body), dtype=np.int64)
    for position in wanted:
        found += _wordy(body[position])
    return [start + int(i) for i in np.flatnonzero(found >= least)]


def _wordy(column: pd.Series) -> np.ndarray:
    """Mark the cells that hold a word and do not begin with a digit."""
    texts = arrow_texts(column)
    if len(texts) > MANY_ROWS and is_ascii(texts):
        pattern = r"^\s*[A-Za-z][A-Za-z_ ]{2}"
    else:
        pattern = r"^\s*[^\d\s.,+\-][^\d]"
    found = np.zeros(len(texts), dtype=np.int64)
    likely = np.flatnonzero(rows_with(texts, _NO_NUMBER))
    some = texts.take(pa.array(likely))
    found[likely] = as_mask(pc.match_substring_regex(some, pattern))
    return found


def _top_of(raw: RawTable, row: int) -> int:
    """Give the first of the rows of one text (a title, a unit) above a header."""
    top = row
    for above in range(row - 1, 0, -1):
        filled = [cell for cell in _cells(raw, above) if cell.strip()]
        if len(filled) > 1 or any(map(is_total_or_note, filled)):
            break
        top = above if filled else top
    return top


def _part(raw: RawTable, start: int, end: int) -> RawTable:
    """Cut rows out of a table, with what was found about them."""
    low, high = raw.first_row + start, raw.first_row + end
    issues = tuple(
        issue for issue in raw.issues
        if low <= issue.row < high or (not issue.row and not start)
    )  # fmt: skip
    merged = tuple(
        (row0 - start, col0, row1 - start, col1)
        for row0, col0, row1, col1 in raw.merged
        if start <= row0 < end
    )
    shown = {(r - start, c): t for (r, c), t in raw.shown.items() if start <= r < end}
    shapes = raw.geometry
    if shapes is not None:
        shapes = replace(shapes, wkb=shapes.wkb[start:end])
    grid = raw.grid.iloc[start:end].reset_index(drop=True)
    return replace(
        raw, grid=grid, issues=issues, merged=merged, first_row=low, geometry=shapes,
        shown=shown,
    )  # fmt: skip
