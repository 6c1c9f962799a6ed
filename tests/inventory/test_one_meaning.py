"""Cells that look definite but have two meanings: none is taken in silence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from .making import parse


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
