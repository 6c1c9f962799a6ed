"""A new return workbook for tables that come from no workbook of today's format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from renewopt.core.errors import Message, message
from renewopt.inventory.issues import Severity
from renewopt.inventory.raw import RawTable
from renewopt.inventory.returned import COMMAS_MARK, ISSUE_MARK
from renewopt.report.return_marks import (
    AUTHOR,
    COLOURS,
    COMMENTS,
    HEADINGS,
    LISTED,
    TEXT_LIMIT,
    Line,
    Mark,
    listed,
)
from renewopt.report.return_places import Place
from renewopt.report.workbook import new_book, write_cell
from renewopt.text import Lang, label

WIDTHS = (18, 14, 7, 18, 8, 22, 18, 9, 20, 70)
"""Widths of the columns of the list of issues."""
GREY = {"font_color": "#808080", "font_size": 8}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def write_tables(
    path: Path,
    raws: Sequence[RawTable],
    marks: Sequence[Mapping[Place, Mark]],
    lines: Sequence[Line],
    lang: Lang,
) -> list[Message]:
    """Write the cells of the tables as they stand, coloured, behind the list of issues.

    Every cell is text, as it came; identifiers keep their zeros. Returns what does not
    fit into a workbook.
    """
    names = sheet_names(raws, lang)
    notes: list[Message] = []
    with new_book(path) as book:
        page = book.add_worksheet(label("sheet.issues", lang))
        targets = {raw.sheet: name for raw, name in zip(raws, names, strict=True)}
        _list(book, page, lines, targets, lang)
        if not all(raw.commas for raw in raws):
            page.write_string(0, 1, COMMAS_MARK, book.add_format(GREY))
        fills = {s: book.add_format({"bg_color": f"#{c}"}) for s, c in COLOURS.items()}
        for raw, name, own in zip(raws, names, marks, strict=True):
            sheet = book.add_worksheet(name)
            cut = _cells(sheet, raw, own, fills)
            if cut:
                notes.append(message("report.cell_cut", file=raw.file, cells=cut))
            _comments(sheet, own)
    return notes


def sheet_names(raws: Sequence[RawTable], lang: Lang) -> list[str]:
    """Give each table a sheet name that a workbook allows and no other has."""
    taken = {label("sheet.issues", lang).casefold()}
    names = []
    for raw in raws:
        name = _FORBIDDEN.sub("_", raw.sheet or raw.stem).strip("' ")[:31] or "1"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{name[:27]}~{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _cells(
    sheet: Worksheet,
    raw: RawTable,
    marks: Mapping[Place, Mark],
    fills: Mapping[Severity, Any],
) -> int:
    """Write a table; return how many cells were too long and had to be cut."""
    cut = 0
    styles = {(p.row - 1, p.column - 1): fills[m.severity] for p, m in marks.items()}
    for row, cells in enumerate(raw.grid.to_numpy(dtype=object)):
        for column, cell in enumerate(cells):
            text = str(cell)
            if len(text) > TEXT_LIMIT:
                cut, text = cut + 1, text[:TEXT_LIMIT]
            style = styles.get((row, column))
            if text or style is not None:
                write_cell(sheet, row, column, text or None, style)
    height, width = raw.grid.shape
    if height and width:
        sheet.set_column(0, width - 1, 14)
        everywhere = f"A1:{Place(height, width).name}"
        sheet.ignore_errors({"number_stored_as_text": everywhere})
    return cut


def _comments(sheet: Worksheet, marks: Mapping[Place, Mark]) -> None:
    options = {"author": AUTHOR, "x_scale": 2.4, "y_scale": 1.6}
    for place, mark in list(marks.items())[:COMMENTS]:
        sheet.write_comment(place.row - 1, place.column - 1, mark.text, options)


def _list(
    book: Any, page: Worksheet, lines: Sequence[Line], targets: Mapping[str, str],
    lang: Lang,
) -> None:  # fmt: skip
    """Write the list of issues with links to their cells."""
    grey = book.add_format(GREY)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bg_color": "#1F4E78", "font_color": "white"})
    wide = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"font_color": "blue", "underline": 1, "valign": "top"})
    fills = {
        severity: book.add_format({"bg_color": f"#{colour}", "valign": "top"})
        for severity, colour in COLOURS.items()
    }
    page.write_string(0, 0, ISSUE_MARK, grey)
    page.write_string(1, 0, label("return.how", lang), bold)
    if len(lines) > LISTED:
        page.write_string(2, 0, label("return.more", lang), bold)
    for column, name in enumerate(HEADINGS):
        page.write_string(3, column, label(f"col.{name}", lang), head)
        page.set_column(column, column, WIDTHS[column])
    for row, line in enumerate(lines[:LISTED], start=4):
        for column, value in enumerate(listed(line, lang)):
            style = wide
            if HEADINGS[column] == "severity":
                style = fills.get(line.issue.severity, wide)
            if HEADINGS[column] == "cell" and line.place is not None:
                target = targets[line.target].replace("'", "''")
                page.write_url(
                    row, column, f"internal:'{target}'!{value}", link, str(value)
                )
            else:
                write_cell(page, row, column, value, style)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.freeze_panes(4, 0)
    page.autofilter(3, 0, 3 + len(lines[:LISTED]), len(HEADINGS) - 1)
