"""Shipped profiles, end to end: a workbook as bureaus keep it, through each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory, read_project_list

Sheets = dict[str, list[list[Any]]]


def write(path: Path, sheets: Sheets) -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


LINE = [
    "起点点号", "终点点号", "起点埋深", "终点埋深", "材质", "管径", "埋设方式",
    "埋设年代", "权属单位", "道路名称", "使用状态", "备注",
]  # fmt: skip
POINT = ["物探点号", "特征", "X", "Y", "地面高程"]
SURVEY: Sheets = {
    "RQ线": [
        LINE,
        ["RQ1", "RQ2", 1.2, 1.3, "PE", 200, "ZM", 2008, "燃气公司", "人民路", 0, ""],
        ["RQ2", "RQ3", 1.2, 1.3, "G", 150, "GG", 1999, "燃气公司", "人民路", 1, ""],
        ["RQ3", "RQ9", 1.2, 1.3, "G", 150, "JK", 1999, "燃气公司", "人民路", 0, ""],
    ],
    "RQ点": [
        POINT,
        ["RQ1", "三通", 4601000.0, 389000.0, 1012.3],
        ["RQ2", "直线点", 4601030.0, 389040.0, 1012.4],
        ["RQ3", "直线点", 4601030.0, 389050.5, 1012.4],
    ],
    "JS线": [
        [*LINE, "管长(km)", "管线类型", "管线编号"],
        ["J1", "J2", 1, 1, "QM", 300, "ZM", 2001, "", "建设街", 0, "", 0.25, "JP",
        "A1"],
        ["J2", "J3", 1, 1, "ZT", 300, "ZM", 1985, "", "建设街", 0, "", 0.1, "SS",
        "A2"],
    ],
    "RL线": [
        [*LINE, "管长(m)"],
        ["R1", "R2", 1, 1, "G", 300, "GG", 2003, "", "", 0, "", 55],
    ],
    "PS线": [LINE, ["P1", "P2", 1, 1, "T", 300, "ZM", 2003, "", "", 0, ""]],
}  # fmt: skip


def test_a_survey_workbook_is_read_network_by_network(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Sheets by code letters; codes of CJJ 61; lengths and identifiers from points."""
    path = write(tmp_path / "某县管线普查成果.xlsx", SURVEY)
    found = read_inventory(path, catalogue, mapping="cjj61-survey")
    gas = found.assets["gas_pipe"]
    assert gas["asset_id"].tolist() == ["RQ1-RQ2", "RQ2-RQ3"]
    assert gas["length_m"].tolist() == [50.0, 10.5]
    assert gas["material"].tolist() == ["pe", "steel"]
    assert gas["laying_method"].tolist() == ["direct", "ditch"]
    assert gas["status"].tolist() == ["in_use", "abandoned"]
    assert gas["install_year"].tolist() == [2008, 1999]
    water = found.assets["water_pipe"]
    assert water["asset_id"].tolist() == ["A1", "A2"]
    assert water["length_m"].tolist() == [250.0, 100.0]
    assert water["material"].tolist() == ["ductile_iron", "cast_iron"]
    assert water["level"].tolist() == ["distribution", "transmission"]
    heat = found.assets["heating_pipe"]
    assert heat["length_m"].tolist() == [55.0]
    told = [(i.code, i.sheet, i.row, i.severity, i.parsed) for i in found.issues]
    assert ("inventory.length_m_from_points", "RQ线", 2, "repaired", "50") in told
    assert ("inventory.asset_id_from_points", "RL线", 2, "repaired", "R1-R2") in told
    assert ("inventory.empty_required", "RQ线", 4, "rejected", "") in told
    left = {i.sheet for i in found.issues if i.code == "inventory.file_not_mapped"}
    assert left == {"PS线"}
    measured = found.qualities[found.qualities["column"] == "length_m"]
    assert measured["asset_id"].tolist() == ["RQ1-RQ2", "RQ2-RQ3"]
    assert set(measured["quality"]) == {"converted"}
    # The points are plane ones of an unknown zone: no place, and the zone is asked for.
    assert "inventory.crs_zone_needed" in {i.code for i in found.issues}


