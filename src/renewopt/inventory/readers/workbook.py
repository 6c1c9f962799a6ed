"""Workbooks: .xlsx, .xlsm, .xls and .ods, every sheet with its merged cells."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from renewopt.core.errors import InputError
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import PEEK_ROWS, RawTable
from renewopt.inventory.readers.clean import clean_grid
from renewopt.inventory.readers.formats import labels_of, with_shown
from renewopt.inventory.readers.formats_xls import xls_formats
from renewopt.inventory.readers.marks import Marks, mark_issues
from renewopt.inventory.readers.marks_old import xls_marks
from renewopt.inventory.readers.texts import grid_of, text_column, value_text
from renewopt.inventory.readers.zipped import (
    CELL_LIMIT,
    SheetFacts,
    column_number,
    sheet_facts,
)

_ERRORS = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
)
_CELL = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True)
class _Sheet:
    name: str
    hidden: bool
    rows: Sequence[Sequence[Any]]
    merged: tuple[tuple[int, int, int, int], ...]
    facts: SheetFacts = field(default_factory=SheetFacts)


def read_workbook(path: Path) -> Iterator[RawTable]:
    """Read every sheet that holds cells, hidden ones too.

    Raises
    ------
    InputError
        Where the workbook is encrypted, damaged, unpacks to more than memory should
        take, or holds no cells at all.
    """
    empty: list[CellIssue] = []
    tables: list[RawTable] = []
    with _no_collector():
        sheets = _sheets(path, sheet_facts_of(path))
    for sheet in sheets:
        if sheet.rows:
            tables.append(_table(path, sheet))
        else:
            empty.append(
                CellIssue(
                    path.name, sheet.name, 0, "", "", "inventory.no_cells", "note"
                )
            )
    if not tables:
        raise InputError.of(
            "inventory.workbook_without_cells", file=path.name,
            sheets=", ".join(issue.sheet for issue in empty),
        )  # fmt: skip
    tables[0] = replace(tables[0], issues=(*tables[0].issues, *empty))
    yield from tables


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python's collector from searching a million new cells over and over.

    Lists of texts and numbers hold no cycles, so there is nothing for it to find.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sheet_facts_of(path: Path) -> dict[str, SheetFacts]:
    """Look through a workbook: an archive, or an old one for its formats."""
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    facts = sheet_facts(path) if packed else _of_old(path)
    for name, found in facts.items():
        if found.rows * found.columns > CELL_LIMIT:
            raise InputError.of(
                "inventory.sheet_too_large", file=f"{path.name} [{name}]",
                rows=found.rows, columns=found.columns, allowed=CELL_LIMIT,
            )  # fmt: skip
    return facts


def _of_old(path: Path) -> dict[str, SheetFacts]:
    shown, marks = xls_formats(path), xls_marks(path)
    return {
        name: SheetFacts(shown=shown.get(name, {}), marks=marks.get(name, Marks()))
        for name in {**shown, **marks}
    }


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Turn what the library raises, its panics too, into our own error."""
    import python_calamine as calamine

    try:
        yield
    except calamine.PasswordError:
        raise InputError.of("inventory.encrypted", file=path.name) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    except BaseException as error:
        # Damaged workbooks make it panic, which is no Exception for Python.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=str(error)
        ) from None


def _sheets(path: Path, facts: dict[str, SheetFacts]) -> list[_Sheet]:
    found = []
    with _said(path), path.open("rb") as file, _opened(path, file) as book:
        for meta in book.sheets_metadata:
            rows: Sequence[Sequence[Any]] = []
            merged: Any = ()
            if "WorkSheet" in str(meta.typ):
                sheet = book.get_sheet_by_name(meta.name)
                rows = sheet.to_python(skip_empty_area=False)
                merged = sheet.merged_cell_ranges or ()
            filled = any(cell not in ("", None) for row in rows for cell in row)
            found.append(
                _Sheet(
                    meta.name,
                    not str(meta.visible).endswith(".Visible"),
                    rows if filled else (),
                    tuple((*first, *last) for first, last in merged),
                    facts.get(meta.name, SheetFacts()),
                )
            )
    return found


