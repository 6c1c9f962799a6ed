"""The workbook of a plan: every result table as a sheet, and one chart of the money."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from renewopt.core.errors import InputError
from renewopt.report.fitting import (
    column_width,
    row_height,
    text_height,
)
from renewopt.report.result_tables import result_tables
from renewopt.report.sheets import Kind, Sheet
from renewopt.runs import Run
from renewopt.text import Lang, label

FORMATS: dict[Kind, str] = {
    "text": "@",
    "wide": "@",
    "whole": "#,##0",
    "year": "0",
    "number": "#,##0.##",
    "money": "#,##0.00",
    "share": "0.0%",
}


def workbook(run: Run, path: Path, lang: Lang) -> Path:
    """Write the workbook of a run; whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    sheets = result_tables(run, lang)
    with new_book(path) as book:
        created = datetime.fromisoformat(run.manifest["created"])
        book.set_properties({"title": "renewopt", "created": created})
        painter = Painter(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.set_landscape()
            page.set_paper(9)  # A4
            page.fit_to_pages(1, 0)
            first = painter.fill(page, sheet)
            if sheet.code == "funding_balance":
                _money_chart(book, page, sheet, first, run, lang)
    return path


@contextmanager
def new_book(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook under a temporary name and move it to `path` when it is whole."""
    part = path.with_name(f".{path.name}.part")
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    try:
        book = xlsxwriter.Workbook(str(part), options)
        yield book
        book.close()
        os.replace(part, path)  # noqa: PTH105  (Path.replace is the same call)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise InputError.of("report.cannot_write", file=path, detail=error) from None
    finally:
        part.unlink(missing_ok=True)


class Painter:
    """Writes sheets in one look; text is always written as text, never as a formula."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[Kind, bool], Format] = {}
        self.head = book.add_format(
            {"bold": True, "bg_color": "#1F4E78", "font_color": "white",
             "text_wrap": True, "valign": "vcenter", "border": 1}
        )  # fmt: skip
        self.note = book.add_format({"italic": True, "font_color": "#C00000"})

    def fill(self, page: Worksheet, sheet: Sheet) -> int:
        """Write notes, headings and rows; return the row number of the headings."""
        for number, line in enumerate(sheet.notes):
            page.write_string(number, 0, line, self.note)
        top = len(sheet.notes)
        widths = self._columns(page, sheet, top)
        for number, row in enumerate(sheet.rows):
            bold = number in sheet.bold
            height = row_height(row, sheet, widths)
            if height:
                page.set_row(top + 1 + number, height)
            for column, value in enumerate(row):
                style = self._format(sheet.headings[column].kind, bold)
                write_cell(page, top + 1 + number, column, value, style)
        page.freeze_panes(top + 1, 0)
        if sheet.rows:
            last = top + len(sheet.rows)
            page.autofilter(top, 0, last, len(sheet.headings) - 1)
        return top

    def _columns(self, page: Worksheet, sheet: Sheet, top: int) -> list[int]:
        """Write the headings; give each column the width its cells need."""
        widths = [
            column_width(heading.kind, (row[number] for row in sheet.rows))
            for number, heading in enumerate(sheet.headings)
        ]
        height = 0.0
        for column, heading in enumerate(sheet.headings):
            page.write_string(top, column, heading.text, self.head)
            page.set_column(column, column, widths[column])
            height = max(height, text_height(heading.text, widths[column]))
        page.set_row(top, height + 3)
        return widths

    def _format(self, kind: Kind, bold: bool) -> Format:
        if (kind, bold) not in self._formats:
            style = {"num_format": FORMATS[kind], "valign": "top", "bold": bold}
            style["text_wrap"] = kind in ("text", "wide")
            self._formats[kind, bold] = self._book.add_format(style)
        return self._formats[kind, bold]


def write_cell(
    page: Worksheet, row: int, column: int, value: Any, style: Format | None = None
) -> None:
    """Write a value by its type: text that begins with = + - @ stays text."""
    if value is None:
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        page.write_string(row, column, str(value), style)
    else:
        page.write_number(row, column, value, style)


def _money_chart(
    book: Any, page: Worksheet, sheet: Sheet, top: int, run: Run, lang: Lang
) -> None:
    """Stack what each fund pays by year."""
    years = len(run.problem.case.plan_years)
    paid = label("paid", lang)
    rows = [number for number, row in enumerate(sheet.rows) if row[0] == paid]
    if not rows:
        return
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for number in rows:
        at = top + 1 + number
        chart.add_series(
            {
                "name": [sheet.name, at, 1],
                "categories": [sheet.name, top, 2, top, 1 + years],
                "values": [sheet.name, at, 2, at, 1 + years],
            }
        )
    chart.set_title({"name": label("chart.money", lang)})
    chart.set_y_axis({"name": label("unit.wan", lang)})
    page.insert_chart(top + len(sheet.rows) + 2, 0, chart)
