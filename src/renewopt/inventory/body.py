"""Body: the rows below a header, sorted into assets and what is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.bulk import (
    Mask,
    arrow_texts,
    as_mask,
    has_any,
    is_ascii,
    may_hold,
)
from renewopt.inventory.headers import Match
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.qualities import Ledger
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

_SUBTOTAL = re.compile(
    r"^\s*(本页)?.{0,20}(合\s*计|小\s*计|总\s*计|累\s*计|共\s*计)\s*([(（:：].*)?$"
    r"|^\s*(grand\s+|sub-?\s*)?totals?\s*:?\s*$|^\s*(汇总|总和|平均值?|均值)\s*$"
    r"|^\s*(共计|合计|总计|累计|小计|共)\s*[\d.,]+\s*\S{0,4}$|^\s*其中\s*[:：、].{0,20}$",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"^\s*(全[县市区镇]|本[页表段]|城区|管[道线网段]|供[水热气]|燃气|线路|道路|路段){0,3}"
    r"(?:(总|全|累计|合计|共计|平均|共)\s*"
    r"(长度?|延长|延米|里程|条数|段数|根数|个数|处数|数量?|量|户数|人数|面积|投资|金额|造价|额)"
    r"|总\s*[合和]|计|sum|average|avg|[Σ∑][^\d]{0,6})"
    r"\s*([(（\[][^)）\]]{0,8}[)）\]])?\s*[:：=]?\s*([\d.,]+\s*\S{0,4})?\s*$",
    re.IGNORECASE,
)
"""Words of a grand total: the row is one where little else stands in it."""
_STRICT_SUBTOTAL = re.compile(r"^\s*(本页|本表|全县|全市)?[合小总累共]\s*计[\s:：]*$")
_FOOTNOTE = re.compile(
    r"^[\s*※]*(注|备注|说明|附注|填表说明|填表人|填表单位|填表日期|制表人?|制表日期|审核人?|"
    r"填报人|填报单位|填报日期|复核人?|负责人|联系人|联系电话|单位负责人|数据来源|资料来源|"
    r"统计时间|日期|示例|样例|例|例如|note|notes|source)\s*([(（].{0,8}[)）]|\d{0,2})"
    r"\s*[:：].*$"
    r"|^\s*注\s*\d{1,2}[.、].*$|^\s*[(（]?(以下空白|以下无正文|完|下转.*|续表)[)）]?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = r"[总全计共:：注完Σ∑]|其中|(?i:total|sum|average|avg)|平均|均值|以下|下转|续表"
"""What a first text holds that is a total or a note; it is looked for in bulk."""
_ASCII_SIGNS = np.isin(np.arange(256), list(b":tTuUvV"))
"""Of these letters one is in every such text that is ASCII."""
_BLANK = np.isin(np.arange(256), [*range(33), 0x7F])
_SECTION = re.compile(
    r"^\s*([(（]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}[部片标组])"
)
LEAST_HEADERS = 4
"""Columns that a table has where a row of one numbered cell is no asset."""
MOST_LONE = 0.5
MOST_SUMMED = 3
"""Cells that a row of a grand total may always fill: its word and two sums."""
LOOK = 4
"""Columns from the left in which a row may say that it is a total."""


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
    totals
        Texts of the rows of totals, with the number of body rows above each.
    ledger
        What was converted or bounded.
    """

    raw: RawTable
    cells: pd.DataFrame
    rows: npt.NDArray[np.int64]
    issues: list[CellIssue] = field(default_factory=list)
    read: int = 0
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
    again = _repeats(body.cells, raw, header_rows, texts)
    first = _drop(body, again, first, "repeated_headers", "inventory.repeated_header")
    likely = _with_sign(first)
    subtotal = _fits(first, likely, _SUBTOTAL) | _subtotals(body.cells)
    subtotal |= _sums(body.cells, first, likely & ~subtotal)
    notes = _fits(first, likely & ~subtotal, _FOOTNOTE)
    if subtotal.any():
        _set_totals_apart(body, subtotal, first)
        first, notes = first.filter(pa.array(~subtotal)), notes[~subtotal]
    first = _drop(body, notes, first, "notes", "inventory.footnote")
    _drop_headings(body, first, sum(bool(text.strip()) for text in texts))
    return body


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
    section = _fits(first, lone, _SECTION)
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


