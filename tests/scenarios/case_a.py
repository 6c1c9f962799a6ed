"""Overdue heating targets and a gas duty: more duties than money, in pieces of 100 m.

21 km of trunk (the heating company's, 85 a piece, nothing of it eligible for grants),
63 km of secondary network (20 a piece), all due in 2025; 3 km of gas with "renew now"
(14 a piece). Plan 2027–2031. All money in 万元. Behind each km of trunk live 3,000
households, behind each km of secondary network 200.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.core.case import PlanningCase, make_case
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.problem import Problem

FIRST, YEARS = 2027, 5
PLAN = range(FIRST, FIRST + YEARS)
HEAT, GAS = "县热力公司", "县燃气公司"
PIECES: dict[str, dict[str, Any]] = {
    "trunk": {"count": 210, "cost": 85, "eligible": 0, "households": 300},
    "secondary": {"count": 630, "cost": 20, "eligible": 20, "households": 20},
    "gas": {"count": 30, "cost": 14, "eligible": 0, "households": 0},
}
PACKAGES = (
    {"package_id": "trunk", "legal_owner": HEAT, "nature": "quasi_public"}
    | {"ownership": "operator"},
    {"package_id": "secondary", "legal_owner": "住建局", "nature": "public"}
    | {"ownership": "residents"},
    {"package_id": "gas", "legal_owner": GAS, "nature": "commercial"}
    | {"ownership": "operator"},
)


def case() -> PlanningCase:
    """Give the facts."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("projects", "works", "payments", "use", "obligations")
    }
    for package, piece in PIECES.items():
        for number in range(piece["count"]):
            _add_piece(rows, package, f"{package}-{number:03}", piece)
    tables = {name: pd.DataFrame(own) for name, own in rows.items()}
    tables["packages"] = pd.DataFrame(PACKAGES)
    tables["resources"] = pd.DataFrame(
        [{"resource": "heating_km", "unit": "km", "decimals": 1}]
    )
    settings = {"start_year": FIRST, "years": YEARS, "discount_rate_bp": 400}
    return make_case({**settings, "price_base_year": 2026}, tables)


def _add_piece(
    rows: dict[str, list[dict[str, Any]]],
    package: str,
    project: str,
    piece: dict[str, Any],
) -> None:
    heating = package != "gas"
    rows["projects"].append(
        {
            "project_id": project,
            "package_id": package,
            "asset_class": "heating_pipe" if heating else "gas_pipe",
            "level": {"trunk": "primary", "secondary": "secondary"}.get(package, ""),
            "households": piece["households"],
            "length_m": 100.0,
            "risk_now": 1.0,
        }
    )
    duty = {"project_id": project, "pack": "national-15fyp", "clause": "1"}
    if heating:
        duty |= {"hardness": "assessed_target", "deadline": 2025}
    else:
        duty |= {"hardness": "safety_duty", "deadline": FIRST, "trigger": "immediate"}
    rows["obligations"].append(duty)
    for year in PLAN:
        work = f"{project}@{year}"
        rows["works"].append(
            {
                "work_id": work,
                "project_id": project,
                "mode": "replace",
                "start_year": year,
                "risk_removed": 100 * (FIRST + 10 - year),
            }
        )
        cost, eligible = 100 * piece["cost"], 100 * piece["eligible"]
        rows["payments"].append(
            {"work_id": work, "year": year, "cost": cost, "eligible_cost": eligible}
        )
        if heating:
            rows["use"].append(
                {"work_id": work, "year": year, "resource": "heating_km", "amount": 0.1}
            )


def policy(weigh_by: str) -> Policy:
    """Give money and rules; duties are weighed by `length_m` or `households`."""
    blank = {"capital": True, "debt": False, "carry_over": -1, "owner_only": False}
    funds = [
        blank
        | {"fund_id": "fiscal", "kind": "local_fiscal"}
        | {"natures": "public;quasi_public"},
        blank
        | {"fund_id": "heat", "kind": "operator_fund", "owner": HEAT}
        | {"owner_only": True},
        blank
        | {"fund_id": "gas", "kind": "operator_fund", "owner": GAS}
        | {"owner_only": True},
        blank
        | {"fund_id": "central", "kind": "central_budget", "carry_over": 0}
        | {"share_base": "eligible", "max_share_bp": 6000}
        | {"natures": "public;quasi_public"},
    ]
    by_year = {"fiscal": 1500, "heat": 2000, "central": 99_999}
    money = [
        {"fund_id": fund, "year": year, "amount": 100 * amount}
        for fund, amount in by_year.items()
        for year in PLAN
    ]
    money.append({"fund_id": "gas", "year": FIRST, "amount": 42_000})
    crews = {str(year): 16 for year in PLAN}
    rules = [
        {"kind": "mandatory", "id": "duties", "weigh_by": weigh_by},
        {
            "kind": "annual_cap",
            "id": "cap-heating-km",
            "measure": "heating_km",
            "cap": crews,
            "where": {"asset_class": ["heating_pipe"]},
        },
    ]
    return make_policy(
        {"rule": rules},
        FUNDS.conform(pd.DataFrame(funds)),
        FUND_YEARS.conform(pd.DataFrame(money)),
        EXISTING_DEBT.empty(),
        "policy.toml",
    )


def problem(weigh_by: str) -> Problem:
    """Give facts and policy together."""
    return Problem(case(), policy(weigh_by))
