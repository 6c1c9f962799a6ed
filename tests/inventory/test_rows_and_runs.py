"""Rows that are no assets, runs of blanks, and what headers say of other columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import load
from renewopt.inventory import read_inventory
from tests.inventory.making import codes, parse
from tests.inventory.readers.making import xlsx


def _asked(text: str, *names: str, table: str = "water_pipe") -> list[tuple[str, int]]:
    """List (code, row) of the issues with these codes."""
    return [(code, row) for code, row, *_ in codes(parse(text, table)) if code in names]


# --- what a header states ----------------------------------------


def test_a_header_states_the_basis_of_its_lengths() -> None:
    """单管长度: the basis is taken from the header where the rows state none."""
    table = parse("管线编号|单管长度(m)\nA1|100\nA2|80", "heating_pipe")
    assert table.frame["length_basis"].tolist() == ["single_pipe"] * 2
    assert table.frame["length_m"].tolist() == [100, 80]
    assert codes(table) == [("header_states", 0, "单管长度(m)", "repaired")]
    listed = table.qualities[["asset_id", "column", "quality", "raw"]]
    assert listed.to_numpy().tolist() == [
        ["A1", "length_basis", "converted", "单管长度(m)"],
        ["A2", "length_basis", "converted", "单管长度(m)"],
    ]


def test_rows_that_contradict_their_header() -> None:
    """Neither basis is taken; the length may count the route or each of its pipes."""
    head = "管线编号|单管长度(m)|长度口径|管道根数"
    rows = "A1|100|路由|2\nA2|约200|路由|\nA3|50|路由|1\nA4|70|单管|2"
    table = parse(f"{head}\n{rows}", "heating_pipe")
    assert table.frame["length_basis"].isna().tolist() == [True] * 3 + [False]
    assert table.frame["length_m"].tolist() == [100, 200, 50, 70]
    assert ("header_contradicts", 0, "单管长度(m)", "questioned") in codes(table)
    assert ("not_as_header", 0, "长度口径", "questioned") in codes(table)
    assert not any(code == "length_basis_unknown" for code, *_ in codes(table))
    bounds = table.qualities.set_index(["asset_id", "column"])[["low", "high"]]
    assert bounds.to_dict("index") == {
        ("A1", "length_m"): {"low": 50, "high": 100},
        ("A2", "length_m"): {"low": 90, "high": 220},
    }


def test_a_header_that_agrees_says_nothing_new() -> None:
    """Where every row states what the header says, nothing is asked or noted."""
    table = parse("管线编号|单管长度(m)|长度口径\nA1|100|单管", "heating_pipe")
    assert table.frame["length_basis"].tolist() == ["single_pipe"]
    assert codes(table) == []


# --- runs of blanks ----------------------------------------


def test_blank_amounts_below_an_amount() -> None:
    """A length above rows without one may be the sum of them all: asked about."""
    text = "管线编号|管长\nA1|90\nA2|\nA3|\nA4|20"
    assert _asked(text, "amount_above_blanks", "empty_required") == [
        ("amount_above_blanks", 2), ("empty_required", 3), ("empty_required", 4),
    ]  # fmt: skip
    assert parse(text).issues[0].params["rows"] == 2


def test_blank_years_in_long_runs() -> None:
    """Years with gaps of two and more may have been merged; single gaps are gaps."""
    rows = ["1990", "1990", "1991", "", "", "1992", "1993", "1999"]
    lines = "\n".join(f"A{i}|5|{year}" for i, year in enumerate(rows))
    text = f"管线编号|管长|敷设年份\n{lines}"
    assert _asked(text, "blank_below") == [("blank_below", 5), ("blank_below", 6)]
    single = text.replace("A4|5|\n", "A4|5|1992\n")
    assert _asked(single, "blank_below") == []


def _labels(*names: str) -> str:
    lines = "\n".join(f"A{i}|{name}|5" for i, name in enumerate(names))
    return f"管线编号|道路名称|管长\n{lines}"


def test_labels_with_blanks_that_never_repeat_may_have_been_merged() -> None:
    """人民路, blank, 胜利路 …: each written once, so the blanks may belong above."""
    text = _labels("人民路", "", "胜利路", "建设路", "", "中山路", "文化路", "东风路")
    table = parse(text)
    assert _asked(text, "labels_apart") == [("labels_apart", 0)]
    issue = next(i for i in table.issues if i.code == "inventory.labels_apart")
    assert issue.params["cells"] == 2
    assert table.frame["street"].isna().tolist()[1]


@pytest.mark.parametrize(
    "names",
    [
        ("人民路", "人民路", "", "胜利路", "", "建设路"),
        ("", "人民路", "", "胜利路", "建设路", "中山路", "文化路"),
    ],
)
def test_labels_that_were_never_merged_are_just_missing(names: list[str]) -> None:
    """A label that stands below itself, or a blank on top: no cells were merged."""
    assert _asked(_labels(*names), "labels_apart", "blank_below") == []


def test_a_few_blank_labels_are_asked_about_one_by_one() -> None:
    """One blank in twelve labels: its row is named, with the label above."""
    text = _labels(*["人民路"] * 6, "", *["胜利路"] * 5)
    assert _asked(text, "blank_below", "labels_apart") == [("blank_below", 8)]
    issue = next(i for i in parse(text).issues if i.code == "inventory.blank_below")
    assert issue.params["above"] == "人民路"


def test_nothing_is_asked_under_our_own_names() -> None:
    """A clean table of ours never had merged cells."""
    text = _labels("人民路", "", "胜利路", "建设路").replace("道路名称", "street")
    assert _asked(text, "labels_apart", "blank_below") == []


# --- rows that are no assets ----------------------------------------


def test_headings_between_the_rows() -> None:
    """一、城南街道 alone in its row is a heading: left out, counted and named."""
    table = parse("""
