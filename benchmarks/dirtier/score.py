"""What became of each cell, held against the truth.

A cell counts, in this order, as

recovered
    The value is the truth (or as right as it, see `Cell.accept`).
bounded
    An interval stated for this very cell holds the truth.
flagged
    Nothing was taken from the cell, or a wrong value was, and a question or rejection
    names it: an issue of its row about its column or the row as a whole, or, where
    nothing was taken, a question about the column. A wrong value that was taken is
    excused by a question about its column only if that names what was assumed
    (`flags.ASSUMED`).
noted
    Nothing was taken, and no more than a note or a repair says so.
silently wrong, silently lost
    All else: a wrong value, or none, without a word about it.
refused
    The whole file was refused, without need.

Cells of files that may be refused as a whole, and were, are counted apart, and so are
those whose dirt nobody could tell. Street segments count where the file states them;
those that the product derived (`corridor_source` is not `id`) are no cells. Questions
about clean cells are false alarms, whether or not the value is right.
"""

from __future__ import annotations

import unicodedata

from benchmarks.dirtier.counts import (
    BOUNDED,
    CLEAN,
    FLAGGED,
    LOST,
    NOTED,
    RECOVERED,
    REFUSED,
    WRONG,
    Bad,
    Score,
)
from benchmarks.dirtier.flags import FLAGS, Issues, header_names, normal
from benchmarks.dirtier.kinds import KINDS
from benchmarks.dirtier.make import Book
from benchmarks.dirtier.match import Matched, Table, match_rows
from benchmarks.dirtier.sheet import Cell, Column, Row, Sheet
from benchmarks.dirtier.source import Value
from renewopt.inventory.inventory import Inventory


def score_book(book: Book, inventory: Inventory | None, problem: str = "") -> Score:
    """Score one file.

    Parameters
    ----------
    inventory
        What was read; None where the file was refused as a whole.
    problem
        Why it was refused.
    """
    score = Score(files=1)
    if inventory is None:
        score.refused.append((book.name, problem, tuple(book.kinds), book.refusable()))
    for asset_class in sorted({sheet.asset_class for sheet in book.sheets}):
        scorers = [
            _SheetScorer(book, sheet, score)
            for sheet in book.sheets
            if sheet.asset_class == asset_class
        ]
        if inventory is None:
            for scorer in scorers:
                scorer.refuse()
        else:
            _score_class(scorers, inventory, Table.of(inventory, asset_class))
    return score


def _score_class(
    scorers: list[_SheetScorer], inventory: Inventory, table: Table
) -> None:
    """Score the sheets of one class; a row of the table belongs to one of them."""
    found = match_rows((scorer.sheet for scorer in scorers), table)
    for scorer in scorers:
        scorer.read(inventory, table, found)
    for at in found.unclaimed:
        name = table.ids[at]
        source = next((s for s in scorers if s.no_asset(name)), scorers[0])
        source.invented(name)


