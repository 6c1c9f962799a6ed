"""Assets as straight pieces in the plane, and which of them are near a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.geometry.wkb import straight_ends
from renewopt.inventory.join.cells import (
    boxes_of,
    cell_size,
    near_each_other,
    near_places,
    with_places,
)
from renewopt.inventory.join.plane import BoolArray, FloatArray, Plane, numbers

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Straight pieces of lines; a point is a piece of no length.

    Attributes
    ----------
    owner
        Row of the asset in its table.
    x1, y1, x2, y2
        Ends in metres.
    """

    owner: IntArray
    x1: FloatArray
    y1: FloatArray
    x2: FloatArray
    y2: FloatArray

    def __len__(self) -> int:
        return len(self.owner)

    @cached_property
    def length(self) -> FloatArray:
        """Length of each piece in metres."""
        return np.hypot(self.x2 - self.x1, self.y2 - self.y1)

    def take(self, which: IntArray | BoolArray) -> Pieces:
        """Keep some of the pieces."""
        ends = (self.x1, self.y1, self.x2, self.y2)
        return Pieces(self.owner[which], *(end[which] for end in ends))

    def samples(self, step: float) -> tuple[IntArray, FloatArray, FloatArray]:
        """Give places along the pieces, no farther apart than `step`: piece, x, y."""
        count = np.ceil(self.length / step).astype(np.int64) + 1
        piece = np.repeat(np.arange(len(self)), count)
        first = np.repeat(np.cumsum(count) - count, count)
        share = (np.arange(len(piece)) - first) / np.maximum(count[piece] - 1, 1)
        x = self.x1[piece] + share * (self.x2 - self.x1)[piece]
        y = self.y1[piece] + share * (self.y2 - self.y1)[piece]
        return piece, x, y


def no_pieces() -> Pieces:
    """Give none."""
    none = np.zeros(0)
    return Pieces(np.zeros(0, np.int64), none, none, none, none)


def pieces_of(frame: pd.DataFrame, plane: Plane) -> Pieces:
    """Give the pieces of every asset with coordinates.

    The `geometry` column (well-known binary in degrees) counts where it is there and
    shapely is installed; else start and end, else the point.
    """
    if "geometry" in frame and frame["geometry"].notna().any():
        drawn = _drawn(frame, plane)
        if np.bincount(drawn.owner, minlength=len(frame)).all():
            return drawn
        rest = frame["geometry"].isna().to_numpy()
        straight = _straight(frame, plane)
        keep = rest[straight.owner] | ~np.isin(straight.owner, drawn.owner)
        return joined(drawn, straight.take(keep))
    return _straight(frame, plane)


def with_shapes(
    assets: Mapping[str, pd.DataFrame], shapes: Mapping[str, pd.DataFrame] | None
) -> dict[str, pd.DataFrame]:
    """Put drawn shapes (`asset_id`, `wkb` in degrees) beside their assets."""
    out = dict(assets)
    for name, drawn in (shapes or {}).items():
        if name in out and len(drawn):
            ids = out[name]["asset_id"].to_numpy(dtype=object)
            out[name] = out[name].assign(
                geometry=pd.Series(
                    _beside(ids, drawn), out[name].index, dtype=object, copy=False
                )
            )
    return out


def _beside(
    ids: npt.NDArray[np.object_], drawn: pd.DataFrame
) -> npt.NDArray[np.object_]:
    """Give the drawn shape of each asset; None where it has none."""
    known = drawn["asset_id"].to_numpy(dtype=object)
    shapes = drawn["wkb"].to_numpy(dtype=object)
    if np.array_equal(ids, known):
        at = np.arange(len(ids))
    else:
        at = pd.Index(known, dtype=object).get_indexer(pd.Index(ids, dtype=object))
    found = np.concatenate([shapes, np.array([None], dtype=object)])[at]
    found[pd.isna(found)] = None
    return np.asarray(found, dtype=object)


def joined(*parts: Pieces) -> Pieces:
    """Put pieces together, in the order given."""
    return Pieces(
        np.concatenate([part.owner for part in parts]).astype(np.int64),
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("x1", "y1", "x2", "y2")
        ),
    )


def _straight(frame: pd.DataFrame, plane: Plane) -> Pieces:
    x1, y1 = plane.xy(numbers(frame, "start_lon"), numbers(frame, "start_lat"))
    x2, y2 = plane.xy(numbers(frame, "end_lon"), numbers(frame, "end_lat"))
    x, y = plane.xy(numbers(frame, "lon"), numbers(frame, "lat"))
    line = ~np.isnan(x1 + y1 + x2 + y2)
    ends = [np.where(line, a, b) for a, b in ((x1, x), (y1, y), (x2, x), (y2, y))]
    pieces = Pieces(np.arange(len(frame), dtype=np.int64), *ends)
    return pieces.take(line | ~np.isnan(x + y))


