"""A street graph made from the networks: lines that run side by side are one street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renewopt.catalogue.imports import StreetGraph
from renewopt.inventory.join.pieces import IntArray, Pieces, close_pairs, directions
from renewopt.inventory.join.plane import FloatArray
from renewopt.inventory.streets.junctions import Cut, cut, junctions

_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Segments:
    """Street segments: parts of lines, and which segment each part lies in.

    Attributes
    ----------
    parts
        Lines cut at junctions; `owner` is the asset.
    label
        Number of the segment of each part.
    beside
        Pairs of parts that run side by side, and for how many metres.
    """

    parts: Pieces
    label: IntArray
    beside: tuple[IntArray, IntArray, FloatArray]


def street_graph(lines: Pieces, figures: StreetGraph) -> Segments:
    """Put lines together that share a street between two junctions."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    # Lines meet, run side by side or touch only where both are within this reach.
    pairs = close_pairs(lines, max(figures.lateral_m, figures.touch_m))
    x, y = junctions(lines, pairs, figures)
    found = cut(lines, x, y, figures)
    a, b = _alike(lines, found, pairs, figures)
    c, d = _end_to_end(found, a, b, figures)
    a, b, metres = side_by_side(found.parts, a, b, figures)
    row, column = np.concatenate([a, c]), np.concatenate([b, d])
    shape = (len(found.parts), len(found.parts))
    graph = coo_array((np.ones(len(row), dtype=np.int8), (row, column)), shape=shape)
    _, label = connected_components(graph, directed=False)
    return Segments(found.parts, label.astype(np.int64), (a, b, metres))


def _alike(
    lines: Pieces, found: Cut, pairs: tuple[IntArray, IntArray], figures: StreetGraph
) -> tuple[IntArray, IntArray]:
    """List the pairs of parts of one direction, in order, the lower number first.

    Parts of one line are not among them: they neither run side by side nor meet but
    at a junction.
    """
    a, b = pairs
    ux, uy = directions(lines)
    turn = np.abs(ux[a] * uy[b] - uy[a] * ux[b])
    keep = turn <= np.sin(np.radians(figures.angle_deg)) + _ROUNDING
    a, b = a[keep], b[keep]
    which, first = found.of_pieces(a)
    again, second = found.of_pieces(b[which])
    first = first[again]
    ux, uy = directions(found.parts)
    turn = np.abs(ux[first] * uy[second] - uy[first] * ux[second])
    keep = turn <= np.sin(np.radians(figures.angle_deg))
    return first[keep], second[keep]


def side_by_side(
    parts: Pieces, a: IntArray, b: IntArray, figures: StreetGraph
) -> tuple[IntArray, IntArray, FloatArray]:
    """Keep the pairs of parts that run side by side in one street; say for how long."""
    length = parts.length
    # The longer one is the axis.
    swap = length[b] > length[a]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    ux, uy = directions(parts)
    x, y, east, north = parts.x1[a], parts.y1[a], ux[a], uy[a]
    along1 = (parts.x1[b] - x) * east + (parts.y1[b] - y) * north
    along2 = (parts.x2[b] - x) * east + (parts.y2[b] - y) * north
    low = np.maximum(np.minimum(along1, along2), 0.0)
    high = np.minimum(np.maximum(along1, along2), length[a])
    enough = high - low >= figures.least_overlap * np.maximum(length[b], 1e-9)
    # Most pairs follow each other along the street: only the others are compared.
    keep = np.flatnonzero(enough)
    a, b, low, high = a[keep], b[keep], low[keep], high[keep]
    along1, along2 = along1[keep], along2[keep]
    x, y, east, north = x[keep], y[keep], east[keep], north[keep]
    aside1 = (parts.y1[b] - y) * east - (parts.x1[b] - x) * north
    aside2 = (parts.y2[b] - y) * east - (parts.x2[b] - x) * north
    span = np.where(np.abs(along2 - along1) < 1e-9, 1.0, along2 - along1)
    share = ((low + high) / 2.0 - along1) / span
    aside = np.abs(aside1 + share * (aside2 - aside1))
    keep = np.flatnonzero(aside <= figures.lateral_m)
    a, b, overlap = a[keep], b[keep], (high - low)[keep]
    order = np.argsort(np.minimum(a, b) * len(parts) + np.maximum(a, b))
    return a[order], b[order], overlap[order]


def _end_to_end(
    found: Cut, a: IntArray, b: IntArray, figures: StreetGraph
) -> tuple[IntArray, IntArray]:
    """List pairs of parts of one direction that meet where no street crosses.

    Ends count as in a list of all starts, then all ends: the first one of a pair says
    whether a junction is near.
    """
    parts = found.parts
    start, end = (parts.x1, parts.y1), (parts.x2, parts.y2)
    meet = np.zeros(len(a), dtype=np.bool_)
    for one, other, crossed in (
        (start, start, found.at_start[a]),
        (end, end, found.at_end[a]),
        (start, end, found.at_start[a]),
        (end, start, found.at_start[b]),
    ):
        away = np.hypot(one[0][a] - other[0][b], one[1][a] - other[1][b])
        meet |= (away <= figures.touch_m) & ~crossed
    return a[meet], b[meet]
