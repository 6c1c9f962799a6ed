"""Cutting a row of things into consecutive parts of about equal size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BISECTIONS = 30


def balanced_parts(group: IntArray, size: FloatArray) -> IntArray:
    """Give each thing the number of its part; groups of at most 1 stay whole.

    Parameters
    ----------
    group
        Group of every thing; the things of a group stand together, groups in order.
    size
        Size of every thing as a share of the largest part that is allowed.
    """
    part = np.zeros(len(group), dtype=np.int64)
    if len(group) == 0:
        return part
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    ends = np.r_[starts[1:], len(group)]
    totals = np.add.reduceat(size, starts)
    for i in np.flatnonzero(totals > 1 + 1e-9):
        part[starts[i] : ends[i]] = _parts(size[starts[i] : ends[i]])
    return part


def _parts(size: FloatArray) -> IntArray:
    """Cut into the fewest parts of at most 1, the largest as small as can be."""
    total = np.r_[0.0, np.cumsum(size)]
    fewest = len(_cuts(total, 1.0))
    low, high = total[-1] / fewest, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if len(_cuts(total, middle)) <= fewest:
            high = middle
        else:
            low = middle
    number = np.zeros(len(size), dtype=np.int64)
    number[_cuts(total, high)[1:]] = 1
    return np.cumsum(number)


def _cuts(total: FloatArray, capacity: float) -> list[int]:
    """Give the first position of every part when each is filled up to `capacity`."""
    cuts = [0]
    while True:
        reach = total[cuts[-1]] + capacity + 1e-9
        end = int(np.searchsorted(total, reach, side="right")) - 1
        end = max(end, cuts[-1] + 1)  # a thing larger than the capacity stands alone
        if end >= len(total) - 1:
            return cuts
        cuts.append(end)
