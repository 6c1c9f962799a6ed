"""Selections: and between keys, or inside lists, missing cells never match."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from pydantic import ValidationError

from renewopt.catalogue import Selection, effective_year, with_age
from renewopt.core.errors import InputError


def _select(
    raw: Mapping[str, object], frame: pd.DataFrame, known: tuple[str, ...] = ()
) -> list[bool]:
    return [bool(on) for on in Selection.model_validate(raw).select(frame, known)]


@pytest.fixture
def pipes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "material": ["pe", "steel", None, "pe"],
            "install_year": pd.array([2000, 1990, 1980, None], dtype="Int64"),
            "encroached": pd.array([True, None, False, True], dtype="boolean"),
        }
    )


def test_or_inside_a_list_and_between_keys(pipes: pd.DataFrame) -> None:
    """A row must match one value of every key."""
    assert _select({"material": ["pe", "steel"]}, pipes) == [True, True, False, True]
    both = {"material": ["pe", "steel"], "max": {"install_year": 1995}}
    assert _select(both, pipes) == [False, True, False, False]


def test_missing_cells_never_match(pipes: pd.DataFrame) -> None:
    """No list and no bound admits a cell that is empty."""
    assert _select({"encroached": [True]}, pipes) == [True, False, False, True]
    assert _select({"encroached": [False]}, pipes) == [False, False, True, False]
    assert _select({"min": {"install_year": 0}}, pipes) == [True, True, True, False]


def test_bounds_belong_to_the_selection(pipes: pd.DataFrame) -> None:
    """Both bounds are inclusive."""
    where = {"min": {"install_year": 1990}, "max": {"install_year": 2000}}
    assert _select(where, pipes) == [True, True, False, False]


def test_empty_means_all(pipes: pd.DataFrame) -> None:
    """Neither an empty selection nor an empty list leaves anything out."""
    assert _select({}, pipes) == [True] * 4
    assert _select({"material": []}, pipes) == [True] * 4


def test_unknown_column_is_refused_with_the_known_ones(pipes: pd.DataFrame) -> None:
    """A column of neither the frame nor the class is an error that lists both."""
    with pytest.raises(InputError) as caught:
        _select({"materiel": ["pe"]}, pipes, known=("diameter_mm",))
    params = caught.value.messages[0].params
    assert params["columns"] == ["materiel"]
    assert params["known"] == ["diameter_mm", "encroached", "install_year", "material"]


def test_a_known_column_that_the_frame_lacks_is_missing(pipes: pd.DataFrame) -> None:
    """Nothing matches on a column that the bureau did not deliver."""
    assert _select({"insulation": ["failed"]}, pipes, ("insulation",)) == [False] * 4


def test_a_value_outside_a_list_is_refused() -> None:
    """`material = "pe"` is a mistake, not a list of letters."""
    with pytest.raises(ValidationError):
        Selection.model_validate({"material": "pe"})


def test_age_counts_from_the_last_renewal_that_is_known() -> None:
    """A renewal after the year asked for does not count yet."""
    frame = pd.DataFrame(
        {"install_year": [1980, 1980, None], "renewed_year": [2010, 2025, None]}
    )
    assert effective_year(frame, 2020).tolist()[:2] == [2010.0, 1980.0]
    ages = with_age(frame, 2020)["age"]
    assert ages.tolist()[:2] == [10.0, 40.0]
    assert ages.isna().tolist() == [False, False, True]
