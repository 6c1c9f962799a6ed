"""Parquet files: one table, field names first; GeoParquet with its geometry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from renewopt.core.errors import InputError
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.tables import arrow_table


def read_parquet(path: Path) -> Iterator[RawTable]:
    """Read a Parquet file.

    Raises
    ------
    InputError
        Where it is damaged.
    """
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    name, crs = _geometry_column(table)
    yield arrow_table(table, path.name, "", path.stem, name, crs)


def _geometry_column(table: pa.Table) -> tuple[str, str]:
    """Find the main geometry column of GeoParquet, and its coordinate system."""
    found = (table.schema.metadata or {}).get(b"geo")
    if not found:
        return "", ""
    try:
        about: dict[str, Any] = json.loads(found)
        name = str(about["primary_column"])
        column = about["columns"][name]
    except (ValueError, KeyError, TypeError):
        return "", ""
    if (
        str(column.get("encoding", "")).upper() != "WKB"
        or name not in table.schema.names
    ):
        return "", ""
    if "crs" not in column:
        return name, "OGC:CRS84"  # what GeoParquet means by saying nothing
    identifier = (column["crs"] or {}).get("id") or {}
    if {"authority", "code"} <= set(identifier):
        return name, f"{identifier['authority']}:{identifier['code']}"
    return name, json.dumps(column["crs"]) if column["crs"] else ""
