"""Sizes of pipes: DN, de, Φ219×6, boxes, pairs, inches."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.amounts import plain_number
from renewopt.inventory.cells.numbers import allowed, fits, parse_number
from renewopt.inventory.cells.outcome import (
    Context,
    Outcome,
    bad,
    bounded,
    converted,
)
from renewopt.inventory.units import factor
from renewopt.inventory.words import has_mark, plain, tight

NOMINAL = (
    10, 15, 20, 25, 32, 40, 50, 65, 80, 100, 125, 150, 200, 250, 300, 350, 400, 450,
    500, 600, 700, 800, 900, 1000, 1100, 1200, 1400, 1500, 1600, 1800, 2000, 2200,
    2400, 2600, 2800, 3000, 3200, 3400, 3600, 3800, 4000,
)  # fmt: skip
"""Nominal sizes DN (GB/T 1047)."""
STEEL_OUTSIDE = {
    17: 10, 18: 10, 21.3: 15, 22: 15, 25: 20, 26.9: 20, 27: 20, 32: 25, 33.7: 25,
    34: 25, 38: 32, 42: 32, 42.4: 32, 45: 40, 48: 40, 48.3: 40, 57: 50, 60: 50,
    60.3: 50, 73: 65, 76: 65, 76.1: 65, 88.9: 80, 89: 80, 108: 100, 114: 100,
    114.3: 100, 133: 125, 140: 125, 159: 150, 165: 150, 168: 150, 168.3: 150,
    219: 200, 219.1: 200, 273: 250, 323.9: 300, 325: 300, 355.6: 350, 377: 350,
    406: 400, 406.4: 400, 426: 400, 457: 450, 478: 450, 480: 450, 508: 500, 529: 500,
    530: 500, 610: 600, 630: 600, 711: 700, 720: 700, 813: 800, 820: 800, 914: 900,
    920: 900, 1016: 1000, 1020: 1000, 1219: 1200, 1220: 1200, 1420: 1400, 1620: 1600,
}  # fmt: skip
"""Outside diameter of steel pipes → DN (both series in use)."""
PLASTIC_OUTSIDE = {
    20: 15, 25: 20, 32: 25, 40: 32, 50: 40, 63: 50, 75: 65, 90: 80, 110: 100, 125: 100,
    140: 125, 160: 150, 180: 150, 200: 200, 225: 200, 250: 250, 280: 250, 315: 300,
    355: 350, 400: 400, 450: 450, 500: 500, 560: 500, 630: 600, 710: 700, 800: 800,
    900: 900, 1000: 1000, 1200: 1200,
}  # fmt: skip
"""Outside diameter dn of polyethylene pipes → DN, as commonly matched."""
ONLY_STEEL = frozenset(STEEL_OUTSIDE) - {*NOMINAL, *PLASTIC_OUTSIDE}
"""Sizes that can only be outside diameters of steel: 219, 325."""
ONLY_PLASTIC = frozenset(PLASTIC_OUTSIDE) - {*NOMINAL, *STEEL_OUTSIDE}
"""Sizes that can only be outside diameters of plastics: 63, 110, 160."""
EITHER_OUTSIDE = frozenset(PLASTIC_OUTSIDE) & frozenset(STEEL_OUTSIDE) - {*NOMINAL}
"""Sizes that are outside diameters of one or the other, but never nominal: 140, 630."""
OUTSIDE_ONLY = ONLY_PLASTIC | EITHER_OUTSIDE
_TENTHS = 50_000
_PLASTIC = {float(outside): nominal for outside, nominal in PLASTIC_OUTSIDE.items()}
INCHES = {
    0.5: 15, 0.75: 20, 1.0: 25, 1.25: 32, 1.5: 40, 2.0: 50, 2.5: 65, 3.0: 80, 4.0: 100,
    5.0: 125, 6.0: 150, 8.0: 200, 10.0: 250, 12.0: 300, 14.0: 350, 16.0: 400,
    18.0: 450, 20.0: 500, 24.0: 600, 28.0: 700, 32.0: 800, 36.0: 900, 40.0: 1000,
}  # fmt: skip
"""Inches → DN."""
BORE = 0.75
"""Least bore of a plastic pipe as a share of its outside diameter (SDR 9)."""

_OUTSIDE = "inventory.outside_diameter"

_N = r"(\d+(?:\.\d+)?)"
_END = r"(?:mm|毫米)?$"
_BARE = re.compile(rf"^{_N}{_END}")
_DN = re.compile(rf"^dn{_N}{_END}")
_DE = re.compile(rf"^de{_N}(?:[x*]{_N})?{_END}")
_PHI = re.compile(rf"^(?:o|d){_N}{_END}")
_WALL = re.compile(rf"^(?:o|d)?{_N}[x*]{_N}{_END}")
_BOX = re.compile(rf"^{_N}(m|cm|mm)?[x*]{_N}(m|cm|mm)?$")
_INCH = re.compile(rf"^{_N}(?:寸|吋|英寸|\"|''|″|inch|inches|in)$")
_PAIR = re.compile(rf"^(\d)(?:[x*]|根|-)?((?:dn|de|o|d){_N}(?:[x*]{_N})?){_END}")
_PAIR_AFTER = re.compile(rf"^(dn{_N})[x*](\d){_END}")
_TWO = re.compile(rf"^(?:dn|o|d)?{_N}[/、\-~](?:dn|o|d)?{_N}{_END}")
_SMALL = re.compile(r"dn(?=\s*\d)")
_SIGNS = str.maketrans(dict.fromkeys("×✕╳х", "x") | dict.fromkeys("φøϕ⌀∅Фф", "o"))


def parse_size(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a pipe size as a nominal diameter in mm.

    A box gives its equivalent diameter √(4·W·H/π); an outside diameter the nominal one
    of the tables, bounded by bore and outside.
    """
    if text.isascii() and text.isdigit() and not context.outside:
        return _bare(text, spec, context)
    if has_mark(text):
        return bad("inventory.footnote_mark")
    # A space that is left stands between two numbers: no way reads over it.
    word = tight(text).translate(_SIGNS)
    if context.outside and (outside := _outside(word, spec, context)):
        return _held(outside, spec)
    if _is_small(text, word) and (outside := _small(word, spec, context)):
        return _held(outside, spec)
    for way in (_nominal, _plastic, _steel, _inch, _pair, _two, _box):
        found = way(word, spec, context)
        if found is not None:
            return _held(found, spec)
    if not context.outside:
        return _bare(text, spec, context)
    number = parse_number(text, spec, context)
    if not isinstance(number.value, int | float):
        return number
    least = number.low if number.quality == "bounded" else number.value
    most = number.high if number.quality == "bounded" else number.value
    value = float(number.value)
    return _held(bounded(value, least * BORE, most, _OUTSIDE), spec)


