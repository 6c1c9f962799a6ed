"""GIS layers, Shapefiles with missing parts, Parquet and drawings."""

from __future__ import annotations

import json
import struct
from datetime import date
from pathlib import Path

import ezdxf
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from renewopt.core.errors import InputError
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import read_raw
from tests.inventory.readers.making import FIELDS, LINES, cells, codes, layer

GRID = [["管线编号", "管长", "管材"], ["A1", "83.6", "PE"], ["A2", "139", "铸铁"]]


def shapes(table: RawTable) -> list[str]:
    """Give the geometry of a table as text, the header row left out."""
    assert table.geometry is not None
    assert table.geometry.wkb[0] is None
    assert len(table.geometry.wkb) == len(table.grid)
    return [str(s) for s in shapely.from_wkb(table.geometry.wkb[1:])]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson"])
def test_layers_come_with_geometry(tmp_path: Path, name: str) -> None:
    """Fields come as texts below their names, shapes beside them, with their system."""
    path = layer(tmp_path / name)
    before = sorted(p.name for p in tmp_path.iterdir())
    (table,) = read_raw(path)
    assert cells(table) == GRID
    assert table.first_row == 0
    assert shapes(table) == [str(line) for line in LINES]
    assert table.geometry is not None
    assert table.geometry.crs == "EPSG:4490"
    assert codes(table) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_several_layers(tmp_path: Path) -> None:
    """Each layer of a GeoPackage is a table of its name."""
    path = layer(tmp_path / "a.gpkg", layer="燃气管道")
    layer(path, layer="供水管道", append=True)
    tables = read_raw(path)
    assert sorted(t.sheet for t in tables) == ["供水管道", "燃气管道"]
    assert sorted(t.stem for t in tables) == ["供水管道", "燃气管道"]


def test_values_of_every_kind(tmp_path: Path) -> None:
    """Whole numbers, gaps, dates and flags keep their exact texts."""
    fields = {
        "id": pa.array([9007199254740993, None], pa.int64()),
        "长": pa.array([0.1, None]),
        "日期": pa.array([date(2003, 5, 1), None]),
        "是否": pa.array([True, None]),
    }
    (table,) = read_raw(layer(tmp_path / "a.gpkg", fields))
    assert cells(table)[1:] == [
        ["9007199254740993", "0.1", "2003-05-01", "true"],
        ["", "", "", ""],
    ]


def test_texts_that_look_like_dates_stay_texts(tmp_path: Path) -> None:
    """GeoJSON has no dates: what looks like one is not rewritten."""
    (table,) = read_raw(layer(tmp_path / "a.geojson", {"备注": ["2003/5/1", "007"]}))
    assert [row[0] for row in cells(table)] == ["备注", "2003/5/1", "007"]


@pytest.mark.parametrize("label", [None, "936", "GBK", "UTF-8", "nonsense"])
def test_chinese_in_a_dbf(tmp_path: Path, label: str | None) -> None:
    """GBK attributes are read by their bytes, whatever the .cpg says or does not."""
    path = layer(tmp_path / "a.shp", encoding="GBK")
    note = path.with_suffix(".cpg")
    note.unlink(missing_ok=True)
    if label is not None:
        note.write_text(label)
    (table,) = read_raw(path)
    assert cells(table) == GRID
    stated = label in {"936", "GBK"}
    assert codes(table) == ([] if stated else ["dbf_encoding"])


