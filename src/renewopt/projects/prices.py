"""Which modes an asset may have, and which price of each counts for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewopt.catalogue.modes import CostLevel, Mode
from renewopt.projects.facts import ClassFacts

IntArray = npt.NDArray[np.int64]


def price_numbers(part: ClassFacts, mode: Mode) -> IntArray:
    """Give for each asset the number of the first price that fits, −1 for none.

    −1 also where the mode is not for the asset or its quantity is not known, and where
    it would end the service of an asset that nothing takes over from.
    """
    frame = part.frame
    number = np.full(len(frame), -1, dtype=np.int64)
    for i, price in reversed(list(enumerate(mode.price))):
        number[part.select(price.where)] = i
    quantity = frame["quantity"].to_numpy(dtype=np.float64)
    number[~part.select(mode.where) | ~(quantity > 0)] = -1
    if mode.gives_up:
        number[~frame["asset_id"].isin(part.spare).to_numpy(bool)] = -1
    return number


def unit_costs(
    mode: Mode, number: IntArray, level: CostLevel
) -> npt.NDArray[np.float64]:
    """Give 万元 per unit for price numbers (NaN for −1)."""
    costs = np.array([*(price.at(level) for price in mode.price), np.nan])
    return costs[number]
