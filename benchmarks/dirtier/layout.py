"""From a sheet to a grid: titles, header, rows, notes; every row gets its number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from benchmarks.dirtier.sheet import Cell, Column, Row, Sheet, groups_of
from benchmarks.dirtier.source import Value

Span = tuple[int, int, int, int]
"""First row, first column, last row, last column; positions from 0, inclusive."""


@dataclass(eq=False)
class Grid:
    """What is written: cells by row and column, and which are merged.

    Attributes
    ----------
    repeats
        Rows (from 1) that hold the header once more.
    """

    name: str
    cells: list[list[Cell | None]] = field(default_factory=list)
    merges: list[Span] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)


def lay_out(sheet: Sheet, grid: Grid | None = None) -> Grid:
    """Lay a sheet out, below what a grid holds already, and number its rows."""
    grid = Grid(sheet.name) if grid is None else grid
    sheet.first_line = len(grid.cells) + 1
    if "csv_sep_line" in sheet.options and not sheet.below:
        grid.cells.append([Cell(None, "sep=,")])
    grid.cells += [[] for _ in range(sheet.blank_above)]
    for line in sheet.titles:
        _plain_line(grid, sheet, line)
        if line and len(line) == 1 and sheet.merge_titles:
            row = len(grid.cells) - 1
            first = sheet.blank_left
            grid.merges.append((row, first, row, first + len(sheet.columns) - 1))
    if not sheet.no_header:
        _header(grid, sheet)
    sheet.header_lines = len(grid.cells)
    if sheet.numbers_row:
        words: list[Value] = ["甲", "乙", *range(1, len(sheet.columns) - 1)]
        _plain_line(grid, sheet, words)
    _body(grid, sheet)
    for line in sheet.notes:
        _plain_line(grid, sheet, line)
    return grid


def lay_out_all(sheets: list[Sheet]) -> list[Grid]:
    """Lay sheets out, each in a grid of its own unless it stands below another."""
    grids: list[Grid] = []
    for sheet in sheets:
        if sheet.below:
            lay_out(sheet, grids[-1])
        else:
            grids.append(lay_out(sheet))
    for grid in grids if "csv_comma_lines" in sheets[0].options else ():
        width = sheets[0].blank_left + len(sheets[0].columns) + 3
        grid.cells = [row + [None] * (width - len(row)) for row in grid.cells]
        grid.cells += [[None] * width for _ in range(5)]
    return grids


def _plain_line(grid: Grid, sheet: Sheet, line: list[Value]) -> None:
    cells: list[Cell | None] = [None] * sheet.blank_left
    cells += [Cell(None, value) if value is not None else None for value in line]
    grid.cells.append(cells if line else [])


def header_lines(sheet: Sheet) -> list[list[str]]:
    """Give the texts of the header rows, top down."""
    columns = sheet.columns
    if sheet.style == "plain":
        return [[c.header() for c in columns]]
    if sheet.style == "units":
        return [[c.label for c in columns], [c.unit for c in columns]]
    if sheet.style == "groups":
        upper = [c.group or c.header() for c in columns]
        return [upper, [c.header() if c.group else "" for c in columns]]
    upper = [c.group or c.label for c in columns]
    lower = [c.label if c.group else "" for c in columns]
    return [upper, lower, [c.unit for c in columns]]


def _header(grid: Grid, sheet: Sheet) -> None:
    lines = header_lines(sheet)
    top, left = len(grid.cells), sheet.blank_left
    if sheet.style in {"groups", "three"}:
        lines[0] = _group_once(grid, sheet.columns, lines[0], top, left)
    for line in lines:
        _plain_line(grid, sheet, [text or None for text in line])


def _group_once(
    grid: Grid, columns: list[Column], upper: list[str], top: int, left: int
) -> list[str]:
    """Write each group once over its columns; merge what belongs together."""
    texts, start = list(upper), 0
    for at in range(1, len(columns) + 1):
        if (
            at < len(columns)
            and columns[at].group
            and (columns[at].group == columns[start].group)
        ):
            texts[at] = ""
            continue
        if columns[start].group and at - start > 1:
            grid.merges.append((top, left + start, top, left + at - 1))
        elif not columns[start].group:
            grid.merges.append((top, left + start, top + 1, left + start))
        start = at
    return texts


def _body(grid: Grid, sheet: Sheet) -> None:
    at = {column.key: sheet.blank_left + i for i, column in enumerate(sheet.columns)}
    overflow = sheet.blank_left + len(sheet.columns)
    for count, row in enumerate(sheet.rows, 1):
        cells: list[Cell | None] = [None] * overflow
        for key, cell in row.cells.items():
            if key in at:
                cells[at[key]] = cell
            elif key == "overflow":
                cells.append(cell)
        grid.cells.append(cells)
        row.number = len(grid.cells)
        if "csv_blank_lines" in sheet.options and count % 6 == 0:
            grid.cells.append([])
        if sheet.header_every and count % sheet.header_every == 0:
            first = len(grid.cells) + 1
            for line in header_lines(sheet):
                _plain_line(grid, sheet, [text or None for text in line])
            grid.repeats += range(first, len(grid.cells) + 1)
    for key, start, end in sheet.merged:
        if key in at:
            grid.merges.append((start.number - 1, at[key], end.number - 1, at[key]))


def split(sheet: Sheet, parts: int) -> list[Sheet]:
    """Cut a sheet into several with the same header; merged groups stay whole."""
    pieces = groups_of(sheet, len(sheet.rows) // parts + 1)
    names = ["城南街道", "城北街道", "城东街道", "城西街道", "其他"]
    return [_part(sheet, names[i], rows) for i, rows in enumerate(pieces)]


def _part(sheet: Sheet, name: str, rows: list[Row]) -> Sheet:
    own = {id(row) for row in rows}
    merged = [item for item in sheet.merged if id(item[1]) in own]
    return replace(sheet, name=name, rows=rows, merged=merged)


def cut(sheet: Sheet) -> list[Sheet]:
    """Cut a sheet in two; the lower one has a header of its own (`options["lower"]`).

    The columns of the lower one stand in another order, and one may be in another unit.
    """
    order, changed, factor = sheet.options["lower"]  # type: ignore[misc]
    upper, *rest = groups_of(sheet, len(sheet.rows) // 2)
    if not rest:
        return [sheet]
    rows = [row for group in rest for row in group]
    columns = {column.key: replace(column) for column in sheet.columns}
    if changed:
        key, unit = changed.split()
        columns[key].unit = unit
        for cell in (row.cells[key] for row in rows if key in row.cells):
            cell.kind = cell.kind or "block_units"
            if isinstance(cell.truth, int | float):
                cell.write, cell.form = cell.truth / factor, ""
    first = _part(sheet, sheet.name, upper)
    first.notes = []
    lower = _part(sheet, sheet.name, rows)
    lower.columns = [columns[key] for key in order]
    lower.below, lower.titles, lower.blank_above = True, [], 0
    lower.numbers_row = False
    return [first, lower]