def _bare(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a number as the nominal size; 219, which steel alone has, as Φ219."""
    number = parse_number(text, spec, context)
    if context.clean or number.quality != "exact":
        return number
    if number.value in ONLY_STEEL:
        size = float(number.value)
        return _held(_by_outside(size, STEEL_OUTSIDE, size * BORE), spec)
    return number


def marked(
    sizes: npt.NDArray[np.float64], wanted: Iterable[float]
) -> npt.NDArray[np.bool_]:
    """Mark the sizes that are among some, which have one decimal place at most."""
    table = np.zeros(_TENTHS + 1, dtype=np.bool_)
    table[[round(size * 10) for size in wanted]] = True
    tenths = np.where(np.abs(sizes) < _TENTHS / 10, sizes * 10, 0.0)
    whole = np.rint(tenths).astype(np.int64)
    found: npt.NDArray[np.bool_] = table[np.maximum(whole, 0)] & (whole == tenths)
    return found


def outside_of_plastic(size: float) -> tuple[float, float]:
    """Give the interval of a bare 110, which no nominal size is."""
    found = _by_outside(size, PLASTIC_OUTSIDE, size * BORE)
    return found.low, found.high


def _is_small(text: str, word: str) -> bool:
    """Tell whether a size stands behind a small dn."""
    return "dn" in word and _SMALL.search(plain(text)) is not None


def _small(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read dn200 as de200: in small letters it is the outside diameter of plastics.

    Rows of iron, steel or concrete are read as DN before they come here.
    """
    outside = word.replace("dn", "de")
    return _plastic(outside, spec, context) or _pair(outside, spec, context)


def nominal_letters(text: str) -> str:
    """Write dn200 as DN200."""
    return _SMALL.sub("DN", plain(text)) if "n" in text.casefold() else text


def _outside(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read a size under a header of outside diameters: 110 as de110, 219 as Φ219.

    DN200 there may be the nominal or the outside diameter; both bound it.
    """
    scale = (factor(context.unit, spec.unit) or 1.0) if context.unit else 1.0
    if bare := _BARE.match(word):
        stated = scale if bare.end(1) == len(word) else 1.0
        size = round(float(bare[1]) * stated, 9)
        tables: tuple[Mapping[float, int], ...] = (_PLASTIC, STEEL_OUTSIDE)
        nominal = {table[size] for table in tables if size in table}
        found = _by_outside(size, {size: max(nominal)} if nominal else {}, size * BORE)
        return replace(found, low=min((found.low, *nominal)))
    named = _DN.match(word)
    if named and float(named[1]) in NOMINAL:
        size = float(named[1])
        return bounded(size, size * BORE, size, _OUTSIDE)
    two = _two(word, spec, context)
    if two is not None:
        return bounded(float(two.high), two.low * BORE, two.high, _OUTSIDE)
    return None


def _held(found: Outcome, spec: ColumnSpec) -> Outcome:
    """Hold a size to the bounds of its column."""
    if not isinstance(found.value, int | float):
        return found
    wrong = fits(float(found.value), spec)
    if wrong:
        return bad(wrong, allowed(spec), float(found.value))
    if found.quality != "bounded":
        return found
    low = found.low if spec.min is None else max(found.low, spec.min)
    high = found.high if spec.max is None else min(found.high, spec.max)
    value = float(found.value)
    return Outcome(value, "bounded", found.code, low, high, value, {}, found.pipes)


def _nominal(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read DN200; DN110 is none, and may be an outside diameter."""
    found = _DN.match(word)
    if found is None:
        return None
    size = float(found[1])
    if size in PLASTIC_OUTSIDE and size not in NOMINAL:
        return _by_outside(size, PLASTIC_OUTSIDE, size * BORE)
    return Outcome(size, seen=size)


def _plastic(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    found = _DE.match(word)
    if found is None:
        return None
    size = float(found[1])
    bore = size - 2 * float(found[2]) if found[2] else size * BORE
    return _by_outside(size, PLASTIC_OUTSIDE, bore) if bore > 0 else None


def _steel(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read Φ219×6, D219*6 and Φ219; Φ200 may be nominal or outside."""
    wall = _WALL.match(word)
    if wall and _is_wall(word, float(wall[1]), float(wall[2])):
        outside = float(wall[1])
        return _by_outside(outside, STEEL_OUTSIDE, outside - 2 * float(wall[2]))
    found = _PHI.match(word)
    if found is None:
        return None
    size = float(found[1])
    if size in STEEL_OUTSIDE and size not in NOMINAL:
        return _by_outside(size, STEEL_OUTSIDE, size * BORE)
    return bounded(size, size * BORE, size, _OUTSIDE)


def _is_wall(word: str, outside: float, wall: float) -> bool:
    """Tell a wall from the second side of a box."""
    marked = word[0] in "od"
    known = outside in STEEL_OUTSIDE or outside in PLASTIC_OUTSIDE
    return 0 < 2 * wall < outside and wall <= 60 and (marked or (known and wall < 30))


def _by_outside(
    outside: float, table: Mapping[float, int] | Mapping[int, int], bore: float
) -> Outcome:
    nominal = {float(k): v for k, v in table.items()}.get(outside)
    value = float(nominal) if nominal is not None else round(bore, 1)
    low, high = min(value, bore), max(value, outside)
    return bounded(value, round(low, 1), high, _OUTSIDE)


def _inch(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    found = _INCH.match(word)
    if found is None:
        return None
    size = float(found[1])
    value = float(INCHES.get(size, round(size * 25.4)))
    exact = round(size * 25.4, 1)
    return bounded(
        value, min(value, exact), max(value, exact), "inventory.size_in_inches"
    )


def _pair(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read 2×DN300: two pipes of the size."""
    found = _PAIR.match(word)
    after = _PAIR_AFTER.match(word)
    if found:
        count, size = int(found[1]), found[2]
    elif after:
        count, size = int(after[3]), after[1]
    else:
        return None
    one = next(
        (o for w in (_nominal, _plastic, _steel) if (o := w(size, spec, context))), None
    )
    if one is None or not isinstance(one.value, float) or count < 1:
        return None
    if one.quality == "bounded":
        return Outcome(one.value, "bounded", one.code, one.low, one.high, pipes=count)
    return Outcome(
        one.value, "converted", "inventory.pair_of_pipes", seen=one.value, pipes=count
    )


def _two(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read DN200/150: one of two; the larger one is the estimate (dearer)."""
    found = _TWO.match(word)
    if found is None:
        return None
    low, high = sorted((float(found[1]), float(found[2])))
    scale = (factor(context.unit, spec.unit) or 1.0) if context.unit else 1.0
    if "d" in word or "o" in word:
        scale = 1.0
    return bounded(high * scale, low * scale, high * scale, "inventory.two_sizes")


def _box(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    found = _BOX.match(word)
    if found is None:
        return None
    unit = found[4] or found[2] or context.unit or spec.unit
    width, height = (plain_number(found[i]) or 0.0 for i in (1, 3))
    scale = factor(unit, spec.unit)
    least = (spec.min or 0.0) * 5
    if scale is None or min(width, height) * scale < least:
        return bad("inventory.not_a_number", allowed(spec))
    value = round(math.sqrt(4 * width * height / math.pi) * scale, 1)
    return converted(value, "inventory.box_section", value)
