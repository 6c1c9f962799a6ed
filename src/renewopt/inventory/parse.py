"""One raw table to one typed table: header, rows, cells, and what was not taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.cells import EXACT, REPAIRED, parse_column
from renewopt.inventory.headers import HeaderRow, Match, find_header
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable

_SUBTOTAL = re.compile(
    r"^\s*(本页)?.{0,20}(合\s*计|小\s*计|总\s*计|累\s*计|共\s*计)\s*([(（:：].*)?$"
    r"|^\s*(grand\s+|sub-?\s*)?totals?\s*:?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TableCount:
    """What became of the rows of one table.

    Attributes
    ----------
    read
        Rows below the header that are not blank and no subtotal.
    kept, rejected
        Rows taken and rows kept out because of a bad cell.
    left_out
        Rows left out for a reason that is no error, by its id.
    subtotals
        Rows recognised as 合计, 小计 …
    """

    file: str
    sheet: str
    table: str
    read: int
    kept: int
    rejected: int
    subtotals: int = 0
    left_out: dict[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, eq=False)
class ParsedTable:
    """A typed table with the place where each row came from.

    Attributes
    ----------
    rows
        Spreadsheet row of each row of `frame`, from 1.
    """

    kind: str
    file: str
    sheet: str
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    issues: tuple[CellIssue, ...]
    count: TableCount


@dataclass(eq=False)
class Body:
    """The rows below the header while they are being read.

    Attributes
    ----------
    cells
        Texts, columns as in the grid.
    rows
        Spreadsheet row of each.
    """

    raw: RawTable
    cells: pd.DataFrame
    rows: npt.NDArray[np.int64]
    issues: list[CellIssue] = field(default_factory=list)
    subtotals: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def add(
        self, code: str, severity: Severity, row: int = 0, column: str = "",
        raw: str = "", **params: object,
    ) -> None:  # fmt: skip
        """Note one issue of this table."""
        place = (self.raw.file, self.raw.sheet, row, column, raw)
        self.issues.append(CellIssue(*place, code, severity, params))

    def add_rows(
        self, mask: npt.NDArray[np.bool_], code: str, severity: Severity, column: str,
        raw: pd.Series | None = None, **params: object,
    ) -> None:  # fmt: skip
        """Note one issue per marked row."""
        for i in np.flatnonzero(mask):
            text = str(raw.iloc[i]) if raw is not None else ""
            self.add(code, severity, int(self.rows[i]), column, text, **params)

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Keep the marked rows only."""
        self.cells = self.cells[mask]
        self.rows = self.rows[mask]


def parse_table(raw: RawTable, kind: TableKind) -> ParsedTable:
    """Read a raw table as a table of the kind, by its headers.

    Raises
    ------
    InputError
        Where no header is found or a required column has none.
    """
    header = find_header(raw.top(), kind.columns)
    problems = list(header_problems(raw, kind, header))
    if problems:
        raise InputError(*problems)
    body = body_below(raw, header.row)
    _note_header(body, header)
    return parse_body(body, kind, header.matches)


def header_problems(
    raw: RawTable, kind: TableKind, header: HeaderRow
) -> Iterator[Message]:
    """Say why a table cannot be read at all: no header, or required columns missing."""
    place = f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file
    if not header.matches:
        yield message("inventory.no_header", file=place, table=kind.id)
        return
    for text in header.twice:
        yield message("inventory.header_twice", file=place, column=text)
    for text, unit, wanted in header.units:
        yield message(
            "inventory.header_unit", file=place, column=text, unit=unit, wanted=wanted
        )
    blocked = {text for text, _, _ in header.units} | set(header.twice)
    for spec in header.missing(kind.columns):
        if not blocked:
            names = ", ".join((*spec.headers.zh, *spec.headers.en))
            yield message(
                "inventory.missing_column", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, known=names,
            )  # fmt: skip


def body_below(raw: RawTable, header_row: int) -> Body:
    """Take the rows below the header, less blank rows and subtotals."""
    cells = raw.grid.iloc[header_row + 1 :]
    top = raw.first_row + header_row + 1
    rows = np.arange(top, raw.first_row + len(raw.grid), dtype=np.int64)
    body = Body(raw, cells, rows, list(raw.issues))
    first = _first_texts(cells)
    filled = first != ""
    distinct = {text: bool(_SUBTOTAL.match(text)) for text in pd.unique(first[filled])}
    subtotal = np.array(
        [filled[i] and distinct[first[i]] for i in range(len(first))], bool
    )
    body.add_rows(subtotal, "inventory.subtotal", "note", "", pd.Series(first))
    body.subtotals = int(subtotal.sum())
    body.keep(filled & ~subtotal)
    return body


