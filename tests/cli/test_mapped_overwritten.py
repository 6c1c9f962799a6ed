"""Columns that a mapping profile calls overwritten are kept from scores too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue
from renewopt.cli import main as program
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory

COUNT = 40
PROFILE = """
id = "here"
title = { zh = "测试", en = "test" }
source = "test"

[[assets]]
asset_class = "water_pipe"
files = ["mains"]
overwritten = [OVERWRITTEN]

[assets.columns]
asset_id = ["ID"]
material = ["MAT"]
length_m = ["LEN"]
install_year = ["YEAR"]
lining = ["LINED"]

[[failures]]
asset_class = "water_pipe"
files = ["breaks"]

[failures.columns]
asset_id = ["ID"]
date = ["DAY"]
"""


def _folder(place: Path, hindsight: bool, guarded: bool = True) -> Path:
    """Write mains and breaks; the lining may have been noted after the breaks."""
    place.mkdir()
    odd = np.arange(COUNT) % 2 == 1
    lined = np.where(odd & hindsight, "none", "cement")
    pd.DataFrame(
        {
            "ID": [f"w{i:02d}" for i in range(COUNT)],
            "MAT": "grey_cast_iron",
            "LEN": 1000.0,
            "YEAR": 1970,
            "LINED": lined,
        }
    ).to_csv(place / "mains.csv", index=False)
    rows = [
        (f"w{i:02d}", f"{year}-12-04")
        for year in range(2008, 2021)
        for i in range(COUNT)
        if i % 2 and (i + year) % 3
    ]
    pd.DataFrame(rows, columns=["ID", "DAY"]).to_csv(place / "breaks.csv", index=False)
    named = '"LINED"' if guarded else ""
    text = PROFILE.replace("OVERWRITTEN", named)
    (place / "here.toml").write_text(text, encoding="utf-8")
    return place


def _score(place: Path, as_of: str, tables: Path | None = None) -> pd.DataFrame:
    out = place.parent / f"risk-{as_of}.csv"
    words = ["score", str(tables or place), "--as-of", as_of, "-o", str(out)]
    if tables is None:
        words += ["--mapping", str(place / "here.toml")]
    assert program.run([*words, "--quiet", "--lang", "en"]) == 0
    return pd.read_csv(out, encoding="utf-8-sig")


def test_a_past_score_does_not_know_the_column(tmp_path: Path) -> None:
    """In a past year the column is empty: hindsight changes no figure."""
    before = _score(_folder(tmp_path / "a", hindsight=False), "2015")
    after = _score(_folder(tmp_path / "b", hindsight=True), "2015")
    pd.testing.assert_frame_equal(before, after)
    free = _score(_folder(tmp_path / "c", hindsight=True, guarded=False), "2015")
    assert not np.allclose(free["risk"], after["risk"])


def test_a_present_score_learns_nothing_from_it(tmp_path: Path) -> None:
    """Today the column counts as a fact; records are not explained by it."""
    guarded = _score(_folder(tmp_path / "a", hindsight=True), "2020")
    free = _score(_folder(tmp_path / "b", hindsight=True, guarded=False), "2020")
    assert set(guarded["asset_id"]) == set(free["asset_id"])
    assert not np.allclose(guarded["rate_multiplier"], free["rate_multiplier"])


def test_clean_tables_remember_it(tmp_path: Path) -> None:
    """Tables written clean and read without the profile keep the guard."""
    place = _folder(tmp_path / "a", hindsight=True)
    known = catalogue.load()
    stock = read_inventory(place, known, mapping=place / "here.toml")
    assert stock.overwritten == {"water_pipe": ("lining",)}
    clean = tmp_path / "clean"
    stock.write_clean(clean)
    assert read_inventory(clean, known).overwritten == stock.overwritten
    pd.testing.assert_frame_equal(
        _score(place, "2015", clean), _score(place, "2015"), check_exact=False
    )


def test_a_wrong_list_is_refused(tmp_path: Path) -> None:
    """A list that names no columns by class is an error with the file's name."""
    place = _folder(tmp_path / "a", hindsight=True)
    (place / "inventory.toml").write_text('overwritten = "lining"\n', "utf-8")
    with pytest.raises(InputError) as caught:
        read_inventory(place, catalogue.load(), mapping=place / "here.toml")
    assert [m.code for m in caught.value.messages] == ["inventory.bad_overwritten"]
