"""What a file is: by its content first, by its suffix where the content is text."""

from __future__ import annotations

import zipfile
from pathlib import Path

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_TEXT_KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".tab": "csv",
    ".geojson": "geojson",
    ".json": "geojson",
    ".dxf": "dxf",
}
_BINARY = (
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"%PDF", ".pdf"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf", ".7z"),
)


def kind_of(path: Path) -> str:
    """Name the format of a file.

    Returns a reader (`csv`, `xlsx`, `xls`, `ods`, `parquet`, `gpkg`, `shp`, `geojson`,
    `dxf`), a suffix of `REFUSED`, `encrypted`, `empty`, `sqlite`, `truncated_zip` or
    "" for what nothing here knows.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return "empty"
    if suffix in {".et", ".ett"}:
        return suffix
    return _binary_kind(path, head) or _text_kind(head, suffix)


def _binary_kind(path: Path, head: bytes) -> str:
    for mark, kind in _BINARY:
        if head.startswith(mark):
            return kind
    if head.startswith(_OLE):
        return _ole_kind(path)
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(b"SQLite format 3\x00"):
        packaged = head[68:72] in {b"GPKG", b"GP10", b"GP11"}
        return "gpkg" if packaged or path.suffix.lower() == ".gpkg" else "sqlite"
    if head[4:19] in {b"Standard Jet DB", b"Standard ACE DB"}:
        return ".mdb"
    if head[:4] == b"AC10" and head[4:6].isdigit():
        return ".dwg"
    return ""


def _text_kind(head: bytes, suffix: str) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        return ".html"
    if start.startswith(b"<?xml") and b"spreadsheet" in head.lower():
        return ".html"
    if suffix in _TEXT_KINDS:
        kind = _TEXT_KINDS[suffix]
        if kind == "csv" and _is_geojson(head):
            return "geojson"
        return kind
    if suffix in {".xls", ".xlsx", ".xlsm", ".ods"} and _looks_like_text(head):
        return "geojson" if _is_geojson(head) else "csv"
    return ""


def _is_geojson(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and b'"FeatureCollection"' in head


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or 13 < byte < 32 for byte in head)


def _ole_kind(path: Path) -> str:
    """Tell an encrypted workbook from an old .xls: by the names of its streams."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    if "WordDocument".encode("utf-16-le") in data:
        return ".doc"
    for name in ("Workbook", "Book"):
        if name.encode("utf-16-le") + b"\x00\x00" in data:
            return "xls"
    return ""


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    kind = member.read(80)
                return "ods" if b"opendocument.spreadsheet" in kind else ".zip"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        return "truncated_zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return ".xlsb"
    if path.suffix.lower() in {".xlsx", ".xlsm", ".ods"}:
        return "truncated_zip"
    return ".docx" if "word/document.xml" in names else ".zip"
