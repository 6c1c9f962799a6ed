"""Street segments that no table has: made from the street graph, always the same."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.bulk import arrow_texts, ascending
from renewopt.inventory.join.pieces import IntArray, Pieces, directions
from renewopt.inventory.join.plane import BoolArray, Plane
from renewopt.inventory.streets.assets import Texts
from renewopt.inventory.streets.graph import Segments

COLUMNS = (
    "corridor_id", "name", "street", "district", "length_m", "start_lon", "start_lat",
    "end_lon", "end_lat",
)  # fmt: skip


def known_ids(segments: Segments, given: pd.Series) -> pd.Series:
    """Give each part the identifier that its asset, neighbours or segment have.

    The asset's own; else that of the parts it runs beside longest; else the only one
    in its segment. Empty where the segment has none; None where it has several.

    Parameters
    ----------
    given
        Identifier of each asset ("" where it has none), by its number.
    """
    parts = segments.parts
    own = pd.Series(given.to_numpy(dtype=object)[parts.owner], dtype=object)
    a, b, metres = segments.beside
    pairs = pd.DataFrame(
        {
            "part": np.concatenate([a, b]),
            "id": np.concatenate([own.to_numpy()[b], own.to_numpy()[a]]),
            "metres": np.concatenate([metres, metres]),
        }
    )
    pairs = pairs[pairs["id"] != ""]
    sums = pairs.groupby(["part", "id"])["metres"].sum().reset_index()
    sums["metres"] = sums["metres"].round(6)
    sums = sums.sort_values(["part", "metres", "id"], ascending=[True, False, True])
    beside = sums.drop_duplicates("part").set_index("part")["id"]
    ids = pd.DataFrame({"label": segments.label, "id": own})
    by_label = ids[ids["id"] != ""].drop_duplicates().groupby("label")["id"]
    only, many = by_label.first(), by_label.size() > 1
    of_segment = pd.Series(segments.label).map(only.mask(many, None))
    several = pd.Series(segments.label).map(many).eq(True)
    found = own.where(own != "", pd.Series(own.index).map(beside))
    found = found.where(found.notna(), of_segment)
    return found.where(found.notna() | several, "").astype(object)


@dataclass(frozen=True, eq=False)
class Naming:
    """The identifiers of the parts.

    Attributes
    ----------
    code
        Number of the identifier of each part; -1 where it has none.
    names
        The identifiers, by number.
    fresh
        Which parts have an identifier that was made for them.
    """

    code: IntArray
    names: Texts
    fresh: BoolArray


def name_parts(segments: Segments, about: pd.DataFrame) -> Naming:
    """Give each part an identifier: a known one, else a new one of its segment.

    Parameters
    ----------
    about
        `asset_class`, `asset_id` and `corridor_id` of each asset, by its number.
    """
    given = about["corridor_id"].to_numpy(dtype=object)
    owner, label = segments.parts.owner, segments.label
    if not (given[owner] != "").any():
        every = np.ones(len(owner), dtype=np.bool_)
        return Naming(label, _new_ids(segments, about, every), every)
    known = known_ids(segments, about["corridor_id"]).to_numpy(dtype=object)
    fresh = np.asarray(known == "", dtype=np.bool_)
    made = _new_ids(segments, about, fresh)
    number, names = pd.factorize(np.where(fresh, made[label], known))
    return Naming(number.astype(np.int64), np.asarray(names, dtype=object), fresh)


def _new_ids(segments: Segments, about: pd.DataFrame, fresh: BoolArray) -> Texts:
    """Make an identifier per segment from the first of its parts by class and asset.

    Parameters
    ----------
    fresh
        Which parts need a new identifier; segments without such a part have None.
    """
    owner = segments.parts.owner
    turn = _turns(owner)
    if (
        _in_order(about)
        and bool((np.diff(owner) >= 0).all())
        and turn.max(initial=0) < 10
    ):
        part, label = _first_parts(segments.label, fresh)
        kinds = about["asset_class"].to_numpy(dtype=object)[owner[part]]
        ids = about["asset_id"].to_numpy(dtype=object)[owner[part]]
        rows = zip(kinds, ids, turn[part].tolist(), strict=True)
        texts = [f"{kind}/{own}/{place}" for kind, own, place in rows]
    else:
        names = about["asset_class"] + "/" + about["asset_id"].astype(str) + "/"
        part_name = names.to_numpy(dtype=object)[owner] + turn.astype(str).astype(
            object
        )
        least = pd.Series(part_name[fresh]).groupby(segments.label[fresh]).min()
        texts, label = least.tolist(), least.index.to_numpy()
    made = np.full(int(segments.label.max(initial=-1)) + 1, None, dtype=object)
    made[label] = [f"G-{sha256(text.encode()).hexdigest()[:12]}" for text in texts]
    return made


def _turns(owner: IntArray) -> IntArray:
    """Count the parts of each asset: 0, 1 and so on, as they come."""
    order = np.argsort(owner, kind="stable")
    new = np.ones(len(owner), dtype=np.bool_)
    new[1:] = owner[order][1:] != owner[order][:-1]
    place = np.arange(len(owner), dtype=np.int64)
    turns = np.empty(len(owner), dtype=np.int64)
    turns[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    return turns


def _in_order(about: pd.DataFrame) -> bool:
    """Tell whether `class/asset/` comes in the order of the rows, whatever follows."""
    kinds, ids = about["asset_class"], arrow_texts(about["asset_id"])
    if pc.any(pc.match_substring(ids, "/")).as_py():
        return False
    number, names = pd.factorize(kinds.to_numpy(dtype=object))
    if bool((np.diff(number) < 0).any()) or any(
        f"{a}/" >= f"{b}/" for a, b in pairwise(names)
    ):
        return False
    ends = [*np.searchsorted(number, range(len(names))).tolist(), len(number)]
    none, end = (pa.scalar(text, pa.large_string()) for text in ("", "/"))
    named = pc.binary_join_element_wise(ids, end, none)
    return all(ascending(named.slice(low, high - low)) for low, high in pairwise(ends))


def _first_parts(label: IntArray, fresh: BoolArray) -> tuple[IntArray, IntArray]:
    """Give the first part of each segment that needs a name, and the segment."""
    first = np.full(int(label.max(initial=-1)) + 1, -1, dtype=np.int64)
    some = np.flatnonzero(fresh)[::-1]
    first[label[some]] = some
    found = np.flatnonzero(first >= 0)
    return first[found], found


def fullest(parts: Pieces, naming: Naming, assets: int, least: float) -> IntArray:
    """Choose one segment per asset: of those that hold enough of it, the fullest.

    So assets that share several segments take the same one. Gives the number of its
    identifier for each asset; -1 where it has none.
    """
    known = np.flatnonzero(naming.code >= 0)
    chosen = np.full(assets, -1, dtype=np.int64)
    if not len(known):
        return chosen
    key = parts.owner[known] * len(naming.names) + naming.code[known]
    order = np.argsort(key, kind="stable")
    first = _starts(key[order])
    asset, code = np.divmod(key[order][first], len(naming.names))
    metres = np.add.reduceat(parts.length[known][order], first)
    own = _starts(asset)
    whole = np.bincount(asset, metres)[asset]
    number = np.diff(np.append(own, len(asset)))
    largest = np.repeat(np.maximum.reduceat(metres, own), number)
    full = np.round(np.bincount(code, metres), 3)[code]
    full = np.where((metres >= least * whole) | (metres == largest), full, -1.0)
    best = np.flatnonzero(full == np.repeat(np.maximum.reduceat(full, own), number))
    # Of segments that are as full, the first by its identifier.
    lone = np.bincount(asset[best])[asset[best]] == 1
    chosen[asset[best[lone]]] = code[best[lone]]
    rest = best[~lone]
    equal = zip(asset[rest].tolist(), naming.names[code[rest]], code[rest].tolist(),
                strict=True)  # fmt: skip
    for one, _, taken in sorted(equal, reverse=True):
        chosen[one] = taken
    return chosen


def _starts(numbers: IntArray) -> IntArray:
    """Give where each run of equal numbers begins."""
    new = np.ones(len(numbers), dtype=np.bool_)
    new[1:] = numbers[1:] != numbers[:-1]
    return np.flatnonzero(new)


def corridor_rows(
    parts: Pieces, naming: Naming, wanted: BoolArray, about: pd.DataFrame, plane: Plane
) -> pd.DataFrame:
    """Describe new segments: ends along their longest part, commonest street.

    Parameters
    ----------
    wanted
        Which identifiers are described.
    about
        `street` and `district` of each asset, by its number.
    """
    which = np.flatnonzero(naming.fresh & (naming.code >= 0))
    which = which[wanted[naming.code[which]]]
    if not len(which):
        return pd.DataFrame(columns=list(COLUMNS))
    which = which[np.argsort(naming.code[which], kind="stable")]
    first = _starts(naming.code[which])
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(which))))
    length = parts.length[which].round(6)
    longest = length == np.maximum.reduceat(length, first)[group]
    base = np.minimum.reduceat(np.where(longest, which, len(parts)), first)
    (ux, uy), on = directions(parts), base[group]
    ends = [
        (x[which] - parts.x1[on]) * ux[on] + (y[which] - parts.y1[on]) * uy[on]
        for x, y in ((parts.x1, parts.y1), (parts.x2, parts.y2))
    ]
    low = np.minimum.reduceat(np.minimum(*ends), first)
    high = np.maximum.reduceat(np.maximum(*ends), first)
    code = naming.code[which[first]]
    out = pd.DataFrame({"corridor_id": pd.Series(naming.names[code], dtype=object)})
    for head, at in (("start", low), ("end", high)):
        x = parts.x1[base] + at * ux[base]
        y = parts.y1[base] + at * uy[base]
        lon, lat = plane.degrees(x, y)
        out[f"{head}_lon"], out[f"{head}_lat"] = lon.round(6), lat.round(6)
    out["length_m"] = (high - low).round(1)
    for name in ("street", "district"):
        texts = about[name].to_numpy(dtype=object)
        out[name] = _commonest(group, texts, parts.owner[which])
    return out.assign(name=out["street"])[list(COLUMNS)]


def _commonest(group: IntArray, texts: Texts, rows: IntArray) -> pd.Series:
    """Give the commonest text of each group; the first in order where two are."""
    number, names = pd.factorize(texts)
    order = np.argsort(names.astype(object), kind="stable")
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    key = np.sort(group * len(names) + rank[number[rows]])
    first = _starts(key)
    count = np.diff(np.append(first, len(key)))
    own, text = np.divmod(key[first], len(names))
    begin = _starts(own)
    size = np.diff(np.append(begin, len(own)))
    most = count == np.repeat(np.maximum.reduceat(count, begin), size)
    least = np.minimum.reduceat(np.where(most, text, len(names)), begin)
    return pd.Series(np.asarray(names, dtype=object)[order][least], dtype=object)
