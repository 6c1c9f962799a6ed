"""How sure the costs are: the same works at low and at high unit costs."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.core.case import PlanningCase
from renewopt.projects.works import LOCAL


def cost_range(
    case: PlanningCase, catalogue: Catalogue, work_ids: Collection[str]
) -> tuple[float, float]:
    """Give the cost of some works at low and at high unit costs, 万元, nominal.

    Works whose price is not in the catalogue (running ones, a bureau's own list) count
    with what they cost in the case.
    """
    lines = case.cost_lines[case.cost_lines["work_id"].isin(list(work_ids))]
    classes = case.work_facts.set_index("work_id")[["asset_class", "mode"]]
    lines = lines.join(classes, on="work_id")
    lines["item"] = lines["item"].astype("str").str.split(LOCAL, n=1).str[0]
    prices = pd.DataFrame(
        [
            (name, mode.id, price.id, price.low, price.high)
            for name, item in sorted(catalogue.asset_classes.items())
            for mode in item.modes
            for price in mode.price
        ],
        columns=["asset_class", "mode", "item", "low", "high"],
    )
    lines = lines.merge(prices, on=["asset_class", "mode", "item"], how="left")
    totals = []
    for level in ("low", "high"):
        price = lines[level].fillna(lines["unit_price"])
        totals.append(float((lines["quantity"] * price * lines["factor"]).sum()))
    return totals[0], totals[1]
