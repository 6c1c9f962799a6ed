"""Intervals: numbers that are about, more than, less than or between others."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.amounts import (
    LEADING,
    amount_of,
    plain_number,
    rounded,
    unit_of,
)
from renewopt.inventory.cells.chinese import chinese_number
from renewopt.inventory.cells.outcome import Context, Outcome, bounded
from renewopt.inventory.words import key

ABOUT = 0.1
"""What “about” allows either way: a tenth (editable assumption)."""

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


def phrase(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read a word for which the column states an interval."""
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


def interval(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read about, more than, less than and from–to."""

    def amount(text: str) -> float | None:
        found = amount_of(text, spec, context)
        return found.value if found else None

    for way in (_range, _nearly, _under, _over, _odd, _about):
        found = way(word, amount)
        if found is not None:
            low, mid, high = found
            if not math.isfinite(mid) or low > high:
                return None
            return bounded(rounded(mid), rounded(low), rounded(high))
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
        bare = LEADING.match(head)
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
    unit = unit_of(found[2])
    low = amount(found[1] + unit) if unit and not unit_of(found[1]) else None
    low = amount(found[1]) if low is None else low
    if low is None or high is None or low > high:
        return None
    return low, (low + high) / 2, high


def _digit(text: str) -> float:
    read = plain_number(text)
    return read if read is not None else chinese_number(text) or 0.0
