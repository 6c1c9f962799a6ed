"""Scenario: one file that says what to plan, with which money and which wishes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from renewopt.catalogue.funds import Ownership
from renewopt.catalogue.parse import validate
from renewopt.catalogue.selection import Selection
from renewopt.core.errors import InputError, Message, message
from renewopt.core.limits import MOST_SECONDS, MOST_SEED
from renewopt.rules.base import Title
from renewopt.rules.policy import Objective, read_toml


class Strict(BaseModel):
    """Frozen; a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Certainty = Literal["confirmed", "indicative", "assumed"]


class FundEntry(Strict):
    """A fund of the county: `[[fund]]`; what is left out comes from its kind.

    `opening` is money carried into the plan: what is left of a year's money, by the
    year that it is from. `certainty` is that of all its money, or by year; years that
    are not named are confirmed. `programme` is the source that it is a batch of, where
    its kind alone does not say it (`source_limit`).
    """

    id: str = Field(min_length=1)
    kind: str
    title: Title = ""
    owner: str = ""
    borrower: str = ""
    programme: str = ""
    amount: dict[int, Decimal]
    opening: dict[int, Decimal] = {}
    certainty: Certainty | dict[int, Certainty] = "confirmed"
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
    natures: tuple[Literal["public", "quasi_public", "commercial"], ...] | None = None
    ownerships: tuple[Ownership, ...] | None = None
    repayment: str | None = None
    interest_per_year: Literal[1, 2] | None = None


class DebtEntry(Strict):
    """What is owed already: `[[existing_debt]]`, its whole repayment schedule."""

    fund: str
    repaid: dict[int, Annotated[Decimal, Field(ge=0)]] = {}
    interest: dict[int, Annotated[Decimal, Field(ge=0)]] = {}


class County(Strict):
    """Who plans, shown on every report; and how its population changes.

    Attributes
    ----------
    region
        East, centre, west …: shares of grants that differ by region follow it
        (`region_share_bp` of the fund kinds).
    debt_band
        债务风险等级 of the county; rules of kind `debt_band` take it from here.
    population
        Heads in the year before the plan.
    population_trend
        `growing`, `stable` or `declining`: some modes are for some counties only.
    population_index
        Year → population (heads or an index; the year before the plan is `population`
        for heads and 1 for an index, where it is not stated): consequences that hang on
        people follow it.
    population_trend
        `growing`, `stable` or `declining`: policies forbid expansion where it declines.
    """

    name: Title = ""
    region: str = ""
    debt_band: Literal["red", "orange", "yellow", "green", ""] = ""
    population: int = Field(default=0, ge=0)
    population_trend: Literal["", "growing", "stable", "declining"] = ""
    population_index: dict[int, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}


class ApprovalEntry(Strict):
    """Road to approval: the steps of `models/approval` from today on.

    Attributes
    ----------
    today
        Month of the plan, `YYYY-MM`.
    formed
        Step that packages formed here have reached; "" none, `approved` all.
    stages
        Step that single packages have reached, by identifier or name.
    first_month, last_month
        Construction window of a year: works begin and go on in it.
    months
        Months by step, instead of those of the file.
    year_one
        Who may start in the first plan year: `approved` packages, or all whose
        missing `steps` are taken in time.
    """

    today: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    formed: str = ""
    stages: dict[str, str] = {}
    first_month: int = Field(default=1, ge=1, le=12)
    last_month: int = Field(default=12, ge=1, le=12)
    months: dict[str, Annotated[float, Field(ge=0, le=60)]] = {}
    year_one: Literal["approved", "steps"] = "approved"


class LocalEntry(Strict):
    """A factor on the prices of the assets that `where` means: rock, frost, a district.

    `asset_class` empty: all classes that have the columns; `title` says what it is for
    and stands in the cost lines, `source` where the factor comes from.
    """

    title: str = Field(min_length=1)
    factor: float = Field(gt=0, le=10)
    where: Selection
    asset_class: tuple[str, ...] = ()
    source: str = "editable assumption"