管线编号|道路名称|管长|管材
一、城南街道|||
A1|人民路|5|PE
A2|胜利路|6|PE
（二）其他|||
A3|建设路|7|PE
A4|中山路|8|PE
""")
    assert table.frame["asset_id"].tolist() == ["A1", "A2", "A3", "A4"]
    assert table.count.left_out == {"headings": 2}
    assert [c for c in codes(table) if c[0] == "section_row"] == [
        ("section_row", 2, "", "note"), ("section_row", 5, "", "note"),
    ]  # fmt: skip


def test_a_row_with_nothing_but_an_identifier_is_no_heading() -> None:
    """Without the number of a heading a lone cell is an asset that lacks the rest."""
    table = parse("""
管线编号|道路名称|管长|管材
A1|人民路|5|PE
A2|||
A3|人民路|5|PE
""")
    assert "headings" not in table.count.left_out
    assert ("empty_required", 3, "管长", "rejected") in codes(table)


def test_mostly_lone_rows_are_no_headings() -> None:
    """Where most rows are lone and numbered, they are data of some other kind."""
    table = parse("""
管线编号|道路名称|管长|管材
一、甲|||
二、乙|||
三、丙|||
A1|人民路|5|PE
""")
    assert table.count.left_out == {}
    assert table.count.rejected == 3


@pytest.mark.parametrize("column", [0, 1, 3, 5])
def test_totals_are_found_in_any_column(column: int) -> None:
    """合计 in whatever column makes the row a total, even right of the figures."""
    cells = ["", "", "11", "", "", ""]
    cells[column] = "合　计"
    rows = "A1|人民路|5|PE|在用|x\nA2|胜利路|6|PE|在用|y"
    head = "管线编号|道路名称|管长|管材|使用状态|备注"
    table = parse(f"{head}\n{rows}\n{'|'.join(cells)}")
    assert table.frame["asset_id"].tolist() == ["A1", "A2"]
    assert table.count.subtotals == 1
    assert ("subtotal", 4, "", "note") in codes(table)


@pytest.mark.parametrize(
    "word",
    [
        "总长度(米)", "总长", "总长度", "总 长", "全长", "累计长度", "总数", "总量",
        "Sum", "Σ", "∑长度", "计", "全县管网总长度：", "管道总长", "总里程(km)",
        "总和", "SUM:", "平均长度", "average", "总计", "总长度：11米",
    ],
)  # fmt: skip
def test_rows_of_grand_totals_are_no_assets(word: str) -> None:
    """Whatever word a grand total goes by, its length is not counted twice."""
    head = "管线编号|道路名称|管长|管材|使用状态|备注"
    rows = "A1|人民路|5|PE|在用|x\nA2|胜利路|6|PE|在用|y"
    table = parse(f"{head}\n{rows}\n{word}||11|||")
    assert table.frame["asset_id"].tolist() == ["A1", "A2"]
    assert ("subtotal", 4, "", "note") in codes(table)


def test_a_grand_total_is_held_against_its_rows() -> None:
    """总长度 that no sum explains is asked about like any other total."""
    table = parse("管线编号|管长|备注\nA1|5|\nA2|6|\n总长度|17|")
    assert ("total_differs", 4, "管长", "questioned") in codes(table)


@pytest.mark.parametrize(
    "word", ["总管1", "全长路1号", "计量间支线", "总量小区", "SUM-1"]
)
def test_identifiers_that_hold_words_of_totals_are_assets(word: str) -> None:
    """Only the whole word makes a total, and only where the row holds little else."""
    table = parse(f"管线编号|道路名称|管长\nA1|人民路|5\n{word}|胜利路|6")
    assert table.frame["asset_id"].tolist() == ["A1", word]
    full = parse(
        "长度口径|管线编号|道路名称|管长|管材\n管道总长|A1|人民路|5|钢\n"
        "管道总长|A2|人民路|6|钢",
        "heating_pipe",
    )
    assert full.frame["asset_id"].tolist() == ["A1", "A2"]


def test_a_total_that_does_not_add_up_is_asked_about() -> None:
    """The printed total is held against the rows above, in the column's unit."""
    text = "管线编号|管长(km)|备注\nA1|0.5|\nA2|0.6|\n|{}|合计"
    right, wrong = parse(text.format("1.1")), parse(text.format("1.3"))
    assert not any(code == "total_differs" for code, *_ in codes(right))
    assert ("total_differs", 4, "管长(km)", "questioned") in codes(wrong)