def test_utf8_in_a_dbf_without_cpg(tmp_path: Path) -> None:
    """UTF-8 is recognised by its bytes too, cut-off characters included."""
    fields = {"name": ["人民路" * 40, "x"]}
    path = layer(tmp_path / "a.shp", fields, encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    (table,) = read_raw(path)
    assert cells(table)[1][0].startswith("人民路人民路")
    assert "路" in cells(table)[1][0][-3:]


def test_field_names_that_were_cut_off(tmp_path: Path) -> None:
    """Ten bytes end in the middle of a Chinese character: whole ones stay, said."""
    path = layer(tmp_path / "a.shp", encoding="UTF-8")
    (table,) = read_raw(path)
    assert cells(table)[0] == ["管线编", "管长", "管材"]
    assert cells(table)[1:] == GRID[1:]
    assert codes(table) == ["dbf_names_cut"]
    assert table.issues[0].params["names"] == "管线编"


def test_a_missing_shx_is_made_again_elsewhere(tmp_path: Path) -> None:
    """The table is whole, the note is there, and the user's folder is untouched."""
    path = layer(tmp_path / "a.shp")
    path.with_suffix(".shx").unlink()
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    (table,) = read_raw(path)
    assert cells(table) == GRID
    assert shapes(table) == [str(line) for line in LINES]
    assert codes(table) == ["shapefile_without_shx"]
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
    assert not pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")


def test_a_missing_prj_or_dbf(tmp_path: Path) -> None:
    """Without .prj the system is unknown and asked for; without .dbf it is refused."""
    path = layer(tmp_path / "a.shp")
    path.with_suffix(".prj").unlink()
    (table,) = read_raw(path)
    assert codes(table) == ["shapefile_without_prj"]
    assert table.geometry is not None
    assert table.geometry.crs == ""
    path.with_suffix(".dbf").unlink()
    with pytest.raises(InputError) as error:
        read_raw(path)
    assert codes(error.value) == ["shapefile_without_dbf"]


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_shapefiles_that_were_cut_off(tmp_path: Path, suffix: str) -> None:
    """What is left is read, and that something is missing is said."""
    path = layer(tmp_path / "a.shp")
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-60])
    (table,) = read_raw(path)
    found = [i for i in table.issues if i.code == "inventory.shapefile_cut"]
    assert [(i.severity, i.params["part"]) for i in found] == [
        ("questioned", f"a{suffix}")
    ]
    assert cells(table)[1] == GRID[1]


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson"])
def test_damaged_layers(tmp_path: Path, name: str) -> None:
    """A file that was cut off is refused, or gives no wrong shape."""
    path = layer(tmp_path / name)
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(InputError) as error:
        read_raw(path)
    assert codes(error.value) == ["unreadable"]
    assert str(tmp_path) not in str(error.value)


