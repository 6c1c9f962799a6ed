"""The way of large models: pooled bounds are valid, plans are whole and no worse."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.families import county
from renewopt.core.array_model import IntArray
from renewopt.optimise import settle_parts, state
from renewopt.optimise.certificate import certificate, certified_bound
from renewopt.optimise.duals import solve_dual
from renewopt.optimise.engines import load_engine
from renewopt.optimise.engines.highs import relax
from renewopt.optimise.openings import without_openings
from renewopt.optimise.pooled import full_multipliers, make_pooled
from renewopt.optimise.pools import find_pools
from renewopt.optimise.program import make_program
from renewopt.optimise.settle_parts import settle_by_parts
from renewopt.optimise.shrink import Rows, tightened
from renewopt.optimise.whole_units import relaxed_mip, settle
from tests.optimise.random_cases import random_problem
from tests.optimise.solving import Model


@pytest.fixture(scope="module")
def small() -> Model:
    """Give a county of 60 projects with every kind of rule of the family."""
    return Model.of(county(60, 5, 1))


@pytest.fixture(scope="module")
def plan(small: Model) -> IntArray:
    """Give some plan of it."""
    return small.plan(small.solve(gap=0.2, time_limit_s=60))


def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every model go the way of large ones, with a sample and small groups."""
    monkeypatch.setattr(state, "LARGE_COLUMNS", 0)
    monkeypatch.setattr(state, "MANY_WORKS", 0)
    monkeypatch.setattr(settle_parts, "COLUMNS", 30)
    monkeypatch.setattr("renewopt.optimise.duals.SAMPLED_FROM", 0)
    monkeypatch.setattr("renewopt.optimise.duals.SAMPLE", 300)


def test_pools_are_fair(small: Model) -> None:
    """All columns of a pool stand alike in the summed rows, and some are pooled."""
    task = small.task
    pools = find_pools(task)
    assert pools.columns < task.matrix.shape[1]
    summed = np.zeros((pools.rows, task.matrix.shape[1]), np.int64)
    np.add.at(summed, pools.row, task.matrix.toarray())
    for number in np.flatnonzero(np.bincount(pools.column) > 1):
        own = summed[:, pools.column == number]
        assert (own == own[:, :1]).all()


def test_pooled_program_relaxes(small: Model) -> None:
    """The pooled relaxation is no tighter than the full one, here nearly as tight."""
    task = small.task
    program = make_program(task, make_pooled(task), len(task.stage_names) - 1, [])
    pooled = relax(program.mip)
    full = relax(relaxed_mip(task, task.stage_coef[-1], []))
    assert pooled is not None
    assert full is not None
    assert pooled.bound <= full.bound + 1e-6 * abs(full.bound)
    assert pooled.bound == pytest.approx(full.bound, rel=1e-2)


def test_plans_are_points_of_the_pooled_program(small: Model, plan: IntArray) -> None:
    """What sums of a plan's columns are keeps every pooled row."""
    task = small.task
    pooled = make_pooled(task)
    point = np.bincount(pooled.pools.column, plan, pooled.pools.columns)
    total = pooled.matrix @ point
    assert (total >= pooled.row_lower - 1e-6).all()
    assert (total <= pooled.row_upper + 1e-6).all()
    assert (pooled.stage_coef @ point)[-1] == task.stage_coef[-1] @ plan


