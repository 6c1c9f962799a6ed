"""Repeated rows: the same asset twice, and identifiers that several rows share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.headers import Match
from renewopt.inventory.kinds import TableKind


def mark_repeated(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: Sequence[Match],
    read: Mapping[str, Parsed], bad: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Mark repeated rows; reject rows that share an identifier but differ."""
    repeated = np.zeros(len(frame), dtype=bool)
    headers = {match.spec.name: match.header.text for match in matches}
    for spec in kind.columns:
        if not spec.unique or spec.name not in frame or read[spec.name].differ:
            continue
        ids = frame[spec.name].where(~bad) if bad.any() else frame[spec.name]
        if _all_differ(ids):
            continue
        shared = (ids.notna() & ids.duplicated(keep=False)).to_numpy()
        if not shared.any():
            continue
        group = frame[shared]
        same = group.duplicated(keep=False)
        whole = same.groupby(group[spec.name]).transform("all")
        alike = pd.Series(False, index=frame.index)
        alike[group.index] = group.duplicated(keep="first") & whole
        differ = shared.copy()
        differ[shared] = ~whole.to_numpy()
        name = headers[spec.name]
        body.add_rows(alike.to_numpy(), "inventory.repeated_row", "note", name, ids)
        body.add_rows(differ, "inventory.duplicate_id", "rejected", name, ids)
        repeated |= alike.to_numpy()
        bad |= differ
    return repeated


def question_taken(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match],
    bad: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """Question the identifiers that a rejected row has, too."""
    for match in matches:
        if not match.spec.unique or not bad.any() or match.spec.name not in frame:
            continue
        ids = frame[match.spec.name]
        also = (ids.isin(set(ids[bad].dropna())) & ~bad).to_numpy(dtype=bool)
        body.add_rows(
            also, "inventory.id_of_rejected", "questioned", match.header.text, ids,
            match.position,
        )  # fmt: skip


def _all_differ(ids: pd.Series) -> bool:
    """Tell in one pass whether no identifier occurs twice."""
    known = ids.dropna()
    return len(set(known.to_numpy(dtype=object))) == len(known)
