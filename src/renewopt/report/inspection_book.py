"""The list of assets to inspect first, as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from renewopt.report.sheets import Heading, Kind, Sheet, cell
from renewopt.report.workbook import Painter, new_book
from renewopt.text import Lang, label

COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("asset_class", "text"),
    ("asset_id", "text"),
    ("name", "wide"),
    ("street", "text"),
    ("grade", "whole"),
    ("loss_ahead", "money"),
    ("renewal_cost", "money"),
    ("decision_now", "text"),
    ("chance_of_change", "share"),
    ("value", "money"),
    ("inspection_cost", "money"),
    ("net_value", "money"),
    ("expert_share", "share"),
)
WORDS = ("asset_class", "decision_now")
"""Columns of codes that have labels."""


def inspection_sheet(assets: pd.DataFrame, notes: Sequence[str], lang: Lang) -> Sheet:
    """Build the sheet; `notes` stand above it."""
    headings = tuple(
        Heading(label(f"col.{name}", lang), kind) for name, kind in COLUMNS
    )
    rows = [
        tuple(_said(name, row[name], lang) for name, _ in COLUMNS)
        for row in assets.to_dict("records")
    ]
    name = label("sheet.inspect_first", lang)
    return Sheet("inspect_first", name, headings, tuple(rows), notes=tuple(notes))


def _said(name: str, value: Any, lang: Lang) -> Any:
    return label(str(value), lang) if name in WORDS else cell(value)


def inspection_book(
    assets: pd.DataFrame, notes: Sequence[str], path: Path, lang: Lang
) -> Path:
    """Write the workbook; whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    sheet = inspection_sheet(assets, notes, lang)
    with new_book(path) as book:
        page = book.add_worksheet(sheet.name)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        Painter(book).fill(page, sheet)
    return path
