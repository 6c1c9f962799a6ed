"""Geometry in an inventory: from files in every form to places, lengths and doubts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from renewopt.catalogue import Catalogue
from renewopt.inventory import CellIssue, Inventory, read_inventory
from renewopt.inventory.geometry.gcj import to_gcj
from renewopt.inventory.geometry.shapes import pair_metres
from tests.inventory.readers.making import layer

HEAD = "管线编号,管长(m)"
ENDS = f"{HEAD},起点经度,起点纬度,终点经度,终点纬度"
AXES = f"{HEAD},起点东坐标,起点北坐标,终点东坐标,终点北坐标"
LON, LAT = 111.0123, 41.5012
FROM_GK = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4546", always_xy=True)
"""3-degree zone of 111° east, without its number."""


def read(
    tmp_path: Path, catalogue: Catalogue, files: dict[str, str], crs: object = None
) -> Inventory:
    """Write the files and read them."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8-sig")
    return read_inventory(tmp_path, catalogue, crs=crs)


def doubts(inventory: Inventory) -> list[CellIssue]:
    """Give the issues but what is said of street segments."""
    ours = "inventory.corridors_placed"
    return [issue for issue in inventory.issues if issue.code != ours]


def said(inventory: Inventory) -> dict[str, set[int]]:
    """Give the rows of each code."""
    found: dict[str, set[int]] = {}
    for issue in doubts(inventory):
        found.setdefault(issue.code.split(".")[1], set()).add(issue.row)
    return found


def line(inventory: Inventory, asset_id: str = "A1") -> list[float]:
    """Give start and end of a gas pipe."""
    frame = inventory.assets["gas_pipe"].set_index("asset_id")
    names = ["start_lon", "start_lat", "end_lon", "end_lat"]
    return [float(value) for value in frame.loc[asset_id, names]]


def east(metres: float) -> tuple[float, float]:
    """Give the place so many metres east of the start."""
    lon, lat, _ = pyproj.Geod(ellps="GRS80").fwd(LON, LAT, 90, metres)
    return float(lon), float(lat)


END = east(100.0)
WANTED = pytest.approx([LON, LAT, *END], abs=1e-8)


def in_zone(*places: tuple[float, float], zone: bool = False) -> list[str]:
    """Give places as plane coordinates, "east,north"."""
    found = [FROM_GK.transform(*place) for place in places]
    add = 37_000_000 if zone else 0
    return [f"{x + add:.4f},{y:.4f}" for x, y in found]


def test_stated_ends(tmp_path: Path, catalogue: Catalogue) -> None:
    """Longitude and latitude as they are; the shape lies beside the table."""
    text = f"{ENDS}\nA1,100,{LON},{LAT},{END[0]},{END[1]}\nA2,5,,,,\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4490")
    assert line(inventory) == WANTED
    assert np.isnan(line(inventory, "A2")).all()
    shapes = inventory.geometry["gas_pipe"]
    assert shapes["asset_id"].tolist() == ["A1"]
    (shape,) = shapely.from_wkb(shapes["wkb"])
    assert list(np.ravel(shape.coords)) == WANTED
    assert said(inventory) == {}


def test_short_ways_are_measured_as_pyproj_does() -> None:
    """The quick measure agrees with the geodesic to a millionth."""
    draw = np.random.default_rng(3)
    start = np.column_stack([draw.uniform(73, 135, 500), draw.uniform(3, 54, 500)])
    end = start + draw.uniform(-0.2, 0.2, (500, 2))
    wanted = pyproj.Geod(ellps="GRS80").inv(*start.T, *end.T)[2]
    assert pair_metres(start, end) == pytest.approx(wanted, rel=1e-6)


def test_unstated_degrees_are_reported(tmp_path: Path, catalogue: Catalogue) -> None:
    """Several systems fit degrees: which was taken is said."""
    text = f"{ENDS}\nA1,100,{LON},{LAT},{END[0]},{END[1]}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert said(inventory) == {"crs_assumed": {0}}


