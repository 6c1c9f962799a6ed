"""Shapefiles: parts that are missing, and Chinese in a .dbf that says not how."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from renewopt.core.errors import InputError
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.extras import need
from renewopt.inventory.readers.layers import read_layer

_SAMPLE = 20_000_000
"""Bytes of the .dbf that are looked at for its encoding."""


def read_shapefile(path: Path) -> Iterator[RawTable]:
    """Read a Shapefile.

    A missing .shx is made again in a copy (nothing is written beside the user's files);
    without a .prj the coordinate system is unknown, which is said.

    Raises
    ------
    InputError
        Without the extra, without a .dbf, or where the file is damaged.
    """
    pyogrio = need("pyogrio", "gis", path.name)
    table_file = _part(path, ".dbf")
    if table_file is None:
        raise InputError.of("inventory.shapefile_without_dbf", file=path.name)
    issues = []
    if _part(path, ".prj") is None:
        issues.append(_note(path, "inventory.shapefile_without_prj", "questioned"))
    issues += [
        _note(path, "inventory.shapefile_cut", "questioned", part=part.name)
        for part in (path, table_file)
        if _is_cut(part)
    ]
    encoding, stated = _encoding(path, table_file)
    if stated:
        issues.append(
            _note(path, "inventory.dbf_encoding", "note", encoding=encoding.upper())
        )
    lacking = _part(path, ".shx") is None
    if lacking:
        issues.append(_note(path, "inventory.shapefile_without_shx", "note"))
    names, cut = _whole_names(table_file, encoding)
    if cut:
        shown = ", ".join(cut)
        issues.append(_note(path, "inventory.dbf_names_cut", "questioned", names=shown))
    if lacking or cut:
        table = _restored(pyogrio, path, names, encoding, issues)
    else:
        table = read_layer(path, path.stem, "", None, encoding, issues)
    if table is not None:
        yield table


def _note(path: Path, code: str, severity: Any, **params: object) -> CellIssue:
    return CellIssue(path.name, "", 0, "", "", code, severity, params)


def _is_cut(part: Path) -> bool:
    """Tell whether a .shp or .dbf is shorter than its own head says."""
    with part.open("rb") as file:
        head = file.read(32)
    if part.suffix.lower() == ".shp":
        wanted = 2 * int.from_bytes(head[24:28], "big")
    else:
        records = int.from_bytes(head[4:8], "little")
        start, width = (int.from_bytes(head[i : i + 2], "little") for i in (8, 10))
        wanted = start + records * width
    return part.stat().st_size < wanted


def _part(path: Path, suffix: str) -> Path | None:
    """Find a part of the Shapefile, whatever the case of its name."""
    wanted = (path.stem + suffix).lower()
    found = [p for p in sorted(path.parent.iterdir()) if p.name.lower() == wanted]
    return found[0] if found else None


def _whole_names(table_file: Path, encoding: str) -> tuple[bytes, list[str]]:
    """Take the half characters off field names that were cut after ten bytes.

    Returns the corrected head of the file and the names that were cut.
    """
    with table_file.open("rb") as file:
        head = bytearray(file.read(32))
        head += file.read(max(0, int.from_bytes(head[8:10], "little") - 32))
    cut = []
    for place in range(32, len(head) - 31, 32):
        name = bytes(head[place : place + 11]).split(b"\x00")[0]
        whole = codecs.getincrementaldecoder(encoding)("replace").decode(name)
        kept = whole.encode(encoding, "replace")
        if name[:1] != b"\r" and len(kept) < len(name):
            head[place : place + 11] = kept.ljust(11, b"\x00")
            cut.append(whole)
    return bytes(head), cut


def _restored(
    pyogrio: Any, path: Path, head: bytes, encoding: str, issues: list[CellIssue]
) -> RawTable | None:
    """Read a copy of the Shapefile: GDAL makes a .shx again, names are whole."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.shp"
        for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            part = _part(path, suffix)
            if part is not None:
                shutil.copyfile(part, copy.with_suffix(suffix))
        with copy.with_suffix(".dbf").open("r+b") as table_file:
            table_file.write(head)
        before = pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        try:
            return read_layer(copy, "copy", "", path, encoding, issues)
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": before})


def _encoding(path: Path, table_file: Path) -> tuple[str, bool]:
    """Find the encoding of the texts by their bytes; say whether that needs saying.

    A .cpg is believed where the bytes bear it out.
    """
    texts = _texts(table_file)
    label = _part(path, ".cpg")
    named = _codec(label.read_text("ascii", "replace").strip()) if label else ""
    for encoding in (named, "utf-8", "gb18030"):
        if encoding and all(_fits(text, encoding) for text in texts):
            return encoding, bool(texts) and encoding != (named or "utf-8")
    return "gb18030", True


def _codec(label: str) -> str:
    name = label.lower().replace("ansi", "").strip(" -_")
    name = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}.get(name, name)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _texts(table_file: Path) -> set[bytes]:
    """Give the distinct texts of a .dbf with bytes beyond ASCII, field names too."""
    with table_file.open("rb") as file:
        data = file.read(_SAMPLE)
    start, width = (int.from_bytes(data[i : i + 2], "little") for i in (8, 10))
    fields, offset = [], 1
    found = set()
    for place in range(32, start - 1, 32):
        item = data[place : place + 32]
        if len(item) < 32 or item[:1] == b"\r":
            break
        found.add(item[:11].split(b"\x00")[0])
        if item[11:12] == b"C":
            fields.append((offset, offset + item[16]))
        offset += item[16]
    for record in range(start, len(data) - width + 1, max(width, 1)):
        row = data[record : record + width]
        if not row.isascii():
            found |= {row[first:last].rstrip(b" \x00") for first, last in fields}
    return {text for text in found if not text.isascii()}


def _fits(text: bytes, encoding: str) -> bool:
    """Tell whether a text can be read; its last character may be cut off."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True
