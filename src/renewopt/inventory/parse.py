"""One raw table to one typed table: header, rows, cells, and what was not taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.banded import take_bands
from renewopt.inventory.body import Body, body_below
from renewopt.inventory.cells import AsOf, Context, Outcome, Parsed, parse_column
from renewopt.inventory.cells.numbers import show
from renewopt.inventory.doubts import column_doubts
from renewopt.inventory.ends import shown_at_ends, told_by_place, with_told
from renewopt.inventory.fills import fill_labels
from renewopt.inventory.header_rows import find_header, top_rows, unit_above
from renewopt.inventory.headers import HeaderRow, Match, akin_headers
from renewopt.inventory.issues import Severity
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.pairs import set_pipes
from renewopt.inventory.places import question_places
from renewopt.inventory.raw import RawTable
from renewopt.inventory.remarks import question_remarks
from renewopt.inventory.shifted import reject_shifted
from renewopt.inventory.spellings import note_spellings
from renewopt.inventory.stated import take_stated
from renewopt.inventory.tables import ParsedTable, TableCount
from renewopt.inventory.totals import check_totals
from renewopt.inventory.units import dimension, factor

__all__ = [
    "Body",
    "ParsedTable",
    "TableCount",
    "body_below",
    "parse_body",
    "parse_table",
]


def parse_table(
    raw: RawTable, kind: TableKind, as_of: AsOf | None = None
) -> ParsedTable:
    """Read a raw table as a table of the kind, by its headers.

    Raises
    ------
    InputError
        Where no header is found or a required column has none.
    """
    header = find_header(top_rows(raw), kind.columns, raw.merged)
    problems = list(header_problems(raw, kind, header))
    if problems:
        raise InputError(*problems)
    body = body_below(raw, header.row, header.texts, header.first)
    header = with_told(body, _with_unit_above(body, header), kind)
    _note_header(body, header, kind)
    shared = fill_labels(body, header.matches)
    table = parse_body(body, kind, header.matches, as_of, shared)
    return shown_at_ends(raw, table)


def header_problems(
    raw: RawTable, kind: TableKind, header: HeaderRow
) -> Iterator[Message]:
    """Say why a table cannot be read at all: no header, or required columns missing."""
    place = f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file
    if not header.matches:
        yield message("inventory.no_header", file=place, table=kind.id)
        return
    for text, unit, wanted in header.units:
        yield message(
            "inventory.header_unit", file=place, column=text, unit=unit, wanted=wanted
        )
    lacking = header.missing(kind.columns)
    told = told_by_place(raw, kind) if lacking else frozenset()
    lacking = [spec for spec in lacking if spec.name not in told]
    for text in header.twice if lacking else ():
        yield message("inventory.header_twice", file=place, column=text)
    blocked = {text for text, _, _ in header.units} | set(header.twice)
    for spec in lacking:
        near = akin_headers(header, (spec,))
        if near:
            yield message(
                "inventory.missing_but_akin", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, value=" / ".join(near),
            )  # fmt: skip
        elif not blocked:
            names = ", ".join((*spec.headers.zh, *spec.headers.en))
            yield message(
                "inventory.missing_column", file=place, table=kind.id,
                column=spec.headers.zh[0], field=spec.name, known=names,
            )  # fmt: skip


def _with_unit_above(body: Body, header: HeaderRow) -> HeaderRow:
    """Let a unit stated above the header hold for lengths and money without one."""
    found = unit_above(top_rows(body.raw), header)
    if found is None:
        return header
    row, unit = found
    matches = list(header.matches)
    for number, match in enumerate(matches):
        spec = match.spec
        summed = dimension(spec.unit) == "money" or spec.name == "length_m"
        scale = factor(unit, spec.unit) if spec.unit else None
        if summed and not match.header.unit and scale not in {None, 1.0}:
            matches[number] = replace(match, header=replace(match.header, unit=unit))
            body.add(
                "inventory.unit_above", "repaired", body.raw.first_row + row,
                match.header.text, unit, position=match.position, unit=unit,
            )  # fmt: skip
    return replace(header, matches=tuple(matches))


def _note_header(body: Body, header: HeaderRow, kind: TableKind) -> None:
    row = body.raw.first_row + header.row
    read = {match.spec.name for match in header.matches}
    akin = akin_headers(header, [s for s in kind.columns if s.name not in read])
    for text in header.unknown:
        wanted = akin.get(text)
        if wanted:
            body.add("inventory.akin_column", "questioned", row, text, wanted=wanted)
        else:
            body.add("inventory.unknown_column", "note", row, text)
    for text, used in header.shadowed:
        body.add("inventory.shadowed_column", "questioned", row, text, used=used)
    for text in header.twice:
        body.add("inventory.header_repeated", "questioned", row, text)
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


def parse_body(
    body: Body,
    kind: TableKind,
    matches: tuple[Match, ...],
    as_of: AsOf | None = None,
    shared: npt.NDArray[np.bool_] | None = None,
) -> ParsedTable:
    """Parse the cells; reject rows with a bad needed cell, question other bad ones.

    Parameters
    ----------
    as_of
        The year in which the table was true; the clock's if nobody stated one.
    shared
        Per row and match: the value belongs to several rows and is not taken.
    """
    when = as_of if as_of is not None else AsOf.today()
    bad = np.zeros(len(body.cells), dtype=bool)
    columns: dict[str, pd.Series] = {}
    read: dict[str, Parsed] = {}
    for number, match in enumerate(matches):
        context = Context(match.header.unit, match.ages, when, body.raw.commas)
        texts = body.cells[match.position]
        if shared is not None and shared[:, number].any():
            texts = texts.mask(shared[:, number], "")
        parsed = parse_column(texts, match.spec, context=context)
        columns[match.spec.name] = _cells(body, texts, match, parsed, bad)
        read[match.spec.name] = parsed
    frame = pd.DataFrame(columns, index=body.cells.index)
    question_places(body, frame, matches, read)
    bad |= reject_shifted(body, matches, read)
    _question_ticks(body, matches, read)
    frame = set_pipes(body, frame, kind, matches, read)
    frame, asked = take_stated(body, frame, kind, matches)
    frame = take_bands(body, frame, kind, matches)
    frame = frame[[spec.name for spec in kind.columns if spec.name in frame]]
    check_totals(body, matches, read, when)
    question_remarks(body, frame, matches)
    note_spellings(body, frame, matches)
    _note_length_basis(body, frame, kind, matches, bad | asked)
    return _finish(body, kind, frame, matches, bad)


def _finish(
    body: Body, kind: TableKind, frame: pd.DataFrame, matches: Sequence[Match],
    bad: npt.NDArray[np.bool_],
) -> ParsedTable:  # fmt: skip
    """Set repeated and rejected rows apart and count."""
    raw = body.raw
    wasted = sum(i.severity == "rejected" and i.row > 0 for i in raw.issues)
    _question_taken(body, frame, matches, bad)
    repeated = _repeated(body, frame, kind, matches, bad)
    keep = ~bad & ~repeated
    left_out = dict(body.left_out)
    if repeated.any():
        left_out["repeated_rows"] = int(repeated.sum())
    count = TableCount(
        raw.file, raw.sheet, kind.id, body.read + wasted, int(keep.sum()),
        int(bad.sum()) + wasted, body.subtotals, left_out,
    )  # fmt: skip
    ids = frame["asset_id"] if "asset_id" in frame else pd.Series(dtype=object)
    qualities = (
        {"qualities": body.ledger.table(kind.id, ids, keep)}
        if kind.is_asset_class
        else {}
    )
    kept = (frame if keep.all() else frame[keep]).reset_index(drop=True)
    return ParsedTable(
        kind.id, raw.file, raw.sheet, kept, body.rows[keep], tuple(body.issues), count,
        headers={m.spec.name: (m.header.text, m.position) for m in matches},
        **qualities,
    )  # fmt: skip


def _cells(
    body: Body, texts: pd.Series, match: Match, parsed: Parsed,
    bad: npt.NDArray[np.bool_],
) -> pd.Series:  # fmt: skip
    """Note the issues of one column and mark rows that must be rejected."""
    spec, name = match.spec, match.header.text
    vital = spec.required or spec.unique
    values = parsed.cells
    doubts = column_doubts(texts, parsed, match)
    doubted = np.zeros(len(values), dtype=bool)
    for doubt in doubts:
        doubted |= doubt.cells & doubt.taken_back
        body.issues.extend(doubt.issues(body, match, texts))
    for number, outcome in enumerate(parsed.outcomes):
        if outcome.code:
            mask = (parsed.which == number) & ~doubted
            if _note_outcome(body, texts, match, outcome, mask) == "rejected":
                bad |= mask
    body.ledger.add_parsed(parsed, spec.name, texts)
    if doubted.any():
        values = values.mask(doubted)
        body.ledger.drop(spec.name, doubted)
        if vital:
            bad |= doubted
    for doubt in doubts:
        doubt.list_intervals(body.ledger, spec.name, texts)
    if spec.required:
        empty = values.isna().to_numpy() & ~parsed.of_quality("bad") & ~doubted
        body.add_rows(
            empty, "inventory.empty_required", "rejected", name, texts, match.position
        )
        bad |= empty
    return values


def _note_outcome(
    body: Body, texts: pd.Series, match: Match, outcome: Outcome,
    mask: npt.NDArray[np.bool_],
) -> Severity:  # fmt: skip
    """Note one issue per cell with an outcome; say how serious it is."""
    severity: Severity = outcome.severity()
    if severity == "rejected" and not (match.spec.required or match.spec.unique):
        severity = "questioned"
    params = {**outcome.params}
    if outcome.quality == "bounded":
        params |= {"low": show(outcome.low), "high": show(outcome.high)}
    shown = show(outcome.value)
    for i in np.flatnonzero(mask):
        body.add(
            outcome.code, severity, int(body.rows[i]), match.header.text,
            str(texts.iloc[i]), shown, match.position, **params,
        )  # fmt: skip
    return severity


def _question_ticks(
    body: Body, matches: Sequence[Match], read: Mapping[str, Parsed]
) -> None:
    """Ask what empty cells mean in a column where only yes is ever written."""
    for match in matches:
        cells = read[match.spec.name].cells
        if match.spec.kind != "flag" or not cells.isna().any():
            continue
        given = cells.dropna()
        if len(given) and given.all():
            body.add(
                "inventory.ticks_only", "questioned", 0, match.header.text,
                position=match.position, cells=int(cells.isna().sum()),
            )  # fmt: skip


def _note_length_basis(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: Sequence[Match],
    settled: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """Ask whether lengths are of the route or of each pipe, where nobody says so.

    Parameters
    ----------
    settled
        Rows that are kept out, or were asked about already.
    """
    spec = next((s for s in kind.columns if s.name == "length_basis"), None)
    if spec is None:
        return
    lacking = ~settled
    if spec.name in frame:
        lacking &= frame[spec.name].isna().to_numpy(dtype=bool)
    if lacking.any():
        own = (m.header.text for m in matches if m.spec is spec)
        body.add(
            "inventory.length_basis_unknown", "questioned", 0,
            next(own, spec.headers.zh[0]),
            rows=int(lacking.sum()), known=" / ".join(c.zh[0] for c in spec.choices),
        )  # fmt: skip


def _repeated(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: Sequence[Match],
    bad: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Mark repeated rows; reject rows that share an identifier but differ."""
    repeated = np.zeros(len(frame), dtype=bool)
    headers = {match.spec.name: match.header.text for match in matches}
    for spec in kind.columns:
        if not spec.unique or spec.name not in frame:
            continue
        ids = frame[spec.name].where(~bad) if bad.any() else frame[spec.name]
        if _all_differ(ids):
            continue
        shared = (ids.notna() & ids.duplicated(keep=False)).to_numpy()
        if not shared.any():
            continue
        group = frame[shared]
        same = group.duplicated(keep=False)
        whole = same.groupby(group[spec.name]).transform("all")
        alike = pd.Series(False, index=frame.index)
        alike[group.index] = group.duplicated(keep="first") & whole
        differ = shared.copy()
        differ[shared] = ~whole.to_numpy()
        name = headers[spec.name]
        body.add_rows(alike.to_numpy(), "inventory.repeated_row", "note", name, ids)
        body.add_rows(differ, "inventory.duplicate_id", "rejected", name, ids)
        repeated |= alike.to_numpy()
        bad |= differ
    return repeated


def _question_taken(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match],
    bad: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """Question the identifiers that a rejected row has, too."""
    for match in matches:
        if not match.spec.unique or not bad.any() or match.spec.name not in frame:
            continue
        ids = frame[match.spec.name]
        also = (ids.isin(set(ids[bad].dropna())) & ~bad).to_numpy(dtype=bool)
        body.add_rows(
            also, "inventory.id_of_rejected", "questioned", match.header.text, ids,
            match.position,
        )  # fmt: skip


def _all_differ(ids: pd.Series) -> bool:
    """Tell in one pass whether no identifier occurs twice."""
    known = ids.dropna()
    return len(set(known.to_numpy(dtype=object))) == len(known)
