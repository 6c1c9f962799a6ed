"""Tables for the screen, from the tables and figures of a run; money in 万元.

Nothing is decided or optimised here: what is shown was computed when the run was
written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from renewopt.core.case_schema import POINTS
from renewopt.core.money import to_wan
from renewopt.report.sheets import Words
from renewopt.runs import Run
from renewopt.runs.duties import HARDNESS, chosen_works, work_costs
from renewopt.text import label, render

REQUIRED = ("safety_duty", "assessed_target")
"""Levels of duty that a plan must serve; the third is a wish."""


def yearly(run: Run, words: Words) -> pd.DataFrame:
    """Give the figures that a bureau is judged by: one row each, a column per year."""
    figures, case = run.summary["figures"], run.problem.case
    years = [str(year) for year in case.plan_years]
    rows: list[list[Any]] = []

    def add(
        name: str, by_year: Mapping[str, float], total: float, decimals: int
    ) -> None:
        later = sum(v for y, v in by_year.items() if int(y) > case.end_year)
        cells = [by_year.get(year, 0) for year in years]
        rows.append([name, *(f"{v:,.{decimals}f}" for v in (*cells, later, total))])

    def fig(code: str, unit: str = "") -> str:
        text = label(f"fig.{code}", words.lang)
        return f"{text} ({label(unit, words.lang)})" if unit else text

    for name, own in figures["km_renewed"]["by_class"].items():
        title = f"{words.of(name)} · {fig('km', 'unit.km')}"
        add(title, own["by_year"], own["total"], 1)
    for name, own in figures["km_retired"]["by_class"].items():
        title = f"{words.of(name)} · {fig('km_retired', 'unit.km')}"
        add(title, own["by_year"], own["total"], 1)
    for code, key in (("compounds", "compounds"), ("points", "points_cleared")):
        add(fig(code), figures[key]["by_year"], figures[key]["total"], 0)
        if code == "compounds":
            blank = [""] * (len(years) + 1)
            rows.append([fig("households"), *blank, f"{figures[key]['households']:,}"])
    heating = figures["old_heating"]
    if heating is not None:
        shares = [f"{heating['share_left'][year]:.0%}" for year in years]
        rows.append([fig("old_heating_left"), *shares, "", shares[-1]])
    for code in ("starts", "completions"):
        # Running works began before the plan: they have no column here.
        own = {
            year: n for year, n in figures[code].items() if int(year) >= int(years[0])
        }
        add(fig(code), own, sum(own.values()), 0)
    money = figures["money"]
    for fund, by_year in money["by_fund_and_year"].items():
        title = f"{words.of(fund)} ({label('unit.wan', words.lang)})"
        add(title, by_year, sum(by_year.values()), 1)
    cost = {**money["cost_by_year"], **money["tail_by_year"]}
    add(fig("cost", "unit.wan"), cost, run.summary["cost"], 1)
    columns = [words.of("figure"), *years, words.of("after"), words.of("sum")]
    return pd.DataFrame(rows, columns=columns)


def beside_baselines(run: Run) -> pd.DataFrame:
    """Stand the plan beside its baselines: a row each, figures as columns."""
    summary = run.summary
    plans = {"plan": {**summary, "risk": summary["figures"]["risk"]}}
    plans |= summary["baselines"]
    return pd.DataFrame(
        [
            {
                "plan": name,
                "share_of_removable": own["risk"]["share_of_removable"],
                "share_of_today": own["risk"]["share_of_today"],
                "objective": own["objective"],
                "cost": own["cost"],
                "unplaced": round(served(own, "required") - served(own, "placed")),
                "late": round(served(own, "late")),
                "missing_money": served(own, "missing_money"),
            }
            for name, own in plans.items()
        ]
    )


def served(summary: Mapping[str, Any], key: str) -> float:
    """Add up one figure of the duties and targets that a plan must serve."""
    found = summary["mandatory"]
    return float(sum(found[name][key] for name in REQUIRED if name in found))


def duty_counts(run: Run, words: Words) -> pd.DataFrame:
    """Count required, placed, late and missing money by level of duty."""
    found = run.summary["mandatory"]
    rows = [
        (
            words.of(name),
            own["required"],
            own["placed"],
            own["late"],
            f"{own['missing_money']:,.1f}",
        )
        for name, own in ((n, found[n]) for n in HARDNESS if n in found)
    ]
    codes = ("hardness", "required_count", "placed_count", "late_count")
    columns = [label(f"col.{code}", words.lang) for code in codes]
    columns.append(
        f"{label('fig.missing_money', words.lang)} ({label('unit.wan', words.lang)})"
    )
    return pd.DataFrame(rows, columns=columns)


def gains(run: Run, words: Words) -> list[dict[str, str]]:
    """Give what the plan gains besides the loss removed, each with its weight."""
    weights = run.problem.policy.objective.weights
    return [
        {
            "name": words.of(name),
            "total": f"{total:,.0f}",
            "unit": label(
                "unit.points" if name.startswith(POINTS) else "unit.wan", words.lang
            ),
            "weight": f"{weights.get(name, 0.0):g}",
        }
        for name, total in run.summary["figures"]["benefit"].items()
        if total
    ]


def unserved(run: Run, words: Words) -> pd.DataFrame:
    """List the duties and targets that are late or not placed, with their cost."""
    table = run.tables["duties"]
    table = table[(table["status"] != "placed") & table["hardness"].isin(REQUIRED)]
    names = run.problem.case.projects.set_index("project_id")["name"]
    frame = pd.DataFrame(
        {
            "hardness": table["hardness"].map(words.of),
            "project_id": table["project_id"],
            "name": table["project_id"].map(names),
            "status": table["status"].map(words.of),
            "deadline": table["deadline"],
            "completion": table["completion"],
            "cost": to_wan(table["cost"]),
            "clauses": table["clauses"],
        }
    )
    return headed(frame, words)


def headed(frame: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Replace column codes by what people call them."""
    return frame.rename(columns=lambda code: label(f"col.{code}", words.lang))


