"""How wide a column and how high a row must be, so that no program cuts a text off.

Office programs that open a written file do not measure wrapped rows anew: without a
height of its own a second line is drawn over the row below.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from renewopt.report.sheets import Kind, Sheet

POINTS_PER_LINE = 15.0
POINTS_PER_CHINESE_LINE = 18.0
"""Chinese signs come from another font than the sheet's, whose lines are higher."""
WIDTHS: dict[Kind, tuple[int, int]] = {
    "text": (14, 34),
    "wide": (32, 48),
    "whole": (10, 10),
    "year": (9, 9),
    "number": (12, 12),
    "money": (13, 13),
    "share": (9, 9),
}
"""Least and greatest width of a column, in characters of the standard font."""


def shown_width(text: str) -> int:
    """Count the characters of the standard font; Chinese ones are twice as wide."""
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def line_count(text: str, width: int) -> int:
    """Count the lines of a text wrapped to a width; a little room is left for words."""
    usable = max(1, width - 3)
    return sum(max(1, -(-shown_width(line) // usable)) for line in text.split("\n"))


def text_height(text: str, width: int) -> float:
    """Give the points that a wrapped text needs."""
    chinese = shown_width(text) > len(text)
    points = POINTS_PER_CHINESE_LINE if chinese else POINTS_PER_LINE
    return points * line_count(text, width)


def column_width(kind: Kind, cells: Iterable[Any]) -> int:
    """Give the width that holds the longest cell, between the kind's two bounds."""
    least, most = WIDTHS[kind]
    if least == most:
        return least
    longest = max((shown_width(str(cell)) for cell in cells if cell is not None),
                  default=0)  # fmt: skip
    return min(max(least, longest + 3), most)


def row_height(row: Iterable[Any], sheet: Sheet, widths: list[int]) -> float | None:
    """Give a row's height in points; None where one line is enough."""
    height = max(
        (
            text_height(str(cell), width)
            for cell, width, heading in zip(row, widths, sheet.headings, strict=True)
            if cell is not None and heading.kind in ("text", "wide")
        ),
        default=0.0,
    )
    return height if height > POINTS_PER_LINE else None