def _drawn(frame: pd.DataFrame, plane: Plane) -> Pieces:
    """Cut drawn lines at their vertices."""
    try:
        import shapely
    except ImportError:
        return no_pieces()
    rows = np.flatnonzero(frame["geometry"].notna().to_numpy())
    drawn = frame["geometry"].to_numpy(dtype=object)[rows]
    ends = straight_ends(drawn)
    if ends is not None:
        x1, y1 = plane.xy(ends[:, 0], ends[:, 1])
        x2, y2 = plane.xy(ends[:, 2], ends[:, 3])
        return Pieces(rows.astype(np.int64), x1, y1, x2, y2)
    shapes = shapely.from_wkb(drawn, on_invalid="ignore")
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    places, line = shapely.get_coordinates(parts, return_index=True)
    if not len(places):
        return no_pieces()
    x, y = plane.xy(places[:, 0], places[:, 1])
    owner = rows[part_of[line]]
    on = line[1:] == line[:-1]
    return Pieces(owner[1:][on], x[:-1][on], y[:-1][on], x[1:][on], y[1:][on])


def distances(
    pieces: Pieces, which: IntArray, x: FloatArray, y: FloatArray
) -> FloatArray:
    """Give the distance of each place to one piece each."""
    x1, y1 = pieces.x1[which], pieces.y1[which]
    dx, dy = pieces.x2[which] - x1, pieces.y2[which] - y1
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    along = np.clip(((x - x1) * dx + (y - y1) * dy) / square, 0.0, 1.0)
    return np.hypot(x - x1 - along * dx, y - y1 - along * dy)


def least_distances(
    pieces: Pieces, owner: IntArray, x: FloatArray, y: FloatArray
) -> FloatArray:
    """Give the distance of each place to the asset meant; NaN where it has no place."""
    order = np.argsort(pieces.owner, kind="stable")
    owners = pieces.owner[order]
    start = np.searchsorted(owners, owner, "left")
    count = np.searchsorted(owners, owner, "right") - start
    place = np.repeat(np.arange(len(owner)), count)
    within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    which = order[np.repeat(start, count) + within]
    out = np.full(len(owner), np.inf)
    np.minimum.at(out, place, distances(pieces, which, x[place], y[place]))
    return np.where(count > 0, out, np.nan)


def tree_of(places: FloatArray) -> Any:
    """Put places into a tree for searching; a plain one is made in half the time."""
    from scipy.spatial import cKDTree

    return cKDTree(places, balanced_tree=False, compact_nodes=False)


def near_pieces(
    pieces: Pieces, x: FloatArray, y: FloatArray, within: float
) -> tuple[IntArray, IntArray, FloatArray]:
    """List the pieces within a distance of each place: place, piece, metres."""
    none = np.zeros(0, dtype=np.int64)
    if not len(pieces) or not len(x):
        return none, none, np.zeros(0)
    size = cell_size(pieces.length, within)
    boxes = boxes_of(pieces.x1, pieces.y1, pieces.x2, pieces.y2, size)
    place, which = near_places(boxes, len(pieces), x, y, within, size)
    away = distances(pieces, which, x[place], y[place])
    keep = np.flatnonzero(away <= within)
    keep = keep[np.argsort(place[keep] * len(pieces) + which[keep])]
    return place[keep], which[keep], away[keep]


def close_pairs(pieces: Pieces, within: float) -> tuple[IntArray, IntArray]:
    """List pairs of pieces that may be near each other, each once.

    No pair is missing of which some place is within the distance of both.
    """
    none = np.zeros(0, dtype=np.int64)
    if len(pieces) < 2:
        return none, none
    size = cell_size(pieces.length, 2.0 * within)
    boxes = boxes_of(pieces.x1, pieces.y1, pieces.x2, pieces.y2, size)
    return near_each_other(boxes, len(pieces), within, size)


def close_pieces(
    pieces: Pieces, x: FloatArray, y: FloatArray, within: float
) -> IntArray:
    """List the pieces that may be within a distance of some place; none is missing."""
    size = cell_size(pieces.length, within)
    boxes = boxes_of(pieces.x1, pieces.y1, pieces.x2, pieces.y2, size)
    return with_places(boxes, x, y, within, size)


def near(pieces: Pieces, x: FloatArray, y: FloatArray, within: float) -> pd.DataFrame:
    """List the assets within a distance of each place.

    Returns
    -------
    DataFrame
        `place`, `owner`, `distance` (metres), one row per place and asset, sorted by
        place, distance, owner.
    """
    place, piece, away = near_pieces(pieces, x, y, within)
    table = pd.DataFrame(
        {"place": place, "owner": pieces.owner[piece], "distance": away}
    )
    table = table.sort_values(["place", "distance", "owner"])
    return table.drop_duplicates(["place", "owner"], ignore_index=True)


def directions(pieces: Pieces) -> tuple[FloatArray, FloatArray]:
    """Give the unit vector of each piece; (0, 0) for a point."""
    length = np.maximum(pieces.length, 1e-9)
    return (pieces.x2 - pieces.x1) / length, (pieces.y2 - pieces.y1) / length
