"""Assets that may be given up: others are stated to take over, and these stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from renewopt.catalogue.selection import number_column
from renewopt.core.errors import Message, message
from renewopt.projects.facts import ClassFacts, texts

COLUMNS = ["asset_class", "asset_id", "taken_by"]
DEMOLISHED = "planned_demolition_year"
SEPARATORS = r"\s*[;；,，、]\s*"
NAMED = 5
"""Assets that a message names."""


def with_spare(
    facts: Sequence[ClassFacts], running: pd.DataFrame
) -> tuple[list[ClassFacts], pd.DataFrame, list[Message]]:
    """Mark the assets that others take over from; list who takes over from whom.

    An asset is spare where the column of its class's `gives_up` modes names assets of
    the class, all of them in use and none to be demolished, under retirement or itself
    taken over from: who takes over stays, whatever is chosen. So no plan can cut the
    customers off; what is not spare can be renewed, not retired.

    Parameters
    ----------
    running
        Works under construction (`asset_class`, `asset_ids`, `mode`).
    """
    found: list[ClassFacts] = []
    tables: list[pd.DataFrame] = []
    notes: list[Message] = []
    for part in facts:
        table, told = _one_class(part, running)
        found.append(replace(part, spare=frozenset(table["asset_id"])))
        tables.append(table.assign(asset_class=part.id))
        notes += told
    filled = [table for table in tables if len(table)]
    empty = pd.DataFrame(columns=COLUMNS, dtype="str")
    every = pd.concat(filled, ignore_index=True)[COLUMNS] if filled else empty
    return found, every, notes


def _one_class(
    part: ClassFacts, running: pd.DataFrame
) -> tuple[pd.DataFrame, list[Message]]:
    columns = sorted({m.gives_up for m in part.asset_class.modes if m.gives_up})
    empty = pd.DataFrame(columns=["asset_id", "taken_by"], dtype="str")
    if not columns:
        return empty, []
    rows = pd.concat([_named(part, column) for column in columns], ignore_index=True)
    if not len(rows):
        return empty, []
    frame = part.frame
    torn = pd.Series(number_column(frame, DEMOLISHED), index=frame["asset_id"]).notna()
    stays = set(torn.index[~torn]) - _ending(part, running)
    reasons = {
        "projects.handover_unknown": ~rows["taken_by"].isin(stays)
        | (rows["taken_by"] == rows["asset_id"]),
        "projects.handover_chain": rows["asset_id"].isin(set(rows["taken_by"])),
    }
    refused: set[str] = set()
    notes = []
    for code, marks in reasons.items():
        bad = sorted(set(rows.loc[marks, "asset_id"]) - refused)
        refused |= set(bad)
        if bad:
            notes.append(
                message(
                    code,
                    asset_class=part.id,
                    column=", ".join(columns),
                    count=len(bad),
                    assets=", ".join(bad[:NAMED]),
                )
            )
    kept = rows[~rows["asset_id"].isin(refused)]
    return kept.drop_duplicates().reset_index(drop=True), notes


def _named(part: ClassFacts, column: str) -> pd.DataFrame:
    """Give who is stated to take over from whom, a row per word."""
    words = texts(part.stated, column)
    rows = pd.DataFrame(
        {"asset_id": part.stated["asset_id"], "taken_by": words.str.split(SEPARATORS)}
    )
    rows = rows[words.str.strip() != ""].explode("taken_by")
    rows["taken_by"] = rows["taken_by"].astype("str").str.strip()
    return rows[rows["taken_by"] != ""]


def _ending(part: ClassFacts, running: pd.DataFrame) -> set[str]:
    """Give the assets that works under construction take out of service."""
    ends = [mode.id for mode in part.asset_class.modes if mode.gives_up]
    if not len(running):
        return set()
    own = running[(running["asset_class"] == part.id) & running["mode"].isin(ends)]
    return {
        word.strip()
        for text in own["asset_ids"].astype(str)
        for word in text.split(";")
        if word.strip()
    }


def handovers(pairs: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Give who takes over in each project, for the projects that may be given up."""
    keys = ["asset_class", "asset_id"]
    return pairs.merge(members[[*keys, "project_id"]], on=keys)
