"""Where streets cross: junctions from lines that cross, and lines cut there."""

from __future__ import annotations

import numpy as np

from renewopt.catalogue.imports import StreetGraph
from renewopt.inventory.bulk import distinct
from renewopt.inventory.join.pieces import (
    IntArray,
    Pieces,
    directions,
    near_pieces,
    tree_of,
)
from renewopt.inventory.join.plane import FloatArray

MOST_LENGTH_M = 3000.0
"""Mean length of lines beyond which their ends cannot be those of pieces of pipe."""
SOME = 500
"""Places at which the crowd is counted."""
MOST_NEIGHBOURS = 300.0
"""Places within reach of one, on average, beyond which lines tell no streets: the
networks of a street have some tens."""
_GRID_M = 5.0
"""Crossings are counted once per cell of this size before they are put together."""


def close_pairs(pieces: Pieces, within: float) -> tuple[IntArray, IntArray]:
    """List pairs of pieces that may be within a distance of each other, each once.

    No pair within the distance is missing; some are farther apart.
    """
    none = np.zeros(0, dtype=np.int64)
    if len(pieces) < 2:
        return none, none
    step = 2.0 * within
    piece, x, y = pieces.samples(step)
    tree = tree_of(np.column_stack([x, y]))
    pairs = tree.query_pairs(within + step, output_type="ndarray")
    a, b = piece[pairs[:, 0]], piece[pairs[:, 1]]
    a, b = a[a != b], b[a != b]
    code = distinct(np.minimum(a, b) * len(pieces) + np.maximum(a, b))
    return np.divmod(code, len(pieces))


def crowded(pieces: Pieces, within: float) -> bool:
    """Tell whether lines are so long, or so close together, that they tell no streets.

    Judged by the neighbours of some places; pairs would be without number.
    """
    if len(pieces) < 2:
        return False
    step = 2.0 * within
    if float(np.mean(pieces.length)) > MOST_LENGTH_M:
        return True
    _, x, y = pieces.samples(step)
    places = np.column_stack([x, y])
    some = places[:: max(1, len(places) // SOME)]
    near = tree_of(places).query_ball_point(some, within + step, return_length=True)
    return float(np.mean(near)) > MOST_NEIGHBOURS


def junctions(pieces: Pieces, figures: StreetGraph) -> tuple[FloatArray, FloatArray]:
    """Find the places where lines of two directions cross or meet."""
    long = np.flatnonzero(pieces.length >= figures.least_arm_m)
    lines = pieces.take(long)
    a, b = close_pairs(lines, figures.lateral_m)
    ux, uy = directions(lines)
    turn = ux[a] * uy[b] - uy[a] * ux[b]
    keep = np.abs(turn) > np.sin(np.radians(figures.crossing_deg))
    a, b, turn = a[keep], b[keep], turn[keep]
    dx, dy = lines.x1[b] - lines.x1[a], lines.y1[b] - lines.y1[a]
    along_a = (dx * uy[b] - dy * ux[b]) / turn
    along_b = (dx * uy[a] - dy * ux[a]) / turn
    slack, length = figures.lateral_m, lines.length
    meet = (along_a >= -slack) & (along_a <= length[a] + slack)
    meet &= (along_b >= -slack) & (along_b <= length[b] + slack)
    x = lines.x1[a] + along_a * ux[a]
    y = lines.y1[a] + along_a * uy[a]
    return _together(x[meet], y[meet], figures.lateral_m)


def _together(
    x: FloatArray, y: FloatArray, within: float
) -> tuple[FloatArray, FloatArray]:
    """Put crossings that are near each other together, in their middle."""
    if not len(x):
        return x, y
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    cells = np.unique(np.round(np.column_stack([x, y]) / _GRID_M), axis=0) * _GRID_M
    pairs = tree_of(cells).query_pairs(within, output_type="ndarray")
    links = (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1]))
    graph = coo_matrix(links, shape=(len(cells), len(cells)))
    number, label = connected_components(graph, directed=False)
    size = np.bincount(label, minlength=number)
    middle = [np.bincount(label, weights=cells[:, k]) / size for k in (0, 1)]
    return middle[0], middle[1]


def cut(
    pieces: Pieces, x: FloatArray, y: FloatArray, figures: StreetGraph
) -> tuple[Pieces, IntArray]:
    """Cut lines at the junctions that they pass; also give the piece of each part.

    A junction nearer to an end of the line than half a street's least arm is its end.
    """
    _, piece, _ = found = near_pieces(pieces, x, y, 1.5 * figures.lateral_m)
    at = found[0]
    ux, uy = directions(pieces)
    along = (x[at] - pieces.x1[piece]) * ux[piece]
    along = along + (y[at] - pieces.y1[piece]) * uy[piece]
    length = pieces.length
    margin = figures.least_arm_m / 2.0
    inside = (along > margin) & (along < length[piece] - margin)
    whole = np.arange(len(pieces), dtype=np.int64)
    owner = np.concatenate([whole, piece[inside]])
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
    return parts, owner
