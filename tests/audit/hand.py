"""A plan worked out by hand, every figure in the comments: for the auditor's tests.

Plan 2027–2029; money in 万元 in the comments, in units of 0.01 万元 in the tables.

* R1 (water, package PR) is under construction since 2026: 20 paid before, 30 to pay.
* G1 (gas, PG, the gas company's) has a safety duty for 2027. It opens s1 together with
  H1 and saves ⌊25 % × 20⌋ = 5. s1 was repaired in 2025 and is closed to 2028: one
  waiver, 10.
* H1 (heating, PH): eligible 68 of 85, so the grant is at most 60 % × 68 = 40.8, which
  it is. H2 (PH) lies on s2, closed to 2029: left out, least cost 10, weight 200.
* C1 (compound, PC) and W1 (waterlogging, PC, 5.01 of 25.01 after the plan): cost
  116 within the plan, capital 23.2 = 20 %, the rest bonds.

Objective 60 + 90 + 30.5 + 20 + 12 − 10 = 202.5.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from renewopt.audit.books import books_of, facts_of
from renewopt.audit.summary import objective
from renewopt.core.case import PlanningCase, make_case
from renewopt.core.proof import Proof, Stage, Waiver
from renewopt.core.schedule import Schedule
from renewopt.rules.funds import FUNDS
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.problem import Problem
from renewopt.runs import Baseline, Plan, count_duties, duty_table, write_run

SETTINGS = {
    "start_year": 2027,
    "years": 3,
    "discount_rate_bp": 400,
    "price_base_year": 2026,
}


def frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    """Make a table from column names in one string and rows."""
    return pd.DataFrame(list(rows), columns=columns.split())


def hand_case() -> PlanningCase:
    """Give the facts."""
    return make_case(SETTINGS, {**_projects(), **_works(), **_streets(), **_duties()})


def _projects() -> dict[str, pd.DataFrame]:
    projects = frame(
        "project_id package_id asset_class level households length_m risk_now grade",
        ("C1", "PC", "residential_compound", "", 320, 0.0, 3.0, 3),
        ("G1", "PG", "gas_pipe", "", 900, 600.0, 8.0, 5),
        ("H1", "PH", "heating_pipe", "primary", 800, 1000.0, 10.0, 5),
        ("H2", "PH", "heating_pipe", "secondary", 100, 500.0, 2.0, 3),
        ("R1", "PR", "water_pipe", "", 400, 800.0, 1.5, 3),
        ("W1", "PC", "waterlogging_point", "", 50, 0.0, 2.5, 4),
    )
    packages = frame(
        "package_id legal_owner nature ownership status net_income_per_year "
        "operation_start borrower",
        ("PC", "住建局", "public", "public", "new", 800, 2030, ""),
        ("PG", "县燃气公司", "quasi_public", "operator", "new", 0, None, "县燃气公司"),
        ("PH", "县热力公司", "public", "public", "new", 0, None, ""),
        ("PR", "县水务公司", "public", "public", "running", 0, None, ""),
    )
    assets = frame(
        "project_id asset_id quantity unit install_year",
        ("C1", "c-1", 24000.0, "m2", 1988),
        ("G1", "g-1", 400.0, "m", 1995),
        ("G1", "g-2", 200.0, "m", None),
        ("H1", "h-1", 600.0, "m", 2000),
        ("H1", "h-2", 400.0, "m", 2018),
        ("H2", "h-3", 500.0, "m", 2008),
        ("R1", "r-1", 800.0, "m", 1990),
        ("W1", "w-1", 1.0, "item", None),
    )
    stock = frame(
        "asset_class level install_year length_m assets households risk_now",
        ("heating_pipe", "primary", 2000, 600.0, 1, 500, 9.0),
        ("heating_pipe", "primary", 2018, 400.0, 1, 300, 1.0),
        ("heating_pipe", "secondary", 2008, 500.0, 1, 100, 2.0),
        ("heating_pipe", "secondary", None, 50.0, 1, 10, 0.5),
        ("gas_pipe", "", 1995, 600.0, 2, 900, 8.0),
    )
    return {
        "projects": projects,
        "packages": packages,
        "project_assets": assets,
        "stock": stock,
    }


def _works() -> dict[str, pd.DataFrame]:
    works = frame(
        "work_id project_id mode start_year duration risk_removed",
        ("C1-28", "C1", "renew", 2028, 2, 3050),
        ("G1-27", "G1", "replace", 2027, 1, 6000),
        ("H1-27", "H1", "replace", 2027, 1, 9000),
        ("H1-28", "H1", "replace", 2028, 1, 7500),
        ("H2-28", "H2", "replace", 2028, 1, 2000),
        ("H2-29", "H2", "replace", 2029, 1, 1500),
        ("R1-26", "R1", "replace", 2026, 2, 1200),
        ("W1-29", "W1", "retrofit", 2029, 1, 2000),
    )
    payments = frame(
        "work_id year cost eligible_cost",
        ("C1-28", 2028, 6000, 6000),
        ("C1-28", 2029, 3600, 3600),
        ("G1-27", 2027, 5000, 0),
        ("G1-27", 2028, 400, 0),
        ("H1-27", 2027, 6000, 4800),
        ("H1-27", 2028, 2500, 2000),
        ("H1-28", 2028, 6000, 4800),
        ("H1-28", 2029, 2500, 2000),
        ("H2-28", 2028, 1000, 1000),
        ("H2-29", 2029, 1050, 1050),
        ("R1-26", 2027, 3000, 3000),
        ("W1-29", 2029, 2000, 2000),
        ("W1-29", 2030, 501, 501),
    )
    lines = frame(
        "work_id item quantity unit unit_price factor source",
        ("C1-28", "basic", 24000.0, "m2", 0.004, 1.0, "editable assumption"),
        ("G1-27", "pipe", 600.0, "m", 0.09, 1.0, "editable assumption"),
        ("H1-27", "pipe", 1000.0, "m", 0.085, 1.0, "editable assumption"),
        ("H1-28", "pipe", 1000.0, "m", 0.085, 1.0, "editable assumption"),
        ("H2-28", "pipe", 500.0, "m", 0.02, 1.0, "editable assumption"),
        ("H2-29", "pipe", 500.0, "m", 0.02, 1.05, "editable assumption"),
        ("W1-29", "pump", 1.0, "item", 25.005, 1.0, "editable assumption"),  # half up
    )
    resources = frame("resource unit decimals", ("heating_km", "km", 3))
    use = frame(
        "work_id year resource amount",
        ("H1-27", 2027, "heating_km", 1.0),
        ("H1-28", 2028, "heating_km", 1.0),
        ("H2-28", 2028, "heating_km", 0.5),
        ("H2-29", 2029, "heating_km", 0.5),
    )
    return {
        "works": works,
        "payments": payments,
        "cost_lines": lines,
        "resources": resources,
        "use": use,
    }


def _streets() -> dict[str, pd.DataFrame]:
    return {
        "corridors": frame(
            "corridor_id name last_paved paving_kind",
            ("s1", "人民路", 2025, "major_repair"),
            ("s2", "和平路", 2026, "major_repair"),
            ("s3", "立交桥", None, ""),
        ),
        "corridor_projects": frame(
            "corridor_id project_id excavation_cost",
            ("s1", "G1", 2000),
            ("s1", "H1", 3000),
            ("s2", "H2", 200),
            ("s3", "W1", 300),
        ),
    }


def _duties() -> dict[str, pd.DataFrame]:
    duties = frame(
        "project_id asset_id pack clause verb hardness deadline trigger",
        ("G1", "g-1", "pack-a", "1", "应", "safety_duty", 2027, "immediate"),
        ("H1", "h-1", "pack-a", "2", "应", "assessed_target", 2025, "27"),
        ("H1", "h-2", "pack-a", "2", "应", "assessed_target", None, "27"),
        ("H2", "h-3", "pack-a", "2", "应", "assessed_target", 2028, "19"),
        ("C1", "c-1", "pack-a", "3", "宜", "preference", 2028, "1988"),
    )
    history = frame(
        "package_id year fund_id received amount cost eligible_cost",
        ("PR", 2026, "", 0, 0, 2000, 2000),
        ("PR", 2026, "fiscal", 2000, 2000, 0, 0),
    )
    return {"obligations": duties, "package_history": history}


def hand_policy() -> Policy:
    """Give five funds and every kind of rule."""
    funds = frame(
        "fund_id kind owner capital debt share_base max_share_bp natures ownerships "
        "owner_only carry_over tenor_years coupon_bp grace_years repayment borrower",
        ("bond", "special_bond", "", False, True, "cost", None, "public", "public",
         False, 0, 5, 300, 1, "equal", ""),
        ("fiscal", "local_fiscal", "", True, False, "cost", None, "public", "",
         False, 1, 0, 0, 0, "bullet", ""),
        ("gasco", "operator_fund", "县燃气公司", True, False, "cost", None, "", "",
         True, -1, 0, 0, 0, "bullet", ""),
        ("grant", "central_budget", "", True, False, "eligible", 6000, "public",
         "public;residents", False, 0, 0, 0, 0, "bullet", ""),
        ("loan", "bank_loan", "", False, True, "cost", None, "quasi_public;commercial",
         "", False, 0, 3, 400, 0, "bullet", "县燃气公司"),
    )  # fmt: skip
    amounts = {
        "bond": (2000, 8000, 8000),
        "fiscal": (6000, 2000, 300),
        "gasco": (4000, 1000, 0),
        "grant": (5000, 0, 0),
        "loan": (1000, 1000, 1000),
    }
    years = frame(
        "fund_id year amount",
        *(
            (fund, 2027 + i, amount)
            for fund, row in amounts.items()
            for i, amount in enumerate(row)
        ),
    )
    debt = frame(
        "fund_id year repaid interest",
        ("bond", 2028, 1000, 60),
        ("bond", 2029, 1000, 30),
    )
    rules = {"rule": hand_rules(), "objective": {"weights": {"risk_removed": 1.0}}}
    return make_policy(rules, FUNDS.conform(funds), years, debt, "policy.toml")


def hand_rules() -> list[dict[str, Any]]:
    """Give the rules that are not structural, as tables of a policy file."""
    years = {"opening": 5, "new": 5, "rebuilt": 5, "major_repair": 3}
    return [
        {"kind": "mandatory", "id": "duties"},
        {
            "kind": "annual_cap", "id": "cap-heating", "measure": "heating_km",
            "cap": {"2027": 1.5, "2028": 1.5, "2029": 1.5},
            "where": {"asset_class": ["heating_pipe"]},
        },
        {
            "kind": "annual_cap", "id": "cap-money", "measure": "cost",
            "cap": {"2027": 150, "2028": 100, "2029": 100},
        },
        {"kind": "capital_share", "id": "capital", "min_bp": 2000},
        {
            "kind": "debt_limit", "id": "limit", "funds": ["bond"],
            "limit": {"2027": 60, "2028": 80, "2029": 110},
        },
        {
            "kind": "debt_service", "id": "service-bond", "funds": ["bond"],
            "payer": "government_fund_budget",
            "purse": {"2027": 12, "2028": 15, "2029": 16}, "purse_after": 30,
        },
        {
            "kind": "debt_service", "id": "service-loan", "funds": ["loan"],
            "payer": "borrower", "income_first": False,
            "purse": {"2027": 5, "2028": 5, "2029": 5}, "purse_after": 12,
        },
        {"kind": "dig_once", "id": "dig", "rate_bp": 2500},
        {
            "kind": "closed_corridor", "id": "closed", "years": years,
            "waiver_price": 10,
        },
    ]  # fmt: skip


def hand_problem() -> Problem:
    """Give facts and policy together."""
    return Problem(hand_case(), hand_policy())


def hand_schedule() -> Schedule:
    """Give the plan: everything but H2."""
    return Schedule(
        frame(
            "project_id work_id saving",
            ("C1", "C1-28", 0),
            ("G1", "G1-27", 500),
            ("H1", "H1-27", 0),
            ("R1", "R1-26", 0),
            ("W1", "W1-29", 0),
        ),
        frame(
            "package_id year fund_id amount received",
            ("PC", 2028, "bond", 5000, 5000),
            ("PC", 2028, "fiscal", 1000, 1000),
            ("PC", 2029, "bond", 4280, 4280),
            ("PC", 2029, "fiscal", 1320, 1320),
            ("PG", 2027, "gasco", 4000, 4000),
            ("PG", 2027, "loan", 500, 500),
            ("PG", 2028, "gasco", 400, 400),
            ("PH", 2027, "grant", 4080, 4080),
            ("PH", 2027, "fiscal", 920, 920),
            ("PH", 2027, "bond", 1000, 1000),
            ("PH", 2028, "bond", 500, 500),
            ("PH", 2028, "fiscal", 2000, 2000),
            ("PR", 2027, "fiscal", 3000, 3000),
        ),
    )


def greedy_schedule() -> Schedule:
    """Give a baseline: what runs, and the gas alone (without saving)."""
    return Schedule(
        frame("project_id work_id saving", ("G1", "G1-27", 0), ("R1", "R1-26", 0)),
        frame(
            "package_id year fund_id amount received",
            ("PG", 2027, "gasco", 4000, 4000),
            ("PG", 2027, "loan", 1000, 1000),
            ("PG", 2028, "gasco", 400, 400),
            ("PR", 2027, "fiscal", 3000, 3000),
        ),
    )


def worst_schedule() -> Schedule:
    """Give a baseline: only what runs."""
    return Schedule(
        frame("project_id work_id saving", ("R1", "R1-26", 0)),
        frame(
            "package_id year fund_id amount received",
            ("PR", 2027, "fiscal", 3000, 3000),
        ),
    )


def hand_plan() -> Plan:
    """Give the plan with its proof and both baselines."""
    problem = hand_problem()
    stages = (
        Stage("safety_duty", "unplaced", 0, 0, True),
        Stage("safety_duty", "late", 0, 0, True),
        Stage("assessed_target", "unplaced", 200, 200, True),
        Stage("assessed_target", "late", 0, 0, True),
    )
    schedule = hand_schedule()
    return Plan(
        problem=problem,
        schedule=schedule,
        proof=Proof(
            "feasible", 20250, 20350, 100 / 20250, "hand", 0.1, "gap", True, stages
        ),
        mandatory=count_duties(duty_table(problem.case, schedule)),
        baselines={
            "greedy": _baseline(problem, greedy_schedule(), 6200),
            "worst_first": _baseline(problem, worst_schedule(), 1200),
        },
        waivers=(Waiver("s1", 2027, 1000),),
        synthetic=True,
    )


def _baseline(problem: Problem, schedule: Schedule, value: int) -> Baseline:
    assert objective(books_of(facts_of(problem), schedule)) == value
    duties = count_duties(duty_table(problem.case, schedule))
    return Baseline(schedule, duties, value, "feasible")


def write_hand_run(folder: Path) -> Path:
    """Write the plan as a run folder."""
    return write_run(hand_plan(), folder)
