"""未能安排的应改项目: duties that the plan leaves or is late with, one by one.

Who answers for them, what money they lack, what is done until then, and the new date.
"""

from __future__ import annotations

from renewopt.report.sheets import REQUIRED, Sheet, Words, cell, wan
from renewopt.runs import Run
from renewopt.text import label

INTERIM = frozenset(
    {"gas_pipe", "heating_pipe", "water_pipe", "residential_compound"}
    | {"waterlogging_point"}
)
"""Classes with a control measure of their own; the others are watched more closely."""


def shortfall(run: Run, words: Words) -> Sheet:
    """Name every missing or late duty; a missing one waits for the next plan."""
    case = run.problem.case
    facts = case.project_facts.set_index("project_id")
    table = run.tables["duties"]
    open_ = table[
        (table["status"] != "placed") & table["hardness"].isin(list(REQUIRED))
    ]
    rows = []
    for row in open_.to_dict("records"):
        project = facts.loc[row["project_id"]]
        missing = row["status"] == "missing"
        kind = str(project["asset_class"])
        measure = f"interim.{kind if kind in INTERIM else 'other'}"
        rows.append(
            (
                words.of(row["hardness"]),
                row["project_id"],
                project["name"],
                words.of(kind),
                project["legal_owner"],
                cell(row["deadline"]),
                words.of(row["status"]),
                wan(row["cost"]) if missing else 0.0,
                label(measure, words.lang),
                case.end_year + 1 if missing else cell(row["completion"]),
            )
        )
    headings = words.headings(
        ("hardness", "text"),
        ("project_id", "text"),
        ("name", "wide"),
        ("asset_class", "text"),
        ("legal_owner", "text"),
        ("deadline", "year"),
        ("status", "text"),
        ("missing_money", "money"),
        ("interim", "wide"),
        ("new_date", "year"),
    )
    return words.sheet("shortfall", headings, rows)
