"""Fund kinds: who may pay for what, up to which share, and the terms of debt."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text

Ownership = Literal["public", "operator", "residents"]


class FundKind(Frozen):
    """One kind of money.

    Attributes
    ----------
    names
        Further words for it in project lists, besides id and title.
    capital
        Counts as project capital (资本金): money that is not borrowed.
    debt
        Must be repaid, with `tenor_years`, `coupon_bp`, `grace_years`, `repayment`.
    region_share_bp
        Largest share by region of the county, where a document differs by region; a
        scenario that states `county.region` gets this in the place of `max_share_bp`.
    share_base
        What `max_share_bp` is a share of, over the life of a package.
    natures, ownerships, asset_classes
        Packages that may use it; empty means all.
    owner_only
        Only packages whose legal owner is the owner of the fund.
    needs_borrower
        A loan of a company: the fund names its borrower, and only packages that this
        company may borrow for use it.
    carry_over
        Years that unspent money stays usable; −1 without end, 0 not at all.
    least_draw, step
        万元: a package draws nothing or at least `least_draw`, in multiples of `step`.
    up_front
        May be received before it is spent; the package holds it.
    arrival_month
        Month in which the year's money arrives: late money is for the next year.
    repayment
        `bullet`: all at the end; `equal`: equal parts after the grace years.
    tenors
        Standard tenors: a scenario may choose one of them; empty: any.
    half_yearly_from
        Tenor from which interest is paid twice a year; 0: once a year.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: Text
    names: tuple[str, ...] = ()
    capital: bool
    debt: bool
    share_base: Literal["eligible", "cost"] = "cost"
    max_share_bp: int | None = Field(default=None, ge=0, le=10_000)
    region_share_bp: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict
    )
    natures: tuple[Literal["public", "quasi_public", "commercial"], ...] = ()
    ownerships: tuple[Ownership, ...] = ()
    asset_classes: tuple[str, ...] = ()
    owner_only: bool = False
    needs_borrower: bool = False
    carry_over: int = Field(default=0, ge=-1)
    least_draw: Decimal = Field(default=Decimal(0), ge=0)
    step: Decimal = Field(default=Decimal(0), ge=0)
    up_front: bool = False
    arrival_month: int = Field(default=1, ge=1, le=12)
    tenor_years: int = Field(default=0, ge=0)
    coupon_bp: int = Field(default=0, ge=0)
    grace_years: int = Field(default=0, ge=0)
    repayment: Literal["bullet", "equal"] = "bullet"
    tenors: tuple[Annotated[int, Field(ge=1, le=60)], ...] = ()
    half_yearly_from: int = Field(default=0, ge=0)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _terms(self) -> Self:
        if self.debt and self.tenor_years < 1:
            raise ValueError("debt needs tenor_years")
        if self.debt and self.grace_years >= self.tenor_years:
            raise ValueError("grace_years must be less than tenor_years")
        if not self.debt and (self.tenor_years or self.coupon_bp or self.grace_years):
            raise ValueError("tenor, coupon and grace years are for debt only")
        if not self.debt and (self.tenors or self.half_yearly_from):
            raise ValueError("tenors and dates of interest are for debt only")
        if self.tenors and self.tenor_years not in self.tenors:
            raise ValueError("tenor_years must be one of tenors")
        if self.debt and self.capital:
            raise ValueError("debt is no project capital")
        if self.debt and self.up_front:
            raise ValueError("debt is drawn when it is needed, not up front")
        if self.needs_borrower and not self.debt:
            raise ValueError("only debt has a borrower")
        return self
