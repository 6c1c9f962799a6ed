"""Workbooks: old and new, and everything that can be wrong with one."""

from __future__ import annotations

import resource
import time
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from renewopt.catalogue import load
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory
from renewopt.inventory.readers import bombs, read_raw
from tests.inventory.readers.making import biff, cells, codes, compound, ods, xls, xlsx

ROWS = [["管线编号", "管长(m)", "年份"], ["A1", 12.5, 2003.0], ["A2", 30.0, ""]]
TEXTS = [["管线编号", "管长(m)", "年份"], ["A1", "12.5", "2003"], ["A2", "30", ""]]


def refused(path: Path) -> list[str]:
    """Read a file that must be refused; give the codes."""
    with pytest.raises(InputError) as error:
        read_raw(path)
    return codes(error.value)


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Replace bytes in the first sheet of a workbook."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in members[sheet]
    members[sheet] = members[sheet].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_all_kinds_of_workbook(tmp_path: Path) -> None:
    """.xlsx, .xlsm, .xls and .ods give the same texts; nothing is noted."""
    paths = [
        xlsx(tmp_path / "a.xlsx", {"Sheet1": ROWS}),
        xlsx(tmp_path / "b.xlsm", {"Sheet1": ROWS}),
        xls(tmp_path / "c.xls", ROWS),
        ods(tmp_path / "d.ods", ROWS),
    ]
    for path in paths:
        (table,) = read_raw(path)
        assert cells(table) == TEXTS, path.name
        assert codes(table) == []
        assert table.first_row == 1


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.ods"])
def test_the_content_decides_not_the_suffix(tmp_path: Path, name: str) -> None:
    """A workbook under another suffix is read and noted."""
    path = xlsx(tmp_path / "x.xlsx", {"Sheet1": ROWS}).rename(tmp_path / name)
    (table,) = read_raw(path)
    assert cells(table) == TEXTS
    assert codes(table) == ["other_content"]


def test_text_under_a_workbook_s_name(tmp_path: Path) -> None:
    """A CSV file that is called .xls is read as what it is."""
    path = tmp_path / "a.xls"
    path.write_bytes("编号,管长\nA1,5\n".encode("gb18030"))
    (table,) = read_raw(path)
    assert cells(table) == [["编号", "管长"], ["A1", "5"]]
    assert codes(table) == ["other_content", "encoding"]


def test_a_web_page_under_a_workbook_s_name(tmp_path: Path) -> None:
    """What many systems export as .xls is a web page; the way out is said."""
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>编号</td></tr></table></html>", "utf-8")
    assert refused(path) == ["refused_html"]


def test_encrypted_workbooks(tmp_path: Path) -> None:
    """Locked workbooks are named as such, new and old ones."""
    new = tmp_path / "a.xlsx"
    new.write_bytes(compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}))
    assert refused(new) == ["encrypted"]
    assert refused(xls(tmp_path / "b.xls", ROWS, locked=True)) == ["encrypted"]
    assert biff(ROWS) != biff(ROWS, locked=True)


def test_truncated_workbooks(tmp_path: Path) -> None:
    """A file that was cut off is named as incomplete, wherever it was cut."""
    whole = xlsx(tmp_path / "a.xlsx", {"Sheet1": ROWS}).read_bytes()
    for share in (0.1, 0.5, 0.95):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[: int(len(whole) * share)])
        assert refused(path) == ["truncated_zip"]


def test_damaged_members(tmp_path: Path) -> None:
    """A workbook whose content is damaged inside its archive is refused."""
    path = xlsx(tmp_path / "a.xlsx", {"Sheet1": ROWS})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[place + 60 : place + 90] = bytes(30)
    path.write_bytes(bytes(data))
    assert refused(path) == ["unreadable"]


@pytest.mark.parametrize("honest", [True, False])
def test_zip_bombs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: bool
) -> None:
    """What unpacks to too much is refused, also where it declares a small size."""
    monkeypatch.setattr(bombs, "UNPACKED_LIMIT", 5 << 20)
    monkeypatch.setattr(bombs, "MOST_RATIO", 2000)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (20 << 20))
    if not honest:
        data = path.read_bytes()
        size = (20 << 20).to_bytes(4, "little")
        assert data.count(size) == 2
        path.write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(InputError) as error:
        read_raw(path)
    (message,) = error.value.messages
    assert message.code == "inventory.zip_bomb"
    assert message.params["allowed"] == 5


