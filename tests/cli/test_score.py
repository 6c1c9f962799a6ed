"""`renewopt score` from the outside: files, population, points and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from renewopt.cli.main import run
from renewopt.cli.score import last_whole_year, population_index
from renewopt.cli.tables_out import csv_of, write_together
from renewopt.core.errors import InputError

TOWN = str(Path(__file__).resolve().parents[2] / "inventories" / "small-town")


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    data = json.loads(capsys.readouterr().out)
    assert isinstance(data, dict)
    return data


def test_two_files_and_the_parts_of_the_loss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file per asset and year, one per asset with words; parts sum to the loss."""
    out = tmp_path / "risk.csv"
    assert (
        run(
            [
                "score",
                TOWN,
                "--as-of",
                "2026",
                "--horizon",
                "3",
                "-o",
                str(out),
                "--json",
            ]
        )
        == 0
    )
    told = _json(capsys)
    years = pd.read_csv(out, encoding="utf-8-sig")
    assets = pd.read_csv(tmp_path / "risk-assets.csv", encoding="utf-8-sig")
    assert told["assets_file"] == str(tmp_path / "risk-assets.csv")
    assert len(years) == 3 * len(assets)
    assert assets["why_zh"].notna().all()
    assert assets["why_en"].notna().all()
    for own in told["classes"].values():  # type: ignore[attr-defined]
        assert sum(own["risk_by_kind"].values()) == pytest.approx(own["risk"], abs=1e-3)
    assert set(told["cold_start"]) == {"residential_compound"}  # type: ignore[call-overload]


def test_a_cold_start_is_said_in_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    """The line stands on standard output, in the language asked for."""
    assert run(["score", TOWN, "--as-of", "2026", "--lang", "zh"]) == 0
    assert "专家先验，无本地记录：老旧小区（约" in capsys.readouterr().out
    assert run(["score", TOWN, "--as-of", "2026", "--lang", "en"]) == 0
    assert "Expert prior, no local records: residential" in capsys.readouterr().out


def test_population_lowers_what_hangs_on_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A tenth fewer people: less service to lose, repairs as before."""
    words = ["score", TOWN, "--as-of", "2026", "--horizon", "1", "--json"]
    assert run(words) == 0
    before = _json(capsys)["classes"]["heating_pipe"]["risk_by_kind"]  # type: ignore[index]
    assert run([*words, "--population", "2027=0.9"]) == 0
    after = _json(capsys)["classes"]["heating_pipe"]["risk_by_kind"]  # type: ignore[index]
    assert after["service"] == pytest.approx(0.9 * before["service"], rel=1e-3)
    assert after["repair"] == before["repair"]


def test_points_have_no_money(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table has grades and words and none of the columns of a loss."""
    out = tmp_path / "points.csv"
    assert (
        run(["score", TOWN, "--as-of", "2026", "--points", "-o", str(out), "--json"])
        == 0
    )
    told = _json(capsys)
    table = pd.read_csv(out, encoding="utf-8-sig")
    assert table["grade"].between(1, 5).all()
    assert not {"risk", "cof", "low", "high"} & set(table.columns)
    assert "classes" not in told
    assert run(["score", TOWN, "--as-of", "2026", "--points", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "points, not money" in said
    assert "Expert prior, no local records: residential" in said
    assert set(told["cold_start"]) == {"residential_compound"}  # type: ignore[call-overload]


@pytest.mark.parametrize("more", [["--horizon", "3"], ["--population", "2030=0.9"]])
def test_points_refuse_what_they_would_ignore(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Years and population change no point: they are refused, not ignored."""
    assert run(["score", TOWN, "--points", "--lang", "en", *more]) == 2
    assert "leave out" in capsys.readouterr().err


def test_a_date_within_a_year_knows_the_year_before() -> None:
    """Nothing after the date is used: 30 June 2026 is the end of 2025."""
    assert last_whole_year("2026") == 2026
    assert last_whole_year("2026-12-31") == 2026
    assert last_whole_year("2026-06-30") == 2025


@pytest.mark.parametrize("more", [[], ["--points"]])
@pytest.mark.parametrize("name", ["risk.xlsx", "risk", "risk.json"])
def test_other_files_than_csv_are_refused(
    name: str, more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CSV under the name of a workbook opens nowhere; nothing is written."""
    out = tmp_path / name
    assert run(["score", TOWN, "-o", str(out), "--lang", "en", *more]) == 2
    assert ".csv only" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", [["score"], ["score", "--points"], ["inspect-first"]])
def test_what_is_read_is_never_written(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a file of its own or in a folder of inputs; the table beside it too."""
    text = "asset_id,install_year,length_m,material\np1,1990,100,pe\n"
    names = ["water_pipe.csv", "x-assets.csv"]
    for name in names:
        (tmp_path / name).write_text(text, encoding="utf-8")
    table, beside = (tmp_path / name for name in names)
    tries = [(str(table), table), (str(tmp_path), table)]
    if verb == ["score"]:
        tries.append((str(beside), tmp_path / "x.csv"))
    for source, out in tries:
        words = [source, "--class", "water_pipe", "-o", str(out), "--lang", "en"]
        assert run([*verb, *words]) == 2
        assert "would be overwritten" in capsys.readouterr().err
    assert [(tmp_path / name).read_text("utf-8") for name in names] == [text, text]
    assert len(list(tmp_path.iterdir())) == 2


def test_both_files_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the second cannot be written, the first is as it was before."""
    (tmp_path / "risk-assets.csv").mkdir()
    out = tmp_path / "risk.csv"
    out.write_text("before", encoding="utf-8")
    words = ["score", TOWN, "--as-of", "2026", "-o", str(out), "--lang", "en"]
    assert run(words) == 2
    assert "risk-assets.csv cannot be written" in capsys.readouterr().err
    assert out.read_text("utf-8") == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"risk.csv", "risk-assets.csv"}


def test_a_file_that_cannot_be_replaced_undoes_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table open in a spreadsheet keeps both files at what they were."""
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (one, two):
        path.write_text("before", encoding="utf-8")
    move = Path.replace

    def held(self: Path, target: Path) -> Path:
        if self == two:
            raise PermissionError(13, "held open", str(self))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", held)
    table = csv_of(pd.DataFrame({"x": [1]}))
    with pytest.raises(InputError, match="cannot_write"):
        write_together({one: table, two: table})
    assert [path.read_text("utf-8") for path in (one, two)] == ["before", "before"]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("value", ["9999", "1492", "9999-12-31"])
def test_an_as_of_year_beyond_all_reason_is_refused(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error does not make assets eight thousand years old."""
    assert run(["score", TOWN, "--as-of", value, "--lang", "en"]) == 2
    assert f"{value} is no plausible year; 1900 to 2100" in capsys.readouterr().err


def test_bad_population_is_named_all_at_once() -> None:
    """Every text that is not YEAR=N is named."""
    assert population_index(["2030=0.95", "2040=180000"]) == {2030: 0.95, 2040: 180000}
    with pytest.raises(InputError) as caught:
        population_index(["2030", "x=1", "2031=0.9", "2031=0.8"])
    codes = [item.code for item in caught.value.messages]
    assert codes == ["cli.score.bad_population"] * 2 + ["cli.score.population_twice"]
