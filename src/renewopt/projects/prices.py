"""Which modes an asset may have, and which price of each counts for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewopt.catalogue.modes import CostLevel, Mode
from renewopt.projects.facts import ClassFacts
from renewopt.projects.settings import CaseSettings

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


def local_factors(
    part: ClassFacts, settings: CaseSettings
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Give the factor of every asset by where it lies, and what it is for.

    Factors that fit are multiplied; six decimals, so that they are the same in files.
    """
    factor = np.ones(len(part.frame))
    why = np.full(len(part.frame), "", object)
    columns = {*part.asset_class.column_names(), "age"}
    for item in settings.local:
        if item.asset_class and part.id not in item.asset_class:
            continue
        if not set(item.where.columns()) <= columns:
            continue  # refused with its key where the classes are named
        meant = part.select(item.where)
        factor[meant] *= item.factor
        why[meant] = [f"{word}+{item.why}".strip("+") for word in why[meant]]
    return np.round(factor, 6), why


def unit_costs(
    mode: Mode, number: IntArray, level: CostLevel
) -> npt.NDArray[np.float64]:
    """Give 万元 per unit for price numbers (NaN for −1)."""
    costs = np.array([*(price.at(level) for price in mode.price), np.nan])
    return costs[number]
