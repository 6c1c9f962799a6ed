"""Shifted rows: cells moved sideways make nonsense of a whole row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.headers import Match

LEAST = 4
"""Cells of a row that must be nonsense."""
SHARE = 0.5
"""Share of its cells, texts apart, that must be."""


def reject_shifted(
    body: Body, matches: Sequence[Match], read: Mapping[str, Parsed]
) -> npt.NDArray[np.bool_]:
    """Reject rows in which most numbers, years and choices are not understood."""
    checked = [read[match.spec.name] for match in matches if match.spec.kind != "text"]
    none = np.zeros(len(body.cells), dtype=bool)
    some = [p for p in checked if any(o.quality == "bad" for o in p.outcomes)]
    if len(some) < LEAST:
        return none
    wrong = np.zeros(len(body.cells), dtype=np.int64)
    placed = np.zeros(len(body.cells), dtype=np.int64)
    filled = np.zeros(len(body.cells), dtype=np.int64)
    for parsed in some:
        wrong += parsed.of_quality("bad")
    if not (wrong >= LEAST).any():
        return none
    for parsed in checked:
        filled += parsed.of_quality("bad") | parsed.cells.notna().to_numpy()
    for match in matches:
        if match.spec.unit == "°":
            placed += read[match.spec.name].of_quality("bad")
    # Four coordinates in a notation of their own are no row that moved.
    shifted = (wrong >= LEAST) & (wrong >= SHARE * filled) & (wrong > placed)
    if len(shifted) and shifted.mean() > SHARE:
        return none
    body.add_rows(shifted, "inventory.row_shifted", "rejected", "")
    return shifted
