"""Doubts about a whole column: shares or percents, wrong units, amounts far out."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from renewopt.inventory.cells import Parsed
from renewopt.inventory.cells.numbers import allowed
from renewopt.inventory.cells.outcome import plain_text
from renewopt.inventory.cells.sizes import NOMINAL, PLASTIC_OUTSIDE
from renewopt.inventory.doubt import Doubt, Floats, Mask
from renewopt.inventory.doubts_of_sizes import SMALL, outside_unsaid, without_letters
from renewopt.inventory.headers import Match
from renewopt.inventory.units import UNITS, dimension, factor, units_of
from renewopt.inventory.words import key

LEAST = 3
"""Numbers that a column needs before its unit can be doubted."""
LEAST_AMOUNTS = 5
FAR = 1000.0
"""Times the median from which an amount of money is questioned."""
MONEY_SLIP = 10_000.0
_MAINS = np.array(
    sorted(s for s in {*NOMINAL, *PLASTIC_OUTSIDE} if s >= 80), dtype=np.float64
)
_MOST_PLACES = 6

SAMPLE = 200
"""Rows of a column that are looked at before all of them."""
_NO_OR_YES = frozenset({"0", "1", "0.0", "1.0"})
FAR_OUT = 2.0
"""Times what is usual from which a single number is far out."""
_CIRCLES = frozenset({"○", "〇", "◯"})
STUBS = frozenset({"length_m"})
"""Columns in which single numbers far below what is usual are common."""


def column_doubts(
    texts: pd.Series, parsed: Parsed, match: Match, surveyed: bool = False
) -> list[Doubt]:
    """Find what is doubtful about a column of numbers, or of bare codes, as a whole.

    Parameters
    ----------
    surveyed
        Whether the table has the columns of a CJJ 61 survey, whose codes are known.
    """
    if match.spec.kind == "choice" and len(texts) and not surveyed:
        bare = _bare_codes(texts, parsed)
        return [] if bare is None else [bare]
    if match.spec.kind == "flag" and len(texts):
        circles = _circles(texts, parsed)
        return [] if circles is None else [circles]
    if match.spec.kind not in {"number", "integer"} or not len(texts):
        return []
    whole = _unit(texts, parsed, match)
    mixed = None if whole else _mixed(texts, parsed, match)
    outside = None if whole else outside_unsaid(parsed, match)
    found = [_shares(texts, parsed, match), whole, mixed, outside, _far(parsed, match)]
    return [doubt for doubt in found if doubt is not None and doubt.cells.any()]


def _bare_codes(texts: pd.Series, parsed: Parsed) -> Doubt | None:
    """Question a column of nothing but 0 and 1: codes of a list, or yes and no."""
    first = texts.iloc[:SAMPLE][parsed.cells.iloc[:SAMPLE].notna()]
    if {key(text) for text in first.unique()} - _NO_OR_YES:
        return None
    taken = parsed.cells.notna().to_numpy()
    if not taken.any() or {key(t) for t in texts[taken].unique()} - _NO_OR_YES:
        return None
    return Doubt(taken, "inventory.bare_codes", taken_back=True, whole=True)


def _circles(texts: pd.Series, parsed: Parsed) -> Doubt | None:
    """Question ○ where no ● or √ stands beside it: it may be the mark of a yes."""
    if parsed.cells.eq(True).any():
        return None
    circles = texts.isin(_CIRCLES).to_numpy(dtype=bool)
    return (
        Doubt(circles, "inventory.circles_only", taken_back=True, whole=True)
        if (circles.any())
        else None
    )


def _shares(texts: pd.Series, parsed: Parsed, match: Match) -> Doubt | None:
    """Question 0.61 among percents: it may be 61 %, as spreadsheets store it."""
    if match.spec.unit != "%":
        return None
    values = parsed.cells.to_numpy(dtype=np.float64, na_value=np.nan)
    small = (values > 0) & (values <= 1)
    if not small.any():
        return None
    return Doubt(
        _without(texts, small, "[%％]"), "inventory.share_or_percent", taken_back=True,
        params=allowed(match.spec),
    )  # fmt: skip


def _without(texts: pd.Series, rows: Mask, pattern: str) -> Mask:
    """Keep the marked rows whose text does not hold a pattern; others are not read."""
    out = rows.copy()
    some = texts[rows]
    out[rows] = ~some.str.contains(pattern, regex=True).to_numpy(dtype=bool)
    return out


def _unit(texts: pd.Series, parsed: Parsed, match: Match) -> Doubt | None:
    """Question a column whose median lies outside what is usual, but not in a unit."""
    spec = match.spec
    if spec.usual is None:
        return None
    values = parsed.seen()
    if spec.notation == "pipe_size":
        values = without_letters(texts, values)
    known = values[~np.isnan(values)]
    if len(known) < LEAST:
        return None
    scale = factor(match.header.unit, spec.unit) if match.header.unit else None
    found = _better_unit(float(np.median(known)), spec.usual, spec.unit, scale or 1.0)
    if not found and spec.notation == "pipe_size" and not match.header.unit:
        found = _centimetres(known)
    if not found:
        return None
    unit, change = found
    other = values * change
    # What was rounded in the other unit may be half of its last place off.
    slack = 0.5 * 10.0 ** -_places(known) * change
    taken = parsed.cells.notna().to_numpy() & ~np.isnan(values)
    return Doubt(
        taken, "inventory.unit_magnitude", whole=True,
        low=np.minimum(values, other - slack), high=np.maximum(values, other + slack),
        params={
            "unit": match.header.unit or spec.unit, "likely": unit,
            "median": plain_text(float(np.median(known))),
        },
    )  # fmt: skip


def _mixed(texts: pd.Series, parsed: Parsed, match: Match) -> Doubt | None:
    """Question single cells that only another unit would bring to what is usual.

    0.5 among 40 and 30 (cm) may be metres: it is far out of what is usual in cm, or
    apart from all other numbers of the column, and usual in metres. A column under our
    own name is a clean table of ours: its numbers were judged when they came in.
    """
    spec = match.spec
    if spec.usual is None or not spec.unit or match.header.text == spec.name:
        return None
    low, high = spec.usual
    values = parsed.cells.to_numpy(dtype=np.float64, na_value=np.nan)
    odd = (values > 0) & ((values < low) | (values > high))
    if not odd.any():
        return None
    gaps = _gaps(values, spec.usual)
    if spec.name not in STUBS:
        far = (values < low / FAR_OUT) | (values > high * FAR_OUT)
        gaps[far] = np.inf
    scale = (factor(match.header.unit, spec.unit) or 1.0) if match.header.unit else 1.0
    found = np.zeros(len(values), dtype=bool)
    likely: dict[str, None] = {}
    apart = _without(texts, odd & (gaps > 1), _with_unit(spec.unit))
    for i in np.flatnonzero(apart):
        better = _better_unit(float(values[i]), spec.usual, spec.unit, scale)
        if better and gaps[i] ** 2 >= max(better[1], 1 / better[1]):
            found[i], likely[better[0]] = True, None
    return Doubt(
        found, "inventory.unit_of_cell", taken_back=True,
        params={"unit": spec.unit, "likely": " / ".join(likely)},
    )  # fmt: skip


def _gaps(values: Floats, usual: tuple[float, float]) -> Floats:
    """Give the widest gap, as a factor, between each number and those that are usual.

    Where numbers of all sizes lie between, as in a survey with stubs, no gap is wide.
    """
    gaps = np.ones(len(values))
    inside = values[(values >= usual[0]) & (values <= usual[1])]
    if not len(inside):
        return gaps
    edges = (values < usual[0], inside.min()), (values > usual[1], inside.max())
    for side, edge in edges:
        rows = np.flatnonzero(side & (values > 0))
        away = np.abs(np.log(values[rows] / edge))
        order = np.argsort(away, kind="stable")
        steps = np.diff(away[order], prepend=0.0)
        gaps[rows[order]] = np.exp(np.maximum.accumulate(steps))
    return gaps


@cache
def _with_unit(unit: str) -> str:
    """Give the pattern of a number that states a unit of this dimension itself."""
    names = sorted({*units_of(unit), *(key(n) for n in units_of(unit))}, key=len)
    return r"(?i)\d\s*(?:" + "|".join(map(re.escape, reversed(names))) + ")"


def _places(values: Floats) -> int:
    """Count the decimal places in which the numbers of a column are written."""
    for places in range(_MOST_PLACES):
        scaled = values * 10.0**places
        if np.isclose(scaled, np.round(scaled), rtol=0, atol=1e-6).all():
            return places
    return _MOST_PLACES


def _better_unit(
    median: float, usual: tuple[float, float], unit: str, scale: float
) -> tuple[str, float] | None:
    """Give the unit that brings the median to where it is usual, and the change."""
    low, high = usual
    if low <= median <= high or median == 0:
        return None
    own = UNITS.get(key(unit), ("", 1.0))[1]
    for name in units_of(unit):
        change = UNITS[name][1] / own / scale
        if change != 1.0 and low <= median * change <= high:
            return name, change
    return None


def _centimetres(sizes: Floats) -> tuple[str, float] | None:
    """Tell sizes that may be in cm: small ones that times ten are sizes of mains."""
    if np.median(sizes) >= SMALL:
        return None
    as_cm = np.isin(np.round(sizes * 10, 6), _MAINS).mean()
    return ("cm", 10.0) if as_cm >= 0.9 else None


def _far(parsed: Parsed, match: Match) -> Doubt | None:
    """Question amounts of money far from all others: 元 among 万元."""
    if dimension(match.spec.unit) != "money":
        return None
    values = parsed.cells.to_numpy(dtype=np.float64, na_value=np.nan)
    positive = values[values > 0]
    if len(positive) < LEAST_AMOUNTS:
        return None
    median = float(np.median(positive))
    far = values > FAR * median
    return Doubt(
        far, "inventory.amount_far", low=values / MONEY_SLIP, high=values,
        params={"median": plain_text(median), "unit": match.spec.unit},
    )  # fmt: skip
