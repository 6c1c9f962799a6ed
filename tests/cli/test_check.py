"""`renewopt check`: the verdict, the folder that it writes, what it leaves alone."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from renewopt.cli import main as program

GAS = """管线编号,管长(m),管材,备注
G1,x,PE,=1+1
G2,12,木,@a
G3,7,木,-5
G4,1.2公里,PE,
"""
WATER = "管线编号,管长(m),管材\nW1,5,PE\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with two tables of a bureau."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/gas_pipe.csv").write_text(GAS, encoding="utf-8")
    Path("water_pipe.csv").write_text(WATER, encoding="utf-8")


def run(*arguments: str) -> int:
    """Run the program in this process."""
    return program.run([*arguments, "--lang", "en"])


def test_verdict_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows, issues, completeness and the worst problems with counts and an example."""
    assert run("check", "in", "water_pipe.csv") == 1
    shown = capsys.readouterr().out
    assert "Rows: 5 read, 4 kept, 0 left out, 0 totals, 1 rejected." in shown
    assert "Issues: 1 rejected, 2 questioned, 1 repaired, 0 notes." in shown
    assert "material 33%" in shown
    assert "absent (mandatory clauses read it): " in " ".join(shown.split())
    worst = [line.strip() for line in shown.splitlines() if " × " in line][1:]
    assert worst[0].startswith("1 × rejected: gas_pipe.csv, row 2")
    assert worst[1].startswith("2 × questioned: gas_pipe.csv, row 3")
    assert len(worst) == 3


def test_what_the_folder_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """Clean tables, issues with the remedy, a summary and the workbooks to return."""
    assert run("check", "in", "water_pipe.csv", "-o", "out", "--json") == 1
    data = json.loads(capsys.readouterr().out)
    names = sorted(p.as_posix() for p in Path("out").rglob("*") if p.is_file())
    assert "out/return/gas_pipe.return.xlsx" in names
    assert "out/gas_pipe.parquet" in names
    assert not any(name.endswith("pipe.csv") for name in names)
    assert len(pd.read_parquet("out/gas_pipe.parquet")) == 3
    with Path("out/issues.csv").open(encoding="utf-8-sig", newline="") as file:
        issues = list(csv.DictReader(file))
    assert list(issues[0]) == [
        "file", "sheet", "row", "column", "raw", "parsed", "rule", "severity",
        "message",
    ]  # fmt: skip
    assert [(i["row"], i["raw"], i["severity"]) for i in issues] == [
        ("2", "x", "rejected"),
        ("5", "1.2公里", "repaired"),
        ("3", "木", "questioned"),
        ("4", "木", "questioned"),
    ]
    assert [{**i, "row": str(i["row"])} for i in data["issues"]] == issues
    summary = json.loads(Path("out/summary.json").read_text(encoding="utf-8"))
    assert summary["rows"] == {
        "read": 5, "kept": 4, "left_out": 0, "subtotals": 0,
        "rejected": 1,
    }  # fmt: skip
    assert summary["completeness"]["gas_pipe"]["asset_id"] == 1
    assert "mandatory" in summary["absent"]["gas_pipe"]["assessment_result"]
    assert "material" not in summary["absent"]["gas_pipe"]
    assert summary["worst"][1]["count"] == 2
    assert list(summary["returned"]) == ["return/gas_pipe.return.xlsx"]
    assert {name: data[name] for name in ("rows", "worst", "completeness")} == {
        name: summary[name] for name in ("rows", "worst", "completeness")
    }


def test_csv_on_request_reads_back() -> None:
    """With --csv there is a folder that is an inventory again, without an issue."""
    assert run("check", "in", "-o", "out", "--csv") == 1
    assert run("check", "out/csv") == 0
    assert run("check", "in", "--csv") == 2


def test_issue_log_runs_no_formula() -> None:
    """Text that a spreadsheet would run is marked as text; numbers stay numbers."""
    rows = ["管线编号,管长(m),管材", "G1,=cmd|' /C calc'!A0,PE", "G2,-5,PE"]
    Path("gas_pipe.csv").write_text("\n".join(rows), encoding="utf-8")
    assert run("check", "gas_pipe.csv", "-o", "out") == 1
    with Path("out/issues.csv").open(encoding="utf-8-sig", newline="") as file:
        raws = [row["raw"] for row in csv.DictReader(file)]
    assert sorted(raws) == ["'=cmd|' /C calc'!A0", "-5"]


