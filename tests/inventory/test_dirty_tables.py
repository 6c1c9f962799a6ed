"""Headers, rows and columns as bureaus keep them, table by table."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewopt.core.errors import InputError
from renewopt.inventory.body import body_below
from renewopt.inventory.cells import AsOf
from tests.inventory.making import codes, parse, raw

HEAD = "管线编号|道路名称|管长(m)|管材"


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ("管长(m)", 1.5), ("长度/km", 1500), ("长度（千米）", 1500), ("管长_m", 1.5),
        ("管长：米", 1.5), ("长度 km", 1500), ("长度km", 1500), ("*管长(m)", 1.5),
        ("3.管长(m)", 1.5), ("管长⏎(m)", 1.5), ("管长（单位：公里）", 1500),
        ("管长[必填]", 1.5), ("ＬＥＮＧＴＨ（ｋｍ）", 1500),
    ],
)  # fmt: skip
def test_units_and_marks_in_headers(header: str, length: float) -> None:
    """A unit counts however it is written; marks around a header do not."""
    table = parse(f"管线编号|{header}\nA1|1.5".replace("⏎", "\u2028"))
    assert table.frame["length_m"].tolist() == [length]


def test_two_header_rows_and_a_row_of_units() -> None:
    """起点 over 点号 is one header; units in a row of their own count."""
    table = parse("""
某县供水管网台账||||||
序号|管线编号|起点||终点||管长|规划
||点号|埋深|点号|埋深||管径
||||||(km)|
1|A1|J1|1.2|J2|1.3|0.5|300
""")
    row = table.frame.iloc[0].to_dict()
    assert row == {
        "asset_id": "A1", "start_node": "J1", "end_node": "J2",
        "length_m": 500, "burial_depth_m": 1.2,
    }  # fmt: skip
    assert ("unknown_column", 4, "规划 管径", "note") in codes(table)
    assert table.count.read == table.count.kept == 1


def test_three_header_rows_with_merged_groups() -> None:
    """Merged group cells name every column below them."""
    table = parse(
        "基本信息||管道属性||\n编号信息||尺寸|材质|\n管线编号|道路名称|管长(m)|管材|备注\n"
        "A1|人民路|5|PE|x",
        merged=[(0, 0, 0, 1), (0, 2, 0, 3), (1, 0, 1, 1), (0, 4, 1, 4)],
    )
    assert table.frame["asset_id"].tolist() == ["A1"]
    assert table.frame["material"].tolist() == ["pe"]


def test_numbered_columns_and_the_unit_of_the_title() -> None:
    """A row that numbers the columns is no asset; 单位：公里 holds for lengths."""
    table = parse("""
