"""Selections of assets as data: "and" between keys, "or" inside a list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen
from renewopt.core.errors import InputError

Value = bool | int | float | str

DERIVED_COLUMNS = ("age",)
"""Columns that `with_age` adds: triggers, modes and prices may name them."""


class Selection(Frozen):
    """Which assets are meant: `{ material = ["pe"], min = { age = 20 } }`.

    A cell that is missing never matches. An empty list and an empty selection mean
    all assets. The bounds of `min` and `max` belong to the selection.

    Attributes
    ----------
    equals
        Column → the values that match (written in the file as the column's own key).
    min, max
        Column → least and greatest value, both inclusive.
    """

    equals: dict[str, tuple[Value, ...]] = Field(default_factory=dict)
    min: dict[str, float] = Field(default_factory=dict)
    max: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, raw: Any) -> Any:
        """Move the columns' own keys of the file below `equals`."""
        if not isinstance(raw, dict):
            return raw
        bounds = {key: raw[key] for key in ("min", "max") if key in raw}
        given = raw.get("equals")
        lists = dict(given) if isinstance(given, dict) else {}
        lists |= {k: v for k, v in raw.items() if k not in {"min", "max", "equals"}}
        return {"equals": lists, **bounds}

    def columns(self) -> tuple[str, ...]:
        """List the columns that are named, without repetition, in order."""
        return tuple(dict.fromkeys([*self.equals, *self.min, *self.max]))

    def select(
        self, frame: pd.DataFrame, known: Collection[str] = ()
    ) -> npt.NDArray[np.bool_]:
        """Mark the rows that match.

        Parameters
        ----------
        frame
            Assets with canonical columns; call `with_age` first where age is named.
        known
            Columns that the asset class has but the frame may lack; a column that is
            absent counts as missing in every row.

        Raises
        ------
        InputError
            Where a column is in neither `frame` nor `known`.
        """
        unknown = [c for c in self.columns() if c not in frame and c not in known]
        if unknown:
            raise InputError.of(
                "catalogue.unknown_select_column",
                columns=unknown,
                known=sorted({*map(str, frame.columns), *known}),
            )
        mask = np.ones(len(frame), dtype=np.bool_)
        for column, values in self.equals.items():
            if values:
                mask &= _among(frame, column, values)
        for column, bound in self.min.items():
            mask &= number_column(frame, column) >= bound
        for column, bound in self.max.items():
            mask &= number_column(frame, column) <= bound
        return mask


def _among(
    frame: pd.DataFrame, column: str, values: tuple[Value, ...]
) -> npt.NDArray[np.bool_]:
    if column not in frame:
        return np.zeros(len(frame), dtype=np.bool_)
    cells = frame[column]
    return np.asarray(cells.isin(list(values)) & cells.notna(), dtype=np.bool_)


def number_column(frame: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    """Give the column as numbers, NaN (which no bound admits) where missing."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    values = pd.to_numeric(frame[column], errors="coerce")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def effective_year(frame: pd.DataFrame, until: int) -> npt.NDArray[np.float64]:
    """Give the year since which each asset is as it is: renewal, else installation.

    Renewals after `until` are not known yet and do not count; NaN where unknown.
    """
    installed = number_column(frame, "install_year")
    renewed = number_column(frame, "renewed_year")
    renewed = np.where(renewed <= until, renewed, np.nan)
    return np.fmax(installed, renewed)


def with_age(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Add the derived column `age`: years at `year`, never < 0, NaN where unknown."""
    age = np.maximum(year - effective_year(frame, year), 0.0)
    return frame.assign(age=age)
