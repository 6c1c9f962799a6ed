"""How buildable the projects of a case are: in one piece, of a size, few leftovers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.modes import Grouping
from renewopt.core.case import PlanningCase
from renewopt.inventory import Inventory
from renewopt.projects.facts import texts
from renewopt.projects.places import Places, clusters, places_of

TOUCHING_M, NEAR_M = 25.0, 150.0
"""Across a junction, and a building site that one crew walks."""
STUB_M = 7.0
"""A line shorter than this is a stub: a hydrant branch, a piece between two valves."""


@dataclass(frozen=True)
class Quality:
    """What the projects of one class are like.

    Attributes
    ----------
    projects, assets
        How many, running works included.
    touching, near
        Share of the length (assets, for points) in projects that are one piece, ends at
        most 25 m, or 150 m, apart.
    quantiles
        Least, first quartile, median, third quartile and greatest quantity of a
        project, in the unit of the class.
    stubs, stubs_alone
        Lines under 7 m, and those whose project has no longer one.
    below
        Projects that are below the least size of the class.
    risk_below
        Share of the yearly risk of all projects that is in those.
    """

    projects: int
    assets: int
    touching: float
    near: float
    quantiles: tuple[float, float, float, float, float]
    stubs: int
    stubs_alone: int
    below: int
    risk_below: float


def measure(
    case: PlanningCase, inventory: Inventory, grouping: Grouping, asset_class: str
) -> Quality:
    """Measure the projects of a class; `grouping` says what is too small."""
    projects = case.projects[case.projects["asset_class"] == asset_class]
    projects = projects.set_index("project_id")
    members = case.project_assets.merge(
        inventory.assets[asset_class].assign(
            asset_id=lambda frame: frame["asset_id"].astype(str)
        ),
        on="asset_id",
    )
    members = members[members["project_id"].isin(projects.index)]
    members = members.reset_index(drop=True)
    members["corridor_id"] = texts(members, "corridor_id")
    spots = places_of(members, inventory.corridors)
    group = np.asarray(members.groupby("project_id", sort=True).ngroup(), np.int64)
    line = "length_m" in members
    weight = members["length_m"].fillna(0) if line else pd.Series(1.0, members.index)
    total = float(weight.sum()) or 1.0
    quantity = members.groupby("project_id")["quantity"].sum().reindex(projects.index)
    small = _below(case, projects.index, quantity.fillna(0), grouping)
    short = (weight < STUB_M).to_numpy() if line else np.zeros(len(members), bool)
    every = pd.Series(short, dtype=bool).groupby(group).transform("all").to_numpy()
    risk = projects["risk_now"]
    return Quality(
        projects=len(projects),
        assets=len(members),
        touching=_in_one_piece(spots, group, weight, TOUCHING_M) / total,
        near=_in_one_piece(spots, group, weight, NEAR_M) / total,
        quantiles=_five(quantity),
        stubs=int(short.sum()),
        stubs_alone=int((short & every).sum()),
        below=int(small.sum()),
        risk_below=float(risk[small].sum() / (risk.sum() or 1.0)),
    )


def _in_one_piece(
    spots: Places, group: npt.NDArray[np.int64], weight: pd.Series, reach: float
) -> float:
    """Add up the weight of the groups that are one piece."""
    if not len(group):
        return 0.0
    piece = pd.Series(clusters(spots, group, reach))
    one = piece.groupby(group).transform("nunique") == 1
    return float(weight.reset_index(drop=True)[one].sum())


def _below(
    case: PlanningCase, names: pd.Index, quantity: pd.Series, rules: Grouping
) -> pd.Series:
    """Mark the projects below each least size that is given."""
    small = pd.Series(rules.least_quantity > 0 or rules.least_cost > 0, index=names)
    if rules.least_quantity > 0:
        small &= quantity < rules.least_quantity - 1e-9
    if rules.least_cost > 0:
        cost = case.payments.groupby("work_id")["cost"].sum() / 100
        least = case.works["work_id"].map(cost).groupby(case.works["project_id"]).min()
        small &= least.reindex(names).fillna(0) < rules.least_cost
    return small


def _five(quantity: pd.Series) -> tuple[float, float, float, float, float]:
    values = quantity.fillna(0).to_numpy(np.float64)
    if not len(values):
        return (0.0, 0.0, 0.0, 0.0, 0.0)
    least, low, middle, high, most = np.quantile(values, [0, 0.25, 0.5, 0.75, 1.0])
    return float(least), float(low), float(middle), float(high), float(most)