def projects(run: Run, words: Words) -> pd.DataFrame:
    """List every project with what the plan does with it and why (codes as columns)."""
    case = run.problem.case
    plan = run.tables["schedule"].set_index("project_id")
    least = work_costs(case).groupby("project_id")["cost"].min()
    facts = case.project_facts
    found = plan.reindex(facts["project_id"])
    start = found["start_year"].reset_index(drop=True)
    duration = found["duration"].reset_index(drop=True)
    chosen = found["selected"].astype(bool).reset_index(drop=True)
    cost = found["cost"].reset_index(drop=True)
    low = facts["project_id"].map(least)
    reasons = {
        project: " ".join(render(item, words.lang) for item in items)
        for project, items in run.reasons.items()
    }
    return pd.DataFrame(
        {
            "selected": chosen,
            "project_id": facts["project_id"],
            "name": facts["name"],
            "asset_class": facts["asset_class"],
            "district": facts["district"],
            "legal_owner": facts["legal_owner"],
            "category": found["category"].to_numpy(),
            "mode": found["mode"].map(words.mode).to_numpy(),
            "start_year": start,
            "completion": start + duration - 1,
            "cost": to_wan(cost.where(chosen, low)),
            "risk_removed": to_wan(found["risk_removed"].to_numpy()),
            "risk_now": facts["risk_now"],
            "grade": facts["grade"],
            "households": facts["households"],
            "reason": facts["project_id"].map(reasons).fillna(""),
        }
    )


def works_by_year(run: Run) -> pd.DataFrame:
    """Give every chosen work once per year in which it is built.

    `cost` is what is paid in that year, before savings, in 万元.
    """
    case = run.problem.case
    works = chosen_works(case, run.schedule)
    names = case.packages.set_index("package_id")["name"]
    paid = case.payments.groupby(["work_id", "year"])["cost"].sum()
    rows = []
    for work in works.to_dict("records"):
        for year in range(int(work["start_year"]), int(work["completion"]) + 1):
            rows.append(
                {
                    "project_id": work["project_id"],
                    "name": work["name"],
                    "package_id": work["package_id"],
                    "package": names[work["package_id"]],
                    "asset_class": work["asset_class"],
                    "start_year": int(work["start_year"]),
                    "completion": int(work["completion"]),
                    "year": year,
                    "cost": float(to_wan(paid.get((work["work_id"], year), 0))),
                }
            )
    columns = ["project_id", "name", "package_id", "package", "asset_class"]
    columns += ["start_year", "completion", "year", "cost"]
    return pd.DataFrame(rows, columns=columns)


def money_by_fund(run: Run) -> pd.DataFrame:
    """Give what each fund pays in each plan year (万元)."""
    found = run.summary["figures"]["money"]["by_fund_and_year"]
    return pd.DataFrame(
        [
            {"fund": fund, "year": year, "amount": amount}
            for fund, own in found.items()
            for year, amount in own.items()
        ],
        columns=["fund", "year", "amount"],
    )


def room(run: Run, kind: str) -> pd.DataFrame:
    """Give used and limit by rule and year, for rules of one kind (`findings`)."""
    ids = [rule.id for rule in run.problem.policy.of_kind(kind)]
    table = run.tables["findings"]
    return table[table["rule_id"].isin(ids)].rename(columns={"where": "year"})


def risk_fields(risk: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Count assets by field of the 5×5 matrix: all, and those the plan renews.

    The grades are those of the first plan year.
    """
    assets = risk.drop_duplicates(["asset_class", "asset_id"])
    case = run.problem.case
    chosen = set(run.schedule.chosen["project_id"])
    listed = case.project_assets.merge(
        case.projects[["project_id", "asset_class"]], on="project_id"
    )
    done = listed[listed["project_id"].isin(chosen)]
    keys = set(zip(done["asset_class"], done["asset_id"], strict=True))
    own = zip(assets["asset_class"], assets["asset_id"], strict=True)
    assets = assets.assign(renewed=[key in keys for key in own])
    return assets[["asset_class", "asset_id", "lof_grade", "cof_grade", "renewed"]]


def risk_by_class(run: Run) -> pd.DataFrame:
    """Give by class: today's yearly loss, its renewed part, and what could be removed.

    `today` and `renewed` in 万元/year; `removed` and `removable` present values, 万元.
    """
    case = run.problem.case
    works = chosen_works(case, run.schedule)
    stock = case.stock if len(case.stock) else case.projects
    best = case.work_facts.groupby(["asset_class", "project_id"])["risk_removed"].max()
    return pd.DataFrame(
        {
            "today": stock.groupby("asset_class")["risk_now"].sum(),
            "renewed": works.groupby("asset_class")["risk_now"].sum(),
            "removed": to_wan(works.groupby("asset_class")["risk_removed"].sum()),
            "removable": to_wan(best.groupby("asset_class").sum()),
        }
    ).fillna(0.0)
