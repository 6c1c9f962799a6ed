"""Struck cells and hidden rows of old workbooks (.xls) and of OpenDocument (.ods)."""

from __future__ import annotations

import re
import struct
import zipfile
from html import unescape
from pathlib import Path

from renewopt.inventory.readers.formats_ods import CONTENT, STYLES
from renewopt.inventory.readers.formats_xls import (
    biff_records,
    biff_sheets,
    biff_stream,
    letters,
)
from renewopt.inventory.readers.marks import Marks

_EOF, _BOF, _FONT, _XF, _ROW = 0x000A, 0x0809, 0x0031, 0x00E0, 0x0208
_CELLS = frozenset({0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x0006, 0x0205})
"""Texts, numbers, formulas, yes and no: row, column and style come first."""
_MULRK = 0x00BD
_STRUCK, _HIDDEN = 0x0008, 0x20
_LEFT_OUT = 4
"""No font has this number: those from the fifth on are counted from 5."""
_MOST = 1 << 24
_MOST_ROWS = 1_048_576
_STYLE = re.compile(
    rb'<style:style\b(?P<of>[^>]*style:family="table-cell"[^>]*)(?<!/)>'
    rb"(?P<inner>.*?)</style:style>",
    re.DOTALL,
)
_LINE = re.compile(rb'style:text-line-through-(?:style|type)="(?!none")')
_NAME = re.compile(rb'style:name="([^"]*)"')
_TAG = re.compile(
    rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)((?=[\s/>])[^>]*)>"
)
_TIMES = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d+)"')
_STYLE_OF = re.compile(rb'table:style-name="([^"]*)"')
_TABLE = re.compile(rb'table:name="([^"]*)"')
_NOT_SHOWN = re.compile(rb'table:visibility="(?:collapse|filter)"')


def xls_marks(path: Path) -> dict[str, Marks]:
    """Find the marks of an .xls: sheet → marks; none where it is built otherwise."""
    try:
        stream = biff_stream(path.read_bytes())
        struck = _struck_styles(stream)
        return {
            name: _of_sheet(stream, start, struck)
            for start, name in biff_sheets(stream).items()
        }
    except (struct.error, IndexError, ValueError):
        return {}


def _struck_styles(stream: bytes) -> frozenset[int]:
    fonts: list[bool] = []
    styles: list[int] = []
    for _, kind, body in biff_records(stream):
        if kind == _FONT:
            fonts.append(bool(struct.unpack_from("<H", body, 2)[0] & _STRUCK))
        elif kind == _XF:
            number = struct.unpack_from("<H", body)[0]
            styles.append(number - (number > _LEFT_OUT))
        elif kind == _EOF:
            break
    return frozenset(
        style for style, font in enumerate(styles) if font < len(fonts) and fonts[font]
    )


def _of_sheet(stream: bytes, start: int, struck: frozenset[int]) -> Marks:
    found, depth = Marks(), 0
    for _, kind, body in biff_records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            break
        if depth > 1:
            continue
        if kind == _ROW and len(body) > 12 and body[12] & _HIDDEN:
            found.hidden.add(struct.unpack_from("<H", body)[0] + 1)
        elif struck and kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            if style in struck:
                found.struck.setdefault(row + 1, set()).add(letters(column))
        elif struck and kind == _MULRK:
            row, first = struct.unpack_from("<HH", body)
            for number in range((len(body) - 6) // 6):
                if struct.unpack_from("<H", body, 4 + 6 * number)[0] in struck:
                    found.struck.setdefault(row + 1, set()).add(letters(first + number))
    return found


def ods_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Find the marks of an .ods: sheet → marks. Filled cells count, no blank ones."""
    if CONTENT not in archive.namelist():
        return {}
    text = archive.read(CONTENT)
    common = b""
    if STYLES in archive.namelist():
        with archive.open(STYLES) as member:
            common = member.read(_MOST)
    struck = {
        name[1]
        for style in _STYLE.finditer(common + text.partition(b"<office:body")[0])
        if _LINE.search(style["inner"]) and (name := _NAME.search(style["of"]))
    }
    if not struck and not _NOT_SHOWN.search(text):
        return {}
    return _of_text(text, struck)


def _of_text(text: bytes, struck: set[bytes]) -> dict[str, Marks]:
    found: dict[str, Marks] = {}
    own, row, column, high = Marks(), 0, 0, 1
    for closing, name, of in _TAG.findall(text):
        if name == b"table":
            if not closing and (called := _TABLE.search(of)):
                own, row = Marks(), 0
                found[unescape(called[1].decode("utf-8", "replace"))] = own
        elif name == b"table-row":
            if closing:
                row += high
                continue
            column, high = 0, _times(of)
            if _NOT_SHOWN.search(of) and row < _MOST_ROWS:
                last = min(row + high, _MOST_ROWS)
                own.hidden.update(range(row + 1, last + 1))
            row += high if of.endswith(b"/") else 0
        elif not closing:
            style = _STYLE_OF.search(of)
            if b"office:value-type=" in of and style and style[1] in struck:
                own.struck.setdefault(row + 1, set()).add(letters(column))
            column += _times(of)
    return found


def _times(attributes: bytes) -> int:
    found = _TIMES.search(attributes)
    return int(found[1]) if found else 1
