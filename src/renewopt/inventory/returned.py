"""Sheets and names of ours in a bureau's workbook, which must not be read as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from renewopt.inventory.raw import PEEK_ROWS, RawTable

ISSUE_MARK = "renewopt:issues"
"""Stands in the first cell of the sheet that lists the issues."""
HELP_MARK = "renewopt:help"
"""Stands in the first cell of the sheets of a template that explain it."""
COMMAS_MARK = "renewopt:commas"
"""Stands beside it where commas between digits may be decimal: none is read then."""
RETURN_TAIL = ".return"
"""Ends the stem of a return workbook: `<stem>.return.xlsx`."""

_TAIL = re.compile(r"(\.(csv|tsv|xlsx|xlsm|xls|ods))?\.return$", re.IGNORECASE)


def is_our_sheet(raw: RawTable) -> bool:
    """Tell whether a sheet is one of ours: a list of issues, or help of a template."""
    top = raw.grid.iloc[:PEEK_ROWS, :1].to_numpy(dtype=object)
    return any(str(row[0]).strip() in {ISSUE_MARK, HELP_MARK} for row in top)


def source_stem(stem: str) -> str:
    """Give the stem of the file from which a return workbook was made."""
    return _TAIL.sub("", stem)


def tables_of(raws: Iterable[RawTable]) -> Iterator[RawTable]:
    """Leave out the sheets that we added, but keep to what they say of commas."""
    listed = list(raws)
    commas = not any(is_our_sheet(raw) and _asks_commas(raw) for raw in listed)
    for raw in listed:
        if not is_our_sheet(raw):
            yield raw if commas else replace(raw, commas=False)


def _asks_commas(raw: RawTable) -> bool:
    return any(COMMAS_MARK in row for row in raw.top()[:1])
