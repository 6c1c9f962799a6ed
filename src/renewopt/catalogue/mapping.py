"""Mapping profiles: how a foreign export's headers and values become ours."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text


class RowFilter(Frozen):
    """Rows that are left out on purpose, by the value of one foreign column.

    Exactly one of `keep` and `drop` is given; rows left out are counted under `id`.
    """

    id: str = Field(min_length=1)
    column: str = Field(min_length=1)
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    reason: Text

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if bool(self.keep) == bool(self.drop):
            raise ValueError("give exactly one of keep and drop")
        return self


class TableMapping(Frozen):
    """How one foreign table is read.

    Attributes
    ----------
    files
        Names of the files without ending, in any case.
    columns
        Our column → header in the file.
    values
        Our column → foreign value → our code; values not listed are read as ours.
    missing
        Our column → foreign values that mean "not known".
    constants
        Our column → one value for every row.
    filters
        Rows left out on purpose.
    joined
        Our text column → foreign columns whose texts are joined with " / ".
    not_used
        Foreign column → why it must not be read.
    overwritten
        Foreign columns that are changed after failures and carry no date: what is read
        from them is refused when a model is trained.
    """

    files: tuple[str, ...] = Field(min_length=1)
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    filters: tuple[RowFilter, ...] = ()
    joined: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    not_used: dict[str, Text] = Field(default_factory=dict)
    overwritten: tuple[str, ...] = ()

    def codes_of(self, column: str) -> dict[str, str]:
        """Give our code by foreign value for one column of ours."""
        return self.values.get(column, {})

    @model_validator(mode="after")
    def _each_column_once(self) -> Self:
        sources = [*self.columns, *self.joined, *self.constants]
        twice = sorted({name for name in sources if sources.count(name) > 1})
        if twice:
            raise ValueError(f"columns filled twice: {', '.join(twice)}")
        loose = sorted((set(self.values) | set(self.missing)) - set(self.columns))
        if loose:
            raise ValueError(
                f"values for columns that are not read: {', '.join(loose)}"
            )
        return self


class AssetTableMapping(TableMapping):
    """A table of assets of one class."""

    asset_class: str

    def refused(self) -> dict[str, str]:
        """Give the columns of ours that come from overwritten ones, with these."""
        return {o: f for o, f in self.columns.items() if f in self.overwritten}


class FailureTableMapping(TableMapping):
    """A table of failure records of one asset class."""

    asset_class: str


class Mapping(Frozen):
    """One profile of `models/mappings`: a known export and its tables."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: Text
    source: str
    note: Text | None = None
    assets: tuple[AssetTableMapping, ...] = Field(min_length=1)
    failures: tuple[FailureTableMapping, ...] = ()
    corridors: tuple[TableMapping, ...] = ()

    @model_validator(mode="after")
    def _each_file_once(self) -> Self:
        stems = [stem.lower() for table in self.tables() for stem in table.files]
        twice = sorted({stem for stem in stems if stems.count(stem) > 1})
        if twice:
            raise ValueError(f"files named twice: {', '.join(twice)}")
        return self

    def tables(self) -> tuple[TableMapping, ...]:
        """List every table of the profile."""
        return (*self.assets, *self.failures, *self.corridors)
