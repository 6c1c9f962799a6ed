"""How money moves between classes when one class's risk is three times as high or low.

Rates and consequences of different classes come from different sources; this shows how
far the plan hangs on their ratio.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from renewopt import road
from renewopt.core.case import PlanningCase
from renewopt.core.data import data_dir
from renewopt.optimise.task import SolveOptions
from renewopt.rules.problem import Problem
from renewopt.runs.plan import Plan

OPTIONS = SolveOptions(gap=0.01, time_limit_s=120.0)


def main() -> None:
    """Print money by class (万元, chosen works) for the plan as it is and scaled."""
    path = data_dir("inventories") / "demo-county" / "scenario.toml"
    prepared, _ = road.prepare(path)
    case = prepared.problem.case
    classes = sorted(case.projects["asset_class"].unique())
    print("Money of the chosen works by class, 万元; demo county (synthetic).\n")
    print("| risk of | " + " | ".join(classes) + " | gap |")
    print("|---|" + "--:|" * (len(classes) + 1))
    for name, factor in [("as scored", 1.0)] + [
        (c, f) for c in classes for f in (3.0, 1 / 3)
    ]:
        scaled = scale_risk(case, name, factor)
        problem = Problem(scaled, prepared.problem.policy)
        plan = road.solve_problem(problem, options=OPTIONS)
        money = money_by_class(plan)
        label = name if factor == 1 else f"{name} {'× 3' if factor > 1 else '÷ 3'}"
        cells = " | ".join(f"{money.get(c, 0):,.0f}" for c in classes)
        print(f"| {label} | {cells} | {plan.proof.gap:.2%} |", flush=True)


def scale_risk(case: PlanningCase, asset_class: str, factor: float) -> PlanningCase:
    """Multiply the risk of one class: of its projects and what its works remove."""
    own = case.projects["asset_class"] == asset_class
    projects = case.projects.assign(
        risk_now=np.where(own, factor, 1.0) * case.projects["risk_now"]
    )
    mine = case.works["project_id"].isin(case.projects.loc[own, "project_id"])
    removed = np.where(mine, factor, 1.0) * case.works["risk_removed"]
    works = case.works.assign(risk_removed=np.round(removed).astype(np.int64))
    return replace(case, projects=projects, works=works)


def money_by_class(plan: Plan) -> pd.Series:
    """Sum the cost of the chosen works by class, 万元."""
    case = plan.problem.case
    chosen = plan.problem.chosen_works(plan.schedule.chosen["work_id"])
    cost = case.payments.groupby("work_id")["cost"].sum() / 100
    return (
        chosen.assign(cost=chosen["work_id"].map(cost))
        .groupby("asset_class")["cost"]
        .sum()
    )
