"""Rows over works alone, and which works of a list they allow one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import FloatArray

BoolArray = npt.NDArray[np.bool_]
MOST_NUMBERS = 20_000_000
"""Numbers that the rows learned may hold: memory, not validity, depends on it."""
LEAST_ROWS, MOST_ROWS = 32, 512
"""Rows learned that are kept at least and at most; the oldest give way."""
SINGLY = 24
"""Works up to which one is asked about after the other."""


class Packing:
    """Rows (coefficients · works ≤ room) and what the works taken use of them.

    The rows of the model are whole numbers, and exact. Rows learned on the way follow
    from the model; to forget one costs time only.
    """

    def __init__(
        self,
        matrix: sparse.csr_matrix,
        room: IntArray,
        basis: sparse.csr_matrix | None = None,
    ) -> None:
        """Take the model's rows over works.

        `basis` has a line per work: rows learned are sums of its columns, told by the
        weights of these. By default they are told by one number per work.
        """
        columns = sparse.csc_matrix(matrix)
        works = columns.shape[1]
        self._begin = columns.indptr[:-1].astype(np.int64)
        self._size = np.diff(columns.indptr).astype(np.int64)
        self._rows, self._coef = columns.indices, columns.data
        self._positive = np.ones(len(room), bool)
        self._positive[columns.indices[columns.data < 0]] = False
        self._room = room.astype(np.int64)
        self._total = np.zeros(len(room), np.int64)
        own = sparse.identity(works, format="csr") if basis is None else basis
        self._basis = sparse.csr_matrix(own)
        terms = self._basis.shape[1]
        self._signs = np.zeros((2, terms), bool)
        self._signs[0, self._basis.indices[self._basis.data > 0]] = True
        self._signs[1, self._basis.indices[self._basis.data < 0]] = True
        most = int(np.clip(MOST_NUMBERS // max(1, terms), LEAST_ROWS, MOST_ROWS))
        self._learned = np.zeros((terms, most))
        # One line per work as well where there are few: what it asks of all rows.
        self._lines = np.zeros((works if works * most <= MOST_NUMBERS else 0, most))
        self._spent = np.zeros(terms)
        self._limits = np.full(most, np.inf)
        self._used = np.zeros(most)
        self._plain = np.ones(most, bool)
        self._next = 0

    def learn(self, weights: FloatArray, room: float) -> None:
        """Add a row that follows from the model: weights of the basis, and its room."""
        place = self._next % len(self._limits)
        self._next += 1
        self._learned[:, place] = weights
        if len(self._lines):
            self._lines[:, place] = self._basis @ weights
        self._limits[place] = room
        self._used[place] = float(weights @ self._spent)
        # No work has a negative number where no term can give it one.
        negative = (weights > 0) & self._signs[1] | (weights < 0) & self._signs[0]
        self._plain[place] = not negative.any()

    def take(self, works: IntArray) -> None:
        """Count works as taken."""
        self._count(works, 1)

    def untake(self, works: IntArray) -> None:
        """Count works as not taken any more."""
        self._count(works, -1)

    def _count(self, works: IntArray, sign: int) -> None:
        term, _ = self._terms(works)
        np.add.at(self._total, self._rows[term], sign * self._coef[term])
        more = sign * np.asarray(self._basis[works].sum(axis=0)).ravel()
        self._spent += more
        count = min(self._next, len(self._limits))
        self._used[:count] += more @ self._learned[:, :count]

    def _terms(self, works: IntArray) -> tuple[IntArray, IntArray]:
        """List the terms of works: place of each term, place of its work."""
        begin, size = self._begin[works], self._size[works]
        owner = np.repeat(np.arange(len(works)), size)
        first = np.cumsum(size) - size
        return np.arange(len(owner)) - first[owner] + begin[owner], owner

    def fits(self, works: IntArray, *, learned: bool = True) -> IntArray:
        """Keep those works, in order, that the rows allow one after the other.

        `learned` says whether rows learned on the way are asked, too.
        """
        count = min(self._next, len(self._limits)) if learned else 0
        state = _State(self._total.copy(), self._used[:count].copy(), [])
        if len(self._lines):
            asked = self._lines[works][:, :count]
        else:
            asked = np.asarray(self._basis[works] @ self._learned[:, :count])
        self._admit(works, asked, state)
        return np.array(state.kept, np.int64)

    def _admit(self, works: IntArray, asked: FloatArray, state: _State) -> None:
        """Take the works that fit: all of a part at once, or half by half."""
        some = self._hopeful(works, asked, state)
        if not len(some):
            return
        works, asked = works[some], asked[some]
        if self._admit_all(works, asked, state):
            return
        if len(works) <= SINGLY:
            self._admit_singly(works, asked, state)
            return
        middle = len(works) // 2
        self._admit(works[:middle], asked[:middle], state)
        self._admit(works[middle:], asked[middle:], state)

    def _hopeful(self, works: IntArray, asked: FloatArray, state: _State) -> IntArray:
        """List the works that no row without negative numbers forbids.

        Such rows are never relieved by works that come before.
        """
        count = len(state.used)
        plain = self._plain[:count]
        limits = self._limits[:count][plain]
        over = asked[:, plain] + state.used[plain] > limits
        bad: BoolArray = np.asarray(over.any(axis=1))
        term, owner = self._terms(works)
        row = self._rows[term]
        full = state.total[row] + self._coef[term] > self._room[row]
        bad[owner[full & self._positive[row]]] = True
        return np.flatnonzero(~bad)

    def _admit_all(self, works: IntArray, asked: FloatArray, state: _State) -> bool:
        """Take all of the works if none of them can be one too many."""
        term, _ = self._terms(works)
        row, coef = self._rows[term], self._coef[term]
        met, number = np.unique(row, return_inverse=True)
        most = state.total[met]
        np.add.at(most, number, np.maximum(coef, 0))
        if (most > self._room[met]).any():
            return False
        used = state.used + np.cumsum(asked, axis=0)
        if (used > self._limits[: len(state.used)]).any():
            return False
        np.add.at(state.total, row, coef)
        state.used = used[-1]
        state.kept += works.tolist()
        return True

    def _admit_singly(self, works: IntArray, asked: FloatArray, state: _State) -> None:
        limits = self._limits[: len(state.used)]
        for place, work in enumerate(works.tolist()):
            begin = self._begin[work]
            term = slice(begin, begin + self._size[work])
            rows = self._rows[term]
            reached = state.total[rows] + self._coef[term]
            if (reached > self._room[rows]).any():
                continue
            after = state.used + asked[place]
            if (after > limits).any():
                continue
            state.used = after
            state.total[rows] = reached
            state.kept.append(work)


@dataclass
class _State:
    """What is used so far while works are asked about: rows, rows learned, works."""

    total: IntArray
    used: FloatArray
    kept: list[int]