def test_gcj_is_shifted_back_only_where_stated(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Map coordinates come to their true place if the user says what they are."""
    there = to_gcj(np.array([LON, END[0]]), np.array([LAT, END[1]]))
    (x1, x2), (y1, y2) = there
    text = f"{ENDS}\nA1,100,{x1},{y1},{x2},{y2}\nA2,5,{x1},{y1},,\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "GCJ-02")
    assert line(inventory) == WANTED
    assert np.isnan(line(inventory, "A2")).all()
    assert said(inventory) == {}


@pytest.mark.parametrize("survey", [True, False])
def test_zones_and_axes(tmp_path: Path, catalogue: Catalogue, survey: bool) -> None:
    """X may be north or east: the zone's range tells, and it is said which."""
    pairs = in_zone((LON, LAT), END)
    if survey:
        pairs = [",".join(reversed(pair.split(","))) for pair in pairs]
    text = f"{HEAD},起点X,起点Y,终点X,终点Y\nA1,100,{','.join(pairs)}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4546")
    assert line(inventory) == WANTED
    assert said(inventory) == {"axes": {0}}
    (issue,) = doubts(inventory)
    assert issue.params["north"] == ("起点X" if survey else "起点Y")


def test_a_row_with_its_axes_exchanged(tmp_path: Path, catalogue: Catalogue) -> None:
    """Where a row fits only the other way round it is turned, and said so."""
    first, second = in_zone((LON, LAT), END)
    turned = ",".join(first.split(",")[::-1] + second.split(",")[::-1])
    rows = "".join(f"B{i},100,{first},{second}\n" for i in range(5))
    text = f"{AXES}\n{rows}A1,100,{turned}\nA2,100,1,2,3,4\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4546")
    assert line(inventory) == WANTED
    assert np.isnan(line(inventory, "A2")).all()
    assert said(inventory) == {"axes_swapped": {7}, "coordinate_outside": {8}}


def test_exchanged_degrees(tmp_path: Path, catalogue: Catalogue) -> None:
    """A whole column pair that is labelled the wrong way round is put right."""
    text = f"{ENDS}\nA1,100,{LAT},{LON},{END[1]},{END[0]}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "CGCS2000")
    assert line(inventory) == WANTED
    assert said(inventory) == {"axes_swapped_table": {0}}


def test_zone_numbers(tmp_path: Path, catalogue: Catalogue) -> None:
    """With the zone in the easting the zone is known; the datum is asked for."""
    pairs = ",".join(in_zone((LON, LAT), END, zone=True))
    text = f"{HEAD},起点X,起点Y,终点X,终点Y\nA1,100,{pairs}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert line(inventory) == WANTED
    assert said(inventory) == {"crs_datum": {0}, "axes": {0}}
    stated = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4546")
    assert line(stated) == WANTED
    assert said(stated) == {"crs_zone": {0}, "axes": {0}}
    other = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4547")
    assert said(other) == {"crs_misfit": {0}}
    assert "start_lon" not in other.assets["gas_pipe"]


def test_plane_coordinates_without_a_zone(tmp_path: Path, catalogue: Catalogue) -> None:
    """The central meridian is never guessed: nothing is placed, the user is asked."""
    pairs = ",".join(in_zone((LON, LAT), END))
    text = f"{HEAD},起点X,起点Y,终点X,终点Y\nA1,100,{pairs}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert said(inventory) == {"crs_zone_needed": {0}}
    assert "start_lon" not in inventory.assets["gas_pipe"]
    local = f"{HEAD},起点X,起点Y,终点X,终点Y\nA1,100,1200.5,800.2,1300.5,800.2\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": local})
    assert said(inventory) == {"crs_needed": {0}}


