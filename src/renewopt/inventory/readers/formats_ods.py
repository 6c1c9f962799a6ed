"""Number formats of OpenDocument spreadsheets (.ods): styles of data, by their name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from itertools import islice

from renewopt.inventory.readers.formats import Shown, shown_of

CONTENT, STYLES = "content.xml", "styles.xml"
_MOST = 1 << 24
"""Bytes of styles that are looked at."""
_DATA_STYLE = re.compile(
    rb"<number:(number|percentage)-style\b([^>]*)>(.*?)</number:\1-style>", re.DOTALL
)
_PART = re.compile(
    rb"<number:text[^>/]*>(?P<text>[^<]*)</number:text>"
    rb"|<(?P<digits>number:(?:number|scientific-number|fraction))\b(?P<of>[^>]*)>"
)
_EMBEDDED = re.compile(
    rb'<number:embedded-text[^>]*number:position="(\d+)"[^>]*>([^<]*)<'
)
_MAP = re.compile(rb'<style:map\b[^>]*style:apply-style-name="([^"]*)"')
_CELL_STYLE = re.compile(rb'<style:style\b[^>]*style:family="table-cell"[^>]*>')
_TAG = re.compile(
    rb"<(/?)table:(table|table-column|table-row|table-cell|covered-table-cell)"
    rb"((?=[\s/>])[^>]*)>"
)
_MOST_CELLS = 5_000_000
"""Numbers of which the format is looked at; a file may repeat one without end."""


def ods_formats(archive: zipfile.ZipFile) -> dict[str, dict[str, Shown]]:
    """Find the cells whose format adds something to their number: sheet → cell."""
    if CONTENT not in archive.namelist():
        return {}
    text = _head(archive, CONTENT)
    common = _head(archive, STYLES) if STYLES in archive.namelist() else b""
    shown = _shown(common + text)
    if not shown:
        return {}
    found: dict[str, dict[str, Shown]] = {}
    for sheet, cell, style in islice(_cells(archive.read(CONTENT)), _MOST_CELLS):
        if style in shown:
            found.setdefault(sheet, {})[cell] = shown[style]
    return found


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    """Give the styles of a part: what stands before its body."""
    with archive.open(name) as member:
        return member.read(_MOST).partition(b"<office:body")[0]


def _value(attributes: bytes, name: str) -> str:
    found = re.search(rb'\b%s="([^"]*)"' % name.encode(), attributes)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _shown(text: bytes) -> dict[str, Shown]:
    """Give the cell styles whose data style adds something."""
    codes = {}
    maps: dict[str, list[str]] = {}
    for kind, attributes, inner in _DATA_STYLE.findall(text):
        name = _value(attributes, "style:name")
        codes[name] = _code(inner, kind == b"percentage")
        maps[name] = [item.decode() for item in _MAP.findall(inner)]
    # A style that gives way to others for some numbers is a format of several parts.
    whole = {
        name: ";".join([*(codes[m] for m in maps[name] if m in codes), code])
        for name, code in codes.items()
    }
    known = {name: shown_of(code) for name, code in whole.items()}
    found: dict[str, Shown] = {}
    for tag in _CELL_STYLE.findall(text):
        own = _value(tag, "style:data-style-name")
        shown = known.get(own) if own else found.get(
            _value(tag, "style:parent-style-name")
        )  # fmt: skip
        if shown is not None:
            found[_value(tag, "style:name")] = shown
    return found


def _code(inner: bytes, percent: bool) -> str:
    """Write a data style as the format of a workbook."""
    code = ""
    for part in _PART.finditer(inner):
        if part["text"] is not None:
            said = unescape(part["text"].decode("utf-8", "replace"))
            sign = "%" if percent and "%" in said else ""
            rest = said.replace("%", "") if sign else said
            code += (f'"{rest}"' if rest else "") + sign
        else:
            code += _digits(part["of"], inner)
    return code


def _digits(attributes: bytes, inner: bytes) -> str:
    """Write the digits: what stands among them, and by what they are divided."""
    embedded = _EMBEDDED.search(inner)
    code = "0"
    if embedded:
        said = embedded[2].decode("utf-8", "replace")
        code = f'0"{said}"' + "0" * max(int(embedded[1]), 1)
    factor = _value(attributes, "number:display-factor") or "1"
    return code + {"1": "", "1000": ",", "1000000": ",,"}.get(factor, '"."0.0')


def _cells(text: bytes) -> Iterator[tuple[str, str, str]]:
    """List sheet, cell and style of the numbers, those of repeated cells too."""
    sheet, row, column, high = "", 0, 0, 1
    defaults: list[tuple[int, str]] = []
    for tag in _TAG.finditer(text):
        closing, name, attributes = tag[1], tag[2], tag[3]
        if name == b"table" and not closing:
            sheet, row, column, high = _value(attributes, "table:name"), 0, 0, 1
            defaults = []
        elif name == b"table-row":
            row, column = (row + high, 0) if closing else (row, 0)
            high = 0 if closing else _times(attributes, "rows")
            if not closing and attributes.endswith(b"/"):
                row, high = row + high, 0
        elif name == b"table-column" and not closing:
            style = _value(attributes, "table:default-cell-style-name")
            defaults.append((_times(attributes, "columns"), style))
        elif not closing:
            wide = _times(attributes, "columns")
            if b"office:value=" in attributes:
                style = _value(attributes, "table:style-name")
                for at in range(column, column + wide):
                    for down in range(row, row + max(high, 1)):
                        own = style or _default(defaults, at)
                        yield sheet, f"{_letters(at)}{down + 1}", own
            column += wide


def _times(attributes: bytes, what: str) -> int:
    found = re.search(rb'table:number-%s-repeated="(\d+)"' % what.encode(), attributes)
    return int(found[1]) if found else 1


def _default(defaults: list[tuple[int, str]], column: int) -> str:
    for count, style in defaults:
        if column < count:
            return style
        column -= count
    return ""


def _letters(column: int) -> str:
    """Give the letters of a column, the first of which is 0."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
