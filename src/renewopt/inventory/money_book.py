"""The county's money as a workbook: funds with terms, debt owed, limits, debt service.

It gives what a scenario says in `[[fund]]`, `[[existing_debt]]` and `[[rule]]`, so that
the same checks judge both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.project_money import CERTAINTY_WORDS
from renewopt.inventory.project_rows import fund_words
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import read_raw
from renewopt.inventory.words import key, plain

SHEETS = {
    "funds": ("资金", "Funds"),
    "existing_debt": ("存量债务", "Existing debt"),
    "debt_limits": ("债务限额", "Debt limits"),
    "debt_service": ("还本付息", "Debt service"),
}
"""Sheets by what they hold; only the first is needed."""

COLUMNS: dict[str, dict[str, tuple[str, str, str]]] = {
    "funds": {
        "id": ("编号", "id", "text"),
        "kind": ("资金类型", "Kind", "kind"),
        "title": ("名称", "Title", "text"),
        "owner": ("出资单位", "Owner", "text"),
        "borrower": ("借款人", "Borrower", "text"),
        "programme": ("专项名称", "Programme", "text"),
        "certainty": ("资金确定性", "Certainty", "certainty"),
        "natures": ("适用项目属性", "Natures", "natures"),
        "ownerships": ("适用产权", "Ownerships", "ownerships"),
        "asset_classes": ("适用资产类别", "Asset classes", "classes"),
        "max_share_bp": ("最高比例（基点）", "Largest share (bp)", "number"),
        "least_draw": ("最低用款额（万元）", "Least draw (万元)", "number"),
        "step": ("用款步长（万元）", "Step (万元)", "number"),
        "carry_over": ("结转年数", "Carry-over (years)", "number"),
        "arrival_month": ("到账月份", "Arrival month", "number"),
        "up_front": ("可提前拨付", "Up front", "flag"),
        "tenor_years": ("期限（年）", "Tenor (years)", "number"),
        "coupon_bp": ("利率（基点）", "Coupon (bp)", "number"),
        "interest_per_year": ("每年付息次数", "Interest dates a year", "number"),
        "grace_years": ("宽限期（年）", "Grace (years)", "number"),
        "repayment": ("还本方式", "Repayment", "repayment"),
    },
    "existing_debt": {
        "fund": ("资金编号", "Fund", "text"),
        "year": ("年份", "Year", "year"),
        "repaid": ("还本（万元）", "Repaid (万元)", "number"),
        "interest": ("付息（万元）", "Interest (万元)", "number"),
    },
    "debt_limits": {
        "id": ("编号", "id", "text"),
        "funds": ("资金编号", "Funds", "list"),
    },
    "debt_service": {
        "id": ("编号", "id", "text"),
        "funds": ("资金编号", "Funds", "list"),
        "payer": ("偿还来源", "Payer", "payer"),
        "income_first": ("项目收益先还", "Income first", "flag"),
        "purse_after": ("规划期后每年（万元）", "Each later year (万元)", "number"),
    },
}
"""Columns of each sheet: heading in Chinese and English, and what stands in them."""

WITH_YEARS = ("funds", "debt_limits", "debt_service")
"""Sheets with a column per year."""

PERCENT_OR_POINTS = {"max_share_bp": 100, "coupon_bp": 20}
"""Up to here (1 %, 0.2 %) a number of basis points looks like a percentage."""

_WORDS: dict[str, dict[str, str]] = {
    "certainty": {k: v for k, v in CERTAINTY_WORDS.items() if k},
    "natures": {
        "公益性": "public",
        "准公益性": "quasi_public",
        "经营性": "commercial",
    },
    "ownerships": {
        "公有": "public",
        "政府": "public",
        "专业经营单位": "operator",
        "企业": "operator",
        "居民": "residents",
    },
    "repayment": {"到期一次还本": "bullet", "等额还本": "equal"},
    "payer": {
        "政府性基金预算": "government_fund_budget",
        "一般公共预算": "general_public_budget",
        "借款人": "borrower",
    },
    "flag": {"是": "yes", "否": "no", "true": "yes", "false": "no"},
}
"""Words of a column in Chinese; the codes are understood too."""

_YEAR = re.compile(r"^(\d{4})年?(?:\(万元\))?$")
_UNFILLED = {"id", "kind", "title"}
"""Terms of a row of the template to which nobody added money."""
_SEVERAL = ("natures", "ownerships", "classes", "list")


@dataclass
class _Page:
    """One sheet being read: where its columns are, and what is wrong with its cells."""

    raw: RawTable
    sheet: str
    words: Mapping[str, Mapping[str, str]]
    problems: list[Message]
    places: dict[str, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)

    def read(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Give each row's terms and its money by year."""
        grid = self.raw.grid
        rows = [[str(cell) for cell in grid.iloc[i]] for i in range(len(grid))]
        if not self._header(rows[0] if rows else []):
            return
        for number, cells in enumerate(rows[1:], start=1):
            if any(cell.strip() for cell in cells):
                yield self._terms(number, cells), self._amounts(number, cells)

    def _header(self, cells: Sequence[str]) -> bool:
        known = {
            key(head): name
            for name, (zh, en, _) in COLUMNS[self.sheet].items()
            for head in (zh, en, name)
        }
        found = len(self.problems)
        for place, cell in enumerate(cells):
            year = _YEAR.match(key(cell))
            if year and self.sheet in WITH_YEARS and int(year[1]) not in self.years:
                self.years[int(year[1])] = place
            elif (name := known.get(key(cell))) and name not in self.places:
                self.places[name] = place
            elif cell.strip():
                heads = ", ".join(zh for zh, _, _ in COLUMNS[self.sheet].values())
                self._wrong("money_book.column", 0, cell, known=heads)
        first = next(iter(COLUMNS[self.sheet]))
        if first not in self.places:
            self._wrong("money_book.no_column", 0, COLUMNS[self.sheet][first][0])
        return len(self.problems) == found

    def _terms(self, number: int, cells: Sequence[str]) -> dict[str, Any]:
        terms: dict[str, Any] = {}
        for name, place in self.places.items():
            text, kind = plain(cells[place]), COLUMNS[self.sheet][name][2]
            if not text:
                continue
            value = self._value(number, name, kind, text)
            if value is not None:
                terms[name] = value
        return terms

    def _value(self, number: int, name: str, kind: str, text: str) -> Any:
        if kind in {"number", "year"}:
            return self._number(number, name, text, whole=kind == "year")
        if kind in _SEVERAL:
            parts = [p.strip() for p in re.split(r"[;；,，、]", text) if p.strip()]
            if kind == "list":
                return parts
            return [self._word(number, name, kind, part) for part in parts]
        if kind == "text":
            return text
        word = self._word(number, name, kind, text)
        return word == "yes" if kind == "flag" else word

    def _word(self, number: int, name: str, kind: str, text: str) -> str:
        words = self.words[kind]
        if key(text) not in words:
            known = ", ".join(dict.fromkeys(words))
            self._wrong("money_book.word", number, text, column=name, known=known)
        return words.get(key(text), "")

    def _number(
        self, number: int, name: str, text: str, *, whole: bool = False
    ) -> int | str | None:
        """Give a number as written, so that the scenario's own checks judge it.

        Basis points may be written as a percentage; what looks like a percentage
        without its sign (a coupon of 3) is asked about, never taken as 0.03 %.
        """
        points = name.endswith("_bp")
        percent = points and text.endswith(("%", "％"))
        try:
            value = Decimal(text.rstrip("%％ " if percent else "").replace(",", ""))
        except InvalidOperation:
            value = Decimal("NaN")
        value = value * 100 if percent else value
        if not value.is_finite() or (whole and value % 1):
            self._wrong("money_book.number", number, text, column=name)
            return None
        if points and not percent and 0 < value <= PERCENT_OR_POINTS[name]:
            self._wrong("money_book.percent", number, text, column=name)
            return None
        return int(value) if value % 1 == 0 else str(value)

    def _amounts(self, number: int, cells: Sequence[str]) -> dict[str, Any]:
        money = {}
        for year, place in sorted(self.years.items()):
            text = plain(cells[place])
            value = self._number(number, str(year), text) if text else None
            if value is not None:
                money[str(year)] = value
        return money

    def _wrong(self, code: str, number: int, value: str, **more: Any) -> None:
        facts = {"file": self.raw.file, "sheet": self.raw.sheet, "value": value}
        row = self.raw.first_row + number
        self.problems.append(message(code, row=row, **facts, **more))


