"""Months and days within texts of years: what exists, and what has two readings."""

from __future__ import annotations

import re

from renewopt.inventory.cells.outcome import Outcome, bounded

_SPAN_OR_MONTH = re.compile(r"^(\d{4})[-/](\d{2})$")
"""2003-05 is May 2003 or 2003 to 2005; 2003.05 and 2003-5 are months only."""
_CALENDAR = re.compile(r"(\d+)月(?:(\d+)[日号])?|(\d+)[日号]")


def in_calendar(word: str) -> bool:
    """Tell whether the months and days of a text exist; 1998年99月 is not 1998."""
    for month, day, alone in _CALENDAR.findall(word):
        if month and not 1 <= int(month) <= 12:
            return False
        last = 31 if int(month or 1) in {1, 3, 5, 7, 8, 10, 12} else 30
        if not 1 <= int(day or alone or 1) <= (29 if int(month or 1) == 2 else last):
            return False
    return True


def span_or_month(word: str) -> Outcome | None:
    """Bound 2003-05 by its two readings, the month and the years up to 2005."""
    found = _SPAN_OR_MONTH.match(word)
    first, second = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= second <= 12 or second <= first % 100:
        return None
    last = first // 100 * 100 + second
    return bounded(first, first, last, "inventory.month_or_span")
