"""Texts in CSV that a spreadsheet would run as formulas: marked out, unmarked in.

A text that begins with = + - @ gets an apostrophe before it; reading takes it away.
"""

from __future__ import annotations

import re

import pandas as pd

_RUNS = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[\d.,]+([eE][+-]?\d+)?%?")


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    runs = _RUNS.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def unmarked(text: str) -> str:
    """Take the apostrophe of `harmless` away; it marks text and is none itself."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def harmless_table(table: pd.DataFrame) -> pd.DataFrame:
    """Mark the texts of a table that is written as CSV."""
    changed: dict[str, pd.Series] = {}
    for name, column in table.items():
        kind = column.dtype
        if isinstance(kind, pd.CategoricalDtype):
            kind = kind.categories.dtype
        if str(kind) != "object" and not pd.api.types.is_string_dtype(kind):
            continue
        texts = (cell for cell in column.dropna().unique() if isinstance(cell, str))
        marked = {text: harmless(text) for text in texts if harmless(text) != text}
        if marked:
            changed[str(name)] = column.astype(object).map(
                lambda cell, new=marked: new.get(cell, cell)
            )
    return table.assign(**changed)


def unmarked_column(column: pd.Series) -> pd.Series:
    """Take the marks away from a column that was read from CSV."""
    marked = {
        text: unmarked(text)
        for text in column.unique()
        if isinstance(text, str) and unmarked(text) != text
    }
    return column.map(lambda cell: marked.get(cell, cell)) if marked else column
