"""The rows of a project list (项目库) as projects: who, when, how many, what loss."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.core.errors import InputError, message
from renewopt.inventory import ProjectList
from renewopt.inventory.project_list import PEOPLE_PER_HOUSEHOLD
from renewopt.projects.facts import texts
from renewopt.projects.reviews import review
from renewopt.projects.settings import CaseSettings

GRADE_LOSS = {1: 0.0005, 2: 0.0015, 3: 0.004, 4: 0.01, 5: 0.02}
"""Expected loss by grade, 万元 per person served and year. Expert judgement (editable
assumption): grade 5 is about what the class models say of the worst secondary heating
and the oldest compounds, grade 1 of new networks."""
UNDER_CONSTRUCTION = (
    "在建",
    "续建",
    "已开工",
    "施工中",
    "running",
    "under construction",
)
"""Stages (前期进展) that mean that the project runs."""
LISTED_POINTS = ("points_deficiency", "points_quality")
"""Points that the bureau gives a row: gaps that it fills, comfort that it brings."""
FINISHED = (
    "已完工",
    "完工",
    "已竣工",
    "竣工",
    "已完成",
    "已建成",
    "completed",
    "finished",
)
"""Stages (前期进展) that mean that nothing is left to do."""


def list_rows(
    project_list: ProjectList, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Give the list with identifiers, people, years of works and loss, in its order.

    Without the rows that are finished, and those of classes that the county does not
    plan; what is under construction goes on in every class.
    """
    frame = project_list.projects.reset_index(drop=True).copy()
    for column in (
        "project_code",
        "readiness",
        "fund_kinds",
        "bond_review",
        "district",
        "street",
    ):
        frame[column] = texts(frame, column)
    frame["bond_review"] = [review(word) for word in frame["bond_review"]]
    finished = frame["readiness"].isin(FINISHED)
    frame = frame[~finished].reset_index(drop=True)
    width = max(3, len(str(len(frame))))
    number = pd.Series(range(1, len(frame) + 1)).astype("str").str.zfill(width)
    frame["project_id"] = "P-" + number
    households = frame["households"].astype("float64")
    people = (
        frame["population"].astype("float64").fillna(households * PEOPLE_PER_HOUSEHOLD)
    )
    frame["people"] = people.fillna(0.0)
    frame["households"] = households.fillna(0).round().astype("int64")
    grade = frame["grade"].astype("Int64")
    frame["risk_now"] = grade.map(GRADE_LOSS).astype("float64") * frame["people"]
    for column in ("length_m", "floor_area_m2", "items"):
        frame[column] = frame[column].astype("float64").fillna(0.0).round(2)
    for column in LISTED_POINTS:
        if column not in frame:
            frame[column] = 0
        frame[column] = frame[column].astype("Int64").fillna(0).astype("int64")
    frame = _timed(frame, catalogue, settings)
    off = frame["asset_class"].isin(settings.off_classes) & ~frame["running"]
    return frame[~off].reset_index(drop=True)


def _timed(
    frame: pd.DataFrame, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Add first and last year of works, whether it runs, and the share still to pay."""
    first_mode = {n: c.modes[0] for n, c in catalogue.asset_classes.items()}
    frame["mode"] = frame["asset_class"].map({n: m.id for n, m in first_mode.items()})
    usual = {name: mode.duration for name, mode in first_mode.items()}
    first = frame["first_year"].astype("float64")
    last = frame["last_year"].astype("float64").fillna(first)
    begun = (first < settings.start_year) & (last >= settings.start_year)
    frame["running"] = begun | frame["readiness"].isin(UNDER_CONSTRUCTION)
    # Works that run past their stated end still have the plan's first year to go.
    overdue = frame["running"] & (last < settings.start_year)
    last = last.mask(overdue, settings.start_year)
    frame["dated"] = first.notna()
    frame["last"] = last
    usual_years = frame["asset_class"].map(usual).astype("float64")
    frame["duration"] = (last - first + 1).fillna(usual_years).astype("int64")
    start = first.fillna(settings.start_year)
    frame["from"] = start.where(frame["running"], start.clip(lower=settings.start_year))
    frame["from"] = frame["from"].astype("int64")
    done = (settings.start_year - frame["from"]).clip(
        lower=0, upper=frame["duration"] - 1
    )
    frame["done"] = done.where(frame["running"], 0).astype("int64")
    frame["status"] = np.where(frame["running"], "running", "new")
    code = frame["project_code"].where(frame["project_code"] != "", frame["project_id"])
    frame["package_id"] = "PK-" + code + np.where(frame["running"], "-R", "")
    return frame


def nothing_listed(project_list: ProjectList) -> InputError:
    """Say why no row is left: the cells for which rows were rejected, and the rest."""
    rejected = [i.message() for i in project_list.issues if i.severity == "rejected"]
    return InputError(message("projects.nothing_to_plan_list"), *rejected)
