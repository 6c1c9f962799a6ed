"""A sheet while it is made dirty: cells that know their truth, rows, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from benchmarks.dirtier.source import Record, Value
from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec

_UNIT = re.compile(r"^(.*?)\(([^()]*)\)$")


@dataclass(eq=False)
class Cell:
    """One cell: what is true, what is written and which dirt lies between.

    Attributes
    ----------
    truth
        Value in our tables; None: nothing is known, and no value may come out.
    write
        What the file holds.
    kind
        Kind of dirt; empty: clean.
    tolerance
        What the written text leaves open, in the unit of the truth: half of its last
        place where it was rounded.
    accept
        Other values that are as right as the truth.
    form
        Number format of the cell in a workbook.
    formula
        Formula in a workbook; what it gives is `write`.
    """

    truth: Value
    write: Value
    kind: str = ""
    tolerance: float = 0.0
    accept: tuple[Value, ...] = ()
    form: str = ""
    formula: str = ""

    def raw(self) -> str:
        """Give what is written as text, as a clerk would read it off."""
        return text_of(self.write)


def text_of(value: Value) -> str:
    """Give a value as text: whole floats without `.0`, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(eq=False)
class Column:
    """One column: its place in our schema and its header in the file.

    Attributes
    ----------
    key
        Name in the cells of a row; the canonical name where it is one of ours.
    label, unit
        Header and the unit that its brackets, or the row below, state.
    group
        Text of the header row above, where there is one.
    kind
        Dirt that changed the values of the whole column (another unit).
    header_kind
        Dirt of the header alone.
    """

    key: str
    label: str
    unit: str = ""
    group: str = ""
    spec: ColumnSpec | None = None
    kind: str = ""
    header_kind: str = ""

    def header(self) -> str:
        """Give the header with its unit in brackets."""
        return f"{self.label}({self.unit})" if self.unit else self.label


@dataclass(eq=False)
class Row:
    """One row: an asset, or something that only looks like one.

    Attributes
    ----------
    what
        `asset`, or the kind of dirt that put a row here that is no data.
    asset_id
        True identifier; empty for a row that is no data.
    number
        Row in the file, from 1; known once it is laid out.
    """

    what: str
    asset_id: str
    cells: dict[str, Cell]
    number: int = 0

    def dirty(self) -> bool:
        """Tell whether any cell of it is."""
        return any(cell.kind for cell in self.cells.values())


@dataclass(eq=False)
class Sheet:
    """One sheet of a file (a text file has one).

    Attributes
    ----------
    is_book
        A workbook and not a text file: real dates, merged cells, number formats.
    titles, notes
        Lines above the header and below the rows.
    style
        How the header is laid out: plain, groups, units, three.
    merged
        (key of the column, first row, last row) of cells merged downwards.
    header_lines
        Rows down to the last one of the header; known once it is laid out.
    below
        Stands on the same sheet of the file, under the one before it.
    first_line
        The first row that belongs to it; known once it is laid out.
    kinds
        Dirt of the sheet.
    options
        What the writer of the file must do besides (engine, sheets around this one).
    """

    name: str
    asset_class: str
    columns: list[Column]
    rows: list[Row]
    is_book: bool = False
    titles: list[list[Value]] = field(default_factory=list)
    notes: list[list[Value]] = field(default_factory=list)
    style: str = "plain"
    numbers_row: bool = False
    header_every: int = 0
    no_header: bool = False
    blank_left: int = 0
    blank_above: int = 0
    merged: list[tuple[str, Row, Row]] = field(default_factory=list)
    merge_titles: bool = True
    header_lines: int = 0
    below: bool = False
    first_line: int = 0
    kinds: list[str] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)

    def assets(self) -> Iterator[Row]:
        """Go through the rows that are assets."""
        return (row for row in self.rows if row.what == "asset")

    def column(self, key: str) -> Column | None:
        """Find a column by its key."""
        return next((c for c in self.columns if c.key == key), None)

    def add_column(self, column: Column, values: list[Value], at: int) -> None:
        """Put in a column that is not ours, with a value per asset."""
        self.columns.insert(at, column)
        for row, value in zip(self.assets(), values, strict=True):
            row.cells[column.key] = Cell(None, value, column.kind)


def groups_of(sheet: Sheet, size: int) -> list[list[Row]]:
    """Cut the rows into groups; rows that a merged cell spans stay together."""
    inside: set[int] = set()
    for _, first, last in sheet.merged:
        a, b = sheet.rows.index(first), sheet.rows.index(last)
        inside |= set(range(a + 1, b + 1))
    groups: list[list[Row]] = [[]]
    for number, row in enumerate(sheet.rows):
        if len(groups[-1]) >= size and number not in inside:
            groups.append([])
        groups[-1].append(row)
    return groups


def clean_sheet(
    asset_class: str, records: list[Record], catalogue: Catalogue, name: str
) -> Sheet:
    """Lay records out as our own templates would: nothing is dirty yet."""
    specs = catalogue.asset_classes[asset_class].columns
    used = [s for s in specs if any(r.get(s.name) is not None for r in records)]
    rows = [
        Row(
            "asset",
            str(record["asset_id"]),
            {
                s.name: Cell(record.get(s.name), clean_text(record.get(s.name), s))
                for s in used
            },
        )
        for record in records
    ]
    return Sheet(name, asset_class, [_column(spec) for spec in used], rows)


def _column(spec: ColumnSpec) -> Column:
    found = _UNIT.match(spec.headers.zh[0])
    label, unit = (found[1], found[2]) if found else (spec.headers.zh[0], "")
    return Column(spec.name, label, unit, spec=spec)


def clean_text(value: Value, spec: ColumnSpec) -> Value:
    """Give what a clean file holds: the first Chinese word for a code."""
    if value is None:
        return None
    if spec.kind == "choice":
        return {choice.code: choice.zh[0] for choice in spec.choices}[str(value)]
    if spec.kind == "flag":
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
