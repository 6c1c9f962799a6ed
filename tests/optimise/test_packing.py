"""Rows over works, and the money program that teaches them, say what asking would."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from benchmarks.families import county
from renewopt.optimise.engines.warm import WarmLp
from renewopt.optimise.greedy import Builder, cover_rows, strong_greedy
from renewopt.optimise.packing import Packing
from renewopt.optimise.whole_units import relaxed_mip
from tests.optimise.solving import Model


def _one_by_one(matrix: np.ndarray, room: np.ndarray, works: list[int]) -> list[int]:
    """Take works in order as long as no row of theirs is broken."""
    total, kept = np.zeros(len(room)), []
    for work in works:
        after = total + matrix[:, work]
        if (after <= room)[matrix[:, work] != 0].all():
            total, kept = after, [*kept, work]
    return kept


@pytest.mark.parametrize("seed", range(8))
def test_works_are_kept_as_one_after_the_other(seed: int) -> None:
    """Rows of the model and rows learned allow the same works as a plain walk."""
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 9, (6, 40)) * (rng.random((6, 40)) < 0.4)
    matrix[5] = rng.integers(-4, 5, 40)
    room = rng.integers(5, 40, 6)
    order = rng.permutation(40)
    packing = Packing(sparse.csr_matrix(matrix[:3]), room[:3])
    for row in (3, 4, 5):
        packing.learn(matrix[row].astype(np.float64), float(room[row]))
    expected = _one_by_one(matrix, room, order.tolist())
    assert packing.fits(order).tolist() == expected
    plain = _one_by_one(matrix[:3], room[:3], order.tolist())
    assert packing.fits(order, learned=False).tolist() == plain


def test_taken_works_use_room() -> None:
    """What was taken counts, in rows of the model and in those learned at any time."""
    matrix = sparse.csr_matrix(np.array([[3, 3, 3]]))
    packing = Packing(matrix, np.array([7]))
    packing.learn(np.array([1.0, 1.0, 0.0]), 1.0)
    packing.take(np.array([0]))
    assert packing.fits(np.array([1, 2])).tolist() == [2]
    packing.learn(np.array([1.0, 0.0, 1.0]), 1.0)
    assert packing.fits(np.array([1, 2])).tolist() == []


@pytest.mark.parametrize("seed", [0, 1])
def test_rows_learned_hold_for_every_plan_that_can_be_paid(seed: int) -> None:
    """A row that explains a refusal forbids it, and forbids no plan with its money."""
    task = Model.of(county(40, 5, seed)).task
    keep = np.setdiff1d(np.arange(task.matrix.shape[0]), cover_rows(task))
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [], keep)
    money = WarmLp(mip, task.x)
    rows: list[tuple[np.ndarray, float]] = []
    paid: list[np.ndarray] = []
    rng = np.random.default_rng(seed)
    for _ in range(60):
        works = rng.permutation(len(task.x))[: rng.integers(1, 30)]
        money.set_works(works, 1)
        if money.feasible():
            paid.append(works)
        else:
            found = money.cut()
            assert found is not None
            coef = money.by_work @ found[0]
            assert coef[works].sum() > found[1]
            rows.append((coef, found[1]))
        money.set_works(works, -1)
    assert rows
    assert paid
    for coef, room in rows:
        assert all(coef[works].sum() <= room for works in paid)


class _Plain:
    """The money test without reasons: every work is asked about in halves."""

    def __init__(self, money: WarmLp) -> None:
        self.set_works, self.feasible = money.set_works, money.feasible
        self.by_work = money.by_work

    def cut(self) -> None:
        """Give no reason."""


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_greedy_takes_the_same_works_with_and_without_reasons(seed: int) -> None:
    """Rows learned from refusals save questions and change no answer."""
    task = Model.of(county(40, 5, seed)).task
    keep = np.setdiff1d(np.arange(task.matrix.shape[0]), cover_rows(task))
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [], keep)
    found = [
        strong_greedy(Builder(task, money, lambda: False))
        for money in (WarmLp(mip, task.x), _Plain(WarmLp(mip, task.x)))
    ]
    assert found[0].sum() > 5
    assert found[0].tolist() == found[1].tolist()
