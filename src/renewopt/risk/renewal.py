"""What it costs to renew an asset, before projects are formed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.modes import BP, Mode
from renewopt.catalogue.selection import number_column, with_age

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Renewal:
    """The first mode that has a price for each asset; NaN where none has.

    Attributes
    ----------
    cost
        万元, at the prices of the base year.
    effect
        Share of the expected loss that is gone after it.
    """

    cost: FloatArray
    effect: FloatArray


def quantity_of(frame: pd.DataFrame, cls: AssetClass) -> FloatArray:
    """Give the metres, square metres or items of each asset."""
    if not cls.measure:
        return np.ones(len(frame))
    return np.nan_to_num(number_column(frame, cls.measure), nan=0.0)


def renewal(frame: pd.DataFrame, cls: AssetClass, year: int) -> Renewal:
    """Find what renewing each asset costs in `year`, and what it removes."""
    aged = with_age(frame, year)
    known = {*cls.column_names(), "grade"}
    quantity = quantity_of(frame, cls)
    cost, effect = np.full((2, len(frame)), np.nan)
    for mode in cls.modes:
        if "grade" in mode.where.columns():
            continue
        own = _unit_price(aged, mode, known) * quantity
        taken = np.isnan(cost) & (own > 0)
        cost = np.where(taken, own, cost)
        effect = np.where(taken, mode.effect_bp / BP, effect)
    return Renewal(cost, effect)


def renewal_cost(frame: pd.DataFrame, cls: AssetClass, year: int) -> FloatArray:
    """Give 万元 to renew each asset; its quantity where no mode has a price."""
    cost = renewal(frame, cls, year).cost
    return np.where(np.isnan(cost), quantity_of(frame, cls), cost)


def _unit_price(frame: pd.DataFrame, mode: Mode, known: set[str]) -> FloatArray:
    price = np.full(len(frame), np.nan)
    for item in reversed(mode.price):
        price[item.where.select(frame, known)] = item.mid
    price[~mode.where.select(frame, known)] = np.nan
    return price
