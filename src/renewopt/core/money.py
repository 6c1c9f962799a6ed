"""Money as whole numbers of 0.01 万元 (100 yuan), so that sums and checks are exact."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.errors import InputError

UNITS_PER_WAN = 100
"""Units of 0.01 万元 in 1 万元."""


def to_units(value: Any, where: str = "") -> int:
    """Turn an amount in 万元 into whole units of 0.01 万元.

    Raises
    ------
    InputError
        If the amount is no number or finer than 0.01 万元: it is refused, not
        rounded, since a rounded cost is a wrong cost.
    """
    try:
        units = Decimal(str(value)) * UNITS_PER_WAN
    except InvalidOperation:
        raise InputError.of("money.not_a_number", value=value, where=where) from None
    if not units.is_finite():
        raise InputError.of("money.not_a_number", value=value, where=where)
    if units != units.to_integral_value():
        raise InputError.of("money.too_fine", value=value, where=where)
    return int(units)


def round_to_units(amount_wan: pd.Series | np.ndarray) -> npt.NDArray[np.int64]:
    """Round amounts in 万元 to units, half up; used once, where a case is made."""
    scaled = np.asarray(amount_wan, dtype=np.float64) * UNITS_PER_WAN
    return np.floor(np.round(scaled, 6) + 0.5).astype(np.int64)


def to_wan(units: Any) -> Any:
    """Turn units (a number, array or Series) into 万元 as floating point, to show."""
    return units / UNITS_PER_WAN


def plain(units: int) -> str:
    """Write units as a plain decimal in 万元 without trailing zeros: `12.5`."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(int(units)), UNITS_PER_WAN)
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")
