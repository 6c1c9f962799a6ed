"""Pipes whose works a compound's price includes are renewed whole, as it has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.projects.facts import ClassFacts
from renewopt.projects.prices import unit_costs
from renewopt.projects.settings import CaseSettings

Formed = Sequence[tuple[ClassFacts, pd.DataFrame]]
SLACK = 1e-6


def without_patches(
    formed: Formed, less: pd.DataFrame, settings: CaseSettings
) -> tuple[list[tuple[ClassFacts, pd.DataFrame]], list[Message]]:
    """Offer no works for less than what was taken off a price for them; count them.

    The first mode of a pipe's project comes off the compound's price. A patch instead
    would make the compound cheaper by works that nobody builds.
    """
    modes = [mode for part, _ in formed for mode in part.asset_class.modes]
    taking = [mode.id for mode in modes if mode.takes_in]  # has a link of its own
    own = less[~less["mode"].isin(taking)] if len(less) else less
    payers = set(own["other_id"]) - {""} if len(own) else set()
    found: list[tuple[ClassFacts, pd.DataFrame]] = []
    notes: list[Message] = []
    for part, members in formed:
        if not len(members) or not payers & set(members["project_id"]):
            found.append((part, members))
            continue
        kept, gone = _whole(part, members, payers, settings)
        found.append((part, kept))
        notes += [
            message(
                "projects.included_whole",
                asset_class=part.id,
                mode=mode,
                count=len(projects),
                projects=", ".join(projects[:5]),
            )
            for mode, projects in gone.items()
        ]
    return found, notes


def _whole(
    part: ClassFacts,
    members: pd.DataFrame,
    payers: set[str],
    settings: CaseSettings,
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Give the assets without the cheaper modes, and the projects that lose each."""
    members = members.copy()
    own = members["project_id"].isin(payers).to_numpy(bool)
    costs = _costs(part, members[own], settings)
    first = members[own].groupby("project_id")["modes"].first().str.split(";").str[0]
    gone: dict[str, list[str]] = {}
    for mode in part.asset_class.modes:
        lost = sorted(
            str(name)
            for name, priced in first.items()
            if (str(name), mode.id) in costs
            and costs[str(name), mode.id] < costs.get((str(name), priced), 0.0) - SLACK
        )
        if not lost or mode.moves_in:
            continue
        gone[mode.id] = lost
        rows = members["project_id"].isin(lost)
        members.loc[rows, f"price_{mode.id}"] = -1
        members.loc[rows, "modes"] = [
            ";".join(word for word in str(text).split(";") if word != mode.id)
            for text in members.loc[rows, "modes"]
        ]
    return members, gone


def _costs(
    part: ClassFacts, members: pd.DataFrame, settings: CaseSettings
) -> dict[tuple[str, str], float]:
    """Give 万元 by project and mode at base prices, of the modes that it may have."""
    size = np.nan_to_num(members["quantity"].to_numpy(np.float64))
    if "local" in members:
        size = size * members["local"].fillna(1.0).to_numpy(np.float64)
    offered = ";" + members["modes"] + ";"
    found: dict[tuple[str, str], float] = {}
    for mode in part.asset_class.modes:
        number = members[f"price_{mode.id}"].to_numpy(np.int64)
        price = np.nan_to_num(unit_costs(mode, number, settings.cost_level))
        may = offered.str.contains(f";{mode.id};", regex=False).to_numpy(bool)
        sums = pd.Series(price * size)[may].groupby(
            members["project_id"].to_numpy(object)[may]
        )
        found |= {(str(p), mode.id): float(wan) for p, wan in sums.sum().items()}
    return found
