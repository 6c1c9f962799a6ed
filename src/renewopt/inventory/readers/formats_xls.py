"""Number formats of old workbooks (.xls): they stand in records of their own.

An .xls is a small file system (OLE) with one stream of records (BIFF8). Only those
that say which cell has which format are looked at; before Excel 97 they were others.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from renewopt.inventory.readers.formats import Shown, shown_of

_END = 0xFFFFFFF0
"""Sector numbers from here on end a chain."""
_NAMES = ("Workbook", "Book")
_BOF, _EOF, _SHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_NUMBER, _RK, _MULRK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_BIFF8 = 0x0600
_BUILT_IN = {9: "0%", 10: "0.00%"}

Cells = dict[str, dict[str, Shown]]


def xls_formats(path: Path) -> Cells:
    """Find the cells whose format adds something to their number: sheet → cell.

    A file that is not built as expected gives none; the reader judges it then.
    """
    try:
        return _cells(biff_stream(path.read_bytes()))
    except (struct.error, IndexError, ValueError):
        return {}


def biff_sheets(stream: bytes) -> dict[int, str]:
    """Give where each sheet begins in the stream of a workbook, and its name."""
    sheets: dict[int, str] = {}
    if struct.unpack_from("<H", stream, 4)[0] != _BIFF8:
        return sheets
    for _, kind, body in biff_records(stream):
        _look(kind, body, {}, [], sheets)
        if kind == _EOF:
            break
    return sheets


def biff_stream(data: bytes) -> bytes:
    """Take the stream of the workbook out of the compound file."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    tables = list(struct.unpack_from("<109I", data, 76))
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        found = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        tables += found[:-1]
        more = found[-1]
    chain: list[int] = []
    for sector in tables:
        if sector < _END:
            chain += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)

    def follow(first: int) -> bytes:
        parts: list[bytes] = []
        while first < _END and len(parts) <= len(chain):
            parts.append(data[(first + 1) * size : (first + 2) * size])
            first = chain[first]
        return b"".join(parts)

    directory = follow(struct.unpack_from("<I", data, 48)[0])
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    root = struct.unpack_from("<I", entries[0], 116)[0]
    for entry in entries:
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        if name in _NAMES:
            first, whole = struct.unpack_from("<II", entry, 116)
            if whole >= struct.unpack_from("<I", data, 56)[0]:
                return follow(first)[:whole]
            return _small(data, follow, root, first)[:whole]
    return b""


def _small(data: bytes, follow: Callable[[int], bytes], root: int, first: int) -> bytes:
    """Give a short stream, which stands in sectors of 64 bytes of the root's."""
    table = follow(struct.unpack_from("<I", data, 60)[0])
    parts: list[bytes] = []
    whole = follow(root)
    while first < _END and len(parts) <= len(table) // 4:
        parts.append(whole[first * 64 : first * 64 + 64])
        first = struct.unpack_from("<I", table, first * 4)[0]
    return b"".join(parts)


def biff_records(stream: bytes, at: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """List the records of a stream: place, kind and body."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _cells(stream: bytes) -> Cells:
    codes = dict(_BUILT_IN)
    styles: list[int] = []
    sheets: dict[int, str] = {}
    if struct.unpack_from("<H", stream, 4)[0] != _BIFF8:
        return {}
    for _, kind, body in biff_records(stream):
        _look(kind, body, codes, styles, sheets)
        if kind == _EOF:
            break
    shown = _styles(styles, codes)
    if not shown:
        return {}
    return {
        name: {
            f"{letters(column)}{row + 1}": shown[style]
            for row, column, style in _numbers(stream, start)
            if style in shown
        }
        for start, name in sheets.items()
    }


def _numbers(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """List row, column and style of the numbers of a sheet, not of its charts."""
    depth = 0
    for _, kind, body in biff_records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            yield from _places(kind, body)


def _look(
    kind: int, body: bytes, codes: dict[int, str], styles: list[int],
    sheets: dict[int, str],
) -> None:  # fmt: skip
    """Take a record of the workbook itself: a format, a style, the place of a sheet."""
    if kind == _FORMAT:
        codes[struct.unpack_from("<H", body)[0]] = _text(body[2:], 2)
    elif kind == _XF:
        styles.append(struct.unpack_from("<H", body, 2)[0])
    elif kind == _SHEET:
        sheets[struct.unpack_from("<I", body)[0]] = _text(body[6:], 1)


def _styles(styles: list[int], codes: dict[int, str]) -> dict[int, Shown]:
    known = {number: shown_of(code) for number, code in codes.items()}
    return {
        style: shown
        for style, number in enumerate(styles)
        if (shown := known.get(number)) is not None
    }


def _text(body: bytes, size: int) -> str:
    """Read a text with its length in front: one byte a letter, or two."""
    count = int.from_bytes(body[:size], "little")
    wide = body[size] & 1
    text = body[size + 1 : size + 1 + count * (1 + wide)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def _places(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """List row, column and style of the numbers of a record."""
    if kind in {_NUMBER, _RK} or (kind == _FORMULA and body[12:14] != b"\xff\xff"):
        yield struct.unpack_from("<HHH", body)
    elif kind == _MULRK:
        row, first = struct.unpack_from("<HH", body)
        for number in range((len(body) - 6) // 6):
            yield row, first + number, struct.unpack_from("<H", body, 4 + 6 * number)[0]


def letters(column: int) -> str:
    """Give the letters of a column, the first of which is 0."""
    high, low = divmod(column, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)
