"""Rows over works alone, and which works of a list they allow one after the other."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import FloatArray

MOST_NUMBERS = 20_000_000
"""Numbers that the rows learned may hold: memory, not validity, depends on it."""
LEAST_ROWS, MOST_ROWS = 32, 512
"""Rows learned that are kept at least and at most; the oldest give way."""


class Packing:
    """Rows (coefficients · works ≤ room) and what the works taken use of them.

    The rows of the model are whole numbers, and exact. Rows learned on the way follow
    from the model; to forget one costs time only.
    """

    def __init__(self, matrix: sparse.csr_matrix, room: IntArray) -> None:
        """Take the model's rows over works."""
        columns = sparse.csc_matrix(matrix)
        self._begin = columns.indptr.tolist()
        self._rows, self._coef = columns.indices, columns.data
        self._room = room.astype(np.int64)
        self._total = np.zeros(len(room), np.int64)
        works = columns.shape[1]
        most = int(np.clip(MOST_NUMBERS // max(1, works), LEAST_ROWS, MOST_ROWS))
        # One line per work, so that what a work asks of all rows lies together.
        self._learned = np.zeros((works, most))
        self._limits = np.full(most, np.inf)
        self._used = np.zeros(most)
        self._plain = np.ones(most, bool)
        self._next = 0

    def learn(self, coef: FloatArray, room: float, taken: IntArray) -> None:
        """Add a row that follows from the model; `taken` are the works taken so far."""
        place = self._next % len(self._limits)
        self._next += 1
        self._learned[:, place] = coef
        self._limits[place] = room
        self._used[place] = float(coef[taken > 0].sum())
        self._plain[place] = bool((coef >= 0).all())

    def take(self, works: IntArray) -> None:
        """Count works as taken."""
        for work in works.tolist():
            begin, end = self._begin[work], self._begin[work + 1]
            self._total[self._rows[begin:end]] += self._coef[begin:end]
        self._used += self._learned[works].sum(axis=0)

    def untake(self, works: IntArray) -> None:
        """Count works as not taken any more."""
        for work in works.tolist():
            begin, end = self._begin[work], self._begin[work + 1]
            self._total[self._rows[begin:end]] -= self._coef[begin:end]
        self._used -= self._learned[works].sum(axis=0)

    def fits(self, works: IntArray, *, learned: bool = True) -> IntArray:
        """Keep those works, in order, that the rows allow one after the other.

        `learned` says whether rows learned on the way are asked, too.
        """
        count = min(self._next, len(self._limits)) if learned else 0
        limits, used = self._limits[:count], self._used[:count].copy()
        asked = self._learned[works][:, :count]
        # Rows without negative numbers are never relieved by works that come before.
        plain = self._plain[:count]
        hopeless = (asked[:, plain] + used[plain] > limits[plain]).any(axis=1)
        total, kept = self._total.copy(), []
        for place in np.flatnonzero(~hopeless).tolist():
            work = int(works[place])
            begin, end = self._begin[work], self._begin[work + 1]
            rows = self._rows[begin:end]
            reached = total[rows] + self._coef[begin:end]
            if (reached > self._room[rows]).any():
                continue
            if count:
                after = used + asked[place]
                if (after > limits).any():
                    continue
                used = after
            total[rows] = reached
            kept.append(work)
        return np.array(kept, np.int64)
