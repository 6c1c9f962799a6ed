"""Compounds and points that have only a name: identifiers that stay, and records."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory import Inventory, read_inventory
from tests.inventory.making import codes, parse

HEAD = "序号|街道|小区名称|地址|户数|建筑面积"
ROWS = [
    "城南街道|幸福里|人民路1号|100|9000",
    "城南街道|光明 小区|人民路2号|50|5000",
    "城北街道|幸福里|北路|70|7000",
    "城北街道|幸福里|南路|60|6000",
    "城北街道|新村|西路|30|3000",
    "城北街道|新村|西路|31|3000",
]
IDS = {
    9000: "城南街道-幸福里", 5000: "城南街道-光明小区", 7000: "城北街道-幸福里-北路",
    6000: "城北街道-幸福里-南路",
}  # fmt: skip


def compounds(rows: list[str]) -> str:
    """Give a list of compounds with a count of its rows."""
    return "\n".join([HEAD, *(f"{n}|{row}" for n, row in enumerate(rows, 1))])


def ids(rows: list[str]) -> dict[tuple[float, int], str]:
    """Give the identifier of each compound by area and households."""
    frame = parse(compounds(rows), "residential_compound").frame
    keys = zip(frame["floor_area_m2"], frame["households"], strict=True)
    return dict(zip(keys, frame["asset_id"], strict=True))


def test_district_and_name_make_the_identifier() -> None:
    """No number: district and name; of two in one district, the street too."""
    found = ids(ROWS)
    assert {area: made for (area, _), made in found.items() if area in IDS} == IDS
    assert sorted(found.values())[-2:] == ["城南街道-光明小区", "城南街道-幸福里"]
    assert len(set(found.values())) == len(ROWS)


def test_the_identifier_is_the_same_in_any_order() -> None:
    """Rows in another order, counted anew: every compound keeps its identifier."""
    wanted = ids(ROWS)
    for seed in range(5):
        rows = list(ROWS)
        random.Random(seed).shuffle(rows)
        assert ids(rows) == wanted


def test_two_of_one_name_are_asked_about_and_kept() -> None:
    """Two rows of one name and district differ: both are kept, each is questioned."""
    table = parse(compounds(ROWS), "residential_compound")
    asked = [(row, mark) for code, row, _, mark in codes(table) if code == "name_twice"]
    assert asked == [(n, "questioned") for n in (4, 5, 6, 7)]
    noted = [i for i in table.issues if i.code == "inventory.ids_from_names"]
    assert [(i.severity, i.params["rows"]) for i in noted] == [("note", 6)]
    assert ("serial_not_id", 1, "序号", "questioned") in codes(table)
    assert table.count.kept == len(ROWS)
    listed = table.qualities[table.qualities["column"] == "asset_id"]
    assert set(listed["quality"]) == {"converted"}


def test_a_row_that_repeats_another_is_one_compound() -> None:
    """The same row under another count is the same compound, once, and noted."""
    table = parse(compounds([ROWS[0], ROWS[0]]), "residential_compound")
    assert table.frame["asset_id"].tolist() == ["城南街道-幸福里"]
    assert "repeated_row" in {code for code, *_ in codes(table)}


def test_numbers_count_where_they_are() -> None:
    """Beside a column of numbers names make nothing, and a row without one is lost."""
    table = parse(
        "小区编号|小区名称|户数|建筑面积\nX1|甲|10|900\n|乙|10|900",
        "residential_compound",
    )
    assert table.frame["asset_id"].tolist() == ["X1"]
    assert ("empty_required", 3, "小区编号", "rejected") in codes(table)


def test_a_row_without_a_name_is_rejected() -> None:
    """不详 is no name: the row has no identifier, and that is said at the names."""
    table = parse("积水点名称|积水深度(cm)\n人民桥下|30\n不详|20", "waterlogging_point")
    assert table.frame["asset_id"].tolist() == ["人民桥下"]
    assert ("empty_required", 3, "积水点名称", "rejected") in codes(table)
    places = {i.position for i in table.issues if i.row == 3}
    assert places <= {0, -1}


def inventory(folder: Path, catalogue: Catalogue, **tables: str) -> Inventory:
    """Write tables and read their folder."""
    for name, text in tables.items():
        path = folder / f"{name}.csv"
        path.write_text(text.replace("|", ","), encoding="utf-8")
    return read_inventory(folder, catalogue, as_of_year=2025)


POINTS = (
    "积水点名称|街道|积水深度(cm)\n人民桥下|城南|30\n人民桥下|城北|20\n建设路|城南|12\n"
)


def joined(found: Inventory) -> list[tuple[str, str]]:
    """List (asset, by what) of the records that were joined."""
    table = found.failures
    return list(zip(table["asset_id"], table["joined_by"], strict=True))


def test_records_join_by_name_and_district(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A record that names a point is its record; of two of one name, the district's."""
    found = inventory(
        tmp_path, catalogue, 积水点=POINTS,
        积水记录="积水点名称|街道|发生日期\n建设路||2023-07-01\n人民桥下||2023-07-01\n"
        "人民桥下|城北|2023-07-02\n建设路|城北|2023-08-01\n无名||2023-08-01\n",
    )  # fmt: skip
    assert joined(found) == [("城南-建设路", "name"), ("城北-人民桥下", "name")]
    said = [(i.code, i.row) for i in found.issues if i.severity == "questioned"]
    assert ("inventory.failure_name_several", 3) in said
    assert ("inventory.failure_name_several", 5) in said
    assert ("inventory.failure_no_place", 6) in said
    shares = found.failure_joins.set_index("asset_class").loc["waterlogging_point"]
    assert (shares["records"], shares["by_name"], shares["unjoined"]) == (5, 2, 3)


