"""The whole way on the small town: files in, an audited run out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from renewopt.cli import main as program
from renewopt.core.data import data_dir

TOWN = data_dir("inventories") / "small-town"


def run(*arguments: str) -> int:
    """Run the program in this process, in English."""
    return program.run([*arguments, "--lang", "en"])


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the small town once; a gap of 5 % is enough here."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    code = run(
        "plan",
        str(TOWN / "scenario.toml"),
        "-o",
        str(folder),
        "--gap",
        "0.05",
        "--quiet",
    )
    assert code in (0, 1)
    return folder


def test_plan_is_audited_clean(
    planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finished run passes the audit from its files alone."""
    assert run("audit", str(planned), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["checked"]["rules"] > 10


def test_plan_has_all_files(planned: Path) -> None:
    """Tables, case, baselines, workbook and proof are there."""
    names = {path.name for path in planned.iterdir()}
    assert {"plan.xlsx", "risk.csv", "case", "baselines", "manifest.json"} <= names
    summary = json.loads((planned / "summary.json").read_text(encoding="utf-8"))
    assert set(summary["baselines"]) == {"greedy", "worst_first"}
    assert summary["gap"] <= 0.05
    assert summary["synthetic"] is True
    manifest = json.loads((planned / "manifest.json").read_text(encoding="utf-8"))
    assert "scenario.toml" in manifest["inputs"]
    assert not any(name.startswith("/") for name in manifest["inputs"])


def test_case_solved_again_gives_the_same_plan(planned: Path, tmp_path: Path) -> None:
    """`solve` on the run's own case gives the same schedule."""
    again = tmp_path / "again"
    code = run(
        "solve", str(planned / "case"), "-o", str(again), "--gap", "0.05", "--quiet"
    )
    assert code in (0, 1)
    for name in ("schedule.csv", "funding.csv", "debt.csv"):
        assert (again / name).read_bytes() == (planned / name).read_bytes()


def test_corrupted_run_fails_the_audit(
    planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A draw changed by hand is found, and named."""
    copy = tmp_path / "bad"
    shutil.copytree(planned, copy)
    lines = (copy / "funding.csv").read_text(encoding="utf-8-sig").splitlines()
    cells = lines[1].split(",")
    cells[3] = "123456"
    lines[1] = ",".join(cells)
    (copy / "funding.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("audit", str(copy)) == 1
    assert "Breach:" in capsys.readouterr().out


BAD: dict[str, Any] = {
    "unknown key": ("years = 5", "years = 5\nyeers = 5"),
    "unknown fund kind": ('kind = "local_fiscal"', 'kind = "lottery"'),
    "unknown pack": ('packs = ["national-15fyp"', 'packs = ["mars-2030"'),
    "broken syntax": ("years = 5", "years = = 5"),
    "missing inventory": ('inventory = "."', 'inventory = "nowhere"'),
    "unknown engine": ("[solve]", '[solve]\nengine = "oracle"'),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_scenario_is_refused_in_words(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in the scenario ends with 2, a sentence, and no run folder."""
    copy = tmp_path / "town"
    shutil.copytree(TOWN, copy)
    scenario = copy / "scenario.toml"
    before, after = BAD[name]
    text = scenario.read_text(encoding="utf-8")
    assert before in text
    scenario.write_text(text.replace(before, after, 1), encoding="utf-8")
    out = tmp_path / "out"
    assert run("plan", str(scenario), "-o", str(out)) == 2
    shown = capsys.readouterr()
    assert shown.err.count("Error:") >= 1
    assert "Traceback" not in shown.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("gas_pipe.xlsx", b"this is no workbook", 2),
        ("mystery.csv", b"a,b\n1,2\n", 2),
    ],
)
def test_bad_file_is_refused_in_words(
    file: str,
    content: bytes,
    code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An unreadable workbook and a table of no known class are named."""
    (tmp_path / file).write_bytes(content)
    assert run("check", str(tmp_path / file)) == code
    shown = capsys.readouterr()
    assert file in shown.err
    assert "Traceback" not in shown.err


def test_negative_length_is_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A negative length keeps its row out, is named, and ends with 1."""
    table = tmp_path / "water_pipe.csv"
    table.write_text(
        "asset_id,material,diameter_mm,length_m,install_year\n"
        "w1,ductile_iron,200,-5,1990\nw2,ductile_iron,200,50,1990\n",
        encoding="utf-8",
    )
    assert run("check", str(table), "--class", "water_pipe", "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["tables"][0]["kept"] == 1
    assert "-5" in data["issues"][0]["message"]
