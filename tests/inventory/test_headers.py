"""Headers: aliases, units in brackets, title rows, doubles."""

from __future__ import annotations

import pytest

from renewopt.catalogue import Catalogue
from renewopt.inventory.header_cells import Header
from renewopt.inventory.header_rows import find_header
from tests.inventory.making import codes, parse


def test_names_and_units_come_apart() -> None:
    """A unit in any kind of bracket is split off; other brackets stay."""
    assert Header.of("管长（ＫＭ）") == Header("管长（ＫＭ）", "管长", "km")
    assert Header.of("建筑面积[万㎡]").unit == "万m2"
    assert Header.of("埋深(起点)") == Header("埋深(起点)", "埋深(起点)", "")


def test_every_alias_of_every_class_is_recognised(catalogue: Catalogue) -> None:
    """Each header that a class file lists leads to its own column."""
    for model in catalogue.asset_classes.values():
        for spec in model.columns:
            for name in (*spec.headers.all(), spec.name):
                found = find_header([[name]], model.columns)
                assert [m.spec.name for m in found.matches] == [spec.name], name


def test_title_rows_are_skipped(catalogue: Catalogue) -> None:
    """The row with the most known headers counts, not the first."""
    columns = catalogue.asset_classes["gas_pipe"].columns
    top = [
        ["某县燃气管道台账", "", ""],
        ["单位：米", "", ""],
        ["管线编号", "管材", "管长"],
    ]
    assert find_header(top, columns).row == 2


@pytest.mark.parametrize("cells", [["编号", "管线编号"], ["管线编号", "编号"]])
def test_the_usual_header_wins(catalogue: Catalogue, cells: list[str]) -> None:
    """Two headers of one column: the more usual one is read, the other one is named."""
    found = find_header([cells], catalogue.asset_classes["gas_pipe"].columns)
    assert [m.header.text for m in found.matches] == ["管线编号"]
    assert found.shadowed == (("编号", "管线编号"),)


def test_the_same_header_twice_is_not_read(catalogue: Catalogue) -> None:
    """Nobody can tell which of two equal headers is meant."""
    found = find_header(
        [["管长", "管材", "管长"]], catalogue.asset_classes["gas_pipe"].columns
    )
    assert found.twice == ("管长",)
    assert [m.spec.name for m in found.matches] == ["material"]


def test_a_unit_that_does_not_fit_is_refused(catalogue: Catalogue) -> None:
    """A length in households is no length."""
    found = find_header(
        [["管长(户)", "管材"]], catalogue.asset_classes["gas_pipe"].columns
    )
    assert found.units == (("管长(户)", "户", "m"),)


def test_supply_and_return_under_one_header() -> None:
    """Lengths of both pipes: the supply pipe's is the route's, the other compared."""
    text = """
    管段编号|管径|管段长度(m)||供热面积
    ||供水|回水|万㎡
    R1|DN300|1200|1200|12.5
    R2|DN300|850|848|8.6
    R3|DN300|600|450|3.2
    """.replace("    ", "")
    for merged in ([], [(0, 2, 0, 3)]):
        table = parse(text, "heating_pipe", merged)
        assert table.frame["length_m"].tolist() == [1200, 850, 600]
        assert set(table.frame["length_basis"]) == {"route"}
        assert table.frame["heated_area_m2"].tolist() == [125_000, 86_000, 32_000]
        said = codes(table)
        place = (5, "管段长度(m) 回水", "questioned")
        assert ("return_differs", *place) in said
        assert [row for code, row, _, _ in said if code == "return_differs"] == [5]
        assert all(code != "length_basis_unknown" for code, *_ in said)


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        ("规格型号", "DN200 Φ219×6", "diameter_mm"),
        ("外径×壁厚", "219×6 159×5", "diameter_mm"),
        ("投运日期", "1998.10 2003-05", "install_year"),
        ("竣工年月", "1998.10 2003-05", "install_year"),
        ("通气日期", "1998年5月 2003", "install_year"),
        ("具体地址", "人民路 解放路", "street"),
        ("街道（社区）", "城关 城东", "district"),
    ],
)
def test_usual_headers_are_read(header: str, cells: str, column: str) -> None:
    """Headers that bureaus use for sizes, dates and places."""
    first, second = cells.split()
    table = parse(f"管线编号|长度|{header}\nA|5|{first}\nB|6|{second}", "gas_pipe")
    assert table.frame[column].notna().all()
    assert all(code != "unknown_column" for code, *_ in codes(table))


@pytest.mark.parametrize(
    ("header", "cells", "said"),
    [
        ("管径（英寸）", "8 6", "akin_column"),
        ("服役时间", "25 30", "akin_column"),
        ("管子尺寸", "DN200 DN150", "perhaps_column"),
        ("管子年岁", "25 30", "perhaps_column"),
        ("管子用材", "PE 铸铁", "perhaps_column"),
        ("管子用材", "甲 乙", "unknown_column"),
        ("填报日期", "2020 2021", "unknown_column"),
    ],
)
def test_what_may_be_a_column_that_lacks(header: str, cells: str, said: str) -> None:
    """A column that the risk needs lacks, another may be it: a question, no note."""
    first, second = cells.split()
    table = parse(f"管线编号|长度|{header}\nA|5|{first}\nB|6|{second}", "gas_pipe")
    found = [(code, severity) for code, _, column, severity in codes(table)
             if column == header]  # fmt: skip
    severity = "note" if said == "unknown_column" else "questioned"
    assert found == [(said, severity)]
