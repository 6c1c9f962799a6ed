"""Marks of workbooks that say of a row it may not count: struck through, hidden."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.readers.formats import STYLES

_SIZE = 1 << 24
_PART = r"<(?:\w+:)?{0}\b.*?</(?:\w+:)?{0}>"
_FONTS = re.compile(_PART.format("fonts").encode(), re.DOTALL)
_FONT = re.compile(
    rb"<(?:\w+:)?font\b(?:[^>]*/>|(?P<inner>[^>]*>.*?)</(?:\w+:)?font>)", re.DOTALL
)
_STRIKE = re.compile(rb'<(?:\w+:)?strike\b(?![^>]*val="(?:0|false)")')
_STYLES = re.compile(_PART.format("cellXfs").encode(), re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
_FONT_OF = re.compile(rb'\bfontId="(\d+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*?\bs="(\d+)"[^>]*[^/>]>')
_HIDDEN = re.compile(rb'<row\b[^>]*?\bhidden="(?:1|true)"[^>]*>')
_ROW = re.compile(rb'\br="(\d+)"')
_SHOWN = 20
"""Rows that a sentence names at most."""


@dataclass
class Marks:
    """Struck cells and hidden rows of one sheet, as the source counts rows.

    Attributes
    ----------
    struck
        Row → columns whose cells are struck through.
    hidden
        Rows that are hidden, by hand or by a filter.
    """

    struck: dict[int, set[str]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


def struck_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """Find the cell styles of an .xlsx whose font is struck through."""
    if STYLES not in archive.namelist():
        return frozenset()
    with archive.open(STYLES) as member:
        text = member.read(_SIZE)
    fonts, cells = _FONTS.search(text), _STYLES.search(text)
    if fonts is None or cells is None or b"strike" not in fonts[0]:
        return frozenset()
    struck = {
        str(number).encode()
        for number, font in enumerate(_FONT.finditer(fonts[0]))
        if _STRIKE.search(font["inner"] or b"")
    }
    return frozenset(
        str(number).encode()
        for number, tag in enumerate(_STYLE.findall(cells[0]))
        if (found := _FONT_OF.search(tag)) and found[1] in struck
    )


def look_for_marks(text: bytes, struck: frozenset[bytes], found: Marks) -> None:
    """Add the marks in a stretch of a sheet's XML."""
    if struck:
        for column, row, style in _CELL.findall(text):
            if style in struck:
                found.struck.setdefault(int(row), set()).add(column.decode())
    if b"hidden=" in text:
        for tag in _HIDDEN.findall(text):
            if number := _ROW.search(tag):
                found.hidden.add(int(number[1]))


def mark_issues(
    file: str, sheet: str, marks: Marks, rows: Sequence[Sequence[object]]
) -> Iterator[CellIssue]:
    """Ask about rows that hold something and are struck through or hidden."""
    filled = {
        i + 1 for i, row in enumerate(rows) if any(c not in ("", None) for c in row)
    }
    for row in sorted(filled & marks.struck.keys()):
        columns = ", ".join(
            sorted(marks.struck[row], key=lambda name: (len(name), name))
        )
        yield CellIssue(
            file, sheet, row, "", "", "inventory.struck_through", "questioned",
            {"columns": columns},
        )  # fmt: skip
    hidden = sorted(filled & marks.hidden)
    if hidden:
        shown = ", ".join(map(str, hidden[:_SHOWN]))
        more = " …" if len(hidden) > _SHOWN else ""
        yield CellIssue(
            file, sheet, hidden[0], "", "", "inventory.hidden_rows", "questioned",
            {"rows": len(hidden), "list": shown + more},
        )  # fmt: skip
