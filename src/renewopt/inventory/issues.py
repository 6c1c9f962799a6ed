"""CellIssue: one thing in a file that was not taken as it stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from renewopt.core.errors import Message, message

Severity = Literal["rejected", "questioned", "repaired", "note"]
SEVERITIES: tuple[Severity, ...] = ("rejected", "questioned", "repaired", "note")


@dataclass(frozen=True, slots=True)
class CellIssue:
    """One cell, row or column that was rejected, questioned, repaired or left out.

    Attributes
    ----------
    row
        Row as a spreadsheet counts it, from 1; 0 where the whole table is meant.
    column
        Header as written in the file; empty where the whole row is meant.
    raw
        The text of the cell as it stands in the file.
    code, params
        Which sentence of `text/messages` says it, and what fills it besides the place.
    severity
        `rejected`: the row is kept out; `questioned`: the cell counts as missing or
        needs a look; `repaired`: taken with a change that is exact; `note`: to know.
    parsed
        The value that was taken from the cell, as text; empty where none was.
    position
        Column of the cell in the sheet, from 0; -1 where none or several are meant.
    """

    file: str
    sheet: str
    row: int
    column: str
    raw: str
    code: str
    severity: Severity
    params: dict[str, Any] = field(default_factory=dict, hash=False)
    parsed: str = ""
    position: int = -1

    def message(self) -> Message:
        """Give the message: the place and the value are parameters of the sentence."""
        place = f"{self.file} [{self.sheet}]" if self.sheet else self.file
        return message(
            self.code,
            file=place,
            row=self.row,
            column=self.column,
            value=self.raw,
            parsed=self.parsed,
            **self.params,
        )


_PLACE = ("file", "sheet", "row", "column")
ISSUE_COLUMNS = (*_PLACE, "raw", "parsed", "code", "severity", "details")


def issues_frame(issues: Iterable[CellIssue]) -> pd.DataFrame:
    """Put issues into a table, in the order given; `details` holds the parameters."""
    rows = [
        (
            item.file,
            item.sheet,
            item.row,
            item.column,
            item.raw,
            item.parsed,
            item.code,
            item.severity,
            "; ".join(f"{name}={value}" for name, value in item.params.items()),
        )
        for item in issues
    ]
    return pd.DataFrame(rows, columns=list(ISSUE_COLUMNS))


def count_issues(issues: Iterable[CellIssue]) -> dict[str, int]:
    """Count issues by severity, all severities named."""
    counts: dict[str, int] = {str(name): 0 for name in SEVERITIES}
    for issue in issues:
        counts[issue.severity] += 1
    return counts
