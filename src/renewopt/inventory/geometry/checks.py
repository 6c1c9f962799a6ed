"""Checks across assets: lengths against geometry, and lines drawn twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.geometry.place import Notes
from renewopt.inventory.geometry.settings import GeometrySettings
from renewopt.inventory.geometry.shapes import Located

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_CELL = 1e6
"""Ends within a millionth of a degree (0.1 m) are the same place."""


def compare_lengths(
    stated: Floats, located: Located, settings: GeometrySettings, notes: Notes
) -> None:
    """Question lengths that their geometry contradicts.

    A line known by its two ends only may wind, so it may be longer than the distance
    between them, but not shorter.

    Parameters
    ----------
    stated
        Length per asset as the table says, metres.
    """
    metres = located.metres
    allowed = np.maximum(settings.length_share * metres, settings.length_m)
    differ = stated < metres - allowed
    if notes.geometry.straight:
        differ |= stated > metres + allowed
    for i in np.flatnonzero(differ):
        notes.add(
            "inventory.length_differs", "questioned", int(i), f"{stated[i]:.10g}",
            notes.geometry.lengths, metres=round(float(metres[i]), 1),
            allowed=round(float(allowed[i]), 1),
        )  # fmt: skip


def note_reversed(parts: list[tuple[Notes, Located | None]]) -> None:
    """Question lines of one class that run from A to B and from B to A."""
    table = pd.concat([_ends(number, *part) for number, part in enumerate(parts)])
    by_node = _pairs(table[(table["node_a"] != "") & (table["node_b"] != "")],
                     "node_a", "node_b")  # fmt: skip
    by_place = _pairs(table[table["a"] >= 0], "a", "b")
    if len(by_place):
        spread = by_place.groupby(["low", "high"])["metres"]
        least, most = spread.transform("min"), spread.transform("max")
        by_place = by_place[most - least <= np.maximum(1.0, 0.01 * most)]
        again = by_place.index.isin(by_node.index)
        by_place = by_place[~again]
    for found in (by_node, by_place):
        for _, group in found.groupby(["low", "high"], sort=False):
            names = group["asset_id"].tolist()
            for part, owner, name in zip(
                group["part"], group["owner"], names, strict=True
            ):
                others = ", ".join(str(other) for other in names if other != name)
                parts[part][0].add(
                    "inventory.reversed_line", "questioned", int(owner), str(name), "",
                    others=others,
                )  # fmt: skip


def _ends(number: int, notes: Notes, located: Located | None) -> pd.DataFrame:
    """List the ends of a table's lines, by node and by place (-1: not known)."""
    geometry = notes.geometry
    size = len(geometry.asset_id)
    empty = np.full(size, "", dtype=object)
    nodes = geometry.nodes or (empty, empty)
    places = [np.full(size, -1, dtype=np.int64)] * 2
    metres = np.full(size, np.nan)
    if located is not None:
        places = [_place_code(located.start), _place_code(located.end)]
        metres = located.metres
    frame = pd.DataFrame(
        {
            "part": number, "owner": np.arange(size), "asset_id": geometry.asset_id,
            "node_a": nodes[0], "node_b": nodes[1], "a": places[0], "b": places[1],
            "metres": metres,
        }
    )  # fmt: skip
    frame.index = pd.MultiIndex.from_arrays([frame["part"], frame["owner"]])
    frame.index.names = ["p", "o"]
    return frame


def _place_code(points: Floats) -> npt.NDArray[np.int64]:
    """Give places numbers, on a grid of a millionth of a degree; -1: not known."""
    known = ~np.isnan(points).any(axis=1)
    cells = np.round(np.nan_to_num(points) * _CELL).astype(np.int64)
    code = (cells[:, 0] + 180_000_000) * 180_000_001 + cells[:, 1] + 90_000_000
    return np.where(known, code, -1)


def _pairs(table: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Keep the lines whose ends another line has the other way round."""
    table = table[table[first] != table[second]]
    forward = (table[first] < table[second]).to_numpy(dtype=bool)
    low = table[first].where(forward, table[second])
    high = table[second].where(forward, table[first])
    table = table.assign(low=low, high=high, forward=forward)
    table = table[table.duplicated(["low", "high"], keep=False)]
    if not len(table):
        return table
    kinds = table.groupby(["low", "high"])["forward"].transform("nunique")
    return table[kinds > 1]
