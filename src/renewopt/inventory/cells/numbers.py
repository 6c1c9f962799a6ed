"""Numbers: definite ones with or without units, and what is only an interval."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.chinese import CHARACTERS, chinese_number
from renewopt.inventory.cells.outcome import (
    MISSING_CELL,
    Context,
    Outcome,
    bad,
    bounded,
    converted,
    plain_text,
)
from renewopt.inventory.units import dimension, factor, is_unit
from renewopt.inventory.words import MISSING, has_mark, is_error, key, plain, tight

ABOUT = 0.1
"""What “about” allows either way: a tenth (editable assumption)."""

_NUMBER = re.compile(r"^[+-]?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$")
_USUAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""What nearly every number looks like; the rest takes the longer way."""
_LEADING = re.compile(r"^([+-]?[\d.,]+(?:e[+-]?\d{1,3})?)\s*(.*)$")
_NUMERAL = re.compile(rf"^([\d.{CHARACTERS}]+)(.*)$")
_HALF = re.compile(rf"^(?:([\d{CHARACTERS}]+)个)?半个?(\D+)$")
_PAIR = re.compile(r"([\d.]+)([a-z\u4e00-\u9fff]+)")
_DATE = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}( \d|t\d|$)|^\d{1,2}月\d{1,2}日$")

_ABOUT_BEFORE = re.compile(
    r"^(?:约为?|大约|大概|大致|估计|估|暂估|近似|≈|~|ca\.?|about|approx\.?)(.+)$"
)
_ABOUT_AFTER = re.compile(r"^(.+?)(?:左右|上下|\((?:约|估|估算|估计|暂估|大约)\)|\?)$")
_NEARLY = re.compile(r"^(?:近|将近|接近)(.+)$")
_ODD = re.compile(r"^(.+?)[余多几来](\D*)$")
_OVER = re.compile(
    r"^(?:≥|>=|>|⩾|大于等于|大于|超过|不少于|不低于|不小于|至少|最少)(.+)$"
)
_OVER_AFTER = re.compile(r"^(.+?)(?:及?以上|\+)(\D*)$")
_UNDER = re.compile(
    r"^(?:≤|<=|<|⩽|小于等于|小于|不足|不到|不超过|不大于|最多|至多)(.+)$"
)
_UNDER_AFTER = re.compile(r"^(.+?)(?:及?以下|以内|之内)(\D*)$")
_RANGE = re.compile(r"^([^-~至到]+)(?:[-~]+|至|到)([^-~至到]+)$")
_NEXT = re.compile(r"^([一二两三四五六七八九]|\d、)([二三四五六七八九]|\d)(\D*)$")


@dataclass(frozen=True)
class _Amount:
    """A definite amount in the column's unit."""

    value: float
    code: str
    bare: float
    """The number as written, before any unit."""


