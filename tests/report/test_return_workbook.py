"""Return workbooks: coloured, commented, harmless, and read back with the fixes."""

from __future__ import annotations

import base64
import io
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from renewopt import catalogue as catalogue_room
from renewopt.catalogue import Catalogue
from renewopt.inventory import CellIssue, Inventory, read_inventory, read_source
from renewopt.inventory.raw import RawTable
from renewopt.inventory.returned import ISSUE_MARK, source_stem
from renewopt.report import Returned, return_workbooks
from renewopt.report.return_kept import colour_workbook
from renewopt.report.return_marks import table_marks
from renewopt.text import render

RED, YELLOW, BLUE = "00FFC7CE", "00FFEB9C", "00BDD7EE"
EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Give the packaged catalogue."""
    return catalogue_room.load()


def returned(
    sources: list[Path], catalogue: Catalogue, folder: Path, lang: Any = "zh"
) -> tuple[Inventory, list[Returned]]:
    """Read the sources and write their return workbooks."""
    found = read_inventory(sources, catalogue)
    books = return_workbooks(
        sources, found.issues, found.counts, catalogue, folder, lang
    )
    return found, books


def bureau_book(path: Path) -> Path:
    """Write a bureau's workbook: a title, merged cells, formats, formula, comment."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "燃气管道"
    sheet.append(["合成县燃气管道台账（合成数据）"])
    sheet.merge_cells("A1:F1")
    sheet["A1"].font = Font(bold=True, size=20)
    sheet.append(["管线编号", "管径(mm)", "管长(m)", "管材", "敷设年份", "备注"])
    sheet.append(["G1", "DN200", 12.5, "PE", 1998, ""])
    sheet.append(["G2", "很大", -5, "PE", 1999, "x"])
    sheet.append(["G3", 100, "1.2公里", "木头", "不详", ""])
    sheet.append(["", 100, 5, "钢", "很早", ""])
    sheet["F3"].value, sheet["F3"].data_type = EVIL, "s"
    sheet["D5"].comment = Comment("请核实", "局里")
    sheet["D3"].fill = PatternFill("solid", fgColor="00FF00")
    sheet.column_dimensions["A"].width = 33
    other = book.create_sheet("统计")
    other["A1"] = "说明"
    other["B1"] = "=1+1"
    book.save(path)
    return path


