"""Number formats of workbooks: what they show beside the number that is stored."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.readers.labels import label_text, labels
from renewopt.inventory.readers.texts import value_text

STYLES = "xl/styles.xml"
_SIZE = 1 << 24
"""Bytes of styles that are looked at; real ones have some hundred thousand."""
_FORMATS = re.compile(rb"<(?:\w+:)?numFmt\b[^>]*>")
_CELLS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(rb"<c ([^>]*)>")
_OF_STYLE = re.compile(rb'\bs="(\d+)"')
_PLACE = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')
_TEXT = re.compile(rb'\bt="(?!n")')
"""A type other than number: texts, errors, flags show no number format."""
_BUILT_IN = {"9": "0%", "10": "0.00%"}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|(?P<skip>[_*].)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<scientific>E[+-])|(?P<digit>[0#?]+)"
    r"|(?P<date>AM/PM|A/P|上午/下午|[ymdhsYMDHS])|(?P<other>.)",
    re.DOTALL,
)
_SILENT = frozenset(" \u3000\u00a0-()/.,:'¥￥$€£@;")
"""Signs that change nothing: currencies, brackets of negative numbers, spaces."""
_SHIFTS = {"百万": 6, "千万": 7, "万": 4, "亿": 8, "千": 3, "公里": 3, "km": 3, "k": 3}
"""Words after a number and the digits by which they move its point."""
_BEFORE = re.compile(r"de|dn|[dφøΦ⌀∅]|约|大约|近|[<>≤≥≈~±]|[<>]=", re.IGNORECASE)
"""What a format may put before a number and means something there."""


@dataclass(frozen=True)
class Shown:
    """What a format adds to a number.

    Attributes
    ----------
    code
        The format.
    before, after
        Texts around the number.
    percent
        Whether the number is shown times 100.
    clear
        Whether that is all; else the number shown may be another one.
    shift
        Digits by which the point is moved to the left, as the word after the number
        says: `0!.0,"万"` shows 12345 as 1.2万.
    label
        Whether only a name is shown otherwise: `"GP-"0000` shows 12 as GP-0012. It is
        no other number, so only columns of texts take it.
    """

    code: str
    before: str = ""
    after: str = ""
    percent: bool = False
    clear: bool = True
    shift: int = 0
    label: bool = False

    def text(self, number: float, plain: str) -> str:
        """Give the number as the format shows it, with all its digits."""
        shown = f"{round(number * 100, 9):.15g}%" if self.percent else plain
        if self.shift:
            shown = f"{number / 10**self.shift:.15g}"
        return f"{self.before}{shown}{self.after}"


def styles_of(archive: zipfile.ZipFile) -> Styles:
    """Find the cell styles of a workbook whose formats add something."""
    if STYLES not in archive.namelist():
        return Styles({})
    with archive.open(STYLES) as member:
        text = member.read(_SIZE)
    codes = dict(_BUILT_IN)
    for tag in _FORMATS.findall(text):
        given = _attributes(tag)
        codes[given.get("numFmtId", "")] = given.get("formatCode", "")
    cells = _CELLS.search(text)
    styles = _STYLE.findall(cells[0]) if cells else []
    found = {}
    for number, tag in enumerate(styles):
        shown = shown_of(codes.get(_attributes(tag).get("numFmtId", ""), ""))
        if shown is not None:
            found[str(number).encode()] = shown
    return Styles(found)


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode(): unescape((one or two).decode("utf-8", "replace"))
        for name, one, two in _ATTRIBUTE.findall(tag)
    }


def shown_of(code: str) -> Shown | None:
    """Say what a number format adds to a number; None where it adds nothing."""
    sections = list(_sections(code))
    if not sections or any(section.date for section in sections):
        return None
    first = sections[0]
    others = [section for section in sections[1:3] if section.digits]
    if not any(section.tells() for section in (first, *others)):
        return Shown(code, label=True) if labels(code) else None
    same = all(section.affixes() == first.affixes() for section in others)
    shift = first.shift()
    same &= all(section.shift() == shift for section in others)
    clear = same and not any(section.condition for section in (first, *others))
    before, after = first.affixes()
    return Shown(
        code, before, after, first.percent,
        clear and first.digits and shift is not None, shift or 0,
    )  # fmt: skip


@dataclass
class _Section:
    """One of the parts of a format: positive, negative, zero, text."""

    before: str = ""
    inner: str = ""
    after: str = ""
    digits: bool = False
    percent: bool = False
    condition: bool = False
    date: bool = False
    commas: int = 0
    point: bool = False
    tail: int = 0

    def affixes(self) -> tuple[str, str]:
        """Give the texts around the number that mean something."""
        before, after = self.before.strip(), self.after.strip()
        return (
            before if _BEFORE.fullmatch(before) else "",
            after if not _SILENT.issuperset(after) else "",
        )

    def shift(self) -> int | None:
        """Give the digits by which the point is moved; None where that is not clear.

        It is clear where the word after the number says the same: 万 is four digits.
        """
        after = self.affixes()[1]
        if self.percent:
            return None if after or self.commas or self._broken() else 0
        if self.inner == ".":
            digits = None if self.point else 3 * self.commas + self.tail
        else:
            digits = None if self._broken() else 3 * self.commas
        said = next((n for word, n in _SHIFTS.items() if after.startswith(word)), 0)
        return digits if digits in {0, said} else None

    def _broken(self) -> bool:
        """Tell whether a literal between the digits changes the number shown."""
        return any(c in ".万亿" for c in self.inner)

    def tells(self) -> bool:
        """Tell whether a number looks other than it is stored."""
        return any(self.affixes()) or self.percent or self.shift() != 0


def _sections(code: str) -> Iterator[_Section]:
    section, waiting, commas = _Section(), "", 0
    for token in _TOKEN.finditer(code):
        kind, text = str(token.lastgroup), str(token[str(token.lastgroup)])
        if kind == "other" and text == ";":
            yield _closed(section, waiting, commas)
            section, waiting, commas = _Section(), "", 0
        elif kind in {"digit", "general"}:
            _digits(section, waiting, text)
            waiting, commas = "", 0
        elif kind == "other" and text == "," and section.digits:
            commas += 1
        elif kind == "other" and text == "." and section.digits:
            section.point, section.commas, commas = True, section.commas + commas, 0
        elif kind in {"quoted", "escaped"} or (kind == "other" and text != "%"):
            waiting += text
        else:
            _mark(section, kind, text)
    yield _closed(section, waiting, commas)


def _digits(section: _Section, waiting: str, text: str) -> None:
    """Add digits; a literal between digits shows that the number went on."""
    section.inner += waiting if section.digits else ""
    section.before += "" if section.digits else waiting
    section.digits = True
    if section.inner:
        section.tail += len(text)


def _closed(section: _Section, waiting: str, commas: int) -> _Section:
    section.commas += commas
    if section.digits:
        section.after = waiting
    else:
        section.before = waiting
    return section


def _mark(section: _Section, kind: str, text: str) -> None:
    """Note what is neither digit nor text."""
    if kind == "date" or (kind == "bracket" and re.fullmatch("[hms]+", text.lower())):
        section.date = True
    elif kind == "bracket" and text[:1] in {"<", ">", "="}:
        section.condition = True
    elif kind == "other":
        section.percent = True


@dataclass(frozen=True)
class Styles:
    """The cell styles of a workbook whose formats add something to a number."""

    shown: Mapping[bytes, Shown]

    def cells_in(self, text: bytes) -> Iterator[tuple[str, Shown]]:
        """List the cells of a stretch of a sheet's XML that have such a style."""
        if not self.shown:
            return
        for tag in _CELL.findall(text):
            style = _OF_STYLE.search(tag)
            if style is None or style[1] not in self.shown or tag.endswith(b"/"):
                continue
            place = _PLACE.search(tag)
            if place and _TEXT.search(tag) is None:
                yield place[1].decode(), self.shown[style[1]]