def parse_number(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a cell of a column of numbers.

    A definite number with another unit or in Chinese numerals is converted; `约500`,
    `500余`, `≥500`, `30-50` and words that the column lists are bounded.
    """
    scale = _scale(spec, context.unit)
    if _USUAL.fullmatch(text):
        return _fit(Outcome(_scaled(float(text), scale)), spec)
    word = tight(text)
    if key(word) in MISSING:
        return MISSING_CELL
    if is_error(word):
        return bad("inventory.formula_error")
    if has_mark(text):
        return bad("inventory.footnote_mark")
    amount = _amount(word, spec, context)
    if amount is not None:
        found = (
            converted(amount.value, amount.code)
            if amount.code
            else Outcome(amount.value)
        )
        return _fit(found, spec)
    if _DATE.match(word):
        return bad("inventory.date_in_number", allowed(spec))
    for way in (_phrase, _interval):
        outcome = way(word, spec, context)
        if outcome is not None:
            return _fit(outcome, spec)
    return bad("inventory.not_a_number", allowed(spec))


def allowed(spec: ColumnSpec) -> dict[str, object]:
    """Say which numbers the column may hold, as parameters of a sentence."""
    least = f"{spec.min:g}" if spec.min is not None else "-"
    greatest = f"{spec.max:g}" if spec.max is not None else "-"
    return {"least": least, "greatest": greatest, "unit": spec.unit}


def fits(value: float, spec: ColumnSpec) -> str:
    """Say what is wrong with the size of a number: a code, or empty."""
    if spec.min is not None and value < spec.min:
        return "inventory.too_small"
    if spec.max is not None and value > spec.max:
        return "inventory.too_large"
    return ""


def _fit(found: Outcome, spec: ColumnSpec) -> Outcome:
    """Hold a number to the column: whole where it must be, within its bounds."""
    if not isinstance(found.value, int | float):
        return found
    value = float(found.value)
    if spec.kind == "integer":
        if found.quality == "bounded":
            low = float(math.floor(found.low))
            high = math.ceil(found.high) if math.isfinite(found.high) else found.high
            found = replace(found, low=low, high=float(high))
        elif abs(round(value) - value) > 1e-9:
            return bad("inventory.not_whole", None, value)
        value = float(round(value))
    wrong = fits(value, spec)
    if wrong:
        return bad(wrong, allowed(spec), value)
    low, high = _clip(found, spec)
    if found.quality == "bounded" and not low <= value <= high:
        return bad("inventory.not_a_number", allowed(spec), value)
    kept: float | int = int(value) if spec.kind == "integer" else value
    return Outcome(kept, found.quality, found.code, low, high, value, found.params)


def _clip(found: Outcome, spec: ColumnSpec) -> tuple[float, float]:
    if found.quality != "bounded":
        return math.nan, math.nan
    low = found.low if spec.min is None else max(found.low, spec.min)
    high = found.high if spec.max is None else min(found.high, spec.max)
    return low, high


def _scale(spec: ColumnSpec, unit: str) -> float:
    return (factor(unit, spec.unit) or 1.0) if unit else 1.0


def _scaled(value: float, scale: float) -> float:
    return value if scale == 1.0 else _round(value * scale)


def _round(value: float) -> float:
    """Remove what scaling added in the last digits (0.285 km are 285 m)."""
    return round(value, 9)


def plain_number(word: str) -> float | None:
    """Read `1200`, `1,200`, `-3.5` or `1e+3`; None for all else."""
    if not word.isascii() or not _NUMBER.match(word):
        return None
    value = float(word.replace(",", ""))
    return value if math.isfinite(value) else None


def _amount(word: str, spec: ColumnSpec, context: Context) -> _Amount | None:
    """Read one definite amount: a number, its unit, Chinese numerals, halves, sums."""
    for way in (_arabic, _chinese, _half, _sum_of_units):
        found = way(word, spec, context)
        if found is not None:
            return found
    return None


def _arabic(word: str, spec: ColumnSpec, context: Context) -> _Amount | None:
    value = plain_number(word)
    if value is not None:
        return _Amount(_scaled(value, _scale(spec, context.unit)), "", value)
    found = _LEADING.match(word)
    value = plain_number(found[1]) if found else None
    if found is None or value is None:
        return None
    return _with_unit(value, found[2], spec, context, "")


def _chinese(word: str, spec: ColumnSpec, context: Context) -> _Amount | None:
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
    if not rest:
        return _Amount(_round(value * _scale(spec, context.unit)), code, value)
    return _with_unit(value, rest, spec, context, code)


def _with_unit(
    value: float, unit: str, spec: ColumnSpec, context: Context, code: str
) -> _Amount | None:
    unit = unit.removeprefix("个") if not is_unit(unit) else unit
    own = factor(unit, spec.unit) if is_unit(unit) else None
    if own is None:
        return None
    same = key(unit) == key(context.unit or spec.unit)
    code = code if same else "inventory.unit_in_cell"
    return _Amount(_round(value * own), code, value)


def _half(word: str, spec: ColumnSpec, context: Context) -> _Amount | None:
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


def _sum_of_units(word: str, spec: ColumnSpec, context: Context) -> _Amount | None:
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
    return _Amount(_round(total), "inventory.unit_in_cell", total)


def _phrase(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    del context
    found = _phrases(spec).get(key(word))
    return (
        bounded(found[1], found[0], found[2], "inventory.word_estimate")
        if found
        else None
    )


@cache
def _phrases(spec: ColumnSpec) -> dict[str, tuple[float, float, float]]:
    return {
        key(word): (phrase.low, phrase.mid, phrase.high)
        for phrase in spec.phrases
        for word in phrase.words
    }


def _interval(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read about, more than, less than and from–to."""

    def amount(text: str) -> float | None:
        found = _amount(text, spec, context)
        return found.value if found else None

    for way in (_range, _nearly, _under, _over, _odd, _about):
        found = way(word, amount)
        if found is not None:
            low, mid, high = found
            if not math.isfinite(mid) or low > high:
                return None
            return bounded(_round(mid), _round(low), _round(high))
    return None


_Read = Callable[[str], float | None]
_Three = tuple[float, float, float] | None


def _about(word: str, amount: _Read) -> _Three:
    found = _ABOUT_BEFORE.match(word) or _ABOUT_AFTER.match(word)
    if found is None:
        return None
    inner = found[1]
    value = amount(inner)
    if value is None:
        return _range(inner, amount) or _about(inner, amount)
    slack = abs(value) * ABOUT
    return value - slack, value, value + slack


def _nearly(word: str, amount: _Read) -> _Three:
    found = _NEARLY.match(word)
    value = amount(found[1]) if found else None
    if value is None or value < 0:
        return None
    return value * (1 - ABOUT), value * (1 - ABOUT / 2), value


def _over(word: str, amount: _Read) -> _Three:
    found = _OVER.match(word)
    after = _OVER_AFTER.match(word)
    text = found[1] if found else after[1] + after[2] if after else ""
    value = amount(text) if text else None
    return None if value is None else (value, value, math.inf)


def _under(word: str, amount: _Read) -> _Three:
    found = _UNDER.match(word)
    after = _UNDER_AFTER.match(word)
    text = found[1] if found else after[1] + after[2] if after else ""
    value = amount(text) if text else None
    return None if value is None else (min(0.0, value), value, value)


def _odd(word: str, amount: _Read) -> _Three:
    """Read 500余 as 500 up to 600: up to one more of the last digit that counts."""
    found = _ODD.match(word)
    if found is None:
        return None
    head, unit = found[1], found[2]
    value = amount(head + unit)
    number = plain_number(head)
    if number is None:
        number = chinese_number(head)
    if number is None:
        bare = _LEADING.match(head)
        number = plain_number(bare[1]) if bare else None
    if value is None or not number or number <= 0 or value <= 0:
        return None
    return value, value, value * (number + _step(number)) / number


def _step(number: float) -> float:
    """Give the size of the last digit that is not zero, at least 1."""
    if not number.is_integer():
        return 1.0
    step = 1
    while number % (step * 10) == 0 and step * 10 <= number:
        step *= 10
    return float(step)


def _range(word: str, amount: _Read) -> _Three:
    near = _NEXT.match(word)
    if near:
        one, two = (_digit(near[i].removesuffix("、")) for i in (1, 2))
        first, last = (amount(f"{n:g}{near[3]}") for n in (one, two))
        if two == one + 1 and first is not None and last is not None:
            return first, (first + last) / 2, last
    found = _RANGE.match(word)
    if found is None:
        return None
    high = amount(found[2])
    unit = _unit_of(found[2])
    low = amount(found[1] + unit) if unit and not _unit_of(found[1]) else None
    low = amount(found[1]) if low is None else low
    if low is None or high is None or low > high:
        return None
    return low, (low + high) / 2, high


def _digit(text: str) -> float:
    read = plain_number(text)
    return read if read is not None else chinese_number(text) or 0.0


def _unit_of(word: str) -> str:
    found = _LEADING.match(word) or _NUMERAL.match(word)
    return found[2] if found and is_unit(found[2]) else ""


def show(value: object) -> str:
    """Give the text of a value taken, for the issue log."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else plain(str(value))
    return plain_text(value)
