"""The rows of a project list: words to ids, quantities and periods to numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.kinds import extra_kind
from renewopt.inventory.tables import ParsedTable
from renewopt.inventory.units import UNITS, factor
from renewopt.inventory.words import key, plain

PEOPLE_PER_HOUSEHOLD = 2.6
"""Persons per household (第七次全国人口普查公报: 2.62)."""

_SCALE_PART = re.compile(r"([+-]?[\d.,]+)\s*([a-z%\u4e00-\u9fff]+\d?)")
_MONTH = (
    r"(?:[年./]\d{0,2}月?(?:[上下]?半年|[底末初中])?|-(?:0?[1-9]|1[0-2])月?(?!\d))?"
)
_PERIOD = re.compile(rf"^(\d{{4}}){_MONTH}(?:(?:->|→|--?|至|到)(\d{{4}}){_MONTH})?$")
_SPLIT = re.compile(r"[;；\n]")
_SPLIT_MORE = re.compile(r"[、,，/+和]")
_SCALES = {
    "length_m": ("length", "m"),
    "floor_area_m2": ("area", "m2"),
    "households": ("households", "户"),
    "population": ("people", "人"),
    "items": ("count", "item"),
}


@dataclass(eq=False)
class RowNotes:
    """Issues of one table, by position of the row in its frame."""

    table: ParsedTable
    issues: list[CellIssue] = field(default_factory=list)
    rejected: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.rejected = np.zeros(len(self.table.frame), dtype=bool)

    def add(
        self, row: int, column: str, raw: str, code: str, fatal: bool, **params: object
    ) -> None:
        """Note one cell; a fatal one keeps the row out."""
        self.rejected[row] |= fatal
        place = (
            self.table.file,
            self.table.sheet,
            int(self.table.rows[row]),
            column,
            raw,
        )
        severity: Severity = "rejected" if fatal else "questioned"
        self.issues.append(CellIssue(*place, code, severity, params))


def project_rows(
    table: ParsedTable, catalogue: Catalogue
) -> tuple[pd.DataFrame, RowNotes]:
    """Turn words into ids and numbers; columns that the file lacks are added empty."""
    frame = table.frame.copy()
    for spec in extra_kind("project_list").columns:
        if spec.name not in frame:
            kind = {"number": "float64", "integer": "Int64", "year": "Int64"}
            frame[spec.name] = pd.Series(
                index=frame.index, dtype=kind.get(spec.kind, "object")
            )
    notes = RowNotes(table)
    frame.insert(0, "row", table.rows)
    frame["asset_class"] = _class_ids(frame["asset_class"], catalogue, notes)
    frame["fund_kinds"] = _fund_kind_ids(frame["fund_kinds"], catalogue, notes)
    _period(frame, notes)
    _scale(frame, notes)
    people = frame["population"].astype("float64")
    homes = pd.Series(np.ceil(people / PEOPLE_PER_HOUSEHOLD)).astype("Int64")
    frame["households"] = frame["households"].fillna(homes)
    frame = frame.drop(columns=["scale", "period"])
    return frame[~notes.rejected].reset_index(drop=True), notes


def _class_ids(column: pd.Series, catalogue: Catalogue, notes: RowNotes) -> pd.Series:
    words = {
        key(text): name
        for name, model in sorted(catalogue.asset_classes.items())
        for text in (name, model.title.zh, model.title.en)
    }
    known = ", ".join(m.title.zh for _, m in sorted(catalogue.asset_classes.items()))
    out: list[str | None] = []
    for row, text in enumerate(column):
        out.append(words.get(key(text)))
        if out[-1] is None:
            notes.add(
                row, "类别", text, "inventory.unknown_class_cell", True, known=known
            )
    return pd.Series(out, index=column.index, dtype=object)


def fund_words(catalogue: Catalogue) -> dict[str, str]:
    """Map every name of a kind of money, in normal form, to its id."""
    return {
        key(text): name
        for name, kind in sorted(catalogue.fund_kinds.items())
        for text in (name, kind.title.zh, kind.title.en, *kind.names)
    }


_FUND_AMOUNT = re.compile(
    r"[:：约共计]*\s*[(（]?\d[\d.,]*\s*(?:万元|亿元|元|万|亿|%|％)[)）]?$"
)
"""A sum behind a kind of money: 专项债8000万元."""


def _fund_kind_ids(
    column: pd.Series, catalogue: Catalogue, notes: RowNotes
) -> pd.Series:
    words = fund_words(catalogue)
    known = ", ".join(k.title.zh for _, k in sorted(catalogue.fund_kinds.items()))
    out: list[str] = []
    for row, text in enumerate(column):
        ids = []
        for part in _parts(text, words):
            bare = _FUND_AMOUNT.sub("", plain(part))
            ids.append(words.get(key(part), "") or words.get(key(bare), ""))
            if ids[-1] and key(bare) != key(part) and key(part) not in words:
                notes.add(row, "资金来源", part, "inventory.fund_amount", False)
            if not ids[-1]:
                code = "inventory.not_a_choice"
                notes.add(row, "资金来源", part, code, True, known=known)
        out.append(";".join(dict.fromkeys(ids)))
    return pd.Series(out, index=column.index, dtype=object)


def _parts(text: object, words: dict[str, str]) -> list[str]:
    """Split a list of funds; a title that holds a comma of its own stays whole."""
    if not isinstance(text, str):
        return []
    parts: list[str] = []
    for part in _SPLIT.split(str(text)):
        parts += [part] if key(part) in words else _SPLIT_MORE.split(part)
    return [part for part in map(plain, parts) if part]


def _period(frame: pd.DataFrame, notes: RowNotes) -> None:
    """Split `2027-2028` into the first and the last year."""
    first: list[int | None] = []
    last: list[int | None] = []
    for row, text in enumerate(frame["period"]):
        word = "" if text is None or pd.isna(text) else key(str(text)).replace(" ", "")
        found = _PERIOD.match(word)
        years = (int(found[1]), int(found[2] or found[1])) if found else None
        if years is not None and years[1] < years[0]:
            years = None
        if word and years is None:
            notes.add(row, "起止年限", str(text), "inventory.not_a_period", False)
        first.append(years[0] if years else None)
        last.append(years[1] if years else None)
    frame["first_year"] = pd.Series(first, index=frame.index, dtype="Int64")
    frame["last_year"] = pd.Series(last, index=frame.index, dtype="Int64")


def _scale(frame: pd.DataFrame, notes: RowNotes) -> None:
    """Read quantities with units out of 规模; a column of its own wins."""
    found = [_scale_parts(row, text, notes) for row, text in enumerate(frame["scale"])]
    for name in _SCALES:
        values = pd.Series(
            [parts.get(name) for parts in found], index=frame.index, dtype="float64"
        )
        if name in frame:
            frame[name] = frame[name].fillna(values.round().astype("Int64"))
        else:
            frame[name] = values


def _scale_parts(row: int, text: Any, notes: RowNotes) -> dict[str, float]:
    if pd.isna(text) or not plain(str(text)):
        return {}
    parts: dict[str, float] = {}
    word = key(str(text))
    if re.search(r"\d", _SCALE_PART.sub("", word)):
        word = ""  # a number without a unit that is known
    for number, unit in _SCALE_PART.findall(word):
        dimension = UNITS.get(unit, ("", 0.0))[0]
        name = next((n for n, (d, _) in _SCALES.items() if d == dimension), None)
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            name = None
        if name is None or name in parts:
            parts = {}
            break
        parts[name] = value * (factor(unit, _SCALES[name][1]) or 1.0)
    if not parts:
        notes.add(row, "规模", str(text), "inventory.not_a_scale", False)
    return parts
