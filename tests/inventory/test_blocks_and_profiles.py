"""Other headers between the rows, and profiles that see what the plain way sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from renewopt.catalogue import Catalogue, load
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory, read_project_list
from renewopt.inventory.propose import propose
from renewopt.inventory.readers import read_raw
from renewopt.inventory.units import dimension

HEAD = ["管段编号", "管径", "管材", "长度", "敷设年份", "道路名称"]
PROFILE = """
id = "own"
source = "x"
title = { zh = "own", en = "own" }
[[assets]]
asset_class = "water_pipe"
files = ["供水*"]
[assets.columns]
asset_id = "管段编号"
diameter_mm = "管径"
material = "管材"
length_m = "长度"
install_year = "敷设年份"
street = "道路名称"
"""
Page = Callable[[Any], object]


def book(path: Path, rows: list[list[Any]], after: Page | None = None) -> Path:
    """Write a workbook with one sheet of water pipes."""
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = "供水管网"
    for row in rows:
        page.append(row)
    if after is not None:
        after(page)
    made.save(path)
    return path


def pipes(names: str, *values: Any) -> list[list[Any]]:
    """Give one row per name, all of them alike."""
    return [[name, *values] for name in names.split()]


@pytest.fixture(params=[False, True], ids=["plain", "profile"])
def mapping(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Give no profile, and one."""
    if not request.param:
        return None
    path = tmp_path / "own.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def read(path: Path, mapping: Path | None = None) -> tuple[Any, dict[str, int]]:
    """Give the water pipes by identifier, and how often each rule spoke."""
    found = read_inventory(path, load(), mapping=mapping, skip_unreadable=True)
    rules: dict[str, int] = {}
    for issue in found.issues:
        rules[issue.code] = rules.get(issue.code, 0) + 1
    return found.assets["water_pipe"].set_index("asset_id"), rules


@pytest.mark.parametrize(
    ("top", "below"),
    [
        ([["台账（长度单位：km）"]], []),
        ([["台账"], ["单位：公里、万元"]], []),
        ([], [[None, "mm", None, "km", None, None]]),
        ([], [["—", "mm", "—", "公里", "年", "—"], [1, 2, 3, 4, 5, 6]]),
    ],
)
def test_units_outside_the_header(
    tmp_path: Path, mapping: Path | None, top: list[Any], below: list[Any]
) -> None:
    """A unit in the title or in a row of units holds, with and without a profile."""
    rows = [*top, HEAD, *below, *pipes("A B C", 200, "PE", 1.25, 2001, "人民路")]
    table, _ = read(book(tmp_path / "供水.xlsx", rows), mapping)
    assert table["length_m"].tolist() == [1250.0] * 3


def test_a_title_against_the_unit_of_a_profile(tmp_path: Path) -> None:
    """Where the title says km and the profile m, the table is refused."""
    path = tmp_path / "own.toml"
    path.write_text(PROFILE + '[assets.units]\nlength_m = "m"\n', encoding="utf-8")
    rows = [["单位：公里"], HEAD, *pipes("A B C", 200, "PE", 1.25, 2001, "人民路")]
    with pytest.raises(InputError) as error:
        read_inventory(book(tmp_path / "供水.xlsx", rows), load(), mapping=path)
    assert [item.code for item in error.value.messages] == ["inventory.mapping_unit"]


def test_several_units_above(tmp_path: Path, mapping: Path | None) -> None:
    """Where the rows above state m and km, the column is asked about."""
    rows = [["单位：公里"], ["单位：米"], HEAD]
    rows += pipes("A B C", 200, "PE", 125, 2001, "人民路")
    _, rules = read(book(tmp_path / "供水.xlsx", rows), mapping)
    assert rules["inventory.units_above"] == 1


def test_merged_cells(tmp_path: Path, mapping: Path | None) -> None:
    """Numbers of several rows are nobody's; labels hold for all rows, and both say."""

    def merge(page: Any) -> None:
        page.merge_cells("D2:D3")
        page.merge_cells("B4:B5")
        page.merge_cells("F2:F5")

    rows = [HEAD, *pipes("A B C D E", 200, "PE", 500, 2001, "人民路")]
    table, rules = read(book(tmp_path / "供水.xlsx", rows, merge), mapping)
    assert table.index.tolist() == ["C", "D", "E"]
    assert table["diameter_mm"].isna().tolist() == [True, True, False]
    assert table["street"].tolist() == ["人民路"] * 3
    assert rules["inventory.merged_value"] == 4
    assert rules["inventory.merged_filled"] == 1


