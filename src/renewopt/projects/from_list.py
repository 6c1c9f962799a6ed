"""A case from the bureau's project list (项目库): one project per row, as it stands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.modes import BP
from renewopt.core import case as core
from renewopt.core.case import PlanningCase
from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.core.errors import InputError, Message, message
from renewopt.core.money import round_to_units
from renewopt.inventory import ProjectList
from renewopt.inventory.project_list import PEOPLE_PER_HOUSEHOLD
from renewopt.projects.approvals import approval_notes, with_first_start
from renewopt.projects.facts import texts
from renewopt.projects.reviews import review
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import (
    RESOURCES,
    cost_units,
    resource_use,
    split_exactly,
    work_ids,
)

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
DEADLINE_YEARS = 3
"""限期改造 without a year: within three years (2022 guide on ageing assessment)."""
CLAUSE = "城市燃气管道等老化评估工作指南（2022） 评估结论"
OTHER_CLAUSE = "国办发〔2022〕22号 先评估后改造"
"""The guide is for gas; other networks are assessed under the general document."""
VERBS = {"immediate": "立即改造", "deadline": "限期改造"}


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
    rows = with_first_start(_rows(project_list, catalogue, settings), settings)
    problems = list(_package_problems(rows))
    if problems:
        raise InputError(*problems)
    late = ~rows["running"] & (rows["from"] > settings.plan_years[-1])
    if late.all():
        raise InputError(
            message("projects.nothing_to_plan_list"), *_notes(rows, settings)
        )
    works = _works(rows, catalogue, settings)
    lines = _cost_lines(works, settings)
    cost = cost_units(lines).reindex(works["work_id"]).to_numpy(np.int64)
    payments = _payments(works.assign(cost=cost), catalogue)
    tables = {
        "projects": rows,
        "packages": _packages(rows),
        "works": works,
        "payments": payments,
        "use": _use(rows, works),
        "resources": RESOURCES,
        "cost_lines": lines[~lines["running"]],
        "obligations": _obligations(rows, settings),
    }
    tables = {
        name: frame[[c for c in frame if c in _columns(name)]]
        for name, frame in tables.items()
    }
    return core.make_case(settings.case_numbers(), tables), [
        *_left_out(project_list),
        *_notes(rows, settings),
        *approval_notes(tables["packages"], settings),
    ]


def _left_out(project_list: ProjectList) -> Iterator[Message]:
    """Say which rows are finished and not planned again."""
    done = project_list.projects[
        texts(project_list.projects, "readiness").isin(FINISHED)
    ]
    if len(done):
        rows = ", ".join(str(row) for row in done["row"])
        yield message("projects.list_finished", rows=rows, count=len(done))


def _nothing(project_list: ProjectList) -> InputError:
    """Say why no row is left: the cells for which rows were rejected, and the rest."""
    rejected = [i.message() for i in project_list.issues if i.severity == "rejected"]
    return InputError(message("projects.nothing_to_plan_list"), *rejected)


def _columns(table: str) -> list[str]:
    return CASE_SCHEMAS[table].column_names()


def _rows(
    project_list: ProjectList, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Give the list with identifiers, people, years of works and loss, in its order."""
    frame = project_list.projects.reset_index(drop=True).copy()
    if len(frame) == 0:
        raise _nothing(project_list)
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
    if len(frame) == 0:
        raise _nothing(project_list)
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
    return _timed(frame, catalogue, settings)


