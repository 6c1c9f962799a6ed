"""Header cells: what one may be called, and which of our columns that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.units import NEVER_TAILS, UNITS, is_unit, units_of
from renewopt.inventory.words import key

LAST = 1_000
"""Rank of the least usual names of a column."""
PIPES = "pipes_per_route"
"""Column of classes whose pipes lie in pairs: supply and return."""
OF_SUPPLY = ("length_m", "diameter_mm")
"""Columns that may be stated for each pipe of a pair."""
SUPPLY = ("供水", "供水管", "供水管道", "供")
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
    for name, alias in (*_with_codes(specs), *_of_pairs(specs)):
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


def _of_pairs(specs: tuple[ColumnSpec, ...]) -> Iterator[tuple[str, Alias]]:
    """List headers of the supply pipe of a pair; its length is that of the route."""
    if all(spec.name != PIPES for spec in specs):
        return
    for column, spec in enumerate(specs):
        if spec.name not in OF_SUPPLY:
            continue
        says = ("length_basis", "route") if spec.name == "length_m" else None
        for name in dict.fromkeys(Header.of(text).name for text in spec.headers.zh):
            for word in SUPPLY:
                for whole in (word + name, name + word, f"{name}({word})"):
                    yield key(whole), Alias(column, LAST, says=says)


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
