"""A plan of five projects, worked out by hand: for the tests of runs, report and cli.

Plan 2027–2029, all money in 万元. Two funds: `fiscal` 60 a year, `bond` 50 a year
(equal repayment over 4 years after 1 year of grace, 3 %). The operator's package PK1
holds two heating projects, PK2 a compound, PK3 a waterlogging point and gas that
cannot be paid.
"""

from __future__ import annotations

import pandas as pd

from renewopt.core.case import PlanningCase, make_case
from renewopt.core.errors import message
from renewopt.core.proof import Proof, Stage, Waiver
from renewopt.core.schedule import Finding, Schedule
from renewopt.rules.funds import FUNDS
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.problem import Problem
from renewopt.runs import Baseline, Plan, count_duties, duty_table

SETTINGS = {
    "start_year": 2027,
    "years": 3,
    "discount_rate_bp": 400,
    "price_base_year": 2026,
}


def _frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def tiny_case() -> PlanningCase:
    """Five projects; costs in units of 0.01 万元."""
    works = _frame(
        "work_id project_id mode start_year duration risk_removed",
        ("H1-27", "H1", "replace", 2027, 1, 9000),
        ("H1-28", "H1", "replace", 2028, 1, 7000),
        ("H2-28", "H2", "replace", 2028, 2, 4000),
        ("C1-27", "C1", "renew", 2027, 1, 3000),
        ("W1-29", "W1", "retrofit", 2029, 1, 2000),
        ("G1-27", "G1", "replace", 2027, 1, 6000),
    )
    payments = _frame(
        "work_id year cost",
        ("H1-27", 2027, 4000),
        ("H1-28", 2028, 4100),
        ("H2-28", 2028, 3000),
        ("H2-28", 2029, 1000),
        ("C1-27", 2027, 5000),
        ("W1-29", 2029, 2000),
        ("W1-29", 2030, 500),
        ("G1-27", 2027, 90_000),
    )
    projects = _frame(
        "project_id package_id name asset_class level district street households "
        "length_m risk_now grade",
        (
            "C1",
            "PK2",
            "东风小区",
            "residential_compound",
            "",
            "城关",
            "东风路",
            320,
            0,
            3,
            3,
        ),
        ("G1", "PK3", "解放路燃气", "gas_pipe", "", "城关", "解放路", 900, 3000, 20, 5),
        (
            "H1",
            "PK1",
            "人民路供热",
            "heating_pipe",
            "primary",
            "城关",
            "人民路",
            800,
            2000,
            10,
            5,
        ),
        (
            "H2",
            "PK1",
            "和平路供热",
            "heating_pipe",
            "secondary",
            "城关",
            "和平路",
            400,
            1000,
            5,
            4,
        ),
        (
            "W1",
            "PK3",
            "立交桥积水点",
            "waterlogging_point",
            "",
            "城东",
            "立交桥",
            50,
            0,
            4,
            4,
        ),
    )
    packages = _frame(
        "package_id name project_code legal_owner nature ownership status",
        (
            "PK1",
            "供热管网改造",
            "2027-1",
            "县热力公司",
            "quasi_public",
            "operator",
            "running",
        ),
        ("PK2", "老旧小区改造", "2027-2", "住建局", "public", "public", "new"),
        ("PK3", "排水燃气改造", "2027-3", "住建局", "public", "public", "new"),
    )
    # A running project has exactly one work.
    works = works[works["work_id"] != "H1-28"]
    payments = payments[payments["work_id"] != "H1-28"]
    tables = {
        "projects": projects,
        "packages": packages,
        "works": works,
        "payments": payments,
        "project_assets": _frame(
            "project_id asset_id quantity unit install_year",
            ("H1", "h-001", 1500.0, "m", 2000),
            ("H1", "h-002", 500.0, "m", 2020),
            ("H2", "h-003", 1000.0, "m", 2005),
            ("C1", "c-001", 24000.0, "m2", 1988),
            ("W1", "w-001", 1.0, "item", None),
            ("G1", "g-001", 3000.0, "m", 1990),
        ),
        "cost_lines": _frame(
            "work_id item quantity unit unit_price factor source",
            ("H1-27", "pipe", 2000.0, "m", 0.02, 1.0, "editable assumption"),
            ("C1-27", "basic", 24000.0, "m2", 0.002, 1.0416667, "国办发〔2020〕23号"),
        ),
        "obligations": _frame(
            "project_id asset_id pack clause verb hardness deadline trigger",
            (
                "G1",
                "g-001",
                "national-15fyp",
                "1",
                "应",
                "safety_duty",
                2027,
                "immediate",
            ),
            (
                "H1",
                "h-001",
                "inner-mongolia-2023",
                "2",
                "应",
                "assessed_target",
                2025,
                "27",
            ),
            (
                "H2",
                "h-003",
                "inner-mongolia-2023",
                "2",
                "应",
                "assessed_target",
                2025,
                "22",
            ),
        ),
        "stock": _frame(
            "asset_class level install_year length_m assets households risk_now",
            ("heating_pipe", "primary", 2000, 2500.0, 2, 900, 12.0),
            ("heating_pipe", "secondary", 2005, 1500.0, 2, 500, 6.0),
            ("heating_pipe", "secondary", 2020, 900.0, 1, 200, 2.0),
            ("heating_pipe", "secondary", None, 100.0, 1, 10, 0.5),
            ("gas_pipe", "", 1990, 3000.0, 1, 900, 20.0),
            ("residential_compound", "", 1988, 0.0, 1, 320, 3.0),
            ("waterlogging_point", "", None, 0.0, 1, 50, 4.0),
        ),
    }
    return make_case(SETTINGS, tables)


