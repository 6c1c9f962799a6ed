"""What cannot be known is asked: sizes, units, ages, marks, columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory
from renewopt.inventory.cells import AsOf
from tests.inventory.making import codes, parse
from tests.inventory.readers.making import ods, xls

HEAD = "编号 | 管材 | 管径 | 管长(m) | 敷设年份"


def intervals(text: str, column: str) -> list[tuple[float, float]]:
    """Give the intervals of a column."""
    table = parse(text).qualities
    own = table[table["column"] == column]
    return list(zip(own["low"], own["high"], strict=True))


@pytest.mark.parametrize(
    ("material", "size", "value", "interval"),
    [
        ("PE", "dn32", 25.0, [(24.0, 32.0)]),
        ("PE", "dn50", 40.0, [(37.5, 50.0)]),
        ("PE", "dn200", 200.0, [(150.0, 200.0)]),
        ("", "2×dn200", 200.0, [(150.0, 200.0)]),
        ("PE", "DN200", 200.0, []),
        ("球墨铸铁", "dn200", 200.0, []),
        ("钢管", "ｄｎ200", 200.0, [(150.0, 200.0)]),
    ],
)
def test_small_dn(
    material: str, size: str, value: float, interval: list[tuple[float, float]]
) -> None:
    """Small dn is the outside diameter of plastics; of metal it is DN."""
    text = f"{HEAD}\nA1 | {material} | {size} | 5 | 1998"
    assert parse(text).frame["diameter_mm"].tolist() == [value]
    assert intervals(text, "diameter_mm") == interval


@pytest.mark.parametrize("rows", [1, 30_000])
def test_bare_outside_diameters(rows: int) -> None:
    """219 can only be steel; 110 is of plastics: kept, with an interval, asked once."""
    body = ""
    for i in range(rows):
        body += f"\nA{i} | PE | 110 | 5 | 1998\nB{i} | 钢管 | 219 | 5 | 1998"
    table = parse(f"{HEAD}{body}\nC1 | PE | 200 | 5 | 1998\nC2 | PE | DN110 | 5 |")
    sizes = table.frame["diameter_mm"].tolist()
    assert (sizes[:2], sizes[-2:]) == ([110.0, 200.0], [200.0, 100.0])
    own = table.qualities[table.qualities["column"] == "diameter_mm"]
    found = own.drop_duplicates("raw").set_index("raw")[["low", "high"]]
    assert found.loc["110"].tolist() == [82.5, 110.0]
    assert found.loc["219"].tolist() == [164.2, 219.0]
    assert len(own) == 2 * rows + 1
    whole = [issue for issue in table.issues if issue.row == 0]
    assert [i.code for i in whole] == ["inventory.outside_unsaid"]
    assert whole[0].params == {"sizes": "110", "cells": rows}
    said = HEAD.replace("管径", "管径(PE管为公称外径)")
    assert not parse(f"{said}\nA1 | PE | 110 | 5 | 1998").issues


def test_stated_sizes_are_no_centimetres() -> None:
    """DN25 cannot be 25 cm; bare 25 may be."""
    lines = [
        f"\nA{i} | PE | DN{size} | 5 | 1998" for i, size in enumerate((20, 25, 50))
    ]
    named = HEAD + "".join(lines)
    bare = named.replace("DN", "")
    assert not parse(named).issues
    assert [code for code, *_ in codes(parse(bare))] == ["unit_magnitude"]


@pytest.mark.parametrize(
    ("marks", "values", "asked"),
    [
        ("○,,○", [None, None, None], ["circles_only"]),
        ("○,×,", [None, False, None], ["circles_only"]),
        ("○,●,", [False, True, None], []),
    ],
)
def test_circles(marks: str, values: list[bool | None], asked: list[str]) -> None:
    """○ is no beside ●; alone it may as well be the mark of a yes."""
    rows = "".join(f"\nG{i} | 5 | {mark}" for i, mark in enumerate(marks.split(",")))
    table = parse(f"管线编号 | 管长(m) | 占压{rows}", "gas_pipe")
    found = table.frame["encroached"].astype(object)
    assert found.where(found.notna(), None).tolist() == values
    assert [code for code, *_ in codes(table)] == asked


def test_cells_in_other_units_than_their_header() -> None:
    """8500 below 万㎡ and a slope of 0.003 ‰ are not taken; 3‰ and 0.3% are."""
    rows = "".join(f"\nR{i} | 5 | {a}" for i, a in enumerate(("12.5", "8.6", "8500")))
    heat = parse(f"管线编号 | 管长(m) | 供热面积(万㎡){rows}", "heating_pipe")
    areas = heat.frame["heated_area_m2"]
    assert areas.isna().tolist() == [False, False, True]
    assert ("unit_of_cell", 4, "供热面积(万㎡)", "questioned") in codes(heat)
    rows = "".join(
        f"\nY{i} | 5 | {a}" for i, a in enumerate(("3", "3‰", "0.3%", "0.003"))
    )
    slope = parse(f"管线编号 | 管长(m) | 坡度{rows}", "storm_drain").frame
    assert slope["slope_permille"].tolist()[:3] == [3.0, 3.0, 3.0]
    assert slope["slope_permille"].isna().tolist()[3]


def test_tables_side_by_side() -> None:
    """Titles above two tables in one do not make the left one's headers others."""
    one = "管线编号 | 管长(m) | 管材"
    top = f"旧城区 | | | | 新城区\n{one} | | {one}\nA1 | 5 | PE | | B1 | 7 | PE"
    with pytest.raises(InputError) as told:
        parse(top)
    assert {item.code for item in told.value.messages} == {"inventory.header_twice"}


