"""What it costs to renew an asset, before projects are formed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.modes import Mode
from renewopt.catalogue.selection import number_column, with_age

FloatArray = npt.NDArray[np.float64]


def renewal_cost(frame: pd.DataFrame, cls: AssetClass, year: int) -> FloatArray:
    """Give 万元 to renew each asset by the first mode that has a price for it."""
    aged = with_age(frame, year)
    known = {*cls.column_names(), "grade"}
    quantity = np.ones(len(frame))
    if cls.measure:
        quantity = np.nan_to_num(number_column(frame, cls.measure), nan=0.0)
    cost = np.zeros(len(frame))
    for mode in cls.modes:
        if "grade" in mode.where.columns():
            continue
        unit = _unit_price(aged, mode, known)
        cost = np.where(cost > 0, cost, np.nan_to_num(unit, nan=0.0) * quantity)
    return np.where(cost > 0, cost, quantity)


def _unit_price(frame: pd.DataFrame, mode: Mode, known: set[str]) -> FloatArray:
    price = np.full(len(frame), np.nan)
    for item in reversed(mode.price):
        price[item.where.select(frame, known)] = item.mid
    price[~mode.where.select(frame, known)] = np.nan
    return price
