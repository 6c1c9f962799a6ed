"""Names that say another thing, sheets that are lost, files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory, verdict
from renewopt.inventory.kinds import all_kinds, kinds_by_name
from tests.inventory.test_read import codes, workbook, write

HEAD = "管线编号,管长(m),管材,敷设年份,管径"
GOOD = f"{HEAD}\nA1,120.5,PE,2003,DN200\n"
COLUMNS: list[object] = ["管线编号", "管长(m)", "管材", "敷设年份"]
ROWS: list[list[object]] = [[f"A{i}", 100 + i, "PE", 2003] for i in range(6)]
OTHERS = (
    "排水管道", "雨水管道", "污水管道", "排水管网", "雨污水管线", "中水管道",
    "热水管道", "消防水管", "污水管道台账", "燃气阀门", "供水泵站", "供热换热站",
    "wastewater_pipes",
)  # fmt: skip


REFUSALS = {
    "other_class", "missing_column", "no_header", "unknown_class", "class_tie",
}  # fmt: skip
"""Where another thing is a class of its own, its columns may lack or not decide."""


def classes_named(text: str, catalogue: Catalogue) -> set[str]:
    """Give the classes that a name states."""
    return {kind.id for kind in kinds_by_name(text, all_kinds(catalogue))}


def what(file: Path, catalogue: Catalogue) -> set[str]:
    """Give the classes of a file: none where it is refused for its name or columns."""
    try:
        return set(read_inventory(file, catalogue).assets)
    except InputError as error:
        refused = {m.code.removeprefix("inventory.") for m in error.messages}
        return refused - REFUSALS


@pytest.mark.parametrize("name", OTHERS)
def test_other_things_are_no_pipes(
    tmp_path: Path, catalogue: Catalogue, name: str
) -> None:
    """Neither a file nor a sheet of another thing becomes a pipe; it is named."""
    pipes = {"water_pipe", "gas_pipe", "heating_pipe"}
    assert not classes_named(name, catalogue) & pipes
    path = write(tmp_path / f"{name}.csv", GOOD)
    book = workbook(tmp_path / "台账.xlsx", {name: [COLUMNS, *ROWS]})
    for file in (path, book):
        found = what(file, catalogue)
        assert not found & pipes
        assert found <= set(catalogue.asset_classes)
    forced = read_inventory(path, catalogue, asset_class="water_pipe")
    assert len(forced.assets["water_pipe"]) == 1


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("供水管道", "water_pipe"),
        ("给水管网台账", "water_pipe"),
        ("水管", "water_pipe"),
        ("泵站路供水管网", "water_pipe"),
        ("燃气管线", "gas_pipe"),
        ("供热一次管网", "heating_pipe"),
        ("water_pipe", "water_pipe"),
        ("易涝积水点", "waterlogging_point"),
    ],
)
def test_names_that_stay(catalogue: Catalogue, name: str, known: str) -> None:
    """What is named as one of the classes stays so."""
    assert known in classes_named(name, catalogue)


def test_what_the_file_seems_to_be_is_said(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The refusal names the word that told it, and all known classes."""
    with pytest.raises(InputError) as error:
        read_inventory(write(tmp_path / "消防水管.csv", GOOD), catalogue)
    said = error.value.messages[0]
    assert (said.code, said.params["word"]) == ("inventory.other_class", "消防")
    assert "water_pipe" in str(said.params["known"])


LOST: dict[str, tuple[str, list[list[object]], str]] = {
    "twice": (
        "供水管道",
        [["管线编号", "管长(m)", "管长(m)"], *([f"B{i}", i, i] for i in range(6))],
        "inventory.header_twice",
    ),
    "lacking": (
        "供水管道",
        [["管线编号", "管材", "敷设年份"], *([f"B{i}", "PE", 2000] for i in range(6))],
        "inventory.missing_column",
    ),
    "tied": ("Sheet2", [COLUMNS, *ROWS], "inventory.class_tie"),
    "bare": ("供水管道", ROWS, "inventory.no_header"),
    "other": ("消防水管", [COLUMNS, *ROWS], "inventory.other_class"),
}


