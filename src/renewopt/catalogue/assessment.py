"""Official assessments: outcomes that bound the likelihood whatever a model says."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text


class Outcome(Frozen):
    """One outcome of an official assessment.

    Attributes
    ----------
    code
        What the column holds.
    least, most
        Bounds of the failures per year and unit of `hazard.per`; absent: none.
    """

    code: str = Field(min_length=1)
    title: Text
    least: float | None = Field(default=None, ge=0)
    most: float | None = Field(default=None, gt=0)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.least is None and self.most is None:
            raise ValueError("an outcome needs least or most")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least ≤ most is needed")
        return self


class Assessment(Frozen):
    """How outcomes override the model.

    Attributes
    ----------
    column
        Column with the outcome.
    year_column
        Column with the year of the assessment: one after the as-of year is not known
        yet; where it is empty the outcome holds.
    valid_years
        An outcome that is older no longer bounds the likelihood; it stays a hint
        (the multipliers on the same column).
    """

    column: str
    year_column: str
    valid_years: int = Field(ge=1)
    source: str = Field(min_length=1)
    outcome: tuple[Outcome, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        codes = [item.code for item in self.outcome]
        if len(set(codes)) < len(codes):
            raise ValueError("an outcome occurs twice")
        return self
