"""Returned workbooks: what we put into a bureau's workbook and must not read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from renewopt.inventory.raw import PEEK_ROWS, RawTable

ISSUE_MARK = "renewopt:issues"
"""Stands in the first cell of the sheet that lists the issues."""
RETURN_TAIL = ".return"
"""Ends the stem of a return workbook: `<stem>.return.xlsx`."""

_TAIL = re.compile(r"(\.(csv|tsv|xlsx|xlsm|xls|ods))?\.return$", re.IGNORECASE)


def is_issue_sheet(raw: RawTable) -> bool:
    """Tell whether a sheet is the list of issues that `renewopt check` added."""
    top = raw.grid.iloc[:PEEK_ROWS, :1].to_numpy(dtype=object)
    return any(str(row[0]).strip() == ISSUE_MARK for row in top)


def source_stem(stem: str) -> str:
    """Give the stem of the file from which a return workbook was made."""
    return _TAIL.sub("", stem)


def tables_of(raws: Iterable[RawTable]) -> Iterator[RawTable]:
    """Leave out the sheets that list issues."""
    return (raw for raw in raws if not is_issue_sheet(raw))
