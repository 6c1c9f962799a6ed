"""Read a foreign table through a mapping profile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.base import Text
from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.mapping import TableMapping
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.body import Body, body_below
from renewopt.inventory.cells import AsOf
from renewopt.inventory.headers import Header, Match
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.parse import parse_body
from renewopt.inventory.raw import RawTable
from renewopt.inventory.tables import ParsedTable
from renewopt.inventory.words import key, plain


def parse_mapped(
    raw: RawTable, kind: TableKind, mapping: TableMapping, as_of: AsOf | None = None
) -> ParsedTable:
    """Read a raw table as the profile says: rows left out, headers and values renamed.

    Raises
    ------
    InputError
        Where the file lacks a column that the profile names, or the profile names a
        column of ours that does not exist or leaves out a required one.
    """
    needed = _needed(mapping)
    row, positions = _find_header(raw, needed)
    problems = [
        message("inventory.mapping_column", file=raw.file, column=name)
        for name in needed
        if name not in positions
    ]
    problems += _field_problems(raw, kind, mapping)
    if problems:
        raise InputError(*problems)
    body = body_below(raw, row)
    _leave_out(body, mapping, positions)
    _note_unused(body, raw, row, mapping, needed)
    specs = {spec.name: spec for spec in kind.columns}
    matches = _rename(body, mapping, positions, specs)
    return parse_body(body, kind, matches, as_of)


def _needed(mapping: TableMapping) -> list[str]:
    parts = [name for names in mapping.joined.values() for name in names]
    filters = [item.column for item in mapping.filters]
    return list(dict.fromkeys([*mapping.columns.values(), *parts, *filters]))


def _find_header(raw: RawTable, needed: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Choose the row that holds most of the needed headers; give their positions."""
    best: tuple[int, dict[str, int]] = (0, {})
    for row, cells in enumerate(raw.top()):
        keys = [key(cell) for cell in cells]
        found = {n: keys.index(key(n)) for n in needed if key(n) in keys}
        if len(found) > len(best[1]):
            best = (row, found)
    return best


def _field_problems(
    raw: RawTable, kind: TableKind, mapping: TableMapping
) -> list[Message]:
    given = [*mapping.columns, *mapping.joined, *mapping.constants]
    known = [spec.name for spec in kind.columns]
    unknown = [name for name in given if name not in known]
    lacking = [s.name for s in kind.columns if s.required and s.name not in given]
    return [
        *(
            message(
                "inventory.mapping_field", table=kind.id, field=name,
                known=", ".join(known),
            )
            for name in unknown
        ),
        *(
            message(
                "inventory.mapping_required", file=raw.file, table=kind.id, field=name
            )
            for name in lacking
        ),
    ]  # fmt: skip


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
    body: Body, raw: RawTable, row: int, mapping: TableMapping, needed: Sequence[str]
) -> None:
    """Note which columns are not read, and why where the profile says so."""
    reasons = {key(name): reason for name, reason in mapping.not_used.items()}
    read = {key(name) for name in needed}
    other = []
    for cell in raw.grid.iloc[row]:
        if key(cell) in reasons:
            reason = reasons[key(cell)]
            body.add(
                "inventory.not_used", "note", raw.first_row + row, str(cell), "",
                reason=_both(reason),
            )  # fmt: skip
        elif key(cell) and key(cell) not in read:
            other.append(str(cell))
    if other:
        body.add("inventory.unmapped", "note", raw.first_row + row, ", ".join(other))


def _rename(
    body: Body,
    mapping: TableMapping,
    positions: dict[str, int],
    specs: dict[str, ColumnSpec],
) -> tuple[Match, ...]:
    """Give the body our columns, foreign values turned into ours; say where each is."""
    cells: list[pd.Series] = []
    headers: list[tuple[str, str]] = []
    for name, source in mapping.columns.items():
        texts = body.cells[positions[source]]
        values = {plain(k): v for k, v in mapping.codes_of(name).items()}
        values |= dict.fromkeys(mapping.missing.get(name, ()), "")
        if values:
            texts = texts.map(lambda text, v=values: v.get(plain(text), text))
        cells.append(texts)
        headers.append((name, source))
    for name, sources in mapping.joined.items():
        parts = body.cells[[positions[source] for source in sources]]
        joined = [
            " / ".join(t for t in map(plain, row) if t)
            for row in parts.to_numpy(object)
        ]
        cells.append(pd.Series(joined, index=parts.index, dtype=object))
        headers.append((name, ", ".join(sources)))
    for name, value in mapping.constants.items():
        constant = np.full(len(body.cells), value, dtype=object)
        cells.append(pd.Series(constant, index=body.cells.index))
        headers.append((name, ""))
    body.cells = pd.concat(cells, axis=1, keys=range(len(cells)))
    return tuple(
        Match(specs[name], position, Header(source, key(source), ""))
        for position, (name, source) in enumerate(headers)
    )


def _both(words: Text) -> str:
    """Give a reason in both languages: it comes from a file, not from a sentence."""
    return f"{words.zh} / {words.en}"
