"""How many assets of each class have their street segment, and by what."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

SOURCES = ("id", "name", "buffer", "graph")
PLACE_COLUMNS = ("asset_class", "assets", *SOURCES, "not_placed")


def empty_places() -> pd.DataFrame:
    """Give the table without a class."""
    return pd.DataFrame(
        {n: pd.Series(dtype="int64" if n in PLACE_COLUMNS[1:] else object)
         for n in PLACE_COLUMNS}
    )  # fmt: skip


def place_table(assets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the assets of each class by how they were placed."""
    rows = []
    for name, frame in sorted(assets.items()):
        row: dict[str, object] = dict.fromkeys(SOURCES, 0)
        placed = 0
        if "corridor_source" in frame:
            found = frame["corridor_source"].value_counts()
            row |= {source: int(found.get(source, 0)) for source in SOURCES}
            placed = int(found.sum())
        rows.append(
            {"asset_class": name, "assets": len(frame), **row}
            | {"not_placed": len(frame) - placed}
        )
    return pd.DataFrame(rows, columns=list(PLACE_COLUMNS))
