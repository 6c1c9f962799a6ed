"""Cells that look definite but have two meanings: none is taken in silence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from renewopt.inventory.cells import Context, parse_column
from tests.inventory.making import kind, parse


def one(header: str, cell: str, name: str = "water_pipe") -> tuple[object, str]:
    """Read one cell of a table: its value and the code of its issue."""
    table = parse(f"管线编号 | 管长(m) | {header}\nG1 | 120 | {cell}", name)
    own = [issue.code for issue in table.issues if issue.column == header]
    columns: Mapping[str, tuple[str, int]] = table.headers
    column = next(c for c, (text, _) in columns.items() if text == header)
    value = table.frame[column].iloc[0]
    code = own[0].removeprefix("inventory.") if own else ""
    return (None if pd.isna(value) else value), code


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("管径", "DN200①"),
        ("管径", "DN100²"),
        ("管径", "300×400①"),
        ("管径", "2×DN300①"),
        ("管径", "Φ200①"),
        ("管径", "①DN200"),
        ("管径", "DN200㉑"),
        ("埋深(m)", "1①"),
        ("服务户数", "三百①"),
        ("敷设年份", "1998年①"),
        ("敷设年份", "1998年12月②"),
        ("使用状态", "①"),
    ],
)
def test_a_footnote_mark_is_no_digit(header: str, cell: str) -> None:
    """The number is asked about: its mark cannot be told from its digits."""
    assert one(header, cell) == (None, "footnote_mark")


@pytest.mark.parametrize("cell", ["0.4①MPa", "0.4①"])
def test_a_footnote_mark_is_no_digit_of_a_pressure(cell: str) -> None:
    """A marked pressure tells no level."""
    assert one("压力级别", cell, "gas_pipe") == (None, "footnote_mark")


@pytest.mark.parametrize(
    ("header", "cell", "name"),
    [
        ("管径", "DN25 32", "water_pipe"),
        ("管径", "Φ219 6", "water_pipe"),
        ("管径", "300 400", "water_pipe"),
        ("埋深(m)", "1 2", "water_pipe"),
        ("敷设年份", "199 8", "water_pipe"),
        ("压力级别", "0. 4 5MPa", "gas_pipe"),
    ],
)
def test_two_numbers_are_not_glued_together(header: str, cell: str, name: str) -> None:
    """A space between digits ends a number."""
    value, code = one(header, cell, name)
    assert value is None
    assert code


def test_spaces_around_signs_still_mean_nothing() -> None:
    """Only a space between two digits is asked about."""
    assert one("管径", "DN 200") == (200, "")
    assert one("管径", "300 × 400")[1] == "box_section"
    assert one("压力级别", "0.3 MPa", "gas_pipe")[1] == "number_for_choice"


@pytest.mark.parametrize(
    ("cell", "year", "code"),
    [
        ("2027", 2027, ""),
        ("2027年底前", 2027, "year_in_words"),
        ("2028年6月前", 2028, "year_in_words"),
        ("2028.6.30前", 2028, "year_in_words"),
        ("2028年6月30日前", 2028, "year_in_words"),
        ("≤2028", 2028, "year_in_words"),
        ("不晚于2028年", 2028, "year_in_words"),
        ("2028年底前完成", 2028, "year_in_words"),
        ("2028年底完成整改", 2028, "year_in_words"),
        ("2028年12月底前完成改造", 2028, "year_in_words"),
        ("2028年内", 2028, "year_in_words"),
        ("2028年及以前", 2028, "year_in_words"),
        ("2028年前", 2027, "bounded_year"),
        ("2028年前完成", 2027, "bounded_year"),
        ("2028年1月前", 2027, "bounded_year"),
        ("<2028", 2027, "bounded_year"),
        ("2028年99月前", None, "not_a_year"),
        ("≥2028", None, "not_a_year"),
        ("2028-06", 2028, ""),
        ("尽快", None, "not_a_year"),
    ],
)
def test_a_deadline_is_the_year_it_names(
    cell: str, year: int | None, code: str
) -> None:
    """By 2027 is 2027; where the named year may be left out, both are said."""
    assert one("整改时限", cell) == (year, code)


def test_before_still_lies_earlier_where_it_is_no_deadline() -> None:
    """Laid before 2000 is an interval whose estimate lies some years earlier."""
    assert one("敷设年份", "2000年以前") == (1995, "bounded_year")


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("2003-05", 2003, 2005),
        ("2003/08", 2003, 2008),
        ("2008-12", 2008, 2012),
        ("2003－05", 2003, 2005),
        ("2003-13", 2003, 2013),
    ],
)
def test_a_month_that_may_be_a_later_year_bounds_the_year(
    cell: str, low: int, high: int
) -> None:
    """2003-05 is May 2003 or 2003 to 2005: both readings bound it."""
    table = parse(f"管线编号 | 管长(m) | 敷设年份\nG1 | 120 | {cell}")
    found = table.qualities.set_index("column").loc["install_year"]
    assert (found["quality"], found["low"], found["high"]) == ("bounded", low, high)
    assert [i.severity for i in table.issues if i.column == "敷设年份"] == [
        "questioned"
    ]


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2003年5月", 2003),
        ("2003.05", 2003),
        ("2003-5", 2003),
        ("2008-06", 2008),
        ("1998-05", 1998),
        ("2003-05-01", 2003),
    ],
)
def test_a_month_with_one_reading_stays_exact(cell: str, year: int) -> None:
    """No span of years is written with a dot, with one digit or backwards."""
    assert one("敷设年份", cell) == (year, "")


@pytest.mark.parametrize(
    "cell",
    ["1998年99月", "1998年0月", "1998年13月建成", "1998年2月30日", "1998年99月前"],
)
def test_a_month_that_does_not_exist_is_asked_about(cell: str) -> None:
    """A date that cannot be is not repaired to its year."""
    assert one("敷设年份", cell) == (None, "not_a_year")


@pytest.mark.parametrize(
    "cell",
    ["1905-05-02", "1905/6/22", "1905-07-18", "1905年6月", "1905-06", "1909-06-21"],
)
def test_a_year_shown_as_a_date_is_not_taken(cell: str) -> None:
    """A spreadsheet shows the number 1998 in a date format as 1905-06-20."""
    assert one("敷设年份", cell) == (None, "year_as_date")


@pytest.mark.parametrize("cell", ["1905", "1905年", "1904-06-20", "1906-01-01"])
def test_other_old_years_are_taken(cell: str) -> None:
    """A year without a day, and days before and after, have one meaning."""
    assert one("敷设年份", cell) == (int(cell[:4]), "")


@pytest.mark.parametrize(
    ("cell", "like"),
    [("110", "de110"), ("63", "de63"), ("219", "Φ219"), ("426mm", "Φ426")],
)
@pytest.mark.parametrize("header", ["外径(mm)", "外径", "公称外径（mm）", "OD"])
def test_an_outside_diameter_is_read_as_one(header: str, cell: str, like: str) -> None:
    """A header of outside diameters says what de and Φ say in a cell."""
    table = parse(
        f"管线编号 | 管长(m) | {header}\nG1 | 120 | {cell}\nG2 | 120 | {like}"
    )
    sizes, found = table.frame["diameter_mm"], table.qualities
    assert sizes[0] == sizes[1] < float(like.strip("deΦ"))
    assert found["quality"].tolist() == ["bounded", "bounded"]
    assert found["low"].nunique() == found["high"].nunique() == 1
    assert {i.code for i in table.issues} == {"inventory.outside_diameter"}


@pytest.mark.parametrize(
    ("header", "cell", "low", "value", "high"),
    [
        ("外径(mm)", "DN200", 150, 200, 200),
        ("外径(mm)", "32", 24, 25, 32),
        ("外径(mm)", "300", 225, 225, 300),
        ("外径(cm)", "11", 82.5, 100, 110),
        ("外径(mm)", "110/63", 47.25, 110, 110),
        ("外径(mm)", "约200", 135, 200, 220),
    ],
)
def test_every_size_under_such_a_header_is_bounded(
    header: str, cell: str, low: float, value: float, high: float
) -> None:
    """The bore bounds it below, the outside diameter above."""
    table = parse(f"管线编号 | 管长(m) | {header}\nG1 | 120 | {cell}")
    found = table.qualities.iloc[0]
    taken = table.frame["diameter_mm"].iloc[0]
    assert (found["low"], taken, found["high"]) == (low, value, high)


def test_many_outside_diameters_are_not_taken_in_bulk() -> None:
    """A long column of plain numbers is read like a short one."""
    raw = pd.Series([str(n) for n in range(15, 2015)] * 11)
    spec = next(s for s in kind("water_pipe").columns if s.name == "diameter_mm")
    read = parse_column(raw, spec, context=Context("mm", outside=True))
    assert set(read.codes) == {"inventory.outside_diameter", "inventory.too_small"}


def test_a_nominal_diameter_goes_before_an_outside_one() -> None:
    """Where both columns stand, the nominal one is read."""
    table = parse("管线编号 | 管长(m) | 外径 | 公称直径\nG1 | 120 | 219 | 200")
    assert table.frame["diameter_mm"].tolist() == [200]
