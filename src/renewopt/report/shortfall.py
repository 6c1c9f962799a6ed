"""未能安排的应改项目: duties that the plan leaves or is late with, one by one.

Who answers for them, what money they really lack and what their funds still have, what
is done until then, and the new date with how it was found.
"""

from __future__ import annotations

from renewopt.core.errors import message
from renewopt.explain import Lack, lacking
from renewopt.report.sheets import REQUIRED, Sheet, Words, cell, wan
from renewopt.runs import Run
from renewopt.text import label, render

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
    missing_ones = open_.loc[open_["status"] == "missing", "project_id"]
    lack = lacking(run.problem, run.schedule, dict.fromkeys(map(str, missing_ones)))
    rows = []
    for row in open_.to_dict("records"):
        project = facts.loc[row["project_id"]]
        own = lack.get(str(row["project_id"]))
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
                wan(own.missing) if own else 0.0,
                label(measure, words.lang),
                own.year if own else cell(row["completion"]),
                wan(row["cost"]),
                _left(own, words),
                render(own.why, words.lang) if own else "",
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
        ("least_cost", "money"),
        ("left_by_source", "wide"),
        ("date_why", "wide"),
    )
    notes = [render(message("lack.note"), words.lang)] if lack else []
    return words.sheet("shortfall", headings, rows, notes=notes)


def _left(own: Lack | None, words: Words) -> str:
    """Say what each fund that may pay still has."""
    if own is None:
        return ""
    return "\n".join(
        f"{words.of(fund)}: {units / 100:,.2f}" for fund, units in own.left.items()
    )
