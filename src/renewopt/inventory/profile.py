"""From confirmed proposals to a mapping profile as a small TOML file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError
from renewopt.core.toml_text import to_toml
from renewopt.inventory.propose import ColumnProposal, TableProposal, ValueProposal
from renewopt.inventory.returned import source_stem

OTHERS = ("failures", "corridors")
"""Tables besides the asset classes that a profile can read."""
_ID = re.compile(r"[^a-z0-9_-]+")


def profile_of(
    tables: Sequence[TableProposal], catalogue: Catalogue, name: str
) -> dict[str, Any]:
    """Make the profile of what is sure in the proposals, ready for TOML.

    Parameters
    ----------
    name
        Name of the profile, from which its id is made.
    """
    source = ", ".join(dict.fromkeys(table.file for table in tables))
    profile: dict[str, Any] = {
        "id": _ID.sub("-", name.lower()).strip("-_") or "mapping",
        "title": {"zh": name, "en": name},
        "source": source,
    }
    for table in tables:
        found = _table(table)
        if not found["columns"]:
            continue
        if table.table in catalogue.asset_classes:
            asset = {"asset_class": table.table, **found}
            profile.setdefault("assets", []).append(asset)
        elif table.table in OTHERS:
            profile.setdefault(table.table, []).append(found)
    return profile


def is_usable(table: TableProposal, catalogue: Catalogue) -> bool:
    """Tell whether a profile can say how the table is read."""
    return table.table in {*catalogue.asset_classes, *OTHERS}


def _table(table: TableProposal) -> dict[str, Any]:
    columns = [column for column in table.columns if column.sure and column.field]
    out: dict[str, Any] = {"files": [source_stem(table.stem)]}
    if table.sheet:
        out["sheets"] = [table.sheet]
    if table.header_rows > 1:
        out["header_rows"] = table.header_rows
    out["columns"] = {column.field: column.header for column in columns}
    units = {column.field: column.unit for column in columns if column.unit}
    if units:
        out["units"] = units
    values = _values(table.values, columns)
    if values:
        out["values"] = values
    return out


def _values(
    values: Sequence[ValueProposal], columns: Sequence[ColumnProposal]
) -> dict[str, dict[str, str]]:
    read = {column.field for column in columns}
    out: dict[str, dict[str, str]] = {}
    for value in values:
        if value.sure and value.code and value.field in read:
            out.setdefault(value.field, {})[value.text] = value.code
    return out


def write_profile(profile: dict[str, Any], path: Path) -> None:
    """Write a profile; whole or not at all, never over another file.

    Raises
    ------
    InputError
        Where the file is there already or cannot be written.
    """
    Mapping.model_validate(profile)
    if path.exists():
        raise InputError.of("inventory.profile_exists", file=path)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(to_toml(profile), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        detail = error.strerror or str(error)
        raise InputError.of(
            "inventory.profile_not_written", file=path, detail=detail
        ) from None
    finally:
        part.unlink(missing_ok=True)
