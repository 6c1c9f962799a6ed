"""`renewopt inspect-first` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from renewopt.cli.main import run

TOWN = str(Path(__file__).resolve().parents[2] / "inventories" / "small-town")


def test_the_list_in_csv_and_json_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file holds what --json tells, best first, and nothing that does not pay."""
    out = tmp_path / "first.csv"
    words = ["inspect-first", TOWN, "--as-of", "2026", "-o", str(out), "--json"]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    table = pd.read_csv(out, encoding="utf-8-sig")
    assert table["asset_id"].tolist() == [row["asset_id"] for row in told["worth"]]
    assert (table["net_value"] > 0).all()
    assert told["considered"] > len(table) > 0
    assert sum(own["assets"] for own in told["totals"].values()) == len(table)


def test_it_says_what_it_rests_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cold start and synthetic data are said; the workbook is written."""
    out = tmp_path / "first.xlsx"
    words = ["inspect-first", TOWN, "--as-of", "2026", "-o", str(out), "--lang", "zh"]
    assert run(words) == 0
    said = capsys.readouterr().out
    assert "专家先验，无本地记录" in said
    assert "合成数据" in said
    assert out.stat().st_size > 1000


def test_other_files_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Only .csv and .xlsx can be written, and it is said before any work."""
    assert run(["inspect-first", TOWN, "-o", "list.pdf", "--lang", "en"]) == 2
    assert ".csv or .xlsx only" in capsys.readouterr().err
