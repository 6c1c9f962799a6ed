"""Body: the rows below a header, sorted into assets and what is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.bulk import Mask, arrow_texts, as_mask, has_any, is_ascii
from renewopt.inventory.headers import Match
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.not_assets import (
    FOOTNOTE,
    PERHAPS,
    SAYS,
    SECTION,
    SUBTOTAL,
    fits,
    repeated_headers,
    subtotal_rows,
    summed_rows,
    with_sign,
)
from renewopt.inventory.qualities import Ledger
from renewopt.inventory.raw import RawTable

_BLANK = np.isin(np.arange(256), [*range(33), 0x7F])
LEAST_HEADERS = 4
"""Columns that a table has where a row of one numbered cell is no asset."""
MOST_LONE = 0.5


@dataclass(eq=False)
class Body:
    """The rows below the header while they are being read.

    Attributes
    ----------
    cells
        Texts, columns as in the grid.
    rows
        Row of the source of each.
    read
        Rows that are not blank, whatever became of them.
    wasted
        Rows rejected before their cells were looked at.
    totals
        Texts of the rows of totals, with the number of body rows above each.
    ledger
        What was converted or bounded.
    notes
        Texts of the notes below the table, cell by cell.
    other_units
        Column of ours → factor to another unit that may be meant just as well.
    """

    raw: RawTable
    cells: pd.DataFrame
    rows: npt.NDArray[np.int64]
    issues: list[CellIssue] = field(default_factory=list)
    read: int = 0
    wasted: int = 0
    subtotals: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    totals_at: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(0, dtype=np.int64)
    )
    totals_rows: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(0, dtype=np.int64)
    )
    ledger: Ledger = field(default_factory=Ledger)
    notes: list[list[str]] = field(default_factory=list)
    other_units: dict[str, float] = field(default_factory=dict)

    def add(
        self, code: str, severity: Severity, row: int = 0, column: str = "",
        raw: str = "", parsed: str = "", position: int = -1, **params: object,
    ) -> None:  # fmt: skip
        """Note one issue of this table."""
        place = (self.raw.file, self.raw.sheet, row, column, raw)
        self.issues.append(CellIssue(*place, code, severity, params, parsed, position))

    def add_rows(
        self, mask: npt.NDArray[np.bool_], code: str, severity: Severity, column: str,
        raw: pd.Series | None = None, position: int = -1, **params: object,
    ) -> None:  # fmt: skip
        """Note one issue per marked row."""
        marked = np.flatnonzero(mask)
        texts = [""] * len(marked) if raw is None else raw.iloc[marked].tolist()
        for row, text in zip(self.rows[marked].tolist(), texts, strict=True):
            self.add(code, severity, row, column, str(text), "", position, **params)

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Keep the marked rows only."""
        if not mask.all():
            self.totals_at = np.concatenate(([0], np.cumsum(mask)))[self.totals_at]
            self.cells = self.cells[mask]
            self.rows = self.rows[mask]

    def leave_out(self, mask: npt.NDArray[np.bool_], reason: str) -> None:
        """Leave marked rows out under a reason, counted."""
        gone = int(mask.sum())
        if gone:
            self.left_out[reason] = self.left_out.get(reason, 0) + gone
        self.keep(~mask)


def body_below(
    raw: RawTable,
    header_row: int,
    texts: Sequence[str] = (),
    first_row: int | None = None,
) -> Body:
    """Take the rows below the header, less blank rows, totals, notes, other headers.

    Parameters
    ----------
    header_row
        Position of the last row of the header.
    texts, first_row
        Headers as joined from its rows, and the first of these.
    """
    cells = raw.grid.iloc[header_row + 1 :]
    top = raw.first_row + header_row + 1
    rows = np.arange(top, raw.first_row + len(raw.grid), dtype=np.int64)
    body = Body(raw, cells, rows, list(raw.issues))
    first = _first_texts(cells)
    filled = as_mask(pc.not_equal(first, ""))
    body.keep(filled)
    first = first if filled.all() else first.filter(pa.array(filled))
    body.read = len(first)
    start = header_row if first_row is None else first_row
    header_rows = range(start, header_row + 1)
    again = repeated_headers(body.cells, raw, header_rows, texts)
    first = _drop(body, again, first, "repeated_headers", "inventory.repeated_header")
    likely = with_sign(first)
    subtotal = fits(first, likely, SUBTOTAL) | subtotal_rows(body.cells)
    subtotal |= summed_rows(body.cells, first, likely & ~subtotal)
    notes = fits(first, likely & ~subtotal, FOOTNOTE)
    if subtotal.any():
        _set_totals_apart(body, subtotal, first)
        first, notes = first.filter(pa.array(~subtotal)), notes[~subtotal]
        likely = likely[~subtotal]
    first = _drop_notes(body, notes, first)
    first = _reject(body, fits(first, likely[~notes], PERHAPS), first)
    _drop_headings(body, first, sum(bool(text.strip()) for text in texts))
    return body


