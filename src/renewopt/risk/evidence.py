"""What a class's likelihood rests on: expert rates alone, and when records rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.core.errors import Message, message
from renewopt.risk.learn import (
    PART,
    expert_share,
    kind_features,
    own_shape,
    variance_left,
)
from renewopt.risk.table import RiskTable

FloatArray = npt.NDArray[np.float64]

RULES = 0.5
"""Local data rule once the mean expert share is below this (editable assumption)."""
MOST_ASSETS = 4_000
"""Of larger classes an even sample stands for all."""
MOST_RECORDS = 1_000_000
NO_NUMBER = -1
"""Stands in the table where no number of records is enough."""


def records_to_rule(frame: pd.DataFrame, cls: AssetClass, expected: FloatArray) -> int:
    """Give the failure records from which the mean expert share is below one half.

    They are taken to come as the expert rates expect them.

    Parameters
    ----------
    expected
        Failures of each asset in one year by the expert rates.

    Returns
    -------
    The number; `NO_NUMBER` where none is enough.
    """
    there = expected > 0  # what is built later says nothing of today
    if not there.any():
        return NO_NUMBER
    frame, expected = frame[there], expected[there]
    step = max(1, -(-len(frame) // MOST_ASSETS))
    part = expected[::step]
    log_sd = cls.hazard.log_sd
    features = kind_features(frame.iloc[::step], cls)
    shape = own_shape(PART * log_sd**2)

    def share(records: int) -> float:
        together = part * (records / part.sum())  # the sample stands for all assets
        alone = part * (records / expected.sum())
        left = variance_left(features, together, log_sd)
        return float(expert_share(features, left, alone, log_sd, shape).mean())

    low, high = 0, 1
    while share(high) >= RULES:
        low, high = high, high * 2
        if high > MOST_RECORDS:
            return NO_NUMBER
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if share(middle) >= RULES else (low, middle)
    return high


def cold_line(
    classes: Mapping[str, int | None], part: Mapping[str, Sequence[int]] | None = None
) -> Message | None:
    """Say which classes rest on expert rates alone; None where none does.

    Parameters
    ----------
    classes
        What `cold` gives, or `cold_start` of a run's summary.
    part
        What `partly_cold` gives, or `cold_start_part` of a run's summary.
    """
    if not classes and not part:
        return None
    named = [
        message("risk.cold_class_never", asset_class=name)
        if needed is None
        else message("risk.cold_class", asset_class=name, needed=needed)
        for name, needed in sorted(classes.items())
    ]
    named += [
        message("risk.cold_part", asset_class=name, count=count, total=total)
        for name, (count, total) in sorted((part or {}).items())
    ]
    return message("risk.cold_line", classes=named)


def cold(table: RiskTable | None) -> dict[str, int | None]:
    """Give the classes without local records, and the records that would rule.

    None where no number is known: the table does not say it, or none is enough.
    """
    if table is None:
        return {}
    found: dict[str, int | None] = {}
    for name, own in table.assets.groupby("asset_class", sort=True):
        if not (own["expert_share"] >= 1.0).all():
            continue
        known = own["records_to_rule"].iloc[0] if "records_to_rule" in own else None
        found[str(name)] = int(known) if known is not None and known > 0 else None
    return found


def partly_cold(table: RiskTable | None) -> dict[str, list[int]]:
    """Give the classes some assets of which rest on expert rates alone.

    How many, and of how many: where a count in the inventory speaks for others only.
    """
    if table is None:
        return {}
    alone = (table.assets["expert_share"] >= 1.0).groupby(table.assets["asset_class"])
    return {
        str(name): [int(own.sum()), len(own)]
        for name, own in alone
        if own.any() and not own.all()
    }
