"""Templates from models/: complete, checked, and clean when filled and read back."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from renewopt import catalogue as catalogue_room
from renewopt.core.data import data_dir
from renewopt.inventory import read_inventory
from renewopt.inventory.cells import parse_column
from renewopt.report import table_kinds, table_template
from renewopt.report.describe import example

CATALOGUE = catalogue_room.load()
KINDS = table_kinds(CATALOGUE)
COUNTY = data_dir("inventories") / "demo-county"
TABLES = sorted(
    name for name in set(KINDS) - {"failures"} if (COUNTY / f"{name}.csv").is_file()
)
"""Tables that the county has."""


def _typed(text: str, kind: str) -> Any:
    """Type a cell in as a clerk would: numbers as numbers, dates as dates."""
    if kind == "date" and text:
        return datetime.fromisoformat(text)
    if kind in {"number", "integer", "year"} and text:
        return float(text)
    return text or None


OUTSIDE, SIZE = "管径(PE管为公称外径)", "管径(mm)"
"""The sizes of the county's gas pipes, and what the form calls them."""


def _fill(path: Path, table: str, source: Path) -> None:
    """Fill a template from a table of the county."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = [str(cell.value) for cell in page[1]]
    kinds = [spec.kind for spec in KINDS[table].columns if not spec.ours]
    with source.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            row = {head.replace(OUTSIDE, SIZE): cell for head, cell in row.items()}
            assert set(row) <= set(heads)
            for column, (head, kind) in enumerate(
                zip(heads, kinds, strict=True), start=1
            ):
                page.cell(number, column).value = _typed(row.get(head, ""), kind)
    book.save(path)


def _filled(path: Path, table: str, source: Path) -> pd.DataFrame:
    """Fill a template from a table of the county and read it back."""
    _fill(path, table, source)
    found = read_inventory(path, CATALOGUE)
    asked = {i.code for i in found.issues if i.severity != "note"}
    # The form's own heading does not say whether 110 is outside or inside.
    assert asked <= {"inventory.outside_unsaid"}
    assert "inventory.unknown_column" not in {i.code for i in found.issues}
    if table in CATALOGUE.asset_classes:
        return found.assets[table]
    return pd.DataFrame(getattr(found, table))


@pytest.mark.parametrize("table", TABLES)
def test_a_filled_template_reads_back_equal(table: str, tmp_path: Path) -> None:
    """The demo county's rows, typed into the template, give the county's tables."""
    path = table_template(tmp_path / "form.xlsx", "zh", CATALOGUE, table)
    frame = _filled(path, table, COUNTY / f"{table}.csv")
    whole = read_inventory(COUNTY / f"{table}.csv", CATALOGUE)
    is_class = table in CATALOGUE.asset_classes
    expected = whole.assets[table] if is_class else getattr(whole, table)
    columns = [name for name in expected if name in frame]
    assert columns == list(expected)
    pd.testing.assert_frame_equal(frame[columns], expected)
    assert frame.drop(columns=columns).isna().all().all()


def test_filled_failure_records_read_back(tmp_path: Path) -> None:
    """Failure records are joined to their assets as those of the file are."""
    path = table_template(tmp_path / "form.xlsx", "zh", CATALOGUE, "failures")
    _fill(path, "failures", COUNTY / "failures.csv")
    classes = [name for name in TABLES if name in CATALOGUE.asset_classes]
    assert len(classes) == 5
    assets = [COUNTY / f"{name}.csv" for name in classes]
    found = read_inventory([*assets, path], CATALOGUE)
    expected = read_inventory([*assets, COUNTY / "failures.csv"], CATALOGUE)
    assert len(expected.failures) > 100
    pd.testing.assert_frame_equal(found.failures, expected.failures)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("table", sorted(KINDS))
def test_every_column_is_there_and_explained(
    table: str, lang: Any, tmp_path: Path
) -> None:
    """Headings mean their columns; comments, drop-downs and checks are there."""
    path = table_template(tmp_path / "form.xlsx", lang, CATALOGUE, table)
    book = openpyxl.load_workbook(path)
    page: Any = book.worksheets[0]
    specs = [spec for spec in KINDS[table].columns if not spec.ours]
    found = read_inventory(path, CATALOGUE)
    is_class = table in CATALOGUE.asset_classes
    frame = found.assets[table] if is_class else getattr(found, table)
    assert {spec.name for spec in specs} <= set(frame)
    assert {i.code for i in found.issues} == {"inventory.our_sheet"}
    checks = {
        next(iter(rule.sqref.ranges)).min_col: rule
        for rule in page.data_validations.dataValidation
    }
    for number, spec in enumerate(specs, start=1):
        text = page.cell(1, number).comment.text
        assert getattr(spec.doc, lang) in text
        assert spec.name in text
        if spec.unit:
            assert spec.unit in text
        if spec.kind in {"choice", "flag"}:
            assert checks[number].type == "list"
        elif spec.kind == "number":
            assert checks[number].type == "decimal"
        elif spec.kind in {"integer", "year"}:
            assert checks[number].type == "whole"
        elif spec.kind == "date":
            assert checks[number].type == "date"
    lists = [rule for rule in checks.values() if rule.type == "list"]
    for rule in lists:
        sheet, _, cells = rule.formula1.partition("!")
        words = [row[0].value for row in book[sheet.strip("'")][cells.replace("$", "")]]
        assert all(words)


def test_an_empty_template_is_no_error(tmp_path: Path) -> None:
    """A template without rows is an empty table, even where the class is named."""
    path = table_template(tmp_path / "form.xlsx", "zh", CATALOGUE, "gas_pipe")
    found = read_inventory(path, CATALOGUE, asset_class="gas_pipe")
    assert len(found.assets["gas_pipe"]) == 0
    assert {i.code for i in found.issues} == {"inventory.our_sheet"}


def test_examples_are_understood() -> None:
    """Every example of the help sheet can be read as its column."""
    for kind in KINDS.values():
        for spec in kind.columns:
            text = example(spec, CATALOGUE, "zh")
            if text and spec.kind != "text":
                parsed = parse_column(pd.Series([text], dtype=object), spec)
                assert parsed.codes[0] == "", (kind.id, spec.name, text)
