"""`renewopt map`: shown, asked, saved, and reused by `renewopt check`."""

from __future__ import annotations

import io
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from renewopt.cli import main as program

EXPORT = """PIPE_ID,管道材质类型,SIZE_MM,长度km,投运年分,还用不用
1,蓝管子,200,0.35,1998,在用
2,钢,100,0.12,2003,在用
3,PE,150,1.2,1985,废弃
"""


class Terminal(io.StringIO):
    """A terminal at which somebody has typed."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with an export of a bureau's own making."""
    monkeypatch.chdir(tmp_path)
    Path("导出.csv").write_text(EXPORT, encoding="utf-8")


def run(*arguments: str) -> int:
    """Run the program in this process."""
    return program.run([*arguments, "--lang", "en"])


def _profile(path: str) -> dict[str, Any]:
    return tomllib.loads(Path(path).read_text(encoding="utf-8"))


def test_yes_takes_the_sure_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """Only what is sure is saved, and the profile reads the file."""
    given = ("map", "导出.csv", "--class", "gas_pipe", "--yes")
    assert run(*given, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["saved"] == "导出.mapping.toml"
    table = _profile("导出.mapping.toml")["assets"][0]
    assert table["columns"] == {
        "asset_id": "PIPE_ID", "diameter_mm": "SIZE_MM", "length_m": "长度km",
    }  # fmt: skip
    assert table["units"]["length_m"] == "km"
    unsure = [c["header"] for c in data["tables"][0]["columns"] if not c["sure"]]
    assert unsure == ["管道材质类型", "投运年分", "还用不用"]
    assert run("check", "导出.csv", "--mapping", "导出.mapping.toml", "-o", "o") == 0
    frame = pd.read_parquet("o/gas_pipe.parquet")
    assert frame["length_m"].tolist() == [350, 120, 1200]
    assert run(*given) == 2
    assert "not replaced" in capsys.readouterr().err


def test_answers_are_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At a terminal the unsure ones are asked for; wrong answers are asked again."""
    answers = ["material", "colour", "install_year", "-", "pe"]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(answers) + "\n"))
    assert run("map", "导出.csv", "--class", "gas_pipe", "-o", "p.toml") == 0
    shown = capsys.readouterr()
    assert "There is no “colour”" in shown.err
    assert "alike" in shown.out
    table = _profile("p.toml")["assets"][0]
    assert table["columns"]["material"] == "管道材质类型"
    assert table["columns"]["install_year"] == "投运年分"
    assert "status" not in table["columns"]
    assert table["values"] == {"material": {"蓝管子": "pe"}}
    assert run("check", "导出.csv", "--mapping", "p.toml", "-o", "o") == 0
    frame = pd.read_parquet("o/gas_pipe.parquet")
    assert frame["material"].tolist() == ["pe", "steel", "pe"]


def test_nothing_is_saved_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal and --yes the proposal is shown only."""
    assert run("map", "导出.csv", "--class", "gas_pipe") == 1
    assert "No profile was saved" in capsys.readouterr().out
    assert [path.name for path in Path().iterdir()] == ["导出.csv"]


def test_what_is_lacking_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A profile without a needed column is saved for completion, and ends with 1."""
    Path("gas_pipe.csv").write_text("管线编号,大概多长\n1,50\n", encoding="utf-8")
    assert run("map", "gas_pipe.csv", "--yes", "--json") == 1
    assert json.loads(capsys.readouterr().out)["lacking"] == ["length_m"]
    Path("gas_pipe.mapping.toml").unlink()
    assert run("map", "gas_pipe.csv", "--yes") == 1
    assert "length_m" in capsys.readouterr().out


def test_a_class_is_asked_for() -> None:
    """Headers of every network do not tell the class."""
    assert run("map", "导出.csv", "--yes") == 2
