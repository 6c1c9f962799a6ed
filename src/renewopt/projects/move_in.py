"""What moves into what: a tunnel to be built and the pipes of its street.

The tunnel is not built yet (`takes_in`). Its works and those of the pipes in the mode
of moving in (`moves_in`) go together, in the same years: each pipe's duty, kilometres
and loss stay its own project's, and its other modes are out: a project has one work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from renewopt.core.errors import InputError, Message, message
from renewopt.core.tables import records
from renewopt.projects.facts import ClassFacts
from renewopt.projects.settings import CaseSettings

TO, CALLED = "moves_to", "called"
"""Columns of the facts: where an asset may move, and that it is a candidate anyway."""
TIES = ["link", "column", "asset_class", "asset_id", "other_class", "other_id"]
KEYS = ["asset_class", "asset_id"]
NAMED = 5
"""Assets that a message names."""


@dataclass(frozen=True, eq=False)
class MoveIn:
    """What may move.

    Attributes
    ----------
    facts
        Every class with the columns `TO` and `CALLED`.
    ties
        Rows of the links in use: what takes in (`asset_…`), what moves in (`other_…`).
    barred
        By class and mode, the assets that may not be renewed so.
    idle
        By class, assets that are not built and in no project.
    """

    facts: list[ClassFacts]
    ties: pd.DataFrame
    barred: Mapping[str, Mapping[str, frozenset[str]]]
    idle: Mapping[str, frozenset[str]]


def move_in(
    facts: Sequence[ClassFacts],
    ties: pd.DataFrame,
    going: pd.DataFrame,
    settings: CaseSettings,
    files: Mapping[str, str],
) -> MoveIn:
    """Find what may move into what.

    Parameters
    ----------
    ties
        Ties between assets, as `links.asset_links` gives them.
    going
        Assets that are under construction or in rows of a project list.

    Raises
    ------
    InputError
        Where something takes in nothing, where an asset would move into two others, and
        where one that is under construction or in a list would move.
    """
    takers = {
        part.id: (part.asset_class.taking, set(_not_built(part))) for part in facts
    }
    on = {
        name: taking[1].id
        for name, (taking, _) in takers.items()
        if taking is not None and taking[1].id in settings.move_in
    }
    taken = _by_class(going)
    own = ties[ties["asset_class"].map(on) == ties["link"]]
    fixed = [
        asset in taken.get(name, ())
        for name, asset in zip(own["asset_class"], own["asset_id"], strict=True)
    ]
    own = own[~np.array(fixed, bool)]
    problems = [
        *_empty(facts, own, on, taken, files),
        *_twice(own, files),
        *_underway(own, taken, files),
    ]
    if problems:
        raise InputError(*problems)
    barred: dict[str, dict[str, frozenset[str]]] = {}
    idle: dict[str, frozenset[str]] = {}
    marked = []
    for part in facts:
        _, planned = takers[part.id]
        barred[part.id] = _barred(part, planned, own)
        idle[part.id] = frozenset() if part.id in on else frozenset(planned)
        marked.append(_marked(part, planned if part.id in on else set(), own))
    return MoveIn(marked, own, barred, idle)


def _not_built(part: ClassFacts) -> list[str]:
    return part.frame.loc[part.asset_class.not_built(part.frame), "asset_id"].tolist()


def _by_class(going: pd.DataFrame) -> dict[str, set[str]]:
    if len(going) == 0:
        return {}
    return {str(n): set(own["asset_id"]) for n, own in going.groupby("asset_class")}


def _barred(
    part: ClassFacts, planned: set[str], ties: pd.DataFrame
) -> dict[str, frozenset[str]]:
    """Offer what is not built its one mode, and moving in to what is tied."""
    every = set(part.frame["asset_id"])
    found: dict[str, frozenset[str]] = {}
    for mode in part.asset_class.modes:
        out = every - planned if mode.takes_in else set(planned)
        if mode.moves_in:
            rows = (ties["link"] == mode.moves_in) & (ties["other_class"] == part.id)
            out |= every - set(ties.loc[rows, "other_id"])
        if out:
            found[mode.id] = frozenset(out)
    return found


def _marked(part: ClassFacts, called: set[str], ties: pd.DataFrame) -> ClassFacts:
    """Say where assets may move: what moves into different places is apart."""
    rows = ties[ties["other_class"] == part.id]
    to = rows["asset_class"] + " " + rows["asset_id"].astype("str")
    into = dict(zip(rows["other_id"], to, strict=True))
    if not called and not into:
        return part
    named = part.frame["asset_id"]
    places = pd.Series([into.get(a, "") for a in named], named.index, dtype="str")
    frame = part.frame.copy()
    frame[TO], frame[CALLED] = places, named.isin(called)
    return replace(part, frame=frame)


def _empty(
    facts: Sequence[ClassFacts],
    ties: pd.DataFrame,
    on: Mapping[str, str],
    taken: Mapping[str, set[str]],
    files: Mapping[str, str],
) -> Iterator[Message]:
    """Yield what would stand in for nothing."""
    for part in facts:
        taking = part.asset_class.taking
        if part.id not in on or taking is None:
            continue
        tied = set(ties.loc[ties["asset_class"] == part.id, "asset_id"])
        for asset in _not_built(part):
            if asset not in tied | taken.get(part.id, set()):
                yield message(
                    "projects.move_in_empty",
                    file=files.get(part.id, part.id),
                    asset_class=part.id,
                    asset=asset,
                    column=taking[1].column,
                    classes=", ".join(taking[1].to),
                    clause=taking[1].source,
                )


def _twice(ties: pd.DataFrame, files: Mapping[str, str]) -> Iterator[Message]:
    """Yield what would move into two others."""
    for (name, asset), rows in ties.groupby(["other_class", "other_id"], sort=True):
        if len(rows) > 1:
            yield message(
                "projects.move_in_twice",
                file=files.get(str(name), str(name)),
                asset_class=str(name),
                asset=str(asset),
                column=str(rows["column"].iloc[0]),
                value=", ".join(sorted(rows["asset_id"].astype(str))),
            )


def _underway(
    ties: pd.DataFrame, taken: Mapping[str, set[str]], files: Mapping[str, str]
) -> Iterator[Message]:
    """Yield what is being renewed where it lies, and would move all the same."""
    for row in ties.itertuples():
        if row.other_id in taken.get(str(row.other_class), ()):
            yield message(
                "projects.move_in_running",
                file=files.get(str(row.other_class), str(row.other_class)),
                asset_class=str(row.other_class),
                asset=str(row.other_id),
                other=str(row.asset_id),
                column=str(row.column),
            )


def moved_links(
    links: pd.DataFrame, facts: Sequence[ClassFacts], members: pd.DataFrame
) -> tuple[pd.DataFrame, list[Message]]:
    """Write into the links of projects which works of the two go together.

    What cannot move (no mode of moving in, or no price for it) is named, and not tied.
    """
    if len(links) == 0:
        return links.assign(mode="", other_mode=""), []
    classes = {part.id: part.asset_class for part in facts}
    heads = members.drop_duplicates("project_id").set_index("project_id")
    rows = links.assign(mode="", other_mode="")
    stays: dict[str, list[str]] = {}
    keep = np.ones(len(rows), bool)
    for i, row in enumerate(records(links)):
        asset_class = classes.get(str(heads["asset_class"].get(row.project_id)))
        taking = None if asset_class is None else asset_class.taking
        if taking is None or taking[1].id != row.link:
            continue
        other = classes[str(heads["asset_class"][row.other_id])]
        mode = other.moving(str(row.link))
        offered = str(heads["modes"].get(row.other_id, "")).split(";")
        if mode is None or mode.id not in offered:
            keep[i] = False
            stays.setdefault(str(row.project_id), []).append(str(row.other_id))
            continue
        at = rows.index[i]
        rows.loc[at, ["mode", "other_mode"]] = [taking[0].id, mode.id]
    notes = [
        message("projects.move_in_stays", project=name, others=", ".join(own[:NAMED]))
        for name, own in sorted(stays.items())
    ]
    return rows[keep].reset_index(drop=True), notes


def moving_pairs(links: pd.DataFrame) -> dict[str, str]:
    """Give, for every project that may move, the one that it moves into."""
    if "other_mode" not in links:
        return {}
    rows = links[links["other_mode"] != ""]
    return dict(zip(rows["other_id"], rows["project_id"], strict=True))


def idle_notes(links: pd.DataFrame, formed: pd.DataFrame) -> list[Message]:
    """Name what would be built for nothing that needs a renewal."""
    if CALLED not in formed:
        return []
    called = formed[formed[CALLED].eq(True)]
    tied = set(links.loc[links["other_mode"] != "", "project_id"])
    names = sorted(set(called["project_id"]) - tied)
    return [message("projects.move_in_idle", project=name) for name in names]


def both(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Put what two say is barred in each mode together."""
    empty: frozenset[str] = frozenset()
    names = sorted({*one, *other})
    return {name: one.get(name, empty) | other.get(name, empty) for name in names}
