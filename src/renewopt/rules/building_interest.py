"""Interest while a package is being built (建设期利息), for `build` methods only."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pandas as pd

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.rules.funds import DebtTerms, debt_terms
from renewopt.rules.life import DebtDraws, draw_terms
from renewopt.rules.problem import Problem


def add_building_interest(
    problem: Problem, model: LinearModel, rule: str, packages: Set[str]
) -> pd.Series:
    """Add a column for the interest of each package and plan year before operation.

    b[p,t] ≥ interest[p,t], whole, for years before the package's `operation_start`;
    in later ones for as long as a chosen work is not completed: with the sum of the
    works of one project that are not, b[p,t] ≥ interest[p,t] − M · (1 − Σ x).
    Returns the columns by (package_id, year).
    """
    funds = problem.policy.funds
    names = funds.loc[funds["debt"].astype(bool), "fund_id"].tolist()
    draws = draw_terms(model, names)
    draws = draws[draws["package_id"].isin(list(packages))]
    debt, years = DebtDraws(debt_terms(funds, names), draws), problem.case.plan_years
    owners = sorted(set(draws["package_id"]))
    keys = pd.MultiIndex.from_product([owners, years], names=["package_id", "year"])
    most = model.upper[draws["col"].to_numpy(np.int64)]
    whole = pd.Series(most, index=draws["package_id"]).groupby(level=0).sum()
    upper = np.repeat(whole.reindex(owners).to_numpy(np.int64), len(years))
    family = f"building {rule}"
    model.add_columns(family, keys, upper=upper * (1 + 2 * len(years)))
    for year in years:
        due, scale = debt.shares(DebtTerms.interest, year)
        own = draws.assign(due=due, most=due * most)[due > 0]
        _add_year(problem, model, rule, year, own, scale)
    return model.columns(family)


def _add_year(
    problem: Problem,
    model: LinearModel,
    rule: str,
    year: int,
    draws: pd.DataFrame,
    scale: int,
) -> None:
    """Add the rows of one year: one per package not open, or project not finished."""
    column = model.columns(f"building {rule}")
    sites = _sites(problem, year)
    sites = sites[sites["package_id"].isin(set(draws["package_id"]))]
    most = draws.groupby("package_id")["most"].sum()
    places = sites[["place", "package_id", "sure"]].drop_duplicates("place")
    interest = places.merge(draws, on="package_id")
    works = sites[~sites["sure"].astype(bool)]
    bound = most.reindex(works["package_id"]).to_numpy(np.int64)
    own: IntArray = column.loc[
        pd.MultiIndex.from_arrays(
            [places["package_id"], np.full(len(places), year)], names=column.index.names
        )
    ].to_numpy(np.int64)
    x = model.columns("x").to_numpy(np.int64)[works["work"].to_numpy(np.int64)]
    free = -most.reindex(places["package_id"]).to_numpy(np.int64)
    lower = np.where(places["sure"].astype(bool), 0, free)
    tables = (places, interest, works)
    names = np.concatenate([table["place"].to_numpy(object) for table in tables])
    model.add_rows(
        rule,
        names + f" building {year}",
        np.concatenate([own, interest["col"].to_numpy(np.int64), x]),
        np.concatenate(
            [np.full(len(own), scale), -interest["due"].to_numpy(np.int64), -bound]
        ),
        lower={
            f"{place} building {year}": int(limit)
            for place, limit in zip(places["place"], lower, strict=True)
        },
    )


def _sites(problem: Problem, year: int) -> pd.DataFrame:
    """List what keeps packages from operating: (place, package_id, work, sure).

    A package that has not started yet is sure and has no work; else the works that are
    not completed by then, or whose project starts later. Without a stated start only
    the works count.
    """
    case = problem.case
    starts = case.packages["operation_start"].fillna(case.start_year)
    closed = case.packages.loc[starts > year, "package_id"]
    sure = pd.DataFrame({"place": closed, "package_id": closed, "work": 0})
    facts = case.work_facts
    own = facts["operation_start"].fillna(0).astype("int64")
    done = np.maximum(facts["start_year"] + facts["duration"], own)
    late = facts[(done > year) & ~facts["package_id"].isin(closed)]
    works = pd.DataFrame(
        {
            "place": late["package_id"] + " " + late["project_id"],
            "package_id": late["package_id"],
            "work": late.index,
        }
    )
    return pd.concat([sure.assign(sure=True), works.assign(sure=False)])
