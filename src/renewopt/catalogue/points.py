"""Points from 0 to 100 by weights and scales, for bureaus without money values."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.hazard import Identifier, Source
from renewopt.catalogue.selection import Selection

FloatArray = npt.NDArray[np.float64]

AGE, FAILURES = "age", "failures_5y"
"""What a factor may read besides columns: years in service, and recorded failures per
year and unit of exposure in the last five years."""
Side = Literal["likelihood", "consequence", "feasibility"]


class Case(Frozen):
    """Points for the assets that `where` selects, whatever the column says."""

    where: Selection
    points: float = Field(ge=0, le=100)


class Factor(Frozen):
    """One factor: a weight, and the points of what its column says.

    Attributes
    ----------
    side
        `feasibility` stands beside the score and never enters it.
    column
        A column of the class, `age` or `failures_5y`.
    steps
        (value, points): straight lines between, the end values beyond.
    codes
        Code of a choice (`true`, `false` of a flag) → points.
    case
        Points of assets that the column alone does not tell; the first that fits.
    """

    id: Identifier
    title: Text
    side: Side
    weight: float = Field(gt=0, le=1)
    column: str
    steps: tuple[tuple[float, float], ...] = ()
    codes: dict[str, float] = Field(default_factory=dict)
    case: tuple[Case, ...] = ()
    source: Source

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.steps) == bool(self.codes):
            raise ValueError("either steps or codes are needed")
        if any(a[0] >= b[0] for a, b in pairwise(self.steps)):
            raise ValueError("values of steps must rise")
        points = [*(p for _, p in self.steps), *self.codes.values()]
        if not all(0 <= value <= 100 for value in points):
            raise ValueError("points run from 0 to 100")
        return self

    @property
    def is_number(self) -> bool:
        """Tell whether the factor reads numbers."""
        return bool(self.steps)

    def of_numbers(self, value: FloatArray) -> FloatArray:
        """Give the points of numbers; NaN where missing."""
        at, points = zip(*self.steps, strict=True)
        return np.where(np.isnan(value), np.nan, np.interp(value, at, points))


class Override(Frozen):
    """Bounds of the grade where `where` fits, whatever the points say."""

    id: Identifier
    title: Text
    where: Selection
    least: int = Field(default=1, ge=1, le=5)
    most: int = Field(default=5, ge=1, le=5)
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("least ≤ most is needed")
        return self


class Points(Frozen):
    """The weight set of an asset class.

    Attributes
    ----------
    missing
        Points of a factor whose cell is empty.
    """

    missing: float = Field(ge=0, le=100)
    source: Source
    factor: tuple[Factor, ...] = Field(min_length=1)
    override: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        ids = [item.id for item in self.factor]
        ids += [item.id for item in self.override]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"factor or override ids occur twice: {', '.join(twice)}")
        for side in ("likelihood", "consequence"):
            if not any(item.side == side for item in self.factor):
                raise ValueError(f"no factor of the side {side}")
        return self

    def of_side(self, side: Side) -> tuple[Factor, ...]:
        """List the factors of one side."""
        return tuple(item for item in self.factor if item.side == side)
