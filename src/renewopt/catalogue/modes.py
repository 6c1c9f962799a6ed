"""Renewal modes and grouping: what can be built, what it costs, how it is bundled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.selection import Selection

BP = 10_000
"""Basis points in one."""


def stretched(parts: Sequence[int], old: int, new: int) -> list[int]:
    """Share the parts of `old` years of works out equally over `new`; the rest follows.

    So retention stays after the end, and nothing is paid in full before it.
    """
    during, after = list(parts[:old]), list(parts[old:])
    total = sum(during)
    reached = [total * i // new for i in range(new + 1)]
    return [b - a for a, b in pairwise(reached)] + after


CostLevel = Literal["low", "mid", "high"]
Trait = Literal["expansion", "demolition", "improvement"]
Trend = Literal["growing", "stable", "declining"]
Nature = Literal["public", "quasi_public", "commercial"]


class Price(Frozen):
    """Unit cost of a mode for the assets that `where` selects; the first that fits.

    Attributes
    ----------
    low, mid, high
        万元 per unit of the class (metre, square metre, item) at the prices of the base
        year, all included: trench, road restoration, other fees.
    includes
        Classes whose works inside the asset this price pays for as well: they are taken
        off it where they are projects of their own, renewed or under construction, so
        that no metre is paid twice. None: not said, which is asked about; empty: none.
    assumed
        Used where the size is not known; the assets are counted in a warning.
    source
        Where the figures come from.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    where: Selection = Selection()
    low: float = Field(gt=0)
    mid: float = Field(gt=0)
    high: float = Field(gt=0)
    includes: tuple[str, ...] | None = None
    assumed: bool = False
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low ≤ mid ≤ high is needed")
        if any(round(p, 6) != p for p in (self.low, self.mid, self.high)):
            raise ValueError("prices may have at most six decimals")
        return self

    def at(self, level: CostLevel) -> float:
        """Give the unit cost of a cost level, 万元 per unit."""
        return {"low": self.low, "mid": self.mid, "high": self.high}[level]


class Fixed(Frozen):
    """Cost of a mode that every project has once, whatever its size, 万元."""

    low: float = Field(ge=0)
    mid: float = Field(ge=0)
    high: float = Field(ge=0)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low ≤ mid ≤ high is needed")
        return self

    def at(self, level: CostLevel) -> float:
        """Give the cost of a cost level, 万元."""
        return {"low": self.low, "mid": self.mid, "high": self.high}[level]


class Pace(Frozen):
    """How long the works take, against the months of a year in which they may go on.

    Attributes
    ----------
    setup_months
        Months that every project takes, whatever its size.
    per_month
        Quantity that is done in a month, in the unit of the class.
    season_months
        Months of a year in which works may go on (frost, heating or flood season).
    """

    setup_months: float = Field(default=0, ge=0)
    per_month: float = Field(gt=0)
    season_months: float = Field(gt=0, le=12)
    source: str = Field(min_length=1)


class Mode(Frozen):
    """One way to renew a project.

    Attributes
    ----------
    where
        Assets that may be renewed so; a project may only if all of its assets may.
    gives_up
        Column that names the assets of the class which take over what an asset does:
        the mode ends its service, and is offered only where they are stated and stay.
        Empty: the asset is renewed.
    takes_in
        Link of the class whose other assets move into this one with its works: the
        asset is not built yet, and stands in for the works of what moves in. It has no
        other modes then.
    moves_in
        Link by which the asset moves into another: works of the mode go with the works
        of the other that take it in, in the same years, and are offered only there.
    trend
        Population trends of the counties that it is offered to; empty: all.
    effect_bp
        Share of the expected failures that is gone after completion.
    consequence_bp
        Share of the consequence that is gone for the failures that remain.
    service_life
        Years after completion for which the effect lasts; absent: without end.
    excavation_bp
        Trench and pavement part of the cost: the base of the dig-once saving.
    eligible_bp
        Share of the cost that grants may pay for, for assets that no operator owns.
    duration
        Years of works at least; `pace` may make it more.
    pace
        How long the works of a project take, by its size.
    fixed
        Cost that every project has once.
    lead_months
        Months for design and readiness besides the steps to approval.
    progress_bp
        Works value (完成投资) by year of the works; absent: in equal parts.
    payment_bp
        Payments by year from the start; adds up to 10,000; may outlast the works
        (retention).
    traits
        Words by which policies forbid it: `expansion` (more capacity than before),
        `demolition`, `improvement` (more than the basic scope) …
    omits
        Basic items of the class that it leaves as they are.
    fills
        Gaps of the class (`[[gain]]`) that it fills.
    price
        Unit costs by size; the first whose `where` fits an asset counts.
    source
        Where effect, excavation share, duration and payments come from.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: Text
    where: Selection = Selection()
    effect_bp: int = Field(gt=0, le=BP)
    consequence_bp: int = Field(default=0, ge=0, le=BP)
    service_life: int | None = Field(default=None, ge=1, le=200)
    excavation_bp: int = Field(ge=0, le=BP)
    eligible_bp: int = Field(default=BP, ge=0, le=BP)
    duration: int = Field(ge=1, le=10)
    gives_up: str = ""
    takes_in: str = ""
    moves_in: str = ""
    trend: tuple[Trend, ...] = ()
    pace: Pace | None = None
    fixed: Fixed | None = None
    lead_months: int = Field(default=0, ge=0, le=60)
    progress_bp: tuple[int, ...] = ()
    payment_bp: tuple[int, ...] = Field(min_length=1)
    traits: tuple[Trait, ...] = ()
    omits: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    price: tuple[Price, ...]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.price:
            raise ValueError("a mode needs at least one [[mode.price]]")
        ids = [price.id for price in self.price]
        if len(set(ids)) < len(ids):
            raise ValueError("the price ids of a mode must differ")
        if sum(self.payment_bp) != BP or min(self.payment_bp) < 0:
            raise ValueError("payment_bp must add up to 10000")
        if self.progress_bp and (
            sum(self.progress_bp) != BP or len(self.progress_bp) != self.duration
        ):
            raise ValueError("progress_bp must have a part per year, 10000 in all")
        if len(self.payment_bp) < self.duration:
            raise ValueError("payment_bp must have a part for every year of works")
        if self.payment_bp[0] == 0:
            raise ValueError("payment_bp must start with the year of the start")
        if self.moves_in and (self.duration > 1 or self.pace or self.takes_in):
            raise ValueError(
                "what moves in takes as long as the other's works: duration 1, no pace"
            )
        return self


class BasicItem(Frozen):
    """Something that a renewal has to put right where it fails (基础类应改尽改).

    Attributes
    ----------
    where
        Assets in which it fails.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: Text
    where: Selection
    source: str = Field(min_length=1)


