"""What an inspection costs, and how much of the doubt about an asset it removes."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.hazard import Z90, Source


class Inspection(Frozen):
    """The inspection of a class.

    Attributes
    ----------
    low, mid, high
        万元 per unit of the class (m, m², item).
    fixed
        万元 per asset on top of it.
    accuracy
        What it says of an asset's rate is right within ÷ and × this factor (90 %).
    """

    title: Text
    low: float = Field(ge=0)
    mid: float = Field(ge=0)
    high: float = Field(gt=0)
    fixed: float = Field(default=0, ge=0)
    accuracy: float = Field(gt=1)
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low ≤ mid ≤ high is needed")
        return self

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm of what the inspection says."""
        return float(np.log(self.accuracy) / Z90)
