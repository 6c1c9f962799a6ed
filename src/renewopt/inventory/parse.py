"""One raw table to one typed table: header, rows, cells, and what was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.errors import InputError
from renewopt.inventory.banded import take_bands
from renewopt.inventory.blocks import blocks_of, knows
from renewopt.inventory.body import Body, body_below, take_labels
from renewopt.inventory.cells import AsOf, Context, Outcome, Parsed, parse_column
from renewopt.inventory.cells.numbers import show
from renewopt.inventory.column_notes import note_columns
from renewopt.inventory.doubts import column_doubts
from renewopt.inventory.ends import is_survey, shown_at_ends, with_told
from renewopt.inventory.fills import fill_labels
from renewopt.inventory.header_notes import (
    bound_other_units,
    header_problems,
    note_header,
    with_unit_above,
)
from renewopt.inventory.header_rows import find_header
from renewopt.inventory.headers import Match
from renewopt.inventory.issues import Severity
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.letters import with_letters_of_metal
from renewopt.inventory.named import fill_names, shown_at_names, with_names
from renewopt.inventory.order import question_order
from renewopt.inventory.pairs import set_pipes
from renewopt.inventory.places import question_places
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.decimals import has_decimal
from renewopt.inventory.remarks import question_remarks
from renewopt.inventory.repeated import mark_repeated, question_taken
from renewopt.inventory.shifted import reject_shifted
from renewopt.inventory.spellings import note_spellings
from renewopt.inventory.stated import take_stated
from renewopt.inventory.tables import ParsedTable, TableCount
from renewopt.inventory.totals import check_totals
from renewopt.inventory.worst import take_worst

__all__ = [
    "Body",
    "ParsedTable",
    "TableCount",
    "body_below",
    "parse_body",
    "parse_table",
    "parts_of",
]


def parts_of(raw: RawTable, kind: TableKind) -> list[RawTable]:
    """Split a table where another header of the kind stands between its rows."""
    header = find_header(raw.top(), kind.columns, raw.merged)
    if not header.matches:
        return [raw]
    return blocks_of(raw, header, knows(kind.columns))


def parse_table(
    raw: RawTable, kind: TableKind, as_of: AsOf | None = None
) -> ParsedTable:
    """Read a raw table as a table of the kind, by its headers.

    Raises
    ------
    InputError
        Where no header is found or a required column has none.
    """
    header = find_header(raw.top(), kind.columns, raw.merged)
    problems = list(header_problems(raw, kind, header))
    if problems:
        raise InputError(*problems)
    body = body_below(raw, header.row, header.texts, header.first)
    take_labels(body, header.matches)
    header = with_told(body, with_unit_above(body, header), kind)
    header = with_names(body, header, kind)
    note_header(body, header, kind)
    shared = fill_labels(body, header.matches)
    fill_names(body, header, kind)
    table = parse_body(body, kind, header.matches, as_of, shared)
    return shown_at_names(raw, header, shown_at_ends(raw, table))


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
    all_texts = _texts(body, matches, shared)
    sizes = with_letters_of_metal(matches, all_texts)
    all_parsed = _parse_columns(body, matches, sizes, when)
    surveyed = is_survey(body.raw)
    for match, texts, parsed in zip(matches, all_texts, all_parsed, strict=True):
        columns[match.spec.name] = _cells(body, texts, match, parsed, bad, surveyed)
        read[match.spec.name] = parsed
    frame = pd.DataFrame(columns, index=body.cells.index, copy=False)
    bound_other_units(body, frame)
    question_places(body, frame, matches, read)
    bad |= reject_shifted(body, matches, read)
    _question_ticks(body, matches, read)
    frame = question_order(body, frame, matches)
    frame = set_pipes(body, frame, kind, matches, read)
    frame, asked = take_stated(body, frame, kind, matches)
    frame = take_bands(body, frame, kind, matches, read)
    frame = take_worst(body, frame, kind, matches)
    frame = frame[[spec.name for spec in kind.columns if spec.name in frame]]
    check_totals(body, matches, read, when)
    question_remarks(body, frame, matches, when.year)
    note_spellings(body, frame, matches, read)
    note_columns(body, frame, matches)
    _note_length_basis(body, frame, kind, matches, bad | asked)
    return _finish(body, kind, frame, matches, read, bad)


def _has_decimal_commas(body: Body, matches: Sequence[Match]) -> bool:
    """Tell whether some number has a decimal comma: then 1,500 may be 1.5."""
    return any(
        has_decimal(body.cells[match.position])
        for match in matches
        if match.spec.kind in {"number", "integer"}
    )


def _texts(
    body: Body, matches: Sequence[Match], shared: npt.NDArray[np.bool_] | None
) -> list[pd.Series]:
    """Give the texts of each column, empty where a value is that of several rows."""
    texts = [body.cells[match.position] for match in matches]
    if shared is None:
        return texts
    return [
        column.mask(rows, "") if rows.any() else column
        for column, rows in zip(texts, shared.T, strict=True)
    ]


def _parse_columns(
    body: Body, matches: Sequence[Match], texts: Sequence[pd.Series], when: AsOf
) -> list[Parsed]:
    """Parse the columns, one after the other."""
    commas = body.raw.commas and not _has_decimal_commas(body, matches)

    def parsed(number: int) -> Parsed:
        match = matches[number]
        context = Context(
            match.header.unit, match.ages, when, commas, match.outside,
            body.raw.since_1904, match.header.text == match.spec.name,
        )  # fmt: skip
        return parse_column(texts[number], match.spec, context=context)

    return [parsed(number) for number in range(len(matches))]


def _finish(
    body: Body, kind: TableKind, frame: pd.DataFrame, matches: Sequence[Match],
    read: Mapping[str, Parsed], bad: npt.NDArray[np.bool_],
) -> ParsedTable:  # fmt: skip
    """Set repeated and rejected rows apart and count."""
    raw = body.raw
    wasted = sum(i.severity == "rejected" and i.row > 0 for i in raw.issues)
    question_taken(body, frame, matches, bad)
    repeated = mark_repeated(body, frame, kind, matches, read, bad)
    keep = ~bad & ~repeated
    left_out = dict(body.left_out)
    if repeated.any():
        left_out["repeated_rows"] = int(repeated.sum())
    count = TableCount(
        raw.file, raw.sheet, kind.id, body.read + wasted, int(keep.sum()),
        int(bad.sum()) + wasted + body.wasted, body.subtotals, left_out,
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
    bad: npt.NDArray[np.bool_], surveyed: bool = False,
) -> pd.Series:  # fmt: skip
    """Note the issues of one column and mark rows that must be rejected."""
    spec, name = match.spec, match.header.text
    vital = spec.required or spec.unique
    values = parsed.cells
    doubts = column_doubts(texts, parsed, match, surveyed)
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
    if spec.required and not parsed.differ:
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
    if outcome.quality == "bounded" and outcome.low <= outcome.high:
        params |= {"low": show(outcome.low), "high": show(outcome.high)}
    shown = show(outcome.value)
    marked = np.flatnonzero(mask)
    found = zip(body.rows[marked].tolist(), texts.iloc[marked].tolist(), strict=True)
    for row, text in found:
        body.add(
            outcome.code, severity, row, match.header.text, str(text), shown,
            match.position, **params,
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
