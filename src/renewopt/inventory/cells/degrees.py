"""Degrees: 114°18′36.5″E, 东经114度18分, 114-18-36 and 114.31E as one number."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from renewopt.inventory.words import visible

Axis = Literal["east", "north", ""]

_MARKS = str.maketrans(
    {
        **dict.fromkeys("º˚∘", "°"),
        **dict.fromkeys("′’‘`´＇ʹ", "'"),
        **dict.fromkeys("″”“＂〃ʺ", '"'),
        **dict.fromkeys("‐‑‒–—―－﹣−", "-"),
    }
)
"""One sign for each that is typed; NFKC would make letters of some of them."""
_SIDES: dict[str, tuple[Axis, int]] = {
    "e": ("east", 1), "东经": ("east", 1), "经度": ("east", 1), "东": ("east", 1),
    "w": ("east", -1), "西经": ("east", -1), "西": ("east", -1),
    "n": ("north", 1), "北纬": ("north", 1), "纬度": ("north", 1), "北": ("north", 1),
    "s": ("north", -1), "南纬": ("north", -1), "南": ("north", -1),
}  # fmt: skip
_SIDE = "|".join(sorted(_SIDES, key=len, reverse=True))
_SIGNED = re.compile(
    rf"(?P<before>{_SIDE})?[:=]?(?P<minus>-)?(?P<degrees>\d{{1,3}}(?:\.\d+)?)"
    r"(?:(?P<sign>[°度d:])(?:(?P<minutes>\d{1,2}(?:\.\d+)?)(?:['分m:]"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)(?:\"|''|秒|s(?![a-z]))?)?)?)?)?"
    rf"(?P<after>{_SIDE})?"
)
_DASHED = re.compile(
    rf"(?P<before>{_SIDE})?(?P<degrees>\d{{1,3}})-(?P<minutes>\d{{1,2}})-"
    rf"(?P<seconds>\d{{1,2}}(?:\.\d+)?)(?P<after>{_SIDE})?"
)
_SPACED = re.compile(r"(\d{1,3}) +(\d{1,2}) +(\d{1,2}(?:\.\d+)?)")


def degrees_of(text: str) -> tuple[float, Axis] | None:
    """Read degrees with a sign of their own, and the axis that the text names.

    A bare number is none: it needs no reading. None too where minutes or seconds reach
    60, where a part before the last has decimals, or where two sides are named.
    """
    word = unicodedata.normalize("NFKC", visible(text).translate(_MARKS)).strip()
    word = _SPACED.sub(r"\1-\2-\3", word.lower())
    word = re.sub(r"\s+", "", word)
    found = _DASHED.fullmatch(word) or _SIGNED.fullmatch(word)
    if found is None:
        return None
    parts = found.groupdict()
    sides = [parts[name] for name in ("before", "after") if parts.get(name)]
    if len(sides) > 1 or not (sides or parts.get("sign") or parts.get("minutes")):
        return None
    value = _value(parts["degrees"], parts.get("minutes"), parts.get("seconds"))
    if value is None or (sides and parts.get("minus")):
        return None
    axis, turn = _SIDES[sides[0]] if sides else ("", -1 if parts.get("minus") else 1)
    return turn * value, axis


def _value(degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    if (minutes and "." in degrees) or (seconds and "." in str(minutes)):
        return None
    parts = float(minutes or 0), float(seconds or 0)
    if max(parts) >= 60:
        return None
    return round(float(degrees) + parts[0] / 60 + parts[1] / 3600, 9)
