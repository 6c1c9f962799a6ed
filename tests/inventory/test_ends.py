"""What the place of a line tells where its table does not: identifiers, lengths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory, read_inventory
from tests.inventory.geometry.test_complete import (
    END,
    FROM_GK,
    LAT,
    LON,
    east,
    in_zone,
    read,
)
from tests.inventory.readers.making import layer

LINES = "起点点号,终点点号,管材"


def codes(found: Inventory, *names: str) -> list[tuple[str, int, str]]:
    """Give severity, row and taken value of the issues with these codes."""
    wanted = {f"inventory.{name}" for name in names}
    return [(i.severity, i.row, i.parsed) for i in found.issues if i.code in wanted]


def survey(lines: str) -> dict[str, str]:
    """Give a table of lines and one of points, 100 m apart."""
    (a, b) = in_zone((LON, LAT), END)
    return {"gas_pipe.csv": lines, "点表.csv": f"物探点号,Y,X\nJ1,{a}\nJ2,{b}\n"}


def test_identifiers_and_lengths_of_survey_tables(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """No pipe number and no length: both come from the points, and that is said."""
    lines = f"序号,{LINES}\n1,J1,J2,PE\n2,J1,J2,钢\n3,J2,,PE\n4,J1,J7,PE\n"
    found = read(tmp_path, catalogue, survey(lines), "EPSG:4546")
    gas = found.assets["gas_pipe"]
    assert gas["asset_id"].tolist() == ["J1-J2", "J1-J2(2)"]
    assert gas["length_m"].tolist() == [100.0, 100.0]
    assert gas["start_node"].tolist() == ["J1", "J1"]
    assert codes(found, "ids_from_nodes") == [("note", 0, "")]
    assert codes(found, "id_from_nodes_twice") == [("note", 3, "J1-J2(2)")]
    assert codes(found, "length_from_geometry") == [("note", 0, "")]
    assert codes(found, "empty_required") == [("rejected", 4, "")]
    assert codes(found, "no_length") == [("rejected", 5, "")]
    assert codes(found, "serial_as_id") == []
    count = found.counts[0]
    assert (count.read, count.kept, count.rejected) == (4, 2, 2)
    listed = found.qualities[found.qualities["column"] == "length_m"]
    assert listed["quality"].tolist() == ["converted", "converted"]


def test_the_same_row_twice_counts_once(tmp_path: Path, catalogue: Catalogue) -> None:
    """Rows that repeat each other are one pipe, not two between the same points."""
    lines = f"{LINES}\nJ1,J2,PE\nJ1,J2,PE\nJ2,J1,PE\n"
    found = read(tmp_path, catalogue, survey(lines), "EPSG:4546")
    assert found.assets["gas_pipe"]["asset_id"].tolist() == ["J1-J2", "J2-J1"]
    assert found.counts[0].left_out == {"repeated_rows": 1}
    assert len(codes(found, "reversed_line")) == 2


def test_an_empty_column_of_numbers_is_none(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A column of pipe numbers that nobody filled in is no reason to reject all."""
    lines = f"管线编号,管长(m),{LINES}\n,,J1,J2,PE\n,,J2,J9,PE\n"
    found = read(tmp_path, catalogue, survey(lines), "EPSG:4546")
    assert found.assets["gas_pipe"]["asset_id"].tolist() == ["J1-J2"]
    assert [row for _, row, _ in codes(found, "no_length")] == [3]
    listed = found.qualities.set_index("column")["raw"]
    assert listed.to_dict() == {"asset_id": "J1, J2", "length_m": ""}
    half = f"管线编号,{LINES}\nA1,J1,J2,PE\n,J1,J2,钢\n"
    found = read(tmp_path, catalogue, survey(half), "EPSG:4546")
    assert found.assets["gas_pipe"]["asset_id"].tolist() == ["A1"]
    assert codes(found, "empty_required") == [("rejected", 3, "")]


