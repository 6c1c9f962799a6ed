"""Poor records and columns at the command line: handled, and said in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from renewopt import text
from renewopt.cli import main as program
from renewopt.core.errors import message
from renewopt.text import render

COUNT, FIRST, LAST = 60, 2015, 2020
Rows = list[tuple[str, str]]
LANGUAGES = pytest.mark.parametrize("lang", text.LANGUAGES)


def _pipes(**columns: object) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "asset_id": [f"w{i:03d}" for i in range(COUNT)],
            "material": draw.choice(["PE", "灰口铸铁"], COUNT),
            "install_year": draw.integers(1960, 2000, COUNT),
            "length_m": draw.uniform(100, 500, COUNT).round(1),
        }
    )
    return frame.assign(**columns)


def _every(years: range, assets: range = range(COUNT)) -> Rows:
    return [(f"w{i:03d}", f"{year}-03-04") for year in years for i in assets]


def _write(place: Path, frame: pd.DataFrame, rows: Rows) -> list[str]:
    """Write the two tables; return the options that name them."""
    frame.to_csv(place / "water_pipe.csv", index=False)
    failures = pd.DataFrame(rows, columns=["asset_id", "date"])
    failures.to_csv(place / "failures.csv", index=False)
    names = [str(place / "water_pipe.csv"), str(place / "failures.csv")]
    return ["water_pipe", "--assets", names[0], "--failures", names[1]]


Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Give a function that reads what the program said, without line breaks."""

    def read() -> str:
        told = capsys.readouterr()
        return re.sub(r"\s+", "", told.out + told.err)

    return read


def _train(options: list[str], out: Path, lang: str) -> int:
    words = ["train", *options, "--as-of", str(LAST), "-o", str(out), "--lang", lang]
    return program.run([*words, "--recorded-from", str(FIRST)])


def _score(place: Path, out: Path, lang: str, *more: str) -> tuple[int, pd.DataFrame]:
    words = ["score", str(place), "--as-of", str(LAST), "--horizon", "2"]
    code = program.run([*words, "-o", str(out), "--lang", lang, *more])
    table = pd.read_csv(out, encoding="utf-8-sig") if out.is_file() else pd.DataFrame()
    return code, table


def _card(out: Path) -> dict[str, Any]:
    """Read the card of the model that was written."""
    path = out / "risk" / "water_pipe" / "card.json"
    card: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return card


def _trained(options: list[str], out: Path, lang: str) -> str:
    """Train, and give what is used; 1 says that it is not the model."""
    code = _train(options, out, lang)
    used = str(_card(out)["use"])
    assert code == (0 if used == "model" else 1)
    return used


def _sound(table: pd.DataFrame, count: int = COUNT) -> None:
    """Every figure is finite, in order and possible."""
    assert len(table) == 2 * count
    numbers = table[["lof", "expected_failures", "cof", "risk", "low", "high"]]
    assert np.isfinite(numbers.to_numpy(np.float64)).all()
    assert table["lof"].between(1e-12, 1).all()
    assert table["low"].lt(table["risk"]).all()
    assert table["high"].gt(table["risk"]).all()


def _sentence(code: str, lang: text.Lang, **values: object) -> str:
    """Give the fixed words of a message up to its first value."""
    whole = render(message(code, **values), lang)
    return re.sub(r"\s+", "", whole)


@LANGUAGES
def test_no_failures(tmp_path: Path, said: Said, lang: text.Lang) -> None:
    """Nothing to train on is an error in words; a score is a cold start and says so."""
    tables = _write(tmp_path, _pipes(), [])
    assert _train(tables, tmp_path / "models", lang) == 2
    assert (
        _sentence(
            "risk.train_no_failures",
            lang,
            asset_class="water_pipe",
            as_of=LAST,
            before=0,
            later=0,
        )
        in said()
    )
    assert not (tmp_path / "models").exists()
    code, table = _score(tmp_path, tmp_path.parent / f"n-{lang}.csv", lang)
    assert code == 0
    _sound(table)
    assert {"zh": "专家先验，无本地记录", "en": "Expertprior,nolocalrecords"}[
        lang
    ] in said()


@LANGUAGES
def test_one_failure(tmp_path: Path, said: Said, lang: text.Lang) -> None:
    """One failure trains nothing: the corrected expert rates stay, and that is said."""
    tables = _write(tmp_path, _pipes(), [("w003", "2020-03-04")])
    out = tmp_path / "models"
    assert _train(tables, out, lang) == 1  # not the model
    assert (
        _sentence(
            "risk.train_too_few", lang, asset_class="water_pipe", seen=1, least=10
        )
        in said()
    )
    assert _card(out)["use"] == "records"
    result = tmp_path.parent / f"o-{lang}.csv"
    code, table = _score(tmp_path, result, lang, "--models", str(out))
    assert code == 0
    _sound(table)


