"""Which assets of the inventories the rows of a project list renew, or have renewed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.inventory import ProjectList
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.left_out import COLUMNS
from renewopt.projects.list_rows import FINISHED
from renewopt.projects.settings import CaseSettings

NONE = ("无", "none", "-")
"""What `asset_ids` says where a row covers nothing of the inventories."""
FINISHED_REASON = "finished_in_list"
"""Why assets of finished rows are left out; the value is the row."""
NAMED = 5
"""Assets that a message names."""

Pair = tuple[int, str, str, bool]
"""Row of the list, class and identifier of an asset, whether its street says so."""


def covered(
    rows: pd.DataFrame, facts: Sequence[ClassFacts], file: str
) -> tuple[list[Pair], list[Message]]:
    """Give the assets of every row, and the rows that do not say which they renew."""
    by_class = {part.id: set(part.frame["asset_id"]) for part in facts}
    frames = {part.id: part for part in facts}
    pairs: list[Pair] = []
    problems: list[Message] = []
    for i, row in enumerate(rows.itertuples()):
        own = str(row.asset_class)
        text = str(getattr(row, "asset_ids", "") or "").strip()
        words = [w for w in re.split(r"\s*[;；,，、]\s*", text) if w and w != "nan"]
        words = [w for w in words if w.lower() != "<na>"]
        if [w.lower() for w in words] in [[w] for w in NONE]:
            continue
        facts_of_row = {"file": file, "row": int(str(row.row))}
        order = [own, *sorted(set(by_class) - {own})]
        for word in words:
            at = [name for name in order if word in by_class.get(name, ())]
            if at:
                pairs.append((i, at[0], word, False))
            else:
                problems.append(
                    message("mix.unknown_asset", value=word, **facts_of_row)
                )
        if words or own not in frames:
            continue
        street = _on_street(frames[own], str(row.street), str(row.district))
        pairs += [(i, own, asset, True) for asset in street]
        if not street:
            problems.append(
                message("mix.no_assets", asset_class=own, name=row.name, **facts_of_row)
            )
    return pairs, problems


def _on_street(part: ClassFacts, street: str, district: str) -> list[str]:
    """Give the pipes of a class on a street; points are never meant by their street."""
    if part.asset_class.geometry != "line" or not street:
        return []
    here = part.frame["street"] == street
    if district:
        here &= part.frame["district"].isin([district, ""])
    return part.frame.loc[here, "asset_id"].tolist()


def covered_before(
    project_list: ProjectList,
    facts: Sequence[ClassFacts],
    going: Sequence[pd.DataFrame],
    settings: CaseSettings,
) -> tuple[pd.DataFrame, list[Message]]:
    """Give the assets of the rows that are finished: they are in no other project.

    Rows of the table `left_out`. Assets of `going` works stay where they are. A row
    that does not say what it renewed is named: its assets may be planned again.
    """
    frame = project_list.projects.reset_index(drop=True)
    rows = frame[texts(frame, "readiness").isin(FINISHED)].reset_index(drop=True)
    rows = rows[~rows["asset_class"].isin(settings.off_classes)].reset_index(drop=True)
    empty = pd.DataFrame(columns=COLUMNS, dtype="str")
    if len(rows) == 0:
        return empty, []
    for column in ("street", "district", "asset_ids"):
        rows[column] = texts(rows, column)
    pairs, problems = covered(rows, facts, project_list.source)
    notes = [
        message("mix.finished_unclear", **{k: m.params[k] for k in ("file", "row")})
        for m in problems
        if m.code == "mix.no_assets"
    ]
    taken = {
        (str(name), str(asset))
        for part in going
        if len(part)
        for name, asset in zip(part["asset_class"], part["asset_id"], strict=True)
    }
    found = {
        (name, asset): int(rows["row"].iloc[row])
        for row, name, asset, _ in reversed(pairs)
        if (name, asset) not in taken
    }
    table = pd.DataFrame(
        [
            (name, asset, FINISHED_REASON, str(row), "left_out")
            for (name, asset), row in sorted(found.items())
        ],
        columns=COLUMNS,
        dtype="str",
    )
    for row, own in table.groupby("value", sort=True):
        some = ", ".join(own["asset_id"].head(NAMED))
        notes.append(
            message(
                "mix.finished",
                file=project_list.source,
                row=int(str(row)),
                count=len(own),
                assets=some,
            )
        )
    return table, notes
