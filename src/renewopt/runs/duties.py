"""Duties: which obligations the plan serves, when, and what the others would cost.

A project's deadline at a level of hardness is the least of its obligations there.
Completion = start year + duration − 1; years late = max(0, completion − max(deadline,
first plan year)); without a deadline nothing is late.
"""

from __future__ import annotations

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.proof import Mandatory
from renewopt.core.schedule import Schedule
from renewopt.core.tables import Column, TableSchema

HARDNESS = ("safety_duty", "assessed_target", "preference")
"""Levels of duty, the strictest first."""

DUTIES = TableSchema(
    "duties",
    (
        Column("hardness", "text", True, doc="level of duty"),
        Column("project_id", "text", True, doc="project"),
        Column(
            "clauses",
            "text",
            False,
            doc="documents and clauses, ';' between; packs without a document",
            default="",
        ),
        Column("deadline", "integer", False, "", "last year; empty: none"),
        Column("status", "text", True, doc="placed, late or missing"),
        Column(
            "completion", "integer", False, "", "year of completion; empty: missing"
        ),
        Column("years_late", "integer", False, "years", "after the deadline", 0, 0),
        Column(
            "cost", "money", False, "万元", "of the work chosen, else the least", 0, 0
        ),
        Column(
            "moved_into",
            "text",
            False,
            doc="project whose works take it in and so serve the duty; empty: its own",
            default="",
        ),
    ),
    ("hardness", "project_id"),
    "One row per project and level of duty.",
)


def duty_table(case: PlanningCase, schedule: Schedule) -> pd.DataFrame:
    """List every duty with its deadline and what becomes of it (table `DUTIES`)."""
    duties = case.obligations
    if duties.empty:
        return DUTIES.empty()
    document = duties["document"].where(duties["document"] != "", duties["pack"])
    duties = duties.assign(cites=document + " " + duties["clause"])
    table = duties.groupby(["hardness", "project_id"], as_index=False).agg(
        deadline=("deadline", "min"),
        clauses=("cites", lambda cites: "; ".join(sorted(set(cites)))),
    )
    chosen = chosen_works(case, schedule)[["project_id", "completion", "cost"]]
    table = table.merge(chosen, on="project_id", how="left")
    least = work_costs(case).groupby("project_id")["cost"].min()
    table["cost"] = table["cost"].fillna(table["project_id"].map(least))
    due = table["deadline"].clip(lower=case.start_year).astype("Int64")
    table["completion"] = table["completion"].astype("Int64")
    table["years_late"] = (table["completion"] - due).clip(lower=0).fillna(0)
    table["status"] = "placed"
    table.loc[table["years_late"] > 0, "status"] = "late"
    table.loc[table["completion"].isna(), "status"] = "missing"
    into = _moved(case, chosen_works(case, schedule))
    table["moved_into"] = [into.get(project, "") for project in table["project_id"]]
    order = table["hardness"].map({name: i for i, name in enumerate(HARDNESS)})
    table = table.assign(order=order).sort_values(["order", "project_id"])
    return DUTIES.conform(table.drop(columns="order"))


def _moved(case: PlanningCase, chosen: pd.DataFrame) -> dict[str, str]:
    """Give, for each project that moves into another, that one."""
    links = case.links[case.links["other_mode"] != ""]
    works = chosen[["project_id", "mode"]]
    both = links.merge(works, on=["project_id", "mode"]).merge(
        works.rename(columns={"project_id": "other_id", "mode": "other_mode"}),
        on=["other_id", "other_mode"],
    )
    return dict(zip(both["other_id"], both["project_id"], strict=True))


def count_duties(duties: pd.DataFrame) -> dict[str, Mandatory]:
    """Count required, placed, late and the missing money, by hardness."""
    counts: dict[str, Mandatory] = {}
    for hardness in HARDNESS:
        own = duties[duties["hardness"] == hardness]
        if own.empty:
            continue
        missing = own["status"] == "missing"
        counts[hardness] = Mandatory(
            required=len(own),
            placed=int((~missing).sum()),
            late=int((own["status"] == "late").sum()),
            missing_money=int(own.loc[missing, "cost"].sum()),
        )
    return counts


def work_costs(case: PlanningCase) -> pd.DataFrame:
    """Give every work with its project, class and total nominal `cost` (units)."""
    totals = case.payments.groupby("work_id")["cost"].sum()
    works = case.work_facts
    return works.assign(cost=works["work_id"].map(totals).fillna(0).astype("int64"))


def chosen_works(case: PlanningCase, schedule: Schedule) -> pd.DataFrame:
    """Give the facts of the chosen works with `cost`, `saving` and `completion`."""
    chosen = schedule.chosen[["work_id", "saving"]]
    works = work_costs(case).merge(chosen, on="work_id", how="inner")
    return works.assign(completion=works["start_year"] + works["duration"] - 1)
