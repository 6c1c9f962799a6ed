"""Incomes of formed projects: a share of their cost, of those that are sure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from renewopt.catalogue.modes import BP, Income
from renewopt.core.money import round_to_units


def formed_incomes(heads: pd.DataFrame, income: Income | None) -> pd.Series:
    """Give the yearly net income of each project by its identifier, units.

    Obligated projects only: others may never be built. Rounded so that the projects of
    a package have together what the package's cost gives.

    Parameters
    ----------
    heads
        As `package_heads` gives them, with the packages as they are to be.
    income
        What the class says; absent: nothing is earned.
    """
    if income is None:
        return pd.Series(0, index=heads["project_id"], dtype="int64")
    rows = heads.sort_values(["package_id", "project_id"])
    sure = rows["base_cost"].where(rows["rank"] < 2, 0.0)
    until = sure.groupby(rows["package_id"]).cumsum().to_numpy(np.float64)
    total = pd.Series(round_to_units(until * income.rate_bp / BP), index=rows.index)
    before = total.groupby(rows["package_id"]).shift(fill_value=0)
    own = (total - before).to_numpy(np.int64)
    return pd.Series(own, index=rows["project_id"], dtype="int64")


def with_incomes(projects: pd.DataFrame, incomes: Mapping[str, int]) -> pd.DataFrame:
    """Write the incomes of formed projects beside those that a list states."""
    formed = projects["project_id"].map(dict(incomes))
    if "net_income_per_year" in projects:
        formed = formed.fillna(projects["net_income_per_year"])
    return projects.assign(net_income_per_year=formed.fillna(0).astype("int64"))


def listed_incomes(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of a list with what each earns, units, and from when.

    A row opens in the year after the last of its period.
    """
    income = rows["net_income_per_year"].fillna(0).to_numpy(np.float64)
    ready = (rows["from"] + rows["duration"]).astype("Int64")
    earns = income > 0
    return rows.assign(
        net_income_per_year=round_to_units(income),
        operation_start=ready.where(pd.Series(earns, index=rows.index)),
    )