@LANGUAGES
def test_all_failed(tmp_path: Path, said: Said, lang: text.Lang) -> None:
    """All assets fail every year: it trains, judges and expects about one a year."""
    rows = _every(range(FIRST, LAST + 1))
    tables = _write(tmp_path, _pipes(), rows)
    out = tmp_path / "models"
    _trained(tables, out, lang)
    said()
    result = tmp_path.parent / f"a-{lang}.csv"
    code, table = _score(tmp_path, result, lang, "--models", str(out))
    assert code == 0
    _sound(table)
    first = table[table["year"] == LAST + 1]
    assert first["expected_failures"].sum() == pytest.approx(COUNT, rel=0.25)


@LANGUAGES
def test_constant_columns(tmp_path: Path, said: Said, lang: text.Lang) -> None:
    """A column with one value is named: nothing is learned from it."""
    rows = _every(range(FIRST, LAST + 1), range(0, COUNT, 3))
    frame = _pipes(material="PE", install_year=1990)
    tables = _write(tmp_path, frame, rows)
    _trained(tables, tmp_path / "models", lang)
    told = said()
    assert "material" in told
    assert {"zh": "只有一个取值", "en": "onevalue"}[lang] in told


@LANGUAGES
def test_unseen_material(tmp_path: Path, said: Said, lang: text.Lang) -> None:
    """A material that the model never saw is named, and its interval is wider."""
    draw = np.random.default_rng(1)
    rows = [r for r in _every(range(FIRST, LAST + 1)) if draw.random() < 0.2]
    tables = _write(tmp_path, _pipes(install_year=1990), rows)
    out = tmp_path / "models"
    used = _trained(tables, out, lang)
    assert used not in ("records", "prior")
    new = tmp_path / "new"
    new.mkdir()
    _write(new, _pipes(install_year=1990, material=["钢管", "PE"] * (COUNT // 2)), [])
    said()
    result = tmp_path.parent / f"u-{lang}.csv"
    code, table = _score(new, result, lang, "--models", str(out))
    assert code == 0
    _sound(table)
    told = said()
    assert "steel" in told
    assert {"zh": "区间已放宽", "en": "wider"}[lang] in told
    steel = table["reasons"].str.contains("unseen_kind")
    width = np.log(table["failures_high"] / table["failures_low"])
    assert steel.mean() == pytest.approx(0.5)
    assert width[steel].min() > width[~steel].max()


@LANGUAGES
def test_missing_years(tmp_path: Path, said: Said, lang: text.Lang) -> None:
    """Years of installation that are missing are assumed, counted and said."""
    years = pd.array([None, 1980, 1995] * (COUNT // 3), dtype="Int64")
    rows = _every(range(FIRST, LAST + 1), range(0, COUNT, 5))
    tables = _write(tmp_path, _pipes(install_year=years), rows)
    _trained(tables, tmp_path / "models", lang)
    said()
    code, table = _score(tmp_path, tmp_path.parent / f"y-{lang}.csv", lang)
    assert code == 0
    _sound(table)
    assert table["reasons"].str.contains("age_unknown").mean() == pytest.approx(1 / 3)
    assert f"{COUNT // 3}" in said()


@LANGUAGES
def test_failures_before_installation(
    tmp_path: Path, said: Said, lang: text.Lang
) -> None:
    """They belong to predecessors: no training, and the number is said."""
    rows = _every(range(FIRST, FIRST + 2))
    tables = _write(tmp_path, _pipes(install_year=2018), rows)
    assert _train(tables, tmp_path / "models", lang) == 2
    told = said()
    assert (
        _sentence(
            "risk.train_no_failures",
            lang,
            asset_class="water_pipe",
            as_of=LAST,
            before=len(rows),
            later=0,
        )
        in told
    )
    code, table = _score(tmp_path, tmp_path.parent / f"b-{lang}.csv", lang)
    assert code == 0
    _sound(table)
    assert str(len(rows)) in said()


@LANGUAGES
def test_model_of_another_class_or_version(
    tmp_path: Path, said: Said, lang: text.Lang
) -> None:
    """A model of another class, or of another format, is refused by name."""
    from skops import io

    draw = np.random.default_rng(2)
    rows = [r for r in _every(range(FIRST, LAST + 1)) if draw.random() < 0.2]
    tables = _write(tmp_path, _pipes(), rows)
    out = tmp_path / "models"
    _trained(tables, out, lang)
    own = out / "risk" / "water_pipe"
    other = out / "risk" / "gas_pipe"
    own.rename(other)
    said()
    gas = tmp_path / "gas"
    gas.mkdir()
    _pipes(material="PE").to_csv(gas / "gas_pipe.csv", index=False)
    result = tmp_path.parent / f"m-{lang}.csv"
    code, _ = _score(gas, result, lang, "--models", str(out))
    assert code == 2
    told = said()
    assert "model.skops" in told
    assert text.label("gas_pipe", lang).replace(" ", "") in told or "gas_pipe" in told
    other.rename(own)
    io.dump({"format": 1}, own / "model.skops")
    code, _ = _score(tmp_path, result, lang, "--models", str(out))
    assert code == 2
    told = said()
    assert "model.skops" in told
    assert {"zh": "格式", "en": "format"}[lang] in told
    assert not result.exists()
