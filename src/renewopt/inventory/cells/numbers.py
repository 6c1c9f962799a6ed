"""Numbers: definite ones with or without units, and what is only an interval."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.amounts import Amount, amount_of, scale_of, scaled
from renewopt.inventory.cells.degrees import degrees_of
from renewopt.inventory.cells.intervals import interval, phrase
from renewopt.inventory.cells.outcome import (
    MISSING_CELL,
    Context,
    Outcome,
    bad,
    converted,
    plain_text,
)
from renewopt.inventory.words import MISSING, has_mark, is_error, key, plain, tight

_USUAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""What nearly every number looks like; the rest takes the longer way."""
_DATE = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}( \d|t\d|$)|^\d{1,2}月\d{1,2}日$")


def parse_number(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a cell of a column of numbers.

    A definite number with another unit or in Chinese numerals is converted; `约500`,
    `500余`, `≥500`, `30-50` and words that the column lists are bounded.
    """
    scale = scale_of(spec, context.unit)
    if _USUAL.fullmatch(text):
        return _fit(Outcome(scaled(float(text), scale)), spec)
    word = tight(text)
    if key(word) in MISSING:
        return MISSING_CELL
    if is_error(word):
        return bad("inventory.formula_error")
    if has_mark(text):
        return bad("inventory.footnote_mark")
    if spec.unit == "°" and (place := _place(text, spec)):
        return _fit(place, spec)
    amount = amount_of(word, spec, context)
    if amount is not None:
        return _definite(amount, spec, context)
    if _DATE.match(word):
        return bad("inventory.date_in_number", allowed(spec))
    for way in (phrase, interval):
        outcome = way(word, spec, context)
        if outcome is not None:
            return _fit(outcome, spec)
    return bad("inventory.not_a_number", allowed(spec))


def _definite(amount: Amount, spec: ColumnSpec, context: Context) -> Outcome:
    if _unlikely(amount, spec, context):
        return bad("inventory.unit_unlikely", {"likely": context.unit or spec.unit})
    if not amount.code:
        return _fit(Outcome(amount.value), spec)
    return _fit(converted(amount.value, amount.code), spec)


def _unlikely(amount: Amount, spec: ColumnSpec, context: Context) -> bool:
    """Tell whether only the column's own unit would make an amount a usual one.

    120mm as the length of a pipe is rather 120 m with a slip of the pen.
    """
    if spec.usual is None or amount.code != "inventory.unit_in_cell":
        return False
    low, high = spec.usual
    bare = amount.bare * scale_of(spec, context.unit)
    return not low <= amount.value <= high and low <= bare <= high


def _place(text: str, spec: ColumnSpec) -> Outcome | None:
    """Read degrees, minutes and seconds; 41°31′N is no longitude."""
    found = degrees_of(text)
    if found is None:
        return None
    value, axis = found
    own = "north" if spec.name.endswith("lat") else "east"
    if axis not in {"", own}:
        return bad("inventory.not_a_number", allowed(spec))
    return converted(value, "inventory.degrees_read")


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


def show(value: object) -> str:
    """Give the text of a value taken, for the issue log."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else plain(str(value))
    return plain_text(value)