@pytest.mark.parametrize("case", LOST)
def test_lost_sheets_are_rejected(
    tmp_path: Path, catalogue: Catalogue, case: str
) -> None:
    """Rows of a table that cannot be taken count as read and rejected, and why."""
    sheet, rows, code = LOST[case]
    path = workbook(tmp_path / "台账.xlsx", {"燃气管道": [COLUMNS, *ROWS], sheet: rows})
    found = read_inventory(path, catalogue)
    assert verdict(found).rows == {
        "read": 12, "kept": 6, "left_out": 0, "subtotals": 0, "rejected": 6,
    }  # fmt: skip
    said = [i for i in found.issues if i.sheet == sheet]
    assert [(i.code, i.row, i.severity) for i in said] == [
        (code, 0, "rejected"),
        ("inventory.sheet_lost", 0, "rejected"),
    ]
    assert said[1].params == {"rows": 6}
    alone = workbook(tmp_path / "b.xlsx", {sheet: rows})
    with pytest.raises(InputError) as error:
        read_inventory(alone, catalogue)
    assert codes(error) == [code] or case == "bare"


def test_covers_and_notes_stay_notes(tmp_path: Path, catalogue: Catalogue) -> None:
    """Sheets without anything like a table are noted and count nothing."""
    path = workbook(
        tmp_path / "台账.xlsx",
        {
            "燃气管道": [COLUMNS, *ROWS],
            "封面": [["某县燃气管道台账"], ["2026年"]],
            "填表说明": [["字段", "说明"], ["管长", "按米填写"], ["管材", "按字典"]],
            "图片": [],
        },
    )
    found = read_inventory(path, catalogue)
    assert verdict(found).rows["read"] == 6
    assert {issue.severity for issue in found.issues if issue.sheet != "燃气管道"} == {
        "note"
    }


def unreadable(folder: Path) -> dict[str, str]:
    """Write files that cannot be read; give the code of each."""
    (folder / "water_pipe.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    package = "EncryptedPackage".encode("utf-16-le")
    locked = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + package
    (folder / "heating_pipe.xlsx").write_bytes(locked)
    write(folder / "waterlogging_point.csv", "随便,写写\n1,2\n")
    return {
        "water_pipe.xlsx": "inventory.truncated_zip",
        "heating_pipe.xlsx": "inventory.encrypted",
        "waterlogging_point.csv": "inventory.no_header",
    }


def test_unreadable_files_of_a_check(tmp_path: Path, catalogue: Catalogue) -> None:
    """A check goes on without them, each named; a plan does not."""
    wanted = unreadable(tmp_path)
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path, catalogue)
    assert len(error.value.messages) == len(wanted)
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path, catalogue, skip_unreadable=True)
    assert sorted(codes(error)) == sorted([*wanted.values()])
    write(tmp_path / "gas_pipe.csv", GOOD)
    with pytest.raises(InputError):
        read_inventory(tmp_path, catalogue)
    found = read_inventory(tmp_path, catalogue, skip_unreadable=True)
    assert found.sources == ("gas_pipe.csv", "waterlogging_point.csv")
    assert len(found.assets["gas_pipe"]) == 1
    rejected = {
        i.file: i.code
        for i in found.issues
        if i.severity == "rejected" and i.code != "inventory.sheet_lost"
    }
    assert rejected == wanted


def test_lost_tables_count_in_a_check(tmp_path: Path, catalogue: Catalogue) -> None:
    """A file of one table that cannot be taken is counted with its rows."""
    write(tmp_path / "gas_pipe.csv", GOOD)
    write(tmp_path / "water_pipe.csv", "管线编号,管材\nB1,PE\nB2,PE\n")
    found = read_inventory(tmp_path, catalogue, skip_unreadable=True)
    rows = verdict(found).rows
    assert (rows["read"], rows["kept"], rows["rejected"]) == (3, 1, 2)
    (tmp_path / "gas_pipe.csv").unlink()
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path, catalogue, skip_unreadable=True)
    assert "inventory.missing_column" in codes(error)


def test_a_drawing_that_is_partly_read(tmp_path: Path, catalogue: Catalogue) -> None:
    """What a reader asks of a layer is said although its first table is left out."""
    ezdxf = pytest.importorskip("ezdxf")
    drawing = ezdxf.new("R2010", setup=True)
    drawing.header["$INSUNITS"] = 6
    space = drawing.modelspace()
    space.add_line((0, 0), (30, 40), dxfattribs={"layer": "A图框"})
    space.add_line((0, 0), (30, 40), dxfattribs={"layer": "燃气"})
    space.add_mline([(0, 0), (10, 0)], dxfattribs={"layer": "燃气"})
    drawing.saveas(tmp_path / "a.dxf")
    found = read_inventory(tmp_path / "a.dxf", catalogue)
    assert "inventory.dxf_unread" in {issue.code for issue in found.issues}
