"""The money of a project list: fund kind by year, from a sheet of its own (资金)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.base import Text
from renewopt.catalogue.columns import ColumnSpec, Names
from renewopt.core.errors import InputError
from renewopt.core.limits import MOST_WAN
from renewopt.inventory.cells import parse_column
from renewopt.inventory.cells.numbers import show
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.project_rows import fund_words
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key, plain

MONEY_SHEETS = ("资金", "money", "funds")
CERTAINTY_WORDS = {
    "": "confirmed",
    "已落实": "confirmed",
    "confirmed": "confirmed",
    "拟安排": "indicative",
    "indicative": "indicative",
    "假设": "assumed",
    "争取": "assumed",
    "assumed": "assumed",
}
"""Words for how sure money is; an empty cell is money that is confirmed."""
MOST = f"{MOST_WAN:,}"
_AMOUNT = ColumnSpec(
    name="amount",
    kind="number",
    unit="万元",
    min=0,
    max=MOST_WAN,
    headers=Names(zh=("金额",), en=("amount",)),
    doc=Text(zh="金额", en="Amount"),
)


def money_table(
    raw: RawTable, catalogue: Catalogue
) -> tuple[pd.DataFrame, tuple[int, ...], list[CellIssue]]:
    """Read fund kind × year; cells are 万元, empty ones are no money."""
    top = raw.top()
    row, years = _year_header(top)
    place = f"{raw.file} [{raw.sheet}]"
    if not years:
        raise InputError.of("inventory.money_header", file=place)
    owner_column = _column(top[row], {"权属单位", "出资单位", "owner"})
    sure_column = _column(top[row], {"资金确定性", "确定性", "certainty"})
    words = fund_words(catalogue)
    known = ", ".join(k.title.zh for _, k in sorted(catalogue.fund_kinds.items()))
    issues: list[CellIssue] = []
    rows: list[tuple[str, str, int, float, str]] = []
    seen: dict[tuple[str, str, str], int] = {}
    for position in range(row + 1, len(raw.grid)):
        cells = [str(cell) for cell in raw.grid.iloc[position]]
        kind = words.get(key(cells[0]))
        if not any(cell.strip() for cell in cells) or key(cells[0]) in {
            "合计",
            "total",
        }:
            continue
        if kind is None:
            issues.append(
                CellIssue(
                    raw.file, raw.sheet, raw.first_row + position,
                    top[row][0], cells[0],
                    "inventory.not_a_choice", "rejected", {"known": known},
                )
            )  # fmt: skip
            continue
        owner = plain(cells[owner_column]) if owner_column is not None else ""
        sure = _certainty(raw, position, top[row], sure_column, cells, issues)
        if not sure:
            continue
        first = seen.setdefault((kind, owner, sure), position + 1)
        if first != position + 1:
            issues.append(
                CellIssue(
                    raw.file, raw.sheet, position + 1, top[row][0], cells[0],
                    "inventory.money_twice", "rejected", {"first": first},
                )
            )  # fmt: skip
            continue
        amounts = _amounts(raw, position, top[row], years, cells, issues)
        rows += [(kind, owner, year, amount, sure) for year, amount in amounts]
    columns = ["fund_kind", "owner", "year", "amount", "certainty"]
    return pd.DataFrame(rows, columns=columns), tuple(sorted(years.values())), issues


def _certainty(
    raw: RawTable,
    position: int,
    header: Sequence[str],
    column: int | None,
    cells: Sequence[str],
    issues: list[CellIssue],
) -> str:
    """Read how sure a row's money is; "" where the word is not known."""
    if column is None:
        return "confirmed"
    sure = CERTAINTY_WORDS.get(key(cells[column]), "")
    if not sure:
        known = ", ".join(filter(None, CERTAINTY_WORDS))
        issues.append(
            CellIssue(
                raw.file, raw.sheet, raw.first_row + position, header[column],
                cells[column], "inventory.not_a_choice", "rejected", {"known": known},
            )
        )  # fmt: skip
    return sure


def _column(header: Sequence[str], words: set[str]) -> int | None:
    return next((i for i, cell in enumerate(header) if key(cell) in words), None)


def _year_header(top: Sequence[Sequence[str]]) -> tuple[int, dict[int, int]]:
    """Find the row with most years; give {position: year}."""
    best: tuple[int, dict[int, int]] = (0, {})
    for row, cells in enumerate(top):
        found = {
            i: int(match[1])
            for i, cell in enumerate(cells)
            if (match := re.match(r"^(\d{4})年?(?:\(万元\))?$", key(cell)))
        }
        if len(found) > len(best[1]):
            best = (row, found)
    return best


def _amounts(
    raw: RawTable,
    position: int,
    header: Sequence[str],
    years: dict[int, int],
    cells: Sequence[str],
    issues: list[CellIssue],
) -> list[tuple[int, float]]:
    texts = pd.Series([cells[i] for i in years], dtype=object)
    parsed = parse_column(texts, _AMOUNT)
    out = []
    for i, column, year in zip(range(len(years)), years, years.values(), strict=True):
        outcome = parsed.outcomes[parsed.which[i]]
        value, code = parsed.cells.iloc[i], outcome.code
        severity: Severity = outcome.severity() if code else "repaired"
        if not pd.isna(value) and round(value, 2) != value:
            code, severity = "inventory.money_too_fine", "rejected"
        if severity == "questioned":
            severity = "rejected"  # no plan is made on money that may be another sum
        if code:
            ends = {"low": show(outcome.low), "high": show(outcome.high)}
            allowed = {"least": "0", "greatest": MOST, "unit": "万元"}
            issues.append(
                CellIssue(
                    raw.file, raw.sheet, raw.first_row + position, header[column],
                    cells[column], code, severity,
                    {**allowed, **outcome.params, **ends}, show(outcome.value), column,
                )
            )  # fmt: skip
        if severity != "rejected" and not pd.isna(value) and value > 0:
            out.append((year, float(value)))
    return out