某县供水管网台账||单位：公里
管线编号|长度|管径
1|2|3
A1|0.5|200
""")
    assert table.frame[["length_m", "diameter_mm"]].to_numpy().tolist() == [[500, 200]]
    assert codes(table) == [("unit_above", 1, "长度", "repaired")]


def test_a_unit_in_a_header_counts_though_the_whole_is_known() -> None:
    """长度(km) stands in the list of headers as it is: kilometres all the same."""
    table = parse("管线编号|长度(km)\nA1|0.5\nA2|0.7\nA3|1.1")
    assert table.frame["length_m"].tolist() == [500, 700, 1100]
    assert not any(severity == "questioned" for *_, severity in codes(table))


def test_the_unit_of_the_title_yields_to_that_of_the_header() -> None:
    """单位：公里 above, 管长(m) in the header: metres, as the header says."""
    table = parse("某县台账||单位：公里\n管线编号|管长(m)|管材\nA1|150|PE\nA2|90|PE")
    assert table.frame["length_m"].tolist() == [150, 90]


def test_small_pipes_stated_in_millimetres_are_not_doubted() -> None:
    """DN65 and DN40 under 管径(mm) are yard pipes, whatever ten times would be."""
    table = parse("管线编号|管长|管径(mm)\nA1|50|65\nA2|50|40\nA3|50|20\nA4|50|25")
    assert codes(table) == []


def test_a_header_twice_loses_that_column_only() -> None:
    """管材 twice: neither is read, that is asked, all else comes in."""
    table = parse("管线编号|管长|管材|管材\nA1|5|PE|钢")
    assert list(table.frame) == ["asset_id", "length_m"]
    assert codes(table) == [("header_repeated", 1, "管材", "questioned")]


def test_a_count_of_rows_stands_in_for_identifiers() -> None:
    """序号 is taken where there is nothing else, and asked about; else never."""
    table = parse("序号|管长\n1|5\n2|6")
    assert table.frame["asset_id"].tolist() == ["1", "2"]
    assert ("serial_as_id", 1, "序号", "questioned") in codes(table)
    table = parse("序号|管线编号|管长\n1|A7|5")
    assert table.frame["asset_id"].tolist() == ["A7"]


def test_rows_that_are_no_assets() -> None:
    """Totals wherever they say so, repeated headers and footnotes are named."""
    table = parse(f"""
{HEAD}
A1|人民路|100|PE
A2|人民路|50|PE
小　计||150|
{HEAD}
A3|胜利路|10|PE
|合 计|165|
共计3条|||
注：截至2023年底|||
填表人：张三||审核人：李四|
|单位负责人（签字）：||（盖章）
""")
    assert table.frame["asset_id"].tolist() == ["A1", "A2", "A3"]
    found = codes(table)
    assert ("repeated_header", 5, "", "note") in found
    assert ("footnote_says", 9, "", "questioned") in found
    assert ("footnote", 10, "", "note") in found
    assert ("footnote", 11, "", "note") in found
    assert ("total_differs", 7, "管长(m)", "questioned") in found
    assert not any(row == 4 and code == "total_differs" for code, row, _, _ in found)
    count = table.count
    assert (count.read, count.kept, count.subtotals) == (10, 3, 3)
    assert count.left_out == {"repeated_headers": 1, "notes": 3}


def test_merged_labels_fill_down_and_numbers_do_not() -> None:
    """A merged street holds for its rows; a merged year belongs to none of them."""
    table = parse(
        "管线编号|道路名称|管长|敷设年份\nA1|人民路|10|1998\nA2||20|\nA3|胜利路|30|1999",
        merged=[(1, 1, 2, 1), (1, 3, 2, 3)],
    )
    assert table.frame["street"].tolist() == ["人民路", "人民路", "胜利路"]
    assert table.frame["install_year"].isna().tolist() == [True, True, False]
    assert codes(table) == [
        ("merged_filled", 2, "道路名称", "repaired"),
        ("merged_value", 2, "敷设年份", "questioned"),
        ("merged_value", 3, "敷设年份", "questioned"),
    ]
    assert table.qualities["asset_id"].tolist() == ["A2"]


def test_blanks_below_labels_are_filled_and_asked_about() -> None:
    """Without merge information a group of blanks is filled, each cell questioned."""
    table = parse(
        "所属街道|管线编号|管长\n城南街道|A1|5\n|A2|5\n|A3|5\n城北街道|A4|5\n|A5|5"
    )
    assert table.frame["district"].tolist() == ["城南街道"] * 3 + ["城北街道"] * 2
    assert [c for c in codes(table) if c[0] == "label_filled"] == [
        ("label_filled", row, "所属街道", "questioned") for row in (3, 4, 6)
    ]


def test_a_column_in_another_unit_is_asked_about() -> None:
    """Kilometres under (m): kept, with an interval that holds both readings."""
    table = parse("管线编号|管长(m)\nA1|0.5\nA2|0.7\nA3|1.1")
    assert codes(table) == [("unit_magnitude", 0, "管长(m)", "questioned")]
    assert table.issues[0].params["likely"] == "km"
    assert table.frame["length_m"].tolist() == [0.5, 0.7, 1.1]
    # 0.5 km may be anything from 450 to 550 m.
    assert table.qualities[["low", "high"]].to_numpy().tolist() == [
        [0.5, pytest.approx(550)], [0.7, pytest.approx(750)], [1.1, pytest.approx(1150)]
    ]  # fmt: skip


def test_sizes_in_centimetres_are_asked_about() -> None:
    """15, 20, 30 without a unit may be cm; with (mm) in the header they are mm."""
    asked = parse("管线编号|管长(m)|管径\nA1|50|15\nA2|50|20\nA3|50|30")
    assert ("unit_magnitude", 0, "管径", "questioned") in codes(asked)
    stated = parse("管线编号|管长(m)|管径(mm)\nA1|50|15\nA2|50|20\nA3|50|32")
    assert codes(stated) == []


def test_amounts_in_yuan_among_others_in_wan() -> None:
    """An amount a thousand times the median may be in 元: kept, with both readings.

    One beyond all that is usual for a project is not taken.
    """
    head = "项目名称|项目法人|类别|属性|产权|总投资(万元)|隐患等级"
    for amount, code in ((400_000, "amount_far"), (5_000_000, "unit_of_cell")):
        rows = "\n".join(f"甲{n}|丙|供水管道|公益|政府|{v}|3" for n, v in
                         enumerate((300, 250, 400, amount, 350, 200)))  # fmt: skip
        said = codes(parse(f"{head}\n{rows}", "project_list"))
        assert said[0][:3] == (code, 5, "总投资(万元)")


@pytest.mark.parametrize(
    ("remark", "columns"),
    [
        ("2010年已改PE", {"敷设年份", "管材"}),
        ("2015年已更换", {"敷设年份"}),
        ("已拆除", {"使用状态"}),
        ("实际管径DN450", {"管径"}),
        ("管长有误", {"管长"}),
        ("计划2027年更换为PE管", set()),
        ("位于人行道下", set()),
        ("2024年普查核实", set()),
    ],
)
def test_remarks_that_contradict_a_column(remark: str, columns: set[str]) -> None:
    """The column that a remark contradicts is asked about; nothing is changed."""
    head = "管线编号|管长|管径|敷设年份|管材|使用状态|备注"
    table = parse(f"{head}\nA1|50|200|1990|灰口铸铁|在用|{remark}")
    asked = {column for code, _, column, _ in codes(table)}
    assert asked == columns
    assert table.frame["install_year"].tolist() == [1990]
    assert table.frame["material"].tolist() == ["grey_cast_iron"]


def test_owners_in_several_spellings_are_listed() -> None:
    """Names that are probably one are listed once; the rarer ones are asked about."""
    table = parse("""
