"""Tables of survey points, by which lines know their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.geometry.columns import Place, find_columns
from renewopt.inventory.geometry.numbers import Floats, Work
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Nodes:
    """A table of survey points: 点号, X, Y."""

    file: str
    ids: Texts
    coords: Floats
    headers: tuple[str, str]
    order: str
    issues: tuple[CellIssue, ...] = ()


def read_nodes(raw: RawTable) -> Nodes | None:
    """Take a table as survey points, if it has their numbers, X and Y and no ends."""
    columns = find_columns(raw.top())
    if columns is None or not columns.has("", "node"):
        return None
    pair = columns.pair("")
    lines = any(place.role for place in columns.positions)
    if pair is None or lines or _has_length(raw, columns.row):
        return None
    rows = np.arange(columns.row + 1, len(raw.grid)) + raw.first_row
    work = Work(raw, columns, rows)
    ids = work.texts(Place("", "node")).str.strip().to_numpy(dtype=object)
    coords = np.column_stack([work.numbers(place) for place in pair])
    keep = (ids != "") & ~np.isnan(coords).any(axis=1)
    ids, coords = ids[keep], coords[keep]
    twice = pd.Series(ids).duplicated(keep=False).to_numpy()
    apart = twice & _differ(ids, coords)
    for name in sorted(set(ids[apart])):
        place_of = (raw.file, raw.sheet, 0, columns.headers[Place("", "node")], name)
        work.issues.append(CellIssue(*place_of, "inventory.node_twice", "questioned"))
    headers = columns.headers[pair[0]], columns.headers[pair[1]]
    order = "east" if pair[0].meaning == "east" else ""
    return Nodes(
        raw.file, ids[~apart], coords[~apart], headers, order, tuple(work.issues)
    )


def joined_nodes(tables: Sequence[Nodes]) -> Nodes | None:
    """Put the survey points of several tables together; None where there are none."""
    if not tables:
        return None
    first = tables[0]
    return replace(
        first,
        file=", ".join(dict.fromkeys(table.file for table in tables)),
        ids=np.concatenate([table.ids for table in tables]),
        coords=np.concatenate([table.coords for table in tables]),
    )


def _differ(ids: Texts, coords: Floats) -> npt.NDArray[np.bool_]:
    frame = pd.DataFrame({"id": ids, "x": coords[:, 0], "y": coords[:, 1]})
    spread = frame.groupby("id")[["x", "y"]].transform(lambda v: v.max() - v.min())
    found: npt.NDArray[np.bool_] = (spread.max(axis=1) > 0).to_numpy(dtype=bool)
    return found


def _has_length(raw: RawTable, row: int) -> bool:
    names = {key(str(cell)) for cell in raw.grid.iloc[row]}
    return any(name.startswith(("管长", "长度", "length")) for name in names)
