"""Consequence: what one failure of each asset costs, in 万元.

loss = Σ parts of mid · chance · count · scale · Π factors that fit
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.consequence import Part
from renewopt.catalogue.selection import number_column

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def consequence(
    frame: pd.DataFrame, cls: AssetClass
) -> tuple[FloatArray, dict[str, BoolArray]]:
    """Give the loss per failure (万元) and the codes of the factors that raised it."""
    known = cls.column_names()
    total = np.zeros(len(frame))
    reasons: dict[str, BoolArray] = {}
    for part in cls.consequence.part:
        loss = part.unit_loss * _count(frame, part) * _scale(frame, part)
        has_part = part.where.select(frame, known)
        for item in part.multiplier:
            fits = item.where.select(frame, known) & has_part
            loss = np.where(fits, loss * item.factor, loss)
            reasons[f"loss.{item.id}"] = fits
        total += np.where(has_part, loss, 0.0)
    return total, reasons


def _count(frame: pd.DataFrame, part: Part) -> FloatArray:
    """Count what is exposed; the stated count where the cell is empty."""
    if not part.per or part.if_missing is None:
        return np.ones(len(frame))
    count = number_column(frame, part.per)
    return np.where(np.isnan(count), part.if_missing, count)


def _scale(frame: pd.DataFrame, part: Part) -> FloatArray:
    if part.scale is None:
        return np.ones(len(frame))
    ratio = number_column(frame, part.scale.column) / part.scale.reference
    ratio = np.clip(ratio, part.scale.least, part.scale.greatest)
    return np.where(np.isnan(ratio), 1.0, ratio)
