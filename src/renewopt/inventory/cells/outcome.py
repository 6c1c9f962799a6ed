"""Outcome: what one text of a column means, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Quality = Literal["exact", "converted", "bounded", "doubtful", "missing", "bad"]
"""What became of a cell.

exact: taken as it stood; converted: taken with a change that is exact; bounded: an
estimate with an interval that is certain; doubtful: taken as it stood, needs a look;
missing: nothing there; bad: not understood, counts as missing.
"""
REPAIRED_INTERVALS = frozenset({"inventory.age_to_year"})
"""Codes of intervals that follow from what the user stated."""


@dataclass(frozen=True)
class AsOf:
    """The year in which the table was true.

    Attributes
    ----------
    stated
        Whether somebody stated it; else it is the year of the clock, which only tells
        what lies in the future.
    """

    year: int
    stated: bool = True

    @classmethod
    def today(cls) -> AsOf:
        """Give the year of the clock."""
        return cls(date.today().year, stated=False)


@dataclass(frozen=True)
class Context:
    """What the header and the user say about a column.

    Attributes
    ----------
    unit
        Unit that the header states; empty: the column's own.
    ages
        Whether the header says that a column of years holds ages.
    as_of
        The year in which the table was true.
    commas
        Whether a comma between digits groups thousands; else none is read.
    outside
        Whether the header says that pipe sizes are outside diameters.
    since_1904
        Whether serial numbers of days count from 1904, as the workbook says.
    clean
        Whether the column has our own name: bare sizes are nominal there.
    """

    unit: str = ""
    ages: bool = False
    as_of: AsOf = field(default_factory=AsOf.today)
    commas: bool = True
    outside: bool = False
    since_1904: bool = False
    clean: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a text means.

    Attributes
    ----------
    value
        What the table holds; None: missing.
    quality, code, params
        How it was got, which sentence says so, and what fills it.
    low, high
        Interval of a bounded value, both inclusive.
    seen
        Number that was read, also where it was refused for its size.
    pipes
        Pipes that the text counts (`2×DN300`); 0 where it says nothing.
    """

    value: object = None
    quality: Quality = "exact"
    code: str = ""
    low: float = math.nan
    high: float = math.nan
    seen: float = math.nan
    params: Mapping[str, object] = field(default_factory=dict)
    pipes: int = 0

    def severity(self) -> Literal["rejected", "questioned", "repaired"]:
        """Say how serious it is; a bad cell is worse where a value is needed."""
        if self.quality == "converted" or self.code in REPAIRED_INTERVALS:
            return "repaired"
        return "rejected" if self.quality == "bad" else "questioned"


MISSING_CELL = Outcome(quality="missing")


def converted(value: object, code: str, seen: float = math.nan) -> Outcome:
    """Give a value taken with a change that is exact."""
    return Outcome(value, "converted", code, seen=seen)


def bounded(
    value: float, low: float, high: float, code: str = "inventory.bounded_number"
) -> Outcome:
    """Give an estimate with the interval that is certain."""
    return Outcome(value, "bounded", code, low, high, seen=value)


def bad(
    code: str, params: Mapping[str, object] | None = None, seen: float = math.nan
) -> Outcome:
    """Give a cell that is not understood or not allowed."""
    return Outcome(None, "bad", code, seen=seen, params=params or {})


def plain_text(value: float) -> str:
    """Give a number as people write it: no `.0`, no exponent below a thousand billion.

    Infinite ends of an interval are shown as ∞.
    """
    if math.isinf(value):
        return "-∞" if value < 0 else "∞"
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"
