"""The tables of a run folder: one schema each, and how a plan fills them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.errors import Message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import Column, TableSchema
from renewopt.runs.duties import DUTIES, chosen_works
from renewopt.runs.ledger import DEBT, DEBT_BY_PACKAGE

SCHEDULE = TableSchema(
    "schedule",
    (
        Column("project_id", "text", True, doc="project"),
        Column("selected", "flag", True, doc="whether the plan renews it"),
        Column("work_id", "text", False, doc="work chosen; empty: none", default=""),
        Column("mode", "text", False, doc="renewal mode", default=""),
        Column("start_year", "integer", False, "", "year of the start"),
        Column("duration", "integer", False, "years", "years of works"),
        Column(
            "cost", "money", False, "万元", "nominal, all years, before savings", 0, 0
        ),
        Column("saving", "money", False, "万元", "dig-once saving, start year", 0, 0),
        Column("risk_removed", "money", False, "万元", "present value", 0, 0),
        Column("category", "text", True, doc="continuing, new or reserve"),
        Column("reason", "text", False, doc="code of the reason", default=""),
    ),
    ("project_id",),
    "Every project: what the plan does with it. Sentences for the reasons: "
    "`reasons.json`.",
)
FUNDING = TableSchema(
    "funding",
    (
        Column("package_id", "text", True, doc="package"),
        Column("year", "integer", True, doc="year"),
        Column("fund_id", "text", True, doc="fund"),
        Column("amount", "money", True, "万元", "pays this year's payments", 0),
        Column("received", "money", True, "万元", "received from the fund", 0),
        Column("held", "money", False, "万元", "received and not yet spent", None, 0),
    ),
    ("package_id", "year", "fund_id"),
    "Money by package, year and fund.",
)
FINDINGS = TableSchema(
    "findings",
    (
        Column("rule_id", "text", True, doc="rule"),
        Column("where", "text", False, doc="year, package, corridor …", default=""),
        Column("limit", "number", True, "", "limit, in `unit`"),
        Column("used", "number", True, "", "used, in `unit`"),
        Column("unit", "text", False, doc="unit of both", default="万元"),
    ),
    (),
    "How much of each rule's room is used.",
)
BREACHES = TableSchema(
    "breaches",
    (
        Column("rule_id", "text", True, doc="rule"),
        Column("where", "text", False, doc="year, package, corridor …", default=""),
        Column("limit", "number", True, "", "limit, in `unit`"),
        Column("actual", "number", True, "", "found, in `unit`"),
        Column("unit", "text", False, doc="unit of both", default="万元"),
    ),
    (),
    "Rules that the plan breaks; without rows in a good plan.",
)
RUN_SCHEMAS: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        SCHEDULE,
        FUNDING,
        DEBT,
        DEBT_BY_PACKAGE,
        DUTIES,
        FINDINGS,
        BREACHES,
    )
}


def schedule_table(
    case: PlanningCase,
    schedule: Schedule,
    reasons: Mapping[str, tuple[Message, ...]] | None = None,
) -> pd.DataFrame:
    """List every project with what was decided (table `SCHEDULE`)."""
    columns = ["work_id", "mode", "start_year", "duration", "cost", "saving"]
    works = chosen_works(case, schedule)[["project_id", *columns, "risk_removed"]]
    table = case.project_facts[["project_id", "status", "first_start"]].merge(
        works, on="project_id", how="left"
    )
    selected = table["work_id"].notna()
    running = table["status"] == "running"
    table["selected"] = selected
    table["category"] = "reserve"
    table.loc[selected, "category"] = "new"
    waits = (table["first_start"] > case.start_year).fillna(False).astype(bool)
    table.loc[selected & waits, "category"] = "preparation"
    table.loc[running, "category"] = "continuing"
    codes = {
        project: ";".join(dict.fromkeys(message.code for message in found))
        for project, found in (reasons or {}).items()
    }
    table["reason"] = [codes.get(project, "") for project in table["project_id"]]
    return SCHEDULE.conform(table.sort_values("project_id"))


def funding_table(case: PlanningCase, schedule: Schedule) -> pd.DataFrame:
    """List the draws with what the package still holds at the end of each year.

    held = Σ received − Σ amount of the fund up to the year, history included.
    """
    moves = schedule.draws
    history = case.package_history[case.package_history["fund_id"] != ""]
    before = (history["received"] - history["amount"]).groupby(
        [history["package_id"], history["fund_id"]]
    )
    change = (moves["received"] - moves["amount"]).groupby(
        [moves["package_id"], moves["fund_id"]]
    )
    keys = pd.MultiIndex.from_frame(moves[["package_id", "fund_id"]])
    opening = before.sum().reindex(keys, fill_value=0).to_numpy()
    return FUNDING.conform(moves.assign(held=change.cumsum().to_numpy() + opening))


def findings_table(findings: tuple[Finding, ...]) -> pd.DataFrame:
    """Put findings into a table (`FINDINGS`), in their order."""
    rows = [(f.rule_id, f.where, f.limit, f.used, f.unit) for f in findings]
    return FINDINGS.conform(pd.DataFrame(rows, columns=FINDINGS.column_names()))


def breaches_table(breaches: tuple[Breach, ...]) -> pd.DataFrame:
    """Put breaches into a table (`BREACHES`), in their order."""
    rows = [(b.rule_id, b.where, b.limit, b.actual, b.unit) for b in breaches]
    return BREACHES.conform(pd.DataFrame(rows, columns=BREACHES.column_names()))
