"""The array model: rows by label, empty rows with limits, exact judgement."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewopt.core.array_model import FREE, LinearModel


def two_works() -> LinearModel:
    """Two yes-or-no columns and one of money up to 500 units."""
    model = LinearModel()
    model.add_columns("x", pd.Index(["W1", "W2"]))
    model.add_columns("draw", pd.Index(["fiscal"]), upper=500)
    return model


def test_columns_are_numbered_by_family() -> None:
    """Families follow one another; a family is found by key, an absent one is empty."""
    model = two_works()
    assert model.n_columns == 3
    assert model.columns("x")["W2"] == 1
    assert model.columns("draw")["fiscal"] == 2
    assert len(model.columns("waiver")) == 0
    assert model.lower.tolist() == [0, 0, 0]
    assert model.upper.tolist() == [1, 1, 500]


def test_a_family_is_added_once() -> None:
    """Adding a family again is a fault of the program and is refused."""
    with pytest.raises(ValueError, match="'x'"):
        two_works().add_columns("x", pd.Index(["W3"]))


def test_terms_with_one_label_share_a_row() -> None:
    """Terms are added up by label; limits may differ from label to label."""
    model = two_works()
    model.add_rows(
        "cap", ["2028", "2027", "2028"], [0, 0, 1], [3, 4, 5], upper={"2027": 4}
    )
    matrix, lower, upper = model.matrix()
    assert model.row_names() == [("cap", "2027"), ("cap", "2028")]
    assert matrix.toarray().tolist() == [[4, 0, 0], [3, 5, 0]]
    assert lower.tolist() == [-FREE, -FREE]
    assert upper.tolist() == [4, FREE]


def test_a_column_may_stand_twice_in_a_row() -> None:
    """Coefficients of the same column in the same row add up."""
    model = two_works()
    model.add_rows("twice", ["a", "a"], [1, 1], [2, 3], upper=4)
    assert model.matrix()[0].toarray().tolist() == [[0, 5, 0]]
    assert model.broken_rows(np.array([0, 1, 0])) == [("twice", "a")]


def test_a_limit_without_terms_is_not_lost() -> None:
    """0 ≥ 5 is a row without terms, and it is broken whatever the values."""
    model = two_works()
    model.add_rows("duty", [], [], [], lower={"P9": 5})
    assert model.matrix()[0].shape == (1, 3)
    assert model.broken_rows(np.zeros(3, np.int64)) == [("duty", "P9")]


def test_nothing_adds_nothing() -> None:
    """No terms and no limits make no row; a model without rows is empty, not broken."""
    model = two_works()
    model.add_rows("none", [], [], [], upper=1)
    matrix, lower, upper = model.matrix()
    assert matrix.shape == (0, 3)
    assert len(lower) == len(upper) == 0
    assert model.broken_rows(np.zeros(3, np.int64)) == []


def test_judgement_is_exact() -> None:
    """One unit in 10^15 breaks a row: whole numbers, no tolerance."""
    model = two_works()
    big = 10**15
    model.add_rows("even", ["a", "a"], [0, 2], [-big, 1], lower=-big, upper=-big)
    assert model.broken_rows(np.array([1, 0, 0])) == []
    assert model.broken_rows(np.array([1, 0, 1])) == [("even", "a")]


def test_bounds_are_judged_too() -> None:
    """A value outside its column's bounds is named."""
    assert two_works().broken_rows(np.array([2, 0, 501])) == [
        ("column_bounds", "0"),
        ("column_bounds", "2"),
    ]
