"""Which pieces may be near each other: those whose boxes share a cell of a grid.

Cells are numbered by a hash, so that a county costs no more than the cells that its
lines pass; two cells of one number only make a candidate more, never one less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renewopt.inventory.join.plane import FloatArray

IntArray = npt.NDArray[np.int64]
_COLUMN, _ROW = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_HALF = np.uint64(32)
"""What a block of cells is hashed with, so that blocks near it get other numbers."""
_BITS = 3
_INNER = (1 << _BITS) - 1
"""Place of a cell in its block of 8 × 8: neighbours lie together in memory."""
_ROUNDING_M = 1e-6
_LEAST_M = 1e-3
_MANY = 1 << 20
"""Numbers of cells where only a few places are looked for."""
_MOST_CELLS = 2.0
"""A piece longer than so many cells is boxed in several boxes."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes that hold straight pieces; long pieces have several.

    Attributes
    ----------
    piece
        Number of the piece in each box, ascending.
    x1, y1, x2, y2
        Least and greatest place of each box, in metres.
    """

    piece: IntArray
    x1: FloatArray
    y1: FloatArray
    x2: FloatArray
    y2: FloatArray


def cell_size(lengths: FloatArray, reach: float) -> float:
    """Give the size of the cells in which pieces and what is near them meet.

    In larger cells too many meet that are not near, in smaller ones everything has too
    many cells.
    """
    mean = float(np.mean(lengths)) if len(lengths) else 0.0
    return max(reach, mean, _LEAST_M)


def boxes_of(
    x1: FloatArray, y1: FloatArray, x2: FloatArray, y2: FloatArray, size: float
) -> Boxes:
    """Put pieces into boxes that are not much larger than a cell."""
    piece = np.arange(len(x1), dtype=np.int64)
    count = np.ceil(np.hypot(x2 - x1, y2 - y1) / (_MOST_CELLS * size))
    if len(count) and count.max() > 1.0:
        parts = np.maximum(count, 1.0).astype(np.int64)
        piece = np.repeat(piece, parts)
        turn = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
        low, high = turn / parts[piece], (turn + 1) / parts[piece]
        dx, dy = (x2 - x1)[piece], (y2 - y1)[piece]
        x1, x2 = x1[piece] + low * dx, x1[piece] + high * dx
        y1, y2 = y1[piece] + low * dy, y1[piece] + high * dy
    return Boxes(
        piece, np.minimum(x1, x2), np.minimum(y1, y2),
        np.maximum(x1, x2), np.maximum(y1, y2),
    )  # fmt: skip


def _cells(
    boxes: Boxes, margin: float, size: float, buckets: int
) -> tuple[IntArray, IntArray]:
    """List the piece of each box with the number of every cell that it touches."""
    more = margin + _ROUNDING_M
    left = np.floor((boxes.x1 - more) / size).astype(np.int64)
    below = np.floor((boxes.y1 - more) / size).astype(np.int64)
    wide = np.floor((boxes.x2 + more) / size).astype(np.int64) - left + 1
    high = np.floor((boxes.y2 + more) / size).astype(np.int64) - below + 1
    count = wide * high
    box = np.repeat(np.arange(len(count), dtype=np.int64), count)
    turn = np.arange(len(box), dtype=np.int64)
    turn -= (np.cumsum(count) - count)[box]
    across, up = np.divmod(turn, high[box])
    column, row = left[box] + across, below[box] + up
    number = (column >> _BITS).view(np.uint64) * _COLUMN
    number ^= (row >> _BITS).view(np.uint64) * _ROW
    number ^= number >> _HALF
    number *= _COLUMN
    number >>= np.uint64(64 - buckets.bit_length() + 1 + 2 * _BITS)
    inner = (column & _INNER) << _BITS | (row & _INNER)
    return boxes.piece[box], number.view(np.int64) << 2 * _BITS | inner


def _buckets(pieces: int) -> int:
    """Give how many numbers cells may have, a power of two: few cells share one."""
    return 1 << max(10, (4 * pieces).bit_length())


def _table(owner: IntArray, cell: IntArray, shape: tuple[int, int]) -> Any:
    """Give a sparse table that marks the cells of each owner (ascending)."""
    from scipy.sparse import csr_array

    ends = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=shape[0]))])
    small = np.int32 if max(len(cell), *shape) < 2**31 else np.int64
    marks = np.ones(len(cell), dtype=np.bool_)
    return csr_array((marks, cell.astype(small), ends.astype(small)), shape=shape)


def _found(product: Any) -> tuple[IntArray, IntArray]:
    """List the rows and columns that a sparse table marks."""
    row = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    return row.astype(np.int64, copy=False), product.indices


def near_each_other(
    boxes: Boxes, pieces: int, reach: float, size: float
) -> tuple[IntArray, IntArray]:
    """List pairs of pieces, each once, the lower number first.

    No pair is missing of which some place is within the reach of both; some others are
    listed, too.
    """
    buckets = _buckets(pieces)
    table = _table(*_cells(boxes, reach, size, buckets), (pieces, buckets))
    a, b = _found(table @ table.T.tocsr())
    later = b > a
    return a[later], b[later].astype(np.int64)


def near_places(
    boxes: Boxes, pieces: int, x: FloatArray, y: FloatArray, reach: float, size: float
) -> tuple[IntArray, IntArray]:
    """List places with the pieces that may be within reach of them, each pair once."""
    buckets = _buckets(pieces)
    place, cell = _cells(_points(x, y), reach, size, buckets)
    piece, passed = _cells(boxes, 0.0, size, buckets)
    mine = _marked(cell, buckets)[passed]
    places = _table(place, cell, (len(x), buckets))
    lines = _table(piece[mine], passed[mine], (pieces, buckets))
    found, which = _found(places @ lines.T.tocsr())
    return found, which.astype(np.int64)


def with_places(
    boxes: Boxes, x: FloatArray, y: FloatArray, reach: float, size: float
) -> IntArray:
    """List the pieces that may be within reach of some place, ascending."""
    buckets = max(_MANY, _buckets(len(x)))
    _, cell = _cells(_points(x, y), reach, size, buckets)
    piece, passed = _cells(boxes, 0.0, size, buckets)
    found = piece[_marked(cell, buckets)[passed]]
    new = np.ones(len(found), dtype=np.bool_)
    new[1:] = found[1:] != found[:-1]
    return found[new]


def _points(x: FloatArray, y: FloatArray) -> Boxes:
    return Boxes(np.arange(len(x), dtype=np.int64), x, y, x, y)


def _marked(cell: IntArray, buckets: int) -> npt.NDArray[np.bool_]:
    marks = np.zeros(buckets, dtype=np.bool_)
    marks[cell] = True
    return marks
