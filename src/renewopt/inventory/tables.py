"""ParsedTable: a typed table, where its rows came from, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.harmless import harmless_table
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.qualities import no_qualities


@dataclass(frozen=True)
class TableCount:
    """What became of the rows of one table.

    `read` = `kept` + `rejected` + `subtotals` + all that was left out.

    Attributes
    ----------
    table
        What the table is; empty where it cannot be told.
    read
        Rows below the header that are not blank.
    kept, rejected
        Rows taken and rows kept out because of a bad cell.
    left_out
        Rows left out for a reason that is no error, by its id.
    subtotals
        Rows recognised as 合计, 小计 …
    """

    file: str
    sheet: str
    table: str
    read: int
    kept: int
    rejected: int
    subtotals: int = 0
    left_out: dict[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, eq=False)
class ParsedTable:
    """A typed table with the place where each row came from.

    Attributes
    ----------
    rows
        Row of the source of each row of `frame`.
    qualities
        What was converted or bounded (see `qualities.COLUMNS`).
    headers
        Column of ours → its header in the source and its position in the sheet.
    """

    kind: str
    file: str
    sheet: str
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    issues: tuple[CellIssue, ...]
    count: TableCount
    qualities: pd.DataFrame = field(default_factory=no_qualities)
    headers: dict[str, tuple[str, int]] = field(default_factory=dict)


def at_columns(
    table: ParsedTable, where: Mapping[int, int], first: int = 0
) -> ParsedTable:
    """Let issues of columns that we made stand at the columns of the file.

    Parameters
    ----------
    where
        Our column → column of the file, both from 0; -1: none.
    first
        Issue from which on this holds; those before stand where they should.
    """
    issues = [
        replace(issue, position=where.get(issue.position, issue.position))
        for issue in table.issues[first:]
    ]
    return replace(table, issues=(*table.issues[:first], *issues))


def write_table(table: pd.DataFrame, folder: Path, name: str, csv: bool) -> Path:
    """Write one table; a file of the other format from before would be read twice.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before
    it, which is taken away when the file is read.
    """
    path = folder / f"{name}.{'csv' if csv else 'parquet'}"
    path.with_suffix(".parquet" if csv else ".csv").unlink(missing_ok=True)
    if csv:
        harmless_table(table).to_csv(
            path, index=False, encoding="utf-8-sig", lineterminator="\n"
        )
    else:
        table.to_parquet(path, index=False)
    return path