@pytest.mark.parametrize(
    ("column", "text"),
    [("管长(m)", "120mm"), ("供水压力", "0.3Pa"), ("管长(m)", "30km")],
)
def test_unit_that_makes_no_usual_amount(column: str, text: str) -> None:
    """A unit in a cell that makes the number absurd may be a slip: it is asked."""
    length = "" if column == "管长(m)" else "管长(m) | "
    table = parse(f"编号 | {length}{column}\nA1 | {'5 |' if length else ''} {text}")
    assert [code for code, *_ in codes(table)] == ["unit_unlikely"]
    fine = parse(f"{HEAD}\nA1 | PE | 200 | 1.2km | 1998")
    assert fine.frame["length_m"].tolist() == [1200.0]


def test_units_that_contradict_each_other() -> None:
    """A title or a note against the header: both bound the numbers, none is picked."""
    title = "台账（单位：公里）\n编号 | 管材 | 管径 | 长度\n"
    title += " | | mm | m\nA1 | PE | 200 | 120"
    assert intervals(title, "length_m") == [(120.0, 120_000.0)]
    assert parse(title).frame["length_m"].tolist() == [120.0]
    note = "编号 | 管材 | 管长\nA1 | PE | 60\n注：长度单位：公里 | |"
    assert intervals(note, "length_m") == [(60.0, 60_000.0)]
    asked = [code for code, *_ in codes(parse(note))]
    assert asked == ["footnote_says", "unit_elsewhere"]
    agreed = (
        "台账（单位：米）\n编号 | 管材 | 长度(m)\nA1 | PE | 60\n注：长度单位：米 | |"
    )
    assert intervals(agreed, "length_m") == []
    sizes = "台账（管径单位：mm）\n编号 | 管材 | 长度\nA1 | PE | 60\n注：由张三填报 | |"
    assert parse(sizes).frame["length_m"].tolist() == [60.0]
    assert [code for code, *_ in codes(parse(sizes))] == ["footnote"]


def test_design_life_or_age() -> None:
    """使用年限 is either; 已使用30年 is an age as of the table's year."""
    table = parse("编号 | 管长(m) | 使用年限\nA1 | 5 | 50\nA2 | 5 | 30")
    assert "install_year" not in table.frame
    assert ("akin_column", 1, "使用年限", "questioned") in codes(table)
    text = f"{HEAD}\nA1 | PE | 200 | 5 | 已使用30年"
    table = parse(text, as_of=AsOf(2020))
    assert table.frame["install_year"].tolist() == [1990]
    assert table.qualities["low"].tolist() == [1989.0]
    unknown = parse(text, as_of=AsOf(2020, stated=False))
    assert codes(unknown) == [("age_needs_as_of", 2, "敷设年份", "questioned")]


@pytest.mark.parametrize(
    ("remark", "column"),
    [
        ("80年代铺设", "敷设年份"), ("九十年代初建", ""), ("已使用40年", "敷设年份"),
        ("已使用32年", ""), ("DN300", "管径"), ("管径200", ""), ("镀锌管", "管材"),
        ("PE管", ""), ("此段长度250m", "管长(m)"),
    ],
)  # fmt: skip
def test_remarks_that_name_another_value(remark: str, column: str) -> None:
    """Decades, ages, and a bare size or material are held against their column."""
    table = parse(f"{HEAD} | 备注\nA1 | PE | 200 | 100 | 1995 | {remark}")
    said = [where for code, _, where, _ in codes(table) if code == "remark_contradicts"]
    assert said == ([column] if column else [])


@pytest.mark.parametrize(
    ("header", "value", "asked"),
    [
        ("是否废弃", "是", True), ("是否废弃", "否", False), ("是否有效", "否", True),
        ("是否有效", "是", False), ("现管材", "PE", True), ("实际管径", "300", True),
        ("改造情况", "2015年已改造", True), ("改造情况", "", False),
        ("备注2", "改PE", True), ("原管材", "铸铁", False),
        ("报废日期", "2015", True), ("填报人", "张三", False),
    ],
)  # fmt: skip
def test_columns_that_overrule(header: str, value: str, asked: bool) -> None:
    """An unread column that may overrule another is a question, not a note."""
    table = parse(f"{HEAD} | {header}\nA1 | 铸铁 | 200 | 5 | 1998 | {value}")
    found = [severity for _, _, where, severity in codes(table) if where == header]
    assert found == (["questioned"] if asked else ["note"])