def test_a_workbook_is_kept_coloured_and_told(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The bureau's sheet stays as it is; doubtful cells get a fill and a comment."""
    source = bureau_book(tmp_path / "燃气.xlsx")
    found, books = returned([source], catalogue, tmp_path / "out")
    assert {i.severity for i in found.issues} == {
        "rejected", "questioned", "repaired", "note",
    }  # fmt: skip
    assert books[0].path == tmp_path / "out" / "燃气.return.xlsx"
    assert books[0].marked == 6
    book = openpyxl.load_workbook(books[0].path)
    assert book.sheetnames == ["问题清单", "燃气管道", "统计"]
    sheet: Any = book["燃气管道"]
    fills = {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert fills == {
        "A6": RED, "C4": RED, "B4": YELLOW, "D5": YELLOW, "E6": YELLOW, "C5": BLUE,
    }  # fmt: skip
    assert "0.01" in sheet["C4"].comment.text
    assert sheet["D5"].comment.text.startswith("请核实\n")
    assert "燃气.xlsx" not in sheet["C4"].comment.text
    assert sheet["D3"].fill.fgColor.rgb == "0000FF00"
    assert sheet["A1"].font.size == 20
    assert sheet.column_dimensions["A"].width == 33
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:F1"]
    assert (sheet["F3"].value, sheet["F3"].data_type) == (EVIL, "s")
    assert book["统计"]["B1"].value == "=1+1"


def test_the_list_names_and_links_every_issue(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The first sheet has one line per issue with a link to its cell, worst first."""
    source = bureau_book(tmp_path / "gas.xlsx")
    found, books = returned([source], catalogue, tmp_path / "out", "en")
    assert books[0].path is not None
    page: Any = openpyxl.load_workbook(books[0].path)["Issues"]
    assert page["A1"].value == ISSUE_MARK
    heads = [cell.value for cell in page[4]]
    assert heads == [
        "File", "Sheet", "Row", "Column", "Cell", "As written", "Taken as", "Severity",
        "Rule", "What to do",
    ]  # fmt: skip
    rows = list(page.iter_rows(min_row=5))
    assert len(rows) == len(found.issues)
    assert rows[0][7].value == "rejected"
    by_cell = {row[4].value: row for row in rows}
    assert by_cell["C4"][5].value == "-5"
    assert by_cell["C4"][5].data_type == "s"
    assert by_cell["C4"][4].hyperlink.location == "'燃气管道'!C4"
    assert "0.01" in by_cell["C4"][9].value


def test_the_corrected_workbook_applies_the_fixes(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Corrections count; the added sheet, comments and colours do no harm."""
    source = bureau_book(tmp_path / "gas.xlsx")
    _, books = returned([source], catalogue, tmp_path / "out")
    path = books[0].path
    assert path is not None
    again = read_inventory([path], catalogue)
    before = read_inventory([source], catalogue)
    assert again.assets["gas_pipe"].equals(before.assets["gas_pipe"])
    notes = [i.code for i in again.issues if i.code == "inventory.our_sheet"]
    assert len(notes) == 1
    book = openpyxl.load_workbook(path)
    sheet: Any = book["燃气管道"]
    for at, value in {"A6": "G4", "C4": 5, "B4": 300, "D5": "PE", "E6": 1985}.items():
        sheet[at] = value
    book.save(path)
    fixed = read_inventory([path], catalogue)
    frame = fixed.assets["gas_pipe"]
    assert frame["asset_id"].tolist() == ["G1", "G2", "G3", "G4"]
    assert frame["length_m"].tolist() == [12.5, 5, 1200, 5]
    assert frame["material"].tolist() == ["pe", "pe", "pe", "steel"]
    assert not fixed.issue_counts()["rejected"]
    assert not fixed.issue_counts()["questioned"]


def test_a_second_round_forgets_the_first(tmp_path: Path, catalogue: Catalogue) -> None:
    """A returned workbook that is checked again carries the open issues only."""
    source = bureau_book(tmp_path / "gas.xlsx")
    _, books = returned([source], catalogue, tmp_path / "out")
    assert books[0].path is not None
    book = openpyxl.load_workbook(books[0].path)
    book["燃气管道"]["C4"] = 5
    book.save(books[0].path)
    _, second = returned([books[0].path], catalogue, tmp_path / "out2")
    assert second[0].path == tmp_path / "out2" / "gas.return.xlsx"
    book = openpyxl.load_workbook(second[0].path)
    assert book.sheetnames == ["问题清单", "燃气管道", "统计"]
    sheet: Any = book["燃气管道"]
    assert sheet["C4"].comment is None
    assert sheet["C4"].fill.fill_type is None
    assert sheet["D5"].comment.text.count("木头") == 1


def test_a_csv_becomes_a_workbook_with_the_same_cells(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A table of another format is written anew; nothing in it is ever a formula."""
    source = tmp_path / "water_pipe.csv"
    rows = [
        "管线编号,管长(m),管材,备注",
        "001,x,PE,=1+1",
        "002,12,木,@a",
        f"003,7,PE,{EVIL}",
    ]
    source.write_text("\n".join(rows), encoding="gb18030")
    _, books = returned([source], catalogue, tmp_path / "out")
    path = books[0].path
    assert path is not None
    assert path.name == "water_pipe.return.xlsx"
    sheet: Any = openpyxl.load_workbook(path)["water_pipe"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [row.split(",") for row in rows]
    assert all(c.data_type == "s" for row in sheet.iter_rows() for c in row)
    assert sheet["B2"].fill.fgColor.rgb[2:] == RED[2:]
    assert sheet["C3"].comment.text.startswith("[待核实]")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
    book = openpyxl.load_workbook(path)
    book["water_pipe"]["B2"] = "30"
    book.save(path)
    frame = read_inventory([path], catalogue).assets["water_pipe"]
    assert frame["asset_id"].tolist() == ["001", "002", "003"]
    assert frame["length_m"].tolist() == [30, 12, 7]
    assert frame["remark"].tolist() == ["=1+1", "@a", EVIL]


def test_a_workbook_with_macros_keeps_them(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """An .xlsm comes back as .xlsm with its macros."""
    plain = bureau_book(tmp_path / "gas.xlsx")
    source = tmp_path / "macros" / "gas.xlsm"
    source.parent.mkdir()
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(source, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(kind, macro))
        after.writestr("xl/vbaProject.bin", b"macros")
    found = read_inventory([plain], catalogue)
    issues = [replace(issue, file="gas.xlsm") for issue in found.issues]
    path = tmp_path / "out" / "gas.return.xlsm"
    raws = [replace(raw, file="gas.xlsm") for raw in read_source(plain)]
    marks, lines = table_marks(raws, issues, {}, "zh")
    path.parent.mkdir()
    sheets = {raw.sheet: own for raw, own in zip(raws, marks, strict=True)}
    assert colour_workbook(source, path, sheets, lines, "zh") == []
    with zipfile.ZipFile(path) as archive:
        assert archive.read("xl/vbaProject.bin") == b"macros"
    book = openpyxl.load_workbook(path, keep_vba=True)
    sheet: Any = book["燃气管道"]
    assert sheet["C4"].fill.fgColor.rgb == RED


def test_formulas_keep_their_stored_values(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The copy can be read at once: stored values of formulas are still there."""
    source = tmp_path / "gas_pipe.xlsx"
    with xlsxwriter.Workbook(str(source)) as book:
        sheet = book.add_worksheet("燃气管道")
        for column, text in enumerate(["管线编号", "管长(m)", "管材", "备注"]):
            sheet.write_string(0, column, text)
        for row in range(1, 4):
            sheet.write_string(row, 0, f"G{row}")
            sheet.write_formula(row, 1, f"=ROW()*10+{row}", None, row * 11)
            sheet.write_string(row, 2, "木" if row == 2 else "PE")
            sheet.write_formula(row, 3, f'="a&b"&{row}', None, f"a&b{row}")
    _, books = returned([source], catalogue, tmp_path / "out")
    assert books[0].path is not None
    frame = read_inventory([books[0].path], catalogue).assets["gas_pipe"]
    assert frame["length_m"].tolist() == [11, 22, 33]
    assert frame["remark"].tolist() == ["a&b1", "a&b2", "a&b3"]
    kept: Any = openpyxl.load_workbook(books[0].path)["燃气管道"]
    assert kept["B2"].value == "=ROW()*10+1"


def test_what_has_no_workbook_is_said(tmp_path: Path, catalogue: Catalogue) -> None:
    """A clean source needs none; two sources of one name have one in a folder each."""
    clean = tmp_path / "gas_pipe.csv"
    clean.write_text("管线编号,管长(m)\nG1,5\n", encoding="utf-8")
    _, books = returned([clean], catalogue, tmp_path / "out")
    assert books == []
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths.append(tmp_path / name / "water_pipe.csv")
        paths[-1].write_text(f"管线编号,管长(m)\n{name},x\n", encoding="utf-8")
    _, books = returned(paths, catalogue, tmp_path / "out")
    assert [b.file for b in books] == ["a/water_pipe.csv", "b/water_pipe.csv"]
    made = [tmp_path / "out" / n / "water_pipe.return.xlsx" for n in ("a", "b")]
    assert [b.path for b in books] == made
    again = read_inventory(tmp_path / "out", catalogue, skip_unreadable=True)
    assert [i.raw for i in again.issues if i.column == "管长(m)"] == ["x", "x"]
    _, books = returned([paths[0], paths[0]], catalogue, tmp_path / "twice")
    assert [(b.path, b.notes[0].code) for b in books] == [(None, "report.same_name")]


def test_commas_in_doubt_stay_in_doubt(tmp_path: Path, catalogue: Catalogue) -> None:
    """1,500 of a file with semicolons is asked about until a clerk writes 1500."""
    source = tmp_path / "gas_pipe.csv"
    source.write_text("管线编号;管长(m)\nG1;1,500\nG2;2,250\nG3;80\n", "utf-8")
    for turn in range(3):
        found, books = returned([source], catalogue, tmp_path / f"out{turn}")
        assert found.assets["gas_pipe"]["asset_id"].tolist() == ["G3"]
        codes = [i.code for i in found.issues if i.severity == "rejected"]
        assert codes == ["inventory.comma_unclear"] * 2
        assert books[0].path is not None
        source = books[0].path
    book = openpyxl.load_workbook(source)
    book.worksheets[1]["B2"] = "1500"
    book.worksheets[1]["B3"] = 2.25
    book.save(source)
    found, _ = returned([source], catalogue, tmp_path / "last")
    lengths = found.assets["gas_pipe"]["length_m"]
    assert lengths.tolist() == [1500.0, 2.25, 80.0]


def test_what_is_lost_or_redrawn_is_said(tmp_path: Path, catalogue: Catalogue) -> None:
    """What the copy lacks is named in words; the bureau's file is never touched."""
    source = tmp_path / "gas_pipe.xlsx"
    with xlsxwriter.Workbook(str(source)) as book:
        sheet = book.add_worksheet("燃气管道")
        sheet.write_row(0, 0, ["管线编号", "管长(m)"])
        sheet.write_row(1, 0, ["G1", "x"])
        sheet.write_row(2, 0, ["G2", 7])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=燃气管道!$B$2:$B$3"})
        sheet.insert_chart("D2", chart)
        sheet.insert_textbox("D20", "第一处")
        sheet.insert_textbox("D30", "第二处")
        sheet.insert_button("H2", {"caption": "宏"})
    before = source.read_bytes(), source.stat().st_mtime_ns
    _, books = returned([source], catalogue, tmp_path / "out")
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    lost, redrawn = books[0].notes
    assert lost.code == "report.not_carried"
    assert "图形和文本框" in render(lost, "zh")
    assert "图表" not in render(lost, "zh")
    assert "shapes and text boxes" in render(lost, "en")
    assert redrawn.code == "report.redrawn"
    for lang in ("zh", "en"):
        assert "gas_pipe.xlsx" in render(redrawn, lang)
    assert books[0].path is not None
    with zipfile.ZipFile(books[0].path) as copy:
        assert "xl/charts/chart1.xml" in copy.namelist()


def test_pictures_without_their_library_are_lost_and_said(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Openpyxl drops pictures where Pillow is not installed: the copy says so."""
    source = tmp_path / "gas_pipe.xlsx"
    dot = (
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg"
        b"GAWjR9awAAAABJRU5ErkJggg=="
    )
    with xlsxwriter.Workbook(str(source)) as book:
        sheet = book.add_worksheet("燃气管道")
        sheet.write_row(0, 0, ["管线编号", "管长(m)"])
        sheet.write_row(1, 0, ["G1", "x"])
        sheet.write_row(2, 0, ["G2", 7])
        picture = io.BytesIO(base64.b64decode(dot))
        sheet.insert_image("D2", "dot.png", {"image_data": picture})
    monkeypatch.setattr("openpyxl.drawing.image.PILImage", None)
    monkeypatch.setattr("openpyxl.reader.drawings.PILImage", None, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, books = returned([source], catalogue, tmp_path / "out")
    assert [note.code for note in books[0].notes] == ["report.not_carried"]
    assert books[0].notes[0].params["kinds"] == ["picture"]


@pytest.mark.parametrize(
    ("stem", "source"),
    [
        ("a.return", "a"),
        ("a.csv.return", "a"),
        ("a.b.return", "a.b"),
        ("return", "return"),
        ("a", "a"),
    ],
)
def test_return_names_lead_back_to_the_source(stem: str, source: str) -> None:
    """A mapping profile knows a returned workbook by the name of its source."""
    assert source_stem(stem) == source


def test_a_database_gets_a_workbook_without_its_password(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables of an address become sheets; the address itself is shown nowhere."""
    grid = pd.DataFrame([["管线编号", "管长(m)"], ["G1", "x"], ["G2", "5"]])
    raw = RawTable("postgresql://host/db", "gas_pipe", "gas_pipe", grid, first_row=0)
    monkeypatch.setattr(
        "renewopt.report.return_workbook.read_source", lambda source: [raw]
    )
    place = (raw.file, raw.sheet, 1, "管长(m)", "x")
    issue = CellIssue(*place, "inventory.not_a_number", "rejected", {"least": "0"})
    source = "postgresql://user:secret@host/db#gas_pipe"
    books = return_workbooks([source], [issue], [], catalogue, tmp_path, "en")
    assert books[0].file == raw.file
    assert books[0].path == tmp_path / "db.return.xlsx"
    sheet: Any = openpyxl.load_workbook(books[0].path)["gas_pipe"]
    assert sheet["B2"].comment.text.startswith("[rejected]")
    with zipfile.ZipFile(books[0].path) as archive:
        assert not any(b"secret" in archive.read(name) for name in archive.namelist())
