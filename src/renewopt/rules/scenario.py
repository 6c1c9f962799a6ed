"""Scenario: one file that says what to plan, with which money and which wishes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from renewopt.catalogue.parse import validate
from renewopt.core.errors import InputError
from renewopt.core.limits import MOST_SECONDS, MOST_SEED
from renewopt.rules.base import Title
from renewopt.rules.policy import Objective, read_toml


class Strict(BaseModel):
    """Frozen; a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FundEntry(Strict):
    """A fund of the county: `[[fund]]`; what is left out comes from its kind.

    `opening` is money carried into the plan: what is left of a year's money, by the
    year that it is from.
    """

    id: str = Field(min_length=1)
    kind: str
    title: Title = ""
    owner: str = ""
    borrower: str = ""
    amount: dict[int, Decimal]
    opening: dict[int, Decimal] = {}
    carry_over: int | None = Field(default=None, ge=-1)
    least_draw: Decimal | None = Field(default=None, ge=0)
    step: Decimal | None = Field(default=None, ge=0)
    up_front: bool | None = None
    arrival_month: int | None = Field(default=None, ge=1, le=12)
    max_share_bp: int | None = Field(default=None, ge=0, le=10_000)
    asset_classes: tuple[str, ...] | None = None
    tenor_years: int | None = Field(default=None, ge=1, le=60)
    coupon_bp: int | None = Field(default=None, ge=0, le=10_000)
    grace_years: int | None = Field(default=None, ge=0)
    repayment: str | None = None


class DebtEntry(Strict):
    """What is owed already: `[[existing_debt]]`, its whole repayment schedule."""

    fund: str
    repaid: dict[int, Annotated[Decimal, Field(ge=0)]] = {}
    interest: dict[int, Annotated[Decimal, Field(ge=0)]] = {}


class County(Strict):
    """Who plans, shown on every report; and how its population changes.

    Attributes
    ----------
    debt_band
        债务风险等级 of the county; rules of kind `debt_band` take it from here.
    population
        Heads in the year before the plan.
    population_index
        Year → population (heads or an index; the year before the plan is `population`
        for heads and 1 for an index, where it is not stated): consequences that hang on
        people follow it.
    """

    name: Title = ""
    debt_band: Literal["red", "orange", "yellow", "green", ""] = ""
    population: int = Field(default=0, ge=0)
    population_index: dict[int, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}


class SolveEntry(Strict):
    """How long and how exactly to solve."""

    gap: float = Field(default=0.005, ge=0, lt=1)
    time_limit_s: float = Field(default=120, gt=0, le=MOST_SECONDS)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)
    engine: str = "auto"


class Scenario(Strict):
    """The scenario file of `docs/formats.md`."""

    inventory: str = ""
    projects: str = ""
    packs: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    start_year: int = Field(ge=2000, le=2200)
    years: int = Field(ge=1, le=30)
    discount_rate_bp: int = Field(default=400, ge=0, le=10_000)
    price_base_year: int | None = None
    price_index_bp: int = Field(default=0, ge=-1000, le=5000)
    benefit_years_beyond: int = Field(default=10, ge=0, le=100)
    mapping: str = ""
    county: County = County()
    fund: tuple[FundEntry, ...] = ()
    existing_debt: tuple[DebtEntry, ...] = ()
    rule: tuple[dict[str, Any], ...] = ()
    objective: Objective = Objective()
    solve: SolveEntry = SolveEntry()


def read_scenario(path: Path) -> Scenario:
    """Read and check a scenario file.

    Raises
    ------
    InputError
        With every problem found, each with file and dotted key.
    """
    return parse_scenario(read_toml(path), path.name)


def parse_scenario(data: dict[str, Any], file: str) -> Scenario:
    """Check a scenario that was read or made; `file` is named in errors."""
    scenario, problems = validate(Scenario, data, file)
    if scenario is None:
        raise InputError(*problems)
    if bool(scenario.inventory) == bool(scenario.projects):
        raise InputError.of("scenario.source", file=file)
    return scenario