def test_records_join_by_another_name_and_before_it_was_built(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The other name of a compound counts; years before it go to its predecessor."""
    found = inventory(
        tmp_path, catalogue,
        小区="小区名称|别名|街道|户数|建筑面积|建成年份\n"
        "幸福里|纺织厂宿舍|城南|100|9000|1990\n光明||城南|50|5000|2000\n",
        小区报修记录="小区名称|发生日期\n纺织厂宿舍|2022-01-01\n光明|1995-02-01\n",
    )  # fmt: skip
    assert joined(found) == [("城南-幸福里", "name")]
    assert found.predecessor_failures["asset_id"].tolist() == ["城南-光明"]


def test_a_leak_in_a_compound_is_no_failure_of_it(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Where pipes are there too, a place alone makes no record the compound's."""
    found = inventory(
        tmp_path, catalogue,
        燃气管道="管线编号|管长\nG1|5\n",
        小区="小区名称|户数|建筑面积\n幸福里|100|9000\n",
        维修记录="小区名称|发生日期|故障类型\n幸福里|2022-01-01|漏气\n",
    )  # fmt: skip
    assert joined(found) == []
    assert len(found.unjoined_failures) == 1


def test_clean_tables_read_back_with_the_same_joins(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Written and read again, identifiers and ways of joining stay."""
    (tmp_path / "in").mkdir()
    found = inventory(
        tmp_path / "in", catalogue, 积水点=POINTS,
        积水记录="积水点名称|街道|发生日期\n建设路||2023-07-01\n",
    )  # fmt: skip
    found.write_clean(tmp_path / "out", csv=True)
    again = read_inventory(tmp_path / "out", catalogue, as_of_year=2025)
    assert joined(again) == joined(found) == [("城南-建设路", "name")]
    pd.testing.assert_frame_equal(
        again.assets["waterlogging_point"], found.assets["waterlogging_point"]
    )


def test_a_count_per_street_beside_names_is_asked_about() -> None:
    """序号 that begins anew on each street: names count, the column is asked about."""
    rows = (
        "序号|积水点名称|道路名称|积水深度(cm)\n1|甲桥下|长江街|30\n1|乙桥下|富强街|20"
    )
    table = parse(rows, "waterlogging_point")
    assert table.frame["asset_id"].tolist() == ["甲桥下", "乙桥下"]
    asked = [(row, name) for code, row, name, _ in codes(table) if "serial" in code]
    assert asked == [(1, "序号")]
    said = next(i for i in table.issues if i.code == "inventory.serial_not_id")
    assert said.severity == "questioned"


def test_a_name_merged_over_its_buildings() -> None:
    """Every building is kept, told apart and asked about; blanks below are alike."""
    text = """
小区名称|街道|楼号|户数|建筑面积(m2)|建成年份
幸福小区|城关|1#|36|2810|1991
||2#|30|2820|1992
||3#|48|3930|1993
平安小区|城关|1#|36|2810|1989
||2#|24|1800|1990
"""
    for merged in ([(1, 0, 3, 0), (1, 1, 3, 1), (4, 0, 5, 0), (4, 1, 5, 1)], []):
        table = parse(text, "residential_compound", merged)
        assert table.frame["name"].tolist() == ["幸福小区"] * 3 + ["平安小区"] * 2
        assert table.frame["households"].sum() == 174
        assert table.frame["asset_id"].is_unique
        asked = [row for code, row, *_ in codes(table) if code == "name_twice"]
        assert asked == [2, 3, 4, 5, 6]
