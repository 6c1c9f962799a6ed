"""Body: the rows below a header, sorted into assets and what is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.qualities import Ledger
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

# Both engines of these patterns (RE2 in bulk) know no look-around.
_SUBTOTAL = (
    r"^\s*(本页)?.{0,20}(合\s*计|小\s*计|总\s*计|累\s*计|共\s*计)\s*([(（:：].*)?$"
    r"|^\s*(?i:(grand\s+|sub-?\s*)?totals?)\s*:?\s*$|^\s*(汇总|总和|平均值?|均值)\s*$"
)
_STRICT_SUBTOTAL = r"^[\s\x{3000}]*(本页|本表|全县|全市)?[合小总累共][\s\x{3000}]*计[\s:：]*$"
_FOOTNOTE = (
    r"^[\s*※]*(注|备注|说明|附注|填表说明|填表人|填表单位|填表日期|制表人?|制表日期|审核人?|"
    r"填报人|填报单位|填报日期|复核人?|负责人|联系人|联系电话|单位负责人|数据来源|资料来源|"
    r"统计时间|日期|示例|样例|例|例如|Note|Notes|Source)\s*(\d{0,2})\s*[:：].*$"
    r"|^\s*注\s*\d{1,2}[.、].*$|^\s*[(（]?(以下空白|以下无正文|完|下转.*|续表)[)）]?\s*$"
)
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
        self.issues.append(
            CellIssue(*place, code, severity, params, parsed, position)
        )

    def add_rows(
        self, mask: npt.NDArray[np.bool_], code: str, severity: Severity, column: str,
        raw: pd.Series | None = None, position: int = -1, **params: object,
    ) -> None:  # fmt: skip
        """Note one issue per marked row."""
        for i in np.flatnonzero(mask):
            text = str(raw.iloc[i]) if raw is not None else ""
            row = int(self.rows[i])
            self.add(code, severity, row, column, text, "", position, **params)

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


def body_below(raw: RawTable, header_row: int, texts: Sequence[str] = ()) -> Body:
    """Take the rows below the header, less blank rows, totals, notes, other headers.

    Parameters
    ----------
    texts
        Headers as the rows of the table may repeat them.
    """
    cells = raw.grid.iloc[header_row + 1 :]
    top = raw.first_row + header_row + 1
    rows = np.arange(top, raw.first_row + len(raw.grid), dtype=np.int64)
    body = Body(raw, cells, rows, list(raw.issues))
    first = _first_texts(cells)
    body.keep(first != "")
    body.read = len(body.cells)
    again = _repeats(body.cells, raw, header_row, texts)
    _drop(body, again, "repeated_headers", "inventory.repeated_header")
    subtotal = _subtotals(body.cells)
    first = _first_texts(body.cells)
    body.add_rows(subtotal, "inventory.subtotal", "note", "", pd.Series(first))
    body.subtotals = int(subtotal.sum())
    body.totals, body.totals_rows = body.cells[subtotal], body.rows[subtotal]
    body.totals_at = np.cumsum(~subtotal)[subtotal].astype(np.int64)
    _keep_assets(body, ~subtotal)
    first = _first_texts(body.cells)
    _drop(body, _match(first, _FOOTNOTE), "notes", "inventory.footnote")
    return body


def _keep_assets(body: Body, mask: npt.NDArray[np.bool_]) -> None:
    """Keep the rows that are no totals; `totals_at` counts in these already."""
    body.cells, body.rows = body.cells[mask], body.rows[mask]


def _drop(body: Body, mask: npt.NDArray[np.bool_], reason: str, code: str) -> None:
    if mask.any():
        body.add_rows(mask, code, "note", "", pd.Series(_first_texts(body.cells)))
        body.leave_out(mask, reason)


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


def _match(texts: npt.NDArray[np.object_] | pd.Series, pattern: str) -> npt.NDArray[np.bool_]:
    array = pa.array(texts, type=pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    found = pc.match_substring_regex(array, pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _subtotals(cells: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Mark rows whose first text, or one of the first cells, says that it is a total."""
    found = _match(_first_texts(cells), _SUBTOTAL)
    for column in list(cells)[:LOOK]:
        found |= _match(cells[column], _STRICT_SUBTOTAL)
    return found


def _repeats(
    cells: pd.DataFrame, raw: RawTable, header_row: int, texts: Sequence[str]
) -> npt.NDArray[np.bool_]:
    """Mark rows that repeat the header: most of their cells are its words."""
    names = [str(cell).strip() for cell in raw.grid.iloc[header_row]]
    named = [(i, key(name)) for i, name in enumerate(names) if key(name)]
    joined = {i: key(text) for i, text in enumerate(texts) if key(text)}
    found = np.zeros(len(cells), dtype=bool)
    likely = np.zeros(len(cells), dtype=bool)
    for position, _ in named[:LOOK]:
        likely |= (cells[position].str.strip() == names[position]).to_numpy(dtype=bool)
    for i in np.flatnonzero(likely):
        row = [key(str(cell)) for cell in cells.iloc[i]]
        filled = [(k, cell) for k, cell in enumerate(row) if cell]
        same = [
            cell in {dict(named).get(k), joined.get(k)} for k, cell in filled
        ]
        found[i] = sum(same) >= 2 and sum(same) * 2 > len(same)
    return found