def _opened(path: Path, file: IO[bytes]) -> Any:
    """Open a workbook by its name, or by its content where the suffix is wrong."""
    import python_calamine as calamine

    try:
        return calamine.load_workbook(str(path))
    except calamine.PasswordError:
        raise
    except (calamine.CalamineError, OSError, ValueError):
        return calamine.load_workbook(file)


def _table(path: Path, sheet: _Sheet) -> RawTable:
    rows, formats = with_shown(sheet.rows, sheet.facts.shown, path.name, sheet.name)
    grid = grid_of(_column(cells) for cells in zip(*rows, strict=True))
    grid, issues = clean_grid(grid, path.name, sheet.name, 1)
    grid, errors = _without_errors(grid, path.name, sheet.name)
    notes = []
    if sheet.hidden:
        place = (path.name, sheet.name, 0, "", "")
        notes.append(CellIssue(*place, "inventory.hidden_sheet", "questioned"))
    marks = mark_issues(path.name, sheet.name, sheet.facts.marks, sheet.rows)
    formulas = _formulas(path.name, sheet)
    return RawTable(
        path.name, sheet.name, path.stem, grid,
        (*notes, *issues, *formats, *errors, *formulas, *marks), sheet.merged,
        since_1904=sheet.facts.since_1904,
        shown=labels_of(sheet.rows, sheet.facts.shown),
    )  # fmt: skip


def _column(cells: Sequence[Any]) -> pd.Series:
    """Give a column of a sheet as texts; titles and headers come before the numbers."""
    if set(map(type, cells)) == {str}:
        return text_column(cells)
    head, body = cells[:PEEK_ROWS], cells[PEEK_ROWS:]
    first = pa.array(list(map(value_text, head)), pa.large_string())
    return text_column(pa.chunked_array([first, _texts(body)], pa.large_string()))


def _texts(cells: Sequence[Any]) -> pa.Array:
    kinds = set(map(type, cells))
    if kinds == {float}:
        return _numbers(np.array(cells))
    if kinds <= {str, float}:
        known = {c: c if c.__class__ is str else value_text(c) for c in set(cells)}
        return pa.array([known[c] for c in cells], pa.large_string())
    return pa.array(list(map(value_text, cells)), pa.large_string())


def _numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    """Give numbers as texts, whole ones without `.0`, as `cell_text` does."""
    import pyarrow.compute as pc

    whole = (np.trunc(values) == values) & (np.abs(values) < 1e15)
    if whole.all():
        return pa.array(values.astype(np.int64)).cast(pa.large_string())
    texts = pa.array(values).cast(pa.large_string())
    short = pa.array(np.where(whole, values, 0).astype(np.int64))
    return pc.if_else(pa.array(whole), short.cast(pa.large_string()), texts)


def _without_errors(
    grid: pd.DataFrame, file: str, sheet: str
) -> tuple[pd.DataFrame, list[CellIssue]]:
    """Empty the cells that hold an error value of the spreadsheet; question each."""
    import pyarrow.compute as pc

    known = pa.array(_ERRORS, pa.large_string())
    issues = []
    columns = {}
    for position in grid:
        column = pa.chunked_array(grid[position].array.__arrow_array__())
        rows = pc.indices_nonzero(pc.is_in(column, value_set=known)).to_pylist()
        columns[position] = grid[position]
        if rows:
            texts = column.to_pylist()
            for row in rows:
                issues.append(
                    CellIssue(
                        file, sheet, row + 1, "", texts[row], "inventory.error_value",
                        "questioned", {"position": int(str(position)) + 1},
                    )
                )  # fmt: skip
                texts[row] = ""
            columns[position] = text_column(texts)
    return pd.DataFrame(columns), sorted(issues, key=lambda issue: issue.row)


def _formulas(file: str, sheet: _Sheet) -> Iterator[CellIssue]:
    for cell in sheet.facts.empty_formulas:
        found = _CELL.fullmatch(cell)
        if found:
            yield CellIssue(
                file, sheet.name, int(found[2]), "", "",
                "inventory.formula_without_value", "questioned",
                {"cell": cell, "position": column_number(found[1].encode())},
            )  # fmt: skip
