"""Trees grown on numbers of steps are those that scikit-learn grows on the values."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from renewopt.risk.steps import edges_of, numbered, with_values

STEPS = 64


def test_trees_are_the_same_as_on_the_values() -> None:
    """Weights, ties, empty cells and a column of codes: every prediction is equal."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(8_000, 4))
    x[:, 1] = np.round(x[:, 1] * 20)
    x[draw.random(len(x)) < 0.2, 1] = np.nan
    x[:, 2] = draw.integers(0, 5, len(x))
    weight = draw.uniform(0.1, 1, len(x))
    mean = np.exp(0.5 * x[:, 0] + 0.3 * np.nan_to_num(x[:, 1], nan=2) / 20 - 1)
    rate = draw.poisson(mean * (1 + (x[:, 2] == 3))) / weight
    is_text = [False, False, True, False]
    settings = {
        "loss": "poisson", "max_iter": 25, "max_leaf_nodes": 8, "max_bins": STEPS,
        "early_stopping": False, "random_state": 0, "categorical_features": is_text,
    }  # fmt: skip
    plain = HistGradientBoostingRegressor(**settings).fit(x, rate, weight)
    edges = [edges_of(column, weight, STEPS) for column in x.T]
    steps = np.column_stack(
        [
            c if t else numbered(c, e)
            for c, e, t in zip(x.T, edges, is_text, strict=True)
        ]
    )
    grown = HistGradientBoostingRegressor(**settings).fit(steps, rate, weight)
    found = with_values(grown, steps, edges, is_text).predict(x)
    assert np.array_equal(found, plain.predict(x))
    assert len(np.unique(found)) > 100


def test_few_values_are_parted_in_the_middle() -> None:
    """Three values have two edges; empty cells have no step; nothing has no edge."""
    values = np.array([1.0, 3.0, np.nan, 7.0])
    edges = edges_of(values, np.ones(4), STEPS)
    assert edges.tolist() == [2.0, 5.0]
    assert numbered(values, edges)[[0, 1, 3]].tolist() == [0, 1, 2]
    assert np.isnan(numbered(values, edges)[2])
    assert not len(edges_of(np.array([np.nan]), np.ones(1), STEPS))
