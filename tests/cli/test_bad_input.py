"""Bad input at the command line: what is wrong is said, all else is as it was."""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from renewopt.cli import main as program
from tests.inventory.readers.making import compound, layer, xlsx

ROWS = [["管线编号", "管长(m)"], ["A1", 5.0], ["A2", 6.0]]
GOOD = "管线编号,管长(m),管材\nW1,5,PE\nW2,6,PE\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with one good table."""
    monkeypatch.chdir(tmp_path)
    Path("water_pipe.csv").write_text(GOOD, encoding="utf-8")


def run(*arguments: str, lang: str = "en") -> int:
    """Run the program in this process."""
    return program.run([*arguments, "--lang", lang])


def _encrypted(path: Path) -> None:
    path.write_bytes(compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}))


def _truncated(path: Path) -> None:
    data = xlsx(path, {"Sheet1": ROWS}).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (8 << 20))


def _pictures(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("照片").insert_textbox(0, 0, "现场照片")
    book.close()


def _no_header(path: Path) -> None:
    path.write_text("G1,5,PE\nG2,6,PE\n", encoding="utf-8")


def _needed_twice(path: Path) -> None:
    path.write_text("管线编号,管长(m),管长(m)\nG1,5,6\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("gas_pipe.xlsx", _encrypted, "is encrypted. Remove the password"),
        ("gas_pipe.xlsx", _truncated, "is incomplete or damaged"),
        ("gas_pipe.xlsx", _bomb, "as files do that are made to burst"),
        ("gas_pipe.xlsx", _pictures, "gas_pipe.xlsx"),
        ("gas_pipe.csv", _no_header, "no header of gas_pipe was found"),
        ("gas_pipe.csv", _needed_twice, "“管长(m)” is there more than once"),
    ],
)
def test_a_file_that_cannot_be_read(
    name: str, make: Callable[[Path], None], said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Alone: named with the remedy, 2, nothing written; others beside it are kept."""
    make(Path(name))
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert run("check", name, "-o", "out") == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
    assert run("check", ".", "-o", "out") == 1
    shown = capsys.readouterr().out
    assert name in shown
    issues = Path("out/issues.csv").read_text("utf-8-sig")
    assert said in issues
    rejected = [line for line in issues.splitlines() if ",rejected," in line]
    assert [line.split(",")[0] for line in rejected] == [name] * len(rejected)
    assert Path("out/water_pipe.parquet").is_file()
    assert {path: path.read_bytes() for path in before} == before


def test_all_bad_files_are_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Two unreadable files are two messages of one run; the third file is kept."""
    _encrypted(Path("a.xlsx"))
    _truncated(Path("b.xlsx"))
    assert run("check", ".") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "a.xlsx" in shown
    assert "is encrypted" in shown
    assert "b.xlsx" in shown
    assert "is incomplete" in shown


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "went away while table gas_pipe was read"), ("zh", "gas_pipe")],
)
def test_a_database_that_goes_away(
    lang: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lost in the middle: named with its table, 2, and nothing is written."""
    path = Path("x.db")
    with closing(sqlite3.connect(path)) as base:
        base.execute('CREATE TABLE gas_pipe ("管线编号" TEXT, "管长" REAL)')
        rows = [(f"A{i}", i + 0.5) for i in range(40_000)]
        base.executemany("INSERT INTO gas_pipe VALUES (?, ?)", rows)
        base.commit()
    data = path.read_bytes()
    middle = len(data) // 2 // 4096 * 4096
    path.write_bytes(data[:middle] + b"\xff" * 65536 + data[middle + 65536 :])
    assert run("check", f"sqlite:///{path}", "-o", "out", lang=lang) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert said in shown
    assert ("中断" in shown) == (lang == "zh")
    assert not Path("out").exists()


def test_an_open_quote_costs_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    """The row with the quote is rejected and named with 1; all others are kept."""
    text = '管线编号,管长(m),备注\nG1,5,好\nG2,6,"断\nG3,7,好\nG4,8,好\n'
    Path("gas_pipe.csv").write_text(text, encoding="utf-8")
    assert run("check", ".", "-o", "out", "--csv") == 1
    assert "a quote is never closed" in " ".join(capsys.readouterr().out.split())
    kept = pd.read_csv("out/csv/gas_pipe.csv")["asset_id"].tolist()
    assert kept == ["G1", "G3", "G4"]
    assert len(pd.read_csv("out/csv/water_pipe.csv")) == 2


def test_formulas_without_stored_values(capsys: pytest.CaptureFixture[str]) -> None:
    """A needed amount without its value rejects its row, and the cell is named."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["管线编号", "管长(m)"], ["A1", "=1+1"], ["A2", 5]):
        book.active.append(row)
    book.save("gas_pipe.xlsx")
    assert run("check", ".", "-o", "out", "--csv") == 1
    with Path("out/issues.csv").open(encoding="utf-8-sig", newline="") as file:
        issues = list(csv.DictReader(file))
    assert any("cell B2 holds a formula" in issue["message"] for issue in issues)
    assert pd.read_csv("out/csv/gas_pipe.csv")["asset_id"].tolist() == ["A2"]
    assert capsys.readouterr().out


def test_a_column_twice_loses_itself_only(capsys: pytest.CaptureFixture[str]) -> None:
    """管材 twice: neither is read, that is said, and every row is kept."""
    Path("gas_pipe.csv").write_text(
        "管线编号,管长(m),管材,管材\nG1,5,PE,钢\nG2,6,PE,钢\n", encoding="utf-8"
    )
    run("check", ".", "-o", "out", "--csv")
    assert "“管材” is there more than once" in " ".join(capsys.readouterr().out.split())
    frame = pd.read_csv("out/csv/gas_pipe.csv")
    assert frame["length_m"].tolist() == [5, 6]
    assert "material" not in frame


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (".shx", "has no .shx; it was made again"),
        (".prj", "has no .prj, so its coordi"),
    ],
)
def test_a_shapefile_without_a_part(
    part: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows are all there, the part is named, and no file of the user changes."""
    Path("in").mkdir()
    path = layer(Path("in/gas_pipe.shp"))
    path.with_suffix(part).unlink()
    before = sorted(p.name for p in Path("in").iterdir())
    run("check", "in", "-o", "out", "--csv")
    with Path("out/issues.csv").open(encoding="utf-8-sig", newline="") as file:
        messages = [issue["message"] for issue in csv.DictReader(file)]
    assert any(said in message for message in messages)
    assert len(pd.read_csv("out/csv/gas_pipe.csv")) == 2
    assert sorted(p.name for p in Path("in").iterdir()) == before
    assert capsys.readouterr().out


def test_a_name_that_looks_like_a_formula() -> None:
    """It is text in every table, list and workbook that is written, and comes back."""
    text = "=cmd|'/C calc'!A0"
    rows = f"管线编号,管长(m),权属单位\nG1,x,{text}\nG2,6,{text}\nG3,7,-详见图纸\n"
    Path("gas_pipe.csv").write_text(rows, encoding="utf-8")
    assert run("check", "gas_pipe.csv", "-o", "out", "--csv") == 1
    for path in Path("out").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert not any(cell.startswith(("=", "@", "-详")) for cell in cells), path
    book = openpyxl.load_workbook("out/return/gas_pipe.return.xlsx")
    kinds = {
        cell.data_type
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if isinstance(cell.value, str) and "cmd|" in cell.value
    }
    assert kinds == {"s"}
    assert run("check", "out/csv", "-o", "again") == 0
    owners = pd.read_parquet("again/gas_pipe.parquet")["owner"].tolist()
    assert owners == [text, "-详见图纸"]


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("gas_pipe.xlsx", _encrypted, "已加密。请取消密码"),
        ("gas_pipe.xlsx", _truncated, "不完整或已损坏"),
        ("gas_pipe.xlsx", _bomb, "像是压缩炸弹"),
        ("gas_pipe.xlsx", _pictures, "（照片）中没有任何单元格内容"),
        ("gas_pipe.csv", _no_header, "没有找到 gas_pipe 的表头"),
        ("gas_pipe.csv", _needed_twice, "“管长(m)”"),
    ],
)
def test_the_same_in_chinese(
    name: str, make: Callable[[Path], None], said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Each of them is said in Chinese, too, with the file and the remedy."""
    make(Path(name))
    assert run("check", name, lang="zh") == 2
    shown = "".join(capsys.readouterr().err.split())
    assert "".join(said.split()) in shown
    assert name in shown
    assert run("check", ".", "-o", "out", lang="zh") == 1
    assert Path("out/water_pipe.parquet").is_file()


def _open_quote(path: Path) -> None:
    path.write_text('管线编号,管长(m),备注\nG1,5,好\nG2,6,"断\nG3,7,好\n', "utf-8")


def _no_values(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["管线编号", "管长(m)"], ["A1", "=1+1"], ["A2", 5]):
        book.active.append(row)
    book.save(path)


def _blank_rows(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    form, sheet = book.add_format({"bg_color": "#ffff00"}), book.add_worksheet()
    sheet.write_row(0, 0, ["管线编号", "管长(m)"])
    sheet.write_row(1, 0, ["A1", 5])
    for row in range(2, 20_000):
        sheet.write_blank(row, 0, None, form)
    book.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "make", "kept", "said"),
    [
        ("gas_pipe.csv", _open_quote, 2,
         {"zh": "引号没有成对", "en": "a quote is never closed"}),
        ("gas_pipe.xlsx", _no_values, 1, {"zh": "B2", "en": "cell B2 holds a formula"}),
        ("gas_pipe.xlsx", _blank_rows, 1, {"zh": "", "en": ""}),
    ],
)  # fmt: skip
def test_what_costs_single_rows(
    name: str, make: Callable[[Path], None], kept: int, said: dict[str, str],
    lang: str, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The rows beside them are kept, and every row lost is named in the language."""
    make(Path(name))
    run("check", ".", "-o", "out", "--csv", lang=lang)
    assert capsys.readouterr().out
    assert len(pd.read_csv("out/csv/gas_pipe.csv")) == kept
    assert len(pd.read_csv("out/csv/water_pipe.csv")) == 2
    assert said[lang] in Path("out/issues.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("part", [".shx", ".prj"])
def test_a_shapefile_without_a_part_in_chinese(part: str) -> None:
    """The missing part is named in Chinese, too."""
    Path("in").mkdir()
    path = layer(Path("in/gas_pipe.shp"))
    path.with_suffix(part).unlink()
    run("check", "in", "-o", "out", lang="zh")
    with Path("out/issues.csv").open(encoding="utf-8-sig", newline="") as file:
        messages = [issue["message"] for issue in csv.DictReader(file)]
    assert any(part in message and "缺少" in message for message in messages)


def test_formulas_in_what_scoring_writes() -> None:
    """Identifiers are marked in the tables of `score -o`, which reads them back."""
    from renewopt.risk import RiskTable

    name = "=cmd|'/C calc'!A0"
    rows = f"管线编号,管长(m),管材,敷设年份\n{name},50,PE,1998\nG2,60,钢,2001\n"
    Path("in").mkdir()
    Path("in/gas_pipe.csv").write_text(rows, encoding="utf-8")
    assert run("score", "in", "-o", "risk.csv") == 0
    for path in Path().glob("risk*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert f"'{name}" in cells, path
        assert not any(cell.startswith(("=", "@")) for cell in cells), path
    table = RiskTable.read(Path("risk.csv"))
    assert set(table.assets["asset_id"]) == {name, "G2"}
