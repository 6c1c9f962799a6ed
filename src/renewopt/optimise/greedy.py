"""Greedy plans: what a bureau does today, under all rules; where the solver starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FREE, IntArray
from renewopt.optimise.engines.base import FloatArray
from renewopt.optimise.packing import Packing
from renewopt.optimise.task import NO_DUTY, SolveTask
from renewopt.optimise.ties import mend, tie_rows


class MoneyTest(Protocol):
    """Answers whether the money can be found for the works that are chosen."""

    by_work: sparse.csr_matrix
    """What each work asks of each row of the money (works × rows)."""

    def set_works(self, works: IntArray, value: int) -> None:
        """Choose works (value 1) or take them back (value -1)."""
        ...

    def feasible(self) -> bool:
        """Tell whether all rows can hold with the works as chosen."""
        ...

    def cut(self) -> tuple[FloatArray, float] | None:
        """Give a row over works that every plan keeps and the works as chosen break.

        Weights of the columns of `by_work`, and the room.
        """
        ...


WINDOW = 512
"""Works that are asked about together."""


@dataclass
class Builder:
    """Adds works one window at a time, as long as every rule can still be kept.

    Rows that hold works only are tested before the linear program is asked; each "no"
    of the program becomes one more such row. The works taken are those that asking
    about one after the other would take. `more` are further such rows, with their room.
    """

    task: SolveTask
    money: MoneyTest
    stop: Callable[[], bool]
    more: tuple[sparse.csr_matrix, IntArray] | None = None
    taken: IntArray = field(init=False)
    groups: IntArray = field(init=False)
    shares: IntArray = field(init=False)
    forced: IntArray = field(init=False)

    def __post_init__(self) -> None:
        """Start without any work."""
        task = self.task
        self._covers = cover_rows(task)
        self.groups, self.shares = tie_rows(task)
        self.forced = _forced(task)
        matrix, room = _pure_rows(task, self._covers)
        parts = [(matrix, room), (task.quick, task.quick_room)]
        parts += [self.more] if self.more is not None else []
        self._packing = Packing(
            sparse.vstack([part for part, _ in parts]).tocsr(),
            np.concatenate([limits for _, limits in parts]),
            self.money.by_work,
        )
        self.taken = np.zeros(len(task.x), np.int64)

    def start(self) -> bool:
        """Take the works that rows force; tell whether that alone is possible."""
        possible = self.add(self.forced) or self.money.feasible()
        self._cover()
        mend(self)
        return possible

    def drop(self, works: IntArray) -> None:
        """Take works back; those that rows force stay."""
        works = works[(self.taken[works] > 0) & ~np.isin(works, self.forced)]
        if len(works):
            self.money.set_works(works, -1)
            self.taken[works] = 0
            self._packing.untake(works)

    def _cover(self) -> None:
        """Meet the rows that ask for some of several works: the earliest that fits."""
        facts, matrix = self.task.facts, self.task.matrix[:, self.task.x]
        order = np.lexsort((facts["cost"], facts["start_year"], facts["late"]))
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        for row in self._covers:
            begin, end = matrix.indptr[row], matrix.indptr[row + 1]
            works, size = matrix.indices[begin:end], matrix.data[begin:end]
            for work in works[np.argsort(place[works])]:
                if size @ self.taken[works] >= self.task.row_lower[row]:
                    break
                if self.open_works()[work]:
                    self.add(np.array([work], np.int64))

    def add(self, works: IntArray) -> bool:
        """Add as many of `works`, in order, as every rule allows; tell if any was.

        What the rows of works alone do not allow together is not asked about.
        """
        works = self._packing.fits(works[self.taken[works] == 0], learned=False)
        added = False
        for begin in range(0, len(works), WINDOW):
            added |= self._add_window(works[begin : begin + WINDOW])
        return added

    def _add_window(self, works: IntArray) -> bool:
        chosen = np.zeros(0, np.int64)
        while not self.stop():
            batch = self._packing.fits(works)
            # What stays chosen from question to question is not touched.
            self.money.set_works(np.setdiff1d(chosen, batch), -1)
            self.money.set_works(np.setdiff1d(batch, chosen), 1)
            chosen = batch
            if not len(batch):
                return False
            if self.money.feasible():
                self.taken[batch] = 1
                self._packing.take(batch)
                return True
            cut = self.money.cut()
            if cut is None:
                self.money.set_works(chosen, -1)
                return self._add_halves(works, batch)
            self._packing.learn(*cut)
        self.money.set_works(chosen, -1)
        return False

    def _add_halves(self, works: IntArray, batch: IntArray) -> bool:
        """Go on where no row says why the batch cannot be paid."""
        if len(batch) == 1:
            left = works[works != batch[0]]
            return len(left) > 0 and self._add_window(left)
        # What precedes the batch's middle in the window, then the rest.
        middle = int(np.flatnonzero(works == batch[len(batch) // 2])[0])
        first = self._add_window(works[:middle])
        return self._add_window(works[middle:]) or first

    def open_works(self) -> np.ndarray:
        """Mark the works of projects that have none yet."""
        project = self.task.facts["project"]
        done = np.zeros(int(project.max(initial=-1)) + 1, bool)
        done[project[self.taken > 0]] = True
        marks: np.ndarray = ~done[project]
        return marks


def _pure_rows(task: SolveTask, covers: IntArray) -> tuple[sparse.csr_matrix, IntArray]:
    """Give the rows over works alone as ≤ rows, without those that `covers` names."""
    is_work = np.zeros(task.matrix.shape[1], bool)
    is_work[task.x] = True
    by_row = np.repeat(np.arange(task.matrix.shape[0]), np.diff(task.matrix.indptr))
    pure = np.ones(task.matrix.shape[0], bool)
    pure[by_row[~is_work[task.matrix.indices]]] = False
    pure &= np.diff(task.matrix.indptr) > 0
    pure[np.concatenate(tie_rows(task))] = False
    most = np.flatnonzero(pure & (task.row_upper < FREE))
    pure[covers] = False
    least = np.flatnonzero(pure & (task.row_lower > -FREE))
    works = task.matrix[:, task.x]
    matrix = sparse.vstack([works[most], -works[least]]).tocsr()
    return matrix, np.concatenate([task.row_upper[most], -task.row_lower[least]])


def cover_rows(task: SolveTask) -> IntArray:
    """List rows over works alone that ask for at least so many of several works.

    While works are added one by one these rows cannot hold yet: the greedy methods
    meet them first, and leave them to the last check otherwise.
    """
    is_work = np.zeros(task.matrix.shape[1], bool)
    is_work[task.x] = True
    terms = np.diff(task.matrix.indptr)
    by_row = np.repeat(np.arange(task.matrix.shape[0]), terms)
    strange = np.zeros(task.matrix.shape[0], bool)
    strange[by_row[~is_work[task.matrix.indices] | (task.matrix.data < 0)]] = True
    found = ~strange & (task.row_lower >= 1) & (terms > 1)
    return np.flatnonzero(found).astype(np.int64)


def left_to_last(task: SolveTask) -> IntArray:
    """List the rows that cannot hold while works are added one by one."""
    return np.unique(np.concatenate([cover_rows(task), *tie_rows(task)]))


def _forced(task: SolveTask) -> IntArray:
    """Works that a single-work row sets to one (running projects)."""
    matrix = task.matrix
    single = np.diff(matrix.indptr) == 1
    rows = np.flatnonzero(single & (task.row_lower >= 1))
    columns = matrix.indices[matrix.indptr[rows]]
    where = {int(column): i for i, column in enumerate(task.x)}
    return np.array(sorted(where[int(c)] for c in columns if int(c) in where), np.int64)


def _duty_rounds(
    builder: Builder, urgency: np.ndarray, *, thrifty: bool = False
) -> Iterator[IntArray]:
    """Yield duty works by level and urgency: each project's best start, then the next.

    Best is in time, early, of high value; `thrifty` asks for the cheapest in time.
    """
    facts = builder.task.facts
    taste = facts["cost"] if thrifty else facts["start_year"]
    for level in sorted(set(facts["level"].tolist()) - {NO_DUTY}):
        own = np.flatnonzero(facts["level"] == level)
        order = np.lexsort(
            (
                own,
                facts["cost"][own],
                -facts["value"][own],
                facts["start_year"][own],
                taste[own],
                facts["late"][own],
                facts["project"][own],
            )
        )
        own = own[order]
        project = facts["project"][own]
        first = (
            np.r_[True, project[1:] != project[:-1]] if len(own) else np.zeros(0, bool)
        )
        position = np.arange(len(own)) - np.maximum.accumulate(
            np.where(first, np.arange(len(own)), 0)
        )
        for rank in range(int(position.max(initial=-1)) + 1):
            batch = own[position == rank]
            batch = batch[builder.open_works()[batch]]
            yield batch[np.lexsort((batch, -urgency[batch]))]


def strong_greedy(builder: Builder, *, thrifty: bool = False) -> IntArray:
    """Duties first, then year by year by risk removed per 万元, re-ranked every year.

    Money is phased, since every later payment has to be found too. Returns the works
    taken (0 or 1 per work).
    """
    builder.start()
    facts = builder.task.facts
    price = np.maximum(1, facts["cost"])
    for batch in _duty_rounds(builder, facts["weight"] / price, thrifty=thrifty):
        builder.add(batch)
    mend(builder)
    _fill(builder, facts["value"] / price)
    return builder.taken.copy()


def _fill(builder: Builder, ratio: np.ndarray) -> None:
    """Add works year by year, the most worthy for its money first."""
    facts = builder.task.facts
    for year in sorted(set(facts["start_year"].tolist())):
        marks = builder.open_works() & (facts["start_year"] == year)
        open_now = np.flatnonzero(marks & (facts["value"] > 0))
        builder.add(open_now[np.lexsort((open_now, -ratio[open_now]))])
        mend(builder)


def complete(builder: Builder, taken: IntArray) -> IntArray:
    """Keep the duty works of a plan and fill up by risk removed per 万元.

    A plan that only minimised the shortfall makes a good start this way.
    """
    builder.start()
    facts = builder.task.facts
    duty = np.flatnonzero((taken > 0) & (facts["level"] < NO_DUTY))
    builder.add(duty)
    _fill(builder, facts["value"] / np.maximum(1, facts["cost"]))
    return builder.taken.copy()


def carried_over(builder: Builder, taken: IntArray) -> IntArray:
    """Keep as much of a plan as can still be paid, then fill up what is left.

    Duty works first, the others by risk removed per 万元.
    """
    builder.start()
    facts = builder.task.facts
    ratio = facts["value"] / np.maximum(1, facts["cost"])
    works = np.flatnonzero(taken > 0)
    duty = facts["level"][works] < NO_DUTY
    builder.add(works[np.lexsort((works, -ratio[works], ~duty))])
    mend(builder)
    _fill(builder, ratio)
    return builder.taken.copy()


def worst_first(builder: Builder) -> IntArray:
    """Duties first, then the highest risk, in the first mode and as early as can be."""
    builder.start()
    facts = builder.task.facts
    for batch in _duty_rounds(builder, facts["weight"]):
        builder.add(batch)
    for year in sorted(set(facts["start_year"].tolist())):
        marks = builder.open_works() & (facts["start_year"] == year)
        open_now = np.flatnonzero(marks & (facts["order"] == 0))
        builder.add(open_now[np.lexsort((open_now, -facts["risk"][open_now]))])
        mend(builder)
    return builder.taken.copy()
