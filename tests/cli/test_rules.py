"""`renewopt rules`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from renewopt.cli import main as program

HEATING = """管线编号,管长(m),管材,管径(mm),建设年代,级别,权属单位
H1,100,钢管,300,2000,一级网,热力公司
H2,100,钢管,300,2010,一级网,热力公司
H3,x,钢管,300,2010,一级网,热力公司
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with one table, one row of it bad."""
    monkeypatch.chdir(tmp_path)
    Path("heating_pipe.csv").write_text(HEATING, encoding="utf-8")


def run(*arguments: str) -> int:
    """Run the program in this process."""
    return program.run(["rules", "heating_pipe.csv", *arguments])


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Counts by class and clause; 1 because a row was rejected."""
    assert run("--start-year", "2027", "--json", "--lang", "en") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["classes"] == {"heating_pipe": {"assessed_target": 1, "optional": 1}}
    (clause,) = data["clauses"]
    assert (clause["rule"], clause["deadline"], clause["assets"]) == (
        "heating-age",
        2030,
        1,
    )
    assert (data["packs"], data["start_year"], data["rejected"]) == (
        ["national-15fyp"],
        2027,
        1,
    )


def test_packs_change_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """With Inner Mongolia's pack both pipes are targets."""
    packs = ("--pack", "national-15fyp", "--pack", "inner-mongolia-2023")
    run(*packs, "--start-year", "2027", "--json", "--lang", "zh")
    data = json.loads(capsys.readouterr().out)
    assert data["classes"] == {"heating_pipe": {"assessed_target": 2}}


def test_scenario_gives_packs_and_year(capsys: pytest.CaptureFixture[str]) -> None:
    """Packs and year of a scenario count; an option beside it is refused."""
    Path("s.toml").write_text(
        'packs = ["inner-mongolia-2023"]\nstart_year = 2025\nyears = 1\n'
        'inventory = "x"\n',
        encoding="utf-8",
    )
    run("--scenario", "s.toml", "--json", "--lang", "en")
    data = json.loads(capsys.readouterr().out)
    assert (data["packs"], data["start_year"]) == (["inner-mongolia-2023"], 2025)
    assert run("--scenario", "s.toml", "--start-year", "2027", "--lang", "en") == 2
    assert "--start-year" in capsys.readouterr().err


def test_files(capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook in the user's language, or a table with the names of the fields."""
    run("-o", "out/a.xlsx", "--start-year", "2027", "--lang", "zh")
    assert "供热管道" in capsys.readouterr().out
    book = openpyxl.load_workbook("out/a.xlsx")
    assert book.sheetnames == ["逐项依据", "全部条款"]
    words = [cell.value for line in book["逐项依据"].iter_rows() for cell in line]
    assert {"考核目标", "可选（无条款）", "运行年限满20年的管道"} <= set(words)
    run("-o", "out/a.csv", "--start-year", "2027", "--lang", "zh")
    table = pd.read_csv("out/a.csv")
    assert table["standing"].tolist() == ["assessed_target", "optional"]


def test_refusals(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown pack, another kind of file and a scenario that is not there."""
    assert run("--pack", "mars", "--lang", "en") == 2
    assert "mars" in capsys.readouterr().err
    assert run("-o", "a.pdf", "--lang", "en") == 2
    assert "a.pdf" in capsys.readouterr().err
    assert run("--scenario", "none.toml", "--lang", "en") == 2
    assert "none.toml" in capsys.readouterr().err
    assert not Path("a.pdf").exists()


def test_a_scenario_says_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """Thresholds of its own, clauses left out, and what its clauses forbid."""
    Path("xq.csv").write_text(
        "小区编号,小区名称,建成年份,户数,建筑面积(㎡),同意率(%)\n"
        "X1,一号院,1985,100,8000,60\nX2,二号院,1985,100,8000,90\n",
        encoding="utf-8",
    )
    Path("s.toml").write_text(
        'packs = ["national-15fyp"]\nstart_year = 2027\nyears = 1\ninventory = "x"\n'
        'off = ["basic-scope"]\n[override.heating-age]\n'
        "where = { min = { age = 15 } }\n",
        encoding="utf-8",
    )
    arguments = ["rules", "heating_pipe.csv", "xq.csv", "--scenario", "s.toml"]
    program.run([*arguments, "--json", "--lang", "en"])
    data = json.loads(capsys.readouterr().out)
    assert data["classes"]["heating_pipe"] == {"assessed_target": 2}
    found = {(e["exclusion"], e["mode"]): e["assets"] for e in data["exclusions"]}
    assert found["consent", "basic"] == 1
    assert any("override" in note for note in data["notes"])
    assert any("basic-scope" in note for note in data["notes"])
