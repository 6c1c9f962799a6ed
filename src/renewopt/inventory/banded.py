"""Codes that a number in another column tells: a design pressure, the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.columns import Bands, ColumnSpec
from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.cells.bands import no_band
from renewopt.inventory.cells.choices import EITHER, either_words
from renewopt.inventory.headers import Match
from renewopt.inventory.kinds import TableKind

Texts = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]


def take_bands(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: Sequence[Match],
    read: Mapping[str, Parsed],
) -> pd.DataFrame:  # fmt: skip
    """Take the code that a number tells where the row states none.

    Where row and number contradict each other, neither is taken and the row is
    questioned; no other number speaks for such a row. A number that is only the least
    (a running pressure) tells the code too, as a question for the whole column, and
    contradicts only a lower code. Where the row names several codes (中压), a number
    that tells one of them decides.
    """
    by_name = {match.spec.name: match for match in matches}
    for spec in kind.columns:
        if spec.bands is None:
            continue
        spent = np.zeros(len(frame), dtype=np.bool_)
        several = _several(spec, read.get(spec.name), len(frame))
        for name in (*spec.bands.told_by, *spec.bands.at_least):
            if name in frame:
                source = by_name[name]
                frame, several = _settled(body, frame, spec, source, several)
                frame, against = _told(body, frame, spec, source, spent)
                _ask_no_more(body, against)
                spent |= against
    return frame


def _several(spec: ColumnSpec, parsed: Parsed | None, rows: int) -> Texts:
    """Give, per row, the codes that its word may mean; None where it means one."""
    found = np.full(rows, None, dtype=object)
    if parsed is not None:
        words = either_words(spec)
        for number, outcome in enumerate(parsed.outcomes):
            if outcome.code == EITHER:
                codes = next(c for c in words.values() if c[0] == outcome.value)
                for i in np.flatnonzero(parsed.which == number):
                    found[i] = codes
    return found


def _settled(
    body: Body, frame: pd.DataFrame, spec: ColumnSpec, source: Match, several: Texts
) -> tuple[pd.DataFrame, Texts]:
    """Take the one of several codes that a number tells, and ask no more about it.

    A number that is only the least decides nothing.
    """
    rows = np.flatnonzero([codes is not None for codes in several])
    if not len(rows) or spec.bands is None or source.spec.name in spec.bands.at_least:
        return frame, several
    values = frame[source.spec.name].to_numpy(dtype=np.float64, na_value=np.nan)
    low, high = _ends(body, source.spec.name, values)
    own = frame[spec.name].to_numpy(dtype=object, copy=True)
    done = np.zeros(len(frame), dtype=np.bool_)
    for i in rows[~np.isnan(values[rows])]:
        fits = _fitting(spec.bands, low[i], high[i])
        if len(fits) == 1 and fits[0] in several[i]:
            own[i], done[i], several[i] = fits[0], True, None
    _ask_no_more(body, done)
    body.ledger.drop(spec.name, done)
    texts = body.cells[source.position].to_numpy(dtype=object)
    where = np.flatnonzero(done)
    body.ledger.add(where, spec.name, "converted", [str(t) for t in texts[where]])
    level = pd.Series(own, index=frame.index, dtype=object)
    return frame.assign(**{spec.name: level}), several


def _ask_no_more(body: Body, rows: Flags) -> None:
    """Take the question which code a word means back, where a number answered it."""
    if rows.any():
        known = set(body.rows[rows].tolist())
        body.issues = [
            i for i in body.issues if not (i.code == EITHER and i.row in known)
        ]


def _told(
    body: Body, frame: pd.DataFrame, spec: ColumnSpec, source: Match, spent: Flags
) -> tuple[pd.DataFrame, Flags]:
    """Take the codes of one column of numbers; mark the rows that contradict it.

    Rows in `spent` were contradicted by another number: they get no code.
    """
    assert spec.bands is not None
    own = np.full(len(frame), None, dtype=object)
    if spec.name in frame:
        own = frame[spec.name].to_numpy(dtype=object, copy=True)
    empty = np.asarray(pd.isna(own), dtype=bool)
    codes = _codes(body, frame, spec, source)
    known = (codes != "") & ~spent
    least = source.spec.name in spec.bands.at_least
    other = ~empty & known & (own != codes)
    if least:
        rank = {band.code: i for i, band in enumerate(spec.bands.band)}
        higher = [rank.get(a, -1) > rank.get(b, -1)
                  for a, b in zip(codes, own, strict=True)]  # fmt: skip
        other &= np.array(higher, dtype=bool)
    taken = empty & known
    own[taken], own[other] = codes[taken], None
    _say(body, spec, source, taken, other, least)
    number = frame[source.spec.name].mask(other)
    level = pd.Series(own, index=frame.index, dtype=object)
    return frame.assign(**{spec.name: level, source.spec.name: number}), other


def _say(
    body: Body, spec: ColumnSpec, source: Match, taken: Flags, other: Flags,
    least: bool,
) -> None:  # fmt: skip
    """List what was taken and what was taken back, and say it."""
    texts = body.cells[source.position].to_numpy(dtype=object)
    header, field = source.header.text, spec.headers.zh[0]
    rows = np.flatnonzero(taken)
    if len(rows):
        body.ledger.add(rows, spec.name, "converted", [str(t) for t in texts[rows]])
        body.add(
            "inventory.code_from_least" if least else "inventory.code_from_number",
            "questioned" if least else "repaired", 0, header,
            position=source.position, field=field, cells=len(rows),
        )  # fmt: skip
    if other.any():
        body.ledger.drop(spec.name, other)
        body.ledger.drop(source.spec.name, other)
    for i in np.flatnonzero(other):
        body.add(
            "inventory.number_contradicts", "questioned", int(body.rows[i]), header,
            str(texts[i]), position=source.position, field=field,
        )  # fmt: skip


def _codes(body: Body, frame: pd.DataFrame, spec: ColumnSpec, source: Match) -> Texts:
    """Give the code that each number tells; "" where none or several, which is said."""
    assert spec.bands is not None
    values = frame[source.spec.name].to_numpy(dtype=np.float64, na_value=np.nan)
    low, high = _ends(body, source.spec.name, values)
    codes = np.full(len(frame), "", dtype=object)
    for i in np.flatnonzero(~np.isnan(values)):
        fits = _fitting(spec.bands, low[i], high[i])
        if len(fits) == 1:
            codes[i] = fits[0]
            continue
        body.add(
            "inventory.no_band", "questioned", int(body.rows[i]), source.header.text,
            str(body.cells[source.position].iloc[i]), position=source.position,
            **no_band(spec, fits, float(values[i])),
        )  # fmt: skip
    return codes


def _fitting(bands: Bands, low: float, high: float) -> tuple[str, ...]:
    """List the codes that any number from low to high may have."""
    ends = {*bands.codes_of(low), *bands.codes_of(high)}
    numbers = [i for i, band in enumerate(bands.band) if band.code in ends]
    if not numbers or not bands.codes_of(low) or not bands.codes_of(high):
        return tuple(bands.band[i].code for i in numbers) if low == high else ()
    return tuple(b.code for b in bands.band[numbers[0] : numbers[-1] + 1])


def _ends(
    body: Body, column: str, values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give the interval of each number: itself, where nothing bounds it."""
    low, high = values.copy(), values.copy()
    for part in body.ledger.parts:
        mine = part[(part["column"] == column) & part["low"].notna()]
        rows = mine["row"].to_numpy(dtype=np.int64)
        low[rows] = mine["low"].to_numpy(dtype=np.float64)
        high[rows] = mine["high"].to_numpy(dtype=np.float64)
    return low, high
