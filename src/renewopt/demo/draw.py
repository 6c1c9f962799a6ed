"""Draw: random values from uniform numbers only, so that a seed means the same files.

The stream of uniform numbers of NumPy's PCG64 is stable over versions, which is not
promised for its distributions; these are therefore made here by inversion.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Draw:
    """A named stream of random values: the same seed and name give the same values."""

    def __init__(self, seed: int, name: str) -> None:
        self._rng = np.random.default_rng([seed, zlib.crc32(name.encode())])

    def uniform(self, size: int, low: float = 0.0, high: float = 1.0) -> FloatArray:
        """Draw numbers evenly between `low` and `high`."""
        return low + (high - low) * self._rng.random(size)

    def whole(self, size: int, low: int, high: int) -> IntArray:
        """Draw whole numbers from `low` to `high`, both inclusive."""
        steps = np.floor(self._rng.random(size) * (high - low + 1))
        return (low + steps).astype(np.int64)

    def pick(
        self, size: int, values: Sequence[str], shares: Sequence[float]
    ) -> list[str]:
        """Draw values by their shares (which need not add up to 1)."""
        bounds = np.cumsum(np.asarray(shares, dtype=np.float64))
        place = np.searchsorted(
            bounds, self._rng.random(size) * bounds[-1], side="right"
        )
        return [values[i] for i in np.minimum(place, len(values) - 1)]

    def chance(self, size: int, share: float) -> npt.NDArray[np.bool_]:
        """Draw true with the chance `share`."""
        return np.asarray(self._rng.random(size) < share, dtype=np.bool_)

    def frailty(self, size: int) -> FloatArray:
        """Draw factors of mean 1 (gamma, shape 2): what the inventory does not show."""
        return -0.5 * np.log(
            (1 - self._rng.random(size)) * (1 - self._rng.random(size))
        )

    def counts(self, means: FloatArray) -> IntArray:
        """Draw Poisson counts with these means by inversion."""
        left = self._rng.random(len(means))
        term = np.exp(-means)
        counts = np.zeros(len(means), dtype=np.int64)
        for k in range(1, 4 + math.ceil(4 * float(means.max(initial=1.0)))):
            left = left - term
            counts += left >= 0
            term = term * means / k
        return counts


def when(mask: npt.ArrayLike, values: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Give `values` where the mask holds and None elsewhere."""
    out = np.broadcast_to(np.asarray(values, dtype=object), np.shape(mask)).copy()
    out[~np.asarray(mask, dtype=bool)] = None
    return out
