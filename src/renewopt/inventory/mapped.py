"""Read a foreign table through a mapping profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from renewopt.catalogue.base import Text
from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.mapping import TableMapping
from renewopt.core.errors import InputError
from renewopt.inventory.blocks import blocks_of, knows
from renewopt.inventory.body import Body, body_below, take_labels
from renewopt.inventory.cells import AsOf
from renewopt.inventory.fills import fill_labels, merged_texts
from renewopt.inventory.geometry.nodes import Nodes
from renewopt.inventory.header_cells import Header
from renewopt.inventory.header_notes import with_unit_above
from renewopt.inventory.headers import HeaderRow, Match
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.mapped_header import (
    Found,
    find_names,
    header_row_of,
    known_names,
    match_of,
)
from renewopt.inventory.mapped_more import add_assumed, add_derived, add_ends
from renewopt.inventory.mapped_problems import (
    ask_meanings,
    check_units_above,
    lacking_columns,
    problems_of,
)
from renewopt.inventory.named import ids_from_names
from renewopt.inventory.overruling import telling_cells
from renewopt.inventory.parse import parse_body
from renewopt.inventory.raw import RawTable
from renewopt.inventory.returned import source_stem
from renewopt.inventory.tables import ParsedTable, at_columns
from renewopt.inventory.words import key, plain


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
    found = find_names(raw, mapping)
    problems = problems_of(raw, kind, mapping, found)
    if problems:
        raise InputError(*problems)
    specs = {spec.name: spec for spec in kind.columns}
    header = header_row_of(raw, found, mapping, specs)
    body = body_below(raw, found.last, header.texts, found.row)
    rows = set(body.cells.index)
    _leave_out(body, mapping, found.positions)
    _note_unused(body, raw, mapping, found)
    take_labels(body, header.matches)
    header = with_unit_above(body, header)
    check_units_above(raw, mapping, header)
    ask_meanings(body, kind, header)
    matches = _our_columns(body, mapping, found, header, rows)
    foreign = body.cells
    matches = _rename(body, mapping, found, specs, matches)
    matches += add_derived(body, mapping, foreign, found.positions, matches, specs)
    matches += add_ends(body, mapping, raw, found.row, matches, specs, points)
    matches += add_assumed(body, mapping, matches, specs)
    where = _columns_of_file(mapping, found, len(body.cells.columns))
    named = ids_from_names(body, kind, matches, foreign, header, where)
    lacking = lacking_columns(raw, kind, mapping, {m.spec.name for m in named})
    if lacking:
        raise InputError(*lacking)
    said = len(body.issues)
    table = at_columns(parse_body(body, kind, named, as_of), where, said)
    return table


def parts_mapped(
    raw: RawTable, kind: TableKind, mapping: TableMapping
) -> list[RawTable]:
    """Split a table where another header stands between the rows of the profile's."""
    found = find_names(raw, mapping)
    specs = {spec.name: spec for spec in kind.columns}
    if not found.positions or not set(mapping.fields()) <= specs.keys():
        return [raw]
    header = header_row_of(raw, found, mapping, specs)
    return blocks_of(raw, header, knows(kind.columns, known_names(mapping)))


def _our_columns(
    body: Body, mapping: TableMapping, found: Found, header: HeaderRow,
    rows: set[int],
) -> tuple[Match, ...]:  # fmt: skip
    """Fill labels over merged cells and empty values that several rows share.

    Parts of names, and words that tell a code, hold for all rows of a merged cell.
    """
    gone = rows - set(body.cells.index)
    shared = fill_labels(body, header.matches, gone)
    if shared.any():
        body.cells = body.cells.copy()
        for number, match in enumerate(header.matches):
            column = body.cells[match.position]
            body.cells[match.position] = column.mask(shared[:, number], "")
    own = {match.position for match in header.matches}
    names = [name for names in mapping.joined.values() for name in names]
    names += [name for item in mapping.derived.values() for name in item.columns]
    there = {found.positions[name] for name in names if name in found.positions}
    for position in sorted(there - own) if body.raw.merged else ():
        body.cells = body.cells.copy()
        body.cells[position] = merged_texts(body, position)
    return header.matches


def _columns_of_file(mapping: TableMapping, found: Found, width: int) -> dict[int, int]:
    """Say which column of the file each column of ours was read from; -1: of none."""
    sources = [*found.chosen.values(), *(names[0] for names in mapping.joined.values())]
    where = dict.fromkeys(range(width), -1)
    return where | {i: found.positions[name] for i, name in enumerate(sources)}


def _leave_out(body: Body, mapping: TableMapping, positions: dict[str, int]) -> None:
    """Leave out rows by the filters, each counted and noted once."""
    for item in mapping.filters:
        texts = merged_texts(body, positions[item.column]).map(plain)
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
    body: Body, raw: RawTable, mapping: TableMapping, found: Found
) -> None:
    """Note which columns are not read, and why where the profile says so."""
    number = raw.first_row + found.row
    reasons = {key(name): reason for name, reason in mapping.not_used.items()}
    known = {key(name) for name in (*known_names(mapping), *found.texts.values())}
    other = []
    for position, cell in enumerate(raw.grid.iloc[found.row]):
        if key(cell) in reasons:
            reason = reasons[key(cell)]
            body.add(
                "inventory.not_used", "note", number, str(cell), "",
                reason=_both(reason),
            )  # fmt: skip
        elif key(cell) and key(cell) not in known:
            if cells := telling_cells(str(cell), body.cells[position]):
                code = "inventory.overruling_column"
                body.add(code, "questioned", number, str(cell), cells=cells)
            else:
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
    found: Found,
    specs: dict[str, ColumnSpec],
    matches: tuple[Match, ...],
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
    headers += [(match.spec.name, match.header) for match in matches]
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
        match_of(specs, name, position, header)
        for position, (name, header) in enumerate(headers)
    )


def _both(words: Text) -> str:
    """Give a reason in both languages: it comes from a file, not from a sentence."""
    return f"{words.zh} / {words.en}"
