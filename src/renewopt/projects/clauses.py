"""Which clause makes an asset mandatory, preferred or optional, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.packs import Pack
from renewopt.core.errors import Message
from renewopt.inventory import Inventory
from renewopt.projects.exclusions import exclusions
from renewopt.projects.facts import OUT_OF_USE, ClassFacts, class_facts, fact_warnings
from renewopt.projects.left_out import left_out
from renewopt.projects.settings import CaseSettings
from renewopt.projects.triggers import duties, hardest
from renewopt.risk import RiskTable

STANDINGS = (
    "safety_duty",
    "assessed_target",
    "preference",
    "optional",
    "out_of_use",
)
"""What an asset may be, the hardest first; no clause names the last two."""
KEYS = ["asset_class", "asset_id"]
FACTS = ("name", "district", "street", "owner", "age", "grade", "risk_now")
NONE = 9999
"""`due` of a duty without a deadline."""
STANDING_COLUMNS = [
    *KEYS,
    *FACTS,
    "standing",
    "deadline",
    "pack",
    "document",
    "clause",
    "phrase",
    "verb",
    "trigger",
    "clauses",
    "differ",
]


@dataclass(frozen=True, eq=False)
class Clauses:
    """What the packs say of every asset of an inventory.

    Attributes
    ----------
    standing
        One row per asset: `standing` (one of `STANDINGS`), the clause that decides it
        (`pack`, `document`, `clause`, `phrase`, `verb`, `trigger` with the values that
        it saw, `deadline`), `clauses` (how many name the asset) and `differ` (whether
        they differ in level or deadline: the hardest level counts, then its earliest
        deadline, and of equal ones the first pack by name).
    said
        One row per asset and clause, all clauses.
    barred
        One row per asset, clause and mode that it may not be renewed in; `exempt` says
        why it may after all.
    notes
        Expired packs, clauses that select nothing, years that were assumed.
    """

    standing: pd.DataFrame
    said: pd.DataFrame
    barred: pd.DataFrame
    notes: tuple[Message, ...]


def judge_assets(
    inventory: Inventory,
    risk: RiskTable,
    catalogue: Catalogue,
    packs: Sequence[Pack],
    settings: CaseSettings,
) -> Clauses:
    """Say for every asset what the packs make of it.

    Uses the same facts and triggers as `make_case`: what is a duty here is one there.

    Raises
    ------
    InputError
        If a class is not in the catalogue, a clause reads a column that is not there,
        or a safety duty is on an asset whose every mode is barred.
    """
    facts = class_facts(inventory, risk, catalogue, settings)
    said, notes = duties(facts, packs, settings)
    _, said, told = left_out(facts, said, settings)
    barred, passed = exclusions(facts, packs, said, settings)
    notes = [*notes, *told, *passed]
    frames = [_standing(part, inventory, said, settings) for part in facts]
    filled = [frame for frame in frames if len(frame)]
    standing = (
        pd.concat(filled, ignore_index=True)
        if filled
        else pd.DataFrame(columns=STANDING_COLUMNS)
    )
    notes = [*fact_warnings(facts), *notes]
    return Clauses(standing, said, barred, tuple(notes))


def _standing(
    part: ClassFacts, inventory: Inventory, said: pd.DataFrame, settings: CaseSettings
) -> pd.DataFrame:
    """Give one row per asset of a class, those out of use at the end."""
    own = said[said["asset_class"] == part.id]
    frame = part.frame
    table = frame[KEYS].assign(**{name: frame.get(name) for name in FACTS})
    table = table.merge(_deciding(own, settings), on=KEYS, how="left")
    table["standing"] = table["standing"].fillna("optional")
    table["clauses"] = table["clauses"].fillna(0).astype("int64")
    table["differ"] = table["differ"].fillna(False).astype(bool)
    idle = _out_of_use(inventory.assets[part.id], part.id)
    table = table.reindex(columns=STANDING_COLUMNS)
    if len(idle) == 0:
        return table
    return pd.concat([table, idle.reindex(columns=STANDING_COLUMNS)], ignore_index=True)


def _deciding(said: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
    """Give the clause that decides each asset, and how many others name it."""
    marks = hardest(said, settings.start_year)
    rank = said["hardness"].map({name: i for i, name in enumerate(STANDINGS)})
    due = said["deadline"].fillna(NONE).clip(lower=settings.start_year)
    rows = said.assign(rank=rank.astype("int64"), due=due.astype("int64"))
    by_asset = rows.groupby(KEYS)
    counts = by_asset.size().rename("clauses").reset_index()
    levels = by_asset[["rank", "due"]].nunique().max(axis=1) > 1
    counts["differ"] = levels.to_numpy(dtype=bool)
    found = rows.merge(marks, on=[*KEYS, "rank", "due"])
    found = found.drop_duplicates(KEYS).rename(columns={"hardness": "standing"})
    return found.drop(columns=["rank", "due"]).merge(counts, on=KEYS)


def _out_of_use(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """List the assets that serve nobody: no clause is applied to them."""
    if "status" not in frame:
        return pd.DataFrame()
    idle = frame[frame["status"].isin(OUT_OF_USE)]
    facts = {column: idle[column] for column in FACTS if column in idle}
    return pd.DataFrame(
        {
            "asset_class": name,
            "asset_id": idle["asset_id"].astype(str),
            **facts,
            "standing": "out_of_use",
            "clauses": 0,
            "differ": False,
        }
    ).sort_values("asset_id", ignore_index=True)


def count_standing(standing: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Count assets by class and standing, all standings of every class."""
    classes = sorted(set(standing["asset_class"]) & set(catalogue.asset_classes))
    counted = pd.crosstab(standing["asset_class"], standing["standing"])
    full = counted.reindex(index=classes, columns=list(STANDINGS), fill_value=0)
    return full.astype(np.int64)
