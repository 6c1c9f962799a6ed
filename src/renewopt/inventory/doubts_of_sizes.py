"""Doubts about sizes of pipes: outside diameters and centimetres that nobody states."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from renewopt.inventory.cells import Parsed
from renewopt.inventory.cells.outcome import plain_text
from renewopt.inventory.cells.sizes import OUTSIDE_ONLY, marked, outside_of_plastic
from renewopt.inventory.doubt import Doubt, Floats
from renewopt.inventory.headers import Match

SMALL = 65.0
"""Median size in mm below which a column may as well be in cm."""
SHOWN = 6
MANY = 20_000
_SAYS_OUTSIDE = re.compile(r"外径|de(?![a-z])", re.IGNORECASE)
_SAYS_SIZE = r"(?i)d[ne]|[φΦø∅ф]"


def outside_unsaid(parsed: Parsed, match: Match) -> Doubt | None:
    """Question bare 63, 110 and 160: sizes of plastics by their outside diameters.

    They stay as they are written; a column under our own name is a clean table.
    """
    spec = match.spec
    stated = match.outside or match.header.text == spec.name
    if (
        spec.notation != "pipe_size"
        or stated
        or _SAYS_OUTSIDE.search(match.header.text)
    ):
        return None
    values = parsed.cells.to_numpy(dtype=np.float64, na_value=np.nan)
    cells = marked(values, OUTSIDE_ONLY) & parsed.of_quality("exact")
    if not cells.any():
        return None
    odd = sorted(float(size) for size in np.unique(values[cells]))
    low, high = values.copy(), values.copy()
    for size in odd:
        low[values == size], high[values == size] = outside_of_plastic(size)
    shown = ", ".join(plain_text(size) for size in odd[:SHOWN])
    return Doubt(
        cells, "inventory.outside_unsaid", whole=True, low=low, high=high,
        params={"sizes": shown},
    )  # fmt: skip


def without_letters(texts: pd.Series, values: Floats) -> Floats:
    """Leave out the sizes that say what they are: DN50 is no number of centimetres."""
    small = np.flatnonzero(values < SMALL)
    if not len(small) or (len(values) > MANY and np.nanmedian(values) >= SMALL):
        return values
    out = values.copy()
    said = texts.iloc[small].str.contains(_SAYS_SIZE, regex=True).to_numpy(dtype=bool)
    out[small[said]] = np.nan
    return out
