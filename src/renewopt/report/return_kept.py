"""A bureau's own workbook, kept as it is, with coloured and commented cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from renewopt.core.errors import Message
from renewopt.inventory.returned import COMMAS_MARK, ISSUE_MARK
from renewopt.report.fast_sheets import save_workbook
from renewopt.report.return_lost import lost_parts
from renewopt.report.return_marks import (
    AUTHOR,
    COLOURS,
    COMMENTS,
    HEADINGS,
    LISTED,
    Line,
    Mark,
    listed,
)
from renewopt.report.return_new import WIDTHS
from renewopt.report.return_places import Place
from renewopt.text import Lang, label

LARGEST = 150_000_000
"""Bytes of XML up to which a workbook is kept: some 3 million cells, 2 GiB."""
_GREY = Font(size=8, color="808080")
_FILLS = {s: PatternFill("solid", fgColor=c) for s, c in COLOURS.items()}
_OURS = {f"00{colour}" for colour in COLOURS.values()}
_FORMULA = re.compile(
    rb'(<c r="([A-Z]+[0-9]+)"[^>]*?)( t="[a-z]+")?>'
    rb"(<f[^>]*/>|<f[^>]*>.*?</f>)<v\s*(?:/>|></v>)",
    re.DOTALL,
)


def colour_workbook(
    source: Path,
    path: Path,
    marks: Mapping[str, Mapping[Place, Mark]],
    lines: Sequence[Line],
    lang: Lang,
) -> list[Message]:
    """Write a copy of the workbook with its doubtful cells coloured and commented.

    Formulas keep the values that the workbook had for them. Returns what of the
    original the copy lacks.

    Parameters
    ----------
    marks
        Sheet name → cell → what is said there.
    lines
        The list of issues, put before the first sheet.
    """
    book = load_workbook(source, keep_vba=source.suffix.lower() == ".xlsm")
    asks_commas = any(sheet["B1"].value == COMMAS_MARK for sheet in book.worksheets)
    _forget_ours(book)
    for name, own in marks.items():
        if name in book.sheetnames:
            _colour(book[name], own)
    _list(book, lines, lang)
    if asks_commas:
        _text(book.worksheets[0], 1, 2, COMMAS_MARK).font = _GREY
    values = _values(source, book)
    part = path.with_name(f".{path.name}.part")
    try:
        save_workbook(book, part)
        files = {
            f"xl/worksheets/sheet{number}.xml": values.get(sheet.title, {})
            for number, sheet in enumerate(book.worksheets, start=1)
        }
        _with_values(part, path, files)
    finally:
        part.unlink(missing_ok=True)
    return lost_parts(source, path)


def _forget_ours(book: Workbook) -> None:
    """Remove what an earlier check put in: its list, its comments and its colours."""
    lists = [
        sheet.title
        for sheet in book.worksheets
        if any(sheet.cell(row, 1).value == ISSUE_MARK for row in range(1, 4))
    ]
    for name in lists:
        del book[name]
    for sheet in book.worksheets if lists else ():
        for cell in _filled(sheet):
            comment = getattr(cell, "comment", None)
            if comment is not None and comment.author == AUTHOR:
                cell.comment = None
                if cell.fill.fgColor.rgb in _OURS:
                    cell.fill = PatternFill()


def _filled(sheet: Worksheet) -> Iterable[Any]:
    return (cell for row in sheet.iter_rows() for cell in row)


def can_be_kept(source: Path) -> bool:
    """Tell whether the workbook is small enough to be held in memory and rewritten."""
    with zipfile.ZipFile(source) as archive:
        sizes = (i.file_size for i in archive.infolist() if i.filename.endswith(".xml"))
        return sum(sizes) <= LARGEST


def _colour(sheet: Worksheet, marks: Mapping[Place, Mark]) -> None:
    """Fill and comment the cells; a merged cell is marked at its upper left corner."""
    corners = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    for number, (place, mark) in enumerate(marks.items()):
        at = corners.get((place.row, place.column), (place.row, place.column))
        cell = sheet.cell(*at)
        cell.fill = _FILLS[mark.severity]
        if number < COMMENTS and not isinstance(cell, MergedCell):
            before = f"{cell.comment.text}\n" if cell.comment else ""
            text = _clean(before + mark.text)
            height = 40 + 18 * (text.count("\n") + len(text) // 24)
            cell.comment = Comment(text, AUTHOR, min(height, 400), 320)


def _list(book: Workbook, lines: Sequence[Line], lang: Lang) -> None:
    """Put the list of issues before the first sheet, with links to the cells."""
    page = book.create_sheet(_free_name(book, label("sheet.issues", lang)), 0)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    _text(page, 1, 1, ISSUE_MARK).font = _GREY
    _text(page, 2, 1, label("return.how", lang)).font = Font(bold=True)
    if len(lines) > LISTED:
        _text(page, 3, 1, label("return.more", lang)).font = Font(bold=True)
    for column, (name, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True), start=1):
        cell = _text(page, 4, column, label(f"col.{name}", lang))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E78")
        page.column_dimensions[cell.column_letter].width = width
    looks = _looks(page)
    for row, line in enumerate(lines[:LISTED], start=5):
        for column, value in enumerate(listed(line, lang), start=1):
            name, look = HEADINGS[column - 1], "text"
            linked = name == "cell" and line.target in book.sheetnames
            if linked:
                look = "link"
            elif name == "severity" and line.issue.severity in _FILLS:
                look = line.issue.severity
            cell = _text(page, row, column, value, looks[look])
            if linked:
                target = line.target.replace("'", "''")
                cell.hyperlink = Hyperlink(
                    ref=cell.coordinate, location=f"'{target}'!{value}"
                )
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.freeze_panes = "A5"
    page.auto_filter.ref = f"A4:{Place(4 + len(lines[:LISTED]), len(HEADINGS)).name}"


def _looks(page: Worksheet) -> dict[str, Any]:
    """Make each look of the list once; one per cell would take most of the time."""
    looks: dict[str, Any] = {}
    for name in ("text", "link", *_FILLS):
        cell: Any = page.cell(5, 1)
        cell.style = "Normal"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if name in _FILLS:
            cell.fill = _FILLS[name]
        elif name == "link":
            cell.font = Font(color="0000FF", underline="single")
        looks[name] = copy(cell._style)
        cell.style = "Normal"
    return looks


def _free_name(book: Workbook, name: str) -> str:
    number, free = 1, name
    while free in book.sheetnames:
        number += 1
        free = f"{name} {number}"
    return free


def _text(
    page: Worksheet, row: int, column: int, value: str | int, look: Any = None
) -> Any:
    """Write a cell; text that begins with = + - @ stays text."""
    cell: Any = page.cell(row, column)
    if look is not None:
        cell._style = copy(look)
    if isinstance(value, int):
        cell.value = value
    elif value:
        cell.value = _clean(value)
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@"
    return cell


def _clean(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))


def _values(source: Path, book: Workbook) -> dict[str, dict[str, Any]]:
    """Give the stored value of every formula: sheet name → cell → value."""
    if not _has_formulas(source):
        return {}
    formulas = {
        sheet.title: [c.coordinate for c in _filled(sheet) if c.data_type == "f"]
        for sheet in book.worksheets
    }
    stored = load_workbook(source, data_only=True)
    return {
        name: {at: stored[name][at].value for at in cells}
        for name, cells in formulas.items()
        if cells and name in stored.sheetnames
    }


def _has_formulas(source: Path) -> bool:
    with zipfile.ZipFile(source) as archive:
        return any(
            b"<f>" in data or b"<f " in data
            for name in archive.namelist()
            if name.startswith("xl/worksheets/")
            for data in (archive.read(name),)
        )


def _with_values(
    part: Path, path: Path, files: Mapping[str, Mapping[str, Any]]
) -> None:
    """Put the stored values of formulas back, which openpyxl does not write."""
    if not any(files.values()):
        part.replace(path)
        return
    whole = path.with_name(f".{path.name}.whole")
    with (
        zipfile.ZipFile(part) as before,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for item in before.infolist():
            data = before.read(item)
            own = files.get(item.filename, {})
            after.writestr(item, _FORMULA.sub(partial(_cell, values=own), data))
    whole.replace(path)


def _cell(found: re.Match[bytes], values: Mapping[str, Any]) -> bytes:
    """Write one formula with its stored value."""
    value = values.get(found[2].decode())
    if isinstance(value, bool):
        kind, text = "b", str(int(value))
    elif isinstance(value, int | float):
        kind, text = "n", repr(value)
    elif isinstance(value, str):
        kind, text = ("e" if value.startswith("#") else "str"), escape(value)
    else:
        return found[0]
    return b'%s t="%s">%s<v>%s</v>' % (
        found[1], kind.encode(), found[4], text.encode(),
    )  # fmt: skip