管线编号|管长|权属单位
A1|50|合成县供水有限公司
A2|50|合成县供水有限公司
A3|50|合成供水公司
A4|50|合成县供水有限责任公司
A5|50|合成县燃气有限公司
""")
    assert codes(table) == [
        ("spellings", 0, "权属单位", "note"),
        ("spelling", 4, "权属单位", "questioned"),
        ("spelling", 5, "权属单位", "questioned"),
    ]
    assert table.frame["owner"].nunique() == 4


def test_pairs_of_pipes_set_the_number_where_the_class_has_one() -> None:
    """2×DN300 is two pipes in a heating route; a water table has no place for it."""
    head = "管线编号|管长|管径|管道根数|长度口径"
    table = parse(f"{head}\nA1|50|2×DN300||路由\nA2|50|2×DN300|1|路由", "heating_pipe")
    assert table.frame["pipes_per_route"].tolist() == [2, 1]
    assert ("pipes_unclear", 3, "管径", "questioned") in codes(table)
    water = parse("管线编号|管长|管径\nA1|50|2×DN300")
    assert ("pipes_unclear", 2, "管径", "questioned") in codes(water)


def test_metres_of_what_is_asked() -> None:
    """A heating table that does not say what its lengths count is asked once."""
    table = parse("管线编号|管长\nA1|50\nA2|60", "heating_pipe")
    assert codes(table) == [("length_basis_unknown", 0, "长度口径", "questioned")]


def test_ticks_alone_do_not_say_no() -> None:
    """√ and blanks: a blank may be no or unknown."""
    table = parse("管线编号|管长|占压\nA1|5|√\nA2|5|", "gas_pipe")
    assert codes(table) == [("ticks_only", 0, "占压", "questioned")]


def test_places_that_cannot_be() -> None:
    """Swapped and zero coordinates are taken back and asked about."""
    table = parse("点位编号|经度|纬度\nP1|111.1|41.5\nP2|41.5|111.1\nP3|0|41.5",
                  "waterlogging_point")  # fmt: skip
    assert table.frame["lon"].isna().tolist() == [False, True, True]
    found = {(code, row) for code, row, _, _ in codes(table)}
    assert {("place_swapped", 3), ("place_zero", 4)} <= found


def test_metres_under_degrees_give_no_place_at_all() -> None:
    """Where most rows hold metres, the few that look like degrees are none either."""
    rows = "P1|37501674|4606658\nP2|37501700|4606700\nP3|37501800|4606800\nP4|111|41"
    table = parse(f"点位编号|经度|纬度\n{rows}", "waterlogging_point")
    assert table.frame["lon"].isna().all()
    assert table.frame["lat"].isna().all()
    asked = {row for code, row, _, severity in codes(table) if severity != "note"}
    assert asked == {2, 3, 4, 5}
    most = "P1|111.1|41.5\nP2|111.1|41.6\nP3|111.2|41.5\nP4|37501674|4606658"
    table = parse(f"点位编号|经度|纬度\n{most}", "waterlogging_point")
    assert table.frame["lon"].isna().tolist() == [False, False, False, True]


def test_shifted_rows_are_kept_out() -> None:
    """A row whose cells all stand one column too far left is nonsense."""
    head = "管线编号|道路名称|管长|管材|敷设年份|使用状态|管径"
    rows = "\n".join(f"A{n}|人民路|{n}0|PE|1999|在用|200" for n in range(1, 5))
    table = parse(f"{head}\n{rows}\nA9|55|PE|1999|在用|DN100|")
    assert ("row_shifted", 6, "", "rejected") in codes(table)
    assert "A9" not in table.frame["asset_id"].tolist()


def test_ages_under_an_age_header() -> None:
    """管龄 counts from the year that the user states."""
    table = parse("管线编号|管长|管龄\nA1|50|15", as_of=AsOf(2020))
    assert table.frame["install_year"].tolist() == [2005]
    assert codes(table) == [("age_to_year", 2, "管龄", "repaired")]


CELLS = st.sampled_from(
    ["", "A1", "A2", "5", "约5", "合计", "小计", "注：x", "PE", "管线编号", "管长",
     "-1", "同上", "单位：km", "1998", "管材"]
)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8))
def test_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    """Rows read = kept + rejected + left out + totals, whatever stands in them."""
    lines = ["管线编号|管长|管材", *("|".join(row) for row in rows)]
    table = parse("\n".join(lines))
    count = table.count
    gone = count.rejected + sum(count.left_out.values()) + count.subtotals
    assert count.read == count.kept + gone
    assert count.kept == len(table.frame)
    below = raw("\n".join(lines)).grid.iloc[1:]
    filled = int((below != "").any(axis=1).sum())
    header_rows = filled - body_below(raw("\n".join(lines)), 0).read
    assert header_rows == 0
    assert filled - count.read in {0, 1, 2, 3}


@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=6))
def test_no_table_crashes_the_reader(rows: list[list[str]]) -> None:
    """Any grid of such words is read, or refused with a message."""
    with contextlib.suppress(InputError):
        table = parse("\n".join("|".join(row) for row in rows))
        assert table.frame["asset_id"].notna().all()


DIRTY = st.sampled_from(
    ["约500", "≥300", "120多米", "0.5", "0.4", "1.2公里", "300-400", "2000年前", "路由",
     "九十年代", "约1998", "1985-1998", "de110", "Φ219×6", "DN200/150", "15", "2×DN300",
     "", "x"]
)  # fmt: skip


@given(st.lists(st.lists(DIRTY, min_size=5, max_size=5), min_size=3, max_size=8))
def test_every_value_lies_inside_its_stated_interval(rows: list[list[str]]) -> None:
    """What a table lists as bounded holds the value that it gives, cell by cell."""
    head = "管线编号|单管长度|管径|敷设年份|埋深|长度口径"
    lines = [f"A{i}|" + "|".join(row) for i, row in enumerate(rows)]
    table = parse("\n".join([head, *lines]), "heating_pipe")
    frame = table.frame.set_index("asset_id")
    bounded = table.qualities[table.qualities["quality"] == "bounded"]
    for item in bounded.to_dict("records"):
        value = float(frame.loc[item["asset_id"], item["column"]])
        assert item["low"] <= value <= item["high"], item
    listed = table.qualities[["asset_id", "column"]]
    assert not listed.duplicated().any()
