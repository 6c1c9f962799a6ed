"""How often an asset fails: expert rates by group and age, before any records."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator, model_validator

from renewopt.catalogue.assessment import Assessment
from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.selection import Selection

FloatArray = npt.NDArray[np.float64]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Source = Annotated[str, Field(min_length=1)]

EXPOSURE_COLUMN = {"km": "length_m", "household": "households", "point": ""}
"""Column that the rate is counted over (empty: each asset is one)."""


class Multiplier(Frozen):
    """A factor for the assets that `where` selects; factors that fit are multiplied."""

    id: Identifier
    title: Text
    where: Selection
    factor: float = Field(gt=0)
    source: Source


class RateMultiplier(Multiplier):
    """A factor on the rate.

    Attributes
    ----------
    after_records
        Models never learn from it: it is put on what they say, and counts once with an
        asset's own record. For outcomes of an official assessment, which are often
        given for the failures that are recorded.
    """

    after_records: bool = False


class Interval(Frozen):
    """A figure with the least and greatest value that are thought credible."""

    low: float = Field(ge=0)
    mid: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low ≤ mid ≤ high is needed")
        return self


class AgeInterval(Interval):
    """Ages (years, at the as-of year) to use where the year is not known."""

    source: Source


class WeibullGroup(Frozen):
    """Assets whose rate rises from `new` to `old` as a Weibull lifetime passes.

    rate(age) = new + (old − new) · (1 − exp(−(age / life_years)^shape))

    Attributes
    ----------
    new, old
        Failures per unit and year of a new and of a very old asset.
    life_years
        Age at which 63 % of the rise has happened.
    shape
        How suddenly it rises; 1 at once, 2–3 late.
    """

    curve: Literal["weibull"]
    id: Identifier
    title: Text
    where: Selection = Selection()
    new: float = Field(ge=0)
    old: float = Field(gt=0)
    life_years: float = Field(gt=0)
    shape: float = Field(ge=1)
    source: Source

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.old < self.new:
            raise ValueError("old must be at least new: rates do not fall with age")
        return self

    def rate(self, age: FloatArray) -> FloatArray:
        """Give failures per unit and year at `age` (years)."""
        passed = -np.expm1(-((age / self.life_years) ** self.shape))
        return np.asarray(self.new + (self.old - self.new) * passed)

    @property
    def ages(self) -> bool:
        """Tell whether the rate depends on age."""
        return self.old > self.new

    def worn(self, age: FloatArray) -> npt.NDArray[np.bool_]:
        """Tell which ages have passed the characteristic life."""
        return np.asarray(age >= self.life_years)


class GrowthGroup(Frozen):
    """Assets whose rate grows by the same share every year (0: constant).

    rate(age) = rate_at_reference · (1 + growth)^(age − reference_age)
    """

    curve: Literal["growth"]
    id: Identifier
    title: Text
    where: Selection = Selection()
    rate_at_reference: float = Field(gt=0)
    reference_age: float = Field(default=0, ge=0)
    growth: float = Field(default=0, ge=0, le=0.5)
    source: Source

    def rate(self, age: FloatArray) -> FloatArray:
        """Give failures per unit and year at `age` (years)."""
        factor = (1.0 + self.growth) ** (age - self.reference_age)
        return np.asarray(self.rate_at_reference * factor)

    @property
    def ages(self) -> bool:
        """Tell whether the rate depends on age."""
        return self.growth > 0

    def worn(self, age: FloatArray) -> npt.NDArray[np.bool_]:
        """Tell which ages have passed a characteristic life: there is none."""
        return np.zeros(len(age), dtype=np.bool_)


Group = Annotated[WeibullGroup | GrowthGroup, Field(discriminator="curve")]


class OwnRecord(Frozen):
    """A column with the number of an asset's own events in the last `years` years."""

    column: str
    years: float = Field(gt=0)
    source: Source


class ReturnPeriod(Frozen):
    """A column with the return period (years): the rate is its inverse."""

    column: str
    source: Source


class Season(Frozen):
    """The months in which a failure counts in full.

    Attributes
    ----------
    months
        Months (1–12) of the season.
    weight_off
        What a recorded failure in another month counts for.
    """

    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1)
    weight_off: float = Field(ge=0, le=1)
    source: Source


class Hazard(Frozen):
    """Likelihood of failure of an asset class.

    Attributes
    ----------
    event
        What counts as one failure.
    per
        What a rate is counted over.
    uncertainty
        The 90 % interval of an expert rate is rate ÷ and × this factor (lognormal).
    age_if_missing
        Ages to use where the year of installation is not known; needed where any rate
        depends on age.
    group
        Rates; the first group whose `where` fits counts, so the last has no `where`.
    multiplier
        Factors on the rate.
    record
        Columns with an asset's own events; the first that a row fills in counts.
    return_period
        Column that gives an asset's own rate.
    learn
        Columns by which failure records may move the rates of kinds of assets.
    overwritten
        Column that is changed after failures (a condition score) → the column with its
        date; empty: it has none, and no model may be trained on it.
    season
        Months in which a recorded failure counts in full; absent: all.
    assessment
        Outcomes of an official assessment that override the model.
    """

    event: Text
    per: Literal["km", "household", "point"]
    uncertainty: float = Field(gt=1)
    source: Source
    age_if_missing: AgeInterval | None = None
    group: tuple[Group, ...] = Field(min_length=1)
    multiplier: tuple[RateMultiplier, ...] = ()
    record: tuple[OwnRecord, ...] = ()
    return_period: ReturnPeriod | None = None
    learn: tuple[str, ...] = ()
    overwritten: dict[str, str] = Field(default_factory=dict)
    season: Season | None = None
    assessment: Assessment | None = None

    @field_validator("record", mode="before")
    @classmethod
    def _one_or_more(cls, given: object) -> object:
        """Take one record, as class files of bureaus have it, for a list of one."""
        return given if isinstance(given, list | tuple) else [given]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.group[-1].where.columns():
            raise ValueError(
                "the last group must have no where, so that all are covered"
            )
        if self.age_if_missing is None and any(g.ages for g in self.group):
            raise ValueError("age_if_missing is needed: rates depend on age")
        ids = [g.id for g in self.group] + [m.id for m in self.multiplier]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"group or multiplier ids occur twice: {', '.join(twice)}")
        return self

    @property
    def exposure_column(self) -> str:
        """Name the column that rates are counted over (empty: one per asset)."""
        return EXPOSURE_COLUMN[self.per]

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm of an expert rate."""
        return float(np.log(self.uncertainty) / Z90)


Z90 = 1.6448536269514722
"""Half width of a 90 % interval in standard deviations."""
