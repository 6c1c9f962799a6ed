"""What multipliers prove is never below the best point, whatever the multipliers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from renewopt.core.array_model import FREE
from renewopt.core.weak_duality import dual_bound

COUNT = 4


def _program(seed: int) -> tuple[sparse.csr_matrix, list[np.ndarray], np.ndarray]:
    """Make a small program: matrix, row and column limits, cost."""
    dice = np.random.default_rng(seed)
    matrix = sparse.csr_matrix(dice.integers(-5, 6, (3, COUNT)))
    lower = np.where(dice.random(3) < 0.5, dice.integers(-6, 3, 3), -FREE)
    upper = np.where(dice.random(3) < 0.7, dice.integers(3, 9, 3), FREE)
    low = dice.integers(-1, 1, COUNT)
    limits = [lower, upper, low, low + dice.integers(0, 4, COUNT)]
    return matrix, limits, dice.integers(-9, 10, COUNT)


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32 - 1), sizes=st.lists(st.floats(-9, 9), min_size=3))
def test_no_point_is_below_the_bound(seed: int, sizes: list[float]) -> None:
    """Every whole point that keeps the rows costs at least what is proven."""
    matrix, (lower, upper, low, high), cost = _program(seed)
    y = np.array(sizes[:3])
    bound = dual_bound(matrix, (lower, upper), (low, high), cost, y)
    spans = [range(a, b + 1) for a, b in zip(low, high, strict=True)]
    for point in product(*spans):
        total = matrix @ np.array(point)
        if np.all((total >= lower) & (total <= upper)):
            assert cost @ np.array(point) >= bound


def test_best_multipliers_prove_the_best_value() -> None:
    """Min −3a −2b, a + b ≤ 3, a ≤ 2: −8, proven by −2 on the row."""
    matrix = sparse.csr_matrix(np.array([[1, 1]]))
    limits = np.array([-FREE]), np.array([3])
    columns = np.array([0, 0]), np.array([2, 9])
    bound = dual_bound(matrix, limits, columns, np.array([-3, -2]), np.array([-2.0]))
    assert bound == pytest.approx(-8)
    assert bound <= -8


def test_multipliers_of_limits_that_are_not_there_count_as_none() -> None:
    """A multiplier above zero speaks of a lower limit; the row has none."""
    matrix = sparse.csr_matrix(np.array([[1, 1]]))
    limits = np.array([-FREE]), np.array([3])
    columns = np.array([0, 0]), np.array([2, 9])
    cost = np.array([-3, -2])
    for wrong in (5.0, np.nan, np.inf):
        bound = dual_bound(matrix, limits, columns, cost, np.array([wrong]))
        assert bound == pytest.approx(-3 * 2 - 2 * 9)


def test_a_column_without_limit_is_asked_for_its_sign() -> None:
    """Without an upper limit a column proves nothing if more of it were better."""
    matrix = sparse.csr_matrix(np.array([[1]]))
    rows = np.array([-FREE]), np.array([3])
    columns = np.array([0]), np.array([FREE])
    cost = np.array([-1])
    assert dual_bound(matrix, rows, columns, cost, np.array([0.0])) == -np.inf
    assert dual_bound(matrix, rows, columns, cost, np.array([-2.0])) == pytest.approx(
        -6
    )