def test_formatted_empty_rows(tmp_path: Path) -> None:
    """Rows that hold formats only cost neither rows nor memory."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    form = book.add_format({"bg_color": "#ffff00"})
    for name in ("Sheet1", "Sheet2"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["管线编号", "管长"])
        sheet.write_row(1, 0, ["A1", 5])
        for row in range(2, 10_000):
            sheet.write_blank(row, 0, None, form)
            sheet.write_blank(row, 1, None, form)
    book.close()
    assert [len(table.grid) for table in read_raw(path)] == [2, 2]
    path = ods(tmp_path / "b.ods", ROWS, blank_rows=1_000_000)
    assert [len(table.grid) for table in read_raw(path)] == [3]


@pytest.mark.long
def test_two_million_formatted_empty_rows(tmp_path: Path) -> None:
    """Two sheets of a million such rows are read in time and memory of their own."""
    small, path = tmp_path / "small.xlsx", tmp_path / "gas_pipe.xlsx"
    book = xlsxwriter.Workbook(str(small))
    for name in ("燃气管道1", "燃气管道2"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["管线编号", "管长(m)"])
        sheet.write_row(1, 0, [f"{name}-A", 5])
    book.close()
    blank = "".join(
        f'<row r="{row}"><c r="A{row}" s="0"/><c r="B{row}" s="0"/></row>'
        for row in range(3, 1_000_003)
    )
    with zipfile.ZipFile(small) as before, zipfile.ZipFile(path, "w", 8) as after:
        for item in before.infolist():
            data = before.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                end = f"{blank}</sheetData>".encode()
                assert data.count(b"</sheetData>") == 1
                data = data.replace(b"</sheetData>", end)
            after.writestr(item.filename, data)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = read_inventory(path, load())
    assert time.perf_counter() - start < 60
    used_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    assert used_kib < 2 << 20
    assert found.assets["gas_pipe"]["asset_id"].tolist() == [
        "燃气管道1-A", "燃气管道2-A",
    ]  # fmt: skip
    assert [count.read for count in found.counts] == [1, 1]


def test_a_stray_cell_far_away(tmp_path: Path) -> None:
    """A sheet that would span more cells than memory should hold is refused first."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["管线编号", "管长"])
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(InputError) as error:
        read_raw(path)
    (message,) = error.value.messages
    assert message.code == "inventory.sheet_too_large"
    assert (message.params["rows"], message.params["columns"]) == (1_048_576, 16_384)


def test_formulas_without_a_stored_value(tmp_path: Path) -> None:
    """Each such cell is questioned by name; stored values and empty texts are not."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["管线编号", "管长"], ["A1", "=1+1"], ["A2", 5], ["A3", "=SUM(B2:B3)"]):
        sheet.append(row)
    book.save(path)
    book.close()
    (table,) = read_raw(path)
    found = [(i.row, i.params["cell"], i.severity) for i in table.issues]
    assert found == [(2, "B2", "questioned"), (4, "B4", "questioned")]
    assert [row[1] for row in cells(table)] == ["管长", "", "5", ""]
    stored = tmp_path / "b.xlsx"
    writer = xlsxwriter.Workbook(str(stored))
    page = writer.add_worksheet()
    page.write_row(0, 0, ["管线编号", "管长"])
    page.write_formula(1, 0, '="A"&1', None, "A1")
    page.write_formula(1, 1, "=1+1", None, 2)
    page.write_formula(2, 0, '=""', None, "")
    page.write(2, 1, 3)
    writer.close()
    # Spreadsheets mark a stored empty text; this writer does not.
    rewrite(stored, b'<c r="A3"><f>', b'<c r="A3" t="str"><f>')
    (table,) = read_raw(stored)
    assert codes(table) == []
    assert cells(table)[1] == ["A1", "2"]


def test_error_values_are_questioned_and_empty(tmp_path: Path) -> None:
    """#N/A and the like are no text of an asset."""
    rows = [["管线编号", "权属单位"], ["A1", "#N/A"], ["#REF!", "x"]]
    (table,) = read_raw(xlsx(tmp_path / "a.xlsx", {"Sheet1": rows}))
    assert cells(table)[1:] == [["A1", ""], ["", "x"]]
    assert [(i.row, i.raw) for i in table.issues] == [(2, "#N/A"), (3, "#REF!")]


def test_sheets_without_cells(tmp_path: Path) -> None:
    """Pictures, charts and empty sheets are named; alone they are an error."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("台账")
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    book.add_worksheet("照片").insert_textbox(0, 0, "现场照片")
    chart = book.add_chart({"type": "line"})
    assert chart is not None
    chart.add_series({"values": "=台账!$B$2:$B$3"})
    book.add_chartsheet("图").set_chart(chart)
    book.add_worksheet("藏").hide()
    book.get_worksheet_by_name("藏").write(0, 0, "x")
    book.close()
    tables = read_raw(path)
    assert [table.sheet for table in tables] == ["台账", "藏"]
    assert [(i.sheet, i.code.split(".")[1]) for t in tables for i in t.issues] == [
        ("照片", "no_cells"),
        ("图", "no_cells"),
        ("藏", "hidden_sheet"),
    ]
    only = tmp_path / "b.xlsx"
    book = xlsxwriter.Workbook(str(only))
    book.add_worksheet("照片").insert_textbox(0, 0, "现场照片")
    book.close()
    assert refused(only) == ["workbook_without_cells"]


def test_merged_cells_and_dates(tmp_path: Path) -> None:
    """Merged ranges keep their places in the grid; dates are ISO texts."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "某县台账")
    sheet.write_row(1, 0, ["管线编号", "竣工日期", "占压"])
    sheet.merge_range(2, 0, 3, 0, "A1")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_datetime(2, 1, datetime(2003, 5, 1), date)
    sheet.write_boolean(2, 2, True)
    book.close()
    (table,) = read_raw(path)
    assert set(table.merged) == {(0, 0, 0, 2), (2, 0, 3, 0)}
    assert cells(table)[2] == ["A1", "2003-05-01", "true"]


def test_names_that_look_like_formulas(tmp_path: Path) -> None:
    """A text that begins with = stays that text."""
    rows = [["编号", "名称"], ["A1", "=cmd|' /C calc'!A0"]]
    (table,) = read_raw(xlsx(tmp_path / "a.xlsx", {"Sheet1": rows}))
    assert cells(table) == rows