def tiny_policy() -> Policy:
    """Give fiscal money and bonds, a debt limit and the usual duties."""
    funds = _frame(
        "fund_id kind capital debt tenor_years coupon_bp grace_years repayment "
        "carry_over",
        ("bond", "special_bond", False, True, 5, 300, 1, "equal", 0),
        ("fiscal", "local_fiscal", True, False, 0, 0, 0, "bullet", -1),
    )
    years = _frame(
        "fund_id year amount",
        *(
            (fund, year, 6000 if fund == "fiscal" else 5000)
            for fund in ("bond", "fiscal")
            for year in (2027, 2028, 2029)
        ),
    )
    debt = _frame(
        "fund_id year repaid interest",
        ("bond", 2028, 1000, 60),
        ("bond", 2029, 1000, 30),
    )
    rules = [
        {"kind": "mandatory", "id": "duties"},
        {
            "kind": "debt_limit",
            "id": "limit",
            "funds": ["bond"],
            "limit": {"2027": 70, "2028": 70, "2029": 70},
        },
    ]
    return make_policy(
        {"rule": rules}, FUNDS.conform(funds), years, debt, "policy.toml"
    )


def tiny_plan() -> Plan:
    """Everything but the gas, whose 900 万元 nobody has."""
    case = tiny_case()
    schedule = Schedule(
        _frame(
            "project_id work_id saving",
            ("H1", "H1-27", 0),
            ("H2", "H2-28", 0),
            ("C1", "C1-27", 0),
            ("W1", "W1-29", 0),
        ),
        _frame(
            "package_id year fund_id amount received",
            ("PK1", 2027, "bond", 4000, 4000),
            ("PK2", 2027, "fiscal", 5000, 5000),
            ("PK1", 2028, "fiscal", 3000, 3000),
            ("PK1", 2029, "fiscal", 1000, 1000),
            ("PK3", 2029, "fiscal", 2000, 2000),
        ),
    )
    worst = Schedule(
        _frame("project_id work_id saving", ("H1", "H1-27", 0)), _frame("x")
    )
    duties = count_duties(duty_table(case, schedule))
    return Plan(
        problem=Problem(case, tiny_policy()),
        schedule=schedule,
        proof=Proof(
            "optimal",
            18_000,
            18_090,
            0.005,
            "scip",
            1.25,
            "gap",
            True,
            (Stage("safety_duty", "unplaced", 2000, 2000, True),),
        ),
        findings=(Finding("limit", "2027", 70.0, 60.0),),
        mandatory=duties,
        baselines={
            "worst_first": Baseline(
                worst, count_duties(duty_table(case, worst)), 9000, "feasible"
            )
        },
        waivers=(Waiver("s1", 2028, 500),),
        reasons={"G1": (message("explain.no_money", year=2027, missing=900.0),)},
        warnings=(message("policy.expired", pack="national-2022", year=2025),),
        titles={"fiscal": {"zh": "县财政", "en": "County budget"}},
        synthetic=True,
        log=("planned",),
    )
