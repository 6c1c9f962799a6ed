"""Workbooks are archives: what they unpack to is measured before they are read."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from renewopt.core.errors import InputError
from renewopt.inventory.readers.bombs import Meter
from renewopt.inventory.readers.formats import Shown, styles_of
from renewopt.inventory.readers.formats_ods import ods_formats
from renewopt.inventory.readers.marks import Marks, look_for_marks, struck_styles
from renewopt.inventory.readers.marks_old import ods_marks

CELL_LIMIT = 60_000_000
"""Cells from the first to the last filled one that a sheet may span."""
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_SINCE_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_FAR_COLUMN = re.compile(rb'<c r="([A-Z]{2,3})\d+"[^>]*[^>/]>')
_PLACE = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d+)"')
_VALUES = (b"<v>", b"<v ", b"<is>", b"<t>")
_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*'
    rb"(<v\s*/>|<v>\s*</v>)?\s*</c>"
)


@dataclass
class SheetFacts:
    """What the XML of one sheet shows.

    Attributes
    ----------
    rows, columns
        The last filled row and column (26 where it is further left).
    empty_formulas
        Cells with a formula whose value was not stored.
    shown
        Cells with a number format that adds something to the number.
    since_1904
        Whether the workbook counts days from 1904.
    marks
        Struck cells and hidden rows.
    """

    rows: int = 0
    columns: int = 26
    empty_formulas: list[str] = field(default_factory=list)
    shown: dict[str, Shown] = field(default_factory=dict)
    since_1904: bool = False
    marks: Marks = field(default_factory=Marks)


def sheet_facts(path: Path) -> dict[str, SheetFacts]:
    """Look through the sheets of an .xlsx: extent, formulas without a value, formats.

    Of an .ods only formats and marks are looked at. Sheets have the workbook's names.

    Raises
    ------
    InputError
        Where the workbook unpacks to more than the limit, or from too little,
        whatever it declares.
    """
    facts: dict[str, SheetFacts] = {}
    meter = Meter(path)
    try:
        with zipfile.ZipFile(path) as archive:
            meter.declared(archive, path.stat().st_size)
            names, styles = _sheet_members(archive), styles_of(archive)
            since_1904, struck = _counts_from_1904(archive), struck_styles(archive)
            for item in archive.infolist():
                found = SheetFacts(since_1904=since_1904)
                last = b""
                for block in meter.blocks(archive, item):
                    if item.filename in names:
                        last = _look(last[-4096:] + block, found)
                        found.shown.update(styles.cells_in(last))
                        look_for_marks(last, struck, found.marks)
                if item.filename in names:
                    facts[names[item.filename]] = found
            for name, cells in ods_formats(archive).items():
                facts[name] = SheetFacts(shown=cells)
            for name, marks in ods_marks(archive).items():
                facts.setdefault(name, SheetFacts()).marks = marks
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    return facts


def _counts_from_1904(archive: zipfile.ZipFile) -> bool:
    book = "xl/workbook.xml"
    if book not in archive.namelist():
        return False
    return _SINCE_1904.search(archive.read(book)) is not None


def _look(text: bytes, found: SheetFacts) -> bytes:
    """Add what a stretch of a sheet's XML shows; the stretches overlap a little."""
    value = max(text.rfind(mark) for mark in _VALUES)
    if value >= 0:
        start = text.rfind(b"<c ", 0, value)
        place = _PLACE.match(text, start) if start >= 0 else None
        if place:
            found.rows = max(found.rows, int(place[2]))
    if _FAR_COLUMN.search(text):
        wide = max(column_number(name) for name in set(_FAR_COLUMN.findall(text)))
        found.columns = max(found.columns, wide)
    if b"<f" in text:
        known = set(found.empty_formulas)
        found.empty_formulas += [
            cell.decode()
            for cell, attributes, value in _FORMULA.findall(text)
            # A formula whose value is the empty text is stored so, and means it.
            if not (value and b't="str"' in attributes) and cell.decode() not in known
        ]
    return text


def column_number(name: bytes) -> int:
    """Give the number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Give member → name of the sheet, by the workbook's list and relations."""
    from xml.sax.saxutils import unescape

    members = set(archive.namelist())
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in members:
        return {}
    targets = {}
    for tag in _RELATION.findall(archive.read(relations)):
        given = {k.decode(): v.decode() for k, v in _ATTRIBUTE.findall(tag)}
        target = given.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[given.get("Id", "")] = path
    names = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        given = {k.decode().split(":")[-1]: v.decode() for k, v in
                 _ATTRIBUTE.findall(tag)}  # fmt: skip
        member = targets.get(given.get("id", ""), "")
        if member in members:
            names[member] = unescape(given.get("name", ""), {"&quot;": '"'})
    return names