def test_pricing_ends_at_the_relaxation(
    small: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample and pricing find the bound of the whole pooled program."""
    large(monkeypatch)
    task = small.task
    pooled = make_pooled(task)
    program = make_program(task, pooled, len(task.stage_names) - 1, [])
    whole = relax(program.mip)
    dual = solve_dual(program, time.monotonic() + 30, 0)
    assert whole is not None
    assert dual is not None
    assert dual.bound <= whole.bound + 1e-6 * abs(whole.bound)
    assert dual.bound == pytest.approx(whole.bound, rel=1e-3)


SEEDS = [
    *range(3),
    *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 40)),
]


@pytest.mark.parametrize("seed", SEEDS)
def test_bound_is_valid_on_random_cases(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the large way proves is never below what the small way finds, and ends so.

    Shortfalls are compared as well: bounds of stages are below what is reached.
    """
    model = Model.of(random_problem(seed))
    exact = model.solve()
    large(monkeypatch)
    found = model.solve()
    assert (found.values is None) == (exact.values is None)
    if exact.values is None or found.values is None:
        return
    assert not model.breaches(found.values)
    for stage, least in zip(found.stages, exact.stages, strict=True):
        assert stage.bound <= least.value
    same = [a.value == b.value for a, b in zip(found.stages, exact.stages, strict=True)]
    if all(same):
        best = -int(model.task.stage_values(exact.values)[-1])
        assert found.bound >= best


def test_certificate_of_the_large_way(
    small: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The multipliers prove the bound that is stated, on the model's own rows."""
    large(monkeypatch)
    found = small.solve(gap=0.2, time_limit_s=60)
    best = small.plan(found)
    assert not small.breaches(best)
    assert found.multipliers is not None
    proof = certificate(small.built, found.multipliers, found.held)
    proven = certified_bound(small.built, proof)
    assert proven is not None
    assert proven <= found.bound + 1
    assert proven >= -int(small.task.stage_values(best)[-1])
    greedy = found.baselines["greedy"]
    assert small.key(best) <= small.key(greedy)


def test_multipliers_balance_what_equations_define(small: Model) -> None:
    """Whatever the pooled multipliers are, a saving gets no reduced cost."""
    task = small.task
    pooled = make_pooled(task)
    assert len(pooled.defined)
    rng = np.random.default_rng(0)
    y = full_multipliers(task, pooled, rng.normal(size=pooled.pools.rows),
                         task.stage_coef[-1].astype(float))  # fmt: skip
    reduced = task.stage_coef[-1] - task.matrix.T @ y
    assert np.abs(reduced[pooled.defined]).max() < 1e-6


def test_rows_of_works_say_what_openings_say(small: Model, plan: IntArray) -> None:
    """Rows in the place of openings hold for a plan and forbid the same."""
    task = small.task
    pooled = make_pooled(task)
    every = np.flatnonzero(np.diff(pooled.matrix.indptr))
    stay, matrix, room = without_openings(pooled, every)
    assert len(stay) < len(every)
    assert len(room)
    assert (matrix @ plan[task.x] <= room).all()
    both = matrix[np.flatnonzero(room == 1)[0]].indices[[0, -1]]
    works = np.zeros(len(task.x), np.int64)
    works[both] = 1
    columns = pooled.pools.column[task.x]
    lifted = pooled.matrix[np.setdiff1d(every, stay)]
    point = np.zeros(pooled.pools.columns)
    point[columns[both]] = 1
    assert (matrix @ works > room).any()
    assert np.abs(lifted @ point).max() > 0


@pytest.mark.parametrize("columns", [30, 10_000])
def test_draws_settled_by_parts(
    monkeypatch: pytest.MonkeyPatch, small: Model, plan: IntArray, columns: int
) -> None:
    """Group after group gives draws in whole units, with no more debt than at once."""
    monkeypatch.setattr(settle_parts, "COLUMNS", columns)
    task, highs = small.task, load_engine("highs")
    taken = plan[task.x]
    values = settle_by_parts(task, find_pools(task), highs, taken, 60.0)
    whole = settle(task, highs, taken, 60.0)
    assert values is not None
    assert whole is not None
    assert (values[task.x] == taken).all()
    assert not len(task.broken(values))
    debt = [int(found[task.is_debt].sum()) for found in (values, whole)]
    assert debt[0] <= 1.01 * debt[1] + 100


def test_works_that_cannot_be_paid_are_not_settled(small: Model) -> None:
    """All works at once, and one of every project whatever it costs: no plan."""
    task, highs = small.task, load_engine("highs")
    every = np.ones(len(task.x), np.int64)
    last = np.zeros(len(task.x), np.int64)
    project = task.facts["project"]
    last[np.unique(project[::-1], return_index=True)[1]] = 1
    for taken in (every, last[::-1].copy()):
        found = settle_by_parts(task, find_pools(task), highs, taken, 20.0)
        assert found is None


def test_tightened_bounds_leave_every_solution(small: Model, plan: IntArray) -> None:
    """What follows from the works holds for the plan, and leaves little open."""
    task = small.task
    rows = Rows(task.matrix, task.row_lower, task.row_upper)
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[task.x] = upper[task.x] = plan[task.x]
    found = tightened(rows, lower, upper)
    assert found is not None
    assert (found[0] <= plan).all()
    assert (plan <= found[1]).all()
    assert (found[0] < found[1]).sum() < 0.7 * (lower < upper).sum()
