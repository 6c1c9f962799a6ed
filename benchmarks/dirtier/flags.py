"""Which issue speaks of which cell, row or column."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from benchmarks.dirtier.make import Book
from benchmarks.dirtier.sheet import Column, Sheet
from renewopt.inventory.issues import CellIssue

FLAGS = ("questioned", "rejected")
"""Severities that excuse a value; `repaired` and `note` say that all is well."""
ASSUMED: Mapping[str, str] = {
    "inventory.serial_as_id": "names the serial number that stands for identifiers",
    "inventory.serial_not_id": "names the count that was passed over for the names",
    "inventory.mapping_other_column": "names the column that the profile says",
    "inventory.mapping_other_period": "names the column that the profile says",
    "inventory.crs_datum": "names the system and zone in which coordinates were taken",
    "inventory.crs_shift": "names the system whose shift is not known",
    "inventory.axes_unclear": "names the order in which coordinates were taken",
}
"""Questions about a whole column whose values were taken, and what each one names.

A question about a column in any other code excuses only cells that were not taken.
"""


def normal(text: str) -> str:
    """Give a header or a word without spaces, breaks, case and width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(plain.replace("_", "").split())


class Issues:
    """The issues of one sheet, by row and by column.

    An issue speaks of a column as a whole where it stands in row 0, or is a question
    in a row of the header about the header itself. A unit row that was read as data
    says nothing about its columns. A column called `a, b` is both of them: the two
    coordinates of a place. An issue without a column that says the position of its cell
    (a formula without a value) speaks of that cell and not of the row.
    """

    def __init__(self, issues: Sequence[CellIssue], book: Book, sheet: Sheet) -> None:
        own = [i for i in issues if i.file == book.name and i.sheet in {sheet.name, ""}]
        own = [i for i in own if not 0 < i.row < sheet.first_line]  # of the sheet above
        self.by_row: dict[int, list[CellIssue]] = {}
        self.columns: dict[str, list[CellIssue]] = {}
        self.whole: list[CellIssue] = []
        for issue in own:
            about_header = issue.raw in {"", issue.column}
            if issue.row > sheet.header_lines:
                self.by_row.setdefault(issue.row, []).append(issue)
            elif not issue.column:
                self.whole.append(issue)
            elif issue.row == 0 or (about_header and issue.severity != "rejected"):
                for name in _named(issue.column):
                    self.columns.setdefault(name, []).append(issue)

    def row_flag(self, row: int) -> str:
        """Give the code with which the whole row is flagged, if it is."""
        for issue in self.by_row.get(row, ()):
            one = issue.column != "" or "position" in issue.params
            whole = not one and issue.severity in FLAGS
            if issue.severity == "rejected" or whole:
                return issue.code
        return ""

    def whole_sheet(self) -> bool:
        """Tell whether the sheet as a whole was left out, and that was said."""
        return any(issue.code == "inventory.sheet_ignored" for issue in self.whole)

    def cell_flag(
        self, row: int, names: set[str], place: int, taken: bool = False
    ) -> str:
        """Give the code with which a cell is flagged, by itself or by its column.

        Parameters
        ----------
        place
            Position of the column in the sheet, from 1.
        taken
            Whether a value was taken from the cell: then a question about the column
            must name what was assumed of it (`ASSUMED`).
        """
        for issue in self.by_row.get(row, ()):
            here = not issue.column and issue.params.get("position") == place
            if issue.severity in FLAGS and (here or _named(issue.column) & names):
                return issue.code
        return self.column_issue(names, FLAGS, ASSUMED if taken else None)

    def column_issue(
        self,
        names: set[str],
        severities: Sequence[str],
        codes: Mapping[str, str] | None = None,
    ) -> str:
        """Give the code of an issue of the column as a whole, if there is one."""
        for name in sorted(names):
            for issue in self.columns.get(name, ()):
                if issue.severity in severities and (
                    codes is None or issue.code in codes
                ):
                    return issue.code
        return ""


def _named(column: str) -> set[str]:
    """Give the names of the column, or of both, that an issue speaks of."""
    return {normal(part) for part in (column, *column.split(", ")) if part}


def header_names(column: Column, others: Sequence[Column] = ()) -> set[str]:
    """Give every way in which an issue may name the column, and no other one.

    经度 alone, below 起点 and below 终点, is the name of neither.
    """
    elsewhere = {
        normal(name)
        for other in others
        if other.group != column.group
        for name in _bare_names(other)
    }
    full = {f"{column.group}{name}" for name in _bare_names(column)}
    bare = {normal(name) for name in _bare_names(column)}
    own = {normal(name) for name in (*full, column.key) if name}
    return own | (bare - elsewhere if column.group else bare)


def _bare_names(column: Column) -> list[str]:
    names = [column.label, column.header(), f"{column.label}{column.unit}"]
    return [name for name in names if name]
