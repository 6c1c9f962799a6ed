"""Rules: one file per kind, each with its rows, its check and its words."""

from __future__ import annotations

from renewopt.rules.annual_cap import AnnualCap
from renewopt.rules.base import Rule
from renewopt.rules.bond_review import BondReview
from renewopt.rules.capital_share import CapitalShare
from renewopt.rules.choose import Choose
from renewopt.rules.closed_corridor import ClosedCorridor
from renewopt.rules.coupling import Coupling
from renewopt.rules.coverage import Coverage
from renewopt.rules.debt_band import DebtBand
from renewopt.rules.debt_increase import DebtIncrease
from renewopt.rules.debt_limit import DebtLimit
from renewopt.rules.debt_service import DebtService
from renewopt.rules.decided import Decided
from renewopt.rules.dig_once import DigOnce
from renewopt.rules.district_share import DistrictShare
from renewopt.rules.draw_size import DrawSize
from renewopt.rules.emergency_reserve import EmergencyReserve
from renewopt.rules.fund_budget import FundBudget
from renewopt.rules.fund_eligibility import FundEligibility
from renewopt.rules.fund_share import FundShare
from renewopt.rules.held import Held
from renewopt.rules.mandatory import Mandatory
from renewopt.rules.negative_list import NegativeList
from renewopt.rules.new_packages import NewPackages
from renewopt.rules.one_work import OneWork
from renewopt.rules.paid_in_full import PaidInFull
from renewopt.rules.precedence import Precedence
from renewopt.rules.resident_limit import ResidentLimit
from renewopt.rules.running import Running
from renewopt.rules.site_limit import SiteLimit
from renewopt.rules.smoothing import Smoothing
from renewopt.rules.source_limit import SourceLimit
from renewopt.rules.spending_floor import SpendingFloor
from renewopt.rules.stability import Stability
from renewopt.rules.target import Target
from renewopt.rules.together import Together

RULES: dict[str, type[Rule]] = {
    "one_work": OneWork,
    "running": Running,
    "dig_once": DigOnce,
    "closed_corridor": ClosedCorridor,
    "mandatory": Mandatory,
    "annual_cap": AnnualCap,
    "paid_in_full": PaidInFull,
    "fund_budget": FundBudget,
    "fund_eligibility": FundEligibility,
    "fund_share": FundShare,
    "capital_share": CapitalShare,
    "debt_limit": DebtLimit,
    "debt_service": DebtService,
    "decided": Decided,
    "choose": Choose,
    "precedence": Precedence,
    "target": Target,
    "new_packages": NewPackages,
    "coupling": Coupling,
    "coverage": Coverage,
    "debt_increase": DebtIncrease,
    "bond_review": BondReview,
    "negative_list": NegativeList,
    "resident_limit": ResidentLimit,
    "debt_band": DebtBand,
    "emergency_reserve": EmergencyReserve,
    "held": Held,
    "source_limit": SourceLimit,
    "draw_size": DrawSize,
    "site_limit": SiteLimit,
    "together": Together,
    "spending_floor": SpendingFloor,
    "district_share": DistrictShare,
    "smoothing": Smoothing,
    "stability": Stability,
}
"""Every kind of rule, in the order in which rows are built."""

__all__ = ["RULES", "Rule"]
