"""Mapping profiles: how a foreign export's headers and values become ours."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

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


Headers = Annotated[
    tuple[str, ...],
    Field(min_length=1),
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
]
"""One header, or several of which the first that a file has is read."""


class Assumed(Frozen):
    """A value for every row where the file lacks the column; said as a question."""

    value: str = Field(min_length=1)
    reason: Text


class Derived(Frozen):
    """A code told by words in texts of the row; several codes: none is taken.

    Attributes
    ----------
    columns
        Foreign columns in whose texts the words are looked for.
    words
        Word → our code.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    words: dict[str, str] = Field(min_length=1)


class Nodes(Frozen):
    """Where the ends of a line are: a table of points in the same workbook.

    Attributes
    ----------
    sheets
        Patterns of the sheets of points; such sheets are never lines.
    id, x, y
        Headers of the points: identifier and plane coordinates in metres.
    start, end
        Headers of the lines: identifiers of their two points.
    """

    sheets: tuple[str, ...] = Field(min_length=1)
    id: Headers
    x: Headers
    y: Headers
    start: Headers
    end: Headers


class TableMapping(Frozen):
    """How one foreign table is read.

    Attributes
    ----------
    files
        Names of the files without ending, in any case; `*` stands for any text. None:
        every file.
    sheets
        Names of the sheets, likewise. None: every sheet.
    header_rows
        Rows that the header takes, from the one that holds the names.
    columns
        Our column → header in the file, or several of which the first one found is
        read.
    optional
        Our columns whose headers a file may lack.
    units
        Our column → unit of its numbers, where the header does not state it.
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
    derived
        Our column → words that tell its code, where the file has no value.
    assumed
        Our column → value where the file lacks the column.
    nodes
        Where line ends are found, for identifiers and lengths that the file lacks.
    not_used
        Foreign column → why it must not be read.
    overwritten
        Foreign columns that are changed after failures and carry no date: what is read
        from them is refused when a model is trained.
    """

    files: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    header_rows: int = Field(default=1, ge=1, le=5)
    columns: dict[str, Headers]
    optional: tuple[str, ...] = ()
    units: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    filters: tuple[RowFilter, ...] = ()
    joined: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    derived: dict[str, Derived] = Field(default_factory=dict)
    assumed: dict[str, Assumed] = Field(default_factory=dict)
    nodes: Nodes | None = None
    not_used: dict[str, Text] = Field(default_factory=dict)
    overwritten: tuple[str, ...] = ()

    def codes_of(self, column: str) -> dict[str, str]:
        """Give our code by foreign value for one column of ours."""
        return self.values.get(column, {})

    def fields(self) -> tuple[str, ...]:
        """List our columns that the profile fills in one way or another."""
        nodes = ("asset_id", "length_m") if self.nodes else ()
        direct = (*self.columns, *self.joined, *self.constants)
        return tuple(dict.fromkeys((*direct, *self.derived, *self.assumed, *nodes)))

    @model_validator(mode="after")
    def _names_a_table(self) -> Self:
        if not self.files and not self.sheets:
            raise ValueError("name the table by files, sheets or both")
        return self

    @model_validator(mode="after")
    def _each_column_once(self) -> Self:
        read = [*self.columns, *self.joined, *self.constants]
        twice = sorted({name for name in read if read.count(name) > 1})
        if twice:
            raise ValueError(f"columns filled twice: {', '.join(twice)}")
        told = {*self.values, *self.missing, *self.units, *self.optional}
        loose = sorted(told - set(self.columns))
        if loose:
            raise ValueError(
                f"values for columns that are not read: {', '.join(loose)}"
            )
        clash = sorted(set(self.constants) & {*self.derived, *self.assumed})
        if clash:
            raise ValueError(f"constants need no other source: {', '.join(clash)}")
        return self


class AssetTableMapping(TableMapping):
    """A table of assets of one class."""

    asset_class: str

    def refused(self) -> dict[str, str]:
        """Give the overwritten columns, and those of ours that come from them.

        Both under the foreign name: a user may ask for either.
        """
        ours = {
            name: header
            for name, headers in self.columns.items()
            for header in headers
            if header in self.overwritten
        }
        return {name: name for name in self.overwritten} | ours

    def overwritten_here(self) -> tuple[str, ...]:
        """Give our columns that are filled from overwritten ones, in any way."""
        sources = {**self.columns, **self.joined}
        sources |= {name: derived.columns for name, derived in self.derived.items()}
        foreign = set(self.overwritten)
        return tuple(sorted(n for n, names in sources.items() if foreign & set(names)))


class FailureTableMapping(TableMapping):
    """A table of failure records of one asset class, or with a column of classes."""

    asset_class: str = ""

    @model_validator(mode="after")
    def _has_a_class(self) -> Self:
        if bool(self.asset_class) == ("asset_class" in self.fields()):
            raise ValueError("give asset_class or a column for it")
        return self


class Mapping(Frozen):
    """One profile of `models/mappings`: a known export and its tables."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: Text
    source: str
    note: Text | None = None
    assets: tuple[AssetTableMapping, ...] = ()
    failures: tuple[FailureTableMapping, ...] = ()
    corridors: tuple[TableMapping, ...] = ()
    projects: tuple[TableMapping, ...] = ()

    @model_validator(mode="after")
    def _each_file_once(self) -> Self:
        if not self.tables():
            raise ValueError("a profile needs at least one table")
        places = [
            (file.lower(), sheet.lower())
            for table in self.tables()
            for file in table.files or ("*",)
            for sheet in table.sheets or ("*",)
        ]
        twice = sorted({place[0] for place in places if places.count(place) > 1})
        if twice:
            raise ValueError(f"files named twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _lists_apart(self) -> Self:
        if self.projects and (self.assets or self.failures or self.corridors):
            raise ValueError("project lists and inventories need profiles of their own")
        return self

    def tables(self) -> tuple[TableMapping, ...]:
        """List every table of the profile."""
        return (*self.assets, *self.failures, *self.corridors, *self.projects)