def with_shown(
    rows: Sequence[Sequence[Any]], shown: Mapping[str, Shown], file: str, sheet: str
) -> tuple[Sequence[Sequence[Any]], list[CellIssue]]:
    """Give numbers as their formats show them; empty those that cannot be told.

    A person who reads `1.2公里` means that, whatever the header says.
    """
    if not shown:
        return rows, []
    taken = [list(row) for row in rows]
    found: dict[tuple[int, Shown], list[int]] = {}
    for cell, how in shown.items():
        letters = cell.rstrip("0123456789")
        row, column = int(cell[len(letters) :]) - 1, _column(letters)
        there = row < len(taken) and column < len(taken[row])
        value = taken[row][column] if there else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if how.label:
            continue
        taken[row][column] = how.text(value, value_text(value)) if how.clear else ""
        found.setdefault((column, how), []).append(row)
    issues = [
        CellIssue(
            file, sheet, min(at) + 1, "", "",
            "inventory.unit_in_format" if how.clear else "inventory.unclear_format",
            "note" if how.clear else "questioned",
            {"position": column + 1, "format": how.code, "cells": len(at)},
        )
        for (column, how), at in found.items()
    ]  # fmt: skip
    return taken, issues


def labels_of(
    rows: Sequence[Sequence[Any]], shown: Mapping[str, Shown]
) -> dict[tuple[int, int], str]:
    """Give the numbers that are shown with letters or leading zeros, as shown."""
    found = {}
    for cell, how in shown.items():
        if not how.label:
            continue
        letters = cell.rstrip("0123456789")
        row, column = int(cell[len(letters) :]) - 1, _column(letters)
        there = row < len(rows) and column < len(rows[row])
        text = label_text(how.code, rows[row][column]) if there else ""
        if text:
            found[row, column] = text
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