def test_the_other_row_of_a_rejected_identifier_is_asked_about() -> None:
    """Of two rows with one identifier one is rejected: the other may be wrong."""
    table = parse("管线编号|管长\nA1|5\nA1|-5\nA2|6")
    assert table.frame["asset_id"].tolist() == ["A1", "A2"]
    assert ("id_of_rejected", 2, "管线编号", "questioned") in codes(table)
    alone = parse("管线编号|管长\nA1|5\nA3|-5\nA2|6")
    assert not any(code == "id_of_rejected" for code, *_ in codes(alone))


# --- units of a whole column ----------------------------------------


def test_the_interval_of_a_doubted_unit_holds_what_was_rounded() -> None:
    """1.23 万㎡ may stand for 12,345 ㎡: half of the last place belongs to it."""
    rows = "\n".join(f"X{i}|120|{v}" for i, v in enumerate(("1.23", "0.87", "2.4")))
    table = parse(f"小区编号|户数|建筑面积\n{rows}", "residential_compound")
    assert ("unit_magnitude", 0, "建筑面积", "questioned") in codes(table)
    own = table.qualities[table.qualities["column"] == "floor_area_m2"]
    first = own.set_index("asset_id").loc["X0"]
    assert first["low"] == 1.23
    assert first["high"] == pytest.approx(12_350, abs=0.1)


# --- false alarms ----------------------------------------


def test_a_rejected_row_needs_no_basis() -> None:
    """A total without a word is kept out, so nobody is asked for its basis."""
    head = "管线编号|管长|长度口径"
    table = parse(f"{head}\nA1|50|路由\nA2|60|路由\n|110|", "heating_pipe")
    assert not any(code == "length_basis_unknown" for code, *_ in codes(table))
    table = parse(f"{head}\nA1|50|路由\nA2|60|", "heating_pipe")
    (issue,) = [i for i in table.issues if i.code == "inventory.length_basis_unknown"]
    assert issue.params["rows"] == 1


def test_a_cell_that_holds_an_error_is_no_blank(tmp_path: Path) -> None:
    """#REF! below a length is asked about itself; the length above it is not."""
    rows: list[list[object]] = [["管线编号", "管长"], ["A1", 50.0], ["A2", "#REF!"]]
    xlsx(tmp_path / "water_pipe.xlsx", {"表": [*rows, ["A3", 70.0]]})
    found = {(i.code.split(".")[1], i.row) for i in
             read_inventory(tmp_path, load()).issues}  # fmt: skip
    assert ("error_value", 3) in found
    assert not any(code == "amount_above_blanks" for code, _ in found)


def test_named_subtotals_in_the_last_column() -> None:
    """人民路小计 under the identifiers, which stand last: a total, and no asset."""
    head = "管长(m)|材质|道路名称|敷设年份|管线编号"
    rows = "10|PE|人民路|2003|A1\n20|PE|人民路|2004|A2\n30||||人民路小计"
    table = parse(f"{head}\n{rows}")
    assert table.frame["asset_id"].tolist() == ["A1", "A2"]
    assert table.count.subtotals == 1
    full = parse(f"{head}\n{rows}\n5|PE|人民路|2003|统计局小计")
    assert full.frame["asset_id"].tolist() == ["A1", "A2", "统计局小计"]
