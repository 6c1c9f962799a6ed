"""Sheets and names of ours in a bureau's workbook, which must not be read as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from renewopt.inventory.raw import PEEK_ROWS, RawTable

ISSUE_MARK = "renewopt:issues"
"""Stands in the first cell of the sheet that lists the issues."""
HELP_MARK = "renewopt:help"
"""Stands in the first cell of the sheets of a template that explain it."""
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
    """Leave out the sheets that we added."""
    return (raw for raw in raws if not is_our_sheet(raw))
