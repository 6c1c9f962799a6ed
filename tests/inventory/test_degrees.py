"""Degrees, minutes and seconds in the columns of coordinates."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.inventory import read_inventory
from renewopt.inventory.cells.degrees import degrees_of
from tests.inventory.making import codes, parse

HEAD = "管线编号|管长(m)|起点经度|起点纬度|终点经度|终点纬度"


@pytest.mark.parametrize(
    ("text", "value", "axis"),
    [
        ("114°18′00″", 114.3, ""),
        ("114°18'36\"E", 114.31, "east"),
        ("114º18’36”", 114.31, ""),
        ("114° 18' 36''", 114.31, ""),
        ("114-18-36", 114.31, ""),
        ("114－18－36.0", 114.31, ""),
        ("114 18 36", 114.31, ""),
        ("114:18:36", 114.31, ""),
        ("114°18.6′", 114.31, ""),
        ("东经114度18分36秒", 114.31, "east"),
        ("E114°18'36\"", 114.31, "east"),
        ("114d18m36s", 114.31, ""),
        ("114.31°E", 114.31, "east"),
        ("N30.5", 30.5, "north"),
        ("80°30′W", -80.5, "east"),
        ("-80°30′", -80.5, ""),
        ("30°30′00″S", -30.5, "north"),
    ],
)
def test_notations_of_degrees(text: str, value: float, axis: str) -> None:
    """Each way to write them gives the number and the axis that the text names."""
    assert degrees_of(text) == (pytest.approx(value, abs=1e-8), axis)


@pytest.mark.parametrize(
    "text",
    ["114", "114.31", "-114.31", "114°60′", "114°18′75″", "114.5°18′", "114°18.5′36″",
     "114-18", "E114N", "-114°W", "114-18-36-5", "2003-05-06", "", "°",
     "114°18′36″ 约"],
)  # fmt: skip
def test_what_is_no_notation_of_degrees(text: str) -> None:
    """Bare numbers need no reading; impossible and two-sided ones are refused."""
    assert degrees_of(text) is None


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("114°18′00″", "30°36′00″"), ("114°18'00.0\"E", "30°36'00.0\"N"),
     ("114-18-00", "30-36-00")],
)  # fmt: skip
def test_rows_in_degrees_are_kept_and_said(lon: str, lat: str) -> None:
    """Four such cells are no shifted row: converted, with the quality in the list."""
    rows = f"A1|100|{lon}|{lat}|{lon}|{lat}\nA2|90|114.3|30.6|114.31|30.61"
    table = parse(f"{HEAD}\n{rows}")
    assert table.frame["asset_id"].tolist() == ["A1", "A2"]
    assert table.frame["start_lon"].tolist() == [114.3, 114.3]
    assert table.frame["end_lat"].tolist() == [30.6, 30.61]
    said = [c for c in codes(table) if c[0] == "degrees_read"]
    assert [(row, severity) for _, row, _, severity in said] == [(2, "repaired")] * 4
    listed = table.qualities[table.qualities["quality"] == "converted"]
    assert len(listed) == 4


def test_the_other_axis_is_not_taken() -> None:
    """41°31′N under 经度 is asked about; the row and its other cells are kept."""
    table = parse(f"{HEAD}\nA1|100|30°36′N|114°18′E|114.3|30.6")
    assert table.frame["asset_id"].tolist() == ["A1"]
    assert table.frame["start_lon"].isna().all()
    assert [c[0] for c in codes(table) if c[3] == "questioned"].count(
        "not_a_number"
    ) == 2


def test_bad_coordinates_alone_shift_no_row() -> None:
    """Four unreadable coordinates are four questions; the row stays."""
    bad = "114°75′00″|30°75′00″|114°75′00″|30°75′00″"
    table = parse(f"{HEAD}\nA1|100|{bad}\nA2|90|114.3|30.6|114.31|30.61")
    assert table.frame["asset_id"].tolist() == ["A1", "A2"]
    assert not any(c[0] == "row_shifted" for c in codes(table))


def test_the_place_of_a_line_in_degrees(tmp_path: Path, catalogue: Catalogue) -> None:
    """The geometry is the same as that of decimal degrees."""
    path = tmp_path / "供水管道.csv"
    head = HEAD.replace("|", ",")
    rows = "A1,100,114°18′00″,30°36′00″,114°18′36″,30°36′36″\n"
    path.write_text(f"{head}\n{rows}A2,90,114.3,30.6,114.31,30.61\n", encoding="utf-8")
    found = read_inventory(path, catalogue, crs="EPSG:4490")
    frame = found.assets["water_pipe"].set_index("asset_id")
    ends = ["start_lon", "start_lat", "end_lon", "end_lat"]
    assert frame.loc["A1", ends].tolist() == pytest.approx(
        frame.loc["A2", ends].tolist()
    )
    assert not any(i.severity == "rejected" for i in found.issues)
