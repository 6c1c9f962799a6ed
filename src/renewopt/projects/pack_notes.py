"""What packs say of each other: validity, clauses replaced, assets judged twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pandas as pd

from renewopt.catalogue.packs import Exclusion, Pack, Trigger
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.settings import CaseSettings

WORDS = {"id", "source", "note", "clause", "phrase"}
"""Keys in which two clauses may differ without saying anything else."""


WHY = (
    "projects.excluded", "projects.left_out", "projects.class_off", "mix.finished",
    "projects.list_class_off",
)  # fmt: skip
"""Codes of notes that say why assets are in no project."""


def nothing_to_plan(notes: Sequence[Message]) -> InputError:
    """Say that nothing is left to plan, and which clauses and columns took it away."""
    why = [note for note in notes if note.code in WHY]
    return InputError(message("projects.nothing_to_plan"), *why)


def pack_notes(
    packs: Sequence[Pack], classes: Collection[str], settings: CaseSettings
) -> Iterator[Message]:
    """Yield packs out of their time and clauses that replace each other.

    Clauses of other classes than those of the inventory are passed over.
    """
    for pack in packs:
        facts = {"pack": pack.id, "year": settings.start_year}
        if pack.expired(settings.start_year):
            yield message("projects.pack_expired", valid_to=pack.valid_to, **facts)
        if pack.valid_from > settings.start_year:
            yield message("projects.pack_early", valid_from=pack.valid_from, **facts)
    code = "projects.clauses_stricter" if settings.stricter else "projects.replaced"
    for kind in ("trigger", "exclusion"):
        seen: dict[str, tuple[Pack, Trigger | Exclusion]] = {}
        for pack in packs:
            for clause in getattr(pack, kind):
                if clause.id in seen and set(clause.asset_class) & set(classes):
                    earlier, other = seen[clause.id]
                    differ = differing(other, clause)
                    if differ:
                        yield message(
                            code,
                            key=f"{kind}[{clause.id}]",
                            file=pack.file,
                            other_file=earlier.file,
                            clause=clause.clause,
                            other_clause=other.clause,
                            differ=", ".join(differ),
                        )
                seen[clause.id] = (pack, clause)


def differing(one: Trigger | Exclusion, other: Trigger | Exclusion) -> list[str]:
    """Say in which keys two clauses differ: `deadline 2030 → 2025`."""
    left, right = one.model_dump(), other.model_dump()
    return [
        f"{key} {_shown(left[key])} → {_shown(right[key])}"
        for key in left
        if key not in WORDS and left[key] != right.get(key)
    ]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        parts = [f"{key}={_shown(item)}" for key, item in value.items() if item]
        return " ".join(parts) or "–"
    if isinstance(value, (list, tuple)):
        return "/".join(str(item) for item in value) or "–"
    return "–" if value is None else str(value)


def differences(said: pd.DataFrame) -> Iterator[Message]:
    """Count, class by class, the assets of which several packs say different things."""
    by_asset = said.groupby(["asset_class", "asset_id"])
    counted = by_asset.agg(
        packs=("pack", "nunique"),
        levels=("hardness", "nunique"),
        dates=("deadline", lambda dates: dates.nunique(dropna=False)),
        names=("pack", lambda names: ", ".join(sorted(set(names)))),
    )
    own = counted[
        (counted["packs"] > 1) & ((counted["levels"] > 1) | (counted["dates"] > 1))
    ]
    for (asset_class, names), rows in own.reset_index().groupby(
        ["asset_class", "names"]
    ):
        yield message(
            "projects.packs_differ",
            asset_class=asset_class,
            packs=names,
            count=len(rows),
        )
