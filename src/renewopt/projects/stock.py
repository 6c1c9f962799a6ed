"""The whole inventory, counted: the base of the shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from renewopt.projects.facts import ClassFacts


def built(facts: Sequence[ClassFacts]) -> list[ClassFacts]:
    """Leave out the assets that are not built yet."""
    return [
        replace(part, frame=part.frame[~part.asset_class.not_built(part.frame)])
        for part in facts
    ]


def stock(facts: Sequence[ClassFacts]) -> pd.DataFrame:
    """Count the whole inventory by class, level and year."""
    parts = []
    for part in facts:
        frame = part.frame
        rows = pd.DataFrame(
            {
                "asset_class": part.id,
                "level": frame["level"],
                "install_year": frame["built"],
                "length_m": frame["metres"],
                "assets": 1,
                "households": frame["households"],
                "risk_now": frame["risk_now"].fillna(0.0),
            }
        )
        keys = ["asset_class", "level", "install_year"]
        parts.append(rows.groupby(keys, sort=True, dropna=False).sum().reset_index())
    filled = [rows for rows in parts if len(rows)]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    table["households"] = np.round(table["households"]).astype("int64")
    table["length_m"] = table["length_m"].round(2)
    return table
