"""Headers with typing errors: asked about with a suggestion, never read."""

from __future__ import annotations

import pytest

from renewopt.core.errors import InputError
from tests.inventory.making import codes, parse


@pytest.mark.parametrize(
    ("header", "column", "wanted"),
    [
        ("管经", "diameter_mm", "管径"),
        ("管经(mm)", "diameter_mm", "管径(mm)"),
        ("敷没年份", "install_year", "敷设年份"),
        ("铺设年度", "install_year", "铺设年份"),
        ("diametre", "diameter_mm", "diameter"),
        ("管道属性 使用状太", "status", "使用状态"),
    ],
)
def test_a_header_typed_wrongly_is_asked_about(
    header: str, column: str, wanted: str
) -> None:
    """The question names the header that is probably meant; nothing is read."""
    table = parse(f"管线编号|管长|{header}\nA1|5|100")
    assert column not in table.frame
    (asked,) = [i for i in table.issues if i.code == "inventory.near_column"]
    assert (asked.severity, asked.column) == ("questioned", header)
    assert asked.params["wanted"] == wanted


@pytest.mark.parametrize(
    "header",
    ["设计单位", "联系人", "联系电话", "管顶", "井号", "图号", "长度备注",
     "录入人", "所属泵站", "阀门个数"],
)  # fmt: skip
def test_other_headers_stay_a_note(header: str) -> None:
    """A header that is merely of no use here is noted, as before."""
    table = parse(f"管线编号|管长|{header}\nA1|5|100")
    assert [c for c in codes(table) if c[2] == header] == [
        ("unknown_column", 1, header, "note")
    ]


def test_nothing_is_suggested_where_the_column_is_there() -> None:
    """Beside 管径 a 管经 is one more column."""
    table = parse("管线编号|管长|管径|管经\nA1|5|100|100")
    assert ("unknown_column", 1, "管经", "note") in codes(table)


def test_a_needed_column_typed_wrongly_is_named() -> None:
    """Without 管长 the table is refused, and 管常 is named as what may be it."""
    with pytest.raises(InputError) as caught:
        parse("管线编号|管常|管径\nA1|5|100")
    (problem,) = caught.value.messages
    assert problem.code == "inventory.missing_but_near"
    assert (problem.params["column"], problem.params["value"]) == ("管长(m)", "管常")