def test_merged_cost_of_projects(tmp_path: Path, catalogue: Catalogue) -> None:
    """A cost merged over two projects is the cost of neither."""
    head = ["项目名称", "建设单位", "总投资(万元)", "建设内容及规模", "项目属性",
            "产权性质", "建设起止年限"]  # fmt: skip
    row = ["水务公司", 3500, "改造供水管网3.2公里", "公益", "国有", "2026-2027"]
    rows = [head, *pipes("供水甲 供水乙 供水丙", *row)]
    path = book(tmp_path / "项目库.xlsx", rows, lambda page: page.merge_cells("C2:C3"))
    made = openpyxl.load_workbook(path)
    made.worksheets[0].title = "项目库"
    made.save(path)
    found = read_project_list(path, catalogue, "project-library", money_needed=False)
    assert found.projects["name"].tolist() == ["供水丙"]


@pytest.mark.parametrize(
    ("head", "row", "wanted"),
    [
        (["管段编号", "长度", "管材", "管径", "敷设年份", "道路名称"],
         [150, "PE", 400, 2001, "胜利路"], (150.0, 400.0)),
        (["管段编号", "管径", "管材", "长度(km)", "敷设年份", "道路名称"],
         [200, "PE", 1.2, 2001, "胜利路"], (1200.0, 200.0)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_another_header(
    tmp_path: Path, mapping: Path | None, suffix: str, head: list[str],
    row: list[Any], wanted: tuple[float, float],
) -> None:  # fmt: skip
    """Rows below a header with other columns or units are read under that one."""
    rows = [HEAD, *pipes("A B C", 200, "PE", 300, 2001, "人民路"), head]
    rows += pipes("Q R S", *row)
    path = tmp_path / f"供水.{suffix}"
    if suffix == "xlsx":
        book(path, rows)
    else:
        lines = (",".join(map(str, cells)) for cells in rows)
        path.write_text("\n".join(lines), encoding="utf-8")
    table, rules = read(path, mapping)
    assert table.loc["A", "length_m"] == 300
    assert (table.loc["Q", "length_m"], table.loc["Q", "diameter_mm"]) == wanted
    assert rules["inventory.other_header"] == 1


def test_the_same_header_again(tmp_path: Path, mapping: Path | None) -> None:
    """A header that only stands again is left out; nothing else changes."""
    rows = [HEAD, *pipes("A B", 200, "PE", 300, 2001, "人民路"), HEAD]
    rows += pipes("Q R", 200, "PE", 300, 2001, "人民路")
    table, rules = read(book(tmp_path / "供水.xlsx", rows), mapping)
    assert table.index.tolist() == ["A", "B", "Q", "R"]
    assert rules["inventory.repeated_header"] == 1
    assert "inventory.other_header" not in rules


def test_another_header_that_cannot_be_read(tmp_path: Path) -> None:
    """Rows below a header without a needed column are rejected, and its row said."""
    rows = [HEAD, *pipes("A B", 200, "PE", 300, 2001, "人民路")]
    rows += [["管段编号", "管径", "管材", "敷设年份"], ["Q", 200, "PE", 2001]]
    found = read_inventory(book(tmp_path / "供水.xlsx", rows), load())
    said = [issue for issue in found.issues if issue.code == "inventory.other_header"]
    assert [issue.row for issue in said] == [4]
    assert sum(count.rejected for count in found.counts) == 1


def test_a_later_header_without_the_unit(tmp_path: Path, mapping: Path | None) -> None:
    """A header without the unit of the first one keeps it, as a question."""
    first = [*HEAD[:3], "长度(km)", *HEAD[4:]]
    later = ["管段编号", "管材", "管径", "长度", "敷设年份", "道路名称"]
    rows = [first, *pipes("A B", 200, "PE", 1.5, 2001, "人民路"), later]
    rows += pipes("Q R", "PE", 200, 1.2, 2001, "人民路")
    table, rules = read(book(tmp_path / "供水.xlsx", rows), mapping)
    assert table.loc["Q", "length_m"] == 1200
    assert rules["inventory.unit_before"] == 1


def test_bare_codes_of_states(tmp_path: Path) -> None:
    """0 and 1 alone are no states, unless survey points say that it is CJJ 61."""
    rows = [[*HEAD, "使用状态"]]
    rows += [[*row, 1] for row in pipes("A B C", 200, "PE", 300, 2001, "人民路")]
    table, rules = read(book(tmp_path / "供水.xlsx", rows))
    assert "status" not in table or table["status"].isna().all()
    assert rules["inventory.bare_codes"] == 1
    rows = [[*HEAD, "使用状态", "起点点号", "终点点号"]]
    rows += [[f"P{i}", 200, "PE", 300, 2001, "人民路", 1, f"J{i}", f"J{i + 1}"]
             for i in range(4)]  # fmt: skip
    table, rules = read(book(tmp_path / "供水2.xlsx", rows))
    assert table["status"].tolist() == ["abandoned"] * 4
    assert rules["inventory.mostly_abandoned"] == 1


def test_identifiers_as_shown(tmp_path: Path, mapping: Path | None) -> None:
    """A1 and B1 are two pipes although both cells hold 1; lengths stay numbers."""

    def formats(page: Any) -> None:
        page["A2"].number_format = '"A"0'
        page["A3"].number_format = '"GP-"0000'
        page["A4"].number_format = "000000"
        page["D2"].number_format = "0000"

    rows = [HEAD, *([n, 200, "PE", 300, 2001, "人民路"] for n in (1, 1, 1021))]
    table, rules = read(book(tmp_path / "供水.xlsx", rows, formats), mapping)
    assert table.index.tolist() == ["A1", "GP-0001", "001021"]
    assert table["length_m"].tolist() == [300] * 3
    assert rules["inventory.shown_label"] == 1


def test_days_since_1904(tmp_path: Path) -> None:
    """38000 is a day of 2008 in a workbook that counts from 1904."""

    def since(page: Any) -> None:
        page.parent.epoch = CALENDAR_MAC_1904

    rows = [HEAD, *pipes("A B", 200, "PE", 300, 38000, "人民路")]
    table, _ = read(book(tmp_path / "供水.xlsx", rows, since))
    assert table["install_year"].tolist() == [2008, 2008]
    table, _ = read(book(tmp_path / "供水2.xlsx", rows))
    assert table["install_year"].tolist() == [2004, 2004]


def test_renewed_before_it_was_laid(tmp_path: Path) -> None:
    """Neither year is taken where they contradict each other; both are asked about."""
    rows = [[*HEAD, "改造年份"], ["A", 200, "PE", 300, 2012, "人民路", 1985]]
    rows += [["B", 200, "PE", 300, 1985, "人民路", 2012]]
    table, rules = read(book(tmp_path / "供水.xlsx", rows))
    years = table[["install_year", "renewed_year"]]
    assert years.loc["A"].isna().all()
    assert years.loc["B"].tolist() == [1985, 2012]
    assert rules["inventory.years_reversed"] == 2


def test_money_and_areas_have_a_usual_range(catalogue: Catalogue) -> None:
    """No column of money or area is without a range by which its unit is doubted."""
    tables = [*catalogue.asset_classes.values(), *extra_tables().values()]
    lacking = [
        (table.id, spec.name)
        for table in tables
        for spec in table.columns
        if dimension(spec.unit) in {"money", "area", "pledge"} and spec.usual is None
    ]
    assert lacking == []


def test_heated_areas_in_two_units(tmp_path: Path) -> None:
    """120,000 and 15.5 in one column are not both square metres."""
    rows: list[list[Any]] = [["管段编号", "长度(m)", "供热面积"]]
    rows += [[f"H{i}", 200 + i, 120_000 if i < 3 else 15.5] for i in range(6)]
    found = read_inventory(
        book(tmp_path / "a.xlsx", rows), load(), asset_class="heating_pipe"
    )
    areas = found.assets["heating_pipe"]["heated_area_m2"]
    assert areas.notna().tolist() == [True] * 3 + [False] * 3


def test_records_named_like_a_class(tmp_path: Path) -> None:
    """供水抢修 with days and kinds of failures is a list of failures."""
    path = tmp_path / "供水抢修.csv"
    path.write_text("管段编号,故障日期,故障类型\nA1,2020-01-01,爆管\n", "utf-8")
    found = read_inventory(path, load())
    assert len(found.unjoined_failures) + len(found.failures) == 1


def test_two_encodings_in_one_file(tmp_path: Path) -> None:
    """A header in UTF-8 over rows in GB18030 is refused with the first such line."""
    path = tmp_path / "供水.csv"
    head = "管段编号,管径,管材,长度(m),道路名称\nP1,200,PE,120,人民路\n".encode()
    path.write_bytes(head + "P2,200,PE,120,胜利路\n".encode("gb18030"))
    with pytest.raises(InputError) as error:
        read_inventory(path, load())
    item = error.value.messages[0]
    assert (item.code, item.params["line"]) == ("inventory.mixed_encoding", 3)


def test_one_header_over_two_lengths(tmp_path: Path) -> None:
    """长度 over 设计 and 竣工 is two lengths: the message says so."""
    rows = [["管段编号", "长度(m)", None, "管径"], [None, "设计", "竣工", None],
            ["P1", 100, 120, 200]]  # fmt: skip
    path = book(tmp_path / "供水.xlsx", rows, lambda page: page.merge_cells("B1:C1"))
    with pytest.raises(InputError) as error:
        read_inventory(path, load())
    codes = [item.code for item in error.value.messages]
    assert codes == ["inventory.missing_but_several"]


POINTS = """
id = "own"
source = "x"
title = { zh = "own", en = "own" }
[[assets]]
asset_class = "waterlogging_point"
files = ["*"]
[assets.columns]
name = "积水点名称"
district = "街道"
street = "道路名称"
depth_cm = "积水深度"
"""


@pytest.mark.parametrize("depth", ["积水深度(dm)", "积水深度（分米）"])
def test_names_identify_under_a_profile(tmp_path: Path, depth: str) -> None:
    """Points without numbers: a profile gives them the identifiers of the plain way."""
    rows = [["序号", "积水点名称", "街道", "道路名称", depth]]
    rows += [["1", "桥下", "城南", "人民路", "3"], ["2", "桥下", "城北", "胜利路", "4"],
             ["1", "桥下", "城南", "建设街", "5"]]  # fmt: skip
    path = book(tmp_path / "积水点.xlsx", rows)
    profile = tmp_path / "own.toml"
    profile.write_text(POINTS, encoding="utf-8")
    tables, asked = [], []
    for mapping in (None, profile):
        found = read_inventory(path, load(), "waterlogging_point", mapping=mapping)
        tables.append(found.assets["waterlogging_point"].set_index("asset_id"))
        asked.append(
            sorted(
                (issue.code, issue.row, issue.column, issue.position)
                for issue in found.issues
                if "serial" in issue.code or "name" in issue.code
            )
        )
    plain, mapped = tables
    assert mapped.index.tolist() == [
        "城南-桥下-人民路",
        "城北-桥下",
        "城南-桥下-建设街",
    ]
    assert mapped["depth_cm"].tolist() == [30, 40, 50]
    assert plain.index.tolist() == mapped.index.tolist()
    assert asked[0] == asked[1]
    assert ("inventory.serial_not_id", 1, "序号", 0) in asked[1]


def test_a_proposal_asks_for_no_identifier_where_names_make_it(tmp_path: Path) -> None:
    """`renewopt map` finds nothing missing in a list of points with names only."""
    rows = [["积水点名称", "街道", "道路名称", "积水深度(cm)"]]
    rows += [["桥下", "城南", "人民路", "30"], ["学校门口", "城北", "胜利路", "40"]]
    raws = read_raw(book(tmp_path / "积水点.xlsx", rows))
    proposal = propose(raws, load(), "waterlogging_point")
    assert proposal[0].missing == ()


def test_a_profile_without_identifiers_and_names_is_refused(tmp_path: Path) -> None:
    """Pipes need identifiers in a profile whatever they are called."""
    profile = tmp_path / "own.toml"
    text = PROFILE.replace('asset_id = "管段编号"', 'name = "管段编号"')
    profile.write_text(text, encoding="utf-8")
    rows = [HEAD, *pipes("A B", 200, "PE", 300, 2001, "人民路")]
    with pytest.raises(InputError) as error:
        read_inventory(book(tmp_path / "供水.xlsx", rows), load(), mapping=profile)
    codes = {item.code for item in error.value.messages}
    assert "inventory.mapping_required" in codes


def test_a_header_far_below(tmp_path: Path, mapping: Path | None) -> None:
    """A header under fourteen lines of instructions is found in either way."""
    rows = [[f"{n}.请按实际填写。"] for n in range(14)]
    rows += [HEAD, *pipes("A B C", 200, "PE", 125, 2001, "人民路")]
    table, _ = read(book(tmp_path / "供水.xlsx", rows), mapping)
    assert table["length_m"].tolist() == [125.0] * 3


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("近三年积水次数", "inventory.mapping_other_column"),
        ("2025年积水次数", "inventory.mapping_other_period"),
        ("近五年积水次数", ""),
        ("积水次数", ""),
    ],
)
def test_a_header_that_says_another_thing_than_the_profile(
    tmp_path: Path, header: str, code: str
) -> None:
    """Counts of three years, or of one, that a profile takes for five: asked about."""
    rows = [["积水点名称", "街道", "道路名称", "积水深度(cm)", header]]
    rows += [
        ["桥下", "城南", "人民路", "30", "2"],
        ["学校", "城北", "胜利路", "40", "3"],
    ]
    profile = tmp_path / "own.toml"
    profile.write_text(f'{POINTS}events_5y = "{header}"\n', encoding="utf-8")
    path = book(tmp_path / "积水点.xlsx", rows)
    found = read_inventory(path, load(), mapping=profile)
    said = [(i.code, i.column) for i in found.issues if "mapping_other" in i.code]
    assert said == ([(code, header)] if code else [])
    assert found.assets["waterlogging_point"]["events_5y"].tolist() == [2, 3]


def test_ages_under_a_profile(tmp_path: Path, mapping: Path | None) -> None:
    """管龄 that a profile takes for the year is an age all the same."""
    head = [*HEAD[:4], "管龄", HEAD[5]]
    rows = [head, *pipes("A B", 200, "PE", 300, 25, "人民路")]
    if mapping is not None:
        text = mapping.read_text(encoding="utf-8").replace("敷设年份", "管龄")
        mapping.write_text(text, encoding="utf-8")
    found = read_inventory(
        book(tmp_path / "供水.xlsx", rows), load(), mapping=mapping, as_of_year=2026
    )
    years = found.assets["water_pipe"]["install_year"]
    assert years.tolist() == [2001, 2001]


def test_a_header_states_single_pipes(tmp_path: Path, mapping: Path | None) -> None:
    """管线长度（供回水合计） counts each pipe, whoever says that it is the length."""
    head = [HEAD[0], HEAD[1], HEAD[2], "管线长度（供回水合计）(m)", *HEAD[4:]]
    rows = [head, *pipes("A B", 200, "PE", 300, 2001, "人民路")]
    path = book(tmp_path / "供热.xlsx", rows)
    if mapping is not None:
        text = mapping.read_text(encoding="utf-8").replace("长度", head[3], 1)
        text = text.replace("water_pipe", "heating_pipe").replace("供水", "供热")
        mapping.write_text(text, encoding="utf-8")
        found = read_inventory(path, load(), mapping=mapping)
    else:
        found = read_inventory(path, load(), asset_class="heating_pipe")
    basis = found.assets["heating_pipe"]["length_basis"]
    assert basis.tolist() == ["single_pipe"] * 2


def test_a_later_block_of_another_class(tmp_path: Path) -> None:
    """Below 二、供热管道 stand heating pipes, in a sheet of water pipes too."""
    head = ["管线编号", "管径(mm)", "管长(m)", "敷设年份"]
    rows = [["一、供水管道"], head, *pipes("G1 G2", 200, 100, 2001), ["二、供热管道"]]
    rows += [[*head, "保温状况"], *pipes("H1 H2", 300, 150, 1999, "良好")]
    found = read_inventory(book(tmp_path / "台账.xlsx", rows), load())
    ids = {name: table["asset_id"].tolist() for name, table in found.assets.items()}
    assert ids == {"water_pipe": ["G1", "G2"], "heating_pipe": ["H1", "H2"]}
    assert "inventory.other_header" in {issue.code for issue in found.issues}