def read_money_book(
    path: Path, catalogue: Catalogue, start_year: int
) -> dict[str, list[dict[str, Any]]]:
    """Read the workbook; give `fund`, `existing_debt`, `rule` as in a scenario.

    Money of years before `start_year` is what is left of them when the plan begins.

    Raises
    ------
    InputError
        With every sheet, column and cell that is not understood.
    """
    names = {key(n): sheet for sheet, both in SHEETS.items() for n in (*both, sheet)}
    problems: list[Message] = []
    pages: dict[str, _Page] = {}
    for raw in read_raw(path):
        sheet = names.get(key(raw.sheet))
        if sheet is None or sheet in pages:
            known = ", ".join(zh for zh, _ in SHEETS.values())
            problems.append(
                message(
                    "money_book.sheet", file=path.name, value=raw.sheet, known=known
                )
            )
            continue
        pages[sheet] = _Page(raw, sheet, _words(catalogue), problems)
    if "funds" not in pages:
        problems.append(
            message("money_book.no_sheet", file=path.name, value=SHEETS["funds"][0])
        )
    found: dict[str, list[dict[str, Any]]] = {
        "fund": [],
        "existing_debt": [],
        "rule": [],
    }
    for sheet, page in pages.items():
        where, entry = _ENTRIES[sheet]
        for terms, money in page.read():
            if money or not set(terms) <= _UNFILLED:
                found[where].append(entry(terms, money, start_year))
    if problems:
        raise InputError(*problems)
    return found


