"""Writers: a grid or several into CSV, TSV, .xlsx (two libraries), .xls and .ods."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.dirtier.layout import Grid
from benchmarks.dirtier.sheet import Cell

_MADE = datetime(2026, 1, 5)
"""Stamped into workbooks, so that a seed always gives the same file."""


def write_text(
    path: Path, grid: Grid, encoding: str, options: dict[str, object]
) -> None:
    """Write one grid as delimited text."""
    tabs = path.suffix == ".tsv" or "csv_tabs" in options
    delimiter = "\t" if tabs else ";" if "csv_semicolons" in options else ","
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if "csv_quoted" in options else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    for row in grid.cells:
        texts = ["" if cell is None else cell.raw() for cell in row]
        if "csv_short_rows" in options:
            while texts and not texts[-1]:
                texts.pop()
        if texts:
            writer.writerow(texts)
        else:
            out.write("\r\n")
    path.write_bytes(out.getvalue().encode(encoding))


def write_book(
    path: Path, grids: Sequence[Grid], engine: str, options: dict[str, object]
) -> None:
    """Write grids as the sheets of a workbook."""
    writers = {"xlsxwriter": _xlsxwriter, "openpyxl": _openpyxl, "xlwt": _xlwt,
               "odfpy": _odfpy}  # fmt: skip
    writers[engine](path, grids, options)


def _xlsxwriter(path: Path, grids: Sequence[Grid], options: dict[str, object]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"date_1904": "date_1904" in options})
    book.set_properties({"created": _MADE})
    forms: dict[str, Any] = {}
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        for first_row, first, last_row, last in grid.merges:
            sheet.merge_range(first_row, first, last_row, last, "")
        for i, row in enumerate(grid.cells):
            for j, cell in enumerate(row):
                if cell is None or cell.write is None:
                    continue
                form = cell.form or (
                    "yyyy-mm-dd" if isinstance(cell.write, date) else ""
                )
                if form and form not in forms:
                    forms[form] = book.add_format({"num_format": form})
                _put(sheet, i, j, cell, forms.get(form))
        if options.get("decorate") and len(grid.cells) > 12:
            sheet.write_comment(10, 1, "请核实")
            sheet.set_row(11, None, None, {"hidden": True})
            sheet.autofilter(0, 0, len(grid.cells) - 1, 3)
            sheet.freeze_panes(1, 0)
    book.close()


def _put(sheet: Any, i: int, j: int, cell: Cell, form: Any) -> None:
    value = cell.write
    if cell.formula:
        sheet.write_formula(i, j, cell.formula, form, value)
    elif isinstance(value, bool):
        sheet.write_boolean(i, j, value, form)
    elif isinstance(value, date):
        sheet.write_datetime(i, j, value, form)
    elif isinstance(value, int | float):
        sheet.write_number(i, j, value, form)
    else:
        sheet.write_string(i, j, str(value), form)


def _openpyxl(path: Path, grids: Sequence[Grid], options: dict[str, object]) -> None:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = _MADE
    if "date_1904" in options:
        book.epoch = CALENDAR_MAC_1904
    for grid in grids:
        sheet = book.create_sheet(grid.name)
        for i, row in enumerate(grid.cells, 1):
            for j, cell in enumerate(row, 1):
                if cell is None or cell.write is None:
                    continue
                at = sheet.cell(i, j)
                at.value = cell.formula or cell.write
                if isinstance(cell.write, str) and not cell.formula:
                    at.data_type = "s"
                if cell.form:
                    at.number_format = cell.form
        for first_row, first, last_row, last in grid.merges:
            sheet.merge_cells(None, first_row + 1, first + 1, last_row + 1, last + 1)
    book.save(path)


def _xlwt(path: Path, grids: Sequence[Grid], options: dict[str, object]) -> None:
    import xlwt  # type: ignore[import-untyped,unused-ignore]

    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = "date_1904" in options
    forms: dict[str, Any] = {}
    for grid in grids:
        sheet = book.add_sheet(grid.name, cell_overwrite_ok=True)
        for first_row, first, last_row, last in grid.merges:
            sheet.merge(first_row, last_row, first, last)
        for i, row in enumerate(grid.cells):
            for j, cell in enumerate(row):
                if cell is None or cell.write is None:
                    continue
                form = cell.form or (
                    "yyyy-mm-dd" if isinstance(cell.write, date) else ""
                )
                forms.setdefault(form, xlwt.easyxf(num_format_str=form or "General"))
                sheet.write(i, j, cell.write, forms[form])
    book.save(str(path))


def _odfpy(path: Path, grids: Sequence[Grid], options: dict[str, object]) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet  # type: ignore[import-untyped,unused-ignore]
    from odf.table import Table, TableRow  # type: ignore[import-untyped,unused-ignore]

    book = OpenDocumentSpreadsheet()
    for grid in grids:
        table = Table(name=grid.name)
        spans = {(a, b): (c - a + 1, d - b + 1) for a, b, c, d in grid.merges}
        hidden = {
            (i, j)
            for a, b, c, d in grid.merges
            for i in range(a, c + 1)
            for j in range(b, d + 1)
        } - set(spans)
        width = max([0, *map(len, grid.cells), *(d + 1 for *_, d in grid.merges)])
        for i, row in enumerate(grid.cells):
            line = TableRow()
            for j in range(width):
                cell = row[j] if j < len(row) else None
                line.addElement(_odf_cell(cell, spans.get((i, j)), (i, j) in hidden))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))


def _odf_cell(cell: Cell | None, span: tuple[int, int] | None, hidden: bool) -> Any:
    from odf.table import CoveredTableCell, TableCell  # type: ignore[import-untyped,unused-ignore]
    from odf.text import P  # type: ignore[import-untyped,unused-ignore]

    more: dict[str, Any] = {}
    if span:
        more = {"numberrowsspanned": span[0], "numbercolumnsspanned": span[1]}
    if hidden or cell is None or cell.write is None:
        return CoveredTableCell() if hidden else TableCell(**more)
    value = cell.write
    if isinstance(value, date):
        made = TableCell(valuetype="date", datevalue=value.isoformat(), **more)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        made = TableCell(valuetype="float", value=repr(value), **more)
    else:
        made = TableCell(valuetype="string", **more)
    for line in cell.raw().split("\n"):
        made.addElement(P(text=line))
    return made