def _first_texts(cells: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Give the first text of each row, "" for blank rows."""
    first = np.full(len(cells), "", dtype=object)
    blank = np.arange(len(cells))
    for column in cells:
        if len(blank) == 0:
            break
        texts = cells[column].iloc[blank].str.strip().to_numpy(dtype=object)
        first[blank] = texts
        blank = blank[texts == ""]
    return first


def _note_header(body: Body, header: HeaderRow) -> None:
    row = header.row + 1
    for text in header.unknown:
        body.add("inventory.unknown_column", "note", row, text)
    for text, used in header.shadowed:
        body.add("inventory.shadowed_column", "questioned", row, text, used=used)
    width = len(body.raw.grid.columns)
    named = {i for i, cell in enumerate(body.raw.grid.iloc[header.row]) if cell.strip()}
    for position in sorted(set(range(width)) - named):
        filled = int((body.cells[position].str.strip() != "").sum())
        if filled:
            body.add(
                "inventory.unnamed_column", "note", row, str(position + 1), cells=filled
            )


def parse_body(body: Body, kind: TableKind, matches: tuple[Match, ...]) -> ParsedTable:
    """Parse the cells; reject rows with a bad needed cell, question other bad ones."""
    read = len(body.cells) + sum(body.left_out.values())
    bad = np.zeros(len(body.cells), dtype=bool)
    columns: dict[str, pd.Series] = {}
    for match in matches:
        texts = body.cells[match.position]
        columns[match.spec.name] = _cells(body, texts, match, bad)
    frame = pd.DataFrame(columns, index=body.cells.index)
    order = [spec.name for spec in kind.columns if spec.name in columns]
    frame = frame[order]
    wasted = sum(i.severity == "rejected" and i.row > 0 for i in body.raw.issues)
    repeated = _repeated(body, frame, kind, matches, bad)
    keep = ~bad & ~repeated
    left_out = dict(body.left_out)
    if repeated.any():
        left_out["repeated_rows"] = int(repeated.sum())
    rejected = int(bad.sum()) + wasted
    raw = body.raw
    count = TableCount(
        raw.file, raw.sheet, kind.id, read + wasted, int(keep.sum()), rejected,
        body.subtotals, left_out,
    )  # fmt: skip
    kept = frame[keep].reset_index(drop=True)
    return ParsedTable(
        kind.id, raw.file, raw.sheet, kept, body.rows[keep], tuple(body.issues), count
    )


def _cells(
    body: Body, texts: pd.Series, match: Match, bad: npt.NDArray[np.bool_]
) -> pd.Series:
    """Parse one column, note its issues and mark rows that must be rejected."""
    spec, name = match.spec, match.header.text
    parsed = parse_column(texts, spec, match.header.unit)
    vital = spec.required or spec.unique
    values, codes = parsed.cells, parsed.codes
    if _unclear_share(texts, parsed.cells, match):
        codes = np.where(values.notna(), "inventory.share_or_percent", codes)
        values = values.where(pd.Series(False, index=values.index))
    for code in sorted(set(codes) - {EXACT}):
        mask = codes == code
        severity: Severity = (
            "repaired" if code in REPAIRED else "rejected" if vital else "questioned"
        )
        body.add_rows(mask, code, severity, name, texts, **_allowed(spec))
        if severity == "rejected":
            bad |= mask
    if spec.required:
        empty = values.isna().to_numpy() & (codes == EXACT)
        body.add_rows(empty, "inventory.empty_required", "rejected", name, texts)
        bad |= empty
    return values


def _unclear_share(texts: pd.Series, values: pd.Series, match: Match) -> bool:
    """Tell whether percents might be shares: no unit stated, nothing above 1."""
    if match.spec.unit != "%" or match.header.unit or not values.notna().any():
        return False
    stated = texts.str.contains("[%％]", regex=True).any()
    return not stated and 0 < float(values.max()) <= 1


def _allowed(spec: ColumnSpec) -> dict[str, object]:
    """Say what the column may hold, as parameters of a sentence."""
    if spec.kind == "choice":
        return {"known": ", ".join(choice.zh[0] for choice in spec.choices)}
    low = f"{spec.min:g}" if spec.min is not None else "-"
    high = f"{spec.max:g}" if spec.max is not None else "-"
    return {"least": low, "greatest": high, "unit": spec.unit}


def _repeated(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: tuple[Match, ...],
    bad: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Mark repeated rows; reject rows that share an identifier but differ."""
    repeated = np.zeros(len(frame), dtype=bool)
    headers = {match.spec.name: match.header.text for match in matches}
    for spec in kind.columns:
        if not spec.unique or spec.name not in frame:
            continue
        ids = frame[spec.name].where(~bad)
        shared = (ids.notna() & ids.duplicated(keep=False)).to_numpy()
        if not shared.any():
            continue
        group = frame[shared]
        same = group.duplicated(keep=False)
        whole = same.groupby(group[spec.name]).transform("all")
        alike = pd.Series(False, index=frame.index)
        alike[group.index] = group.duplicated(keep="first") & whole
        differ = shared.copy()
        differ[shared] = ~whole.to_numpy()
        name = headers[spec.name]
        body.add_rows(alike.to_numpy(), "inventory.repeated_row", "note", name, ids)
        body.add_rows(differ, "inventory.duplicate_id", "rejected", name, ids)
        repeated |= alike.to_numpy()
        bad |= differ
    return repeated