def _words(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    words = {
        kind: {key(word): code for word, code in own.items()}
        | {key(code): code for code in own.values()}
        for kind, own in _WORDS.items()
    }
    classes = {
        key(text): name
        for name, model in sorted(catalogue.asset_classes.items())
        for text in (name, model.title.zh, model.title.en)
    }
    return {**words, "kind": fund_words(catalogue), "classes": classes}


def _fund(terms: dict[str, Any], money: dict[str, Any], start: int) -> dict[str, Any]:
    parts = {
        "amount": {y: n for y, n in money.items() if int(y) >= start},
        "opening": {y: n for y, n in money.items() if int(y) < start},
    }
    return {**terms, **parts}


def _debt(terms: dict[str, Any], _: dict[str, Any], __: int) -> dict[str, Any]:
    year = str(terms.get("year", ""))
    entry: dict[str, Any] = {"fund": terms.get("fund", "")}
    for name in ("repaid", "interest"):
        if name in terms:
            entry[name] = {year: terms[name]}
    return entry


def _rule(kind: str, key_of_years: str) -> Callable[..., dict[str, Any]]:
    def entry(terms: dict[str, Any], money: dict[str, Any], _: int) -> dict[str, Any]:
        return {"kind": kind, **terms, key_of_years: money}

    return entry


_ENTRIES: dict[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "funds": ("fund", _fund),
    "existing_debt": ("existing_debt", _debt),
    "debt_limits": ("rule", _rule("debt_limit", "limit")),
    "debt_service": ("rule", _rule("debt_service", "purse")),
}
