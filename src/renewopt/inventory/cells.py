"""Cells: text to values, strictly. What is not understood is said, never guessed.

Columns are parsed by their distinct texts, so that a million rows with a few thousand
distinct values cost a few thousand parses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.units import factor, is_unit
from renewopt.inventory.words import MISSING, key, plain, tidy

EXACT = ""
"""Code of a cell that was taken as it stood (or is empty)."""
REPAIRED = frozenset({"inventory.unit_in_cell", "inventory.date_without_day"})
"""Codes of cells that were taken with a change that is exact."""

Outcome = tuple[object, str]
"""A value (None: missing) and a code: EXACT, one of REPAIRED, or what is wrong."""

_NUMBER = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d{1,3})?$")
_USUAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""What nearly every number looks like; the rest takes the longer way."""
_WITH_UNIT = re.compile(r"^([+-]?[\d.,]+(?:[eE][+-]?\d{1,3})?)\s*([^\d\s.,+-].*)$")
_NOMINAL = re.compile(r"^dn\s*(\d+(?:\.\d+)?)$", re.IGNORECASE)
_YEAR = re.compile(r"^(\d{4})(?:\.0+)?年?$")
_MONTH = re.compile(r"^(\d{4})(?:年|[-/.])(\d{1,2})月?$")
_DAY = re.compile(
    r"^(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?"
    r"(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_TRUE = frozenset({"是", "有", "√", "✓", "☑", "1", "y", "yes", "true", "t"})
_FALSE = frozenset({"否", "无", "没有", "×", "x", "✗", "0", "n", "no", "false", "f"})


@dataclass(frozen=True)
class Parsed:
    """A parsed column: cells with NA where missing or bad, and a code per cell."""

    cells: pd.Series
    codes: npt.NDArray[np.object_]


def parse_column(raw: pd.Series, spec: ColumnSpec, unit: str = "") -> Parsed:
    """Parse the texts of a column.

    Parameters
    ----------
    raw
        Texts; empty where the cell is empty.
    spec
        What the column may hold.
    unit
        Unit that its header states; empty: the column's own.
    """
    number, texts = pd.factorize(raw)
    parser = _parser(spec, unit)
    outcomes = [parser(str(text)) for text in texts]
    codes = np.array([code for _, code in outcomes] or [""], dtype=object)
    values = pd.Series(
        [value for value, _ in outcomes], dtype=_dtype(spec), index=range(len(outcomes))
    )
    taken = values.take(number)
    taken.index = raw.index
    return Parsed(taken, codes[number])


def _dtype(spec: ColumnSpec) -> str:
    return {
        "number": "float64",
        "integer": "Int64",
        "year": "Int64",
        "flag": "boolean",
        "date": "datetime64[s]",
    }.get(spec.kind, "object")


def _parser(spec: ColumnSpec, unit: str) -> Callable[[str], Outcome]:
    if spec.kind == "choice":
        codes = {
            key(word): choice.code
            for choice in spec.choices
            for word in (choice.code, *choice.all())
        }
        return lambda text: _choice(text, codes)
    if spec.kind == "flag":
        return _flag
    if spec.kind == "year":
        return lambda text: _bounded(_year(text), spec)
    if spec.kind == "date":
        return parse_date
    if spec.kind in {"number", "integer"}:
        scale = (factor(unit, spec.unit) or 1.0) if unit else 1.0
        return lambda text: _bounded(_number(text, spec, unit, scale), spec)
    return lambda text: (tidy(text) or None, EXACT)


def _choice(text: str, codes: dict[str, str]) -> Outcome:
    word = key(text)
    if word in codes:
        return codes[word], EXACT
    return None, EXACT if word in MISSING else "inventory.not_a_choice"


def _flag(text: str) -> Outcome:
    word = key(text)
    if word in _TRUE:
        return True, EXACT
    if word in _FALSE:
        return False, EXACT
    return None, EXACT if word in MISSING else "inventory.not_a_flag"


def _year(text: str) -> Outcome:
    word = plain(text)
    if key(word) in MISSING:
        return None, EXACT
    found = _YEAR.match(word)
    if found:
        return int(found[1]), EXACT
    found = _MONTH.match(word)
    if found and 1 <= int(found[2]) <= 12:
        return int(found[1]), EXACT
    value, code = parse_date(word)
    if isinstance(value, datetime) and code == EXACT:
        return value.year, EXACT
    return None, "inventory.not_a_year"


def parse_date(text: str) -> Outcome:
    """Read a day, with or without a time; a month or a year gives its first day."""
    word = plain(text)
    if key(word) in MISSING:
        return None, EXACT
    try:
        if found := _DAY.match(word):
            parts = [int(part or 0) for part in found.groups()]
            year, month, day, hour, minute, second = parts
            return datetime(year, month, day, hour, minute, second), EXACT
        if found := _MONTH.match(word) or _YEAR.match(word):
            month = int(found[2]) if found.re is _MONTH else 1
            return datetime(int(found[1]), month, 1), "inventory.date_without_day"
    except ValueError:
        pass
    return None, "inventory.not_a_date"


def _number(text: str, spec: ColumnSpec, unit: str, scale: float) -> Outcome:
    if _USUAL.fullmatch(text):
        return _whole(float(text) * scale, spec), EXACT
    word = plain(text)
    if key(word) in MISSING:
        return None, EXACT
    if spec.name == "diameter_mm" and (found := _NOMINAL.match(word)):
        return float(found[1]), EXACT
    value = _plain_number(word)
    if value is not None:
        return _whole(value * scale, spec), EXACT
    found = _WITH_UNIT.match(word)
    if found is None or not is_unit(found[2]):
        return None, "inventory.not_a_number"
    own = factor(found[2], spec.unit)
    value = _plain_number(found[1])
    if own is None or value is None:
        return None, "inventory.not_a_number"
    same = key(found[2]) == key(unit or spec.unit)
    return _whole(value * own, spec), EXACT if same else "inventory.unit_in_cell"


def _plain_number(word: str) -> float | None:
    """Read `1200`, `1,200`, `-3.5` or `1E+3`; None for all else."""
    if not _NUMBER.match(word) or not any(c.isdigit() for c in word):
        return None
    value = float(word.replace(",", ""))
    return value if math.isfinite(value) else None


def _whole(value: float, spec: ColumnSpec) -> float:
    """Remove what scaling added in the last digits (0.285 km are 285 m)."""
    return round(value, 9) if spec.kind == "number" else value


def _bounded(outcome: Outcome, spec: ColumnSpec) -> Outcome:
    value, code = outcome
    if not isinstance(value, int | float):
        return outcome
    if spec.kind in {"integer", "year"}:
        rounded = round(value)
        if abs(rounded - value) > 1e-9:
            return None, "inventory.not_whole"
        value = rounded
    if spec.min is not None and value < spec.min:
        return None, "inventory.too_small"
    if spec.max is not None and value > spec.max:
        return None, "inventory.too_large"
    return value, code


def cell_text(value: object) -> str:
    """Give the text of a spreadsheet cell: whole floats without `.0`, dates in ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        )
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
