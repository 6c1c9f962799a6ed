"""What one failure costs: parts in 万元, scaled by what is exposed."""

from __future__ import annotations

from typing import Literal, Self, get_args

import numpy as np
from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.hazard import Z90, Identifier, Interval, Multiplier, Source
from renewopt.catalogue.selection import Selection

PartKind = Literal["safety", "service", "traffic", "environment", "repair"]
PART_KINDS: tuple[PartKind, ...] = get_args(PartKind)
"""What a part of a loss is: people hurt, households without service, traffic, water and
heat lost, making good. The order of their columns, and of their sum."""


class Scale(Frozen):
    """A factor in proportion to a column: value / reference, kept within bounds.

    The factor is 1 where the value is missing.

    Attributes
    ----------
    over
        Column that the value is divided by first, as in households ÷ buildings.
    """

    column: str
    over: str = ""
    reference: float = Field(gt=0)
    least: float = Field(gt=0)
    greatest: float = Field(gt=0)
    source: Source


class Yearly(Frozen):
    """Bounds of the chance of a rare loss, per unit of exposure and year.

    The rate of failures and the chance that one leads to the loss are both told by the
    state of an asset; their product must not leave what is known of the loss itself.
    """

    least: float = Field(gt=0)
    greatest: float = Field(le=1)
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least < self.greatest:
            raise ValueError("least < greatest is needed")
        return self


class Part(Frozen):
    """One part of the consequence of a failure.

    loss = mid · chance · days · count · scale · Π factors of the multipliers that fit

    Attributes
    ----------
    low, mid, high
        万元 per failure, or per failure and unit of the column `per`. The plan uses
        `mid`; `low` and `high` are shown beside it.
    kind
        The column of the risk table that the part counts in.
    with_population
        Whether the part is in proportion to the people who live there, so that it
        follows the population index of a score or plan.
    chance
        Probability that a failure leads to this loss; absent: certain.
    yearly
        Bounds of rate · chance · Π factors; absent: none.
    days
        For how long it lasts: the values are then per day; absent: per failure.
    per
        Column that counts what is exposed; empty: once per failure.
    over
        Column that this count is divided by: households of one of the buildings.
    if_missing
        Count to use where one of these columns is not filled in.
    where
        Assets that have this part at all; empty means all.
    """

    id: Identifier
    title: Text
    kind: PartKind
    with_population: bool = False
    low: float = Field(ge=0)
    mid: float = Field(ge=0)
    high: float = Field(gt=0)
    chance: Interval | None = None
    yearly: Yearly | None = None
    days: Interval | None = None
    per: str = ""
    over: str = ""
    if_missing: float | None = Field(default=None, ge=0)
    where: Selection = Selection()
    scale: Scale | None = None
    multiplier: tuple[Multiplier, ...] = ()
    source: Source

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low ≤ mid ≤ high is needed")
        if bool(self.per) != (self.if_missing is not None):
            raise ValueError("per and if_missing belong together")
        if self.over and not self.per:
            raise ValueError("over needs per")
        if self.chance is not None and self.chance.high > 1:
            raise ValueError("a chance is at most 1")
        if self.yearly is not None and (self.chance is None or not self.chance.mid):
            raise ValueError("yearly needs a chance above 0")
        return self

    @property
    def unit_loss(self) -> float:
        """Give the expected loss per failure and exposed unit, 万元."""
        chance = 1.0 if self.chance is None else self.chance.mid
        return self.mid * chance * (1.0 if self.days is None else self.days.mid)


class RunningLoss(Frozen):
    """A loss that runs all year (water leaked, heat lost), kept apart from risk.

    loss = mid · max(column − above, 0) · exposure

    Attributes
    ----------
    column
        Column of the rate, such as the leakage rate in %; nothing where it is empty.
    above
        Rate up to which nothing is counted.
    low, mid, high
        万元 per year, point of the rate and unit of exposure (`hazard.per`).
    """

    id: Identifier
    title: Text
    column: str
    above: float = Field(default=0, ge=0)
    low: float = Field(ge=0)
    mid: float = Field(ge=0)
    high: float = Field(gt=0)
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low ≤ mid ≤ high is needed")
        return self


class Consequence(Frozen):
    """Consequence of one failure of an asset class, the sum of its parts (万元).

    Attributes
    ----------
    uncertainty
        The 90 % interval of the sum is the sum ÷ and × this factor (lognormal).
    running
        Losses of normal operation, stated beside the risk and never part of it.
    none
        Kind of loss that no part counts → why it is 0.
    """

    uncertainty: float = Field(gt=1)
    source: Source
    part: tuple[Part, ...] = Field(min_length=1)
    running: tuple[RunningLoss, ...] = ()
    none: dict[PartKind, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _counted_or_not(self) -> Self:
        both = sorted({part.kind for part in self.part} & set(self.none))
        if both:
            raise ValueError(f"counted by a part and said to be 0: {', '.join(both)}")
        return self

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [m.id for p in self.part for m in p.multiplier]
        ids += [p.id for p in self.part] + [r.id for r in self.running]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"part or multiplier ids occur twice: {', '.join(twice)}")
        return self

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm of the consequence."""
        return float(np.log(self.uncertainty) / Z90)
