"""Read a foreign table through a mapping profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from renewopt.catalogue.base import Text
from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.mapping import TableMapping
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.body import Body, body_below
from renewopt.inventory.cells import AsOf
from renewopt.inventory.ends import LENGTH, told_by_place
from renewopt.inventory.geometry.nodes import Nodes
from renewopt.inventory.headers import Header, Match, says_outside
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.mapped_more import add_assumed, add_derived, add_ends
from renewopt.inventory.parse import parse_body
from renewopt.inventory.raw import RawTable
from renewopt.inventory.recognise import LEAST_HEADERS
from renewopt.inventory.returned import source_stem
from renewopt.inventory.tables import ParsedTable, at_columns
from renewopt.inventory.units import factor
from renewopt.inventory.words import key, plain


@dataclass(eq=False)
class _Found:
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
    """

    row: int
    positions: dict[str, int]
    texts: dict[str, str]
    chosen: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)


def is_named(raw: RawTable, files: Sequence[str], sheets: Sequence[str]) -> bool:
    """Tell whether a table is meant by patterns of file and sheet names."""
    return (not files or _like(source_stem(raw.stem), files)) and (
        not sheets or _like(raw.sheet, sheets)
    )


def _like(text: str, patterns: Iterable[str]) -> bool:
    name = key(text)
    return any(
        fnmatchcase(name, key(pattern).replace("[", "[[]")) for pattern in patterns
    )


def has_headers(raw: RawTable, mapping: TableMapping) -> bool:
    """Tell whether a table has at least two headers of the profile."""
    return len(_find(raw, mapping).positions) >= LEAST_HEADERS


def rows_below(raw: RawTable, mapping: TableMapping) -> int:
    """Count the rows below the header that a profile finds, or of the whole table."""
    found = _find(raw, mapping)
    top = found.row + mapping.header_rows if found.positions else 0
    return int((raw.grid.iloc[top:] != "").any(axis=1).sum())


def parse_mapped(
    raw: RawTable,
    kind: TableKind,
    mapping: TableMapping,
    as_of: AsOf | None = None,
    points: Nodes | None = None,
) -> ParsedTable:
    """Read a raw table as the profile says: rows left out, headers and values renamed.

    Parameters
    ----------
    points
        Survey points of the file, by which lines know their ends.

    Raises
    ------
    InputError
        Where the file lacks a column that the profile names, or the profile names a
        column of ours that does not exist or leaves out a required one.
    """
    found = _find(raw, mapping)
    problems = [
        *_header_problems(raw, mapping, found),
        *_field_problems(raw, kind, mapping, found),
    ]
    if problems:
        distinct = {str(problem): problem for problem in problems}
        raise InputError(*distinct.values())
    body = body_below(raw, found.row + mapping.header_rows - 1)
    _leave_out(body, mapping, found.positions)
    _note_unused(body, raw, mapping, found)
    specs = {spec.name: spec for spec in kind.columns}
    foreign = body.cells
    matches = _rename(body, mapping, found, specs)
    matches += add_derived(body, mapping, foreign, found.positions, matches, specs)
    matches += add_ends(body, mapping, raw, found.row, matches, specs, points)
    matches += add_assumed(body, mapping, matches, specs)
    filled = {match.spec.name for match in matches}
    filled |= {LENGTH} & told_by_place(raw, kind)
    lacking = [s.name for s in kind.columns if s.required and s.name not in filled]
    if lacking:
        columns = (" / ".join(mapping.columns.get(n, (n,))) for n in lacking)
        raise InputError(
            *(
                message("inventory.mapping_column", file=_place(raw), column=column)
                for column in columns
            )
        )
    said = len(body.issues)
    table = parse_body(body, kind, matches, as_of)
    return at_columns(
        table, _columns_of_file(mapping, found, len(body.cells.columns)), said
    )


def _columns_of_file(
    mapping: TableMapping, found: _Found, width: int
) -> dict[int, int]:
    """Say which column of the file each column of ours was read from; -1: of none."""
    sources = [*found.chosen.values(), *(names[0] for names in mapping.joined.values())]
    where = dict.fromkeys(range(width), -1)
    return where | {i: found.positions[name] for i, name in enumerate(sources)}


def _place(raw: RawTable) -> str:
    return f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file


def _needed(mapping: TableMapping) -> list[str]:
    """List the headers that a file must have, whatever else it lacks."""
    filters = [item.column for item in mapping.filters]
    parts = [name for names in mapping.joined.values() for name in names]
    return list(dict.fromkeys([*parts, *filters]))


def _known(mapping: TableMapping) -> list[str]:
    """List every header that the profile knows."""
    names = [name for names in mapping.columns.values() for name in names]
    names += [name for names in mapping.joined.values() for name in names]
    names += [name for item in mapping.derived.values() for name in item.columns]
    if mapping.nodes:
        names += [*mapping.nodes.start, *mapping.nodes.end]
    return list(dict.fromkeys([*names, *_needed(mapping)]))