class NatureRule(Frozen):
    """Nature of the projects whose assets `where` selects; the first that fits."""

    where: Selection = Selection()
    nature: Nature


class Income(Frozen):
    """Net income that a package may count on for debt service.

    Attributes
    ----------
    rate_bp
        Yearly net income as a share of the cost of the package's obligated projects
        (safety duties and assessed targets: only these are sure to be built).
    first_year_after
        Years from the plan's first year to the first income.
    """

    rate_bp: int = Field(ge=0, le=BP)
    first_year_after: int = Field(ge=0)
    source: str = Field(min_length=1)


class Grouping(Frozen):
    """How assets of a class become projects, and projects packages.

    Attributes
    ----------
    code
        Short word that project and package identifiers begin with.
    by
        Columns whose values are one within a project, whatever its size.
    prefer
        Columns by which projects are parted as long as the parts are large enough;
        `loss_band` is the band of the loss per cost, `grade` the risk grade.
    age_band
        So are bands of so many years of age; absent: age parts nothing.
    across_districts
        Whether a project may reach over the border of a district, if `district` is one
        of `by`.
    max_gap_m
        Assets of one project are no farther apart, end to end, metres.
    least_quantity, least_cost
        A part below each of these that is given joins a neighbour with which it shares
        the columns of `by`: unit of the class, and 万元 by the first mode.
    join_within_m
        How far away a neighbour may be, metres; one that touches comes first.
    candidate_age
        An asset of at least this age is a candidate without an obligation.
    candidate_grade
        So is one of at least this risk grade.
    max_quantity
        Largest quantity of a project, in the unit of the class; a longer street is
        split.
    max_cost
        Largest cost of a project by its first mode, 万元 of the base year.
    package_by
        Columns whose values are one within a package, besides legal owner, nature and
        ownership.
    package_max_projects, package_least_cost, package_greatest_cost
        A package with more projects or cost is split; one below the least is joined
        to the next of the same owner.
    owner_from
        Columns that name the legal owner, the first that is filled in.
    default_owner
        Legal owner where none of them is filled in.
    renewed_within
        An asset that was renewed less than so many years ago is left out, but for a
        safety duty.
    demolition_within
        So is one that is to be demolished within so many years after the plan.
    nature
        Nature by selection; without a match `public`.
    income
        Net income of packages; absent: none.
    bond_review
        Review of special bonds (专项债券评审) that packages formed here with an income
        are taken to have: `passed`, the year from which they count as passed, or
        nothing: no bond asks for less than it.
    """

    code: str = Field(pattern=r"^[A-Z][A-Z0-9]*$")
    by: tuple[str, ...] = Field(min_length=1)
    prefer: tuple[str, ...] = ()
    age_band: int | None = Field(default=None, ge=1)
    across_districts: bool = False
    max_gap_m: float = Field(default=150, gt=0)
    least_quantity: float = Field(default=0, ge=0)
    least_cost: float = Field(default=0, ge=0)
    join_within_m: float = Field(default=300, gt=0)
    candidate_age: int | None = Field(default=None, ge=0)
    candidate_grade: int = Field(default=3, ge=1, le=5)
    max_quantity: float = Field(gt=0)
    max_cost: float = Field(gt=0)
    package_by: tuple[str, ...] = ()
    package_max_projects: int = Field(default=40, ge=1)
    package_least_cost: float = Field(default=0, ge=0)
    package_greatest_cost: float = Field(gt=0)
    owner_from: tuple[str, ...] = ("owner", "operator")
    default_owner: Text
    renewed_within: int = Field(default=10, ge=0)
    demolition_within: int = Field(default=5, ge=0)
    nature: tuple[NatureRule, ...] = ()
    income: Income | None = None
    bond_review: str = Field(default="", pattern=r"^(passed|[0-9]{4})?$")
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _room_between(self) -> Self:
        if self.least_quantity > self.max_quantity or self.least_cost > self.max_cost:
            raise ValueError("the least project may not be above the largest")
        if both := sorted(set(self.by) & set(self.prefer)):
            raise ValueError(f"by and prefer share {', '.join(both)}")
        return self

    @property
    def borders(self) -> tuple[str, ...]:
        """Columns whose border no project crosses."""
        return tuple(
            c for c in self.by if not (c == "district" and self.across_districts)
        )