def _timed(
    frame: pd.DataFrame, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Add first and last year of works, whether it runs, and the share still to pay."""
    usual = {
        name: item.modes[0].duration for name, item in catalogue.asset_classes.items()
    }
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


def _package_problems(rows: pd.DataFrame) -> Iterator[Message]:
    for column in ("legal_owner", "nature", "ownership", "status"):
        values = rows.groupby("package_id", sort=True)[column].nunique()
        for package in values.index[values > 1]:
            own = rows[rows["package_id"] == package]
            yield message(
                "projects.list_package",
                value=own["project_code"].iloc[0],
                column=column,
                rows=", ".join(str(n) for n in own["row"]),
                values=", ".join(sorted(set(own[column].astype("str")))),
            )


def _works(
    rows: pd.DataFrame, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Give running rows their one work, others one per possible start year."""
    first = {name: item.modes[0] for name, item in catalogue.asset_classes.items()}
    new = rows[~rows["running"]].merge(
        pd.DataFrame({"start_year": settings.plan_years}), how="cross"
    )
    new = new[new["start_year"] >= new["from"]]
    waits = new["first_start"].fillna(settings.start_year)
    new = new[new["start_year"] >= waits]
    fixed = rows[rows["running"]]
    fixed = fixed.assign(start_year=fixed["from"])
    works = pd.concat([part for part in (fixed, new) if len(part)], ignore_index=True)
    works["mode"] = works["asset_class"].map({k: m.id for k, m in first.items()})
    works["work_id"] = work_ids(works)
    effect = works["asset_class"].map({k: m.effect_bp for k, m in first.items()}) / BP
    after = (works["start_year"] + works["duration"]).clip(lower=settings.start_year)
    worth = _years_worth(settings)
    years = after.map(worth).fillna(0.0).to_numpy(np.float64)
    removed = (
        effect.to_numpy(np.float64) * works["risk_now"].to_numpy(np.float64) * years
    )
    works["risk_removed"] = round_to_units(removed)
    return works.sort_values("work_id", ignore_index=True)


def _years_worth(settings: CaseSettings) -> dict[int, float]:
    """Give Σ (1 + r)^(start − u) from each benefit year to the last."""
    years = np.array(settings.benefit_years)
    rate = 1 + settings.discount_rate_bp / BP
    worth = rate ** -(years - settings.start_year).astype(np.float64)
    ahead = np.cumsum(worth[::-1])[::-1]
    return {int(y): float(w) for y, w in zip(years, ahead, strict=True)}


def _cost_lines(works: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
    factors = {year: settings.price_factor(year) for year in set(works["start_year"])}
    factor = works["start_year"].map(factors).where(~works["running"], 1.0)
    return pd.DataFrame(
        {
            "work_id": works["work_id"],
            "item": "total",
            "quantity": 1.0,
            "unit": "project",
            "unit_price": works["total_cost"].astype("float64").round(6),
            "factor": factor,
            "source": "项目库 总投资",
            "running": works["running"],
        }
    )


def _payments(works: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Pay by the mode's profile; where the list gives years, evenly over these."""
    profiles = {
        k: list(c.modes[0].payment_bp) for k, c in catalogue.asset_classes.items()
    }
    found: list[pd.DataFrame] = []
    keys = ["asset_class", "dated", "duration", "done"]
    for _, own in works.groupby(keys, sort=True):
        head = own.iloc[0]
        duration, done = int(head["duration"]), int(head["done"])
        shares = [1] * duration if head["dated"] else profiles[str(head["asset_class"])]
        parts = split_exactly(own["cost"].to_numpy(np.int64), shares)[:, done:]
        start = own["start_year"].to_numpy(np.int64)[:, None] + done
        count = parts.shape[1]
        table = pd.DataFrame(
            {
                "work_id": np.repeat(own["work_id"].to_numpy(object), count),
                "year": (start + np.arange(count)[None, :]).ravel(),
                "cost": parts.ravel(),
            }
        )
        grants = np.repeat((own["ownership"] != "operator").to_numpy(dtype=bool), count)
        table["eligible_cost"] = np.where(grants, table["cost"], 0)
        found.append(table[table["cost"] > 0])
    return pd.concat(found, ignore_index=True)


def _use(rows: pd.DataFrame, works: pd.DataFrame) -> pd.DataFrame:
    amounts = rows.set_index("project_id")
    line = amounts["length_m"] > 0
    table = pd.DataFrame(
        {
            "km": amounts["length_m"].round().astype("int64"),
            "households": amounts["households"].where(~line, 0),
            "sites": amounts["items"]
            .clip(lower=1)
            .round()
            .astype("int64")
            .where(~line, 0),
        }
    )
    use = resource_use(works, table)
    done = works.set_index("work_id")[["start_year", "done"]].sum(axis=1)
    return use[use["year"] >= use["work_id"].map(done)]


def _packages(rows: pd.DataFrame) -> pd.DataFrame:
    heads = rows.groupby("package_id", sort=True).first().reset_index()
    income = rows.groupby("package_id", sort=True)["net_income_per_year"].sum(
        min_count=1
    )
    heads["net_income_per_year"] = round_to_units(income.fillna(0).to_numpy(np.float64))
    ready = rows["from"] + rows["duration"]
    heads["operation_start"] = ready.groupby(rows["package_id"]).min().to_numpy()
    no_income = heads["net_income_per_year"] == 0
    heads["operation_start"] = heads["operation_start"].astype("Int64").mask(no_income)
    heads["fund_kinds"] = [
        _named_kinds(rows[rows["package_id"] == package])
        for package in heads["package_id"]
    ]
    heads["bond_review"] = [
        _latest(rows.loc[rows["package_id"] == package, "bond_review"])
        for package in heads["package_id"]
    ]
    # A company borrows for what it owns; a bureau never does: that is hidden debt.
    own_risk = (heads["nature"] != "public") & (heads["ownership"] == "operator")
    heads["borrower"] = heads["legal_owner"].where(own_risk, "")
    return heads


def _latest(reviews: pd.Series) -> str:
    """Give a package's review: its last project's to pass; empty if one has none."""
    words = sorted(set(reviews), key=lambda word: (word != "", word != "passed", word))
    return "" if "" in words else words[-1]


def _named_kinds(rows: pd.DataFrame) -> str:
    """Join the kinds of money that all rows of a package name; "" where one names none.

    Running works are paid as agreed: what the list names does not bind them.
    """
    named = [str(kinds).split(";") for kinds in rows["fund_kinds"]]
    if rows["running"].any() or any(kinds == [""] for kinds in named):
        return ""
    return ";".join(sorted({kind for kinds in named for kind in kinds}))


def _obligations(rows: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
    """Turn 立即改造 and 限期改造 into safety duties."""
    due = rows[rows["assessment_result"].isin(list(VERBS))]
    now = due["assessment_result"] == "immediate"
    own = due["assessment_deadline"].astype("Int64")
    own = own.fillna(settings.start_year + DEADLINE_YEARS - 1)
    return pd.DataFrame(
        {
            "project_id": due["project_id"],
            "asset_id": due["project_id"],
            "pack": "project-list",
            "clause": due["asset_class"].map(
                lambda name: CLAUSE if name == "gas_pipe" else OTHER_CLAUSE
            ),
            "verb": due["assessment_result"].map(VERBS),
            "hardness": "safety_duty",
            "deadline": own.mask(now, settings.start_year),
            "trigger": "assessment_result=" + due["assessment_result"].astype("str"),
        }
    )


def _notes(rows: pd.DataFrame, settings: CaseSettings) -> Iterator[Message]:
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
