"""Order: a pipe is not renewed before it was laid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.headers import Match

PAIRS = (("install_year", "renewed_year"),)
"""Columns of which the first cannot be later than the second."""


def question_order(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match]
) -> pd.DataFrame:
    """Ask about rows whose years contradict each other; neither year is taken.

    Years that are only bounded contradict each other where no year of the one
    interval may come before one of the other.
    """
    places = {match.spec.name: match for match in matches}
    for first, then in PAIRS:
        if first not in frame or then not in frame:
            continue
        (low, _), (_, high) = _ends(body, frame, first), _ends(body, frame, then)
        wrong = low > high
        if not wrong.any():
            continue
        early, late = places[first], places[then]
        texts = body.cells[early.position].to_numpy(dtype=object)
        later = body.cells[late.position].to_numpy(dtype=object)
        for i in np.flatnonzero(wrong):
            for match, text, other, beside in (
                (late, later[i], early, texts[i]), (early, texts[i], late, later[i]),
            ):  # fmt: skip
                body.add(
                    "inventory.years_reversed", "questioned", int(body.rows[i]),
                    match.header.text, str(text), position=match.position,
                    other=other.header.text, beside=str(beside),
                )  # fmt: skip
        for name in (first, then):
            body.ledger.drop(name, wrong)
            frame = frame.assign(**{name: frame[name].mask(wrong)})
    return frame


def _ends(
    body: Body, frame: pd.DataFrame, column: str
) -> tuple[np.ndarray, np.ndarray]:
    """Give the earliest and the latest year that each cell may mean."""
    low = frame[column].to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    high = low.copy()
    for part in body.ledger.parts:
        mine = part[(part["column"] == column) & part["low"].notna()]
        rows = mine["row"].to_numpy(dtype=np.int64)
        low[rows] = mine["low"].to_numpy(dtype=np.float64)
        high[rows] = mine["high"].to_numpy(dtype=np.float64)
    return low, high
