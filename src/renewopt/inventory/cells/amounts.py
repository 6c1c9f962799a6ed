"""Amounts: one definite number with or without a unit, in digits or in words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.chinese import CHARACTERS, chinese_number
from renewopt.inventory.cells.outcome import Context
from renewopt.inventory.units import dimension, factor, is_unit
from renewopt.inventory.words import key

_NUMBER = re.compile(
    r"^[+-]?(([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$"
)
LEADING = re.compile(r"^([+-]?[\d.,]+(?:e[+-]?\d{1,3})?)\s*(.*)$")
"""A number and what follows it."""
_NUMERAL = re.compile(rf"^([\d.{CHARACTERS}]+)(.*)$")
_HALF = re.compile(rf"^(?:([\d{CHARACTERS}]+)个)?半个?(\D+)$")
_PAIR = re.compile(r"([\d.]+)([a-z\u4e00-\u9fff]+)")


@dataclass(frozen=True)
class Amount:
    """A definite amount in the column's unit."""

    value: float
    code: str
    bare: float
    """The number as written, before any unit."""


def scale_of(spec: ColumnSpec, unit: str) -> float:
    """Give the factor from the unit of a header to the column's own."""
    return (factor(unit, spec.unit) or 1.0) if unit else 1.0


def scaled(value: float, scale: float) -> float:
    """Give a number in the column's unit."""
    return value if scale == 1.0 else rounded(value * scale)


def rounded(value: float) -> float:
    """Remove what scaling added in the last digits (0.285 km are 285 m)."""
    return round(value, 9)


def plain_number(word: str) -> float | None:
    """Read `1200`, `1,200`, `-3.5` or `1e+3`; None for all else."""
    if not word.isascii() or not _NUMBER.match(word):
        return None
    value = float(word.replace(",", ""))
    return value if math.isfinite(value) else None


def amount_of(word: str, spec: ColumnSpec, context: Context) -> Amount | None:
    """Read one definite amount: a number, its unit, Chinese numerals, halves, sums."""
    for way in (_arabic, _chinese, _half, _sum_of_units):
        found = way(word, spec, context)
        if found is not None:
            return found
    return None


def _arabic(word: str, spec: ColumnSpec, context: Context) -> Amount | None:
    value = plain_number(word)
    if value is not None:
        return Amount(scaled(value, scale_of(spec, context.unit)), "", value)
    found = LEADING.match(word)
    value = plain_number(found[1]) if found else None
    if found is None or value is None:
        return None
    return _with_unit(value, found[2], spec, context, "")


def _chinese(word: str, spec: ColumnSpec, context: Context) -> Amount | None:
    found = _NUMERAL.match(word)
    if found is None:
        return None
    numeral, rest = found[1], found[2]
    value = chinese_number(numeral)
    if value is None:
        return None
    code = "inventory.chinese_number"
    money = dimension(spec.unit) == "money"
    if money and numeral[-1] in "万亿" and not rest:
        rest = "元"
    if not rest and numeral[-1] in "千万亿" and set("万亿") & set(context.unit):
        return None  # 1.2万 under a header of 万㎡: counted once or twice?
    if not rest:
        return Amount(rounded(value * scale_of(spec, context.unit)), code, value)
    return _with_unit(value, rest, spec, context, code)


def _with_unit(
    value: float, unit: str, spec: ColumnSpec, context: Context, code: str
) -> Amount | None:
    unit = unit.removeprefix("个") if not is_unit(unit) else unit
    own = factor(unit, spec.unit) if is_unit(unit) else None
    if own is None:
        return None
    same = key(unit) == key(context.unit or spec.unit)
    code = code if same else "inventory.unit_in_cell"
    return Amount(rounded(value * own), code, value)


def _half(word: str, spec: ColumnSpec, context: Context) -> Amount | None:
    """Read 半小时 and 一个半小时; 半天 and 半米 are not meant to the letter."""
    found = _HALF.match(word)
    if found is None:
        return None
    whole = found[1] or "0"
    read = plain_number(whole)
    number = chinese_number(whole) if read is None else read
    hours = dimension(found[2]) == "time" and factor(found[2], "min") == 60.0
    if number is None or not hours:
        return None
    code = "inventory.chinese_number"
    return _with_unit(number + 0.5, found[2], spec, context, code)


def _sum_of_units(word: str, spec: ColumnSpec, context: Context) -> Amount | None:
    """Read 1小时30分 and 1公里200米: parts of one dimension, each finer than before."""
    parts = _PAIR.findall(word)
    if len(parts) < 2 or "".join(a + b for a, b in parts) != word:
        return None
    total, last = 0.0, math.inf
    for number, unit in parts:
        value, own = plain_number(number), factor(unit, spec.unit)
        if value is None or own is None or own >= last:
            return None
        if dimension(unit) not in {"time", "length"}:
            return None
        total, last = total + value * own, own
    return Amount(rounded(total), "inventory.unit_in_cell", total)


def unit_of(word: str) -> str:
    """Give the unit that follows a number or numeral; empty where none does."""
    found = LEADING.match(word) or _NUMERAL.match(word)
    return found[2] if found and is_unit(found[2]) else ""
