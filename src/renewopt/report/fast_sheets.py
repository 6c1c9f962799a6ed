"""Write a kept workbook faster: rows as text, all else by openpyxl itself.

openpyxl writes every cell as an element of a tree, which takes most of the time of a
large return workbook. Plain cells are few kinds of text; odd ones still go its way.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import tostring
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.cell._writer import etree_write_cell
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

_PLACE = re.compile(rb"<renewoptRows\s*(?:/>|></renewoptRows>)")
_BLOCK = 1000
"""Rows that are joined before they are written."""


def save_workbook(book: Workbook, path: Path) -> None:
    """Save a workbook as `Workbook.save` does.

    Raises
    ------
    OSError
        Where the file cannot be written.
    """
    now = datetime.datetime.now(tz=datetime.UTC)
    book.properties.modified = now.replace(tzinfo=None)
    with ZipFile(path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _Writer(book, archive).write_data()


class _Writer(ExcelWriter):
    """Writes the parts of a workbook; the rows of its sheets as text."""

    _archive: Any

    def write_worksheet(self, ws: Any) -> None:
        """Write one sheet."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer: Any = _SheetWriter(ws)
        writer.write()
        ws._rels = writer._rels
        whole = Path(writer.out).read_bytes()
        before, after = _PLACE.split(whole, maxsplit=1)
        with self._archive.open(ws.path[1:], "w", force_zip64=True) as part:
            part.write(before)
            for block in writer.blocks():
                part.write(block.encode())
            part.write(after)
        self.manifest.append(ws)
        writer.cleanup()


class _SheetWriter(WorksheetWriter):
    """Writes a sheet with a place kept for its rows."""

    ws: Any
    xf: Any

    def write_rows(self) -> None:
        """Keep the place; gather what the parts after the rows need of the cells."""
        xf = self.xf.send(True)
        with xf.element("sheetData"), xf.element("renewoptRows"):
            pass
        self.xf.send(None)
        self._texts = [self._row(number, row) for number, row in self.rows()]

    def blocks(self) -> Any:
        """Give the rows, many at a time."""
        for start in range(0, len(self._texts), _BLOCK):
            yield "".join(self._texts[start : start + _BLOCK])

    def _row(self, number: int, row: list[Any]) -> str:
        given = {"r": str(number), **dict(self.ws.row_dimensions.get(number, {}))}
        attributes = "".join(f" {k}={quoteattr(str(v))}" for k, v in given.items())
        cells = []
        for cell in row:
            if cell._comment is not None:
                self.ws._comments.append(CommentRecord.from_cell(cell))
            if cell._value is not None or cell.has_style or cell._comment:
                cells.append(self._cell(cell))
        return f"<row{attributes}>{''.join(cells)}</row>"

    def _cell(self, cell: Any) -> str:
        value: Any = cell._value
        kind = cell.data_type
        style = f' s="{cell.style_id}"' if cell.has_style else ""
        start = f'<c r="{cell.coordinate}"{style}'
        if cell.hyperlink is None and value.__class__ in {str, int, float, type(None)}:
            if value is None or value == "":
                return f"{start} />" if kind == "n" else self._odd(cell)
            if kind == "s" and isinstance(value, str):
                space = ' xml:space="preserve"' if value != value.strip() else ""
                text = escape(value)
                return f'{start} t="inlineStr"><is><t{space}>{text}</t></is></c>'
            if kind == "n":
                return f'{start} t="n"><v>{value!r}</v></c>'
        return self._odd(cell)

    def _odd(self, cell: Any) -> str:
        """Write a formula, a date, a link, rich text … as openpyxl does."""
        taken: list[Any] = []

        class Taker:
            write = staticmethod(taken.append)

        etree_write_cell(Taker, self.ws, cell, cell.has_style)
        text = tostring(taken[0], encoding="unicode")
        return re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=[</])ns\d+:', "", text)