def test_points_of_a_profile_give_places_too(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """With the system stated, the points of the profile's sheets place the lines."""
    path = write(tmp_path / "a.xlsx", SURVEY)
    found = read_inventory(path, catalogue, mapping="cjj61-survey", crs="EPSG:4547")
    gas = found.assets["gas_pipe"]
    assert gas["start_lon"].notna().all()
    assert len(found.geometry["gas_pipe"]) == 2
    lost = [i for i in found.issues if i.code == "inventory.no_such_node"]
    assert [(i.sheet, i.row, i.raw) for i in lost] == []
    assert "inventory.crs_zone_needed" not in {i.code for i in found.issues}


def test_issues_stand_where_the_file_has_the_cell(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A profile takes columns in an order of its own; issues keep the file's."""
    rows = [LINE, *SURVEY["RQ线"][1:2]]
    rows[1] = [*rows[1][:5], "二百多", *rows[1][6:]]
    path = write(tmp_path / "a.xlsx", {"RQ线": rows, "RQ点": SURVEY["RQ点"]})
    found = read_inventory(path, catalogue, mapping="cjj61-survey")
    bad = [i for i in found.issues if i.column == "管径"]
    assert [(i.row, i.position) for i in bad] == [(2, LINE.index("管径"))]


def test_points_in_degrees_or_twice_give_no_length(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A length is taken from plane coordinates of one certain place only."""
    points = [
        POINT,
        ["RQ1", "", 111.0, 41.5, 0],
        ["RQ2", "", 111.1, 41.5, 0],
        ["RQ3", "", 4601030.0, 389050.5, 0],
        ["RQ3", "", 4601031.0, 389050.5, 0],
    ]
    path = write(tmp_path / "a.xlsx", {"RQ线": SURVEY["RQ线"], "RQ点": points})
    found = read_inventory(path, catalogue, mapping="cjj61-survey")
    assert len(found.assets["gas_pipe"]) == 0
    assert found.counts[0].rejected == 3


MONEY = [["资金类别", "权属单位", 2027, 2028], ["地方财政", "", 800, 900]]
LIBRARY: Sheets = {
    "2026年项目库": [
        ["某县市政基础设施项目库（合成数据）"],
        [
            "序号", "项目名称", "项目代码", "建设单位(项目法人)", "建设地点",
            "建设性质",
            "项目属性", "建设内容及规模", "建设起止年限", "总投资（亿元）",
            "资金来源",
            "前期进展", "主管部门", "备注",
        ],
        [
            1, "人民路供热管网更新", "2601-01", "县热力公司", "城关镇", "改建",
            "准公益",
            "更新供热管道3.2公里", "2027.3—2028.10", 0.12, "财政、专项债", "可研",
            "住建局", "",
        ],
        [
            2, "城区燃气管道改造", "2601-02", "县燃气公司", "城关镇", "改建", "公益",
            "老旧管道5公里",
            "2027-2028", 0.2, "", "立项", "住建局", "",
        ],
        [
            3, "老旧小区供水设施改造", "2601-03", "县住建局", "城关镇", "改建", "公益",
            "", "",
            0.05, "", "", "住建局", "",
        ],
    ],
    "资金": MONEY,
}  # fmt: skip


def test_a_project_library_is_ready_to_plan(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Headers, units, funds and periods; classes told by words, assumptions said."""
    path = write(tmp_path / "项目库.xlsx", LIBRARY)
    found = read_project_list(path, catalogue, "project-library")
    frame = found.projects
    assert frame["name"].tolist() == ["人民路供热管网更新", "城区燃气管道改造"]
    assert frame["asset_class"].tolist() == ["heating_pipe", "gas_pipe"]
    assert frame["total_cost"].tolist() == [1200, 2000]
    assert frame["length_m"].tolist() == [3200, 5000]
    assert frame["first_year"].tolist() == [2027, 2027]
    assert frame["last_year"].tolist() == [2028, 2028]
    assert frame["grade"].tolist() == [3, 3]
    assert frame["fund_kinds"].tolist() == ["local_fiscal;special_bond", ""]
    assert found.money["amount"].tolist() == [800, 900]
    told = {(i.code, i.column, i.severity) for i in found.issues}
    assert ("inventory.assumed", "隐患等级", "questioned") in told
    assert ("inventory.assumed", "产权", "questioned") in told
    assert ("inventory.derived", "类别", "repaired") in told
    unclear = [i for i in found.issues if i.code == "inventory.derived_unclear"]
    assert [i.row for i in unclear] == [5]
    assert (found.counts[0].kept, found.counts[0].rejected) == (2, 1)


BOND: Sheets = {
    "专项债项目表": [
        [
            "项目名称", "项目单位", "项目领域", "总投资(万元)", "资本金(万元)",
            "专项债券需求(万元)", "建设期", "票面利率", "期限(年)", "预期收益(万元)",
            "本息覆盖倍数",
        ],
        [
            "某县城区供热管网改造（合成数据）", "县热力公司", "供热", 30780, 15480,
            15300,
            "2024-08→2026-12", "3.13%", 20, 40000, 1.24,
        ],
    ],
}  # fmt: skip


def test_a_special_bond_sheet_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    """What the plan needs is read, the bond's own terms are not, and both are said."""
    path = write(tmp_path / "专项债.xlsx", BOND)
    found = read_project_list(path, catalogue, "special-bond-sheet", money_needed=False)
    row = found.projects.iloc[0]
    assert (row["asset_class"], row["nature"]) == ("heating_pipe", "quasi_public")
    assert (row["total_cost"], row["first_year"], row["last_year"]) == (
        30780, 2024, 2026,
    )  # fmt: skip
    codes = [i.code for i in found.issues]
    assert codes.count("inventory.not_used") == 6
    assert "inventory.no_money_yet" in codes
    with pytest.raises(InputError) as error:
        read_project_list(path, catalogue, "special-bond-sheet")
    assert error.value.messages[0].code == "inventory.no_money_sheet"


def test_profiles_for_lists_and_inventories_are_not_mixed_up(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A profile of an inventory reads no list; another sheet is refused by name."""
    path = write(tmp_path / "项目库.xlsx", LIBRARY)
    with pytest.raises(InputError) as error:
        read_project_list(path, catalogue, "kitchener")
    assert error.value.messages[0].code == "inventory.no_list_profile"
    path = write(tmp_path / "x.xlsx", {"甲": [["a", "b"], [1, 2]], "资金": MONEY})
    with pytest.raises(InputError) as error:
        read_project_list(path, catalogue, "project-library")
    assert error.value.messages[0].code == "inventory.no_list_sheet"


BASE: dict[str, Any] = {
    "id": "mine",
    "title": {"zh": "我", "en": "me"},
    "source": "a test",
    "assets": [
        {
            "asset_class": "gas_pipe",
            "sheets": ["甲*"],
            "columns": {"asset_id": "号", "length_m": ["长", "长度"]},
        }
    ],
}


def _profile(**changes: Any) -> Mapping:
    table = {**BASE["assets"][0], **changes}
    return Mapping.model_validate({**BASE, "assets": [table]})


def test_units_of_headers_and_profiles(tmp_path: Path, catalogue: Catalogue) -> None:
    """A unit in the header or the profile counts; a contradiction is refused."""
    plain = write(tmp_path / "a.xlsx", {"甲": [["号", "长"], ["1", 1.5]]})
    found = read_inventory(plain, catalogue, mapping=_profile(units={"length_m": "km"}))
    assert found.assets["gas_pipe"]["length_m"].tolist() == [1500]
    stated = write(tmp_path / "b.xlsx", {"甲": [["号", "长度(km)"], ["1", 1.5]]})
    found = read_inventory(stated, catalogue, mapping=_profile())
    assert found.assets["gas_pipe"]["length_m"].tolist() == [1500]
    wrong = {"m": "inventory.mapping_unit", "㎡": "inventory.header_unit"}
    for unit, code in wrong.items():
        profile = _profile(units={"length_m": unit})
        with pytest.raises(InputError) as error:
            read_inventory(stated, catalogue, mapping=profile)
        assert [m.code for m in error.value.messages] == [code]


def test_headers_that_repeat_or_compete_are_said(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A header that is there twice is refused; of two that mean one, one is asked."""
    twice = write(tmp_path / "a.xlsx", {"甲": [["号", "长", "长"], ["1", 1, 2]]})
    with pytest.raises(InputError) as error:
        read_inventory(twice, catalogue, mapping=_profile())
    assert [m.code for m in error.value.messages] == ["inventory.header_twice"]
    both = write(tmp_path / "b.xlsx", {"甲": [["号", "长", "长度"], ["1", 1, 2]]})
    found = read_inventory(both, catalogue, mapping=_profile())
    assert found.assets["gas_pipe"]["length_m"].tolist() == [1]
    questions = [i for i in found.issues if i.severity == "questioned"]
    assert [(i.code, i.column) for i in questions] == [
        ("inventory.shadowed_column", "长度")
    ]


def test_a_header_of_two_rows(tmp_path: Path, catalogue: Catalogue) -> None:
    """Rows of a header below its names are no data."""
    rows = [["号", "长"], ["", "米"], ["1", 5]]
    path = write(tmp_path / "a.xlsx", {"甲一": rows, "乙": rows})
    found = read_inventory(path, catalogue, mapping=_profile(header_rows=2))
    assert found.counts[0].read == 1
    assert found.assets["gas_pipe"]["length_m"].tolist() == [5]
    assert {i.sheet for i in found.issues} == {"乙"}


def test_a_missing_required_column_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """An optional column that the class needs is named where nothing fills it."""
    path = write(tmp_path / "a.xlsx", {"甲": [["号", "宽"], ["1", 5]]})
    with pytest.raises(InputError) as error:
        read_inventory(path, catalogue, mapping=_profile(optional=["length_m"]))
    assert [m.code for m in error.value.messages] == ["inventory.mapping_column"]
    assert error.value.messages[0].params["column"] == "长 / 长度"