def test_parquet(tmp_path: Path) -> None:
    """Parquet gives texts; GeoParquet its geometry and system too."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(FIELDS), path)
    (table,) = read_raw(path)
    assert cells(table) == GRID
    assert table.geometry is None
    about = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
    }
    wkb = pa.array(list(shapely.to_wkb(LINES)), pa.binary())
    found = pa.table({**FIELDS, "geometry": wkb})
    pq.write_table(found.replace_schema_metadata({"geo": json.dumps(about)}), path)
    (table,) = read_raw(path)
    assert cells(table) == GRID
    assert shapes(table) == [str(line) for line in LINES]
    assert table.geometry is not None
    assert table.geometry.crs == "OGC:CRS84"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(InputError) as error:
        read_raw(path)
    assert codes(error.value) == ["unreadable"]


def drawing(path: Path, unit: int = 6) -> Path:
    """Write a survey drawing: two pipes with texts, and a valve with attributes."""
    found = ezdxf.new("R2010", setup=True)
    found.header["$INSUNITS"] = unit
    space = found.modelspace()
    space.add_line((0, 0), (30, 40), dxfattribs={"layer": "RQ_LINE"})
    space.add_lwpolyline(
        [(100, 0), (110, 0), (110, 5)], dxfattribs={"layer": "JS_LINE"}
    )
    for text, place in (
        ("DN200 PE", (15, 21)),
        ("DN300 钢", (105, 1)),
        ("远", (500, 9)),
    ):
        space.add_text(text, height=2.0, dxfattribs={"layer": "TEXT"}).set_placement(
            place
        )
    block = found.blocks.new("阀门")
    block.add_attdef("编码", (0, 0))
    insert = space.add_blockref("阀门", (30, 40), dxfattribs={"layer": "RQ_POINT"})
    insert.add_auto_attribs({"编码": "V-1"})
    found.saveas(path)
    return path


def test_survey_drawings(tmp_path: Path) -> None:
    """Each layer is a table: length, texts beside a line, attributes of blocks."""
    tables = {t.sheet: t for t in read_raw(drawing(tmp_path / "a.dxf"))}
    assert set(tables) == {"RQ_LINE", "JS_LINE", "RQ_POINT"}
    gas = cells(tables["RQ_LINE"])
    assert gas[0] == ["编号", "图层", "管长(m)", "文字"]
    assert gas[1][1:] == ["RQ_LINE", "50", "DN200 PE"]
    assert cells(tables["JS_LINE"])[1][2:] == ["15", "DN300 钢"]
    assert shapes(tables["JS_LINE"]) == ["LINESTRING (100 0, 110 0, 110 5)"]
    valve = cells(tables["RQ_POINT"])
    assert valve[0][2:] == ["图块", "编码"]
    assert valve[1][2:] == ["阀门", "V-1"]
    assert shapes(tables["RQ_POINT"]) == ["POINT (30 40)"]
    assert all(codes(t) == [] for t in tables.values())


def test_curves_of_drawings(tmp_path: Path) -> None:
    """Arcs, splines and ellipses are read as chords; what cannot be read is counted."""
    path = drawing(tmp_path / "a.dxf")
    found = ezdxf.readfile(path)
    space, on = found.modelspace(), {"layer": "RQ_LINE"}
    space.add_arc((0, 0), 10, 0, 90, dxfattribs=on)
    space.add_ellipse((0, 0), (10, 0), 1.0, dxfattribs=on)
    space.add_spline([(0, 0), (5, 0), (10, 0)], dxfattribs=on)
    for _ in range(2):
        space.add_mline([(0, 0), (10, 0)], dxfattribs=on)
    space.add_circle((0, 0), 1, dxfattribs=on)
    found.saveas(path)
    tables = {t.sheet: t for t in read_raw(path)}
    lengths = sorted(float(row[2]) for row in cells(tables["RQ_LINE"])[1:])
    assert lengths == pytest.approx([10, 15.708, 50, 62.832], rel=0.01)
    said = [issue for table in tables.values() for issue in table.issues]
    assert [(i.code, i.sheet, i.params) for i in said] == [
        ("inventory.dxf_unread", "RQ_LINE", {"entities": "MLINE × 2"})
    ]


def test_a_drawing_of_nothing_readable(tmp_path: Path) -> None:
    """Where every line is of a kind that cannot be read, the drawing is refused."""
    found = ezdxf.new("R2010", setup=True)
    found.modelspace().add_mline([(0, 0), (10, 0)])
    found.saveas(tmp_path / "m.dxf")
    with pytest.raises(InputError) as error:
        read_raw(tmp_path / "m.dxf")
    assert codes(error.value) == ["dxf_unread"]


def test_drawings_without_a_unit_or_damaged(tmp_path: Path) -> None:
    """Lengths of an unknown unit are questioned; a cut-off drawing is refused."""
    path = drawing(tmp_path / "a.dxf", unit=0)
    tables = {t.sheet: t for t in read_raw(path)}
    assert codes(tables["RQ_LINE"]) == ["dxf_unit"]
    assert cells(tables["RQ_LINE"])[0][2] == "管长"
    path.write_text("0\nSECTION\n2\nHEADER\n9\n")
    with pytest.raises(InputError) as error:
        read_raw(path)
    assert codes(error.value) == ["unreadable"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "refused_et"),
        ("a.mdb", b"\x00\x01\x00\x00Standard Jet DB\x00", "refused_mdb"),
        ("a.accdb", b"\x00\x01\x00\x00Standard ACE DB\x00", "refused_mdb"),
        ("renamed.csv", b"\x00\x01\x00\x00Standard ACE DB\x00", "refused_mdb"),
        ("a.dwg", b"AC1032\x00\x00", "refused_dwg"),
        ("a.pdf", b"%PDF-1.7", "refused_text"),
        ("a.rar", b"Rar!\x1a", "refused_archive"),
        ("a.db", b"SQLite format 3\x00" + bytes(100), "sqlite_file"),
        ("a.bin", b"whatever", "unknown_suffix"),
        ("a.csv", b"", "empty_file"),
    ],
)
def test_formats_that_are_not_read(
    tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    """Each is refused with the steps that help, by content before suffix."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        read_raw(path)
    assert codes(error.value) == [code]


@pytest.mark.parametrize(
    ("package", "name", "extra"),
    [("pyogrio", "a.geojson", "gis"), ("ezdxf", "a.dxf", "dxf")],
)
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str, extra: str
) -> None:
    """Without the extra its formats are refused with the command that installs it."""
    monkeypatch.setitem(__import__("sys").modules, package, None)
    path = tmp_path / name
    path.write_bytes(b"{}" + struct.pack("B", 32))
    with pytest.raises(InputError) as error:
        read_raw(path)
    (message,) = error.value.messages
    assert message.code == "inventory.needs_extra"
    assert message.params["command"] == f'pip install "renewopt[{extra}]"'
