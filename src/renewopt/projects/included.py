"""What a price includes and other projects pay for: each metre is paid once.

A price per m² of a compound that includes its pipes would pay a pipe twice if the pipe
is also a project of its own. The pipe's works are taken off the compound's price, at
the compound's own prices and year; the compound then needs the pipe's project.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.modes import Mode
from renewopt.core.errors import Message, message
from renewopt.projects.facts import ClassFacts
from renewopt.projects.links import INCLUDED
from renewopt.projects.prices import unit_costs
from renewopt.projects.settings import CaseSettings

COLUMNS = [
    "project_id", "mode", "item", "quantity", "unit", "unit_price", "source", "other_id"
]  # fmt: skip
INSIDE = "inside"
"""Sort of link from a pipe to the compound that it is in."""


def included_works(
    formed: Sequence[tuple[ClassFacts, pd.DataFrame]],
    links: pd.DataFrame,
    settings: CaseSettings,
) -> tuple[pd.DataFrame, list[Message]]:
    """List what is taken off the price of every mode, project by project.

    Works of the other project by its first mode. What would take more off than the
    price leaves is not taken off, and named: then the price cannot have included it.
    """
    inside = links[links["link"] == INSIDE]
    found: list[pd.DataFrame] = []
    notes: list[Message] = []
    if len(inside) == 0:
        return pd.DataFrame(columns=COLUMNS), notes
    own = _first_mode_costs(formed, settings)
    for part, members in formed:
        for mode in part.asset_class.modes:
            classes = sorted({c for p in mode.price for c in p.includes})
            if not classes or len(members) == 0:
                continue
            cost = _mode_costs(members, mode, settings)
            rows = inside.rename(
                columns={"project_id": "other_id", "other_id": "project_id"}
            )[["project_id", "other_id"]]
            rows = rows.merge(own[own["asset_class"].isin(classes)], on="other_id")
            rows = rows[rows["project_id"].isin(cost.index)]
            rows = rows.sort_values(["project_id", "wan", "other_id", "item"])
            left = cost.reindex(rows["project_id"]).to_numpy(np.float64)
            over = rows.groupby("project_id")["wan"].cumsum().to_numpy() > left
            for row in rows[over].itertuples():
                notes.append(
                    message(
                        "projects.included_too_much",
                        project=row.project_id,
                        mode=mode.id,
                        other=row.other_id,
                    )
                )
            found.append(rows[~over].assign(mode=mode.id))
    filled = [rows for rows in found if len(rows)]
    if not filled:
        return pd.DataFrame(columns=COLUMNS), notes
    return pd.concat(filled, ignore_index=True)[COLUMNS], notes


def _first_mode_costs(
    formed: Sequence[tuple[ClassFacts, pd.DataFrame]], settings: CaseSettings
) -> pd.DataFrame:
    """Give the cost lines of every project by its first mode, base-year prices."""
    parts = []
    for part, members in formed:
        for mode in part.asset_class.modes:
            if len(members) == 0:
                continue
            first = members["modes"].str.split(";").str[0] == mode.id
            own = members[first & (members[f"price_{mode.id}"] >= 0)]
            if len(own) == 0:
                continue
            rows = pd.DataFrame(
                {
                    "other_id": own["project_id"],
                    "number": own[f"price_{mode.id}"],
                    "quantity": own["quantity"],
                }
            )
            keys = ["other_id", "number"]
            table = rows.groupby(keys, sort=True)["quantity"].sum().reset_index()
            number = table.pop("number").to_numpy(np.int64)
            price = [p.at(settings.cost_level) for p in mode.price]
            table["unit_price"] = np.array(price)[number]
            items = np.array([p.id for p in mode.price], object)[number]
            table["item"] = "less " + table["other_id"] + " " + items
            table["source"] = np.array([p.source for p in mode.price], object)[number]
            table["wan"] = table["quantity"] * table["unit_price"]
            table["unit"] = part.asset_class.unit
            parts.append(table.assign(asset_class=part.id))
    return pd.concat(parts, ignore_index=True)


def _mode_costs(members: pd.DataFrame, mode: Mode, settings: CaseSettings) -> pd.Series:
    """Give the cost of each project by a mode whose price includes something."""
    number = members[f"price_{mode.id}"].to_numpy(np.int64)
    price = unit_costs(mode, number, settings.cost_level)
    cost = pd.Series(price * members["quantity"].to_numpy(np.float64))
    marks = [bool(p.includes) for p in mode.price]
    meant = np.array([*marks, False])[number]
    own = pd.Series(members["project_id"].to_numpy(object)[meant])
    sums: pd.Series = cost[meant].reset_index(drop=True).groupby(own).sum()
    return sums


def included_links(less: pd.DataFrame) -> pd.DataFrame:
    """Tie a project to those whose works were taken off its price: it needs them."""
    pairs = less[["project_id", "other_id"]].drop_duplicates()
    return pairs.assign(link=INCLUDED, because="includes")
