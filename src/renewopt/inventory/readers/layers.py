"""Layers of GIS files: GeoPackage and GeoJSON; Shapefiles come here after a look."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from renewopt.core.errors import InputError, message
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.extras import need
from renewopt.inventory.readers.tables import arrow_table


def read_layers(path: Path) -> Iterator[RawTable]:
    """Read every layer of a GIS file, tables without geometry too.

    Raises
    ------
    InputError
        Where the extra is not installed or the file is damaged.
    """
    pyogrio = need("pyogrio", "gis", path.name)
    errors = _errors(pyogrio)
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except errors as error:
        raise _damaged(path, error) from None
    for name in names:
        sheet = name if path.suffix.lower() == ".gpkg" or len(names) > 1 else ""
        table = read_layer(path, name, sheet)
        if table is not None:
            yield table


def read_layer(
    path: Path, layer: str, sheet: str, shown: Path | None = None, encoding: str = "",
    issues: Sequence[CellIssue] = (),
) -> RawTable | None:  # fmt: skip
    """Read one layer as texts and geometry; None where it has no fields and no rows.

    Parameters
    ----------
    shown
        The user's file, where `path` is a copy.
    encoding
        Encoding of the texts; "" as GDAL finds it.
    """
    pyogrio = need("pyogrio", "gis", path.name)
    shown = shown or path
    options: dict[str, Any] = {"encoding": encoding} if encoding else {}
    if path.suffix.lower() in {".geojson", ".json"}:
        # A text that looks like a date stays the text that it is.
        options["DATE_AS_STRING"] = "YES"
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            meta, table = pyogrio.read_arrow(path, layer=layer, **options)
    except _errors(pyogrio) as error:
        raise _damaged(shown, error) from None
    issues = [*issues, *_warned(shown, sheet, said)]
    geometry = _geometry_name(meta, table.column_names)
    if not len(table) and table.column_names in ([], [geometry]):
        return None
    stem = sheet or shown.stem
    crs = str(meta["crs"] or "")
    return arrow_table(table, shown.name, sheet, stem, geometry, crs, issues)


def _warned(
    path: Path, sheet: str, said: Sequence[warnings.WarningMessage]
) -> list[CellIssue]:
    """Pass on what the library warned of, each once."""
    details = dict.fromkeys(str(w.message).replace(str(path), path.name) for w in said)
    return [
        CellIssue(
            path.name, sheet, 0, "", "", "inventory.gis_warning", "questioned",
            {"detail": detail},
        )
        for detail in details
    ]  # fmt: skip


def _geometry_name(meta: Any, columns: Sequence[str]) -> str:
    if meta["geometry_type"] is None:
        return ""
    name = meta["geometry_name"] or "wkb_geometry"
    return name if name in columns else ""


def _errors(pyogrio: Any) -> tuple[type[Exception], ...]:
    found = pyogrio.errors
    return (
        found.DataSourceError, found.DataLayerError, found.FieldError,
        found.GeometryError, ValueError, RuntimeError, OSError,
    )  # fmt: skip


def _damaged(path: Path, error: Exception) -> InputError:
    detail = str(error).replace(str(path), path.name)
    return InputError(message("inventory.unreadable", file=path.name, detail=detail))
