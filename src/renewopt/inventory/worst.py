"""A grade that the worst of several others tells: the pipes of a compound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.headers import Match
from renewopt.inventory.kinds import TableKind


def take_worst(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: Sequence[Match]
) -> pd.DataFrame:
    """Fill a grade that a row lacks with the worst of those that tell it.

    The codes stand from the best to the worst. What was filled in is listed as
    converted, and one note says so.
    """
    headers = {match.spec.name: match.header.text for match in matches}
    for spec in kind.columns:
        known = [name for name in spec.worst_of if name in frame]
        if not known:
            continue
        rank = {code: number for number, code in enumerate(spec.codes())}
        ranks = np.column_stack(
            [frame[name].map(rank).to_numpy(np.float64, na_value=-1) for name in known]
        )
        worst = ranks.max(axis=1)
        own = np.full(len(frame), None, dtype=object)
        if spec.name in frame:
            own = frame[spec.name].to_numpy(dtype=object, copy=True)
        taken = pd.isna(own) & (worst >= 0)
        if not taken.any():
            continue
        codes = np.array(spec.codes(), dtype=object)
        own[taken] = codes[worst[taken].astype(np.int64)]
        rows = np.flatnonzero(taken)
        told = [
            ", ".join(f"{headers[n]} {frame[n].iloc[i]}" for n in known) for i in rows
        ]
        body.ledger.add(rows, spec.name, "converted", told)
        names = ", ".join(headers[name] for name in known)
        body.add(
            "inventory.worst_taken", "note", 0, spec.headers.zh[0], rows=len(rows),
            columns=names,
        )  # fmt: skip
        frame = frame.assign(**{spec.name: pd.Series(own, index=frame.index)})
    return frame
