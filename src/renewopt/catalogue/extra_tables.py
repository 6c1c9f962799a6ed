"""Tables of an inventory folder besides the asset classes, and the project list."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.columns import ColumnSpec


class ExtraTable(Frozen):
    """A table besides the asset classes, as described in `extra_tables.toml`.

    Attributes
    ----------
    names
        File and sheet names by which it is recognised.
    """

    id: str
    title: Text
    names: tuple[str, ...] = Field(min_length=1)
    columns: tuple[ColumnSpec, ...] = Field(min_length=1)


class _ExtraTables(Frozen):
    table: tuple[ExtraTable, ...]


@cache
def extra_tables() -> dict[str, ExtraTable]:
    """Give the tables of `extra_tables.toml` by id, in the order of the file."""
    source = files("renewopt.catalogue").joinpath("extra_tables.toml")
    tables = _ExtraTables.model_validate(tomllib.loads(source.read_text("utf-8"))).table
    return {table.id: table for table in tables}
