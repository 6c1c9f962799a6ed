"""Makes the files that the readers are tested with; nothing binary is kept."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
import xlsxwriter

from renewopt.core.errors import InputError
from renewopt.inventory.raw import RawTable

Rows = Sequence[Sequence[object]]


def cells(table: RawTable) -> list[list[str]]:
    """Give the grid as lists."""
    return [list(row) for row in table.grid.to_numpy(dtype=object)]


def codes(found: RawTable | InputError) -> list[str]:
    """Give the codes of a table's issues, or of an error, without their room."""
    items: Sequence[Any] = (
        found.messages if isinstance(found, InputError) else found.issues
    )
    return [item.code.removeprefix("inventory.") for item in items]


def xlsx(path: Path, sheets: dict[str, Rows]) -> Path:
    """Write a workbook."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write(number, column, value)
    book.close()
    return path


def ods(
    path: Path, rows: Rows, blank_rows: int = 0, data_style: str = "",
    marks: bool = False,
) -> Path:  # fmt: skip
    """Write an OpenDocument spreadsheet with one sheet.

    `data_style` is the XML of a style N1 for all numbers; with `marks` the second row
    is struck through and the last one hidden.
    """
    own = ' table:style-name="ceN"' if data_style else ""

    def cell(value: object, struck: bool) -> str:
        if isinstance(value, str):
            text = escape(value)
            of = ' table:style-name="ceS"' if struck else ""
            return (
                f'<table:table-cell{of} office:value-type="string">'
                f"<text:p>{text}</text:p></table:table-cell>"
            )
        return (
            f'<table:table-cell{own} office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )

    body = ""
    for i, row in enumerate(rows):
        hidden = marks and i == len(rows) - 1
        line = "".join(cell(value, marks and i == 1) for value in row)
        of = ' table:visibility="collapse"' if hidden else ""
        body += f"<table:table-row{of}>{line}</table:table-row>"
    if blank_rows:
        body += (
            f'<table:table-row table:number-rows-repeated="{blank_rows}">'
            '<table:table-cell table:style-name="ce1" '
            'table:number-columns-repeated="20"/></table:table-row>'
        )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style", "number")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>'
        f"<office:automatic-styles>{data_style}"
        '<style:style style:name="ceN" style:family="table-cell" '
        'style:data-style-name="N1"/>'
        '<style:style style:name="ceS" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/>'
        "</style:style></office:automatic-styles>"
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="表1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
        f'manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _wide(text: str, size: str) -> bytes:
    return struct.pack(f"<{size}B", len(text), 1) + text.encode("utf-16-le")


def _struck() -> bytes:
    """Give two fonts, the second struck through, and styles 0 to 2 that use them."""
    fonts = [_record(0x0031, struct.pack("<HH", 200, n) + bytes(12)) for n in (0, 8)]
    styles = [_record(0x00E0, struct.pack("<HH", n, 0) + bytes(16)) for n in (0, 0, 1)]
    return b"".join([*fonts, *styles])


def _hidden(row: int) -> bytes:
    return _record(0x0208, struct.pack("<HHHHIHH", row, 0, 3, 255, 0, 0x20, 0))


def biff(
    rows: Rows, sheet: str = "Sheet1", locked: bool = False, code: str = "",
    marks: bool = False,
) -> bytes:  # fmt: skip
    """Give the workbook stream of an old .xls (BIFF8) with one sheet.

    `code` is the format of all numbers; with `marks` the texts of the second row are
    struck through and the last row is hidden.
    """
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    inner = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)
    head = _record(0x0809, begin)
    if locked:
        head += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    if code:
        head += _record(0x041E, struct.pack("<H", 164) + _wide(code, "H"))
        for number in (0, 164):
            head += _record(0x00E0, struct.pack("<HH", 0, number) + bytes(16))
    head += _struck() if marks else b""
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    place = len(head) + 4 + 6 + len(name) + 4
    head += _record(0x0085, struct.pack("<IH", place, 0) + name) + _record(0x000A, b"")
    body = _record(0x0809, inner)
    body += _hidden(len(rows) - 1) if marks else b""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            at = struct.pack("<HHH", r, c, 2 if marks and r == 1 else 0)
            if isinstance(value, str):
                body += _record(0x0204, at + _wide(value, "H"))
            else:
                at = struct.pack("<HHH", r, c, 1 if code else 0)
                body += _record(0x0203, at + struct.pack("<d", value))
    return head + body + _record(0x000A, b"")


def compound(streams: dict[str, bytes]) -> bytes:
    """Give a compound (OLE) file; each stream fills whole sectors, none is small."""
    sector = 512
    padded = {k: v.ljust(max(4096, -(-len(v) // sector) * sector), b"\x00")
              for k, v in streams.items()}  # fmt: skip
    entries, chains, start = [], [], 2
    for name, data in padded.items():
        count = len(data) // sector
        entries.append((name, 2, start, len(data)))
        chains += [*range(start + 1, start + count), 0xFFFFFFFE]
        start += count
    table = [0xFFFFFFFD, 0xFFFFFFFE, *chains]
    assert len(table) <= 128
    table += [0xFFFFFFFF] * (128 - len(table))
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, 1)
    for number, (name, kind, first, size) in enumerate(entries, 1):
        following = number + 1 if number < len(entries) else 0xFFFFFFFF
        directory += _entry(name, kind, first, size, 0xFFFFFFFF, following)
    directory = directory.ljust(sector, b"\x00")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    return header + struct.pack("<128I", *table) + directory + b"".join(padded.values())


def _entry(
    name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF,
    right: int = 0xFFFFFFFF,
) -> bytes:  # fmt: skip
    text = (name + "\x00").encode("utf-16-le")
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", 0xFFFFFFFF, right, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


def xls(
    path: Path, rows: Rows, locked: bool = False, code: str = "", marks: bool = False
) -> Path:
    """Write an old workbook."""
    stream = biff(rows, locked=locked, code=code, marks=marks)
    path.write_bytes(compound({"Workbook": stream}))
    return path


LINES = shapely.linestrings(
    [[[111.0, 41.5], [111.001, 41.5]], [[111.001, 41.5], [111.002, 41.501]]]
)
FIELDS = {"管线编号": ["A1", "A2"], "管长": [83.6, 139.0], "管材": ["PE", "铸铁"]}
DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}


def layer(
    path: Path, fields: dict[str, Any] | None = None, shapes: Any = None,
    crs: str | None = "EPSG:4490", kind: str = "LineString", **options: Any,
) -> Path:  # fmt: skip
    """Write a layer by the driver of its suffix."""
    shapes = LINES if shapes is None else shapes
    given = FIELDS if fields is None else fields
    wkb = pa.array(list(shapely.to_wkb(np.asarray(shapes, dtype=object))), pa.binary())
    table = pa.table({**given, "geom": wkb})
    options.setdefault("layer", path.stem)
    if path.suffix == ".shp":
        options.setdefault("encoding", "GBK")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_arrow(
            table, path, driver=DRIVERS[path.suffix], geometry_name="geom",
            geometry_type=kind, crs=crs, **options,
        )  # fmt: skip
    return path
