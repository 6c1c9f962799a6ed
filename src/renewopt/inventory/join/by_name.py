"""Which asset a record means by a name: a compound, a waterlogging point, a station."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.words import key

_SPLIT = re.compile(r"[;；、,，]")
_BRACKET = re.compile(r"^(.{2,}?)[(（](.{2,})[)）]$")
LEAST = 2
"""Characters that a name has at least."""
ONE, SEVERAL = "one", "several"


def named_rows(
    records: pd.DataFrame, frame: pd.DataFrame
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Find the asset that each record names: its row, or -1; and where several fit.

    Names count as written, by their other names (`alias`, 小区名称(别名)) too, or where
    a record gives the name as its identifier. Of several of one name the one in the
    record's district counts.
    """
    rows = np.full(len(records), -1, dtype=np.int64)
    several = np.zeros(len(records), dtype=np.bool_)
    known = _known(frame)
    if not known:
        return rows, several
    districts = _keys(frame, "district")
    wheres = _keys(records, "district")
    told = [_keys(records, name) for name in ("asset_name", "asset_id")]
    for i in range(len(records)):
        fits: list[int] = next((known[t[i]] for t in told if t[i] in known), [])
        if len(fits) > 1 and wheres[i]:
            fits = [row for row in fits if districts[row] == wheres[i]] or fits
        if len(fits) == 1:
            other = wheres[i] and districts[fits[0]] and districts[fits[0]] != wheres[i]
            several[i] = bool(other)
            rows[i] = -1 if other else fits[0]
        elif fits:
            several[i] = True
    return rows, several


def only_class(records: pd.DataFrame, assets: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Give the one class that has an asset of the name; None where none or several."""
    found = pd.Series(None, index=records.index, dtype=object)
    times = np.zeros(len(records), dtype=np.int64)
    names = _keys(records, "asset_name")
    if not any(names):
        return found
    for owner, frame in sorted(assets.items()):
        known = _known(frame)
        has = np.array([name in known for name in names], dtype=bool)
        times += has
        found[has] = owner
    return found.where(pd.Series(times == 1, index=records.index), None)


def _known(frame: pd.DataFrame) -> dict[str, list[int]]:
    """Map each name to the rows that bear it, in lines no name does."""
    if "name" not in frame or "length_m" in frame:
        return {}
    known: dict[str, list[int]] = {}
    others = frame["alias"].tolist() if "alias" in frame else [None] * len(frame)
    pairs = zip(frame["name"].tolist(), others, strict=True)
    for row, (name, alias) in enumerate(pairs):
        for word in dict.fromkeys(_words(name, alias)):
            if len(word) >= LEAST:
                known.setdefault(word, []).append(row)
    return known


def _words(name: object, alias: object) -> Iterator[str]:
    if isinstance(name, str):
        yield key(name)
        found = _BRACKET.match(name.strip())
        if found:
            yield from (key(found[1]), key(found[2]))
    if isinstance(alias, str):
        yield from (key(part) for part in _SPLIT.split(alias))


def _keys(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return [key(text) if isinstance(text, str) else "" for text in frame[column]]
