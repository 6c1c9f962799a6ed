"""Proposals for mapping profiles: which header, value and unit means what.

A proposal is sure only where the name is one that is known (or differs by a slip of the
pen) and the cells under it fit; everything else is for a person to confirm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec
from renewopt.core.errors import InputError, message
from renewopt.inventory.cells import parse_column
from renewopt.inventory.headers import Header
from renewopt.inventory.kinds import TableKind, all_kinds, class_kind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.recognise import LEAST_HEADERS
from renewopt.inventory.units import UNITS, factor, is_unit
from renewopt.inventory.words import MISSING, key, plain

SAMPLES = 5
"""Cells shown of a column."""
LOOKED_AT = 2_000
"""Distinct cells that are tried against a kind."""
LEAST = 0.6
"""Similarity of a header below which it is no candidate."""
SURE_HEADER, SURE_CELLS, MARGIN = 0.94, 0.9, 0.1
"""A similar header is sure from here on, if the next one is so much worse."""
SURE_VALUE = 0.95
LEAST_FIT = 0.3
"""Share of cells that must fit a column whose header is merely alike."""
TELLING = ("choice", "year", "date")
"""Kinds that cells alone may speak for: few other columns look like them."""
SHORT = {"length_m": 3.0, "floor_area_m2": 50.0}
"""Medians below which metres may be kilometres and ㎡ 万㎡, if no unit is stated."""


@dataclass(frozen=True)
class Candidate:
    """A column of ours that a header may mean.

    Attributes
    ----------
    similarity
        Of the header to the nearest known one, 0–1; 1 is the same.
    fits
        Share of cells that can be read as this column.
    """

    field: str
    similarity: float
    fits: float

    @property
    def score(self) -> float:
        """Weigh both; the name counts more."""
        return round(0.7 * self.similarity + 0.3 * self.fits, 4)


@dataclass(frozen=True)
class ColumnProposal:
    """What one column of the file may mean.

    Attributes
    ----------
    field
        The best candidate; empty where there is none.
    sure
        Whether it can be taken without asking.
    unit
        Unit that the profile must state, because the header does not in a way that is
        read anyway.
    doubt
        Why it is not sure: `header`, `cells`, `unit` or `taken` (another column is
        nearer); empty where it is.
    """

    header: str
    position: int
    field: str
    sure: bool
    candidates: tuple[Candidate, ...]
    samples: tuple[str, ...]
    unit: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class ValueProposal:
    """What one word of a column of choices may mean; `count` cells hold it."""

    field: str
    header: str
    text: str
    count: int
    code: str
    sure: bool
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class TableProposal:
    """What a table may be.

    Attributes
    ----------
    table
        Asset class or other table of an inventory.
    header_rows
        Rows of the header from the one with the names; 2 where units stand below it.
    missing
        Required columns for which there is no candidate.
    """

    file: str
    sheet: str
    stem: str
    table: str
    header_rows: int
    columns: tuple[ColumnProposal, ...]
    values: tuple[ValueProposal, ...]
    missing: tuple[str, ...]


def propose(
    raws: Sequence[RawTable], catalogue: Catalogue, asset_class: str | None = None
) -> list[TableProposal]:
    """Propose a profile for the tables of one file.

    Sheets in which nothing is recognised are left out.

    Raises
    ------
    InputError
        Where no table is recognised at all, or the class is not known.
    """
    kinds = all_kinds(catalogue)
    if asset_class is not None:
        if asset_class not in catalogue.asset_classes:
            known = ", ".join(sorted(catalogue.asset_classes))
            raise InputError.of(
                "inventory.unknown_class", value=asset_class, known=known
            )
        kinds = (class_kind(catalogue, asset_class),)
    found = [item for raw in raws if (item := _table(raw, kinds)) is not None]
    if not found:
        known = ", ".join(kind.id for kind in kinds)
        names = ", ".join(dict.fromkeys(raw.file for raw in raws))
        raise InputError(message("inventory.unknown_class", value=names, known=known))
    return found


def _table(raw: RawTable, kinds: Sequence[TableKind]) -> TableProposal | None:
    """Take the kind that the name says, else the one that most columns are sure of.

    Raises
    ------
    InputError
        Where several kinds are as likely: a wrong class would go unseen.
    """
    named = [
        kind
        for text in (raw.sheet, raw.stem)
        if (kind := _named(text, kinds)) is not None
    ]
    tried = [_as_kind(raw, kind) for kind in (named[:1] or kinds)]
    scores = [sum(c.sure for c in t.columns) - 2 * len(t.missing) for t in tried]
    best = [t for t, s in zip(tried, scores, strict=True) if s == max(scores)]
    if sum(bool(column.field) for column in best[0].columns) < LEAST_HEADERS:
        return None
    if len(best) > 1:
        place = f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file
        likely = ", ".join(item.table for item in best)
        raise InputError.of("inventory.class_unclear", file=place, known=likely)
    return best[0]


def _named(text: str, kinds: Sequence[TableKind]) -> TableKind | None:
    """Find the kind that a file or sheet name states: the longest name it contains."""
    wanted = key(text)
    found = [
        (len(key(name)), -number)
        for number, kind in enumerate(kinds)
        for name in kind.names
        if key(name) in wanted
    ]
    return kinds[-max(found)[1]] if found else None


def _as_kind(raw: RawTable, kind: TableKind) -> TableProposal:
    top = raw.top()
    row = _header_row(top, kind)
    header_rows = 2 if row + 1 < len(top) and _are_units(top[row + 1]) else 1
    body = raw.grid.iloc[row + header_rows :]
    below = top[row + 1] if header_rows == 2 else [""] * len(top[row])
    columns = [
        _column(text, position, body, kind, below[position])
        for position, text in enumerate(top[row])
        if text.strip()
    ]
    columns = _each_once(columns)
    fields = {column.field for column in columns}
    return TableProposal(
        raw.file,
        raw.sheet,
        raw.stem,
        kind.id,
        header_rows,
        tuple(columns),
        tuple(_values(columns, body, kind)),
        tuple(s.name for s in kind.columns if s.required and s.name not in fields),
    )


def _header_row(top: Sequence[Sequence[str]], kind: TableKind) -> int:
    """Choose the row with most known or similar headers; the upper one of equals."""
    scores = [
        sum(
            best
            for cell in row
            if cell.strip()
            and (best := _similar(cell, kind.columns)[0].similarity) >= LEAST
        )
        for row in top
    ]
    return max(range(len(scores)), key=lambda i: (scores[i], -i), default=0)


def _are_units(cells: Sequence[str]) -> bool:
    """Tell whether a row holds units only, as below a header."""
    texts = [_bare_unit(cell) for cell in cells if cell.strip()]
    return bool(texts) and all(is_unit(text) for text in texts)


def _bare_unit(text: str) -> str:
    return key(text).strip("()[]【】〔〕")


@cache
def _aliases(specs: tuple[ColumnSpec, ...]) -> tuple[tuple[str, str], ...]:
    """List (normal form of a header, our column)."""
    return tuple(
        (form, spec.name)
        for spec in specs
        for name in (spec.name, *spec.headers.all())
        for form in dict.fromkeys((key(name), Header.of(name).name))
    )


@cache
def _similar(text: str, specs: tuple[ColumnSpec, ...]) -> tuple[Candidate, ...]:
    """List the columns whose headers are like the text, the nearest first."""
    from rapidfuzz import fuzz

    name = Header.of(text).name
    best: dict[str, float] = {}
    for form, field in _aliases(specs):
        same = form in {name, key(text)}
        score = 1.0 if same else min(fuzz.WRatio(name, form) / 100, 0.99)
        # One short word inside a long one says little: 长 in 路段长度等级.
        if not same and min(len(name), len(form)) < 2:
            score = 0.0
        best[field] = max(best.get(field, 0.0), score)
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Candidate(f, s, 0.0) for f, s in ranked)


def _column(
    text: str, position: int, body: pd.DataFrame, kind: TableKind, below: str
) -> ColumnProposal:
    """Propose what a header means: by its name, then by the cells under it."""
    cells = body[body.columns[position]].map(plain)
    filled = cells[(cells != "") & ~cells.map(key).isin(MISSING)]
    samples = tuple(str(cell)[:60] for cell in pd.unique(filled)[:SAMPLES])
    specs = {spec.name: spec for spec in kind.columns}
    unit, name = _stated_unit(text, below)
    near = {c.field: c.similarity for c in _similar(name, kind.columns)}
    tried = (
        Candidate(f, s, _fits(filled, specs[f], unit))
        for f, s in near.items()
        if s >= LEAST or specs[f].kind in TELLING
    )
    candidates = sorted(
        (c for c in tried if _likely(c, bool(len(filled)))),
        key=lambda c: (c.similarity < 1, -c.score, c.field),
    )
    if not candidates:
        return ColumnProposal(text.strip(), position, "", False, (), samples)
    best = candidates[0]
    spec = specs[best.field]
    doubt = _doubt(best, candidates[1:], spec, filled, unit)
    own = Header.of(text).unit
    stated = unit if unit and unit != own and spec.kind in {"number", "integer"} else ""
    return ColumnProposal(
        text.strip(), position, best.field, not doubt, tuple(candidates[:4]), samples,
        stated, doubt,
    )  # fmt: skip


def _likely(candidate: Candidate, filled: bool) -> bool:
    """Tell whether name or cells speak for a column and the other not against it."""
    if candidate.similarity >= SURE_HEADER:
        return True
    if candidate.similarity >= LEAST:
        return candidate.fits >= LEAST_FIT
    return filled and candidate.fits >= SURE_CELLS


def _stated_unit(text: str, below: str) -> tuple[str, str]:
    """Give the unit of a header and the header without it: `长度km`, or a row below."""
    header = Header.of(text)
    if header.unit:
        return header.unit, text
    if below.strip():
        return _bare_unit(below), text
    for unit in sorted(UNITS, key=len, reverse=True):
        head = header.name.removesuffix(unit).rstrip("-:/,，")
        if head and head != header.name and len(unit) > 1:
            return unit, head
    return "", text


def _fits(filled: pd.Series, spec: ColumnSpec, unit: str) -> float:
    """Give the share of cells that can be read as the column."""
    if unit and spec.kind in {"number", "integer"} and factor(unit, spec.unit) is None:
        return 0.0
    counts = filled.value_counts()[:LOOKED_AT]
    if counts.empty:
        return 0.5
    if spec.kind == "text":
        share = float((counts == 1).sum() / len(counts))
        return share if spec.unique else 0.7
    texts = pd.Series(counts.index, dtype=object)
    parsed = parse_column(texts, spec, unit)
    good = (parsed.codes == "") | parsed.cells.notna().to_numpy()
    return float(counts.to_numpy()[good].sum() / counts.sum())


def _doubt(
    best: Candidate,
    others: Sequence[Candidate],
    spec: ColumnSpec,
    filled: pd.Series,
    unit: str,
) -> str:
    """Say why a column is not sure; empty where it is."""
    second = max((c.similarity for c in others), default=0.0)
    same = best.similarity == 1
    if not same and (
        best.similarity < SURE_HEADER or best.similarity - second < MARGIN
    ):
        return "header"
    # Words of a column of choices are asked for one by one.
    if spec.kind not in {"text", "choice"} and best.fits < SURE_CELLS:
        return "cells"
    if spec.unique and len(filled) and filled.duplicated().mean() > 0.5:
        return "cells"
    if spec.name in SHORT and not unit and len(filled):
        numbers = parse_column(filled, spec, "").cells.dropna()
        if len(numbers) and float(numbers.median()) < SHORT[spec.name]:
            return "unit"
    return ""


def _each_once(columns: Iterable[ColumnProposal]) -> list[ColumnProposal]:
    """Let a column of ours be filled once: by the sure, then the nearest header."""
    ranked = sorted(
        columns,
        key=lambda c: (not c.sure, -(c.candidates[0].score if c.candidates else 0)),
    )
    taken: set[str] = set()
    out = []
    for column in ranked:
        if column.field in taken:
            rest = tuple(c for c in column.candidates if c.field not in taken)
            field = rest[0].field if rest else ""
            column = ColumnProposal(
                column.header, column.position, field, False, rest, column.samples,
                "", "taken" if field else "",
            )  # fmt: skip
        if column.field:
            taken.add(column.field)
        out.append(column)
    return sorted(out, key=lambda c: c.position)


def _values(
    columns: Iterable[ColumnProposal], body: pd.DataFrame, kind: TableKind
) -> Iterable[ValueProposal]:
    """Propose codes for the words of choices that are not known."""
    specs = {spec.name: spec for spec in kind.columns}
    for column in columns:
        spec = specs.get(column.field)
        if spec is None or spec.kind != "choice":
            continue
        cells = body[body.columns[column.position]].map(plain)
        counts = cells[cells != ""].value_counts()
        texts = pd.Series(counts.index[:LOOKED_AT], dtype=object)
        parsed = parse_column(texts, spec)
        unknown = (parsed.codes != "") & parsed.cells.isna().to_numpy()
        for text in texts[unknown]:
            yield _value(str(text), int(counts[text]), column, spec)


def _value(
    text: str, count: int, column: ColumnProposal, spec: ColumnSpec
) -> ValueProposal:
    from rapidfuzz import fuzz

    scores = sorted(
        (-max(fuzz.WRatio(key(text), key(w)) for w in c.words()) / 100, c.code)
        for c in spec.choices
    )
    near = tuple((code, round(-score, 2)) for score, code in scores if -score >= LEAST)
    exact = max(
        (fuzz.ratio(key(text), key(w)) / 100 for c in spec.choices for w in c.words()),
        default=0.0,
    )
    clear = len(near) > 0 and (len(near) < 2 or near[0][1] - near[1][1] >= MARGIN)
    sure = column.sure and clear and exact >= SURE_VALUE
    code = near[0][0] if near else ""
    return ValueProposal(spec.name, column.header, text, count, code, sure, near[:4])
