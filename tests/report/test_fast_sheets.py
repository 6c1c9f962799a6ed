"""Writing a kept workbook fast: the same workbook as openpyxl writes."""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from renewopt.report.fast_sheets import save_workbook


def book() -> Workbook:
    """Make a workbook with a cell of every kind."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    values = [
        "管线编号", " <a> & 'b' \"c\"\n", "=1+1", "", 5, -2.5, 1e-7, 123456789012, True,
        datetime.datetime(2024, 5, 1, 12), datetime.time(8, 30), "#N/A",
        datetime.timedelta(hours=30), "2024", ArrayFormula("A20:A21", "=SUM(A5:A6)"),
        CellRichText("红", TextBlock(InlineFont(b=True), "字")),
    ]  # fmt: skip
    for row, value in enumerate(values, start=1):
        sheet.cell(row, 1).value = value
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor="FFC7CE")
    sheet["C1"] = "=cmd|x"
    sheet["C1"].data_type = "s"
    sheet["C2"].comment = Comment("看", "x")
    sheet["C3"] = "连接"
    sheet["C3"].hyperlink = "https://example.org/?a=1&b=2"
    sheet["D9"].font = Font(bold=True)
    sheet.merge_cells("E1:F2")
    sheet.row_dimensions[30].height = 33
    sheet.row_dimensions[3].hidden = True
    sheet.auto_filter.ref = "A1:C9"
    made.create_sheet("空")
    return made


def parts(path: Path) -> dict[str, bytes]:
    """Give the parts of a workbook, as they read."""
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    del found["docProps/core.xml"]  # the moment of writing
    return {k: re.sub(rb'\s+(?=/?>)| t="n"', b"", v) for k, v in found.items()}


def test_both_ways_write_the_same(tmp_path: Path) -> None:
    """Every part is equal but for blanks in tags, and the type that goes unsaid."""
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    book().save(one)
    save_workbook(book(), two)
    assert parts(one) == parts(two)
    sheet = openpyxl.load_workbook(two)["Sheet"]
    assert [sheet["A5"].value, sheet["A6"].value] == [5, -2.5]
    assert sheet["C1"].data_type == "s"
    assert sheet["C2"].comment is not None
