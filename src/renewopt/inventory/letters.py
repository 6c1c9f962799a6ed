"""Small letters before a size: dn is the outside diameter of plastics, else DN."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.inventory.bulk import arrow_texts, may_hold
from renewopt.inventory.cells import parse_column
from renewopt.inventory.cells.sizes import nominal_letters
from renewopt.inventory.headers import Match

_METAL = frozenset({
    "ductile_iron", "grey_cast_iron", "cast_iron", "steel", "galvanised_steel",
    "concrete", "cement", "asbestos_cement",
})  # fmt: skip
"""Materials that are never measured by the outside diameter dn of GB/T 13663."""


def with_letters_of_metal(
    matches: Sequence[Match], texts: Sequence[pd.Series]
) -> list[pd.Series]:
    """Write dn200 as DN200 in rows of iron, steel and concrete.

    The texts serve for reading the sizes only: what is said of a cell quotes the file.
    """
    out = list(texts)
    at = {match.spec.name: i for i, match in enumerate(matches)}
    if "material" not in at:
        return out
    for i, match in enumerate(matches):
        if match.spec.notation != "pipe_size":
            continue
        if not may_hold(arrow_texts(texts[i]), "dn"):
            continue
        number = at["material"]
        made = parse_column(texts[number], matches[number].spec).cells
        rows = np.flatnonzero(made.isin(_METAL).to_numpy(dtype=bool))
        cells = texts[i].to_numpy(dtype=object, copy=True)
        cells[rows] = [nominal_letters(str(cell)) for cell in cells[rows]]
        out[i] = pd.Series(cells, texts[i].index, dtype=object)
    return out
