"""What assets tie together: inside a compound, next to it, its outlet, its tunnel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from renewopt.catalogue.asset_class import AssetClass, Link
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.outlets import OUTLET, through

COLUMNS = ["link", "project_id", "other_id", "because"]
NAMED = 5
"""Assets that a message names."""
INCLUDED = "included"
"""Sort of link between a project and those whose works its price includes."""


def asset_links(
    facts: Sequence[ClassFacts], files: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Message]]:
    """List every tie between two assets, as the columns of their classes say.

    `files` are those of the classes, for messages. Columns `link`, `column`,
    `asset_class`, `asset_id`, `other_class`, `other_id`.

    Raises
    ------
    InputError
        Where what drains goes round in a circle, with the identifiers; where neighbours
        are in different counties.
    """
    by_class = {part.id: part for part in facts}
    named = files or {}
    found: list[pd.DataFrame] = []
    notes: list[Message] = []
    problems: list[Message] = []
    for part in facts:
        for link in part.asset_class.link:
            rows = _named(part, link)
            if len(rows) == 0:
                continue
            targets = _targets(by_class, link)
            ties = rows.merge(targets, on="key", how="left")
            unknown = ties[ties["other_id"].isna()]
            if len(unknown) and link.match == "asset_id":
                notes.append(_unknown(part, link, unknown))
            ties = ties[ties["other_id"].notna()]
            itself = (ties["asset_id"] == ties["other_id"]) & (
                ties["other_class"] == part.id
            )
            if link.ordered:
                problems += [
                    _circle(part, link, [str(name)] * 2, named)
                    for name in ties.loc[itself, "asset_id"]
                ]
            ties = ties[~itself]
            problems += _apart(part.asset_class, link, ties, named)
            found.append(ties.assign(link=link.id, column=link.column))
    table = _concat(found)
    ordered = {
        link.id: (part, link)
        for part in facts
        for link in part.asset_class.link
        if link.ordered
    }
    for name, (part, link) in sorted(ordered.items()):
        problems += _circles(table[table["link"] == name], part, link, named)
    if problems:
        raise InputError(*problems)
    return table, notes


def _concat(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns = [
        "link", "column", "asset_class", "asset_id", "other_class", "other_id"
    ]  # fmt: skip
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=columns)
    table = pd.concat(filled, ignore_index=True)[columns]
    return table.drop_duplicates().sort_values(columns, ignore_index=True)


def _named(part: ClassFacts, link: Link) -> pd.DataFrame:
    """Give who names whom: a row per asset and word, `;` or `、` between words."""
    frame = part.frame
    own = frame[part.select(link.where)]
    words = texts(own, link.column)
    rows = pd.DataFrame(
        {
            "asset_class": part.id,
            "asset_id": own["asset_id"],
            "county": texts(own, "county"),
            "key": words.str.split(r"\s*[;；,，、]\s*", regex=True),
        }
    )
    rows = rows[words != ""].explode("key")
    return rows[rows["key"].astype("str").str.strip() != ""]


def _targets(by_class: dict[str, ClassFacts], link: Link) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "key": texts(by_class[name].frame, link.match),
                "other_class": name,
                "other_id": by_class[name].frame["asset_id"],
                "other_county": texts(by_class[name].frame, "county"),
            }
        )
        for name in link.to
        if name in by_class
    ]
    columns = ["key", "other_class", "other_id", "other_county"]
    table = pd.concat(parts, ignore_index=True) if parts else None
    empty = pd.DataFrame(columns=columns, dtype="str")
    return empty if table is None else table[table["key"] != ""]


def _unknown(part: ClassFacts, link: Link, rows: pd.DataFrame) -> Message:
    values = sorted(set(rows["key"].astype(str)))
    return message(
        "projects.link_unknown",
        asset_class=part.id,
        column=link.column,
        count=len(rows),
        values=", ".join(values[:NAMED]),
        known=", ".join(link.to),
    )


def _apart(
    asset_class: AssetClass, link: Link, ties: pd.DataFrame, files: Mapping[str, str]
) -> Iterator[Message]:
    """Yield neighbours that say that they are in different counties."""
    both = (ties["county"] != "") & (ties["other_county"] != "")
    for row in ties[both & (ties["county"] != ties["other_county"])].itertuples():
        yield message(
            "projects.link_counties",
            **_place(asset_class.id, link, files),
            asset=row.asset_id,
            county=row.county,
            other=row.other_id,
            other_county=row.other_county,
        )


def _circles(
    ties: pd.DataFrame, part: ClassFacts, link: Link, files: Mapping[str, str]
) -> Iterator[Message]:
    """Yield each circle of assets once, by its identifiers in order."""
    if len(ties) == 0:
        return
    ends = pd.factorize(
        np.concatenate(
            [
                (ties["asset_class"] + " " + ties["asset_id"].astype(str)).to_numpy(),
                (ties["other_class"] + " " + ties["other_id"].astype(str)).to_numpy(),
            ]
        )
    )
    codes, names = ends
    start, end = codes[: len(ties)], codes[len(ties) :]
    size = len(names)
    graph = coo_matrix((np.ones(len(start)), (start, end)), shape=(size, size))
    count, label = connected_components(graph, connection="strong")
    crowd = np.bincount(label, minlength=count)
    within = label[start] == label[end]
    following = dict(zip(start[within].tolist(), end[within].tolist(), strict=True))
    for piece in np.flatnonzero(crowd > 1):
        first = int(np.flatnonzero(label == piece)[0])
        walk, at = [first], following[first]
        while at not in walk:
            walk.append(at)
            at = following[at]
        walk = walk[walk.index(at) :]
        around = [str(names[i]).split(" ", 1)[1] for i in [*walk, at]]
        yield _circle(part, link, around, files)


def _place(asset_class: str, link: Link, files: Mapping[str, str]) -> dict[str, str]:
    """Say where a tie is written and which clause makes it one."""
    return {
        "file": files.get(asset_class, asset_class),
        "asset_class": asset_class,
        "column": link.column,
        "key": f"link[{link.id}]",
        "clause": link.source,
    }


def _circle(
    part: ClassFacts, link: Link, assets: Sequence[str], files: Mapping[str, str]
) -> Message:
    return message(
        "projects.link_circle",
        **_place(part.id, link, files),
        assets=" → ".join(assets),
    )


def meant_modes(links: pd.DataFrame, classes: Sequence[AssetClass]) -> pd.DataFrame:
    """Write into links of projects in which modes of the other they hold."""
    by_link = {
        link.id: ";".join(link.modes)
        for item in classes
        for link in item.link
        if link.modes
    }
    if not len(links) or not by_link:
        return links
    named = links["link"].map(by_link)
    other = links.get("other_mode", pd.Series("", index=links.index))
    return links.assign(other_mode=named.where(named.notna(), other))


def project_links(
    ties: pd.DataFrame, members: pd.DataFrame
) -> tuple[pd.DataFrame, list[Message]]:
    """Raise ties of assets to their projects; ties within a project say nothing.

    What drains is tied to the next project downstream, through assets without one and
    through projects without a work: nobody can wait for these.
    Where projects wait for each other in a circle (their assets alternate along a
    line), none can be first: the ties of the circle are left free, and it is named.
    """
    if len(ties) == 0:
        return pd.DataFrame(columns=COLUMNS), []
    where = members[["asset_class", "asset_id", "project_id"]]
    able = where[members["modes"].ne("")] if "modes" in members else where
    names = zip(able["asset_class"], able["asset_id"].astype(str), strict=True)
    ties = through(ties, set(names))
    own = ties.merge(where, on=["asset_class", "asset_id"])
    other = where.rename(
        columns={
            "asset_class": "other_class",
            "asset_id": "other_id",
            "project_id": "other_project",
        }
    )
    own = own.merge(other, on=["other_class", "other_id"])
    own = own[own["project_id"] != own["other_project"]]
    own["because"] = (
        own["column"] + ": " + own["asset_id"].astype(str) + " → " + own["via"]
        + own["other_id"].astype(str)
    )  # fmt: skip
    keys = ["link", "project_id", "other_project"]
    heads = own.sort_values([*keys, "because"]).drop_duplicates(keys)
    heads = heads.rename(columns={"other_id": "_", "other_project": "other_id"})
    table = heads[COLUMNS].reset_index(drop=True)
    ordered = table["link"] == OUTLET
    turned = table.rename(columns={"project_id": "other_id", "other_id": "project_id"})
    pairs = ["link", "project_id", "other_id"]
    mutual = table.merge(turned[pairs], on=pairs, how="left", indicator=True)
    both, notes = _loops(table, ordered.to_numpy(dtype=bool))
    # Neighbours name each other: one row says it.
    twice = (
        (mutual["_merge"] == "both").to_numpy()
        & ~ordered.to_numpy()
        & (table["project_id"] > table["other_id"]).to_numpy()
    )
    return table[~both & ~twice].reset_index(drop=True), notes


def _loops(
    table: pd.DataFrame, ordered: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], list[Message]]:
    """Mark the ordered ties between projects that wait for each other; name these."""
    marks = np.zeros(len(table), dtype=bool)
    own = table[ordered]
    if len(own) == 0:
        return marks, []
    codes, names = pd.factorize(
        np.concatenate(
            [own["project_id"].to_numpy(object), own["other_id"].to_numpy(object)]
        )
    )
    start, end = codes[: len(own)], codes[len(own) :]
    graph = coo_matrix((np.ones(len(own)), (start, end)), shape=(len(names),) * 2)
    count, label = connected_components(graph, connection="strong")
    marks[np.flatnonzero(ordered)] = label[start] == label[end]
    notes = []
    for piece in np.flatnonzero(np.bincount(label, minlength=count) > 1):
        circle = sorted(str(names[i]) for i in np.flatnonzero(label == piece))
        first, rest = circle[0], ", ".join(circle[1:])
        notes.append(message("projects.link_mutual", project=first, other=rest))
    return marks, notes
