"""Raw tables: what stands in a file, as text, before anything is understood."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from renewopt.core.errors import InputError
from renewopt.inventory.cells import cell_text
from renewopt.inventory.issues import CellIssue

SUFFIXES = (".csv", ".xlsx")
PEEK_ROWS = 10
"""Rows from the top in which the header is looked for."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""Begins an encrypted workbook, and an old .xls under a new name."""
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, eq=False)
class RawTable:
    """One sheet or CSV file as text.

    Attributes
    ----------
    grid
        All rows, title and header rows included; columns 0, 1, …; "" where empty.
    issues
        What was found while reading (rows with too many cells, the encoding).
    merged
        Merged cells: (first row, first column, last row, last column), positions in
        the grid.
    first_row
        Number of the first grid row as its source counts: 1 in a sheet; 0 where the
        grid begins with field names and records count from 1.
    """

    file: str
    sheet: str
    stem: str
    grid: pd.DataFrame
    issues: tuple[CellIssue, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    first_row: int = 1

    def top(self) -> list[list[str]]:
        """List the rows in which the header is looked for."""
        head = self.grid.head(PEEK_ROWS)
        return [[str(cell) for cell in row] for row in head.to_numpy(dtype=object)]


def read_raw(path: Path) -> list[RawTable]:
    """Read the tables of one file: a CSV file has one, a workbook one per sheet.

    Raises
    ------
    InputError
        Where the file is absent, of another kind, encrypted, damaged or empty.
    """
    if not path.is_file():
        raise InputError.of("inventory.missing_file", file=path.name)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError.of(
            "inventory.unknown_suffix", file=path.name, known=", ".join(SUFFIXES)
        )
    tables = list(_read_csv(path) if suffix == ".csv" else _read_workbook(path))
    if not tables:
        raise InputError.of("inventory.empty_file", file=path.name)
    return tables


def _read_csv(path: Path) -> Iterator[RawTable]:
    text, encoding = _decode(path)
    if not text.strip():
        return
    widths = [len(row) for row in islice(csv.reader(io.StringIO(text)), PEEK_ROWS)]
    try:
        grid = pd.read_csv(
            # The first line sets the width that every other line is held to.
            io.BytesIO(("," * (max(widths) - 1) + "\n" + text).encode()),
            header=None,
            names=range(max(widths)),
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            index_col=False,
        ).iloc[1:]
        issues: list[CellIssue] = []
    except pd.errors.ParserError:
        grid, issues = _read_ragged(path, text, max(widths))
    # A line with fewer cells than others leaves NaN behind in spite of na_filter.
    grid = grid.fillna("").reset_index(drop=True)
    if encoding != "utf-8-sig":
        issues.append(
            CellIssue(
                path.name, "", 0, "", "", "inventory.encoding", "note",
                {"encoding": encoding.upper()},
            )
        )  # fmt: skip
    yield RawTable(path.name, "", path.stem, grid, tuple(issues))


def _decode(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise InputError.of(
        "inventory.unknown_encoding", file=path.name, known="UTF-8, GB18030"
    )


def _read_ragged(
    path: Path, text: str, width: int
) -> tuple[pd.DataFrame, list[CellIssue]]:
    """Read row by row where some rows have more cells than the header; say which."""
    rows: list[list[str]] = []
    issues: list[CellIssue] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), strict=True), 1):
            if any(cell.strip() for cell in row[width:]):
                issues.append(
                    CellIssue(
                        path.name, "", number, "", ",".join(row),
                        "inventory.too_many_cells", "rejected",
                        {"found": len(row), "allowed": width},
                    )
                )  # fmt: skip
                row = []
            rows.append((row + [""] * width)[:width])
    except csv.Error as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    return pd.DataFrame(rows, columns=range(width), dtype=str), issues


def _read_workbook(path: Path) -> Iterator[RawTable]:
    import python_calamine as calamine

    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise InputError.of("inventory.encrypted", file=path.name)
    try:
        with calamine.load_workbook(str(path)) as book:
            found = [
                book.get_sheet_by_name(s.name)
                for s in book.sheets_metadata
                if _is_table(s)
            ]
            sheets = [
                (s.name, s.to_python(skip_empty_area=False), s.merged_cell_ranges)
                for s in found
            ]
    except calamine.PasswordError:
        raise InputError.of("inventory.encrypted", file=path.name) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    for name, rows, merged in sheets:
        if any(cell not in ("", None) for row in rows for cell in row):
            grid = pd.DataFrame(rows, dtype=object)
            text = {c: grid[c].map(cell_text, na_action=None) for c in grid}
            cells = tuple((*first, *last) for first, last in merged or ())
            yield RawTable(path.name, name, path.stem, pd.DataFrame(text), merged=cells)


def _is_table(sheet: object) -> bool:
    return "WorkSheet" in str(getattr(sheet, "typ", "WorkSheet"))