def test_a_local_grid_from_the_folder_s_own_file(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """`crs` of inventory.toml holds for the folder."""
    x, y = FROM_GK.transform(LON, LAT)
    x2, y2 = FROM_GK.transform(*END)
    (tmp_path / "inventory.toml").write_text(
        f'[crs]\nbase = "EPSG:4546"\ndx = {x - 1000:.4f}\ndy = {y - 2000:.4f}\n'
    )
    ends = f"1000,2000,{x2 - x + 1000:.4f},{y2 - y + 2000:.4f}"
    text = f"{AXES}\nA1,100,{ends}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert line(inventory) == WANTED


def test_node_tables(tmp_path: Path, catalogue: Catalogue) -> None:
    """Lines take their ends from the table of survey points; lost points are named."""
    (a, b) = in_zone((LON, LAT), END)
    files = {
        "点表.csv": f"物探点号,Y,X,地面高程\nJ1,{a},1\nJ2,{b},2\nJ9,1,1,0\nJ9,2,2,0\n",
        "gas_pipe.csv": f"{HEAD},起点点号,终点点号\n"
        "A1,100,J1,J2\nA2,100,J1,J7\nA3,50,J1,J9\n",
    }
    inventory = read(tmp_path, catalogue, files, "EPSG:4546")
    assert line(inventory) == WANTED
    found = said(inventory)
    assert found["no_such_node"] == {3, 4}
    assert found["node_twice"] == {0}
    assert "unknown_column" not in found


def test_node_tables_in_one_workbook_need_no_order(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The points may come after the lines."""
    (a, b) = in_zone((LON, LAT), END)
    files = {
        "a_gas_pipe.csv": f"{HEAD},起点点号,连接点号\nA1,200,J1,J2\n",
        "z_points.csv": f"点号,东坐标,北坐标\nJ1,{a}\nJ2,{b}\n",
    }
    inventory = read(tmp_path, catalogue, files, "EPSG:4546")
    assert line(inventory) == WANTED
    # Pieces between survey points are straight: 200 m cannot be right.
    assert said(inventory) == {"length_differs": {2}}


def test_wkt_and_lengths(tmp_path: Path, catalogue: Catalogue) -> None:
    """WKT gives whole shapes; lengths beyond the tolerance are questioned."""
    bend = east(50.0)
    wkt = f"LINESTRING ({LON} {LAT}, {bend[0]} {bend[1]}, {END[0]} {END[1]})"
    rows = [("A1", 100), ("A2", 104.9), ("A3", 106), ("A4", 94)]
    body = "".join(f'{name},{metres},"{wkt}"\n' for name, metres in rows)
    text = f"{HEAD},WKT\n{body}A5,7,LINESTRING (1 2\nA6,7,\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4490")
    assert line(inventory) == WANTED
    assert said(inventory) == {"length_differs": {4, 5}, "bad_geometry": {6}}
    issue = next(i for i in inventory.issues if i.row == 4)
    assert (issue.column, issue.raw, issue.params["metres"]) == (
        "管长(m)",
        "106",
        100.0,
    )
    assert inventory.assets["gas_pipe"]["length_m"].tolist()[2] == 106


def test_wkt_that_states_its_system(tmp_path: Path, catalogue: Catalogue) -> None:
    """SRID before WKT is the system of the file; with a second one it is not."""
    wkt = f"LINESTRING ({LON} {LAT}, {END[0]} {END[1]})"
    rows = f'A1,100,"SRID=4490;{wkt}"\nA2,100,"{{}}{wkt}"\n'
    for second, assumed in (("SRID=4490;", False), ("", False), ("SRID=4326;", True)):
        text = f"{HEAD},WKT\n{rows.format(second)}"
        inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
        assert line(inventory) == WANTED
        codes = {issue.code for issue in inventory.issues}
        assert ("inventory.crs_assumed" in codes) == assumed


def test_two_ends_may_be_joined_by_a_longer_line(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A pipe may wind between its ends, but cannot be shorter than their distance."""
    ends = f"{LON},{LAT},{END[0]},{END[1]}"
    rows = f"A1,180,{ends}\nA2,90,{ends}\n"
    text = f"{ENDS}\n{rows}"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4490")
    assert said(inventory) == {"length_differs": {3}}


def test_shapes_that_are_wrong(tmp_path: Path, catalogue: Catalogue) -> None:
    """Empty pieces, crossings, gaps, no length, wrong kinds: each is said."""
    a, b, c = (f"{x} {y}" for x, y in ((LON, LAT), east(50.0), END))
    shapes = {
        "A1": f"MULTILINESTRING (({a}, {b}), ({b}, {b}), ({b}, {c}))",
        "A2": f"MULTILINESTRING (({a}, {b}), (111.5 41.6, 111.501 41.6))",
        "A3": f"LINESTRING ({a}, {a})",
        "A4": f"POINT ({a})",
        "A5": "LINESTRING (111 41, 111.01 41.01, 111.01 41, 111 41.01)",
    }
    body = "".join(f'{name},100,"{wkt}"\n' for name, wkt in shapes.items())
    text = f"{HEAD},WKT\n{body}"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4490")
    found = said(inventory)
    assert found.pop("length_differs") == {3, 6}
    assert found == {
        "empty_piece": {2}, "several_pieces": {3}, "zero_length": {4},
        "wrong_geometry": {5}, "self_crossing": {6},
    }  # fmt: skip
    assert line(inventory) == WANTED
    assert np.isnan(line(inventory, "A2")).all()
    assert inventory.geometry["gas_pipe"]["asset_id"].tolist() == ["A1", "A2", "A5"]


def test_reversed_duplicates(tmp_path: Path, catalogue: Catalogue) -> None:
    """A–B and B–A are questioned, by nodes and by places; A–B twice is not."""
    ends, back = f"{LON},{LAT},{END[0]},{END[1]}", f"{END[0]},{END[1]},{LON},{LAT}"
    far = f"{LON},{LAT + 0.01},{END[0]},{END[1] + 0.01}"
    text = (
        f"{HEAD},起点点号,终点点号,起点经度,起点纬度,终点经度,终点纬度\n"
        f"A1,100,,,{ends}\nA2,100,,,{back}\nA3,100,,,{far}\nA4,100,,,{far}\n"
        "A5,10,J1,J2,,,,\nA6,10,J2,J1,,,,\nA7,10,J1,J3,,,,\n"
    )
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4490")
    assert said(inventory) == {"reversed_line": {2, 3, 6, 7}}
    assert len(inventory.assets["gas_pipe"]) == 7
    others = {i.raw: i.params["others"] for i in doubts(inventory)}
    assert others == {"A1": "A2", "A2": "A1", "A5": "A6", "A6": "A5"}


@pytest.mark.parametrize("name", ["gas_pipe.gpkg", "gas_pipe.shp", "gas_pipe.geojson"])
def test_layers(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    """A layer's own system is used; the assets come with places and shapes."""
    system = "EPSG:4490" if name.endswith("json") else "EPSG:4546"
    places = [(LON, LAT), END]
    if system == "EPSG:4546":
        places = [FROM_GK.transform(*place) for place in places]
    shapes = np.array([shapely.linestrings(places), None], dtype=object)
    fields = {"管线编号": ["A1", "A2"], "管长": [100.0, 5.0]}
    layer(tmp_path / name, fields, shapes, crs=system)
    inventory = read_inventory(tmp_path / name, catalogue)
    assert line(inventory) == WANTED
    assert np.isnan(line(inventory, "A2")).all()
    assert said(inventory) == {}


def test_a_layer_of_map_coordinates(tmp_path: Path, catalogue: Catalogue) -> None:
    """No file can say GCJ-02: the user's word goes before WGS 84, and that is said."""
    xs, ys = to_gcj(np.array([LON, END[0]]), np.array([LAT, END[1]]))
    shapes = [shapely.linestrings(np.column_stack([xs, ys]))]
    fields = {"管线编号": ["A1"], "管长": [100.0]}
    path = layer(tmp_path / "gas_pipe.gpkg", fields, shapes, crs="EPSG:4326")
    inventory = read_inventory(path, catalogue, crs="GCJ-02")
    assert line(inventory) == WANTED
    assert said(inventory) == {"crs_two": {0}}


def test_a_layer_without_a_system(tmp_path: Path, catalogue: Catalogue) -> None:
    """A Shapefile without .prj is placed by what the user states."""
    places = [FROM_GK.transform(*place) for place in ((LON, LAT), END)]
    fields = {"管线编号": ["A1"], "管长": [100.0]}
    path = layer(tmp_path / "gas_pipe.shp", fields, [shapely.linestrings(places)])
    path.with_suffix(".prj").unlink()
    assert "crs_zone_needed" in said(read_inventory(path, catalogue))
    inventory = read_inventory(path, catalogue, crs="EPSG:4546")
    assert line(inventory) == WANTED
    assert said(inventory) == {"shapefile_without_prj": {0}}


def test_points_and_areas(tmp_path: Path, catalogue: Catalogue) -> None:
    """Points are placed by X and Y; areas by a point inside, which is said."""
    (a,) = in_zone((LON, LAT))
    text = f"点位编号,积水点名称,Y坐标(m),X坐标(m)\nP1,桥下,{a}\nP2,路口,,\n"
    inventory = read(tmp_path, catalogue, {"waterlogging_point.csv": text}, "4546")
    frame = inventory.assets["waterlogging_point"]
    assert frame["lon"].tolist()[0] == pytest.approx(LON, abs=1e-8)
    assert pd.isna(frame["lat"].tolist()[1])
    area = shapely.box(LON, LAT, LON + 0.01, LAT + 0.01)
    fields = {"小区编号": ["X1"], "户数": [300], "建筑面积": [24000]}
    path = layer(tmp_path / "residential_compound.gpkg", fields, [area], kind="Polygon")
    inventory = read_inventory(path, catalogue)
    frame = inventory.assets["residential_compound"]
    assert LON < frame["lon"][0] < LON + 0.01
    assert said(inventory) == {"areas": {0}}


def test_degrees_minutes_and_bad_cells(tmp_path: Path, catalogue: Catalogue) -> None:
    """Degrees with minutes and seconds are read; words are questioned."""
    text = (
        "点位编号,积水点名称,经度,纬度\nP1,桥下,111°30′36″,41°30′00″\n"
        "P2,路口,桥东,41.5\nP3,坡底,111.5E,北纬41.5\nP4,a,111°75′,41.5\n"
    )
    inventory = read(tmp_path, catalogue, {"waterlogging_point.csv": text}, "4490")
    frame = inventory.assets["waterlogging_point"]
    assert (frame["lon"][0], frame["lat"][0]) == pytest.approx((111.51, 41.5))
    assert frame["lon"].isna().tolist()[1]
    assert said(inventory)["not_a_coordinate"] >= {3, 5}


@pytest.mark.parametrize(
    ("headers", "start", "end"),
    [
        ("起点坐标,终点坐标", "111.01，41.5", "111.02 41.51"),
        ("起点经纬度,终点经纬度", "E111.01、N41.5", "(111.02/41.51)"),
        ('"起点经度, 起点纬度","终点经度, 终点纬度"', "111°0′36″;41.5", "111.02;41.51"),
        ('"起点纬度,起点经度","终点纬度,终点经度"', "41.5|111.01", "41.51|111.02"),
    ],
)
def test_both_coordinates_in_one_column(
    tmp_path: Path, catalogue: Catalogue, headers: str, start: str, end: str
) -> None:
    """A pair in a cell is taken apart; which is east is seen and said."""
    row = f'A1,5,"{start}","{end}"'
    text = f"{HEAD},{headers}\n{row}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert line(inventory) == pytest.approx([111.01, 41.5, 111.02, 41.51])
    assert "unknown_column" not in said(inventory)
    assert {"axes", "axes_swapped_table"} & set(said(inventory))


def test_a_zero_under_grouped_headers_costs_one_cell(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """终点 over 经度: 0 is taken back and named with its group; the rest is kept."""
    rows = "".join(f"A{i},5,111.01,41.5,{'0' if i == 1 else '111.02'},41.5\n"
                   for i in range(6))  # fmt: skip
    text = f"管线编号,管长,起点,,终点,\n,,经度,纬度,经度,纬度\n{rows}"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    frame = inventory.assets["gas_pipe"]
    places = frame[["start_lon", "start_lat", "end_lon", "end_lat"]].isna()
    assert places.sum(axis=1).tolist() == [0, 1, 0, 0, 0, 0]
    asked = [(i.row, i.column, i.code.split(".")[1]) for i in inventory.issues
             if i.severity == "questioned" and i.column != "管长"]  # fmt: skip
    assert asked == [(4, "终点 经度", "place_zero")]


def test_half_a_line_in_columns_of_pairs(tmp_path: Path, catalogue: Catalogue) -> None:
    """Where one end is no place, neither is taken, and both cells are named."""
    rows = 'A1,5,不详,"111.02,41.5"\nA2,5,"111.01,41.5","111.02,41.5"\n'
    text = f"{HEAD},起点坐标,终点坐标\n{rows}A3,5,111 41,112 41\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    frame = inventory.assets["gas_pipe"]
    assert frame["end_lon"].isna().tolist() == [True, False, False]
    asked = {(i.row, i.column, i.code.split(".")[1]) for i in inventory.issues}
    assert (2, "起点坐标", "not_a_coordinate") in asked
    assert (2, "终点坐标", "half_a_line") in asked


def test_a_column_called_coordinates_that_holds_none(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The name of a system under 坐标 is one unread column, not a question per row."""
    text = f"{HEAD},起点坐标,终点坐标\nA1,5,CGCS2000,有\nA2,6,CGCS2000,有\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert said(inventory) == {"unknown_column": {1}}


def test_a_place_that_lacks_one_coordinate_keeps_its_questions(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Degrees and minutes beside an unknown latitude make no place: that is asked."""
    rows = "A1,5,111°1′23.4″,不详,111.02,41.5\nA2,5,111°1′23.4″,41.5,111.024,41.5\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": f"{ENDS}\n{rows}"})
    frame = inventory.assets["gas_pipe"]
    assert frame["start_lon"].tolist() == pytest.approx([111.0231667] * 2)
    assert frame["start_lat"].isna().tolist() == [True, False]
    asked = {(i.row, i.column) for i in inventory.issues if i.severity == "questioned"}
    assert (2, "起点纬度") in asked
    assert (3, "起点经度") not in asked


def test_two_row_headers(tmp_path: Path, catalogue: Catalogue) -> None:
    """A header of two rows, the upper one merged, says start and end."""
    pairs = ",".join(in_zone((LON, LAT), END))
    text = f"管线编号,管长(m),起点坐标,,终点坐标,\n,,Y,X,Y,X\nA1,100,{pairs}\n"
    from renewopt.inventory.geometry.columns import Place, find_columns

    rows = [line.split(",") for line in text.splitlines()]
    found = find_columns(rows)
    assert found is not None
    assert found.row == 1
    assert found.positions[Place("end", "x")] == 5


def test_geometry_without_the_extra(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longitude and latitude need no library; other systems name the extra."""
    import sys

    from renewopt.core.errors import InputError
    from renewopt.inventory.geometry import systems

    for name in ("pyproj", "shapely", "pyogrio"):
        monkeypatch.setitem(sys.modules, name, None)
    systems._crs.cache_clear()
    ends = f"{LON},{LAT},{END[0]},{END[1]}"
    text = f"{ENDS}\nA1,100,{ends}\n"
    inventory = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4490")
    assert line(inventory) == WANTED
    with pytest.raises(InputError) as error:
        read(tmp_path, catalogue, {"gas_pipe.csv": text}, "EPSG:4546")
    assert error.value.messages[0].code == "inventory.needs_extra"


def test_clean_tables_say_their_system(tmp_path: Path, catalogue: Catalogue) -> None:
    """What is written is CGCS2000 and says so: it is read back without a doubt."""
    xs, ys = to_gcj(np.array([LON, END[0]]), np.array([LAT, END[1]]))
    text = f"{ENDS}\nA1,100,{xs[0]},{ys[0]},{xs[1]},{ys[1]}\n"
    first = read(tmp_path, catalogue, {"gas_pipe.csv": text}, "GCJ-02")
    first.write_clean(tmp_path / "clean")
    again = read_inventory(tmp_path / "clean", catalogue)
    assert line(again) == pytest.approx(line(first), abs=1e-8)
    assert doubts(again) == []
