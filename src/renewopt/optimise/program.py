"""The pooled program of one stage: units of works, what links them, prices of columns.

A unit is what hangs together by rows of works, openings and the like: a project, or
projects that share streets. Rows over amounts, and rows over many projects, link units.
With multipliers on the linking rows each unit can be judged alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from renewopt.core.array_model import FloatArray, IntArray
from renewopt.optimise.engines.base import Mip, scaled_mip
from renewopt.optimise.pooled import Pooled
from renewopt.optimise.task import SolveTask

BoolArray = npt.NDArray[np.bool_]
FEW = 0.2
"""Share of all works up to which a row asks for some of few."""
MANY_PROJECTS = 40
"""Projects from which on a row links units rather than making one of them."""


@dataclass(frozen=True, eq=False)
class Program:
    """A stage of the pooled program, as an engine takes it, with its structure.

    Attributes
    ----------
    mip
        The program; its rows are the pooled rows, then the stages held.
    x, project
        Column and project of each work.
    amount
        Columns that are amounts.
    """

    mip: Mip
    x: IntArray
    project: IntArray
    amount: BoolArray

    @cached_property
    def _by_column(self) -> sparse.csr_matrix:
        return self.mip.matrix.T.tocsr()

    @cached_property
    def terms_row(self) -> IntArray:
        """Row of each term."""
        matrix = self.mip.matrix
        return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))

    def reduced(self, y: FloatArray) -> FloatArray:
        """Give the reduced cost of each column."""
        found: FloatArray = self.mip.cost - self._by_column @ y
        return found

    def value(self, y: FloatArray) -> float:
        """Add up what multipliers prove."""
        mip, reduced = self.mip, self.reduced(y)
        limit = np.where(y > 0, mip.row_lower, mip.row_upper)
        best = np.where(reduced > 0, mip.lower, mip.upper)
        rows, columns = y != 0, reduced != 0
        return float(y[rows] @ limit[rows] + reduced[columns] @ best[columns])

    def losses(self, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give each work's loss against the best of its project, and its price."""
        gain = -self.reduced(y)[self.x]
        best = np.zeros(int(self.project.max(initial=-1)) + 1)
        np.maximum.at(best, self.project, gain)
        return best[self.project] - gain, self.prices(y)

    def prices(self, y: FloatArray) -> FloatArray:
        """Give what each work would be charged for all that it uses."""
        found: FloatArray = (abs(self._by_column) @ np.abs(y))[self.x]
        return found

    @cached_property
    def works_only(self) -> BoolArray:
        """Mark the columns that are works."""
        marks = np.zeros(len(self.mip.cost), bool)
        marks[self.x] = True
        return marks

    @cached_property
    def followers(self) -> tuple[IntArray, IntArray, IntArray]:
        """List columns h with a row h − x ≤ 0: column, row, column of the work.

        Where x is zero, h is.
        """
        matrix, mip = self.mip.matrix, self.mip
        size = np.diff(matrix.indptr)
        work = self.works_only[matrix.indices]
        row = self.terms_row
        two = (size == 2) & (mip.row_upper == 0) & np.isneginf(mip.row_lower)
        two &= np.bincount(row[work & (matrix.data < 0)], minlength=len(size)) == 1
        other = ~work & (matrix.data > 0) & ~self.amount[matrix.indices] & two[row]
        column, first = np.unique(matrix.indices[other], return_index=True)
        own = row[other][first]
        begin = matrix.indptr[own]
        pair = np.stack([matrix.indices[begin], matrix.indices[begin + 1]])
        return column.astype(np.int64), own, pair.sum(axis=0) - column

    @cached_property
    def common(self) -> tuple[IntArray, IntArray]:
        """List works with a row Σ x ≤ 1 over works of one project: place, row."""
        matrix, mip = self.mip.matrix, self.mip
        row, size = self.terms_row, np.diff(self.mip.matrix.indptr)
        plain = self.works_only[matrix.indices] & (matrix.data > 0)
        good = (np.bincount(row[plain], minlength=len(size)) == size) & (size > 0)
        good &= np.isneginf(mip.row_lower) & np.isfinite(mip.row_upper)
        project = np.full(matrix.shape[1], -1)
        project[self.x] = self.project
        owner = project[matrix.indices]
        least = np.full(len(size), np.iinfo(np.int64).max)
        most = np.full(len(size), -1)
        np.minimum.at(least, row, owner)
        np.maximum.at(most, row, owner)
        own = (good & (least == most))[row]
        # Of several such rows the longest: its works come last, and stay.
        order = np.argsort(size[row[own]], kind="stable")
        found = np.full(matrix.shape[1], -1)
        found[matrix.indices[own][order]] = row[own][order]
        place = np.flatnonzero(found[self.x] >= 0)
        return place, found[self.x[place]]

    def balanced(self, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Let rows take up what columns that were left out would gain.

        The row h − x ≤ 0 of a follower hands its gain to the work; the common row of a
        project takes up the most that one of its works would gain. Returns multipliers
        that prove no less, and by work what its project's row had not yet taken up.
        """
        y = y.copy()
        column, row, _ = self.followers
        scale = np.asarray(self.mip.matrix[row, column]).ravel()
        gain = np.minimum(0.0, self.reduced(y)[column])
        y += np.bincount(row, gain / scale, minlength=len(y)) if len(row) else 0.0
        gains = np.minimum(0.0, self.reduced(y)[self.x])
        place, row = self.common
        scale = np.asarray(self.mip.matrix[row, self.x[place]]).ravel()
        worst = np.zeros(len(y))
        np.minimum.at(worst, row, gains[place] / scale)
        return y + worst, gains

    @cached_property
    def link(self) -> BoolArray:
        """Mark rows over amounts and rows over many projects."""
        matrix = self.mip.matrix
        with_amount = np.bincount(
            self.terms_row[self.amount[matrix.indices]], minlength=matrix.shape[0]
        )
        owner = sparse.csr_matrix(
            (np.ones(len(self.x)), (self.x, self.project)),
            (matrix.shape[1], int(self.project.max(initial=-1)) + 1),
        )
        pattern = matrix.copy()
        pattern.data = np.ones_like(pattern.data)
        projects = np.diff((pattern @ owner).tocsr().indptr)
        marks: BoolArray = (with_amount > 0) | (projects >= MANY_PROJECTS)
        return marks

    @cached_property
    def asked(self) -> BoolArray:
        """Mark works in rows that do not hold where all works are zero.

        Of rows that link units only those over few works count (duties, not floors).
        """
        asks = (self.mip.row_lower > 0) | (self.mip.row_upper < 0)
        works = np.bincount(
            self.terms_row[self.works_only[self.mip.matrix.indices]],
            minlength=len(asks),
        )
        asks &= ~self.link | (works <= FEW * len(self.x))
        marks = self.mip.lower > 0
        marks[self.mip.matrix.indices[asks[self.terms_row]]] = True
        found: BoolArray = marks[self.x]
        return found

    @cached_property
    def unit(self) -> IntArray:
        """Give the unit of each column; -1 for amounts."""
        inner = self.mip.matrix[np.flatnonzero(~self.link)]
        pattern = inner.copy()
        pattern.data = np.ones_like(pattern.data)
        terms = pattern.tocoo()
        size = sum(pattern.shape)
        ends = (terms.row, terms.col + pattern.shape[0])
        graph = sparse.csr_matrix((terms.data, ends), (size, size))
        number = connected_components(graph, directed=False)[1][pattern.shape[0] :]
        unit = np.unique(number, return_inverse=True)[1].astype(np.int64)
        unit[self.amount] = -1
        return unit


def make_program(
    task: SolveTask, pooled: Pooled, stage: int, held: list[int]
) -> Program:
    """Make the program of one stage, with the stages before it held at their values."""
    matrix, lower, upper = pooled.matrix, pooled.row_lower, pooled.row_upper
    if held:
        rows = sparse.csr_matrix(pooled.stage_coef[: len(held)])
        matrix = sparse.csr_matrix(sparse.vstack([matrix, rows]))
        lower = np.concatenate([lower, np.full(len(held), -np.inf)])
        upper = np.concatenate([upper, np.array(held, np.float64)])
    mip = scaled_mip(
        matrix,
        lower,
        upper,
        pooled.lower,
        pooled.upper,
        pooled.stage_coef[stage],
        ~pooled.amount,
    )
    return Program(mip, pooled.x, task.facts["project"], pooled.amount)