def _reject(body: Body, mask: Mask, first: pa.ChunkedArray) -> pa.ChunkedArray:
    """Keep rows out that may be totals; give the first texts of the others."""
    if not mask.any():
        return first
    body.add_rows(mask, "inventory.perhaps_total", "rejected", "", _series(first))
    body.wasted += int(mask.sum())
    body.keep(~mask)
    return first.filter(pa.array(~mask))


def _drop_notes(body: Body, notes: Mask, first: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave out notes; those that say something about the columns are asked about."""
    if not notes.any():
        return first
    found = body.cells[notes].astype(object).to_numpy()
    body.notes = [[str(cell) for cell in row] for row in found]
    says = notes.copy()
    says[notes] = [SAYS.search("".join(row)) is not None for row in body.notes]
    text = _series(first)
    body.add_rows(says, "inventory.footnote_says", "questioned", "", text)
    body.add_rows(notes & ~says, "inventory.footnote", "note", "", text)
    body.leave_out(notes, "notes")
    return first.filter(pa.array(~notes))


def take_labels(body: Body, matches: Sequence[Match]) -> None:
    """Read names as their number format shows them: 12 as GP-0012.

    A column of numbers stays as it is stored; so does a text without such a format.
    """
    there = set(body.cells.index) if body.raw.shown else set()
    for match in matches if there else ():
        at, name = match.position, match.header.text
        shown = {
            row: text
            for (row, column), text in body.raw.shown.items()
            if column == at and row in there
        }
        if match.spec.kind == "text" and shown:
            column = body.cells[at].astype(object)
            column.loc[list(shown)] = list(shown.values())
            body.cells = body.cells.copy()
            body.cells[at] = column
            body.add(
                "inventory.shown_label", "repaired", 0, name, "",
                next(iter(shown.values())), at, cells=len(shown),
            )  # fmt: skip


def _drop_headings(body: Body, first: pa.ChunkedArray, headers: int) -> None:
    """Leave out headings between the rows: 一、城南街道 and nothing else."""
    if headers < LEAST_HEADERS or not len(first):
        return
    filled = np.zeros(len(first), dtype=np.int16)
    for column in reversed(list(body.cells)):
        filled += as_mask(pc.not_equal(arrow_texts(body.cells[column]), ""))
        if filled.min() > 1:
            return
    lone = filled < 2
    if not lone.any() or lone.mean() > MOST_LONE:
        return
    section = fits(first, lone, SECTION)
    _drop(body, section, first, "headings", "inventory.section_row")


def _set_totals_apart(body: Body, subtotal: Mask, first: pa.ChunkedArray) -> None:
    body.add_rows(subtotal, "inventory.subtotal", "note", "", _series(first))
    body.subtotals = int(subtotal.sum())
    body.totals, body.totals_rows = body.cells[subtotal], body.rows[subtotal]
    body.totals_at = np.cumsum(~subtotal)[subtotal].astype(np.int64)
    body.cells, body.rows = body.cells[~subtotal], body.rows[~subtotal]


def _drop(
    body: Body, mask: Mask, first: pa.ChunkedArray, reason: str, code: str
) -> pa.ChunkedArray:
    """Leave marked rows out, each noted; give the first texts of the others."""
    if not mask.any():
        return first
    body.add_rows(mask, code, "note", "", _series(first))
    body.leave_out(mask, reason)
    return first.filter(pa.array(~mask))


def _series(texts: pa.ChunkedArray) -> pd.Series:
    return pd.Series(texts.to_numpy(), dtype=object)


def _first_texts(cells: pd.DataFrame) -> pa.ChunkedArray:
    """Give the first text of each row, "" for blank rows."""
    if not len(cells.columns):
        return arrow_texts([""] * len(cells))
    first: pa.ChunkedArray | None = None
    for column in cells:
        texts = _stripped(arrow_texts(cells[column]))
        if first is not None:
            texts = pc.if_else(pc.equal(first, ""), texts, first)
        first = texts
        if not pc.any(pc.equal(first, "")).as_py():
            break
    return first


def _stripped(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    if is_ascii(texts) and not has_any(texts, _BLANK):
        return texts
    return pc.utf8_trim_whitespace(texts)
