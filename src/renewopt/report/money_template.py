"""The empty workbook of the county's money that a scenario names under `money`."""

from __future__ import annotations

from pathlib import Path

from renewopt.catalogue import Catalogue
from renewopt.inventory.money_book import COLUMNS, SHEETS, WITH_YEARS
from renewopt.report.workbook import new_book
from renewopt.text import Lang, label

NEEDED = ("id", "kind", "fund", "year", "funds", "payer", "purse_after")


def money_template(
    path: Path, lang: Lang, catalogue: Catalogue, first_year: int, years: int = 5
) -> Path:
    """Write the template; a kind of money without a sum by year is left out.

    Headings come from the description by which the workbook is read.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    zh = lang == "zh"
    with new_book(path) as book:
        look = {"bold": True, "border": 1}
        needed = book.add_format({**look, "bg_color": "#FCE4D6"})
        other = book.add_format({**look, "bg_color": "#DDEBF7"})
        for sheet, names in SHEETS.items():
            page = book.add_worksheet(names[0 if zh else 1])
            for place, (name, heads) in enumerate(COLUMNS[sheet].items()):
                style = needed if name in NEEDED else other
                page.write_string(0, place, heads[0 if zh else 1], style)
                page.write_comment(0, place, label(f"money_book.{name}", lang))
            last = len(COLUMNS[sheet])
            for place in range(years if sheet in WITH_YEARS else 0):
                page.write_number(0, last + place, first_year + place, other)
            page.set_column(0, last + years, 16)
            page.freeze_panes(1, 2)
            kinds = sorted(catalogue.fund_kinds.items()) if sheet == "funds" else []
            for row, (name, kind) in enumerate(kinds, start=1):
                page.write_string(row, 0, name.replace("_", "-"))
                page.write_string(row, 1, getattr(kind.title, lang))
    return path