def _find(raw: RawTable, mapping: TableMapping) -> _Found:
    """Choose the row that holds most of the headers; say where each one stands."""
    known = _known(mapping)
    best = _Found(0, {}, {})
    for row, cells in enumerate(raw.top()):
        places = {name: _places(name, cells) for name in known}
        found = {name: at[0] for name, at in places.items() if at}
        if len(found) > len(best.positions):
            twice = [name for name, at in places.items() if len(at) > 1]
            texts = {name: cells[at] for name, at in found.items()}
            best = _Found(row, found, texts, twice=twice)
    for name, headers in mapping.columns.items():
        there = [header for header in headers if header in best.positions]
        if there:
            best.chosen[name] = there[0]
    return best


def _places(name: str, cells: Sequence[str]) -> list[int]:
    """Find a header as it is, else without the unit in its brackets."""
    wanted = key(name)
    exact = [i for i, cell in enumerate(cells) if key(cell) == wanted]
    bare = [i for i, cell in enumerate(cells) if Header.of(cell).name == wanted]
    return exact or bare


def _header_problems(
    raw: RawTable, mapping: TableMapping, found: _Found
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
    for name in _needed(mapping):
        if name not in found.positions:
            yield message("inventory.mapping_column", file=place, column=name)


def _field_problems(
    raw: RawTable, kind: TableKind, mapping: TableMapping, found: _Found
) -> Iterable[Message]:
    given = mapping.fields()
    spared = {LENGTH} & told_by_place(raw, kind)
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
        header = found.texts[header]
        stated, unit = Header.of(header).unit, mapping.units.get(name, "")
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


def _leave_out(body: Body, mapping: TableMapping, positions: dict[str, int]) -> None:
    """Leave out rows by the filters, each counted and noted once."""
    for item in mapping.filters:
        texts = body.cells[positions[item.column]].map(plain)
        if item.keep:
            keep = texts.isin(item.keep).to_numpy()
        else:
            keep = ~texts.isin(item.drop).to_numpy()
        gone = int((~keep).sum())
        body.left_out[item.id] = body.left_out.get(item.id, 0) + gone
        if gone:
            body.add(
                "inventory.left_out", "note", 0, item.column, "",
                rows=gone, reason=_both(item.reason),
            )  # fmt: skip
        body.keep(keep)


def _note_unused(
    body: Body, raw: RawTable, mapping: TableMapping, found: _Found
) -> None:
    """Note which columns are not read, and why where the profile says so."""
    number = raw.first_row + found.row
    reasons = {key(name): reason for name, reason in mapping.not_used.items()}
    known = {key(name) for name in (*_known(mapping), *found.texts.values())}
    other = []
    for cell in raw.grid.iloc[found.row]:
        if key(cell) in reasons:
            reason = reasons[key(cell)]
            body.add(
                "inventory.not_used", "note", number, str(cell), "",
                reason=_both(reason),
            )  # fmt: skip
        elif key(cell) and key(cell) not in known:
            other.append(str(cell))
    if other:
        body.add("inventory.unmapped", "note", number, ", ".join(other))
    for name, headers in mapping.columns.items():
        for header in headers:
            used = found.chosen.get(name, header)
            at = found.positions.get(header)
            if at is not None and at != found.positions[used]:
                body.add(
                    "inventory.shadowed_column", "questioned", number,
                    found.texts[header], used=found.texts[used],
                )  # fmt: skip


def _rename(
    body: Body,
    mapping: TableMapping,
    found: _Found,
    specs: dict[str, ColumnSpec],
) -> tuple[Match, ...]:
    """Give the body our columns, foreign values turned into ours; say where each is."""
    cells: list[pd.Series] = []
    headers: list[tuple[str, Header]] = []
    for name, source in found.chosen.items():
        texts = body.cells[found.positions[source]]
        values = {plain(k): v for k, v in mapping.codes_of(name).items()}
        values |= dict.fromkeys(mapping.missing.get(name, ()), "")
        if values:
            texts = texts.map(lambda text, v=values: v.get(plain(text), text))
        cells.append(texts)
        text = found.texts[source]
        unit = mapping.units.get(name) or Header.of(text).unit
        headers.append((name, Header(text, key(source), unit)))
    for name, sources in mapping.joined.items():
        parts = body.cells[[found.positions[source] for source in sources]]
        joined = [
            " / ".join(t for t in map(plain, row) if t)
            for row in parts.to_numpy(object)
        ]
        cells.append(pd.Series(joined, index=parts.index, dtype=object))
        headers.append((name, Header(", ".join(sources), "", "")))
    for name, value in mapping.constants.items():
        constant = np.full(len(body.cells), value, dtype=object)
        cells.append(pd.Series(constant, index=body.cells.index))
        headers.append((name, Header("", "", "")))
    body.cells = pd.concat(cells, axis=1, keys=range(len(cells)))
    return tuple(
        Match(specs[name], position, header, outside=says_outside(specs[name], header))
        for position, (name, header) in enumerate(headers)
    )


def _both(words: Text) -> str:
    """Give a reason in both languages: it comes from a file, not from a sentence."""
    return f"{words.zh} / {words.en}"
