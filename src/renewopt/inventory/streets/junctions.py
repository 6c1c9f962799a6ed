"""Where streets cross: junctions from lines that cross, and lines cut there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renewopt.catalogue.imports import StreetGraph
from renewopt.inventory.bulk import distinct
from renewopt.inventory.join.pieces import (
    IntArray,
    Pieces,
    close_pieces,
    directions,
    near_pieces,
    tree_of,
)
from renewopt.inventory.join.plane import BoolArray, FloatArray

MOST_LENGTH_M = 3000.0
"""Mean length of lines beyond which their ends cannot be those of pieces of pipe."""
SOME = 500
"""Places at which the crowd is counted."""
MOST_NEIGHBOURS = 300.0
"""Places within reach of one, on average, beyond which lines tell no streets: the
networks of a street have some tens."""
_GRID_M = 5.0
"""Crossings are counted once per cell of this size before they are put together."""
_WIDEST = 1 << 30
"""More cells than a plane has in one direction."""


def crowded(pieces: Pieces, within: float) -> bool:
    """Tell whether lines are so long, or so close together, that they tell no streets.

    Judged by the neighbours of some places; pairs would be without number.
    """
    if len(pieces) < 2:
        return False
    step = 2.0 * within
    length = pieces.length
    if float(np.mean(length)) > MOST_LENGTH_M:
        return True
    ends = np.cumsum(np.ceil(length / step).astype(np.int64) + 1)
    places = int(ends[-1])
    number = np.arange(0, places, max(1, places // SOME))
    piece = np.searchsorted(ends, number, side="right")
    own = pieces.take(piece)
    count = np.ceil(own.length / step).astype(np.int64) + 1
    share = (number - (ends[piece] - count)) / np.maximum(count - 1, 1)
    x = own.x1 + share * (own.x2 - own.x1)
    y = own.y1 + share * (own.y2 - own.y1)
    reach = within + step
    close = pieces.take(close_pieces(pieces, x, y, reach))
    _, near_x, near_y = close.samples(step)
    tree = tree_of(np.column_stack([near_x, near_y]))
    near = tree.query_ball_point(np.column_stack([x, y]), reach, return_length=True)
    return float(np.mean(near)) > MOST_NEIGHBOURS


def junctions(
    pieces: Pieces, pairs: tuple[IntArray, IntArray], figures: StreetGraph
) -> tuple[FloatArray, FloatArray]:
    """Find the places where lines of two directions cross or meet.

    Parameters
    ----------
    pairs
        Pieces that may be within half a street of each other's crossing.
    """
    a, b = pairs
    ux, uy = directions(pieces)
    turn = ux[a] * uy[b] - uy[a] * ux[b]
    length, slack = pieces.length, figures.lateral_m
    long = length >= figures.least_arm_m
    keep = np.abs(turn) > np.sin(np.radians(figures.crossing_deg))
    keep = np.flatnonzero(keep & long[a] & long[b])
    a, b, turn = a[keep], b[keep], turn[keep]
    dx, dy = pieces.x1[b] - pieces.x1[a], pieces.y1[b] - pieces.y1[a]
    along_a = (dx * uy[b] - dy * ux[b]) / turn
    along_b = (dx * uy[a] - dy * ux[a]) / turn
    meet = (along_a >= -slack) & (along_a <= length[a] + slack)
    meet &= (along_b >= -slack) & (along_b <= length[b] + slack)
    x = pieces.x1[a] + along_a * ux[a]
    y = pieces.y1[a] + along_a * uy[a]
    return _together(x[meet], y[meet], slack)


def _together(
    x: FloatArray, y: FloatArray, within: float
) -> tuple[FloatArray, FloatArray]:
    """Put crossings that are near each other together, in their middle."""
    if not len(x):
        return x, y
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    column, row = (np.round(v / _GRID_M).astype(np.int64) for v in (x, y))
    code = distinct((column + _WIDEST) * (2 * _WIDEST) + row + _WIDEST)
    column, row = np.divmod(code, 2 * _WIDEST)
    cells: FloatArray = np.empty((len(code), 2), dtype=np.float64)
    cells[:, 0], cells[:, 1] = (column - _WIDEST) * _GRID_M, (row - _WIDEST) * _GRID_M
    pairs = tree_of(cells).query_pairs(within, output_type="ndarray")
    links = (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1]))
    graph = coo_array(links, shape=(len(cells), len(cells)))
    number, label = connected_components(graph, directed=False)
    size = np.bincount(label, minlength=number)
    middle = [np.bincount(label, weights=cells[:, k]) / size for k in (0, 1)]
    return middle[0], middle[1]


@dataclass(frozen=True, eq=False)
class Cut:
    """Lines cut at junctions.

    Attributes
    ----------
    parts
        In the order of the pieces, and along each.
    piece
        Piece of each part.
    first, count
        First part of each piece, and how many it has.
    at_start, at_end
        Whether a junction is near the start, and the end, of each part.
    """

    parts: Pieces
    piece: IntArray
    first: IntArray
    count: IntArray
    at_start: BoolArray
    at_end: BoolArray

    def of_pieces(self, pieces: IntArray) -> tuple[IntArray, IntArray]:
        """List the parts of pieces, each with its position in the list given."""
        number = self.count[pieces]
        which = np.repeat(np.arange(len(pieces), dtype=np.int64), number)
        turn = np.arange(len(which)) - (np.cumsum(number) - number)[which]
        return which, self.first[pieces][which] + turn


def cut(pieces: Pieces, x: FloatArray, y: FloatArray, figures: StreetGraph) -> Cut:
    """Cut lines at the junctions that they pass.

    A junction nearer to an end of the line than half a street's least arm is its end.
    """
    reach = 1.5 * figures.lateral_m
    at, near, _ = near_pieces(pieces, x, y, reach)
    ux, uy = directions(pieces)
    along = (x[at] - pieces.x1[near]) * ux[near] + (y[at] - pieces.y1[near]) * uy[near]
    length = pieces.length
    margin = figures.least_arm_m / 2.0
    inside = np.flatnonzero((along > margin) & (along < length[near] - margin))
    whole = np.arange(len(pieces), dtype=np.int64)
    owner = np.concatenate([whole, near[inside]])
    start = np.concatenate([np.zeros(len(pieces)), along[inside]])
    order = np.lexsort((start, owner))
    owner, start = owner[order], start[order]
    end = length[owner]
    same = owner[1:] == owner[:-1]
    end[:-1] = np.where(same, start[1:], end[:-1])
    x1, y1 = pieces.x1[owner], pieces.y1[owner]
    parts = Pieces(
        pieces.owner[owner],
        x1 + start * ux[owner],
        y1 + start * uy[owner],
        x1 + end * ux[owner],
        y1 + end * uy[owner],
    )
    count = np.bincount(owner, minlength=len(pieces))
    first = np.cumsum(count) - count
    none = np.zeros(len(parts), dtype=np.bool_)
    found = Cut(parts, owner, first, count, none, none.copy())
    which, part = found.of_pieces(near)
    for marks, px, py in (
        (found.at_start, parts.x1, parts.y1), (found.at_end, parts.x2, parts.y2),
    ):  # fmt: skip
        away = np.hypot(x[at[which]] - px[part], y[at[which]] - py[part])
        marks[part[away <= reach]] = True
    return found
