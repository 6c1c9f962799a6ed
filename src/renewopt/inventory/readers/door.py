"""The door: a file or a database address in, its raw tables out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from renewopt.core.errors import InputError, message
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.listed import Listed, renamed, renamed_error
from renewopt.inventory.readers.refused import REFUSED, refusal
from renewopt.inventory.readers.sniff import kind_of

SUFFIXES = (
    ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet",
    ".gpkg", ".shp", ".geojson", ".dxf",
)  # fmt: skip
"""What is read from a folder; a file that is named itself goes by its content."""
TEXTS = (".txt", ".tab")
"""Read from a folder where a table of ours stands in them."""
_EXPECTED = {
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".txt": ("csv",),
    ".tab": ("csv",),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xls": ("xls",),
    ".ods": ("ods",),
    ".parquet": ("parquet",),
    ".gpkg": ("gpkg",),
    ".shp": ("shp",),
    ".geojson": ("geojson",),
    ".json": ("geojson",),
    ".dxf": ("dxf",),
}
_URL = re.compile(r"^[a-z][a-z0-9+]+://", re.IGNORECASE)


def is_url(text: str) -> bool:
    """Tell whether a source is an address of a database, not a path."""
    return bool(_URL.match(text))


def shown_source(source: str | Path) -> str:
    """Give a source as it may be shown: an address without user and password."""
    if isinstance(source, Listed):
        return source.shown
    text = str(source)
    if not is_url(text):
        return Path(text).name
    from renewopt.inventory.readers.database import shown_url

    return shown_url(text)


def read_source(source: str | Path) -> list[RawTable]:
    """Read a file, or the tables of a database by its address.

    Raises
    ------
    InputError
        As `read_raw`; for a database also where it cannot be reached or goes away.
    """
    if isinstance(source, Listed):
        try:
            return renamed(read_raw(Path(source)), source)
        except InputError as error:
            raise renamed_error(error, source) from None
    text = str(source)
    if not is_url(text):
        return read_raw(Path(source))
    from renewopt.inventory.readers.database import read_database

    return read_database(text)


def read_raw(path: Path) -> list[RawTable]:
    """Read the tables of one file: one per sheet, layer or file.

    The content decides what a file is; a suffix that says something else is noted.

    Raises
    ------
    InputError
        Where the file is absent, of another kind, encrypted, damaged or empty.
    """
    if not path.is_file():
        raise InputError.of("inventory.missing_file", file=path.name)
    kind = kind_of(path)
    if kind in REFUSED or path.suffix.lower() in REFUSED:
        known = kind if kind in REFUSED else path.suffix.lower()
        raise InputError(refusal(path.name, known))
    if kind not in _READERS:
        raise _unreadable(path, kind)
    tables = list(_READERS[kind](path))
    if not tables:
        raise InputError.of("inventory.empty_file", file=path.name)
    expected = _EXPECTED.get(path.suffix.lower(), (kind,))
    return tables if kind in expected else [_other_content(t, kind) for t in tables]


def _unreadable(path: Path, kind: str) -> InputError:
    codes = {
        "empty": "inventory.empty_file",
        "encrypted": "inventory.encrypted",
        "truncated_zip": "inventory.truncated_zip",
        "sqlite": "inventory.sqlite_file",
    }
    if kind in codes:
        return InputError(message(codes[kind], file=path.name))
    known = ", ".join(SUFFIXES)
    return InputError(message("inventory.unknown_suffix", file=path.name, known=known))


def _other_content(table: RawTable, kind: str) -> RawTable:
    issue = CellIssue(
        table.file, table.sheet, 0, "", "", "inventory.other_content", "note",
        {"kind": kind},
    )  # fmt: skip
    return replace(table, issues=(issue, *table.issues))


def _csv(path: Path) -> Iterator[RawTable]:
    from renewopt.inventory.readers.delimited import read_delimited

    return read_delimited(path)


def _workbook(path: Path) -> Iterator[RawTable]:
    from renewopt.inventory.readers.workbook import read_workbook

    return read_workbook(path)


def _parquet(path: Path) -> Iterator[RawTable]:
    from renewopt.inventory.readers.parquet import read_parquet

    return read_parquet(path)


def _layers(path: Path) -> Iterator[RawTable]:
    from renewopt.inventory.readers.layers import read_layers

    return read_layers(path)


def _shapefile(path: Path) -> Iterator[RawTable]:
    from renewopt.inventory.readers.shapefile import read_shapefile

    return read_shapefile(path)


def _dxf(path: Path) -> Iterator[RawTable]:
    from renewopt.inventory.readers.dxf import read_dxf

    return read_dxf(path)


_READERS: dict[str, Callable[[Path], Iterator[RawTable]]] = {
    "csv": _csv,
    "xlsx": _workbook,
    "xls": _workbook,
    "ods": _workbook,
    "parquet": _parquet,
    "gpkg": _layers,
    "geojson": _layers,
    "shp": _shapefile,
    "dxf": _dxf,
}
