"""Pressures in MPa: numbers that tell the level, and those that contradict it."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import Bands, ColumnSpec
from renewopt.inventory import Inventory, read_inventory
from renewopt.inventory.cells import Context
from renewopt.inventory.cells.choices import parse_choice

HEAD = "管线编号,管长(m)"


def read(tmp_path: Path, catalogue: Catalogue, text: str) -> Inventory:
    """Read gas pipes from text."""
    path = tmp_path / "gas_pipe.csv"
    path.write_text(text, "utf-8-sig")
    return read_inventory(path, catalogue)


def levels(found: Inventory) -> list[str]:
    """Give the levels, "" where none was taken."""
    return found.assets["gas_pipe"]["pressure_level"].fillna("").tolist()


def said(found: Inventory) -> dict[str, list[tuple[str, int]]]:
    """Give severity and row of what was said, by code."""
    out: dict[str, list[tuple[str, int]]] = {}
    for i in found.issues:
        out.setdefault(i.code.split(".")[1], []).append((i.severity, i.row))
    return out


@pytest.fixture
def level(catalogue: Catalogue) -> ColumnSpec:
    """Give the column of pressure levels."""
    spec = catalogue.asset_classes["gas_pipe"].column("pressure_level")
    assert spec is not None
    return spec


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.4MPa", "medium_a"), ("0.4 兆帕", "medium_a"), ("0.2Mpa", "medium_b"),
        ("200kPa", "medium_b"), ("4bar", "medium_a"), ("8公斤", "sub_high_b"),
        ("3000Pa", "low"), ("2.5MPa", "high_b"), ("4MPa", "high_a"),
        ("中压A", "medium_a"),
    ],
)  # fmt: skip
def test_numbers_with_units_are_levels(level: ColumnSpec, text: str, code: str) -> None:
    """The unit in the cell tells what the number means; the ends are inside."""
    outcome = parse_choice(text, level, Context())
    assert outcome.value == code
    assert outcome.quality == ("exact" if text == "中压A" else "converted")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0.4", "band_without_unit"), ("4.1MPa", "no_band"), ("0MPa", "no_band"),
        ("0.01MPa", "no_band"), ("10kPa", "no_band"), ("0.4级", "not_a_choice"),
    ],
)  # fmt: skip
def test_numbers_that_tell_no_level(level: ColumnSpec, text: str, why: str) -> None:
    """No unit, no band, or an end on which editions differ: never taken."""
    outcome = parse_choice(text, level, Context())
    assert (outcome.value, outcome.code) == (None, f"inventory.{why}")


def test_the_header_may_state_the_unit(tmp_path: Path, catalogue: Catalogue) -> None:
    """压力级别(MPa) holds numbers; words in it are read as well."""
    text = f"{HEAD},压力级别(MPa)\nA1,10,0.4\nA2,10,0.1\nA3,10,低压\n"
    found = read(tmp_path, catalogue, text)
    assert levels(found) == ["medium_a", "medium_b", "low"]
    listed = found.qualities[found.qualities["column"] == "pressure_level"]
    assert listed[["asset_id", "quality", "raw"]].to_numpy().tolist() == [
        ["A1", "converted", "0.4"], ["A2", "converted", "0.1"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("设计压力(MPa)", ("0.4", "0.2", "0.005")),
        ("设计压力", ("0.4", "0.2MPa", "5kPa")),
        ("设计压力(kPa)", ("400", "200", "5")),
        ("最高工作压力/MPa", ("0.40", "0.1", "0.003")),
    ],
)
def test_design_pressures_tell_levels(
    tmp_path: Path, catalogue: Catalogue, header: str, cells: tuple[str, ...]
) -> None:
    """A design pressure fills the level; the pressure itself is kept as well."""
    rows = "".join(f"A{i},10,{cell}\n" for i, cell in enumerate(cells))
    found = read(tmp_path, catalogue, f"{HEAD},{header}\n{rows}")
    assert levels(found) == ["medium_a", "medium_b", "low"]
    assert found.assets["gas_pipe"]["design_pressure_mpa"].notna().all()
    assert said(found)["code_from_number"] == [("repaired", 0)]
    mine = found.qualities[found.qualities["column"] == "pressure_level"]
    assert mine["quality"].tolist() == ["converted"] * 3
    assert mine["raw"].tolist() == list(cells)


def test_running_pressures_are_a_question(tmp_path: Path, catalogue: Catalogue) -> None:
    """What runs at 0.1 MPa may be built for more: taken for now, and asked about."""
    text = (
        f"{HEAD},压力级别,运行压力(MPa)\nA1,10,,0.1\nA2,10,中压A,0.1\nA3,10,低压,0.3\n"
    )
    found = read(tmp_path, catalogue, text)
    assert levels(found) == ["medium_b", "medium_a", ""]
    assert said(found)["code_from_least"] == [("questioned", 0)]
    assert said(found)["number_contradicts"] == [("questioned", 4)]


def test_contradictions_are_questions(tmp_path: Path, catalogue: Catalogue) -> None:
    """Where level and design pressure differ neither is taken."""
    text = f"{HEAD},压力级别,设计压力(MPa)\nA1,10,低压,0.4\nA2,10,中压A,0.4\n"
    found = read(tmp_path, catalogue, text)
    assert levels(found) == ["", "medium_a"]
    assert found.assets["gas_pipe"]["design_pressure_mpa"].isna().tolist() == [
        True, False
    ]  # fmt: skip
    assert said(found)["number_contradicts"] == [("questioned", 2)]
    assert "code_from_number" not in said(found)


def test_a_third_number_does_not_settle_it(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Level against design pressure: the running pressure fills nothing in."""
    text = f"{HEAD},压力级别,设计压力(MPa),运行压力(MPa)\nA1,10,低压,0.4,0.1\n"
    found = read(tmp_path, catalogue, text)
    assert levels(found) == [""]
    assert "code_from_least" not in said(found)
    found.write_clean(tmp_path / "clean")
    again = read_inventory(tmp_path / "clean", catalogue)
    assert "code_from_number" not in said(again)


