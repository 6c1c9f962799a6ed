"""Where lines end and points stand, in metres on a plane; what touches what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

TOUCH_M = 3.0
"""Ends that are this near are one node: survey points of two networks differ by it."""
M_PER_DEGREE = 111_320.0
"""Metres per degree of latitude."""


@dataclass(frozen=True, eq=False)
class Places:
    """Ends of assets in metres, NaN where nothing is known; shape (assets, 2) each.

    An asset without coordinates has the ends of its street segment; a point has both
    ends at its place.
    """

    start: FloatArray
    end: FloatArray

    @property
    def middle(self) -> FloatArray:
        """Middles, to the centimetre, so that no order hangs on rounding."""
        return np.asarray(((self.start + self.end) / 2).round(2), dtype=np.float64)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Mark the assets whose place is known."""
        return np.asarray(np.isfinite(self.start + self.end).all(axis=1))

    def take(self, rows: IntArray) -> Places:
        """Give the places of some assets, in the order asked for."""
        return Places(self.start[rows], self.end[rows])


def places_of(frame: pd.DataFrame, corridors: pd.DataFrame) -> Places:
    """Find the ends of every asset; own coordinates first, then its street segment's.

    Parameters
    ----------
    corridors
        `corridor_id` with `start_lon` … `end_lat` (degrees) or `start_x` … `end_y`
        (metres), as far as known.
    """
    own = [_ends(frame, side, "lon", "lat", point=True) for side in ("start", "end")]
    street = _street_ends(frame, corridors)
    planes = np.concatenate([*own, *street[0]])
    flat = _metres(planes) if np.isfinite(planes).any() else planes
    found = np.split(flat, 4)
    start = _first_known(found[0], found[2], street[1][0])
    end = _first_known(found[1], found[3], street[1][1])
    return Places(start, end)


def _ends(
    frame: pd.DataFrame, side: str, x: str, y: str, *, point: bool = False
) -> FloatArray:
    names = [f"{side}_{x}", f"{side}_{y}"]
    if point and not all(name in frame for name in names):
        names = [x, y]
    if not all(name in frame for name in names):
        return np.full((len(frame), 2), np.nan)
    columns = [frame[n].to_numpy(np.float64, na_value=np.nan) for n in names]
    return np.column_stack(columns)


def _street_ends(
    frame: pd.DataFrame, corridors: pd.DataFrame
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Give start and end of each asset's street segment, in degrees and in metres."""
    nothing = np.full((len(frame), 2), np.nan)
    if "corridor_id" not in corridors or len(corridors) == 0:
        return [nothing, nothing], [nothing, nothing]
    table = corridors.drop_duplicates("corridor_id")
    table = table.assign(corridor_id=table["corridor_id"].astype(str))
    own = table.set_index("corridor_id").reindex(frame["corridor_id"].astype(str))
    degrees = [_ends(own, side, "lon", "lat") for side in ("start", "end")]
    metres = [_ends(own, side, "x", "y") for side in ("start", "end")]
    return degrees, metres


def _metres(degrees: FloatArray) -> FloatArray:
    """Project degrees onto a plane; a degree of longitude shrinks with latitude."""
    flat = float(np.cos(np.radians(np.nanmean(degrees[:, 1]))))
    scale = np.array([M_PER_DEGREE * flat, M_PER_DEGREE])
    return np.asarray(degrees * scale, dtype=np.float64)


def _first_known(*options: FloatArray) -> FloatArray:
    found = options[0].copy()
    for other in options[1:]:
        missing = ~np.isfinite(found).all(axis=1)
        found[missing] = other[missing]
    return found


def clusters(places: Places, group: IntArray, reach: float) -> IntArray:
    """Give every asset the number of its piece: ends within `reach` metres connect.

    Assets of a group whose place is unknown form one piece.
    """
    count = len(group)
    known = np.flatnonzero(places.known)
    hub = count + group[~places.known]
    pairs = [np.column_stack([np.flatnonzero(~places.known), hub])]
    # A group is a storey of its own, too high above the next to be reached.
    height = group[known][:, None] * (2 * reach + 1.0)
    ends = np.concatenate(
        [
            np.column_stack([places.start[known], height]),
            np.column_stack([places.end[known], height]),
        ]
    )
    if len(known):
        spots, spot = np.unique(ends.round(2), axis=0, return_inverse=True)
        spot = spot.reshape(-1)
        base = count + int(group.max()) + 1
        near = cKDTree(spots).query_pairs(reach, output_type="ndarray")
        pairs.append(np.column_stack([np.tile(known, 2), base + spot]))
        pairs.append(base + near)
        size = base + len(spots)
    else:
        size = count + (int(group.max()) + 1 if count else 0)
    links = np.concatenate(pairs).astype(np.int64)
    graph = coo_matrix((np.ones(len(links)), (links[:, 0], links[:, 1])), (size, size))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[:count], dtype=np.int64)


def nodes_of(places: Places) -> tuple[IntArray, IntArray]:
    """Give the nodes at both ends of every asset; −1 where the place is unknown."""
    known = np.flatnonzero(places.known)
    first = np.full(len(places.start), -1, dtype=np.int64)
    last = first.copy()
    if len(known):
        ends = np.concatenate([places.start[known], places.end[known]])
        near = cKDTree(ends).query_pairs(TOUCH_M, output_type="ndarray")
        size = len(ends)
        graph = coo_matrix((np.ones(len(near)), (near[:, 0], near[:, 1])), (size, size))
        _, label = connected_components(graph, directed=False)
        first[known], last[known] = label[: len(known)], label[len(known) :]
    return first, last
