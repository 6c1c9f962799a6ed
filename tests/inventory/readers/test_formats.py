"""Number formats that carry a unit: read as shown, or asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from renewopt.catalogue import Catalogue
from renewopt.inventory import read_inventory
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.formats_xls import xls_formats
from renewopt.inventory.readers.workbook import read_workbook
from tests.inventory.readers.making import cells, codes, ods, xls


def book(path: Path, code: str, number: float, header: str = "管长") -> Path:
    """Write a table whose third column has a number format."""
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("供水管道")
    sheet.write_row(0, 0, ["管线编号", "材质", header])
    sheet.write_row(1, 0, ["G1", "PE"])
    sheet.write_number(1, 2, number, made.add_format({"num_format": code}))
    sheet.write_row(2, 0, ["G2", "PE", 35])
    made.close()
    return path


def raw(path: Path) -> RawTable:
    """Read the one sheet of a workbook."""
    (table,) = read_workbook(path)
    return table


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('0.0"公里"', 1.25, "1.25公里"),
        ('#,##0.00" 万元"', 1200.5, "1200.5万元"),
        ('0"百米"', 12, "12百米"),
        ("0.0\\k\\m", 1.5, "1.5km"),
        ('0"‰"', 3, "3‰"),
        ('0"%"', 12, "12%"),
        ("0%", 0.07, "7%"),
        ("0.00%", 0.1234, "12.34%"),
        ('"Φ"0', 219, "Φ219"),
        ('"约"0', 500, "约500"),
        ('0.0"公里";-0.0"公里"', 2, "2公里"),
        ('General"米"', 12.5, "12.5米"),
        ('0!.0,"万"', 12345, "1.2345万"),
        ('0\\.0,"万元"', 12345, "1.2345万元"),
        ('0!.0000"万"', 500, "0.05万"),
        ('#,##0.0,"公里"', 1250, "1.25公里"),
        ('0.0,"千"', 12345, "12.345千"),
        ('0.00,,"百万"', 1250000, "1.25百万"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(
    tmp_path: Path, code: str, number: float, shown: str
) -> None:
    """The unit joins the number, with all its digits; one note names the column."""
    table = raw(book(tmp_path / "a.xlsx", code, number))
    assert cells(table)[1] == ["G1", "PE", shown]
    assert cells(table)[2] == ["G2", "PE", "35"]
    assert codes(table) == ["unit_in_format"]
    assert table.issues[0].params == {"position": 3, "format": code, "cells": 1}


@pytest.mark.parametrize(
    "code",
    ["0.0,", '0.0,"万"', '0!.0,"米"', '0!.0!.0,"万"', '[>=10000]0!.0,"万";0',
     '0.0"公里";0"米"', '0.0%"左右"'],
)  # fmt: skip
def test_a_format_that_shows_another_number_is_asked_about(
    tmp_path: Path, code: str
) -> None:
    """The cell is not taken where the shown number cannot be told."""
    table = raw(book(tmp_path / "a.xlsx", code, 12345))
    assert cells(table)[1] == ["G1", "PE", ""]
    assert codes(table) == ["unclear_format"]
    assert table.issues[0].severity == "questioned"


@pytest.mark.parametrize(
    "code",
    ["General", "0.00", "#,##0.00", "0_ ", '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ',
     "#,##0.00_);[Red](#,##0.00)", '[$¥-804]#,##0', '"GX-"0000', "@", "0.00E+00"],
)  # fmt: skip
def test_usual_formats_change_nothing(tmp_path: Path, code: str) -> None:
    """Currencies, thousands, colours and exponents add no unit."""
    table = raw(book(tmp_path / "a.xlsx", code, 12))
    assert cells(table)[1] == ["G1", "PE", "12"]
    assert table.issues == ()


def test_dates_stay_dates(tmp_path: Path) -> None:
    """年 and 月 of a date format are no units."""
    table = raw(book(tmp_path / "a.xlsx", 'yyyy"年"m"月"d"日"', 40000, "敷设年份"))
    assert cells(table)[1][2] == "2009-07-06"
    assert table.issues == ()


@pytest.mark.parametrize(
    ("code", "number", "length"),
    [('0.0"公里"', 1.2, 1200.0), ('0"百米"', 3, 300.0), ('0"里"', 3, None)],
)
def test_a_length_in_kilometres_is_not_one_of_metres(
    tmp_path: Path, catalogue: Catalogue, code: str, number: float, length: float | None
) -> None:
    """Shown as 1.2公里 it is 1200 m; a unit that is unknown takes no value."""
    found = read_inventory(book(tmp_path / "供水管道.xlsx", code, number), catalogue)
    frame = found.assets["water_pipe"].set_index("asset_id")
    assert frame["length_m"].get("G1") == length
    assert frame["length_m"]["G2"] == 35
    assert "inventory.unit_in_format" in {issue.code for issue in found.issues}


def test_areas_shown_in_ten_thousands_keep_their_rows(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """`0!.0,"万"` shows 24500 as 2.5万: that many m², and the row is not rejected."""
    path = tmp_path / "老旧小区.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("小区")
    sheet.write_row(0, 0, ["小区编号", "户数", "建筑面积(㎡)", "备注"])
    sheet.write_row(1, 0, ["XQ-1", 300])
    sheet.write_number(1, 2, 24512, made.add_format({"num_format": '0!.0,"万"'}))
    made.close()
    found = read_inventory(path, catalogue, "residential_compound")
    frame = found.assets["residential_compound"]
    assert frame["floor_area_m2"].tolist() == [24512.0]


def test_ten_thousands_under_a_header_of_ten_thousands_are_asked_about(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """1.2万 under 万㎡ may count once or twice; it is not taken."""
    path = tmp_path / "老旧小区.csv"
    text = "小区编号,户数,建筑面积(万㎡)\nXQ-1,300,0.0001万\nXQ-2,300,1.2\n"
    path.write_text(text, encoding="utf-8")
    found = read_inventory(path, catalogue, "residential_compound")
    frame = found.assets["residential_compound"]
    assert frame["asset_id"].tolist() == ["XQ-2"]
    assert {i.row for i in found.issues if i.severity == "rejected"} == {2}


PIPES = [["管线编号", "材质", "管长"], ["G1", "PE", 1.25], ["G2", "PE", 12345]]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('0.0"公里"', ["1.25公里", "12345公里"]),
        ("0.00%", ["125%", "1234500%"]),
        ('"DN"0', ["DN1.25", "DN12345"]),
        ('0!.0,"万"', ["0.000125万", "1.2345万"]),
        ("#,##0.00", ["1.25", "12345"]),
        ("0.0,", ["", ""]),
    ],
)
def test_formats_of_old_workbooks(tmp_path: Path, code: str, shown: list[str]) -> None:
    """An .xls says in records of its own how a number is shown; those count too."""
    table = raw(xls(tmp_path / "a.xls", PIPES, code=code))
    assert [row[2] for row in cells(table)[1:]] == shown
    expected = [] if shown[0] == "1.25" else ["unit_in_format"]
    assert codes(table) == (expected if shown[0] else ["unclear_format"])


def number_style(inner: str, kind: str = "number") -> str:
    """Give the style N1 of an OpenDocument spreadsheet."""
    name = f"number:{kind}-style"
    return f'<{name} style:name="N1">{inner}</{name}>'


DIGITS = '<number:number number:decimal-places="1"/>'


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        (
            number_style(f"{DIGITS}<number:text>公里</number:text>"),
            ["1.25公里", "12345公里"],
        ),
        (
            number_style(f"{DIGITS}<number:text>%</number:text>", "percentage"),
            ["125%", "1234500%"],
        ),
        (
            number_style(f"<number:text>DN</number:text>{DIGITS}"),
            ["DN1.25", "DN12345"],
        ),
        (
            number_style(
                '<number:number number:display-factor="1000"/>'
                "<number:text>千</number:text>"
            ),
            ["0.00125千", "12.345千"],
        ),
        (number_style('<number:number number:display-factor="1000"/>'), ["", ""]),
        (number_style(DIGITS), ["1.25", "12345"]),
    ],
)
def test_formats_of_open_documents(
    tmp_path: Path, style: str, shown: list[str]
) -> None:
    """An .ods keeps formats as styles of data; they count as in any workbook."""
    table = raw(ods(tmp_path / "a.ods", PIPES, data_style=style))
    assert [row[2] for row in cells(table)[1:]] == shown
    expected = ["unit_in_format"] if shown[0] != "1.25" else []
    assert codes(table) == (expected if shown[0] else ["unclear_format"])


def test_formats_of_damaged_old_workbooks(tmp_path: Path) -> None:
    """Looking for formats never fails, and finds none that are not there."""
    whole = xls(tmp_path / "a.xls", PIPES, code="0%").read_bytes()
    found = xls_formats(tmp_path / "a.xls")
    assert [*found["Sheet1"]] == ["C2", "C3"]
    for cut in (0, 20, 100, 600, 1500, 2000):
        path = tmp_path / "cut.xls"
        path.write_bytes(whole[:cut])
        for name, shown in xls_formats(path).items():
            assert shown.items() <= found[name].items()
