"""Where: selections by lists; "and" between keys, "or" inside a list."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from renewopt.rules.where import Where

FRAME = pd.DataFrame(
    {
        "work_id": ["w1", "w2", "w3"],
        "asset_class": ["gas_pipe", "gas_pipe", "water_pipe"],
        "district": ["east", "west", "east"],
    },
    index=[7, 8, 9],
)


@pytest.mark.parametrize(
    ("where", "selected"),
    [
        ({}, ["w1", "w2", "w3"]),
        ({"asset_class": ["gas_pipe"]}, ["w1", "w2"]),
        ({"asset_class": ["gas_pipe"], "district": ["east"]}, ["w1"]),
        (
            {"asset_class": ["gas_pipe", "water_pipe"], "district": ["east"]},
            ["w1", "w3"],
        ),
        ({"district": ["north"]}, []),
    ],
)
def test_selection(where: dict[str, list[str]], selected: list[str]) -> None:
    """Rows stay in their order, whatever their index."""
    assert Where(**where).select(FRAME)["work_id"].tolist() == selected


def test_unknown_key_is_refused() -> None:
    """A key that is not known stops the policy."""
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Where(distrct=["east"])  # type: ignore[call-arg]


def test_key_without_a_column_is_named() -> None:
    """A known key that the selected table lacks is a problem of the rule."""
    where = Where(district=("east",), mode=("replace",))
    assert [note.params["key"] for note in where.problems(FRAME, "r")] == ["mode"]
