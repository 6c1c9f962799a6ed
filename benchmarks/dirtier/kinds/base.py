"""What a kind of dirt is, and the register of them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from benchmarks.dirtier.sheet import Cell, Column, Row, Sheet
from benchmarks.dirtier.source import Value

Scope = Literal["cell", "column", "row", "header", "layout", "file"]


@dataclass(frozen=True)
class Kind:
    """One kind of dirt.

    Attributes
    ----------
    apply
        Makes a sheet dirty; False where it found nothing to do.
    columns
        Canonical columns that it can befall; the sheet needs one of them (none: any
        sheet).
    medium
        `book`, `text` (CSV and its kin), or empty for both.
    untellable
        Why nobody could tell it from the file; empty: it can be told.
    refusable
        A file may be refused as a whole for it.
    """

    id: str
    zh: str
    en: str
    scope: Scope
    apply: Callable[[Sheet, Random], bool]
    columns: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    medium: str = ""
    untellable: str = ""
    refusable: bool = False

    def fits(self, asset_class: str, columns: set[str], is_book: bool) -> bool:
        """Tell whether a file of the class and medium can have it."""
        return (
            (not self.classes or asset_class in self.classes)
            and (not self.columns or bool(columns & set(self.columns)))
            and self.medium in {"", "book" if is_book else "text"}
        )


KINDS: dict[str, Kind] = {}
"""Every kind, in the order of definition."""


@dataclass(frozen=True)
class Spot:
    """One cell with its place."""

    cell: Cell
    row: Row
    column: Column
    sheet: Sheet

    @property
    def number(self) -> float:
        """The truth as a number."""
        assert isinstance(self.cell.truth, int | float)
        return float(self.cell.truth)

    @property
    def text(self) -> str:
        """What is written now."""
        return self.cell.raw()

    def put(self, write: Value, tolerance: float = 0.0, form: str = "") -> bool:
        """Write something else into the cell."""
        self.cell.write = write
        self.cell.tolerance = tolerance
        self.cell.form = form
        return True

    def means(self, truth: Value, write: Value) -> bool:
        """Write something whose truth is another than before."""
        self.cell.truth = truth
        return self.put(write)


SpotFunction = Callable[[Spot, Random], bool]
SheetFunction = Callable[[Sheet, Random], bool]


def _register(kind: Kind) -> None:
    if kind.id in KINDS:
        raise ValueError(f"two kinds called {kind.id}")
    KINDS[kind.id] = kind


def sheet_kind(
    name: str, zh: str, en: str, scope: Scope, **more: object
) -> Callable[[SheetFunction], SheetFunction]:
    """Register a function that makes a whole sheet dirty."""

    def wrap(function: SheetFunction) -> SheetFunction:
        kind = Kind(name, zh, en, scope, function)
        _register(replace(kind, **more))  # type: ignore[arg-type]
        return function

    return wrap


def cell_kind(
    name: str, zh: str, en: str, columns: tuple[str, ...], **more: object
) -> Callable[[SpotFunction], SpotFunction]:
    """Register a function that makes one cell dirty; a share of the cells is taken."""

    def wrap(function: SpotFunction) -> SpotFunction:
        def apply(sheet: Sheet, dice: Random) -> bool:
            share = dice.uniform(0.06, 0.3)
            done = 0
            for spot in clean_spots(sheet, columns):
                if dice.random() < share and function(spot, dice):
                    spot.cell.kind = name
                    done += 1
            return done > 0

        _register(replace(Kind(name, zh, en, "cell", apply, columns), **more))  # type: ignore[arg-type]
        return function

    return wrap


def column_kind(
    name: str, zh: str, en: str, columns: tuple[str, ...], **more: object
) -> Callable[[Callable[[Column, list[Cell], Random], bool]], object]:
    """Register a function that changes a whole column, header and cells."""

    def wrap(function: Callable[[Column, list[Cell], Random], bool]) -> object:
        def apply(sheet: Sheet, dice: Random) -> bool:
            able = [
                c for c in sheet.columns if c.key in columns and untouched(sheet, c)
            ]
            dice.shuffle(able)
            for column in able:
                cells = [row.cells[column.key] for row in sheet.assets()]
                known = [cell for cell in cells if cell.truth is not None]
                if known and function(column, known, dice):
                    column.kind = name
                    for cell in known:
                        cell.kind = name
                    return True
            return False

        _register(replace(Kind(name, zh, en, "column", apply, columns), **more))  # type: ignore[arg-type]
        return function

    return wrap


def clean_spots(sheet: Sheet, columns: tuple[str, ...]) -> list[Spot]:
    """List the clean, filled cells of these columns."""
    return [
        Spot(row.cells[column.key], row, column, sheet)
        for column in sheet.columns
        if column.key in columns and not column.kind
        for row in sheet.assets()
        if not row.cells[column.key].kind and row.cells[column.key].truth is not None
    ]


def untouched(sheet: Sheet, column: Column) -> bool:
    """Tell whether neither the column nor any cell of it is dirty."""
    return not (
        column.kind
        or column.header_kind
        or any(row.cells[column.key].kind for row in sheet.assets())
    )
