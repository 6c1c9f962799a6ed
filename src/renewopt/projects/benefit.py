"""What a work buys: the expected loss that is gone after its completion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.catalogue.modes import BP
from renewopt.core.money import round_to_units
from renewopt.projects.settings import CaseSettings
from renewopt.risk import RiskTable

NO_END = 9999
"""Service life of what lasts without end, years."""


def rest_of(members: pd.DataFrame) -> pd.DataFrame:
    """Give the assets of the projects and the share of each that is left to renew."""
    rows = members[["asset_class", "asset_id", "project_id"]]
    return rows.assign(rest=members.get("rest", 1.0))


def loss_ahead(
    members: pd.DataFrame, risk: RiskTable, settings: CaseSettings
) -> pd.DataFrame:
    """Give each project's discounted loss from a year to the end of the benefit years.

    ahead[p, y] = Σ_{u = y}^{end} risk[p, u] / (1 + r)^(u − start_year), in 万元; rows
    are projects, columns the benefit years. Years after the last of the risk table have
    the value of its last year (years before its first, that of the first).

    Parameters
    ----------
    members
        `asset_class`, `asset_id`, `project_id`.
    """
    years = settings.benefit_years
    projects = sorted(set(members["project_id"]))
    keys = ["asset_class", "asset_id"]
    own = risk.table[[*keys, "year", "risk"]].assign(
        asset_class=risk.table["asset_class"].astype("str"),
        asset_id=risk.table["asset_id"].astype("str"),
    )
    own = own.merge(rest_of(members), on=keys)
    own["risk"] = own["risk"] * own["rest"]
    table = own.pivot_table(
        index="project_id", columns="year", values="risk", aggfunc="sum", sort=True
    )
    reached = sorted({*years, *(int(y) for y in table.columns)})
    table = table.reindex(index=projects, columns=reached).ffill(axis=1).bfill(axis=1)
    table = table[years].fillna(0.0)
    rate = 1 + settings.discount_rate_bp / BP
    factor = rate ** -(np.array(years, dtype=np.float64) - settings.start_year)
    discounted = table.to_numpy(np.float64) * factor
    ahead = np.cumsum(discounted[:, ::-1], axis=1)[:, ::-1]
    return pd.DataFrame(ahead, index=pd.Index(projects), columns=years)


def risk_removed(
    works: pd.DataFrame, ahead: pd.DataFrame, settings: CaseSettings
) -> np.ndarray:
    """Give effect × loss from the year after completion on, units, rounded once.

    The effect ends with the service life of the mode (`life`, years). Works that were
    completed before the plan count from its first year.
    """
    ends = (works["start_year"] + works["duration"]).to_numpy(np.int64)
    after = np.maximum(ends, settings.start_year)
    years = ahead.columns.to_numpy(np.int64)
    values = np.c_[ahead.to_numpy(np.float64), np.zeros(len(ahead))]
    column = np.minimum(after - years[0], len(years))
    row = ahead.index.get_indexer(pd.Index(works["project_id"]))
    effect = works["effect_bp"].to_numpy(np.float64) / BP
    removed = values[row, column]
    if "life" in works:
        life = works["life"].fillna(NO_END).to_numpy(np.int64)
        removed = removed - values[row, np.minimum(column + life, len(years))]
    return round_to_units(removed * effect)


LATER = "benefit_later"


def removed_later(
    works: pd.DataFrame, members: pd.DataFrame, risk: RiskTable, settings: CaseSettings
) -> np.ndarray:
    """Give effect × loss after the benefit years to the end of service life, units.

    At most `later_years` of them: what is said of the time after that is a guess. The
    loss is that of the last year of the risk table, so deterioration stands still from
    there on, and every year is discounted to the first plan year.

    Parameters
    ----------
    works
        `project_id`, `start_year`, `duration`, `effect_bp`, `life`.
    """
    last = settings.benefit_years[-1]
    bound = last + settings.later_years
    table = risk.table
    tail = table[table["year"] == min(last, int(table["year"].max()))]
    keys = ["asset_class", "asset_id"]
    own = tail[[*keys, "risk"]].astype({"asset_class": "str", "asset_id": "str"})
    rows = rest_of(members).merge(own, on=keys)
    loss = (rows["risk"] * rows["rest"]).groupby(rows["project_id"]).sum()
    ends = (works["start_year"] + works["duration"]).to_numpy(np.int64)
    after = np.maximum(ends, settings.start_year)
    life = np.full(len(works), NO_END, dtype=np.int64)
    if "life" in works:
        life = works["life"].fillna(NO_END).to_numpy(np.int64)
    until = np.minimum(after + life - 1, bound)
    years = np.arange(last + 1, bound + 1)
    rate = 1 + settings.discount_rate_bp / BP
    factor = rate ** -(years.astype(np.float64) - settings.start_year)
    reached = np.concatenate([[0.0], np.cumsum(factor)])
    upto = np.clip(until - last, 0, len(years))
    since = np.minimum(np.clip(after - 1 - last, 0, len(years)), upto)
    effect = works["effect_bp"].to_numpy(np.float64) / BP
    now = works["project_id"].map(loss).fillna(0.0).to_numpy(np.float64)
    return round_to_units(now * effect * (reached[upto] - reached[since]))


def discounted_years(works: pd.DataFrame, settings: CaseSettings) -> np.ndarray:
    """Give Σ 1 / (1 + r)^(year − first) of the benefit years after completion, ≤ life.

    Six decimals, so that it is the same in files.
    """
    years = np.array(settings.benefit_years, dtype=np.float64)
    rate = 1 + settings.discount_rate_bp / BP
    reached = np.concatenate([[0.0], np.cumsum(rate ** -(years - years[0]))])
    ends = (works["start_year"] + works["duration"]).to_numpy(np.int64)
    after = np.maximum(ends, settings.start_year) - settings.start_year
    life = np.full(len(works), NO_END, dtype=np.int64)
    if "life" in works:
        life = works["life"].fillna(NO_END).to_numpy(np.int64)
    since = np.minimum(after, len(years))
    until = np.minimum(after + life, len(years))
    sums: np.ndarray = np.round(reached[until] - reached[since], 6)
    return sums
