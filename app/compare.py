"""Two plans for the same facts, side by side: figures, and what changed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from frames import served
from renewopt.runs import Run


@dataclass(frozen=True)
class Headline:
    """One figure of both plans; `more_is_better` is None where neither is."""

    code: str
    before: float
    after: float
    form: str
    more_is_better: bool | None


def headlines(before: Run, after: Run) -> list[Headline]:
    """Give the figures by which two plans are compared; money in 万元."""

    def line(code: str, form: str, better: bool | None) -> Headline:
        values = [_figure(run, code) for run in (before, after)]
        return Headline(code, values[0], values[1], form, better)

    return [
        line("objective", ",.1f", True),
        line("share_of_removable", ".1%", True),
        line("unplaced", ",.0f", False),
        line("missing_money", ",.1f", False),
        line("cost", ",.1f", None),
        line("projects", ",.0f", None),
        line("km", ",.1f", None),
        line("compounds", ",.0f", None),
    ]


def _figure(run: Run, code: str) -> float:
    summary, figures = run.summary, run.summary["figures"]
    found = {
        "objective": summary["objective"],
        "share_of_removable": figures["risk"]["share_of_removable"],
        "unplaced": served(summary, "required") - served(summary, "placed"),
        "missing_money": served(summary, "missing_money"),
        "cost": summary["cost"],
        "projects": figures["projects"]["chosen"],
        "km": figures["km_renewed"]["total"],
        "compounds": figures["compounds"]["total"],
    }
    return float(found[code])


def changes(before: Run, after: Run) -> pd.DataFrame:
    """List the projects that come in, go out, move in time or change their mode."""
    columns = ["project_id", "mode", "start_year"]
    old, new = (
        run.tables["schedule"].loc[run.tables["schedule"]["selected"], columns]
        for run in (before, after)
    )
    both = old.merge(new, on="project_id", how="outer", suffixes=("_old", "_new"))
    both["change"] = ""
    both.loc[both["mode_old"] != both["mode_new"], "change"] = "other_mode"
    moved = both["start_year_old"].ne(both["start_year_new"]).fillna(True)
    both.loc[moved, "change"] = "moved"
    both.loc[both["start_year_old"].isna(), "change"] = "in"
    both.loc[both["start_year_new"].isna(), "change"] = "out"
    both = both[both["change"] != ""]
    facts = after.problem.case.projects[["project_id", "name", "asset_class"]]
    order = {"in": 0, "out": 1, "moved": 2, "other_mode": 3}
    both = both.assign(order=both["change"].map(order))
    both = both.sort_values(["order", "project_id"], ignore_index=True)
    return both.merge(facts, on="project_id", how="left").drop(columns="order")
