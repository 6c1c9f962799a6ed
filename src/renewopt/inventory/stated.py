"""Stated in a header: what the header of one column says about another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.cells.outcome import plain_text
from renewopt.inventory.header_cells import PIPES
from renewopt.inventory.headers import Match
from renewopt.inventory.kinds import TableKind

MOST_PIPES = 2.0
"""Pipes of a route where nobody says: supply and return."""


def take_stated(
    body: Body, frame: pd.DataFrame, kind: TableKind, matches: Sequence[Match]
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Take the code that a header states (单管长度) where the rows state none.

    Where they state another one, neither is taken: the amounts are questioned, and
    bounded by both readings. Returns the table, and which rows those are.
    """
    asked = np.zeros(len(frame), dtype=np.bool_)
    for match in matches:
        if match.says is None:
            continue
        column, code = match.says
        own = np.full(len(frame), None, dtype=object)
        if column in frame:
            own = frame[column].to_numpy(dtype=object, copy=True)
        empty = pd.isna(own)
        other = ~empty & (own != code)
        spec = next(spec for spec in kind.columns if spec.name == column)
        label = next(c.zh[0] for c in spec.choices if c.code == code)
        own[empty], own[other] = code, None
        frame = frame.assign(**{column: pd.Series(own, index=frame.index)})
        place = (0, match.header.text, "", "", match.position)
        if empty.any():
            rows = np.flatnonzero(empty)
            body.ledger.add(rows, column, "converted", [match.header.text] * len(rows))
            body.add(
                "inventory.header_states", "repaired", *place,
                field=spec.headers.zh[0], label=label, cells=len(rows),
            )  # fmt: skip
        asked |= other
        if other.any():
            body.ledger.drop(column, other)
            _bound_amounts(body, frame, match.spec.name, other)
            body.add(
                "inventory.header_contradicts", "questioned", *place,
                field=spec.headers.zh[0], label=label, cells=int(other.sum()),
            )  # fmt: skip
            beside = next(m for m in matches if m.spec.name == column)
            body.add(
                "inventory.not_as_header", "questioned", 0, beside.header.text, "", "",
                beside.position, header=match.header.text, cells=int(other.sum()),
            )  # fmt: skip
    return frame, asked


def _bound_amounts(
    body: Body, frame: pd.DataFrame, column: str, rows: npt.NDArray[np.bool_]
) -> None:
    """Bound amounts that count the route or each of its pipes: which is not known."""
    values = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    pipes = np.full(len(frame), MOST_PIPES)
    if PIPES in frame:
        stated = frame[PIPES].to_numpy(dtype=np.float64, na_value=np.nan)
        pipes = np.where(np.isnan(stated), pipes, stated)
    low, high, raw = body.ledger.bounds(column, values)
    found = np.flatnonzero(rows & (pipes > 1) & ~np.isnan(values))
    body.ledger.drop(column, np.isin(np.arange(len(frame)), found))
    texts = [raw.get(int(i), plain_text(values[i])) for i in found]
    body.ledger.add(
        found, column, "bounded", texts, low[found] / pipes[found], high[found]
    )
