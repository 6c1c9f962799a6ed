"""Twelve compounds with a grant that comes up front, then late and short.

Nine announced compounds cost 4,400 (eligible 3,700), three others 500 each (eligible
1,300 together), paid 60 / 37 / 3 over three years. One package: the grant is given to
it, not to a compound. Money in 万元 here, in units of 0.01 万元 in the tables.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.core.case import make_case
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem

PACKAGE = "compounds"
ANNOUNCED = [f"A{n}" for n in range(1, 10)]
OTHERS = ["B1", "B2", "B3"]
COST = dict.fromkeys(ANNOUNCED[:8], 488) | {"A9": 496} | dict.fromkeys(OTHERS, 500)
ELIGIBLE = (
    dict.fromkeys(ANNOUNCED[:8], 411) | {"A9": 412} | {"B1": 433, "B2": 433, "B3": 434}
)
HOUSEHOLDS = dict.fromkeys(ANNOUNCED, 184) | {"B1": 181, "B2": 181, "B3": 182}
PARTS = (60, 37, 3)


def problem(
    start: int,
    grant: dict[int, int],
    fiscal: dict[int, int],
    *,
    received: int = 0,
) -> Problem:
    """Make the case that starts in a year, with money by year.

    `received` is what the package received of the grant before the plan and holds.
    """
    tables = {name: pd.DataFrame(rows) for name, rows in _facts(start).items()}
    if received:
        row = {"package_id": PACKAGE, "year": start - 1, "fund_id": "grant"}
        tables["package_history"] = pd.DataFrame(
            [row | {"received": 100 * received, "amount": 0}]
        )
    settings = {"start_year": start, "years": 3, "discount_rate_bp": 400}
    case = make_case(settings | {"price_base_year": start - 1}, tables)
    blank = {"capital": True, "debt": False, "owner_only": False}
    funds = [
        blank | {"fund_id": "fiscal", "kind": "local_fiscal", "carry_over": 1},
        blank
        | {"fund_id": "grant", "kind": "central_budget", "carry_over": -1}
        | {"share_base": "eligible", "max_share_bp": 6000, "up_front": True},
    ]
    money = [
        {"fund_id": fund, "year": year, "amount": 100 * amount}
        for fund, by_year in (("grant", grant), ("fiscal", fiscal))
        for year, amount in by_year.items()
    ]
    announced = {"kind": "decided", "id": "announced", "include": ANNOUNCED}
    policy = make_policy(
        {"rule": [announced]},
        FUNDS.conform(pd.DataFrame(funds)),
        FUND_YEARS.conform(pd.DataFrame(money)),
        EXISTING_DEBT.empty(),
        "policy.toml",
    )
    return Problem(case, policy)


def _facts(start: int) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("projects", "works", "payments")
    }
    for name, cost in COST.items():
        rows["projects"].append(
            {
                "project_id": name,
                "package_id": PACKAGE,
                "asset_class": "residential_compound",
                "households": HOUSEHOLDS[name],
                "risk_now": 1.0,
            }
        )
        rows["works"].append(
            {
                "work_id": f"{name}@{start}",
                "project_id": name,
                "mode": "basic",
                "start_year": start,
                "duration": 2,
                "risk_removed": 1000,
            }
        )
        rows["payments"] += [
            {
                "work_id": f"{name}@{start}",
                "year": start + i,
                "cost": cost * part,
                "eligible_cost": ELIGIBLE[name] * part,
            }
            for i, part in enumerate(PARTS)
        ]
    rows["packages"] = [
        {"package_id": PACKAGE, "legal_owner": "住建局", "ownership": "residents"}
    ]
    return rows
