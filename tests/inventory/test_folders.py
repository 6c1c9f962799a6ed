"""Folders with folders in them: every file is read under its own name, or named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory, source_files

HEAD = "管线编号,管材,管长(m)\n"


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_folders_below_are_read(tmp_path: Path, catalogue: Catalogue) -> None:
    """Files of one name in two folders are two files, in issues, counts and sources."""
    for year in ("2023年", "2024年"):
        text = HEAD + f"{year}-1,PE,5\n{year}-2,PE,x\n"
        write(tmp_path / year / "供水" / "供水管道.csv", text)
    write(tmp_path / "供水管道续.txt", "管线编号\t管长(m)\nA\t5\n")
    found = read_inventory(tmp_path, catalogue)
    names = tuple(f"{year}/供水/供水管道.csv" for year in ("2023年", "2024年"))
    assert found.sources == ("供水管道续.txt", *names)
    assert [(c.file, c.read, c.kept) for c in found.counts] == [
        ("供水管道续.txt", 1, 1), (names[0], 2, 1), (names[1], 2, 1),
    ]  # fmt: skip
    bad = [i.file for i in found.issues if i.severity == "rejected"]
    assert bad == list(names)
    sources = source_files([tmp_path / year / "供水" for year in ("2023年", "2024年")])
    again = read_inventory([Path(str(source)) for source in sources], catalogue)
    assert again.sources == names


def test_what_is_left_out_is_named(tmp_path: Path, catalogue: Catalogue) -> None:
    """What may hold a table is asked about, the rest noted; ours and links too."""
    write(tmp_path / "供水管道.csv", HEAD + "A,PE,5\n")
    for name in ("a.zip", "b.kml", "c.dbf", "d.gdb/x", "e.db"):
        write(tmp_path / name, "x")
    for name in ("f.pdf", "g/h.jpg", ".hidden", "~$供水管道.xlsx", "scenario.toml"):
        write(tmp_path / name, "x")
    write(tmp_path / "说明.txt", "本文件夹为供水台账。\n请勿改动。\n")
    write(tmp_path / "old" / "inventory.toml", "")
    write(tmp_path / "old" / "供水管道.csv", HEAD + "B,PE,5\n")
    write(tmp_path / "out" / "summary.json", json.dumps({"what": "renewopt check"}))
    write(tmp_path / "out" / "供水管道.csv", HEAD + "C,PE,5\n")
    (tmp_path / "way").symlink_to(tmp_path / "g", target_is_directory=True)
    found = read_inventory(tmp_path, catalogue)
    said = {i.file: (i.code.partition(".")[2], i.severity) for i in found.issues}
    assert {name: said.get(name) for name in said if name != "供水管道.csv"} == {
        "a.zip": ("refused_archive", "questioned"),
        "b.kml": ("refused_kml", "questioned"),
        "c.dbf": ("file_left_out", "questioned"),
        "d.gdb": ("refused_gdb", "questioned"),
        "e.db": ("file_left_out", "questioned"),
        "old": ("folder_of_its_own", "questioned"),
        "out": ("folder_of_ours", "note"),
        "way": ("folder_linked", "questioned"),
        "说明.txt": ("text_left_out", "note"),
        tmp_path.name: ("no_tables_there", "note"),
    }
    rest = next(i for i in found.issues if i.code == "inventory.no_tables_there")
    assert rest.params == {"number": 2, "names": "f.pdf, g/h.jpg"}
    assert found.assets["water_pipe"]["asset_id"].tolist() == ["A"]
    (tmp_path / "供水管道.csv").unlink()
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path, catalogue)
    codes = [m.code for m in error.value.messages]
    assert codes[0] == "inventory.no_files"
    assert "inventory.folder_linked" in codes


POINTS = "管点编号,X坐标,Y坐标\n1,{},500010\n2,{},500100\n"
LINES = "管线编号,起点点号,终点点号,管长(m)\n{}1,1,2,100\n"


def test_points_of_another_folder(tmp_path: Path, catalogue: Catalogue) -> None:
    """Survey points serve the lines of their folder; each numbers from 1."""
    for name, x in (("a", "3900000"), ("b", "3910000")):
        write(tmp_path / name / "供水管线.csv", LINES.format(name))
        write(tmp_path / name / "供水管点.csv", POINTS.format(x, x))
    found = read_inventory(tmp_path, catalogue, crs="EPSG:4547")
    lats = found.assets["water_pipe"].set_index("asset_id")["start_lat"]
    assert lats["b1"] - lats["a1"] == pytest.approx(0.09, abs=0.005)
    (tmp_path / "b" / "供水管点.csv").unlink()
    found = read_inventory(tmp_path, catalogue, crs="EPSG:4547")
    table = found.assets["water_pipe"].set_index("asset_id")
    assert table["start_lat"].notna().to_dict() == {"a1": True, "b1": False}
    asked = [i for i in found.issues if i.file.startswith("b/")]
    assert any(i.severity == "questioned" for i in asked)
