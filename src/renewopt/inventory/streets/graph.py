"""A street graph made from the networks: lines that run side by side are one street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renewopt.catalogue.imports import StreetGraph
from renewopt.inventory.join.pieces import IntArray, Pieces, directions, tree_of
from renewopt.inventory.join.plane import FloatArray
from renewopt.inventory.streets.junctions import close_pairs, cut, junctions


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
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    x, y = junctions(lines, figures)
    parts, _ = cut(lines, x, y, figures)
    a, b, metres = side_by_side(parts, figures)
    c, d = _end_to_end(parts, x, y, figures)
    row, column = np.concatenate([a, c]), np.concatenate([b, d])
    shape = (len(parts), len(parts))
    graph = coo_matrix((np.ones(len(row)), (row, column)), shape=shape)
    _, label = connected_components(graph, directed=False)
    return Segments(parts, label.astype(np.int64), (a, b, metres))


def side_by_side(
    parts: Pieces, figures: StreetGraph
) -> tuple[IntArray, IntArray, FloatArray]:
    """List pairs of parts that run side by side in one street, and for how long."""
    a, b = close_pairs(parts, figures.lateral_m)
    length = parts.length
    # The longer one is the axis.
    swap = length[b] > length[a]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    ux, uy = directions(parts)
    turn = np.abs(ux[a] * uy[b] - uy[a] * ux[b])
    keep = turn <= np.sin(np.radians(figures.angle_deg))
    a, b = a[keep], b[keep]

    def seen(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the place of an end of b along the axis, and beside it."""
        dx, dy = x - parts.x1[a], y - parts.y1[a]
        return dx * ux[a] + dy * uy[a], dy * ux[a] - dx * uy[a]

    along1, aside1 = seen(parts.x1[b], parts.y1[b])
    along2, aside2 = seen(parts.x2[b], parts.y2[b])
    low = np.maximum(np.minimum(along1, along2), 0.0)
    high = np.minimum(np.maximum(along1, along2), length[a])
    overlap = high - low
    span = np.where(np.abs(along2 - along1) < 1e-9, 1.0, along2 - along1)
    share = ((low + high) / 2.0 - along1) / span
    aside = np.abs(aside1 + share * (aside2 - aside1))
    enough = overlap >= figures.least_overlap * np.maximum(length[b], 1e-9)
    keep = enough & (aside <= figures.lateral_m)
    return a[keep], b[keep], overlap[keep]


def _end_to_end(
    parts: Pieces, x: FloatArray, y: FloatArray, figures: StreetGraph
) -> tuple[IntArray, IntArray]:
    """List pairs of parts of one direction that meet where no street crosses."""
    none = np.zeros(0, dtype=np.int64)
    if len(parts) < 2:
        return none, none
    ends = np.column_stack(
        [np.concatenate([parts.x1, parts.x2]), np.concatenate([parts.y1, parts.y2])]
    )
    pairs = tree_of(ends).query_pairs(figures.touch_m, output_type="ndarray")
    if len(x) and len(pairs):
        away, _ = tree_of(np.column_stack([x, y])).query(ends[pairs[:, 0]])
        pairs = pairs[away > 1.5 * figures.lateral_m]
    a, b = pairs[:, 0] % len(parts), pairs[:, 1] % len(parts)
    ux, uy = directions(parts)
    turn = np.abs(ux[a] * uy[b] - uy[a] * ux[b])
    keep = (turn <= np.sin(np.radians(figures.angle_deg))) & (a != b)
    return a[keep], b[keep]
