"""Small raw tables for the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from renewopt.catalogue import load
from renewopt.inventory.cells import AsOf
from renewopt.inventory.kinds import TableKind, class_kind, extra_kind
from renewopt.inventory.parse import parse_table
from renewopt.inventory.raw import RawTable
from renewopt.inventory.tables import ParsedTable

AS_OF = AsOf(2026)


def grid(text: str) -> list[list[str]]:
    """Split a table: rows by line, cells by `|`."""
    rows = [
        [cell.strip(" ") for cell in line.split("|")]
        for line in text.strip("\n").split("\n")
    ]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def raw(
    text: str, merged: Sequence[tuple[int, int, int, int]] = (), sheet: str = ""
) -> RawTable:
    """Make a raw table of a text."""
    frame = pd.DataFrame(grid(text), dtype="str")
    return RawTable("t.xlsx", sheet, "t", frame, merged=tuple(merged))


@cache
def kind(name: str) -> TableKind:
    """Give a kind by the id of its class or table."""
    models = load()
    known = name in models.asset_classes
    return class_kind(models, name) if known else extra_kind(name)


def parse(
    text: str,
    name: str = "water_pipe",
    merged: Sequence[tuple[int, int, int, int]] = (),
    as_of: AsOf = AS_OF,
) -> ParsedTable:
    """Read a text as a table of a class."""
    return parse_table(raw(text, merged), kind(name), as_of)


def codes(table: ParsedTable) -> list[tuple[str, int, str, str]]:
    """List (code, row, column, severity) of the issues."""
    return [
        (i.code.removeprefix("inventory."), i.row, i.column, i.severity)
        for i in table.issues
    ]