def test_records_that_count() -> None:
    """A count beside failure records says that a row is more than one event."""
    text = "工单编号 | 管线编号 | 维修日期 | 次数\nG1 | W1 | 2020-03-04 | 3"
    assert ("overruling_column", 1, "次数", "questioned") in codes(
        parse(text, "failures")
    )


def test_rows_that_may_be_totals() -> None:
    """其中, filled like an asset, is neither taken nor lost."""
    table = parse(f"{HEAD}\nA1 | PE | 200 | 5 | 1998\n其中 | PE | 200 | 3 | 1998")
    assert table.frame["asset_id"].tolist() == ["A1"]
    assert codes(table) == [("perhaps_total", 3, "", "rejected")]
    assert (table.count.read, table.count.kept, table.count.rejected) == (2, 1, 1)


def test_struck_and_hidden_rows(tmp_path: Path, catalogue: Catalogue) -> None:
    """Rows that are struck through or hidden are read, and asked about."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["管线编号", "管材", "管长(m)"])
    for i in range(4):
        sheet.append([f"W{i}", "PE", 100 + i])
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions[5].hidden = True
    book.save(tmp_path / "water_pipe.xlsx")
    found = read_inventory(tmp_path, catalogue)
    assert len(found.assets["water_pipe"]) == 4
    said = {i.code: i for i in found.issues if i.severity == "questioned"}
    struck = said["inventory.struck_through"]
    assert (struck.row, struck.params["columns"]) == (3, "A, B, C")
    assert said["inventory.hidden_rows"].params == {"rows": 2, "list": "4, 5"}


def test_struck_and_hidden_rows_of_other_workbooks(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Old workbooks and OpenDocument mark rows in ways of their own."""
    rows = [["管线编号", "管材", "管长(m)"]]
    xls(tmp_path / "old.xls", [*rows, ["A1", "PE", 5], ["A2", "PE", 7]], marks=True)
    ods(tmp_path / "open.ods", [*rows, ["B1", "PE", 5], ["B2", "PE", 7]], marks=True)
    found = read_inventory(tmp_path, catalogue, asset_class="water_pipe")
    assert len(found.assets["water_pipe"]) == 4
    for file in ("old.xls", "open.ods"):
        said = {i.code: i for i in found.issues if i.file == file}
        struck = said["inventory.struck_through"]
        assert (struck.row, struck.params["columns"]) == (2, "A, B")
        assert said["inventory.hidden_rows"].params == {"rows": 1, "list": "3"}


def test_heading_of_another_class(tmp_path: Path, catalogue: Catalogue) -> None:
    """Rows below 二、供热管道 with the header of water pipes are no water pipes."""
    head = "管线编号,管材,管长(m)\n"
    text = f"{head}W1,PE,5\n二、供热管道,,\n{head}H1,钢,50\n三、供水管道,,\nW2,PE,7\n"
    (tmp_path / "供水.csv").write_text(text, "utf-8-sig")
    profile = tmp_path / "profile.toml"
    profile.write_text(
        'id = "t"\ntitle = { zh = "甲", en = "t" }\nsource = "x"\n'
        '[[assets]]\nasset_class = "water_pipe"\nfiles = ["供水*"]\n'
        '[assets.columns]\nasset_id = "管线编号"\nmaterial = "管材"\n'
        'length_m = "管长(m)"\n',
        "utf-8",
    )
    for mapping in (None, profile):
        found = read_inventory(tmp_path / "供水.csv", catalogue, mapping=mapping)
        assert found.assets["water_pipe"]["asset_id"].tolist() == ["W1", "W2"]
        said = [i.row for i in found.issues if i.code == "inventory.block_of_other"]
        assert said == [5]
        assert (found.counts[0].kept, found.counts[0].rejected) == (2, 3)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("编号,管材,长度(m),\n,,市政,庭院\n", "A1,PE,1,2\nA2,PE,3,4\n"),
        (
            "编号,管材,供水管,,回水管,\n,,长度,管径,长度,管径\n",
            "A1,PE,1,200,3,200\nA2,PE,3,200,4,150\n",
        ),
    ],
)
def test_two_lengths_below_one_header(
    tmp_path: Path, catalogue: Catalogue, header: str, row: str
) -> None:
    """市政 and 庭院 below 长度, or a header for each of two pipes: none is picked."""
    (tmp_path / "gas_pipe.csv").write_text(header + row, "utf-8-sig")
    with pytest.raises(InputError) as caught:
        read_inventory(tmp_path, catalogue)
    code = caught.value.messages[0].code
    assert code in {"inventory.missing_but_several", "inventory.header_twice"}
