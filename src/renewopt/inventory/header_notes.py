"""What is said of a header: what it lacks, states, repeats, or leaves unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.core.errors import Message, message
from renewopt.inventory.body import Body
from renewopt.inventory.cells.outcome import plain_text
from renewopt.inventory.ends import told_by_place
from renewopt.inventory.header_cells import aliases, read_cell, readings
from renewopt.inventory.header_rows import units_above
from renewopt.inventory.headers import HeaderRow, Match, akin_headers
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.named import IDENTIFIER, tells_identifier
from renewopt.inventory.overruling import telling_cells
from renewopt.inventory.pairs import compare_return
from renewopt.inventory.perhaps import perhaps_columns
from renewopt.inventory.raw import RawTable
from renewopt.inventory.typos import near_headers
from renewopt.inventory.units import dimension, factor


def _no_match(place: str, kind: TableKind, header: HeaderRow) -> Iterator[Message]:
    """Say of a table that all its headers stand twice, or that none is known."""
    for text in header.twice:
        yield message("inventory.header_twice", file=place, column=text)
    if not header.twice:
        yield message("inventory.no_header", file=place, table=kind.id)


def header_problems(
    raw: RawTable, kind: TableKind, header: HeaderRow
) -> Iterator[Message]:
    """Say why a table cannot be read at all: no header, or required columns missing."""
    place = f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file
    if not header.matches:
        yield from _no_match(place, kind, header)
        return
    for text, unit, wanted in header.units:
        yield message(
            "inventory.header_unit", file=place, column=text, unit=unit, wanted=wanted
        )
    lacking = header.missing(kind.columns)
    told = told_by_place(raw, kind) if lacking else frozenset()
    if tells_identifier(kind, header.matches):
        told |= {IDENTIFIER}
    lacking = [spec for spec in lacking if spec.name not in told]
    for text in header.twice if lacking else ():
        yield message("inventory.header_twice", file=place, column=text)
    blocked = {text for text, _, _ in header.units} | set(header.twice)
    for spec in lacking:
        near = akin_headers(header, (spec,))
        if several := _below(header, spec):
            yield message(
                "inventory.missing_but_several", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, value=" / ".join(several),
            )  # fmt: skip
        elif near:
            yield message(
                "inventory.missing_but_akin", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, value=" / ".join(near),
            )  # fmt: skip
        elif typed := near_headers(header, (spec,)):
            yield message(
                "inventory.missing_but_near", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, value=" / ".join(typed),
            )  # fmt: skip
        elif not blocked:
            names = ", ".join((*spec.headers.zh, *spec.headers.en))
            yield message(
                "inventory.missing_column", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, known=names,
            )  # fmt: skip


def _below(header: HeaderRow, spec: ColumnSpec) -> list[str]:
    """List the columns below one header of the column wanted: 长度 over 设计, 竣工."""
    known = aliases((spec,))
    groups = [text.rpartition(" ")[0] for text in header.unknown]
    found = [
        text
        for text, group in zip(header.unknown, groups, strict=True)
        if group and any(name in known for name, _ in readings(group))
    ]
    return found if len(found) > 1 else []


def with_unit_above(body: Body, header: HeaderRow) -> HeaderRow:
    """Let units stated above the header hold for sums that state none themselves.

    Where several units of one kind are stated, which one holds cannot be told: then
    the columns are asked about.
    """
    raw = body.raw
    found, first = units_above(raw.top_texts(header.first)), raw.first_row
    if raw.above:
        own = set(found)
        found |= {k: v for k, v in units_above(raw.above).items() if k not in own}
    matches, below = list(header.matches), units_above(body.notes)
    for number, match in enumerate(matches):
        spec = match.spec
        kind, before = dimension(spec.unit), raw.units.get(spec.name, "")
        if before and not match.header.unit and factor(before, spec.unit) != 1.0:
            matches[number] = replace(match, header=replace(match.header, unit=before))
            body.add(
                "inventory.unit_before", "questioned", first + header.row,
                match.header.text, position=match.position, unit=before,
            )  # fmt: skip
            continue
        if not _is_sum(spec):
            continue
        _ask_other_units(body, header, match, found, below)
        if match.header.unit or kind not in found:
            continue
        units = {unit: row for row, unit in reversed(found[kind])}
        scales = {factor(unit, spec.unit) for unit in units}
        unit, row = next(iter(units.items()))
        place = (first + row, match.header.text)
        if len(scales) > 1:
            body.add(
                "inventory.units_above", "questioned", *place, " / ".join(units),
                position=match.position, unit=spec.unit,
            )  # fmt: skip
        elif scales != {1.0}:
            matches[number] = replace(match, header=replace(match.header, unit=unit))
            body.add(
                "inventory.unit_above", "repaired", *place, unit,
                position=match.position, unit=unit,
            )  # fmt: skip
    return replace(header, matches=tuple(matches))


def _telling(body: Body, header: HeaderRow, text: str, kind: TableKind) -> int:
    """Count the cells of an unread column that may overrule what is read."""
    # A header below a group: 改造 改造情况.
    name = text.split(" ")[-1]
    cells = body.cells[header.texts.index(text)]
    return telling_cells(name, cells, records=kind.id == "failures")


def _is_sum(spec: ColumnSpec) -> bool:
    """Tell whether units above or below a table are meant for the column."""
    return dimension(spec.unit) in {"money", "area"} or spec.name == "length_m"


def _ask_other_units(
    body: Body, header: HeaderRow, match: Match,
    above: Mapping[str, Sequence[tuple[int, str]]],
    below: Mapping[str, Sequence[tuple[int, str]]],
) -> None:  # fmt: skip
    """Ask where a title or a note states another unit than the header does.

    A note counts also where the header states none: nobody knows which rows it means.
    """
    spec, first = match.spec, body.raw.first_row
    kind = dimension(spec.unit)
    own = factor(match.header.unit or spec.unit, spec.unit) or 1.0
    titles = above.get(kind, ()) if match.header.unit else ()
    said = [*titles, *((-1, unit) for _, unit in below.get(kind, ()))]
    scales = {factor(unit, spec.unit) or 1.0: (row, unit) for row, unit in said}
    if not scales or own in scales:
        return
    scale, (row, unit) = next(iter(scales.items()))
    body.other_units[spec.name] = scale / own
    number = first + row if row >= 0 else first + header.row
    body.add(
        "inventory.unit_elsewhere", "questioned", number, match.header.text, unit,
        position=match.position, unit=match.header.unit or spec.unit, likely=unit,
    )  # fmt: skip


def bound_other_units(body: Body, frame: pd.DataFrame) -> None:
    """Bound amounts by both units that may be meant."""
    for name, change in body.other_units.items():
        if name not in frame:
            continue
        values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        low, high, raw = body.ledger.bounds(name, values)
        known = ~np.isnan(values)
        rows = np.flatnonzero(known)
        body.ledger.drop(name, known)
        texts = [raw.get(int(i), plain_text(values[i])) for i in rows]
        low, high = np.minimum(low, low * change), np.maximum(high, high * change)
        body.ledger.add(rows, name, "bounded", texts, low[rows], high[rows])


def note_header(body: Body, header: HeaderRow, kind: TableKind) -> None:
    """Say which headers were not read, or not as they stand."""
    row = body.raw.first_row + header.row
    read = {match.spec.name for match in header.matches}
    akin = akin_headers(header, [s for s in kind.columns if s.name not in read])
    near = near_headers(header, kind.columns)
    apart = _groups_apart(header, kind)
    for group in apart:
        body.add("inventory.group_not_read", "questioned", row, group)
    returns = compare_return(body, header, kind)
    perhaps = perhaps_columns(body.cells, header, kind.columns)
    for text in header.unknown:
        if text.rpartition(" ")[0] in apart or text in returns:
            continue
        wanted = akin.get(text) or near.get(text)
        cells = 0 if wanted else _telling(body, header, text, kind)
        if wanted:
            code = "inventory.akin_column" if text in akin else "inventory.near_column"
            body.add(code, "questioned", row, text, wanted=wanted)
        elif cells:
            code = "inventory.overruling_column"
            body.add(code, "questioned", row, text, cells=cells)
        elif text in perhaps:
            code = "inventory.perhaps_column"
            body.add(code, "questioned", row, text, wanted=perhaps[text])
        else:
            body.add("inventory.unknown_column", "note", row, text)
    for text, used in header.shadowed:
        body.add("inventory.shadowed_column", "questioned", row, text, used=used)
    for text in header.twice:
        body.add("inventory.header_repeated", "questioned", row, text)
    _note_nameless(body, header, row)


def _groups_apart(header: HeaderRow, kind: TableKind) -> list[str]:
    """List groups of unread columns that have identifiers of their own: 旧管 | 新管."""
    known = aliases(kind.columns)
    found: dict[str, set[str]] = {}
    for text in header.unknown:
        group, _, name = text.rpartition(" ")
        alias = known.get(read_cell(name, known).name)
        if group and alias is not None:
            found.setdefault(group, set()).add(kind.columns[alias.column].name)
    return [group for group, own in found.items() if IDENTIFIER in own and len(own) > 2]


def _note_nameless(body: Body, header: HeaderRow, row: int) -> None:
    """Say where rows are only counted, and which columns have no header."""
    for match in header.matches:
        if match.serial:
            body.add(
                "inventory.serial_as_id", "questioned", row, match.header.text,
                position=match.position,
            )  # fmt: skip
    named = {i for i, text in enumerate(header.texts) if text.strip()}
    for position in sorted(set(range(len(body.raw.grid.columns))) - named):
        filled = int((body.cells[position].str.strip() != "").sum())
        if filled:
            body.add(
                "inventory.unnamed_column", "note", row, str(position + 1), cells=filled
            )
