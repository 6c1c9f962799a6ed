"""The array model: columns, rows and whole-number coefficients; knows no solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

Labels = Sequence[str] | npt.NDArray[np.object_] | npt.NDArray[np.str_] | pd.Series
"""One row label per term."""

FREE = np.iinfo(np.int64).max // 4
"""Stands for "no limit" in row and column bounds."""


@dataclass(frozen=True)
class RowBlock:
    """Rows added by one call: terms (row, col, coef) and one label per row."""

    rule_id: str
    labels: tuple[str, ...]
    row: IntArray
    col: IntArray
    coef: IntArray
    lower: IntArray
    upper: IntArray

    def activity(self, values: IntArray) -> IntArray:
        """Add up each row for the column values given; shape (rows,)."""
        total = np.zeros(len(self.labels), np.int64)
        np.add.at(total, self.row, self.coef * values[self.col])
        return total


class LinearModel:
    """Collects columns and rows; can judge whole-number values itself."""

    def __init__(self) -> None:
        self.rows: list[RowBlock] = []
        self.families: dict[str, pd.Series] = {}
        self._lower: list[IntArray] = []
        self._upper: list[IntArray] = []
        self._size = 0

    @property
    def n_columns(self) -> int:
        """Count the columns."""
        return self._size

    @property
    def lower(self) -> IntArray:
        """Lower bound of every column; shape (columns,)."""
        return np.concatenate([*self._lower, np.zeros(0, np.int64)])

    @property
    def upper(self) -> IntArray:
        """Upper bound of every column; shape (columns,)."""
        return np.concatenate([*self._upper, np.zeros(0, np.int64)])

    def add_columns(
        self,
        family: str,
        keys: pd.MultiIndex | pd.Index,
        upper: IntArray | int = 1,
        lower: IntArray | int = 0,
    ) -> IntArray:
        """Add one whole-number column per key of a new family; return their numbers."""
        if family in self.families:
            raise ValueError(f"column family {family!r} is there already")
        numbers = np.arange(self._size, self._size + len(keys), dtype=np.int64)
        self.families[family] = pd.Series(numbers, index=keys)
        shape = (len(keys),)
        self._lower.append(np.broadcast_to(np.asarray(lower, np.int64), shape).copy())
        self._upper.append(np.broadcast_to(np.asarray(upper, np.int64), shape).copy())
        self._size += len(keys)
        return numbers

    def columns(self, family: str) -> pd.Series:
        """Give a family's column numbers, indexed by key (empty where not added)."""
        return self.families.get(family, pd.Series([], dtype=np.int64))

    def add_rows(
        self,
        rule_id: str,
        label: Labels,
        col: npt.ArrayLike,
        coef: npt.ArrayLike,
        *,
        lower: Mapping[str, int] | int | None = None,
        upper: Mapping[str, int] | int | None = None,
    ) -> None:
        """Add one row per distinct label; terms that share a label share a row.

        A label that occurs in `lower` or `upper` but in no term makes an empty row, so
        that a limit without candidates (0 ≥ 5) is not lost.
        """
        terms = np.asarray(label, dtype=object)
        extra = [
            key
            for limits in (lower, upper)
            if isinstance(limits, Mapping)
            for key in limits
        ]
        every = np.concatenate([terms, np.asarray(extra, dtype=object)])
        inverse, labels = pd.factorize(every, sort=True)
        if len(labels) == 0:
            return
        self.rows.append(
            RowBlock(
                rule_id,
                tuple(labels.tolist()),
                inverse[: len(terms)].astype(np.int64),
                np.asarray(col, dtype=np.int64),
                np.broadcast_to(np.asarray(coef, dtype=np.int64), terms.shape).copy(),
                _limits(lower, labels, -FREE),
                _limits(upper, labels, FREE),
            )
        )

    def broken_rows(self, values: IntArray) -> list[tuple[str, str]]:
        """Name the rows (and column bounds) that `values` break, as (rule, label)."""
        broken: list[tuple[str, str]] = []
        for block in self.rows:
            total = block.activity(values)
            bad = (total < block.lower) | (total > block.upper)
            broken += [(block.rule_id, block.labels[i]) for i in np.flatnonzero(bad)]
        outside = np.flatnonzero((values < self.lower) | (values > self.upper))
        broken += [("column_bounds", str(i)) for i in outside]
        return broken

    def matrix(self) -> tuple[sparse.csr_matrix, IntArray, IntArray]:
        """Stack all rows: coefficient matrix and row limits (lower, upper)."""
        offsets = np.cumsum([0] + [len(block.labels) for block in self.rows])
        empty = np.zeros(0, np.int64)
        row = np.concatenate(
            [b.row + o for b, o in zip(self.rows, offsets[:-1], strict=True)] or [empty]
        )
        col = np.concatenate([block.col for block in self.rows] or [empty])
        coef = np.concatenate([block.coef for block in self.rows] or [empty])
        shape = (int(offsets[-1]), self._size)
        stacked = sparse.csr_matrix((coef, (row, col)), shape=shape, dtype=np.int64)
        lower = np.concatenate([block.lower for block in self.rows] or [empty])
        upper = np.concatenate([block.upper for block in self.rows] or [empty])
        return stacked, lower, upper

    def row_names(self) -> list[tuple[str, str]]:
        """List (rule, label) of every row, in the order of `matrix`."""
        return [(b.rule_id, label) for b in self.rows for label in b.labels]


def _limits(
    limits: Mapping[str, int] | int | None,
    labels: npt.NDArray[np.object_],
    default: int,
) -> IntArray:
    if limits is None:
        return np.full(len(labels), default, np.int64)
    if isinstance(limits, Mapping):
        return np.array([limits.get(name, default) for name in labels], np.int64)
    return np.full(len(labels), limits, np.int64)
