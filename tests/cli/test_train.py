"""`train` and `backtest` from the command line: files, figures, refusals."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue
from renewopt.cli import main as program
from renewopt.cli.backtest import window_years
from renewopt.core.errors import InputError
from renewopt.risk.as_of import AsOf


def run(*arguments: str) -> int:
    """Run the program as the console script does, in English."""
    return program.run([*arguments, "--lang", "en"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small network with ten years of records."""
    path = tmp_path_factory.mktemp("network")
    draw = np.random.default_rng(1)
    count = 150
    material = draw.choice(["PE", "灰口铸铁"], count)
    pd.DataFrame(
        {
            "asset_id": [f"w{i:03d}" for i in range(count)],
            "material": material,
            "install_year": draw.integers(1960, 2000, count),
            "length_m": draw.uniform(100, 500, count).round(1),
        }
    ).to_csv(path / "water_pipe.csv", index=False)
    rate = np.where(material == "PE", 0.03, 0.3)
    rows = [
        (f"w{i:03d}", f"{year}-03-04")
        for year in range(2011, 2021)
        for i in np.flatnonzero(draw.poisson(rate))
    ]
    frame = pd.DataFrame(rows, columns=["asset_id", "date"])
    frame.to_csv(path / "failures.csv", index=False)
    return path


KITCHENER = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "water_kitchener_2023"
)


def _tables(folder: Path) -> list[str]:
    return [
        "water_pipe", "--assets", str(folder / "water_pipe.csv"),
        "--failures", str(folder / "failures.csv"),
    ]  # fmt: skip


def test_train_writes_and_score_uses_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The model folder is complete; `score --models` says what it used."""
    out = tmp_path / "models"
    code = run("train", *_tables(folder), "--as-of", "2020", "-o", str(out), "--json")
    data = json.loads(capsys.readouterr().out)
    assert code == (0 if data["use"] == "model" else 1)
    assert {path.name for path in (out / "risk" / "water_pipe").iterdir()} == {
        "model.skops", "card.json", "card.zh.md", "card.en.md", "backtest.csv",
        "backtest.json", "lift.zh.svg", "lift.en.svg", "calibration.zh.svg",
        "calibration.en.svg",
    }  # fmt: skip
    arguments = (str(folder), "--as-of", "2020", "--models", str(out), "--json")
    assert run("score", *arguments) == 0
    notes = " ".join(json.loads(capsys.readouterr().out)["notes"])
    assert "as of 2020" in notes
    card = (out / "risk" / "water_pipe" / "card.en.md").read_text(encoding="utf-8")
    for row in [*data["card"]["scores"]["totals"], {"as_of": "All"}]:
        years = row["as_of"] if row["as_of"] == "All" else row["as_of"] + 1
        assert f"| {years} | " in card


def test_backtest_prints_and_writes(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The table has the model and every baseline; the files are there.

    A record without a date is said, and the exit code is 1.
    """
    monkeypatch.setenv("COLUMNS", "200")
    arguments = ("--as-of", "2017..2018", "--horizon", "2", "-o", str(tmp_path / "b"))
    poor = tmp_path / "poor"
    shutil.copytree(folder, poor)
    with (poor / "failures.csv").open("a", encoding="utf-8") as file:
        file.write("w001,\n")
    assert run("backtest", *_tables(poor), *arguments) == 1
    shown = capsys.readouterr()
    assert "failures.csv: 1 of " in shown.err
    for name in ("learned", "random", "logistic", "tie", "≤ 5%"):
        assert name in shown.out
    for years in ("2018–2019", "2019–2020", "All"):  # expected and recorded of each
        assert re.search(rf"{years} .* [\d.]+ .* \d+ .* (yes|no)", shown.out)
    assert "Window 2 of 2" in shown.err
    table = pd.read_csv(tmp_path / "b" / "backtest.csv")
    assert set(table["window"]) == {0, 2017, 2018}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--as-of", "2020", "--feature", "no_such"), "no_such"),
        (("--as-of", "2005"), "no failure"),
    ],
)
def test_train_refuses_in_words(
    folder: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An unknown column and a date before all records end with 2."""
    out = ("-o", str(tmp_path / "m"))
    assert run("train", *_tables(folder), *arguments, *out) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_backtest_refuses_windows_without_records(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A window before the records, or judged after the last of them, is named."""
    assert run("backtest", *_tables(folder), "--as-of", "2000") == 2
    assert "up to 2001" in capsys.readouterr().err
    assert run("backtest", *_tables(folder), "--as-of", "2018,2020") == 2
    assert "2011–2019" in capsys.readouterr().err
    assert run("backtest", *_tables(folder), "--as-of", "2009..2015") == 2
    assert "2009, 2010" in capsys.readouterr().err


def test_windows_are_read_as_years_dates_and_ranges() -> None:
    """2013..2015, a date, and a list."""
    assert window_years(["2013..2015", "2018-12-31", "2020,2021"]) == [
        2013, 2014, 2015, 2018, 2020, 2021,
    ]  # fmt: skip
    with pytest.raises(InputError):
        window_years(["soon"])
    with pytest.raises(InputError, match=r"backwards.*2023\.\.2021"):
        window_years(["2023..2021"])
    with pytest.raises(InputError, match="far_date"):
        window_years(["2013..9999"])


@pytest.mark.parametrize("year", ["-5", "2021"])
def test_an_impossible_start_of_recording_is_refused(
    folder: Path, tmp_path: Path, year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before 1900 or after the last known year: named with what is allowed."""
    tables = _tables(folder)
    words = ("--as-of", "2020", "--recorded-from", year, "-o", str(tmp_path / "m"))
    assert run("train", *tables, *words) == 2
    assert f"{year}; 1900 to 2020" in capsys.readouterr().err
    words = ("--as-of", "2019", "--recorded-from", year)
    assert run("backtest", *tables, *words) == 2
    assert f"{year}; 1900 to 2020" in capsys.readouterr().err


@pytest.mark.parametrize("column", ["CONDITION_SCORE", "CRITICALITY"])
def test_overwritten_columns_of_kitchener_are_known_to_the_guard(column: str) -> None:
    """Asked for under its own name it is overwritten, not a column nobody knows."""
    known = catalogue.load()
    table = known.mappings["kitchener"].assets[0]
    pipe = known.asset_classes["water_pipe"]
    with pytest.raises(InputError) as caught:
        AsOf(2015).features([column], pipe, table.refused())
    found = [(item.code, item.params["column"]) for item in caught.value.messages]
    assert found == [("risk.overwritten", column)]


@pytest.mark.shared
@pytest.mark.skipif(not KITCHENER.is_dir(), reason="the shared data are not here")
def test_the_guard_catches_the_condition_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the real mains the score is refused for leakage, and nothing is trained."""
    tables = (
        "water_pipe", "--assets", str(KITCHENER / "Water_Mains.csv"),
        "--failures", str(KITCHENER / "Water_Main_Breaks.csv"),
        "--mapping", "kitchener", "--as-of", "2015",
    )  # fmt: skip
    out = tmp_path / "models"
    assert run("train", *tables, "--feature", "CONDITION_SCORE", "-o", str(out)) == 2
    told = capsys.readouterr().err
    assert "CONDITION_SCORE" in told
    assert "overwritten after failures" in told
    assert "leak" in told
    assert "is no column" not in told
    assert not out.exists()
