"""Dates: a day, a month, a spreadsheet's serial number."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.outcome import (
    MISSING_CELL,
    Context,
    Outcome,
    bad,
    converted,
)
from renewopt.inventory.words import MISSING, has_mark, is_error, key, plain

_EPOCH = datetime(1899, 12, 30)
"""Day 0 of the serial numbers of spreadsheets (from March 1900 on)."""
_STARTS = (_EPOCH, datetime(1904, 1, 1))
"""Day 0 in the two ways in which spreadsheets count."""
_FIRST, _LAST = 1900, 2100
"""Numbers that are years; as serial numbers they are days of 1905 or 1909."""
_YEAR = re.compile(r"^(\d{4})(?:\.0+)?年?$")
_MONTH = re.compile(r"^(\d{4})(?:年|[-/.])(\d{1,2})月?$")
_DAY = re.compile(
    r"^(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?"
    r"(?:[ T]?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$",
    re.IGNORECASE,
)
_SHORT = re.compile(r"^(\d{2})年(\d{1,2})月(\d{1,2})[日号]?$")
_SHORT_YEAR = re.compile(r"^(\d{2})(?=年\d{1,2}月)")
"""21年5月: of a day that is past, the century that makes it so."""
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_COMPACT_MONTH = re.compile(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])$")
_SERIAL = re.compile(r"^(2[1-9]\d{3}|[3-5]\d{4})(\.\d+)?$")
"""Days from 1957 on; 20080 is rather a year with a digit too many."""


def parse_date(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a day, with or without a time; a month or a year is asked about.

    Its first day stands in the table, and `days_of` tells the last one.
    """
    word = plain(text)
    if has_mark(text):
        return bad("inventory.footnote_mark")
    if key(word) in MISSING:
        return MISSING_CELL
    if is_error(word):
        return bad("inventory.formula_error")
    whole = _with_century(word, spec, context)
    try:
        found = _read(whole, context)
        if found is not None and whole != word and not found.code:
            found = converted(found.value, "inventory.short_year")
    except (ValueError, OverflowError):
        found = None
    if found is None or not isinstance(found.value, datetime):
        return bad("inventory.not_a_date")
    if typed := _year_as_date(found.value, month_only=_MONTH.match(word) is not None):
        return bad("inventory.year_as_date", {"year": typed})
    year = found.value.year
    if spec.past and spec.kind == "date" and year > context.as_of.year:
        return bad("inventory.future_year", {"year": context.as_of.year}, year)
    return found


def _century(short: re.Match[str]) -> str:
    return f"{19 if int(short[1]) >= 50 else 20}{short[1]}"


def _with_century(word: str, spec: ColumnSpec, context: Context) -> str:
    """Write out a year of two digits where only one century makes the day past."""
    month = _SHORT.match(word) is None and _SHORT_YEAR.match(word) is not None
    whole = _SHORT_YEAR.sub(_century, word)
    if not spec.past or whole == word or int(whole[:4]) > context.as_of.year:
        return word
    return whole if month or whole.startswith("20") else word


def days_of(text: str) -> tuple[datetime, datetime] | None:
    """Give the first and last day of a month or year; None where a text has a day.

    2020.1 may be October, which a spreadsheet shows so.
    """
    word = _SHORT_YEAR.sub(_century, plain(text))
    found = _MONTH.match(word) or _COMPACT_MONTH.match(word)
    if found is None:
        whole = _YEAR.match(word)
        year = int(whole[1]) if whole else 0
        return (datetime(year, 1, 1), datetime(year, 12, 31)) if year else None
    number, first = int(found[1]), int(found[2])
    if not (number and 1 <= first <= 12):
        return None
    last = 10 if word.endswith(".1") else first
    end = datetime(number, last, monthrange(number, last)[1])
    return datetime(number, first, 1), end


def _without_day(word: str, first: datetime) -> Outcome:
    """Take the first day of a month or year, and say which days it may have been."""
    days = days_of(word)
    last = days[1] if days else first
    params = {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
    return Outcome(first, "doubtful", "inventory.date_without_day", params=params)


def _year_as_date(day: datetime, month_only: bool) -> int:
    """Give the year that a spreadsheet shows as this day of 1905; 0 where none is."""
    for start in _STARTS:
        first, last = (start + timedelta(days=n) for n in (_FIRST, _LAST))
        if first.replace(day=1) <= day <= last if month_only else first <= day <= last:
            return (day - start).days
    return 0


def _read(word: str, context: Context) -> Outcome | None:
    if found := _DAY.match(word):
        parts = [int(part or 0) for part in found.groups()]
        year, month, day, hour, minute, second = parts
        return Outcome(datetime(year, month, day, hour, minute, second))
    if found := _MONTH.match(word) or _YEAR.match(word):
        month = int(found[2]) if found.re is _MONTH else 1
        return _without_day(word, datetime(int(found[1]), month, 1))
    if found := _SHORT.match(word):
        short, month, day = (int(part) for part in found.groups())
        if short < 50:
            return None
        return converted(datetime(1900 + short, month, day), "inventory.short_year")
    if found := _COMPACT.match(word):
        year, month, day = (int(part) for part in found.groups())
        return converted(datetime(year, month, day), "inventory.compact_date")
    if found := _COMPACT_MONTH.match(word):
        return _without_day(word, datetime(int(found[1]), int(found[2]), 1))
    if found := _SERIAL.match(word):
        day_found = _STARTS[context.since_1904] + timedelta(days=float(word))
        value = day_found.replace(microsecond=0)
        return converted(value, "inventory.serial_date")
    return None