def test_nothing_of_the_user_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """Only an earlier output gives way; other folders, files and sources stay."""
    Path("mine").mkdir()
    Path("mine/a.txt").write_text("x", encoding="utf-8")
    assert run("check", "in", "-o", "mine") == 2
    assert "not replaced" in capsys.readouterr().err
    assert [path.name for path in Path("mine").iterdir()] == ["a.txt"]
    assert run("check", "in", "-o", "in") == 2
    assert run("check", "in", "-o", "water_pipe.csv") == 2
    assert Path("in/gas_pipe.csv").read_text(encoding="utf-8") == GAS
    assert run("check", "in", "-o", "out") == 1
    assert run("check", "water_pipe.csv", "-o", "out") == 0
    assert not Path("out/return").exists()
    assert sorted(p.name for p in Path().iterdir()) == [
        "in", "mine", "out", "water_pipe.csv",
    ]  # fmt: skip


def test_a_return_workbook_that_was_worked_on_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The clerk's corrections are not overwritten by another check."""
    assert run("check", "in", "-o", "out") == 1
    path = Path("out/return/gas_pipe.return.xlsx")
    book = openpyxl.load_workbook(path)
    book["gas_pipe"]["B2"] = "9"
    book.save(path)
    assert run("check", "in", "-o", "out") == 2
    assert "worked on" in capsys.readouterr().err
    assert run("check", str(path), "-o", "out") == 2
    assert run("check", str(path), "-o", "out2") == 0
    assert len(pd.read_parquet("out2/gas_pipe.parquet")) == 4