def _with_sign(texts: pa.ChunkedArray) -> Mask:
    if is_ascii(texts) and not has_any(texts, _ASCII_SIGNS):
        return np.zeros(len(texts), dtype=bool)
    return as_mask(pc.match_substring_regex(texts, _SIGNS))


def _fits(texts: pa.ChunkedArray, likely: Mask, pattern: re.Pattern[str]) -> Mask:
    """Mark the likely texts that fit the pattern."""
    found = np.zeros(len(likely), dtype=bool)
    rows = np.flatnonzero(likely)
    for i, text in zip(rows, texts.take(pa.array(rows)).to_pylist(), strict=True):
        found[i] = pattern.match(str(text)) is not None
    return found


def _sums(cells: pd.DataFrame, first: pa.ChunkedArray, likely: Mask) -> Mask:
    """Mark rows that begin with 总长度, 全长, Σ and the like, and hold little else."""
    return _holding_little(cells, _fits(first, likely, _SUM))


def _subtotals(cells: pd.DataFrame) -> Mask:
    """Mark rows in which a cell says that it is a total, and nothing else.

    人民路小计 may name an asset: it is a total where the row holds little else.
    """
    found = np.zeros(len(cells), dtype=bool)
    named = np.zeros(len(cells), dtype=bool)
    for column in list(cells)[1:]:
        texts = arrow_texts(cells[column])
        if may_hold(texts, "计"):
            likely = as_mask(pc.match_substring(texts, "计"))
            found |= _fits(texts, likely, _STRICT_SUBTOTAL)
            named |= _fits(texts, likely & ~found, _SUBTOTAL)
    return found | _holding_little(cells, named)


def _holding_little(cells: pd.DataFrame, found: Mask) -> Mask:
    """Leave of the marked rows those that hold little beside the word of a total."""
    rows = np.flatnonzero(found)
    if not len(rows):
        return found
    filled = (cells.iloc[rows] != "").sum(axis=1).to_numpy()
    little = found.copy()
    little[rows] = filled <= max(MOST_SUMMED, len(cells.columns) // 2)
    return little


def is_total_or_note(text: str) -> bool:
    """Tell whether a text is that of a row of totals or a note, no title."""
    patterns = (_SUBTOTAL, _SUM, _FOOTNOTE)
    return any(pattern.match(text) for pattern in patterns)


def same_header(
    cells: Sequence[str], written: Sequence[Sequence[str]], texts: Sequence[str]
) -> bool:
    """Tell whether a row says of every column what a row of the header says of it.

    It may leave cells empty, but not most of them.
    """
    row = {i: key(cell) for i, cell in enumerate(cells) if key(cell)}
    joined = {i: key(text) for i, text in enumerate(texts)}
    for other in written:
        named = {i: key(text) for i, text in enumerate(other) if key(text)}
        alike = [text in {named.get(i), joined.get(i)} for i, text in row.items()]
        if len(alike) >= 2 and all(alike) and len(alike) * 2 > len(named):
            return True
    return False


def _repeats(
    cells: pd.DataFrame, raw: RawTable, header_rows: range, texts: Sequence[str]
) -> Mask:
    """Mark rows that repeat a row of the header, word by word."""
    found = np.zeros(len(cells), dtype=bool)
    written = [[str(cell) for cell in raw.grid.iloc[row]] for row in header_rows]
    likely = np.zeros(len(cells), dtype=bool)
    for row in written:
        named = [i for i, text in enumerate(row) if key(text)]
        for position in named[:LOOK] if len(named) > 1 else ():
            likely |= (cells[position] == row[position]).to_numpy(dtype=bool)
    for i in np.flatnonzero(likely):
        found[i] = same_header([str(c) for c in cells.iloc[i]], written, texts)
    return found
