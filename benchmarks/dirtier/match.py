"""Which row of the table is which row of the file."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from benchmarks.dirtier.sheet import Row, Sheet
from benchmarks.dirtier.source import Value
from renewopt.inventory.inventory import Inventory

ALIKE = 0.6
"""Share of filled cells that must agree where identifiers do not tell."""


@dataclass(eq=False)
class Table:
    """The assets of one class as they were read, as plain values.

    Attributes
    ----------
    intervals
        (asset_id, column) → low, high of values that are known within bounds.
    """

    ids: list[str]
    columns: dict[str, list[Value]]
    intervals: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory, asset_class: str) -> Table:
        """Take the table of a class; an inventory without it has an empty one."""
        frame = inventory.assets.get(asset_class)
        if frame is None:
            return cls([], {})
        columns = {
            str(name): [plain_value(v) for v in frame[name].tolist()] for name in frame
        }
        _without_placed(columns)
        ids = [str(v) for v in columns.get("asset_id", [""] * len(frame))]
        return cls(ids, columns, _intervals(inventory, asset_class))

    def value(self, column: str, at: int) -> Value:
        """Give one value; None where it is missing or the column is not there."""
        values = self.columns.get(column)
        return None if values is None else values[at]

    def bounds(self, column: str, at: int, truth: Value) -> bool:
        """Tell whether an interval is stated for a cell and holds the truth."""
        found = self.intervals.get((self.ids[at], column))
        if found is None or not isinstance(truth, int | float):
            return False
        return found[0] <= truth <= found[1]


def _without_placed(columns: dict[str, list[Value]]) -> None:
    """Leave out the street segments that the product derived: they are no cells.

    Each of them says so in `corridor_source` (name, buffer or graph instead of id).
    """
    ways = columns.get("corridor_source")
    if ways is not None:
        columns["corridor_id"] = [
            name if way == "id" else None
            for name, way in zip(columns["corridor_id"], ways, strict=True)
        ]


def plain_value(value: Any) -> Value:
    """Give a value of a table as a plain one; None where it is missing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and value != value:
        return None
    plain: Value = value.item() if hasattr(value, "item") else value
    return plain


def _intervals(
    inventory: Inventory, asset_class: str
) -> dict[tuple[str, str], tuple[float, float]]:
    frame = getattr(inventory, "qualities", None)
    if frame is None or not len(frame):
        return {}
    own = frame[frame["asset_class"] == asset_class]
    return {
        (str(name), str(column)): (
            -math.inf if pd.isna(low) else float(low),
            math.inf if pd.isna(high) else float(high),
        )
        for name, column, low, high in zip(
            own["asset_id"], own["column"], own["low"], own["high"], strict=True
        )
        if not (pd.isna(low) and pd.isna(high))
    }


@dataclass(eq=False)
class Matched:
    """Position in the table by row (`id(row)`), and the positions of no row."""

    rows: dict[int, int]
    unclaimed: list[int]


def match_rows(sheets: Iterable[Sheet], table: Table) -> Matched:
    """Match by identifier, true or as written; then by what the cells say.

    Parameters
    ----------
    sheets
        Every sheet of the file whose rows belong into the table.
    """
    rows = [row for sheet in sheets for row in sheet.assets()]
    free: dict[str, list[int]] = {}
    for at, name in enumerate(table.ids):
        free.setdefault(_name(name), []).append(at)
    wanted: list[tuple[int, int, int, Row]] = []
    for order, row in enumerate(rows):
        written = row.cells["asset_id"].raw() if "asset_id" in row.cells else ""
        for name in sorted({_name(row.asset_id), _name(written)} - {""}):
            for at in free.get(name, ()):
                wanted.append((-_alike(row, table, at)[0], order, at, row))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, at, row in sorted(wanted, key=lambda item: item[:3]):
        if id(row) not in found and at not in taken:
            found[id(row)] = at
            taken.add(at)
    rest = [at for at in range(len(table.ids)) if at not in taken]
    _by_cells((row for row in rows if id(row) not in found), table, rest, found)
    taken = set(found.values())
    return Matched(found, [at for at in rest if at not in taken])


def _by_cells(
    rows: Iterable[Row], table: Table, rest: list[int], found: dict[int, int]
) -> None:
    """Match what is left where enough cells agree, the best pairs first."""
    pairs = []
    for order, row in enumerate(rows):
        for at in rest:
            agree, of = _alike(row, table, at)
            if of >= 3 and agree / of >= ALIKE:
                pairs.append((-agree / of, order, at, row))
    taken: set[int] = set()
    for _, _, at, row in sorted(pairs, key=lambda item: item[:3]):
        if id(row) not in found and at not in taken:
            found[id(row)] = at
            taken.add(at)


def _alike(row: Row, table: Table, at: int) -> tuple[int, int]:
    """Count the cells that agree with the truth, and those compared."""
    agree = of = 0
    for key, cell in row.cells.items():
        actual = table.value(key, at)
        if key == "asset_id" or actual is None or cell.truth is None:
            continue
        of += 1
        if isinstance(cell.truth, float) and isinstance(actual, int | float):
            agree += abs(cell.truth - float(actual)) < 1e-6
        else:
            agree += cell.truth == actual
    return agree, of


def _name(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
