"""What making a case needs to know besides the assets and the clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from renewopt.catalogue.approval import Approval
from renewopt.catalogue.modes import BP, CostLevel
from renewopt.catalogue.selection import Selection
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.by_hand import NOTHING_BY_HAND, ByHand


@dataclass(frozen=True)
class LocalFactor:
    """A factor on the prices of some assets, by any of their columns.

    Attributes
    ----------
    asset_class
        Classes that it is for; empty: all that have the columns.
    where
        Assets that are meant.
    factor
        What their prices are multiplied by.
    why
        What it is for, written into the cost lines.
    source
        Where the factor comes from, written there too.
    """

    asset_class: tuple[str, ...]
    where: Selection
    factor: float
    why: str
    source: str = ""


@dataclass(frozen=True)
class CaseSettings:
    """Years, prices and the view into the future.

    Attributes
    ----------
    start_year, years
        First plan year and number of plan years.
    discount_rate_bp
        Yearly rate at which later losses count less, basis points.
    price_base_year, price_index_bp
        Year of the unit costs, and their yearly rise in basis points; without a base
        year the prices are those of the first plan year.
    benefit_years_beyond
        Years after the horizon for which the loss removed still counts.
    later_years
        Years after those for which `benefit_later` counts, at most; the effect of a
        mode ends with its service life.
    cost_level
        Which of the three unit costs counts: `low`, `mid` or `high`.
    population_trend
        How the county's population changes: `growing`, `stable`, `declining` or "".
    off_classes
        Asset classes that this county does not plan: no duties, no projects.
    stricter
        Whether clauses of the same id in several packs stand beside each other, so
        that the hardest level and its earliest deadline count; else the later pack's
        replaces the earlier one.
    index_bp
        Rise of prices in single years, basis points; others rise by `price_index_bp`.
    class_factor
        Factor on the prices of a class: region, rock, frost depth.
    local
        Factors on the prices of the assets that are meant: rock, frost, a district.
    fees_bp, contingency_bp
        Other fees and contingency on top of the prices, basis points; prices of the
        class files include both.
    approval
        Road to approval; absent: everything may start in the first plan year.
    stages
        Step of the approval that a package has reached, by identifier or name, where
        it is not that of all packages formed here.
    by_hand
        Packages that are merged and split by hand.
    move_in
        Links whose works a rule keeps with those of what takes them in: only by these
        does anything move into another asset.
    lang
        Language of the names that are made: `zh` or `en`.
    """

    start_year: int
    years: int
    discount_rate_bp: int = 400
    price_base_year: int | None = None
    price_index_bp: int = 0
    benefit_years_beyond: int = 10
    later_years: int = 40
    cost_level: CostLevel = "mid"
    lang: str = "zh"
    population_trend: str = ""
    off_classes: tuple[str, ...] = ()
    stricter: bool = False
    index_bp: Mapping[int, int] = field(default_factory=dict)
    class_factor: Mapping[str, float] = field(default_factory=dict)
    local: tuple[LocalFactor, ...] = ()
    fees_bp: int = 0
    contingency_bp: int = 0
    approval: Approval | None = None
    stages: Mapping[str, str] = field(default_factory=dict)
    by_hand: ByHand = NOTHING_BY_HAND
    move_in: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse settings that no plan can be made with."""
        problems = list(self._problems())
        if problems:
            raise InputError(*problems)

    def _problems(self) -> list[Message]:
        limits = {
            "years": (1, 30),
            "discount_rate_bp": (0, BP),
            "price_index_bp": (-1000, 5000),
            "benefit_years_beyond": (0, 100),
            "later_years": (0, 100),
            "fees_bp": (0, BP),
            "contingency_bp": (0, BP),
        }
        return [
            message(
                "projects.setting",
                key=key,
                value=getattr(self, key),
                low=low,
                high=high,
            )
            for key, (low, high) in limits.items()
            if not low <= getattr(self, key) <= high
        ]

    @property
    def base_year(self) -> int:
        """Year of the unit costs."""
        return self.start_year if self.price_base_year is None else self.price_base_year

    @property
    def plan_years(self) -> list[int]:
        """List the plan years in order."""
        return list(range(self.start_year, self.start_year + self.years))

    @property
    def benefit_years(self) -> list[int]:
        """List the years whose losses count, in order."""
        last = self.start_year + self.years + self.benefit_years_beyond
        return list(range(self.start_year, last))

    def price_factor(self, year: int) -> float:
        """Give price level of `year` over base year: (1 + index)^(year − base).

        Rounded to six decimals, so that it is the same in files.
        """
        level = 1.0
        for each in range(min(year, self.base_year), max(year, self.base_year)):
            rise = 1 + self.index_bp.get(each + 1, self.price_index_bp) / BP
            level = level * rise if year > self.base_year else level / rise
        return float(round(level, 6))

    def cost_factor(self, asset_class: str, year: int) -> float:
        """Give price level × factor of the class × fees × contingency, six decimals."""
        extra = (1 + self.fees_bp / BP) * (1 + self.contingency_bp / BP)
        own = self.class_factor.get(asset_class, 1.0)
        return float(round(self.price_factor(year) * own * extra, 6))

    def case_numbers(self) -> dict[str, int]:
        """Give the numbers of `case.toml`."""
        return {
            "start_year": self.start_year,
            "years": self.years,
            "discount_rate_bp": self.discount_rate_bp,
            "price_base_year": self.base_year,
        }
