"""The empty project list (项目库) that a bureau fills in when it has no inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.kinds import extra_kind
from renewopt.report.describe import choice_words, comment, heading
from renewopt.report.workbook import new_book
from renewopt.text import Lang, label

ROWS = 2000
"""Rows with drop-downs."""
COLUMNS = (
    "name", "project_code", "legal_owner", "asset_class", "nature", "ownership",
    "total_cost", "scale", "households", "grade", "assessment_result",
    "assessment_deadline", "readiness", "period", "fund_kinds", "bond_review",
    "district", "street", "net_income_per_year", "remark",
)  # fmt: skip
"""Columns in the order of a bureau's list."""


def project_list_template(
    path: Path, lang: Lang, catalogue: Catalogue, first_year: int, years: int = 5
) -> Path:
    """Write the template: a sheet of projects and a sheet of money by fund and year.

    Headings, drop-downs and comments come from the same description by which the list
    is read, so that what is filled in is understood.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    specs = {column.name: column for column in extra_kind("project_list").columns}
    with new_book(path) as book:
        styles = {
            True: book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1}),
            False: book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1}),
        }
        page = book.add_worksheet(label("sheet.projects", lang))
        for number, name in enumerate(COLUMNS):
            spec = specs[name]
            page.write_string(0, number, heading(spec, lang), styles[spec.required])
            page.write_comment(0, number, comment(spec, catalogue, lang))
            page.set_column(number, number, 16)
            rule = _validation(spec, catalogue, lang)
            if rule:
                page.data_validation(1, number, ROWS, number, rule)
        page.freeze_panes(1, 1)
        money = book.add_worksheet(label("sheet.money", lang))
        _money(
            money, styles[True], catalogue, lang, range(first_year, first_year + years)
        )
    return path


def _validation(
    spec: ColumnSpec, catalogue: Catalogue, lang: Lang
) -> dict[str, Any] | None:
    """Give the drop-down or the range of a column; funds may be several: free text."""
    choices = choice_words(spec, catalogue, lang)
    if choices and spec.name != "fund_kinds":
        return {"validate": "list", "source": choices}
    if spec.min is None or spec.kind not in {"number", "integer", "year"}:
        return None
    kind = "decimal" if spec.kind == "number" else "integer"
    if spec.max is None:
        return {"validate": kind, "criteria": ">=", "value": spec.min}
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": spec.min,
        "maximum": spec.max,
    }


def _money(
    page: Worksheet, style: Any, catalogue: Catalogue, lang: Lang, years: range
) -> None:
    """Write one row per kind of fund; owners of operators' money go beside it."""
    page.write_string(0, 0, label("col.fund", lang), style)
    page.write_string(0, 1, label("col.owner", lang), style)
    page.write_comment(0, 1, label("owner_note", lang))
    for number, year in enumerate(years, start=2):
        page.write_number(0, number, year, style)
    for row, (_, kind) in enumerate(sorted(catalogue.fund_kinds.items()), start=1):
        page.write_string(row, 0, getattr(kind.title, lang))
        page.data_validation(
            row, 2, row, 1 + len(years),
            {"validate": "decimal", "criteria": ">=", "value": 0},
        )  # fmt: skip
    page.set_column(0, 1, 22)
    page.freeze_panes(1, 2)
