"""The workbook of clauses: every asset with what decides it, and every clause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.projects import Clauses
from renewopt.report.sheets import Heading, Kind, Sheet
from renewopt.report.workbook import Painter, new_book
from renewopt.text import Lang, label

_ASSETS: dict[str, Kind] = {
    "asset_class": "text",
    "asset_id": "text",
    "name": "wide",
    "district": "text",
    "street": "text",
    "owner": "text",
    "age": "whole",
    "grade": "whole",
    "risk_now": "money",
    "standing": "text",
    "deadline": "year",
    "clause": "wide",
    "phrase": "wide",
    "verb": "text",
    "document": "wide",
    "pack": "text",
    "trigger": "wide",
    "clauses": "whole",
    "differ": "text",
}
_CLAUSES: dict[str, Kind] = {
    "asset_class": "text",
    "asset_id": "text",
    "hardness": "text",
    "deadline": "year",
    "clause": "wide",
    "phrase": "wide",
    "verb": "text",
    "document": "wide",
    "pack": "text",
    "trigger": "wide",
}


def clauses_workbook(
    found: Clauses, path: Path, lang: Lang, catalogue: Catalogue, notes: tuple[str, ...]
) -> Path:
    """Write both tables; whole or not at all.

    Parameters
    ----------
    notes
        Lines above the first table: expired packs and what was assumed.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    names = {
        name: cls.title.in_lang(lang) for name, cls in catalogue.asset_classes.items()
    }

    def said(column: str, value: Any) -> Any:
        if column == "asset_class":
            return names.get(str(value), str(value))
        if column in {"standing", "hardness"}:
            return label(str(value), lang)
        if column == "differ":
            return label("yes", lang) if value else ""
        return value

    sheets = (
        _sheet("clauses_by_asset", found.standing, _ASSETS, lang, said, notes),
        _sheet("clauses_said", found.said, _CLAUSES, lang, said),
    )
    with new_book(path) as book:
        painter = Painter(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.set_landscape()
            page.set_paper(9)  # A4
            page.fit_to_pages(1, 0)
            painter.fill(page, sheet)
    return path


def _sheet(
    code: str,
    table: pd.DataFrame,
    kinds: dict[str, Kind],
    lang: Lang,
    said: Callable[[str, Any], Any],
    notes: tuple[str, ...] = (),
) -> Sheet:
    columns = [_cells(table, name, said) for name in kinds]
    rows = tuple(zip(*columns, strict=True))
    headings = tuple(
        Heading(label(f"clauses.{name}", lang), kind) for name, kind in kinds.items()
    )
    return Sheet(code, label(f"sheet.{code}", lang), headings, rows, notes=notes)


def _cells(
    table: pd.DataFrame, column: str, said: Callable[[str, Any], Any]
) -> list[Any]:
    """Give the cells of a column as plain values, None where empty."""
    values = table[column].astype(object)
    return [None if pd.isna(v) else said(column, _plain(v)) for v in values]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
