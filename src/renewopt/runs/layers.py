"""The two layers of a plan in tables and figures: what is sure, what waits for it."""

from __future__ import annotations

from math import isfinite
from typing import Any

import pandas as pd

from renewopt.core.money import to_wan
from renewopt.core.schedule import Schedule
from renewopt.core.tables import Column, TableSchema, records
from renewopt.rules.layers import unsure_money
from renewopt.rules.problem import Problem
from renewopt.runs.duties import HARDNESS, chosen_works, count_duties, duty_table
from renewopt.runs.manifest import pack
from renewopt.runs.plan import Plan

LAYER_TABLE = TableSchema(
    "layers",
    (
        Column("project_id", "text", True, doc="project that the plan renews"),
        Column("layer", "text", True, doc="confirmed or added"),
        Column("package_id", "text", True, doc="its package"),
        Column("start_year", "integer", True, doc="year of the start"),
        Column("cost", "money", True, "万元", "nominal less saving, all years", 0),
        Column(
            "waits_for",
            "text",
            doc="added: funds with unconfirmed money that its package draws more from "
            "than in the confirmed layer, or that free other money for it, ';' between",
            default="",
        ),
    ),
    ("project_id",),
    "Every project of a plan in layers: done with confirmed money alone, or added.",
)


def layers_table(problem: Problem, plan: Schedule, confirmed: Schedule) -> pd.DataFrame:
    """List the projects of a plan by layer (table `LAYER_TABLE`)."""
    works = chosen_works(problem.case, plan)
    below = set(confirmed.chosen["project_id"])
    unsure = sorted(set(unsure_money(problem.policy)["fund_id"]))
    more = _more_drawn(plan, confirmed, unsure)
    freeing = sorted({fund for funds in more.values() for fund in funds})
    layer = ["confirmed" if p in below else "added" for p in works["project_id"]]
    table = pd.DataFrame(
        {
            "project_id": works["project_id"],
            "layer": layer,
            "package_id": works["package_id"],
            "start_year": works["start_year"],
            "cost": works["cost"] - works["saving"],
            "waits_for": [
                ";".join(more.get(str(package), freeing)) if name == "added" else ""
                for package, name in zip(works["package_id"], layer, strict=True)
            ],
        }
    )
    return LAYER_TABLE.conform(table.sort_values("project_id"))


def _more_drawn(
    plan: Schedule, confirmed: Schedule, unsure: list[str]
) -> dict[str, list[str]]:
    """Name by package the unsure funds that give it more than in the layer below."""
    growth: dict[tuple[str, str], int] = {}
    for draws, sign in ((plan.draws, 1), (confirmed.draws, -1)):
        for draw in records(draws):
            key = (str(draw.package_id), str(draw.fund_id))
            growth[key] = growth.get(key, 0) + sign * int(draw.received)
    found: dict[str, list[str]] = {}
    for (package, fund), units in sorted(growth.items()):
        if units > 0 and fund in unsure:
            found.setdefault(package, []).append(fund)
    return found


def layers_summary(plan: Plan) -> dict[str, Any] | None:
    """Give the figures of both layers, 万元; None for a plan without layers."""
    if plan.layers is None:
        return None
    problem = plan.problem
    money = [
        {
            "fund_id": str(row.fund_id),
            "year": int(row.year),
            "certainty": str(row.certainty),
            "amount": _wan(row.amount),
        }
        for row in records(unsure_money(problem.policy))
    ]
    below = plan.layers.confirmed
    if below is None:
        lacking = {
            "status": "infeasible",
            "why": [pack(item) for item in plan.layers.why],
            "must": must_pay(problem),
        }
        return {"confirmed": lacking, "added": None, "money": money}
    table = layers_table(problem, plan.schedule, below.schedule)
    own = _totals(problem, below.schedule)
    duties = count_duties(duty_table(problem.case, below.schedule))
    proof = below.proof
    gains = _totals(problem, plan.schedule)
    return {
        "confirmed": {
            "status": proof.status,
            "stopped_by": proof.stopped_by,
            "gap": proof.gap if isfinite(proof.gap) else None,
            "objective": _wan(proof.objective),
            **own,
            "unplaced": sum(
                duties[level].required - duties[level].placed
                for level in HARDNESS[:-1]  # wishes are no duties
                if level in duties
            ),
        },
        "added": {
            "objective": _wan(plan.proof.objective - proof.objective),
            "projects": int((table["layer"] == "added").sum()),
            "cost": round(gains["cost"] - own["cost"], 2),
        },
        "money": money,
    }


def must_pay(problem: Problem) -> list[dict[str, Any]]:
    """Give by year what running works have to be paid, and what money is confirmed."""
    case, money = problem.case, problem.policy.fund_years
    facts = case.work_facts
    going = facts.loc[facts["status"] == "running", "work_id"]
    paid = case.payments[case.payments["work_id"].isin(going)]
    need = paid.groupby("year")["cost"].sum()
    sure = money[money["certainty"] == "confirmed"].groupby("year")["amount"].sum()
    return [
        {
            "year": year,
            "running": _wan(need.get(year, 0)),
            "confirmed": _wan(sure.get(year, 0)),
            "short": _wan(max(0, int(need.get(year, 0)) - int(sure.get(year, 0)))),
        }
        for year in case.plan_years
    ]


def _totals(problem: Problem, schedule: Schedule) -> dict[str, Any]:
    works = chosen_works(problem.case, schedule)
    cost = int(works["cost"].sum()) - int(works["saving"].sum())
    return {"projects": len(works), "cost": _wan(cost)}


def _wan(units: Any) -> float:
    return float(to_wan(int(units)))
