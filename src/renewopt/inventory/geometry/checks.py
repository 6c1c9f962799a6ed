"""Checks across assets: lengths against geometry, and lines drawn twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.geometry.place import Notes
from renewopt.inventory.geometry.settings import GeometrySettings
from renewopt.inventory.geometry.shapes import Located

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[Any]
Parts = Sequence[tuple[Notes, Located | None]]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
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
    owners = np.flatnonzero(differ)
    given = zip(metres[owners].tolist(), allowed[owners].tolist(), strict=True)
    notes.add_many(
        "inventory.length_differs", "questioned", owners,
        [f"{length:.10g}" for length in stated[owners].tolist()],
        notes.geometry.lengths,
        [{"metres": round(way, 1), "allowed": round(more, 1)} for way, more in given],
    )  # fmt: skip


def note_reversed(parts: Parts) -> None:
    """Question lines of one class that run from A to B and from B to A."""
    by_node = _pairs(parts, _nodes)
    by_place = _pairs(parts, _places)
    if len(by_place):
        spread = by_place.groupby(["low", "high"])["metres"]
        least, most = spread.transform("min"), spread.transform("max")
        alike = most - least <= np.maximum(1.0, 0.01 * most)
        known = set(zip(by_node["part"], by_node["owner"], strict=True))
        mine = zip(by_place["part"], by_place["owner"], strict=True)
        again = np.array([item in known for item in mine], dtype=bool)
        by_place = by_place[alike & ~again]
    for found in (by_node, by_place):
        for _, group in found.groupby(["low", "high"], sort=False):
            members = list(zip(group["part"], group["owner"], strict=True))
            names = [str(parts[p][0].geometry.asset_id[o]) for p, o in members]
            for (part, owner), name in zip(members, names, strict=True):
                others = ", ".join(other for other in names if other != name)
                parts[part][0].add(
                    "inventory.reversed_line", "questioned", int(owner), name, "",
                    others=others,
                )  # fmt: skip


def _nodes(notes: Notes, located: Located | None) -> tuple[Keys, Keys, Flags]:
    """Give both ends of a table's lines by node, and where both are there."""
    if notes.geometry.nodes is None:
        empty = np.full(len(notes.geometry.asset_id), "", dtype=object)
        return empty, empty, np.zeros(len(empty), dtype=bool)
    first, last = notes.geometry.nodes
    return first, last, np.asarray((first != "") & (last != ""), dtype=bool)


def _places(notes: Notes, located: Located | None) -> tuple[Keys, Keys, Flags]:
    """Give both ends of a table's lines by place, and where both are known."""
    if located is None:
        none = np.zeros(len(notes.geometry.asset_id), dtype=np.int64)
        return none, none, none > 0
    first, last = _place_code(located.start), _place_code(located.end)
    return first, last, (first >= 0) & (last >= 0)


def _place_code(points: Floats) -> npt.NDArray[np.int64]:
    """Give places numbers, on a grid of a millionth of a degree; -1: not known."""
    known = ~np.isnan(points).any(axis=1)
    cells = np.round(np.nan_to_num(points) * _CELL).astype(np.int64)
    code = (cells[:, 0] + 180_000_000) * 180_000_001 + cells[:, 1] + 90_000_000
    return np.where(known, code, -1)


def _keys(first: Keys, last: Keys) -> npt.NDArray[np.uint64]:
    """Give a number per pair of ends, the same in both directions."""
    if first.dtype == object:
        both = [pd.util.hash_array(ends, categorize=True) for ends in (first, last)]
    else:
        # Spread, so that sums of different pairs do not meet.
        both = [ends.astype(np.uint64) * _SPREAD for ends in (first, last)]
        both = [ends ^ (ends >> np.uint64(29)) for ends in both]
    total: npt.NDArray[np.uint64] = both[0] + both[1]
    return total


def _often(found: Sequence[tuple[Keys, Keys, Flags]]) -> npt.NDArray[np.uint64]:
    """List the numbers of pairs that occur more than once."""
    keys = np.sort(np.concatenate([_keys(a[k], b[k]) for a, b, k in found]))
    return np.unique(keys[1:][keys[1:] == keys[:-1]])


def _pairs(
    parts: Parts, ends: Callable[[Notes, Located | None], tuple[Keys, Keys, Flags]]
) -> pd.DataFrame:
    """List the lines whose ends another line has the other way round."""
    found = [ends(notes, located) for notes, located in parts]
    often = _often(found)
    tables = []
    for number, (_, located) in enumerate(parts):
        first, last, known = found[number]
        owner = np.flatnonzero(known & np.asarray(first != last, dtype=bool))
        owner = owner[np.isin(_keys(first[owner], last[owner]), often)]
        first, last = first[owner], last[owner]
        forward = np.asarray(first < last, dtype=bool)
        metres = np.nan if located is None else located.metres[owner]
        tables.append(
            pd.DataFrame(
                {
                    "low": np.where(forward, first, last),
                    "high": np.where(forward, last, first),
                    "forward": forward, "part": number, "owner": owner,
                    "metres": metres,
                }
            )
        )  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    table = table[table.duplicated(["low", "high"], keep=False)]
    if not len(table):
        return table
    kinds = table.groupby(["low", "high"])["forward"].transform("nunique")
    return table[kinds > 1]
