"""The header of a foreign table: where the names of a mapping profile stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.mapping import TableMapping
from renewopt.inventory.header_cells import (
    Header,
    aliases,
    readings,
    says_ages,
    says_outside,
    unit_of_cell,
)
from renewopt.inventory.header_rows import is_numbering, is_unit_row
from renewopt.inventory.headers import HeaderRow, Match
from renewopt.inventory.raw import RawTable
from renewopt.inventory.recognise import LEAST_HEADERS
from renewopt.inventory.words import key


@dataclass(eq=False)
class Found:
    """Where the headers of a profile stand in a table.

    Attributes
    ----------
    row
        Position of the header row in the grid.
    positions
        Header of the profile → column, for those that are there.
    texts
        Header of the profile → header as written in the file, with its unit.
    chosen
        Our column → the header that is read.
    twice
        Headers that are there more than once.
    last
        Position of the last row of the header, rows of units and numbers with it.
    units
        Column → unit that a row below its header states.
    """

    row: int
    positions: dict[str, int]
    texts: dict[str, str]
    chosen: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    last: int = 0
    units: dict[int, str] = field(default_factory=dict)

    def unit(self, source: str) -> str:
        """Give the unit that the file states for a header, in it or below it."""
        stated = Header.of(self.texts[source]).unit
        return stated or self.units.get(self.positions[source], "")


def has_headers(raw: RawTable, mapping: TableMapping) -> bool:
    """Tell whether a table has at least two headers of the profile."""
    return len(find_names(raw, mapping).positions) >= LEAST_HEADERS


def rows_below(raw: RawTable, mapping: TableMapping) -> int:
    """Count the rows below the header that a profile finds, or of the whole table."""
    found = find_names(raw, mapping)
    top = found.last + 1 if found.positions else 0
    return int((raw.grid.iloc[top:] != "").any(axis=1).sum())


def needed_names(mapping: TableMapping) -> list[str]:
    """List the headers that a file must have, whatever else it lacks."""
    filters = [item.column for item in mapping.filters]
    parts = [name for names in mapping.joined.values() for name in names]
    return list(dict.fromkeys([*parts, *filters]))


def known_names(mapping: TableMapping) -> list[str]:
    """List every header that the profile knows."""
    names = [name for names in mapping.columns.values() for name in names]
    names += [name for names in mapping.joined.values() for name in names]
    names += [name for item in mapping.derived.values() for name in item.columns]
    if mapping.nodes:
        names += [*mapping.nodes.start, *mapping.nodes.end]
    return list(dict.fromkeys([*names, *needed_names(mapping)]))


def find_names(raw: RawTable, mapping: TableMapping) -> Found:
    """Choose the row that holds most of the headers; say where each one stands."""
    known = known_names(mapping)
    best = Found(0, {}, {})
    for row, cells in enumerate(raw.top()):
        places = {name: _places(name, cells) for name in known}
        found = {name: at[0] for name, at in places.items() if at}
        if len(found) > len(best.positions):
            twice = [name for name, at in places.items() if len(at) > 1]
            texts = {name: cells[at] for name, at in found.items()}
            best = Found(row, found, texts, twice=twice)
    for name, headers in mapping.columns.items():
        there = [header for header in headers if header in best.positions]
        if there:
            best.chosen[name] = there[0]
    _take_rows_below(raw, best, best.row + mapping.header_rows - 1)
    return best


def _places(name: str, cells: Sequence[str]) -> list[int]:
    """Find a header as it is, else without the unit in its brackets."""
    wanted = key(name)
    exact = [i for i, cell in enumerate(cells) if key(cell) == wanted]
    bare = [i for i, cell in enumerate(cells) if Header.of(cell).name == wanted]
    return exact or bare


def _take_rows_below(raw: RawTable, found: Found, last: int) -> None:
    """Take rows of units and of column numbers below the names into the header."""
    top = raw.top()
    found.last = last
    for row in range(found.row + 1, min(last + 3, len(top))):
        if is_unit_row(top[row]):
            units = {i: unit_of_cell(cell) for i, cell in enumerate(top[row])}
            found.units |= {i: unit for i, unit in units.items() if unit}
        elif not is_numbering(top[row]) and row > last:
            return
        found.last = max(last, row)


def match_of(
    specs: dict[str, ColumnSpec], name: str, position: int, header: Header
) -> Match:
    """Give what a header says once its column is named: ages, or single pipes."""
    spec, number = specs[name], list(specs).index(name)
    known = aliases(tuple(specs.values()))
    said = [known[word] for word, _ in readings(header.text) if word in known]
    says = next((a.says for a in said if a.column == number and a.says), None)
    ages, outside = says_ages(spec, header), says_outside(spec, header)
    return Match(spec, position, header, ages, outside, says=says)


def header_row_of(
    raw: RawTable, found: Found, mapping: TableMapping, specs: dict[str, ColumnSpec]
) -> HeaderRow:
    """Give the header of the file as far as single columns of it are ours."""
    matches = []
    for name, source in found.chosen.items():
        text = found.texts[source]
        unit = mapping.units.get(name) or found.unit(source)
        header = Header(text, key(source), unit)
        matches.append(match_of(specs, name, found.positions[source], header))
    texts = tuple(str(cell) for cell in raw.grid.iloc[found.row])
    return HeaderRow(found.last, tuple(matches), (), (), (), (), texts, first=found.row)
