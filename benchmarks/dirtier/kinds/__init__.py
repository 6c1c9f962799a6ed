"""Kinds of dirt, one small function each; the register is `KINDS`."""

from benchmarks.dirtier.kinds import (
    choices,
    extra,
    headers,
    identifiers,
    layout,
    measures,
    merges,
    numbers,
    places,
    rows,
    sizes,
    texts,
    years,
)
from benchmarks.dirtier.kinds.base import KINDS, Kind

from benchmarks.dirtier.kinds import blocks  # isort: skip  (the last to be applied)

__all__ = [
    "KINDS", "Kind", "blocks", "choices", "extra", "headers", "identifiers", "layout",
    "measures", "merges", "numbers", "places", "rows", "sizes", "texts", "years",
]  # fmt: skip
