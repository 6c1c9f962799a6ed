"""Proposals for the columns of a table: by their headers, then the cells below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells import parse_column
from renewopt.inventory.header_cells import Header
from renewopt.inventory.headers import SERIAL
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.proposal import Candidate, ColumnProposal
from renewopt.inventory.units import UNITS, factor
from renewopt.inventory.words import MISSING, key, plain

SAMPLES = 5
"""Cells shown of a column."""
LOOKED_AT = 2_000
"""Distinct cells that are tried against a kind."""
LEAST = 0.6
"""Similarity of a header below which it is no candidate."""
LEAST_LATIN = 4
"""Latin letters from which a header is compared with others, not only looked up."""
_INITIALS = {
    "gxbm": "asset_id", "gxbh": "asset_id", "gdbh": "asset_id", "bm": "asset_id",
    "bh": "asset_id", "cd": "length_m", "cz": "material",
    "gj": "diameter_mm", "nf": "install_year",
    "jsnd": "install_year", "yljb": "pressure_level", "yl": "pressure_level",
    "bz": "remark", "zt": "status", "dl": "street", "dlmc": "street",
    "qsdw": "owner", "ms": "burial_depth_m", "hs": "households",
}  # fmt: skip
"""Initials by which GIS exports call columns: likely, but never sure."""
_LIKELY = 0.85
_COUNTS = frozenset({"objectid", "fid", "oid"})
"""Row numbers of GIS programs: identifiers only where there is nothing else."""
_OF_SHAPES = re.compile(
    r"^shape[_.]?(?:st)?(?:le(?:ng(?:th)?)?|ar(?:ea)?)?(?:[_(].*)?$"
)
"""Fields that GIS programs keep about their shapes, in units of their own."""
SURE_HEADER, SURE_CELLS, MARGIN = 0.94, 0.9, 0.1
"""A similar header is sure from here on, if the next one is so much worse."""
LEAST_FIT = 0.3
"""Share of cells that must fit a column whose header is merely alike."""
TELLING = ("choice", "year", "date")
"""Kinds that cells alone may speak for: few other columns look like them."""
SHORT = {"length_m": 3.0, "floor_area_m2": 50.0}
"""Medians below which metres may be kilometres and ㎡ 万㎡, if no unit is stated."""


@cache
def _aliases(specs: tuple[ColumnSpec, ...]) -> tuple[tuple[str, str], ...]:
    """List (normal form of a header, our column)."""
    return tuple(
        (form, spec.name)
        for spec in specs
        for name in (spec.name, *spec.headers.all(), *spec.outside)
        for form in dict.fromkeys((key(name), Header.of(name).name))
    )


@cache
def similar(text: str, specs: tuple[ColumnSpec, ...]) -> tuple[Candidate, ...]:
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
        # Initials are like anything: BZ, ZT.
        if not same and name.isascii() and len(name) < LEAST_LATIN:
            score = 0.0
        if not same and name in _COUNTS:
            score = min(score, LEAST)
        if _INITIALS.get(name) == field:
            score = max(score, _LIKELY)
        best[field] = max(best.get(field, 0.0), score)
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Candidate(f, s, 0.0) for f, s in ranked)


def column_proposal(
    text: str, position: int, body: pd.DataFrame, kind: TableKind, below: str
) -> ColumnProposal:
    """Propose what a header means: by its name, then by the cells under it."""
    cells = body[body.columns[position]].map(plain)
    filled = cells[(cells != "") & ~cells.map(key).isin(MISSING)]
    samples = tuple(str(cell)[:60] for cell in pd.unique(filled)[:SAMPLES])
    specs = {spec.name: spec for spec in kind.columns}
    unit, name = _stated_unit(text, below)
    near = {c.field: c.similarity for c in similar(name, kind.columns)}
    tried = (
        Candidate(f, s, _fits(filled, specs[f], unit))
        for f, s in near.items()
        if s >= LEAST or specs[f].kind in TELLING
    )
    candidates = sorted(
        (c for c in tried if _likely(c, bool(len(filled)))),
        key=lambda c: (c.similarity < 1, -c.score, c.field),
    )
    named = Header.of(text).name
    if not candidates or named in SERIAL or _OF_SHAPES.match(named):
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
        return bare_unit(below), text
    for unit in sorted(UNITS, key=len, reverse=True):
        head = header.name.removesuffix(unit).rstrip("-:/,，_")
        if head and head != header.name and len(unit) > 1:
            return unit, head
    return "", text


def bare_unit(text: str) -> str:
    """Give a unit without the brackets around it."""
    return key(text).strip("()[]【】〔〕")


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


def each_once(columns: Iterable[ColumnProposal]) -> list[ColumnProposal]:
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
