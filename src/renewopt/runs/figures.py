"""The figures that a bureau is judged by, from the facts and the schedule alone.

A work counts in the year of its completion (start year + duration − 1), which may lie
after the last plan year. Money is in 万元 of the year of payment (nominal).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.case_schema import BENEFIT, POINTS
from renewopt.core.money import to_wan
from renewopt.core.schedule import Schedule
from renewopt.runs.duties import chosen_works

COMPOUND = "residential_compound"
POINT = "waterlogging_point"
HEATING = "heating_pipe"
OLD_HEATING_AGE = 15
"""Years from which heating pipe counts as old (Inner Mongolia 2023: 15 and more)."""


def figures(case: PlanningCase, schedule: Schedule) -> dict[str, Any]:
    """Compute every figure of `summary.json`, key `figures`."""
    works = chosen_works(case, schedule)
    return {
        "projects": _projects(case, works),
        "km_renewed": _lengths(case, works[works["retires"] == 0]),
        "km_retired": _lengths(case, works[works["retires"] == 1]),
        "compounds": _items(case, works, COMPOUND, households=True),
        "points_cleared": _items(case, works, POINT, households=False),
        "old_heating": _old_heating(case, works),
        "starts": _by_year(works.groupby("start_year").size()),
        "completions": _by_year(works.groupby("completion").size()),
        "starts_by_class": _by_class(works, "start_year"),
        "completions_by_class": _by_class(works, "completion"),
        "money": _money(case, schedule, works),
        "risk": _risk(case, works),
        "benefit": _benefit(case, works),
    }


def _benefit(case: PlanningCase, works: pd.DataFrame) -> dict[str, float | int]:
    """Add up the further benefits, each by itself: 万元, and points that are no money.

    They count in the plan only where the objective weighs them.
    """
    columns = sorted(str(c) for c in case.works if str(c).startswith((BENEFIT, POINTS)))
    return {
        name: int(works[name].sum())
        if name.startswith(POINTS)
        else _wan(works[name].sum())
        for name in columns
    }


def _by_year(series: pd.Series) -> dict[str, int]:
    return {str(year): int(value) for year, value in series.sort_index().items()}


def _by_class(works: pd.DataFrame, column: str) -> dict[str, dict[str, int]]:
    return {
        str(name): _by_year(own.groupby(column).size())
        for name, own in works.groupby("asset_class")
    }


def _projects(case: PlanningCase, works: pd.DataFrame) -> dict[str, Any]:
    everything = case.projects.groupby("asset_class").size()
    chosen = works.groupby("asset_class").size()
    return {
        "all": len(case.projects),
        "chosen": len(works),
        "by_class": {
            str(name): {"all": int(count), "chosen": int(chosen.get(name, 0))}
            for name, count in everything.items()
        },
    }


def _lengths(case: PlanningCase, works: pd.DataFrame) -> dict[str, Any]:
    """Km by class and year of completion: of the assets, else the project's length."""
    metres = case.project_assets[case.project_assets["unit"] == "m"]
    listed = metres.groupby("project_id")["quantity"].sum()
    length = works["project_id"].map(listed).astype("float64")
    length = length.fillna(works["length_m"])
    works = works.assign(km=length / 1000)
    works = works[works["km"] > 0]
    return {
        "total": _round(works["km"].sum()),
        "by_class": {
            str(name): {
                "total": _round(own["km"].sum()),
                "by_year": _rounded(own.groupby("completion")["km"].sum()),
            }
            for name, own in works.groupby("asset_class")
        },
    }


def _items(
    case: PlanningCase, works: pd.DataFrame, asset_class: str, *, households: bool
) -> dict[str, Any]:
    """Count assets of a class; a project without listed assets counts as one."""
    listed = case.project_assets.groupby("project_id")["asset_id"].nunique()
    works = works[works["asset_class"] == asset_class]
    counts = works["project_id"].map(listed).astype("float64").fillna(1).astype("int64")
    works = works.assign(items=counts)
    out: dict[str, Any] = {
        "total": int(counts.sum()),
        "by_year": _by_year(works.groupby("completion")["items"].sum()),
    }
    if households:
        out["households"] = int(works["households"].sum())
    return out


