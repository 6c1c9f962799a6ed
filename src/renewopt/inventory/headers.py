"""Headers of a table: which column of ours each one is, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.header_cells import Header, aliases, read_cell
from renewopt.inventory.units import UNITS, factor
from renewopt.inventory.words import key

SERIAL = frozenset({"序号", "顺序号", "行号", "no", "no.", "sn", "serial"})
"""Headers that count rows; they identify nothing for good."""


@dataclass(frozen=True)
class Match:
    """Our column `spec` stands in column `position` of the grid.

    Attributes
    ----------
    ages
        Whether the header says that years are given as ages.
    serial
        Whether only a count of rows stands for the identifier.
    outside
        Whether the header says that sizes are outside diameters.
    says
        Column and code that the header states for every row: 单管长度.
    """

    spec: ColumnSpec
    position: int
    header: Header
    ages: bool = False
    outside: bool = False
    serial: bool = False
    says: tuple[str, str] | None = None


@dataclass(frozen=True)
class HeaderRow:
    """The header of a table: where it is and what it means.

    Attributes
    ----------
    row
        Position of its last row in the grid, from 0.
    texts
        Header of each column, joined from its rows.
    matches
        The columns that are read, one per column of ours.
    unknown
        Headers that no column of ours has.
    shadowed
        (header, header that is read instead) where two mean the same column.
    twice
        Headers that stand there more than once: which is meant cannot be told.
    units
        (header, unit found, unit wanted) where the units do not fit each other.
    first
        Position of its first row.
    """

    row: int
    matches: tuple[Match, ...]
    unknown: tuple[str, ...]
    shadowed: tuple[tuple[str, str], ...]
    twice: tuple[str, ...]
    units: tuple[tuple[str, str, str], ...]
    texts: tuple[str, ...] = ()
    first: int = 0

    def missing(self, specs: Iterable[ColumnSpec]) -> list[ColumnSpec]:
        """List the required columns that have no header here."""
        found = {match.spec.name for match in self.matches}
        return [s for s in specs if s.required and s.name not in found]

    def score(self) -> int:
        """Count the columns that are recognised."""
        return sum(not match.serial for match in self.matches) + len(self.twice)


def read_header(
    cells: Sequence[str], specs: tuple[ColumnSpec, ...], row: int
) -> HeaderRow:
    """Say which of our columns each header cell means."""
    known = aliases(specs)
    return choose([read_cell(cell, known) for cell in cells], specs, row, row)


def choose(
    headers: Sequence[Header], specs: tuple[ColumnSpec, ...], first: int, row: int
) -> HeaderRow:
    """Choose one header per column of ours: the most usual name, the leftmost."""
    known = aliases(specs)
    names = [header.name for header in headers]
    chosen: dict[int, tuple[int, int]] = {}
    for position, name in enumerate(names):
        if name in known and names.count(name) == 1:
            column, rank = known[name].column, known[name].rank
            chosen[column] = min(chosen.get(column, (rank, position)), (rank, position))
    taken = {position: specs[column] for column, (_, position) in chosen.items()}
    matches, units = [], []
    for position, spec in sorted(taken.items()):
        header = headers[position]
        if header.unit and spec.kind != "text" and not _unit_fits(header.unit, spec):
            units.append((header.text, header.unit, spec.number_unit))
        else:
            alias = known[header.name]
            match = Match(
                spec, position, header, alias.ages, alias.outside, says=alias.says
            )
            matches.append(match)
    matches += _serial(headers, specs, matches)
    used = {match.position for match in matches}
    return HeaderRow(
        row,
        tuple(matches),
        tuple(
            h.text
            for i, h in enumerate(headers)
            if h.name and h.name not in known and i not in used
        ),
        tuple(
            (headers[i].text, headers[chosen[known[name].column][1]].text)
            for i, name in enumerate(names)
            if name in known and i not in taken and names.count(name) == 1
        ),
        tuple(
            headers[i].text
            for i, name in enumerate(names)
            if name in known and names.count(name) > 1 and names.index(name) == i
        ),
        tuple(units),
        tuple(header.text for header in headers),
        first,
    )


def akin_headers(header: HeaderRow, specs: Iterable[ColumnSpec]) -> dict[str, str]:
    """Map the unknown headers that hint at a column of ours to that column's label."""
    akin = {key(name): spec.headers.zh[0] for spec in specs for name in spec.akin}
    found = {}
    for text in header.unknown:
        # Whole, or what stands below the group: 设施属性 运行压力(MPa).
        for part in (text, text.split(" ")[-1]):
            for name in (key(part), re.sub(r"[(\[].*$", "", key(part))):
                if name in akin:
                    found[text] = akin[name]
    return found


def _unit_fits(unit: str, spec: ColumnSpec) -> bool:
    if spec.kind in {"year", "date"}:
        return UNITS.get(key(unit), ("", 0))[0] == "years"
    return factor(unit, spec.number_unit) is not None


def _serial(
    headers: Sequence[Header], specs: tuple[ColumnSpec, ...], matches: Sequence[Match]
) -> list[Match]:
    """Let a count of rows stand for an identifier that the table lacks."""
    found = {match.spec.name for match in matches}
    lacking = [s for s in specs if s.required and s.unique and s.name not in found]
    places = [i for i, h in enumerate(headers) if h.name in SERIAL]
    if len(lacking) != 1 or len(places) != 1 or not matches:
        return []
    return [Match(lacking[0], places[0], headers[places[0]], serial=True)]
