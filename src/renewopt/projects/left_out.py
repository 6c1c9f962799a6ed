"""What is left out or reduced, asset by asset, with the reason: nothing is paid twice.

Renewed not long ago, to be demolished soon: no target and no wish counts, a safety duty
does. Buildings that were renewed before are taken off floor area, households, risk and
points alike; what grants paid for before is not eligible again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
NAMED = 5
"""Assets that a message names."""
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def reduced(part: ClassFacts) -> ClassFacts:
    """Take renewed buildings off what there is to renew and to gain.

    Quantity, floor area, households and risk fall in the same share. Adds `rest`, the
    share of the asset that is left, and `funded`, the share of that which grants have
    paid for.
    """
    frame = part.frame.copy()
    frame["funded"] = np.nan_to_num(number_column(frame, FUNDED)) / 100
    frame["rest"] = _buildings(part).rest
    frame["quantity"] = (frame["quantity"] * frame["rest"]).round(2)
    for column in ("households", "risk_now"):
        frame[column] = frame[column] * frame["rest"]
    if part.asset_class.measure == FLOOR_AREA:
        frame["floor_area"] = frame["quantity"]
    return replace(part, frame=frame)


@dataclass(frozen=True, eq=False)
class _Buildings:
    """What is stated of the buildings of each asset, asset by asset.

    `some` were renewed before, or `every` one; `unclear`: so many are stated that it
    cannot be told how many are left. `rest` is the share that is left; 1 where all or
    none are renewed, or where it is unclear: nothing is taken off then.
    """

    done: FloatArray
    total: FloatArray
    some: BoolArray
    every: BoolArray
    unclear: BoolArray
    rest: FloatArray


def _buildings(part: ClassFacts) -> _Buildings:
    done = np.nan_to_num(number_column(part.frame, BUILDINGS))
    total = number_column(part.frame, "buildings")
    some = (done > 0) & (total > done)
    every = (done > 0) & (total == done)
    rest = np.ones(len(done))
    rest[some] -= done[some] / total[some]
    return _Buildings(done, total, some, every, (done > 0) & ~some & ~every, rest)


def building_notes(facts: Sequence[ClassFacts], said: pd.DataFrame) -> list[Message]:
    """Say which buildings were taken off, and where it cannot be told how many.

    Whole compounds that were renewed but have a safety duty are unclear, too.
    """
    notes = []
    for part in facts:
        found = _buildings(part)
        unclear = found.unclear | (found.every & _safe(part, said))
        for code, marks in (
            ("projects.renewed_buildings", found.some),
            ("projects.renewed_unclear", unclear),
        ):
            if not marks.any():
                continue
            own = part.frame.loc[marks, "asset_id"]
            pairs = zip(own, found.done[marks], found.total[marks], strict=True)
            named = [
                f"{a} {d:g}/{'–' if np.isnan(n) else f'{n:g}'}" for a, d, n in pairs
            ]
            notes.append(
                message(
                    code,
                    asset_class=part.id,
                    count=len(named),
                    assets=", ".join(named[:NAMED]),
                )
            )
    return notes


def _safe(part: ClassFacts, said: pd.DataFrame) -> BoolArray:
    """Mark the assets with a safety duty."""
    own = said[said["asset_class"] == part.id]
    duty = own.loc[own["hardness"] == "safety_duty", "asset_id"]
    marks: BoolArray = part.frame["asset_id"].isin(duty).to_numpy(bool)
    return marks


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
    safe = _safe(part, said)
    renewed = number_column(frame, RENEWED)
    fresh = settings.start_year - renewed < rules.renewed_within
    fresh &= renewed <= settings.start_year
    yield _table(part, fresh & ~safe, RENEWED, renewed, "left_out")
    torn = number_column(frame, DEMOLISHED)
    last = settings.start_year + settings.years - 1 + rules.demolition_within
    # A year before the plan is no plan: what is in use was not demolished then.
    soon = (torn >= settings.start_year) & (torn <= last) & ~safe
    yield _table(part, soon, DEMOLISHED, torn, "left_out")
    funded = number_column(frame, FUNDED)
    yield _table(part, funded > 0, FUNDED, funded, "not_eligible")
    found = _buildings(part)
    yield _table(part, found.some, BUILDINGS, found.done, "reduced")
    yield _table(part, found.every & ~safe, BUILDINGS, found.done, "left_out")


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
