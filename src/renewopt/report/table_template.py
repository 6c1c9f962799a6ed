"""Empty workbooks for the tables of an inventory, made from `models/`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.returned import HELP_MARK
from renewopt.report.describe import (
    choice_words,
    comment,
    example,
    heading,
    range_text,
    table_kinds,
)
from renewopt.report.return_places import Place
from renewopt.report.workbook import new_book
from renewopt.text import Lang, label

ROWS = 5000
"""Rows with drop-downs and checks; more may be filled in."""
_FORMATS = {"text": "@", "choice": "@", "flag": "@", "year": "0", "date": "yyyy-mm-dd"}
"""Cells of text stay text: 001 keeps its zeros, 1-2 becomes no date."""


def table_template(path: Path, lang: Lang, catalogue: Catalogue, table: str) -> Path:
    """Write the template of an asset class or of another table of an inventory.

    Headings, drop-downs, checks and comments come from the description by which the
    table is read. Sheets of help carry a mark by which the import leaves them out.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    kind = table_kinds(catalogue)[table]
    with new_book(path) as book:
        page = book.add_worksheet(table_title(table, catalogue, lang)[:31])
        help_page = book.add_worksheet(label("sheet.help", lang))
        words_page = book.add_worksheet(label("sheet.words", lang))
        ranges = _words(words_page, kind, catalogue, lang)
        _fill(book, page, kind, catalogue, lang, ranges)
        _help(book, help_page, kind, catalogue, lang)
        page.activate()
    return path


def table_title(table: str, catalogue: Catalogue, lang: Lang) -> str:
    """Say what a table is called; the import knows it by this name of the sheet."""
    if table in catalogue.asset_classes:
        return str(getattr(catalogue.asset_classes[table].title, lang))
    return str(getattr(extra_tables()[table].title, lang))


def _asked(kind: TableKind) -> list[ColumnSpec]:
    """List the columns that people fill in."""
    return [spec for spec in kind.columns if not spec.ours]


def _fill(
    book: Any, page: Worksheet, kind: TableKind, catalogue: Catalogue, lang: Lang,
    ranges: dict[str, str],
) -> None:  # fmt: skip
    """Write the headings with their comments, formats and checks."""
    colours = {True: "#FCE4D6", False: "#DDEBF7"}
    heads = {
        needed: book.add_format(
            {"bold": True, "bg_color": colour, "border": 1, "text_wrap": True}
        )
        for needed, colour in colours.items()
    }
    formats = {
        name: book.add_format({"num_format": text}) for name, text in _FORMATS.items()
    }
    for number, spec in enumerate(_asked(kind)):
        text = heading(spec, lang)
        page.set_column(number, number, max(12, len(text) + 6), formats.get(spec.kind))
        page.write_string(0, number, text, heads[spec.required])
        options = {"x_scale": 2, "y_scale": 1.8, "author": "renewopt"}
        page.write_comment(0, number, comment(spec, catalogue, lang), options)
        rule = _check(spec, ranges.get(spec.name), lang)
        if rule:
            page.data_validation(1, number, ROWS, number, rule)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.freeze_panes(1, 1)


def _check(spec: ColumnSpec, source: str | None, lang: Lang) -> dict[str, Any] | None:
    """Give the drop-down or the range of a column."""
    told = {"error_title": heading(spec, lang)[:32], "error_message": _told(spec, lang)}
    if source is not None:
        # Words that the import knows besides these may be typed in all the same.
        return {"validate": "list", "source": source, "error_type": "warning", **told}
    if spec.kind == "date":
        first = {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
        return {**first, **told}
    if spec.kind not in {"number", "integer", "year"}:
        return None
    limits = {"minimum": spec.min, "maximum": spec.max}
    kind = "decimal" if spec.kind == "number" else "integer"
    if spec.min is None or spec.max is None:
        low = spec.min if spec.min is not None else -(10**9)
        return {"validate": kind, "criteria": ">=", "value": low, **told}
    return {"validate": kind, "criteria": "between", **limits, **told}


def _told(spec: ColumnSpec, lang: Lang) -> str:
    parts = [getattr(spec.doc, lang), range_text(spec), spec.unit]
    return " ".join(part for part in parts if part)[:255]


def _words(
    page: Worksheet, kind: TableKind, catalogue: Catalogue, lang: Lang
) -> dict[str, str]:
    """Write the words of the drop-downs; return the range of each column."""
    page.write_string(0, 0, HELP_MARK)
    name = label("sheet.words", lang)
    ranges = {}
    number = 0
    for spec in _asked(kind):
        words = choice_words(spec, catalogue, lang)
        if not words:
            continue
        page.write_string(1, number, heading(spec, lang))
        for row, word in enumerate(words, start=2):
            page.write_string(row, number, word)
        letters = _letters(number)
        ranges[spec.name] = f"='{name}'!${letters}$3:${letters}${2 + len(words)}"
        number += 1
    page.set_column(0, max(number, 1), 18)
    return ranges


def _letters(column: int) -> str:
    return Place(1, column + 1).name.rstrip("0123456789")


def _help(
    book: Any, page: Worksheet, kind: TableKind, catalogue: Catalogue, lang: Lang
) -> None:
    """Explain how to fill the table in, and every column."""
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, HELP_MARK, book.add_format({"font_color": "#808080"}))
    for row, code in enumerate(("help.fill", "help.cells", "help.send"), start=1):
        page.write_string(row, 0, label(code, lang))
    columns = (
        "header", "other_name", "field", "required", "kind", "unit", "range", "words",
        "meaning", "example",
    )  # fmt: skip
    for number, name in enumerate(columns):
        page.write_string(5, number, label(f"col.{name}", lang), bold)
        page.set_column(number, number, (20, 20, 18, 7, 8, 8, 14, 40, 44, 16)[number])
    other: Lang = "en" if lang == "zh" else "zh"
    for row, spec in enumerate(_asked(kind), start=6):
        cells = (
            heading(spec, lang),
            heading(spec, other),
            spec.name,
            label("yes", lang) if spec.required else "",
            label(f"cell.{spec.kind}", lang),
            spec.unit,
            range_text(spec),
            " / ".join(choice_words(spec, catalogue, lang)),
            getattr(spec.doc, lang),
            example(spec, catalogue, lang),
        )
        for number, text in enumerate(cells):
            page.write_string(row, number, text, wrap)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.freeze_panes(6, 1)
