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


def loss_at_end(
    members: pd.DataFrame, risk: RiskTable, settings: CaseSettings
) -> pd.Series:
    """Give each project's loss in the last year that the risk table has, 万元."""
    table = risk.table
    last = min(settings.benefit_years[-1], int(table["year"].max()))
    keys = ["asset_class", "asset_id"]
    own = table[table["year"] == last][[*keys, "risk"]]
    own = own.astype({"asset_class": "str", "asset_id": "str"})
    rows = rest_of(members).merge(own, on=keys)
    left = rows["risk"] * rows["rest"]
    sums: pd.Series = left.groupby(rows["project_id"]).sum()
    return sums


def counted_years(
    works: pd.DataFrame, settings: CaseSettings, *, later: bool
) -> pd.DataFrame:
    """Give what the years are worth in which a work has its effect.

    From the year after completion to the end of the service life, within the benefit
    years or (`later`) within the `later_years` after them.

    Returns
    -------
    pd.DataFrame
        `from_year`, `to_year` (before `from_year`: none) and `factor` = Σ 1 / (1 + r) ^
        (year − first plan year), six decimals, so that it is the same in files.
    """
    first, end = settings.start_year, settings.benefit_years[-1]
    since, until = first, end
    if later:
        since, until = end + 1, end + settings.later_years
    done = (works["start_year"] + works["duration"]).to_numpy(np.int64)
    after = np.maximum(done, first)
    life = np.full(len(works), NO_END, dtype=np.int64)
    if "life" in works:
        life = works["life"].fillna(NO_END).to_numpy(np.int64)
    start = np.maximum(after, since)
    stop = np.minimum(after + life - 1, until)
    rate = 1 + settings.discount_rate_bp / BP
    years = np.arange(since, until + 1, dtype=np.float64)
    reached = np.concatenate([[0.0], np.cumsum(rate ** -(years - first))])
    above = np.clip(stop - since + 1, 0, len(years))
    below = np.minimum(np.clip(start - since, 0, len(years)), above)
    factor = np.round(reached[above] - reached[below], 6)
    frame = {"from_year": start, "to_year": stop, "factor": factor}
    return pd.DataFrame(frame, index=works.index)


def discounted_years(works: pd.DataFrame, settings: CaseSettings) -> np.ndarray:
    """Give Σ 1 / (1 + r)^(year − first) of the benefit years with the effect."""
    return counted_years(works, settings, later=False)["factor"].to_numpy(np.float64)
