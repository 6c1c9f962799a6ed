"""`renewopt plan` on a project list with headers of its own."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from renewopt import road
from renewopt.cli import main as program


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Write a project library as bureaus head it, with its money."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "项目库"
    page.append(
        ["项目名称", "建设单位(项目法人)", "项目属性", "建设内容及规模", "总投资(万元)"]
    )
    page.append(["人民路供热管网更新", "县热力公司", "准公益", "供热管道3.2公里", 1200])
    page.append(["城区燃气管道改造", "县燃气公司", "公益", "燃气管道5公里", 2000])
    money = book.create_sheet("资金")
    money.append(["资金类别", "权属单位", 2027, 2028])
    money.append(["地方财政", "", 2000, 2000])
    path = tmp_path / "library.xlsx"
    book.save(path)
    return path


def test_a_library_becomes_a_problem_to_solve(library: Path) -> None:
    """Read through its profile the list has its projects, and says what it assumed."""
    prepared, _ = road.prepare(library, mapping="project-library")
    projects = prepared.problem.case.projects
    assert sorted(projects["asset_class"]) == ["gas_pipe", "heating_pipe"]
    assert prepared.rejected == 0
    codes = {message.code for message in prepared.warnings}
    assert "inventory.assumed" in codes


def test_a_scenario_names_its_own_mapping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--mapping belongs to lists: beside a scenario it is refused, not ignored."""
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("", encoding="utf-8")
    given = ["plan", str(scenario), "--mapping", "project-library", "--lang", "en"]
    assert program.run(given) == 2
    assert "a scenario names its own mapping" in capsys.readouterr().err


def test_check_reads_a_library_through_its_profile(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict, the clean list and the workbook to return with its assumptions."""
    out = tmp_path / "out"
    given = ["check", str(library), "--mapping", "project-library", "-o", str(out)]
    assert program.run([*given, "--lang", "en"]) == 0
    assert "Rows: 2 read, 2 kept" in capsys.readouterr().out
    assert (out / "projects.parquet").is_file()
    book = openpyxl.load_workbook(out / "return" / "library.return.xlsx")
    assert book.sheetnames == ["Issues", "项目库", "资金"]
    comment = book["项目库"]["A1"].comment
    assert comment is not None
    assert "隐患等级" in comment.text
    given[1] = str(out / "return" / "library.return.xlsx")
    assert program.run([*given[:-1], str(tmp_path / "again"), "--lang", "en"]) == 0
