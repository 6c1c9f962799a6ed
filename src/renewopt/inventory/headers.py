"""Headers: what one header cell may mean, and which of our columns each one is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.units import NEVER_TAILS, UNITS, factor, is_unit, units_of
from renewopt.inventory.words import key

LAST = 1_000
"""Rank of the least usual names of a column."""
SERIAL = frozenset({"序号", "顺序号", "行号", "no", "no.", "sn", "serial"})
"""Headers that count rows; they identify nothing for good."""
_BRACKET = re.compile(r"^(.*?)[(\[【〔〈<{]([^()\[\]【】〔〕]*)[)\]】〕〉>}]$")
_SPLIT = re.compile(r"^(.+?)\s*[/:_,;·|\s-]\s*(?:单位:?)?([^/:_,;·|\s-]+)$")
_DECORATION = re.compile(r"^(?:[*※★#]|\d{1,2}[.、)](?!\d)|[(]\d{1,2}[)])+|[*※★:]+$")
_UNIT_WORD = re.compile(r"^(?:计量)?单位[:为]?|^unit:?")
_BENIGN = re.compile(
    r"^(必填|选填|可选|单选|多选|下拉|如|例|示例|格式|填|见|公称|公称直径|dn|年份|年|"
    r"yyyy|阿拉伯数字|数字|文字|required|optional|e\.g\.|是/否|有/无|√)"
)


@dataclass(frozen=True)
class Header:
    """One header cell, taken apart: its name and the unit that it states."""

    text: str
    name: str
    unit: str

    @staticmethod
    @lru_cache(maxsize=20_000)
    def of(text: str) -> Header:
        """Take a header apart; brackets that hold no unit stay part of the name."""
        name = key(text)
        found = _BRACKET.match(name)
        if found and found[1] and is_unit(found[2]):
            return Header(text.strip(), found[1], found[2])
        return Header(text.strip(), name, "")


def unit_of_cell(text: str) -> str:
    """Give the unit that a cell consists of (`m`, `(mm)`, `单位：米`), or empty."""
    word = _UNIT_WORD.sub("", key(text))
    found = re.match(r"^[(\[【](.+)[)\]】]$", word)
    word = _UNIT_WORD.sub("", found[1]) if found else word
    return word if word and is_unit(word) else ""


@lru_cache(maxsize=20_000)
def readings(text: str) -> tuple[tuple[str, str], ...]:
    """List what a header may mean as (name, unit), the plainest reading first."""
    return tuple(dict.fromkeys(_readings(text)))


def _readings(text: str) -> Iterator[tuple[str, str]]:
    whole = unicodedata.normalize("NFKC", text).strip().casefold()
    yield key(whole), ""
    bare = _DECORATION.sub("", re.sub(r"[\r\n]+", "", whole)).strip()
    bare = _DECORATION.sub("", bare)
    name = key(bare)
    yield name, ""
    found = _BRACKET.match(name)
    if found and found[1]:
        unit = unit_of_cell(found[2])
        if unit:
            yield found[1], unit
        elif _BENIGN.match(found[2]):
            yield found[1], ""
    parts = _SPLIT.match(bare)
    if parts and is_unit(_UNIT_WORD.sub("", parts[2])):
        yield key(parts[1]), key(_UNIT_WORD.sub("", parts[2]))
    for size in range(min(4, len(name) - 1), 0, -1):
        if name[-size:] in UNITS and name[-size:] not in NEVER_TAILS:
            yield name[:-size], name[-size:]


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


@dataclass(frozen=True)
class Alias:
    """What a header name stands for: a column, how usual it is, and what it holds.

    Attributes
    ----------
    unit
        The unit that stands in the name and without which it would be another one.
    """

    column: int
    rank: int
    ages: bool = False
    outside: bool = False
    says: tuple[str, str] | None = None
    unit: str = ""


@cache
def aliases(specs: tuple[ColumnSpec, ...]) -> dict[str, Alias]:
    """Map the normal form of each header to a column; earlier names first."""
    # The canonical name of a column is never another column's header.
    known = {key(spec.name): Alias(number, 0) for number, spec in enumerate(specs)}
    for number, spec in enumerate(specs):
        names = (spec.headers.zh[0], spec.headers.en[0], *spec.headers.all())
        for rank, name in enumerate(names):
            known.setdefault(Header.of(name).name, Alias(number, rank))
            known.setdefault(key(name), Alias(number, rank))
        for rank, name in enumerate(spec.ages, len(names)):
            known.setdefault(key(name), Alias(number, rank, ages=True))
        for rank, name in enumerate(spec.outside, len(names)):
            known.setdefault(key(name), Alias(number, rank, outside=True))
        for name in spec.with_unit:
            for unit in units_of(spec.unit):
                alias = Alias(number, len(names), unit=unit)
                known.setdefault(f"{key(name)}({key(unit)})", alias)
    for name, alias in _with_codes(specs):
        known.setdefault(name, alias)
    return known


def _with_codes(specs: tuple[ColumnSpec, ...]) -> Iterator[tuple[str, Alias]]:
    """List headers that name an amount and a code: 单管长度, 管线长度（供回水合计）."""
    numbers = {spec.name: number for number, spec in enumerate(specs)}
    for spec in specs:
        if spec.stated_with not in numbers:
            continue
        column = numbers[spec.stated_with]
        for choice in spec.choices:
            said = spec.name, choice.code
            for word in choice.all():
                if "长" in word or "length" in word:
                    yield key(word), Alias(column, LAST, says=said)
                for name in specs[column].headers.all():
                    whole = key(f"{Header.of(name).name}({word})")
                    yield whole, Alias(column, LAST, says=said)


def says_outside(spec: ColumnSpec, header: Header) -> bool:
    """Tell whether a header says that pipe sizes are outside diameters."""
    return _says(header, spec.outside)


def says_ages(spec: ColumnSpec, header: Header) -> bool:
    """Tell whether a header of years says that ages stand below it."""
    return _says(header, spec.ages)


def _says(header: Header, words: Iterable[str]) -> bool:
    names = {name for name, _ in readings(header.text)}
    return not names.isdisjoint(map(key, words))


def read_cell(text: str, known: dict[str, Alias]) -> Header:
    """Take a header apart so that its name is known, if any reading is."""
    for name, unit in readings(text):
        if name in known:
            return Header(text.strip(), name, unit or _unit_said(name, known))
    return Header.of(text)


def _unit_said(name: str, known: dict[str, Alias]) -> str:
    """Give the unit that a known header states in its own brackets: 管径(mm)."""
    if known[name].unit:
        return known[name].unit
    bare = Header.of(name)
    same = bare.name in known and known[bare.name].column == known[name].column
    return bare.unit if same else ""


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
            name = re.sub(r"[(\[].*$", "", key(part))
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
