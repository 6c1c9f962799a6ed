"""Worst cases: programmes that are one hard knapsack per year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.core.case import make_case
from renewopt.core.tables import TableSchema
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem

START_YEAR = 2027
RESOURCES = 5
TIGHT = 0.5
"""Room by the sum of all use."""


def knapsack_like(projects: int, years: int, seed: int) -> Problem:
    """Make projects of one mode whose value follows what they use: the hard kind.

    Every project may start in any year, worth a little less each year; each of five
    resources has room for half of all projects, a yearly share at a time.
    """
    rng = np.random.default_rng([seed, projects, years, 5])
    weight = rng.integers(1, 1001, (RESOURCES, projects))
    worth = weight.mean(axis=0) + 500 * rng.random(projects)
    start = np.arange(years)
    value = np.rint(worth[:, None] * 100 * 0.98**start).astype(np.int64)
    room = np.floor(weight.sum(axis=1) * TIGHT / years).astype(np.int64)
    cap = np.repeat(room[:, None], years, axis=1)
    return resource_problem(weight, value, cap, "synthetic knapsack")


def resource_problem(
    weight: np.ndarray, value: np.ndarray, cap: np.ndarray, name: str
) -> Problem:
    """Write knapsacks as a case: annual caps on resources, nothing to be paid.

    Parameters
    ----------
    weight
        Use of each resource; shape (resources, projects), whole numbers.
    value
        Value by start year in units; shape (projects, years), whole numbers.
    cap
        Room; shape (resources, years), whole numbers.
    """
    resources, projects = weight.shape
    years = value.shape[1]
    project = [f"p{number:05d}" for number in range(projects)]
    names = [f"r{number:02d}" for number in range(resources)]
    start = np.tile(START_YEAR + np.arange(years), projects)
    owner = np.repeat(np.array(project, object), years)
    work = owner + "-" + start.astype(str).astype(object)
    used = np.repeat(weight, years, axis=1)
    tables = {
        "projects": pd.DataFrame(
            {"project_id": project, "name": name, "asset_class": "water_pipe"}
        ),
        "works": pd.DataFrame(
            {"work_id": work, "project_id": owner, "mode": "replace",
             "start_year": start, "risk_removed": value.ravel()}
        ),
        "payments": pd.DataFrame({"work_id": work, "year": start, "cost": 0}),
        "resources": pd.DataFrame({"resource": names, "unit": "units", "decimals": 0}),
        "use": pd.DataFrame(
            {"work_id": np.tile(work, resources), "year": np.tile(start, resources),
             "resource": np.repeat(names, len(work)), "amount": used.ravel()}
        ),
    }  # fmt: skip
    rules = [
        {"kind": "annual_cap", "id": f"cap-{names[r]}", "measure": names[r],
         "cap": {str(START_YEAR + t): int(cap[r, t]) for t in range(years)}}
        for r in range(resources)
    ]  # fmt: skip
    settings = {"start_year": START_YEAR, "years": years, "discount_rate_bp": 0,
                "price_base_year": START_YEAR}  # fmt: skip
    none: list[TableSchema] = [FUNDS, FUND_YEARS, EXISTING_DEBT]
    policy = make_policy({"rule": rules}, *(table.empty() for table in none), name)
    return Problem(make_case(settings, tables), policy)
