"""Texts in CSV that a spreadsheet would run as formulas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from renewopt.core.harmless import harmless, harmless_table, unmarked
from renewopt.core.tables import Column, TableSchema, read_table, write_table

COLUMNS = (Column("name", "text"), Column("cost", "number"))
SCHEMA = TableSchema("works", COLUMNS, ("name",))


@given(st.text(alphabet="'=+-@\t\ra1.%"))
def test_marks_come_and_go(text: str) -> None:
    """Every text comes back; none that a spreadsheet would run goes out."""
    marked = harmless(text)
    assert unmarked(marked) == text
    number = marked.lstrip("+-").replace(".", "").replace("%", "").isdigit()
    assert number or not marked.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_tables_of_a_run_come_back_equal(tmp_path: Path) -> None:
    """Names that look like formulas are marked in the file and the same when read."""
    names = ["=1+1", "@x", "'=1", "一般", "-5"]
    frame = pd.DataFrame({"name": names, "cost": [1.0, 2, 3, 4, 5]})
    path = write_table(SCHEMA, frame, tmp_path)
    written = pd.read_csv(path, dtype=str)["name"].tolist()
    assert written == ["'=1+1", "'@x", "''=1", "一般", "-5"]
    assert read_table(SCHEMA, tmp_path)["name"].tolist() == names


def test_only_texts_are_marked() -> None:
    """Numbers stay numbers, and categories of texts are marked, too."""
    frame = pd.DataFrame({"a": [-1, 2], "b": pd.Categorical(["=x", "y"])})
    out = harmless_table(frame)
    assert out["a"].tolist() == [-1, 2]
    assert out["b"].tolist() == ["'=x", "y"]
