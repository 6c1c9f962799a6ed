"""The works of a project list: cost and years as they are stated."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.modes import BP
from renewopt.core.money import round_to_units
from renewopt.projects.benefit import NO_END, discounted_years
from renewopt.projects.gains import later_lines, put_together
from renewopt.projects.list_rows import LISTED_POINTS
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import (
    WorkTables,
    cost_units,
    effect,
    resource_use,
    split_exactly,
    work_ids,
)

DEADLINE_YEARS = 3
"""限期改造 without a year: within three years (2022 guide on ageing assessment)."""
GUIDE = "城市燃气管道等老化评估工作指南（2022）"
OTHER = "国办发〔2022〕22号"
CLAUSE = f"{GUIDE} 评估结论"
OTHER_CLAUSE = f"{OTHER} 先评估后改造"
"""The guide is for gas; other networks are assessed under the general document."""
VERBS = {"immediate": "立即改造", "deadline": "限期改造"}


def list_works(
    rows: pd.DataFrame, catalogue: Catalogue, settings: CaseSettings
) -> WorkTables:
    """Give the works of the rows with what they cost, pay and take up.

    Works have `effect_bp`, `life` and `risk_removed` by the loss of their row.
    """
    works = _works(rows, catalogue, settings)
    lines = _cost_lines(works, settings)
    cost = cost_units(lines).reindex(works["work_id"]).to_numpy(np.int64)
    payments = _payments(works.assign(cost=cost))
    lines = lines[~lines.pop("running")]
    return WorkTables(works, lines, payments, _use(rows, works))


def _works(
    rows: pd.DataFrame, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Give running rows their one work, others one per possible start year."""
    new = rows[~rows["running"]].merge(
        pd.DataFrame({"start_year": settings.plan_years}), how="cross"
    )
    new = new[new["start_year"] >= new["from"]]
    waits = new["first_start"].fillna(settings.start_year)
    new = new[new["start_year"] >= waits]
    fixed = rows[rows["running"]]
    fixed = fixed.assign(start_year=fixed["from"])
    works = pd.concat([part for part in (fixed, new) if len(part)], ignore_index=True)
    works["work_id"] = work_ids(works)
    modes = {
        (name, mode.id): mode
        for name, item in catalogue.asset_classes.items()
        for mode in item.modes
    }
    own = [modes[p] for p in zip(works["asset_class"], works["mode"], strict=True)]
    works["effect_bp"] = np.array([effect(mode) for mode in own], dtype=np.float64)
    works["life"] = [mode.service_life or NO_END for mode in own]
    works["profile"] = [mode.payment_bp for mode in own]
    share = works["effect_bp"].to_numpy(np.float64) / BP
    loss = works["risk_now"].to_numpy(np.float64)
    works["risk_removed"] = round_to_units(
        share * loss * discounted_years(works, settings)
    )
    return works.sort_values("work_id", ignore_index=True)


def list_gains(works: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
    """List what works gain: points that the list states, loss of later years."""
    loss = works.groupby("project_id")["risk_now"].first()
    later = later_lines(works, loss, "项目库 隐患等级", settings)
    return put_together([later, *listed_points(works)])


def listed_points(works: pd.DataFrame) -> list[pd.DataFrame]:
    """Give the lines of `gains` for the points that the bureau gave its projects."""
    parts = []
    for measure in LISTED_POINTS:
        lines = works[works[measure] > 0]
        parts.append(
            lines[["work_id"]].assign(
                measure=measure, item="listed", quantity=1.0, unit="project",
                rate=lines[measure].astype("float64"), factor=1.0, source="项目库",
            )
        )  # fmt: skip
    return parts


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


def _payments(works: pd.DataFrame) -> pd.DataFrame:
    """Pay by the mode's profile; where the list gives years, evenly over these.

    The value of the works done is the same in every year of works.
    """
    found: list[pd.DataFrame] = []
    keys = ["asset_class", "mode", "dated", "duration", "done"]
    for _, own in works.groupby(keys, sort=True):
        head = own.iloc[0]
        duration, done = int(head["duration"]), int(head["done"])
        shares = [1] * duration if head["dated"] else list(head["profile"])
        count = max(duration, len(shares))
        value = [1] * duration + [0] * (count - duration)
        shares += [0] * (count - len(shares))
        cost = own["cost"].to_numpy(np.int64)
        parts = split_exactly(cost, shares)[:, done:]
        worth = split_exactly(cost, value)[:, done:]
        start = own["start_year"].to_numpy(np.int64)[:, None] + done
        count -= done
        table = pd.DataFrame(
            {
                "work_id": np.repeat(own["work_id"].to_numpy(object), count),
                "year": (start + np.arange(count)[None, :]).ravel(),
                "cost": parts.ravel(),
                "works_value": worth.ravel(),
            }
        )
        grants = np.repeat((own["ownership"] != "operator").to_numpy(dtype=bool), count)
        table["eligible_cost"] = np.where(grants, table["cost"], 0)
        found.append(table[(table["cost"] > 0) | (table["works_value"] > 0)])
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


def list_duties(rows: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
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
            "document": due["asset_class"].map(
                lambda name: GUIDE if name == "gas_pipe" else OTHER
            ),
            "clause": due["asset_class"].map(
                lambda name: CLAUSE if name == "gas_pipe" else OTHER_CLAUSE
            ),
            "verb": due["assessment_result"].map(VERBS),
            "hardness": "safety_duty",
            "deadline": own.mask(now, settings.start_year),
            "trigger": "assessment_result=" + due["assessment_result"].astype("str"),
        }
    )
