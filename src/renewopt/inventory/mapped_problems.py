"""What is wrong with a table that a mapping profile should fit: said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from renewopt.catalogue.mapping import TableMapping
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.body import Body
from renewopt.inventory.ends import LENGTH, told_by_place
from renewopt.inventory.header_cells import Header, aliases, readings
from renewopt.inventory.header_rows import units_above
from renewopt.inventory.headers import HeaderRow
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.mapped_header import Found, needed_names
from renewopt.inventory.named import IDENTIFIER, names_identify
from renewopt.inventory.raw import RawTable
from renewopt.inventory.units import dimension, factor
from renewopt.inventory.words import key

_NUMBERS = frozenset({"number", "integer", "year", "date"})
_PERIOD = re.compile(r"[0-9一二两三四五六七八九十]+年")
"""A number of years, or a year, in a header: 近三年, 2025年."""


def problems_of(
    raw: RawTable, kind: TableKind, mapping: TableMapping, found: Found
) -> list[Message]:
    """List what keeps the table from being read, each thing once."""
    problems = [
        *_header_problems(raw, mapping, found),
        *_field_problems(raw, kind, mapping, found),
    ]
    return list({str(problem): problem for problem in problems}.values())


def lacking_columns(
    raw: RawTable, kind: TableKind, mapping: TableMapping, filled: set[str]
) -> list[Message]:
    """List the needed columns that nothing in this table fills."""
    filled = filled | ({LENGTH} & told_by_place(raw, kind))
    lacking = [s.name for s in kind.columns if s.required and s.name not in filled]
    columns = (" / ".join(mapping.columns.get(name, (name,))) for name in lacking)
    return [
        message("inventory.mapping_column", file=_place(raw), column=column)
        for column in columns
    ]


def check_units_above(raw: RawTable, mapping: TableMapping, header: HeaderRow) -> None:
    """Refuse a table whose title states another unit than its profile."""
    stated = units_above(raw.top_texts(header.first))
    for match in header.matches:
        unit = mapping.units.get(match.spec.name, "")
        own = Header.of(match.header.text).unit
        for _, above in stated.get(dimension(unit), []) if unit and not own else ():
            if factor(above, unit) != 1.0:
                raise InputError.of(
                    "inventory.mapping_unit", file=_place(raw),
                    column=match.header.text, stated=above, unit=unit,
                )  # fmt: skip


def ask_meanings(body: Body, kind: TableKind, header: HeaderRow) -> None:
    """Ask about headers of numbers that say another thing than the profile does.

    They are read as the profile says: somebody confirmed it.
    """
    known = aliases(kind.columns)
    row = body.raw.first_row + header.first
    for match in header.matches:
        spec, text = match.spec, match.header.text
        if spec.kind not in _NUMBERS:
            continue
        names = [name for name, _ in readings(text) if name in known]
        meant = [kind.columns[known[name].column] for name in names]
        if meant and spec not in meant:
            body.add(
                "inventory.mapping_other_column", "questioned", row, text,
                position=match.position, read=spec.headers.zh[0],
                usual=meant[0].headers.zh[0],
            )  # fmt: skip
            continue
        found = set(_PERIOD.findall(key(text)))
        wanted = {p for name in spec.headers.all() for p in _PERIOD.findall(key(name))}
        if found and wanted and not found & wanted:
            body.add(
                "inventory.mapping_other_period", "questioned", row, text,
                position=match.position, read=spec.headers.zh[0],
                period=", ".join(sorted(found)),
            )  # fmt: skip


def _place(raw: RawTable) -> str:
    return f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file


def _header_problems(
    raw: RawTable, mapping: TableMapping, found: Found
) -> Iterable[Message]:
    place = _place(raw)
    for name in found.twice:
        yield message("inventory.header_twice", file=place, column=name)
    for name, headers in mapping.columns.items():
        spare = {*mapping.optional, *mapping.assumed, *mapping.derived}
        if name not in found.chosen and name not in spare:
            yield message(
                "inventory.mapping_column", file=place, column=" / ".join(headers)
            )
    for name in needed_names(mapping):
        if name not in found.positions:
            yield message("inventory.mapping_column", file=place, column=name)


def _field_problems(
    raw: RawTable, kind: TableKind, mapping: TableMapping, found: Found
) -> Iterable[Message]:
    given = mapping.fields()
    spared = {LENGTH} & told_by_place(raw, kind)
    if names_identify(kind, given):
        spared |= {IDENTIFIER}
    specs = {spec.name: spec for spec in kind.columns}
    for name in given:
        if name not in specs:
            yield message(
                "inventory.mapping_field", table=kind.id, field=name,
                known=", ".join(specs),
            )  # fmt: skip
    for name, spec in specs.items():
        if spec.required and name not in {*given, *spared}:
            yield message(
                "inventory.mapping_required", file=raw.file, table=kind.id, field=name
            )
    for name, header in found.chosen.items():
        stated, unit = found.unit(header), mapping.units.get(name, "")
        header = found.texts[header]
        if name not in specs or not (unit or stated) or specs[name].kind == "text":
            continue
        wanted = specs[name].number_unit
        if factor(unit or stated, wanted) is None:
            yield message(
                "inventory.header_unit", file=raw.file, column=header,
                unit=unit or stated, wanted=wanted,
            )  # fmt: skip
        elif unit and stated and factor(stated, wanted) != factor(unit, wanted):
            yield message(
                "inventory.mapping_unit", file=raw.file, column=header, stated=stated,
                unit=unit,
            )  # fmt: skip
