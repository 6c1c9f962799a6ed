"""What is left out or reduced, asset by asset, with the reason: nothing is paid twice.

Renewed not long ago, to be demolished soon: no target and no wish counts, a safety duty
does. Buildings that were renewed before are taken off the floor area; what grants paid
for before is not eligible again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.selection import number_column
from renewopt.core.errors import Message, message
from renewopt.projects.facts import FLOOR_AREA, ClassFacts
from renewopt.projects.settings import CaseSettings

COLUMNS = ["asset_class", "asset_id", "reason", "value", "effect"]
RENEWED, DEMOLISHED = "renewed_year", "planned_demolition_year"
FUNDED, BUILDINGS = "funded_before", "renewed_buildings"
BoolArray = npt.NDArray[np.bool_]


def reduced(part: ClassFacts) -> ClassFacts:
    """Take renewed buildings off the quantity and note what was funded before.

    Adds `funded` to the assets: the share of the rest that grants have paid for.
    """
    frame = part.frame.copy()
    frame["funded"] = np.nan_to_num(number_column(frame, FUNDED)) / 100
    share = _renewed_share(part)
    frame["quantity"] = (frame["quantity"] * (1 - share)).round(2)
    if part.asset_class.measure == FLOOR_AREA:
        frame["floor_area"] = frame["quantity"]
    return replace(part, frame=frame)


def _renewed_share(part: ClassFacts) -> npt.NDArray[np.float64]:
    done = np.nan_to_num(number_column(part.frame, BUILDINGS))
    every = number_column(part.frame, "buildings")
    known = every > 0
    share = np.zeros(len(part.frame))
    np.divide(done, every, out=share, where=known)
    return np.asarray(np.clip(share, 0.0, 1.0), dtype=np.float64)


def left_out(
    facts: Sequence[ClassFacts], said: pd.DataFrame, settings: CaseSettings
) -> tuple[pd.DataFrame, pd.DataFrame, list[Message]]:
    """List what is left out or reduced; drop the obligations that fall with it.

    Returns
    -------
    (table, said, notes)
        A row per asset and reason; the obligations that are left; counts by reason.
    """
    rows: list[pd.DataFrame] = []
    for part in facts:
        rows += _rows(part, said, settings)
    filled = [own for own in rows if len(own)]
    table = (
        pd.concat(filled, ignore_index=True)
        if filled
        else pd.DataFrame(columns=COLUMNS, dtype="str")
    )
    out = table.loc[table["effect"] == "left_out", ["asset_class", "asset_id"]]
    gone = pd.MultiIndex.from_frame(out.drop_duplicates())
    keys = pd.MultiIndex.from_frame(said[["asset_class", "asset_id"]])
    notes = [
        message(
            "projects.left_out",
            asset_class=name,
            reason=reason,
            count=len(own),
        )
        for (name, reason), own in table.groupby(["asset_class", "reason"], sort=True)
    ]
    for part in facts:
        past = number_column(part.frame, DEMOLISHED) < settings.start_year
        if past.any():
            some = ", ".join(part.frame.loc[past, "asset_id"].head(5))
            notes.append(
                message(
                    "projects.demolition_past",
                    asset_class=part.id,
                    count=int(past.sum()),
                    assets=some,
                )
            )
    kept = said[~keys.isin(gone)].reset_index(drop=True)
    return table, kept, notes


def _rows(
    part: ClassFacts, said: pd.DataFrame, settings: CaseSettings
) -> Iterator[pd.DataFrame]:
    frame, rules = part.frame, part.asset_class.grouping
    own = said[said["asset_class"] == part.id]
    safe = frame["asset_id"].isin(own.loc[own["hardness"] == "safety_duty", "asset_id"])
    renewed = number_column(frame, RENEWED)
    fresh = settings.start_year - renewed < rules.renewed_within
    fresh &= renewed <= settings.start_year
    yield _table(part, fresh & ~safe.to_numpy(bool), RENEWED, renewed, "left_out")
    torn = number_column(frame, DEMOLISHED)
    last = settings.start_year + settings.years - 1 + rules.demolition_within
    # A year before the plan is no plan: what is in use was not demolished then.
    soon = (torn >= settings.start_year) & (torn <= last) & ~safe.to_numpy(bool)
    yield _table(part, soon, DEMOLISHED, torn, "left_out")
    funded = number_column(frame, FUNDED)
    yield _table(part, funded > 0, FUNDED, funded, "not_eligible")
    done = number_column(frame, BUILDINGS)
    yield _table(part, done > 0, BUILDINGS, done, "reduced")


def _table(
    part: ClassFacts,
    marks: BoolArray,
    reason: str,
    value: npt.NDArray[np.float64],
    effect: str,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "asset_class": part.id,
            "asset_id": part.frame.loc[marks, "asset_id"],
            "reason": reason,
            "value": [f"{v:g}" for v in value[marks]],
            "effect": effect,
        }
    )


def gone(table: pd.DataFrame, asset_class: str) -> set[str]:
    """Give the assets of a class that no new project may hold."""
    own = (table["asset_class"] == asset_class) & (table["effect"] == "left_out")
    return set(table.loc[own, "asset_id"])