def test_issues_of_made_identifiers_stand_at_the_first_point(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """What is said of an identifier that was made has a cell in the file."""
    lines = "管材,起点点号,终点点号\nPE,J1,J2\nPE,J2,\n"
    found = read(tmp_path, catalogue, survey(lines), "EPSG:4546")
    bad = [i for i in found.issues if i.code == "inventory.empty_required"]
    assert [(i.row, i.position) for i in bad] == [(3, 1)]


def test_without_a_system_no_length_is_guessed(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Plane coordinates of an unknown zone: asked for, and no row has a length."""
    found = read(tmp_path, catalogue, survey(f"{LINES}\nJ1,J2,PE\n"))
    assert len(found.assets["gas_pipe"]) == 0
    assert found.assets["gas_pipe"].columns[1] == "length_m"
    assert codes(found, "crs_zone_needed") == [("questioned", 0, "")]
    assert codes(found, "no_length") == [("rejected", 2, "")]
    assert (found.counts[0].kept, found.counts[0].rejected) == (0, 1)


@pytest.mark.parametrize("name", ["gas_pipe.gpkg", "gas_pipe.shp"])
@pytest.mark.parametrize("fields", [{}, {"管长": [np.nan, np.nan, np.nan]}])
def test_a_layer_without_lengths(
    tmp_path: Path, catalogue: Catalogue, name: str, fields: dict[str, list[float]]
) -> None:
    """The whole shape is measured, bends too; a row without a shape is rejected."""
    way = [(LON, LAT), east(60.0), END, east(60.0)]
    plane = [FROM_GK.transform(*place) for place in way]
    shapes = np.array(
        [shapely.linestrings(plane), shapely.linestrings(plane[:2]), None], dtype=object
    )
    cells = {"管线编号": ["A1", "A2", "A3"], "材质": ["PE", "PE", "钢"], **fields}
    layer(tmp_path / name, cells, shapes, crs="EPSG:4546")
    found = read_inventory(tmp_path / name, catalogue)
    gas = found.assets["gas_pipe"]
    assert gas["asset_id"].tolist() == ["A1", "A2"]
    assert gas["length_m"].tolist() == pytest.approx([140.0, 60.0], abs=0.01)
    assert codes(found, "length_from_geometry") == [("note", 0, "")]
    assert [row for _, row, _ in codes(found, "no_length")] == [3]
    assert len(found.geometry["gas_pipe"]) == 2
    assert found.qualities["quality"].tolist() == ["converted", "converted"]


def test_a_layer_of_an_unknown_name_and_no_lengths_is_recognised(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Headers alone tell the class, although the lengths are in the shapes only."""
    shapes = [shapely.linestrings([(LON, LAT), END])]
    cells = {"管线编号": ["A1"], "压力级别": ["中压A"], "阴极保护": ["有"]}
    layer(tmp_path / "layer1.gpkg", cells, shapes, crs="EPSG:4490")
    found = read_inventory(tmp_path / "layer1.gpkg", catalogue)
    assert found.assets["gas_pipe"]["length_m"].tolist() == pytest.approx([100.0])
    assert codes(found, "class_by_headers") == [("note", 0, "")]


def test_two_ends_alone_tell_no_length(tmp_path: Path, catalogue: Catalogue) -> None:
    """A line known by its ends only may wind: the column is asked for as before."""
    ends = f"{LON},{LAT},{END[0]},{END[1]}"
    text = f"管线编号,起点经度,起点纬度,终点经度,终点纬度\nA1,{ends}\n"
    with pytest.raises(InputError) as error:
        read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert [m.code for m in error.value.messages] == ["inventory.missing_column"]


def test_wkt_without_lengths(tmp_path: Path, catalogue: Catalogue) -> None:
    """A column of WKT tells the lengths of the rows that have one."""
    line = f"LINESTRING({LON} {LAT}, {END[0]} {END[1]})"
    text = f'管线编号,WKT\nA1,"{line}"\nA2,\n'
    found = read(tmp_path, catalogue, {"gas_pipe.csv": text})
    assert found.assets["gas_pipe"]["length_m"].tolist() == pytest.approx([100.0])
    assert [row for _, row, _ in codes(found, "no_length")] == [3]


def test_measured_and_stated_tables_of_one_class(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Only the table without lengths is measured; the other keeps what it states."""
    files = survey(f"{LINES}\nJ1,J2,PE\n")
    files["另一家_gas_pipe.csv"] = "管线编号,管长(m)\nB1,77\n"
    found = read(tmp_path, catalogue, files, "EPSG:4546")
    gas = found.assets["gas_pipe"].set_index("asset_id")["length_m"]
    assert gas.to_dict() == {"J1-J2": 100.0, "B1": 77.0}


def test_clean_tables_read_back_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    """Lengths and identifiers that were made are ordinary ones once written."""
    found = read(tmp_path, catalogue, survey(f"{LINES}\nJ1,J2,PE\n"), "EPSG:4546")
    found.write_clean(tmp_path / "clean")
    again = read_inventory(tmp_path / "clean", catalogue)
    one, two = found.assets["gas_pipe"], again.assets["gas_pipe"]
    assert two["asset_id"].tolist() == one["asset_id"].tolist()
    assert two["length_m"].tolist() == one["length_m"].tolist()
    assert set(again.qualities["column"]) == set(found.qualities["column"])


def test_a_profile_may_leave_the_lengths_to_the_shapes(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A profile without a column of lengths reads a layer, but no plain table."""
    assets = {
        "asset_class": "gas_pipe",
        "files": ["x"],
        "columns": {"asset_id": "GUID", "material": "M"},
    }
    title = {"zh": "甲", "en": "A"}
    mapping = Mapping.model_validate(
        {"id": "a", "title": title, "source": "test", "assets": [assets]}
    )
    shapes = [shapely.linestrings([(LON, LAT), END])]
    path = layer(tmp_path / "x.gpkg", {"GUID": ["A1"], "M": ["PE"]}, shapes)
    found = read_inventory(path, catalogue, mapping=mapping)
    assert found.assets["gas_pipe"]["length_m"].tolist() == pytest.approx([100.0])
    assert found.qualities["column"].tolist() == ["length_m"]
    plain = tmp_path / "x.csv"
    plain.write_text("GUID,M\nA1,PE\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_inventory(plain, catalogue, mapping=mapping)
    assert "inventory.mapping_required" in [m.code for m in error.value.messages]