def test_unreadable_input_writes_nothing() -> None:
    """An input that cannot be read ends with 2 and leaves no trace."""
    Path("mystery.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert run("check", "mystery.csv", "-o", "out") == 2
    assert not Path("out").exists()
    assert not list(Path().glob(".out*"))


def test_a_list_of_projects_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """By its name, or where it is no inventory: its headers; the profile is said."""
    text = """项目名称,建设单位,建设规模,建设年限,总投资(万元),资金来源
供水管网改造,水司,3公里,2026-2027,800,专项债
"""
    for name in ("2026年项目库.csv", "附件1.csv"):
        Path(name).write_text(text, encoding="utf-8")
        run("check", name, "--json")
        said = json.loads(capsys.readouterr().out)
        assert said["rows"]["kept"] == 1
        assert said["issues"][0]["rule"] == "inventory.list_by_profile"


def test_what_the_files_do_not_say(capsys: pytest.CaptureFixture[str]) -> None:
    """An as-of year turns ages into years; imputed cells are listed; bad is refused."""
    aged = "管线编号,管长(m),管材,已使用年限\nA1,5,PE,20\n"
    Path("gas_pipe.csv").write_text(aged, encoding="utf-8")
    run("check", "gas_pipe.csv", "--as-of", "2020", "-o", "out", "--csv")
    assert pd.read_csv("out/csv/gas_pipe.csv")["install_year"].tolist() == [2000]
    rows = [f"A{i},5,PE,{1990 if i else ''},人民路" for i in range(8)]
    text = "\n".join(["管线编号,管长(m),管材,敷设年份,道路名称", *rows])
    Path("gas_pipe.csv").write_text(text + "\n", encoding="utf-8")
    run("check", "gas_pipe.csv", "--impute", "install_year", "-o", "out", "--csv")
    filled = pd.read_csv("out/csv/gas_pipe.csv")["install_year"]
    assert filled.tolist() == [1990] * 8
    listed = pd.read_csv("out/qualities.csv")
    assert listed[["asset_id", "quality"]].to_numpy().tolist() == [["A0", "imputed"]]
    capsys.readouterr()
    for option in (["--impute", "owner"], ["--crs", "EPSG:1"], ["--as-of", "soon"]):
        assert run("check", "gas_pipe.csv", *option) == 2
    assert "soon" in capsys.readouterr().err


def test_streets_of_many_lines_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what a check takes on the verdict names `--streets`, which tells them."""
    monkeypatch.setattr("renewopt.cli.check.MOST_TOLD", 1)
    header = "管线编号,管长(m),管材,起点经度,起点纬度,终点经度,终点纬度\n"
    ends = ["111.5,41,111.502,41", "111.502,41,111.504,41"]
    rows = "".join(f"W{i},168,PE,{end}\n" for i, end in enumerate(ends))
    Path("water_pipe.csv").write_text(header + rows, encoding="utf-8")
    run("check", "water_pipe.csv", "--json")
    waiting = json.loads(capsys.readouterr().out)
    run("check", "water_pipe.csv", "--json", "--streets")
    told = json.loads(capsys.readouterr().out)
    later = "inventory.streets_later"
    said = [i["message"] for i in waiting["issues"] if i["rule"] == later]
    assert len(said) == 1
    assert said[0].startswith("2 lines")
    assert "--streets" in said[0]
    rules = {issue["rule"] for issue in told["issues"]}
    assert later not in rules
    assert "inventory.corridors_placed" in rules


def test_places_of_records_and_assets(capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict counts how failure records found their assets."""
    text = "故障编号,资产类别,资产编号,发生日期\nF1,燃气管道,G3,2020-05-01\n"
    Path("in/failures.csv").write_text(text, encoding="utf-8")
    run("check", "in")
    shown = capsys.readouterr().out.split("Failure records and their assets")[1]
    numbers = re.findall(r"\d+", shown)[:9]
    assert numbers == ["1", "1", "0", "0", "0", "0", "0", "0", "0"]


def test_rows_add_up_and_losses_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Totals are counted, unknown classes have a name, redrawn charts a word."""
    with xlsxwriter.Workbook("gas_pipe.xlsx") as book:
        sheet = book.add_worksheet("燃气管道")
        for number, row in enumerate([["管线编号", "管长(m)"], ["G1", 5], ["G2", "x"]]):
            sheet.write_row(number, 0, row)
        sheet.write_row(3, 0, ["合计", 5])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=燃气管道!$B$2:$B$3"})
        sheet.insert_chart("D2", chart)
    Path("failures.csv").write_text("管线编号,发生日期\nG9,2020-01-01\n", "utf-8-sig")
    assert run("check", "gas_pipe.xlsx", "failures.csv", "-o", "out") == 1
    shown = capsys.readouterr()
    assert "Rows: 4 read, 2 kept, 0 left out, 1 totals, 1 rejected." in shown.out
    assert "class unknown" in shown.out
    assert "were written anew" in shown.err
    rows = json.loads(Path("out/summary.json").read_text(encoding="utf-8"))["rows"]
    assert rows.pop("read") == sum(rows.values())


def test_one_unreadable_file_does_not_stop_a_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The others are written; the file is a rejected issue; the exit code is 1."""
    Path("in/gas_pipe.csv").write_text(WATER, encoding="utf-8")
    Path("in/heating_pipe.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    assert run("check", "in", "-o", "out") == 1
    assert "heating_pipe.xlsx" in capsys.readouterr().out
    assert Path("out/gas_pipe.parquet").is_file()
    with Path("out/issues.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    assert any("heating_pipe.xlsx" in row and "0" in row for row in rows)
    assert run("check", "in/heating_pipe.xlsx", "-o", "out2") == 2
    assert not Path("out2").exists()


def test_a_lost_sheet_is_a_rejection(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of a sheet that cannot be taken are in the verdict and in the summary."""
    book = xlsxwriter.Workbook("台账.xlsx")
    for name, head in (("燃气管道", "管长(m)"), ("Sheet2", "管长(m)")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["管线编号", head, "管材"])
        for row in range(1, 7):
            sheet.write_row(row, 0, [f"A{row}", 10, "PE"])
    book.close()
    assert run("check", "台账.xlsx", "-o", "out") == 1
    shown = capsys.readouterr().out
    assert "Rows: 12 read, 6 kept, 0 left out, 0 totals, 6 rejected." in shown
    summary = json.loads(Path("out/summary.json").read_text("utf-8"))
    assert summary["rows"]["rejected"] == 6
    assert [t["read"] for t in summary["tables"]] == [6, 6]
    assert Path("out/return/台账.return.xlsx").is_file()
