"""Names that are probably the same: asked about, row by row, and never changed."""

from __future__ import annotations

from pathlib import Path

from renewopt.catalogue import load
from renewopt.inventory import read_inventory
from tests.inventory.making import codes, parse

HEAD = "管线编号|所属片区|管长"


def _table(names: list[str]) -> str:
    rows = [f"A{i}|{name}|5" for i, name in enumerate(names)]
    return "\n".join([HEAD, *rows])


def _asked(text: str) -> list[tuple[str, int]]:
    found = {"spelling", "district_form"}
    return [(code, row) for code, row, *_ in codes(parse(text)) if code in found]


def test_a_rarer_spelling_of_a_sub_district_is_asked_about() -> None:
    """城南街道办 beside 城南街道: the rarer one's row is named, both stay."""
    text = _table(["城南街道", "城南街道", "城南街道办", "城北街道"])
    assert _asked(text) == [("spelling", 4)]
    assert parse(text).frame["district"].tolist()[2] == "城南街道办"


def test_the_columns_own_form_counts_more_than_the_number_of_rows() -> None:
    """Two rows of 城东街道办 are asked about, not the one of 城东街道."""
    names = ["城南街道"] * 4 + ["城北街道"] * 4 + ["城东街道", *["城东街道办"] * 2]
    assert _asked(_table(names)) == [("spelling", 11), ("spelling", 12)]


def test_an_odd_form_without_a_twin_is_asked_about() -> None:
    """Among 城南街道 and 城北街道 a lone 城东街道办 or 城东 is written otherwise."""
    names = ["城南街道"] * 3 + ["城北街道"] * 3
    assert _asked(_table([*names, "城东街道办"])) == [("district_form", 8)]
    assert _asked(_table([*names, "城东"])) == [("district_form", 8)]


def test_other_kinds_of_places_are_no_odd_form() -> None:
    """Towns, villages, zones and 其他 beside sub-districts bring no question."""
    names = ["城南街道", "城北街道", "双龙镇", "开发区", "河西乡", "王家村", "其他"]
    assert _asked(_table(names)) == []


def test_two_equally_common_forms_bring_no_question() -> None:
    """Where half of the rows are written either way, none of them is the odd one."""
    names = ["城南街道", "城北街道", "城东街道办", "城西街道办"]
    assert _asked(_table(names)) == []


def test_spellings_are_compared_between_tables(tmp_path: Path) -> None:
    """A table that writes 城东街道办 throughout is held against the other tables."""
    for name, place in (("供水管道一", "城东街道"), ("供水管道二", "城东街道办")):
        rows = "".join(f"{name[-1]}{i},{place},5\n" for i in range(3))
        path = tmp_path / f"{name}.csv"
        path.write_text("管线编号,所属片区,管长\n" + rows, "utf-8")
    found = read_inventory(tmp_path, load())
    asked = [i for i in found.issues if i.code == "inventory.spelling"]
    assert [(i.file, i.row) for i in asked] == [
        ("供水管道二.csv", row) for row in (2, 3, 4)
    ]
    assert asked[0].params == {"common": "城东街道"}
    assert set(found.assets["water_pipe"]["district"]) == {"城东街道", "城东街道办"}


def test_a_row_is_asked_about_once_only(tmp_path: Path) -> None:
    """What a table's own names brought up is not asked again because of another."""
    for name in ("供水管道一", "供水管道二"):
        places = ["城东街道", "城东街道", "城东街道办"]
        rows = "".join(f"{name[-1]}{i},{p},5\n" for i, p in enumerate(places))
        path = tmp_path / f"{name}.csv"
        path.write_text("管线编号,所属片区,管长\n" + rows, "utf-8")
    found = read_inventory(tmp_path, load())
    asked = [(i.file, i.row) for i in found.issues if i.code == "inventory.spelling"]
    assert asked == [("供水管道一.csv", 4), ("供水管道二.csv", 4)]


def test_names_that_differ_on_purpose_are_no_slip() -> None:
    """城南 and 城中, 一公司 and 二公司 differ in a telling character; 热力 does not."""
    names = ["合成县城中街道办事处"] * 30
    assert _asked(_table([*names, "合成县城南街道办事处"])) == []
    owners = [f"A{i}|合成供热第一公司|5" for i in range(30)]
    head = "管线编号|权属单位|管长"
    for name, rows in (
        ("合成供热第二公司", []),
        ("合成供熟第一公司", [("spelling", 32)]),
    ):
        assert _asked("\n".join([head, *owners, f"B|{name}|5"])) == rows


def test_a_name_that_sounds_alike_is_asked_about_wherever_it_was_copied() -> None:
    """合城县 for 合成县 in 4 rows of 64 is a slip too: each of its rows is named."""
    names = ["合成县燃气有限公司"] * 60 + ["合城县燃气有限公司"] * 4
    rows = [f"A{i}|{name}|5" for i, name in enumerate(names)]
    text = "\n".join(["管线编号|权属单位|管长", *rows])
    assert _asked(text) == [("spelling", row) for row in range(62, 66)]