def test_pressures_in_doubt_tell_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    """About 0.4 lies on both sides of an end, 9 may be bar; 0.25-0.35 is clear."""
    text = f"{HEAD},设计压力(MPa)\nA1,10,约0.4\nA2,10,0.25-0.35\nA3,10,9\nA4,10,0.01\n"
    found = read(tmp_path, catalogue, text)
    assert levels(found) == ["", "medium_a", "", ""]
    assert said(found)["no_band"] == [("questioned", n) for n in (2, 5)]
    assert said(found)["unit_of_cell"] == [("questioned", 4)]


def test_a_column_in_another_unit(tmp_path: Path, catalogue: Catalogue) -> None:
    """4, 4, 2 under a header without a unit are bar, not MPa: asked, not taken."""
    rows = "".join(f"A{i},10,{n}\n" for i, n in enumerate((4, 4, 2, 4, 4, 2)))
    found = read(tmp_path, catalogue, f"{HEAD},设计压力\n{rows}")
    assert "unit_magnitude" in said(found)
    assert levels(found) == [""] * 6


def test_bands_are_checked() -> None:
    """Bands without a lower end, or upside down, are refused."""
    for band in ({"code": "a", "most": 1.0}, {"code": "a", "least": 2.0, "most": 1.0}):
        with pytest.raises(ValueError, match="least or over"):
            Bands.model_validate({"unit": "MPa", "band": [band], "source": "x"})


@pytest.mark.parametrize(
    ("word", "code"),
    [("中压", "medium_a"), ("中压管道", "medium_a"), ("次高压", "sub_high_a"),
     ("高压", "high_a"), ("Medium", "medium_a")],
)  # fmt: skip
def test_a_level_without_a_or_b_is_two_levels(
    tmp_path: Path, catalogue: Catalogue, word: str, code: str
) -> None:
    """The higher one counts, as a question that names both; the cell is listed."""
    found = read(tmp_path, catalogue, f"{HEAD},压力级别\nA1,10,{word}\nA2,10,低压\n")
    assert levels(found) == [code, "low"]
    assert said(found)["either_code"] == [("questioned", 2)]
    (issue,) = [i for i in found.issues if i.code == "inventory.either_code"]
    label = {"medium_a": "中压", "sub_high_a": "次高压", "high_a": "高压"}[code]
    assert issue.params == {"fits": f"{label}A, {label}B", "counts": f"{label}A"}
    listed = found.qualities[found.qualities["column"] == "pressure_level"]
    assert listed[["asset_id", "quality", "raw"]].to_numpy().tolist() == [
        ["A1", "bounded", word]
    ]


def test_a_pressure_settles_which_level_it_is(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """0.15 MPa makes 中压 the level B, nothing is asked; 0.005 MPa contradicts it."""
    text = f"{HEAD},压力级别,设计压力(MPa)\nA1,10,中压,0.15\nA2,10,中压,0.3\n"
    found = read(tmp_path, catalogue, text + "A3,10,中压,0.005\nA4,10,中压,\n")
    assert levels(found) == ["medium_b", "medium_a", "", "medium_a"]
    assert said(found)["either_code"] == [("questioned", 5)]
    assert said(found)["number_contradicts"] == [("questioned", 4)]
    listed = found.qualities[found.qualities["column"] == "pressure_level"]
    assert dict(zip(listed["asset_id"], listed["quality"], strict=True)) == {
        "A1": "converted", "A2": "converted", "A4": "bounded"
    }  # fmt: skip


def test_the_higher_level_never_costs_less(catalogue: Catalogue) -> None:
    """What counts for 高压, 次高压 and 中压 has no smaller loss and no fewer points."""
    gas = catalogue.asset_classes["gas_pipe"]
    level = gas.column("pressure_level")
    assert level is not None
    assert len(level.either) == 3
    assert gas.points is not None
    points = next(f.codes for f in gas.points.factor if f.column == "pressure_level")
    dear = [
        set(m.where.equals["pressure_level"])
        for part in gas.consequence.part
        for m in part.multiplier
        if "pressure_level" in m.where.equals
    ]
    assert dear
    for item in level.either:
        first, *rest = item.codes
        assert all(points[first] >= points[code] for code in rest)
        assert all(first in codes or not codes & set(rest) for codes in dear)
