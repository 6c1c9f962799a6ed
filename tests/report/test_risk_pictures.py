"""Pictures and tables of a back-test: complete, well formed, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from renewopt.core.errors import InputError
from renewopt.report.risk_pictures import write_backtest
from renewopt.report.svg import Picture
from renewopt.risk import Backtest


def _made() -> Backtest:
    row = {"measure": "top5_length", "value": 0.3, "low": 0.2, "high": float("nan")}
    decile = {"share": 0.1, "expected": 9.5, "seen": 11.0, "low": 5.0, "high": 15.0}
    kinds = [("band", 1), ("decile", 1), ("decile", 2)]
    return Backtest(
        asset_class="water_pipe",
        horizon=1,
        windows=(2019, 2020),
        records=20,
        table=pd.DataFrame([{"name": "model", "window": 0, **row}]),
        differences=pd.DataFrame([{"name": "age", **row}]),
        totals=pd.DataFrame([{"as_of": 2019, "expected": 9.0, "seen": 8.0}]),
        calibration=pd.DataFrame(
            [{"kind": kind, "number": number, **decile} for kind, number in kinds]
        ),
        lift=pd.DataFrame(
            {"model": [0.0, 0.8, 1.0], "age": [0.0, float("nan"), 1.0]},
            index=pd.Index([0.0, 0.5, 1.0]),
        ),
        places=pd.DataFrame(
            {
                "x": [0.0, 50.0, 100.0],
                "y": [0.0, 10.0, 5.0],
                "expected": [0.1, 0.2, 0.3],
                "seen": [0.0, 1.0, 0.0],
                "size": [1.0, 1.0, 1.0],
            }
        ),
    )


def test_files_are_written_and_well_formed(tmp_path: Path) -> None:
    """Every picture is XML with words in its language; unknown values are null."""
    paths = {path.name for path in write_backtest(_made(), tmp_path / "new")}
    assert paths == {
        "backtest.csv", "backtest.json", "lift.zh.svg", "lift.en.svg",
        "calibration.zh.svg", "calibration.en.svg", "map.zh.svg", "map.en.svg",
    }  # fmt: skip
    for name in sorted(paths):
        text = (tmp_path / "new" / name).read_text("utf-8-sig")
        assert "picture." not in text
        if name.endswith(".svg"):
            ElementTree.fromstring(text)
            assert ("供水管道" in text) == (".zh." in name)
    data = json.loads((tmp_path / "new" / "backtest.json").read_text("utf-8"))
    assert data["table"][0]["high"] is None
    assert data["windows"] == [2019, 2020]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file in the way of the folder is an error in words."""
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as error:
        write_backtest(_made(), tmp_path / "taken")
    assert error.value.messages[0].code == "report.cannot_write"


def test_words_are_escaped() -> None:
    """A title with signs of markup stays text."""
    picture = Picture("a < b & c", "x", "y", (0, 1), (0, 1))
    root = ElementTree.fromstring(picture.svg())
    assert any(node.text == "a < b & c" for node in root.iter())
