"""Cells of a column that are written in another unit than the rest of it."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.inventory.making import codes, parse


def _doubted(
    table: str, name: str, column: str
) -> tuple[list[float | None], list[int]]:
    """Give the values taken and the rows asked about because of their unit."""
    parsed = parse(table, name)
    values = [None if pd.isna(v) else float(v) for v in parsed.frame[column]]
    return values, [row for code, row, _, _ in codes(parsed) if code == "unit_of_cell"]


@pytest.mark.parametrize("header", ["积水深度", "积水深度(cm)"])
def test_depths_in_metres_among_centimetres(header: str) -> None:
    """0.5 and 0.3 among 40, 30 and 45 cm are not taken, whatever the header says."""
    rows = "\n".join(
        f"P{i}|{v}" for i, v in enumerate(("40", "0.5", "30", "0.3", "45"))
    )
    found = _doubted(f"点位编号|{header}\n{rows}", "waterlogging_point", "depth_cm")
    assert found == ([40, None, 30, None, 45], [3, 5])


def test_hours_among_minutes() -> None:
    """2 and 1.5 among 60 and 90 minutes may be hours."""
    rows = "\n".join(f"P{i}|{v}" for i, v in enumerate(("60", "2", "90", "1.5")))
    found = _doubted(
        f"点位编号|退水时间(min)\n{rows}", "waterlogging_point", "duration_min"
    )
    assert found == ([60, None, 90, None], [3, 5])


def test_tens_of_thousands_of_square_metres_among_square_metres() -> None:
    """A compound of 200 households has no 1.6 m²; the row needs its area."""
    rows = "\n".join(
        f"X{i}|200|{v}" for i, v in enumerate(("24000", "1.6", "12000", "3.2"))
    )
    found = _doubted(
        f"小区编号|户数|建筑面积(㎡)\n{rows}", "residential_compound", "floor_area_m2"
    )
    assert found == ([24000, 12000], [3, 5])


def test_a_cell_that_states_its_unit_is_taken() -> None:
    """0.5m and 2小时 say what they are, however unusual."""
    table = parse(
        "点位编号|积水深度|退水时间\nP1|40|60\nP2|0.5m|2小时\nP3|2cm|3分钟\nP4|45|70",
        "waterlogging_point",
    )
    assert table.frame["depth_cm"].tolist() == [40, 50, 2, 45]
    assert table.frame["duration_min"].tolist() == [60, 120, 3, 70]
    assert "unit_of_cell" not in {code for code, *_ in codes(table)}


def test_kilometres_among_metres() -> None:
    """0.52 among hundreds of metres is asked about; stubs are not."""
    asked = "管线编号|管长(m)\nA1|320\nA2|0.52\nA3|410"
    assert _doubted(asked, "water_pipe", "length_m") == ([320, 410], [3])
    stubs = "管线编号|管长(m)\nA1|320\nA2|1.5\nA3|4.1\nA4|12.0"
    assert _doubted(stubs, "water_pipe", "length_m") == ([320, 1.5, 4.1, 12], [])


def test_depths_of_cover_in_centimetres_among_metres() -> None:
    """35 among 1.2 m is no depth of cover in metres."""
    table = "管线编号|管长|埋深\nA1|50|1.2\nA2|50|35\nA3|50|0.9\nA4|50|2.4"
    assert _doubted(table, "water_pipe", "burial_depth_m") == (
        [1.2, None, 0.9, 2.4],
        [3],
    )


def test_one_cell_alone_is_asked_about_too() -> None:
    """0.5 cm of water is no ponding, though no other row says so."""
    found = _doubted("点位编号|积水深度\nP1|0.5", "waterlogging_point", "depth_cm")
    assert found == ([None], [2])


def test_what_is_unusual_but_near_the_others_is_taken() -> None:
    """2 cm and 6 minutes among like numbers are small, not in another unit."""
    table = parse(
        "点位编号|积水深度|退水时间\nP1|5|12\nP2|2|6\nP3|9|30", "waterlogging_point"
    )
    assert codes(table) == []
    assert table.frame["depth_cm"].tolist() == [5, 2, 9]


def test_a_clean_table_comes_back_as_it_went() -> None:
    """2 under depth_cm was 2cm when it came in: it is not asked about again."""
    table = parse("asset_id|depth_cm\nP1|40\nP2|2\nP3|45", "waterlogging_point")
    assert table.frame["depth_cm"].tolist() == [40, 2, 45]
    assert codes(table) == []
