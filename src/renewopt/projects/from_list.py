"""A case from the bureau's project list (项目库): one project per row, as it stands."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.core import case as core
from renewopt.core.case import PlanningCase
from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import ProjectList
from renewopt.projects.approvals import approval_notes, with_first_start
from renewopt.projects.by_hand import repack
from renewopt.projects.facts import texts
from renewopt.projects.gains import LATER, add_gains
from renewopt.projects.incomes import listed_incomes
from renewopt.projects.list_packages import (
    list_heads,
    list_packages,
    package_problems,
)
from renewopt.projects.list_rows import FINISHED, GRADE_LOSS, LISTED_POINTS, list_rows
from renewopt.projects.list_tables import list_duties, list_gains, list_works
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import RESOURCES

MEASURES = (LATER, *LISTED_POINTS)
"""What works of a list gain besides the loss removed; columns of `works`."""

__all__ = ["GRADE_LOSS", "case_from_list", "list_notes"]


def case_from_list(
    project_list: ProjectList, catalogue: Catalogue, settings: CaseSettings
) -> tuple[PlanningCase, list[Message]]:
    """Take a project list as a case, and say what had to be assumed.

    Each row is a project with its total cost; rows with one project code are one
    package. Loss per year = `GRADE_LOSS[grade]` × people served, constant over the
    years. A row runs if its stage says so or its period has begun: then the share of
    the remaining years is still to be paid. A new row may start in its first year or
    later. Assessment outcomes become safety duties.

    Raises
    ------
    InputError
        If the list is empty or the rows of one code contradict each other.
    """
    rows = list_rows(project_list, catalogue, settings)
    problems = list(package_problems(rows))
    if problems:
        raise InputError(*problems)
    package, names, changes = repack(list_heads(rows), settings.by_hand)
    rows["package_id"] = rows["project_id"].map(package)
    rows = with_first_start(rows, settings)
    late = ~rows["running"] & (rows["from"] > settings.plan_years[-1])
    if late.all():
        raise InputError(
            message("projects.nothing_to_plan_list"), *list_notes(rows, settings)
        )
    made = list_works(rows, catalogue, settings)
    tables = {
        "projects": listed_incomes(rows),
        "packages": list_packages(rows, names),
        "works": made.works,
        "payments": made.payments,
        "use": made.use,
        "resources": RESOURCES,
        "cost_lines": made.cost_lines,
        "obligations": list_duties(rows, settings),
    }
    tables["gains"] = list_gains(made.works, settings)
    add_gains(made.works, tables["gains"])
    tables = {
        name: frame[[c for c in frame if c in _columns(name)]]
        for name, frame in tables.items()
    }
    return core.make_case(settings.case_numbers(), tables), [
        *list_left_out(project_list),
        *changes,
        *list_notes(rows, settings),
        *approval_notes(tables["packages"], settings),
    ]


def list_left_out(project_list: ProjectList) -> Iterator[Message]:
    """Say which rows are finished and not planned again."""
    done = project_list.projects[
        texts(project_list.projects, "readiness").isin(FINISHED)
    ]
    if len(done):
        rows = ", ".join(str(row) for row in done["row"])
        yield message("projects.list_finished", rows=rows, count=len(done))


def _columns(table: str) -> list[str]:
    names = CASE_SCHEMAS[table].column_names()
    return [*names, *MEASURES] if table == "works" else names


def list_notes(rows: pd.DataFrame, settings: CaseSettings) -> Iterator[Message]:
    """Say what is expert judgement and what was assumed."""
    yield message("projects.list_risk", count=len(rows))
    for code, mask in (
        ("projects.list_no_people", rows["people"] <= 0),
        ("projects.list_running", rows["running"]),
        ("projects.list_late_start", rows["from"] > settings.plan_years[-1]),
        ("projects.list_funds_bind", (rows["fund_kinds"] != "") & ~rows["running"]),
        ("projects.list_past", ~rows["running"] & (rows["last"] < settings.start_year)),
    ):
        own = (
            rows[mask & ~rows["running"]] if code.endswith("late_start") else rows[mask]
        )
        if len(own):
            numbers = ", ".join(str(n) for n in own["row"].head(10))
            yield message(code, rows=numbers, count=len(own))
