"""Scales of the 5×5 matrix that a class has of its own; for screens only."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen
from renewopt.catalogue.hazard import Source

Bands = Annotated[tuple[float, ...], Field(min_length=4, max_length=4)]


class Grades(Frozen):
    """From where the grades 2 to 5 begin.

    Attributes
    ----------
    lof
        Probability of at least one failure within the year.
    cof
        Consequence of a failure, 万元.
    per_unit
        Whether the probability is that of one unit of exposure (a household) and not of
        the whole asset, which is nearly certain where an asset is hundreds of them.
    """

    lof: Bands
    cof: Bands
    per_unit: bool = False
    source: Source

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for bands in (self.lof, self.cof):
            if bands[0] <= 0 or list(bands) != sorted(set(bands)):
                raise ValueError("bands rise from above 0")
        if self.lof[-1] >= 1:
            raise ValueError("a probability is below 1")
        return self
