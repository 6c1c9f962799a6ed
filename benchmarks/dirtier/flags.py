"""Which issue speaks of which cell, row or column."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from benchmarks.dirtier.make import Book
from benchmarks.dirtier.sheet import Column, Sheet
from renewopt.inventory.issues import CellIssue

FLAGS = ("questioned", "rejected")
"""Severities that excuse a value; `repaired` and `note` say that all is well."""


def normal(text: str) -> str:
    """Give a header or a word without spaces, breaks, case and width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(plain.replace("_", "").split())


class Issues:
    """The issues of one sheet, by row and by column.

    An issue speaks of a column as a whole where it stands in row 0, or is a question
    in a row of the header about the header itself. A unit row that was read as data
    says nothing about its columns.
    """

    def __init__(self, issues: Sequence[CellIssue], book: Book, sheet: Sheet) -> None:
        own = [i for i in issues if i.file == book.name and i.sheet in {sheet.name, ""}]
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
                self.columns.setdefault(normal(issue.column), []).append(issue)

    def row_flag(self, row: int) -> str:
        """Give the code with which the whole row is flagged, if it is."""
        for issue in self.by_row.get(row, ()):
            whole = issue.column == "" and issue.severity in FLAGS
            if issue.severity == "rejected" or whole:
                return issue.code
        return ""

    def whole_sheet(self) -> bool:
        """Tell whether the sheet as a whole was left out, and that was said."""
        return any(issue.code == "inventory.sheet_ignored" for issue in self.whole)

    def cell_flag(self, row: int, names: set[str]) -> str:
        """Give the code with which a cell, or its column, is flagged, if it is."""
        for issue in self.by_row.get(row, ()):
            if issue.severity in FLAGS and normal(issue.column) in names:
                return issue.code
        return self.column_issue(names, FLAGS)

    def column_issue(self, names: set[str], severities: Sequence[str]) -> str:
        """Give the code of an issue of the column as a whole, if there is one."""
        for name in sorted(names):
            for issue in self.columns.get(name, ()):
                if issue.severity in severities:
                    return issue.code
        return ""


def header_names(column: Column) -> set[str]:
    """Give every way in which an issue may name the column."""
    parts = [column.label, column.header(), f"{column.label}{column.unit}", column.key]
    parts += [f"{column.group}{part}" for part in parts[:3]]
    return {normal(part) for part in parts if part}
