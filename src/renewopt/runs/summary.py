"""`summary.json`: what a plan comes to, in 万元, for people and scripts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from renewopt.core.case import PlanningCase
from renewopt.core.money import to_wan
from renewopt.core.proof import Mandatory
from renewopt.core.schedule import Schedule
from renewopt.risk.evidence import cold, partly_cold
from renewopt.risk.table import RiskTable
from renewopt.runs.duties import chosen_works
from renewopt.runs.figures import figures, payments_by_year
from renewopt.runs.layers import layers_summary
from renewopt.runs.plan import Plan


def summarise(plan: Plan) -> dict[str, Any]:
    """Compute the summary of a plan; money in 万元, shares as fractions of one."""
    proof, case = plan.proof, plan.problem.case
    return {
        "status": proof.status,
        "objective": wan(proof.objective),
        "bound": wan(proof.bound),
        "gap": proof.gap if math.isfinite(proof.gap) else None,
        **_certified(plan),
        "engine": proof.engine,
        "seconds": round(proof.seconds, 3),
        "stopped_by": proof.stopped_by,
        "repeatable": proof.repeatable,
        **totals(case, plan.schedule),
        "tail": tail(case, plan.schedule),
        "mandatory": mandatory_summary(plan.mandatory),
        "stages": [stage for stage in proof.as_dict()["stages"]],
        "baselines": {
            name: {
                "status": baseline.status,
                "objective": wan(baseline.objective),
                "cost": totals(case, baseline.schedule)["cost"],
                "tail": tail(case, baseline.schedule),
                "mandatory": mandatory_summary(baseline.mandatory),
                "risk": figures(case, baseline.schedule)["risk"],
            }
            for name, baseline in sorted(plan.baselines.items())
        },
        "audit": {"breaches": len(plan.breaches)},
        "waivers": [
            {"corridor_id": w.corridor_id, "year": w.year, "price": wan(w.price)}
            for w in sorted(plan.waivers)
        ],
        "broken_pairs": broken_pairs(plan),
        "figures": figures(case, plan.schedule),
        "targets": targets(plan),
        "cost_uncertainty": plan.cost_uncertainty,
        "cold_start": _cold(plan),
        "cold_start_part": _partly_cold(plan),
        "layers": layers_summary(plan),
        "rejected": plan.rejected,
        "synthetic": plan.synthetic,
    }


def _certified(plan: Plan) -> dict[str, Any]:
    """Give the bound that can be recomputed without a solver, and its gap."""
    proof, bound = plan.proof, plan.proof.certified_bound
    if bound is None:
        return {
            "bound_certified": False,
            "certified_bound": None,
            "certified_gap": None,
        }
    gap = (bound - proof.objective) / abs(proof.objective) if proof.objective else None
    return {
        "bound_certified": bound <= proof.bound,
        "certified_bound": wan(bound),
        "certified_gap": gap,
    }


def broken_pairs(plan: Plan) -> list[dict[str, Any]]:
    """List the pairs of projects that the plan does not keep, rule by rule, 万元."""
    return [
        {"rule": rule.id, "project_id": one, "other_id": other, "price": price}
        for rule in sorted(plan.problem.policy.of_kind("coupling"), key=lambda r: r.id)
        for one, other, price in rule.broken(plan.problem, plan.schedule)
    ]


def targets(plan: Plan) -> dict[str, dict[str, dict[str, int]]]:
    """Give required, reached and missing of every target by year."""
    found = {}
    for rule in plan.problem.policy.of_kind("target"):
        found[rule.id] = {
            str(year): {"required": need, "reached": got, "missing": max(0, need - got)}
            for year, need, got in rule.count(plan.problem, plan.schedule)
        }
    return found


def _cold(plan: Plan) -> dict[str, int | None]:
    """Give the classes whose likelihood is expert judgement alone."""
    return cold(plan.risk) if isinstance(plan.risk, RiskTable) else {}


def _partly_cold(plan: Plan) -> dict[str, list[int]]:
    """Give the classes some assets of which rest on expert judgement alone."""
    return partly_cold(plan.risk) if isinstance(plan.risk, RiskTable) else {}


def totals(case: PlanningCase, schedule: Schedule) -> dict[str, Any]:
    """Give `cost`, `by_year` and `by_fund`: nominal payments less savings.

    `by_year` holds the plan years and, after them, the tail; it adds up to `cost`.
    `by_fund` holds what each fund pays within the plan years.
    """
    paid = payments_by_year(case, chosen_works(case, schedule))
    years = sorted({*case.plan_years, *(int(year) for year in paid.index)})
    funds = schedule.draws.groupby("fund_id")["amount"].sum()
    return {
        "cost": wan(int(paid.sum())),
        "by_year": {str(year): wan(int(paid.get(year, 0))) for year in years},
        "by_fund": {str(name): wan(int(value)) for name, value in funds.items()},
    }


def tail(case: PlanningCase, schedule: Schedule) -> float:
    """Give what is left to pay after the plan, 万元."""
    paid = payments_by_year(case, chosen_works(case, schedule))
    return wan(int(paid[paid.index > case.end_year].sum()))


def mandatory_summary(mandatory: Mapping[str, Mandatory]) -> dict[str, Any]:
    """Give required, placed, late and missing money (万元) by hardness."""
    return {
        hardness: {
            "required": count.required,
            "placed": count.placed,
            "late": count.late,
            "missing_money": wan(count.missing_money),
        }
        for hardness, count in mandatory.items()
    }


def wan(units: int) -> float:
    """Turn units into 万元."""
    return float(to_wan(int(units)))