class PriceEntry(Strict):
    """What stands on top of the prices of the class files.

    Attributes
    ----------
    level
        `low`, `mid` or `high` of every price.
    index_bp
        Rise of prices in single years, basis points; others: `price_index_bp`.
    factor
        Factor by class: region × rock × frost depth.
    local
        Factors for some assets only.
    fees_bp, contingency_bp
        Other fees and contingency, basis points of the price.
    """

    level: Literal["low", "mid", "high"] = "mid"
    index_bp: dict[int, Annotated[int, Field(ge=-1000, le=5000)]] = {}
    factor: dict[str, Annotated[float, Field(gt=0, le=10)]] = {}
    local: tuple[LocalEntry, ...] = ()
    fees_bp: int = Field(default=0, ge=0, le=10_000)
    contingency_bp: int = Field(default=0, ge=0, le=10_000)


class MergeEntry(Strict):
    """Packages, by identifier or name, that become one: the first of them."""

    packages: tuple[str, ...] = Field(min_length=2)
    name: str = ""


class PartEntry(Strict):
    """Projects, by identifier or name, that become a package of their own."""

    projects: tuple[str, ...] = Field(min_length=1)
    name: str = ""


class SplitEntry(Strict):
    """Parts of a package; what no part names stays in it."""

    package: str = Field(min_length=1)
    parts: tuple[PartEntry, ...] = Field(min_length=1)


class PackagesEntry(Strict):
    """Packages merged and split by hand: the splits first, then the merges."""

    split: tuple[SplitEntry, ...] = ()
    merge: tuple[MergeEntry, ...] = ()


class SolveEntry(Strict):
    """How long and how exactly to solve."""

    gap: float = Field(default=0.005, ge=0, lt=1)
    time_limit_s: float = Field(default=120, gt=0, le=MOST_SECONDS)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)
    engine: str = "auto"
    processes: int = Field(default=2, ge=1, le=2)


class Scenario(Strict):
    """The scenario file of `docs/formats.md`.

    Attributes
    ----------
    off
        Rules, triggers and exclusions of the packs that are left out.
    off_classes
        Asset classes that this county does not plan (一县一策).
    conflicts
        What counts where packs have a clause of the same id: the `later` pack's, or the
        `stricter` (the hardest level, then its earliest deadline).
    override
        Trigger or exclusion of a pack → the keys that differ here.
    packages
        Packages merged and split by hand.
    money
        Workbook with funds, existing debt, limits and debt service (`template money`);
        what the scenario states itself comes on top.
    classes
        What this plan changes of the class files, by class: `grouping`, and `mode` by
        id with `price` by id.
    quotas
        The county's part of what a pack's document states as a whole: an amount by the
        document's year, or the total so far by year.
    """

    inventory: str = ""
    projects: str = ""
    packs: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    off_classes: tuple[str, ...] = ()
    conflicts: Literal["later", "stricter"] = "later"
    override: dict[str, dict[str, Any]] = {}
    quotas: dict[str, Decimal | dict[int, Decimal]] = {}
    start_year: int = Field(ge=2000, le=2200)
    years: int = Field(ge=1, le=30)
    discount_rate_bp: int = Field(default=400, ge=0, le=10_000)
    price_base_year: int | None = None
    price_index_bp: int = Field(default=0, ge=-1000, le=5000)
    benefit_years_beyond: int = Field(default=10, ge=0, le=100)
    later_years: int = Field(default=40, ge=0, le=100)
    mapping: str = ""
    money: str = ""
    classes: dict[str, dict[str, Any]] = {}
    approval: ApprovalEntry | None = None
    prices: PriceEntry = PriceEntry()
    packages: PackagesEntry = PackagesEntry()
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
    if not scenario.inventory and not scenario.projects:
        raise InputError.of("scenario.source", file=file)
    problems = list(_for_assets_only(scenario, file))
    if problems:
        raise InputError(*problems)
    return scenario


def _for_assets_only(scenario: Scenario, file: str) -> Iterator[Message]:
    """Refuse what changes nothing where projects are listed instead of assets."""
    given = {
        "override": bool(scenario.override),
        "off_classes": bool(scenario.off_classes),
        "conflicts": scenario.conflicts != "later",
        "county.population_trend": bool(scenario.county.population_trend),
    }
    for key, found in given.items():
        if found and not scenario.inventory:
            yield message("scenario.assets_only", file=file, key=key)
