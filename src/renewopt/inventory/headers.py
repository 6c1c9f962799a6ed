"""Headers: which row they stand in and which of our columns each one means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.units import factor, is_unit
from renewopt.inventory.words import key

_BRACKET = re.compile(r"^(.*?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")


@dataclass(frozen=True)
class Header:
    """One header cell, taken apart: its name and the unit in its brackets."""

    text: str
    name: str
    unit: str

    @classmethod
    def of(cls, text: str) -> Header:
        """Take a header apart; brackets that hold no unit stay part of the name."""
        name = key(text)
        found = _BRACKET.match(name)
        if found and found[1] and is_unit(found[2]):
            return cls(text.strip(), found[1], found[2])
        return cls(text.strip(), name, "")


@dataclass(frozen=True)
class Match:
    """Our column `spec` stands in column `position` of the grid."""

    spec: ColumnSpec
    position: int
    header: Header


@dataclass(frozen=True)
class HeaderRow:
    """The header row of a table: where it is and what it means.

    Attributes
    ----------
    row
        Position in the grid, from 0.
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
    """

    row: int
    matches: tuple[Match, ...]
    unknown: tuple[str, ...]
    shadowed: tuple[tuple[str, str], ...]
    twice: tuple[str, ...]
    units: tuple[tuple[str, str, str], ...]

    def missing(self, specs: Iterable[ColumnSpec]) -> list[ColumnSpec]:
        """List the required columns that have no header here."""
        found = {match.spec.name for match in self.matches}
        return [s for s in specs if s.required and s.name not in found]


@cache
def _aliases(specs: tuple[ColumnSpec, ...]) -> dict[str, tuple[int, int]]:
    """Map the normal form of each header to (column, rank): earlier names first."""
    # The canonical name of a column is never another column's header.
    known = {key(spec.name): (number, 0) for number, spec in enumerate(specs)}
    for number, spec in enumerate(specs):
        names = (spec.headers.zh[0], spec.headers.en[0], *spec.headers.all())
        for rank, name in enumerate(names):
            known.setdefault(Header.of(name).name, (number, rank))
            known.setdefault(key(name), (number, rank))
    return known


def find_header(
    top: Sequence[Sequence[str]], specs: tuple[ColumnSpec, ...]
) -> HeaderRow:
    """Choose the row with the most known headers; the upper one of equals."""
    known = _aliases(specs)
    scores = [
        len({known[h][0] for cell in row if (h := Header.of(cell).name) in known})
        for row in top
    ]
    best = max(range(len(top)), key=lambda i: (scores[i], -i))
    return read_header(top[best], specs, best)


def read_header(
    cells: Sequence[str], specs: tuple[ColumnSpec, ...], row: int
) -> HeaderRow:
    """Say which of our columns each header cell means."""
    known = _aliases(specs)
    headers = [Header.of(cell) for cell in cells]
    names = [header.name for header in headers]
    chosen: dict[int, tuple[int, int]] = {}
    for position, name in enumerate(names):
        if name in known and names.count(name) == 1:
            column, rank = known[name]
            chosen[column] = min(chosen.get(column, (rank, position)), (rank, position))
    taken = {position: specs[column] for column, (_, position) in chosen.items()}
    matches, units = [], []
    for position, spec in sorted(taken.items()):
        unit = headers[position].unit
        if unit and spec.kind != "text" and factor(unit, spec.unit) is None:
            units.append((headers[position].text, unit, spec.unit))
        else:
            matches.append(Match(spec, position, headers[position]))
    return HeaderRow(
        row,
        tuple(matches),
        tuple(h.text for h in headers if h.name and h.name not in known),
        tuple(
            (headers[i].text, headers[chosen[known[name][0]][1]].text)
            for i, name in enumerate(names)
            if name in known and i not in taken and names.count(name) == 1
        ),
        tuple(
            headers[i].text
            for i, name in enumerate(names)
            if name in known and names.count(name) > 1 and names.index(name) == i
        ),
        tuple(units),
    )