def _old_heating(case: PlanningCase, works: pd.DataFrame) -> dict[str, Any] | None:
    """Heating of 15 years and more in the first plan year, and what is left of it.

    The set is fixed at the start: pipes that turn 15 during the plan do not enter it,
    so that the share can only fall. Pipes without a year of installation are not in
    it. What is retired is not renewed: it counts as left. None where the inventory has
    no heating.
    """
    stock = case.stock[case.stock["asset_class"] == HEATING]
    if stock.empty:
        return None
    newest = case.start_year - OLD_HEATING_AGE
    old_m = float(
        stock.loc[(stock["install_year"] <= newest).fillna(False), "length_m"].sum()
    )
    renewed = (works["asset_class"] == HEATING) & (works["retires"] == 0)
    heating = works.loc[renewed, ["project_id", "completion"]]
    pipes = case.project_assets[case.project_assets["unit"] == "m"]
    pipes = pipes[(pipes["install_year"] <= newest).fillna(False)]
    done = pipes.merge(heating, on="project_id").groupby("completion")["quantity"].sum()
    last = max([case.end_year, *(int(year) for year in done.index)])
    left = {
        str(year): max(0.0, old_m - float(done[done.index <= year].sum()))
        for year in range(case.start_year, last + 1)
    }
    return {
        "age": OLD_HEATING_AGE,
        "km_at_start": _round(old_m / 1000),
        "km_unknown_year": _round(
            stock.loc[stock["install_year"].isna(), "length_m"].sum() / 1000
        ),
        "share_of_heating_at_start": _round(_share(old_m, stock["length_m"].sum())),
        "km_left": {year: _round(m / 1000) for year, m in left.items()},
        "share_left": {year: _round(_share(m, old_m)) for year, m in left.items()},
    }


def _money(
    case: PlanningCase, schedule: Schedule, works: pd.DataFrame
) -> dict[str, Any]:
    years = [str(year) for year in case.plan_years]
    by_fund = schedule.draws.pivot_table(
        index="fund_id", columns="year", values="amount", aggfunc="sum", fill_value=0
    )
    paid = payments_by_year(case, works)
    tail = paid[paid.index > case.end_year]
    return {
        "cost_by_year": {year: _wan(paid.get(int(year), 0)) for year in years},
        "tail_by_year": {str(year): _wan(value) for year, value in tail.items()},
        "by_fund_and_year": {
            str(fund): {year: _wan(row.get(int(year), 0)) for year in years}
            for fund, row in by_fund.iterrows()
        },
        "saving": _wan(works["saving"].sum()),
        "works_value_by_year": _works_value(case, works),
    }


def _works_value(case: PlanningCase, works: pd.DataFrame) -> dict[str, float]:
    """Value of the works done by year (完成投资); empty where no case states it."""
    own = case.payments[case.payments["work_id"].isin(works["work_id"])]
    own = own[own["works_value"] != 0]
    done = own.groupby("year")["works_value"].sum().sort_index()
    return {str(year): _wan(value) for year, value in done.items()}


def payments_by_year(case: PlanningCase, works: pd.DataFrame) -> pd.Series:
    """Add up what the chosen works cost by year, less savings (units)."""
    paid = case.payments[case.payments["work_id"].isin(set(works["work_id"]))]
    by_year = paid.groupby("year")["cost"].sum()
    saved = works[works["saving"] > 0].groupby("start_year")["saving"].sum()
    return by_year.sub(saved, fill_value=0).astype("int64").sort_index()


def _risk(case: PlanningCase, works: pd.DataFrame) -> dict[str, Any]:
    """Risk removed, as two shares that are not to be mixed up.

    `share_of_removable`: present value removed by the chosen works, of what the best
    work of every project would remove; `removed_in_plan`: by the works finished within
    the plan. `share_of_today`: yearly loss today of the
    projects renewed, of the whole inventory's (of all projects' where the case has no
    stock table).
    """
    best = case.works.groupby("project_id")["risk_removed"].max().sum()
    removed = works["risk_removed"].sum()
    finished = works["completion"] <= case.end_year
    today = case.stock["risk_now"].sum() or case.projects["risk_now"].sum()
    renewed = works["risk_now"].sum()
    return {
        "removed": _wan(removed),
        "removed_in_plan": _wan(works.loc[finished, "risk_removed"].sum()),
        "removable": _wan(best),
        "share_of_removable": _round(_share(removed, best)),
        "renewed_today": _round(renewed),
        "today": _round(today),
        "share_of_today": _round(_share(renewed, today)),
    }


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0


def _round(value: float) -> float:
    return round(float(value), 4)


def _rounded(series: pd.Series) -> dict[str, float]:
    return {str(year): _round(value) for year, value in series.sort_index().items()}


def _wan(units: Any) -> float:
    return float(to_wan(int(units)))