class _SheetScorer:
    def __init__(self, book: Book, sheet: Sheet, score: Score) -> None:
        self.book, self.sheet, self.score = book, sheet, score
        self.issues = Issues((), book, sheet)
        self.columns = [c for c in sheet.columns if c.spec is not None]
        self.names = {c.key: header_names(c, sheet.columns) for c in self.columns}
        self.places = {
            c.key: sheet.blank_left + number
            for number, c in enumerate(sheet.columns, 1)
        }
        around = [k for k in book.kinds if KINDS[k].scope in {"row", "layout", "file"}]
        self.around = tuple(around) or CLEAN

    def refuse(self) -> None:
        rightly = self.book.refusable()
        for row in self.sheet.assets():
            self.score.rows += 1
            for column in self.columns:
                cell = row.cells[column.key]
                if not _blank(cell) and rightly:
                    self.score.apart[FLAGGED] += 1
                elif not _blank(cell):
                    self._count(row, column, cell, REFUSED, "")

    def read(self, inventory: Inventory, table: Table, found: Matched) -> None:
        self.issues = Issues(inventory.issues, self.book, self.sheet)
        spare = _left_out(inventory, self.book, self.sheet)
        for row in self.sheet.assets():
            self.score.rows += 1
            at = found.rows.get(id(row))
            if at is None:
                spare -= self._missing(row, self.issues, spare)
            else:
                self._present(row, table, at, self.issues)

    def _missing(self, row: Row, issues: Issues, spare: int) -> int:
        """Score a row that is not there; return how many left-out rows it used."""
        said = bool(issues.by_row.get(row.number)) or issues.whole_sheet()
        used = 0 if said or spare <= 0 else 1
        if issues.row_flag(row.number):
            outcome = FLAGGED
        elif said or used:
            outcome = NOTED
        else:
            outcome = LOST
            kinds = self._row_kinds(row)
            self.score.rows_lost.update(kinds)
            self._bad(row, "", "", "", "", kinds, "row lost")
        for column in self.columns:
            cell = row.cells[column.key]
            if _blank(cell):
                continue
            own = outcome
            if own == NOTED and self._flag(row, column, issues):
                own = FLAGGED
            self._count(row, column, cell, own, "")
        if outcome == FLAGGED and not row.dirty():
            self._alarm(issues.row_flag(row.number), len(self.columns))
        return used

    def _present(self, row: Row, table: Table, at: int, issues: Issues) -> None:
        whole = issues.row_flag(row.number)
        for column in self.columns:
            cell = row.cells[column.key]
            actual = table.value(column.key, at)
            if actual is None and _blank(cell):
                continue
            flag = self._flag(row, column, issues, actual is not None)
            outcome = self._outcome(
                cell, column, actual, table, at, flag or whole, issues
            )
            self._count(row, column, cell, outcome, actual)
            alarm = flag or self._flag(row, column, issues)
            if alarm and not (cell.kind or column.kind or column.header_kind):
                self._alarm(alarm, 1)
        if whole and not row.dirty():
            self._alarm(whole, len(self.columns))

    def _flag(
        self, row: Row, column: Column, issues: Issues, taken: bool = False
    ) -> str:
        names, place = self.names[column.key], self.places[column.key]
        return issues.cell_flag(row.number, names, place, taken)

    def _outcome(
        self, cell: Cell, column: Column, actual: Value, table: Table, at: int,
        flag: str, issues: Issues,
    ) -> str:  # fmt: skip
        if same(cell, actual, column):
            return RECOVERED
        if table.bounds(column.key, at, cell.truth):
            return BOUNDED
        if flag:
            return FLAGGED
        if actual is None:
            noted = issues.column_issue(self.names[column.key], ("note", "repaired"))
            return NOTED if noted else LOST
        return WRONG

    def _row_kinds(self, row: Row) -> tuple[str, ...]:
        kinds = {cell.kind for cell in row.cells.values() if cell.kind}
        kinds |= {c.kind or c.header_kind for c in self.columns} - {""}
        return tuple(sorted(kinds)) or self.around

    def _count(
        self, row: Row, column: Column, cell: Cell, outcome: str, actual: Value
    ) -> None:
        own = cell.kind or column.kind
        kinds = tuple(k for k in (own, column.header_kind) if k)
        score = self.score
        if own and KINDS[own].untellable:
            score.untellable[outcome] += 1
            return
        score.totals[outcome] += 1
        score.layouts[self.book.layout, outcome] += 1
        if kinds:
            score.dirty[outcome] += 1
        else:
            score.clean += 1
        for kind in kinds or self.around:
            score.cells[kind, outcome] += 1
        if outcome in {WRONG, LOST, NOTED}:
            self._bad(row, column.header(), cell.raw(), str(cell.truth), str(actual),
                      kinds or self.around, outcome)  # fmt: skip

    def _bad(
        self, row: Row, column: str, raw: str, truth: str, parsed: str,
        kinds: tuple[str, ...], outcome: str,
    ) -> None:  # fmt: skip
        self.score.bad.append(
            Bad(self.book.name, self.sheet.name, row.number, column, raw, truth, parsed,
                kinds, outcome)
        )  # fmt: skip

    def _alarm(self, code: str, cells: int) -> None:
        self.score.alarms += cells
        self.score.alarm_codes[code] += cells

    def invented(self, name: str) -> None:
        """Count a row of the table that no asset stands behind, unless questioned."""
        row = self.no_asset(name)
        number = row.number if row is not None else 0
        said = self.issues.by_row.get(number, ()) if row is not None else ()
        if any(issue.severity in FLAGS for issue in said):
            return
        kind = row.what if row is not None else " + ".join(self.around)
        self.score.rows_invented[kind] += 1
        place = (self.book.name, self.sheet.name, number)
        self.score.bad.append(Bad(*place, "", name, "", name, (kind,), "row invented"))

    def no_asset(self, name: str) -> Row | None:
        """Find the row that is no data and has this identifier."""
        for row in self.sheet.rows:
            cell = row.cells.get("asset_id")
            if row.what != "asset" and cell and normal(cell.raw()) == normal(name):
                return row
        return None


def _blank(cell: Cell) -> bool:
    return cell.truth is None and cell.raw() == ""


def _left_out(inventory: Inventory, book: Book, sheet: Sheet) -> int:
    """Count the rows said to be left out, beyond those that are no data anyway."""
    said = sum(
        sum(count.left_out.values())
        for count in inventory.counts
        if count.file == book.name and count.sheet == sheet.name
    )
    together = [one for one in book.sheets if one.name == sheet.name]
    return said - sum(row.what != "asset" for one in together for row in one.rows)


def same(cell: Cell, actual: Value, column: Column) -> bool:
    """Tell whether a value is the truth, as far as the written text goes."""
    return any(
        _equal(truth, actual, cell.tolerance, column)
        for truth in (cell.truth, *cell.accept)
    )


def _equal(truth: Value, actual: Value, tolerance: float, column: Column) -> bool:
    if truth is None or actual is None:
        return truth is None and actual is None
    spec = column.spec
    if spec is not None and spec.kind in {"text", "choice"}:
        a, b = str(truth), str(actual)
        return a == b if spec.kind == "choice" else _text(a) == _text(b)
    if isinstance(truth, bool) or isinstance(actual, bool):
        return truth is actual or truth == actual
    if isinstance(truth, int | float) and isinstance(actual, int | float):
        room = max(tolerance, 1e-9 * max(1.0, abs(truth)))
        return abs(float(truth) - float(actual)) <= room
    return truth == actual


def _text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
