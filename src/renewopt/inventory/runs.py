"""Runs of blanks: where a format keeps no merged cells, what may have been merged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewopt.inventory.body import Body
from renewopt.inventory.headers import Match

LEAST_FILLED = 0.5
"""Share of filled cells of a column in which blanks are the exception."""
ALMOST = 0.9
"""Share of filled cells of a column of labels in which each blank is asked about."""
LEAST_RUNS = 0.5
"""Share of the runs of blanks that are longer than one where cells were merged."""


def question_runs(body: Body, match: Match) -> None:
    """Question an amount above blanks, and runs of blanks below a label or year.

    An amount that every row needs may be the sum of the rows below it that have none.
    """
    spec = match.spec
    amount = spec.required and spec.kind == "number"
    if not (amount or spec.kind == "year" or spec.fills_down):
        return
    filled = (body.cells[match.position] != "").to_numpy(dtype=bool)
    if filled.all() or not filled.any():
        return
    filled = (body.cells[match.position].str.strip() != "").to_numpy(dtype=bool)
    filled = filled | _emptied(body, match.position)
    first, length = _runs(filled)
    if amount:
        _question_amounts(body, match, first, length)
    elif spec.fills_down and filled.mean() < ALMOST:
        if filled[0] and not _repeats_itself(body, match, filled):
            body.add(
                "inventory.labels_apart", "questioned", 0, match.header.text,
                position=match.position, cells=int((~filled).sum()),
            )  # fmt: skip
    elif spec.fills_down:
        _question_blanks(body, match, first, length)
    elif filled.mean() >= LEAST_FILLED and len(length) and _mostly_long(length):
        _question_blanks(body, match, first[length > 1], length[length > 1])


def _emptied(body: Body, position: int) -> npt.NDArray[np.bool_]:
    """Mark cells that hold something that is no value, such as #REF!: no blanks."""
    rows = [
        issue.row
        for issue in body.raw.issues
        if issue.params.get("position") == position + 1
    ]
    return np.asarray(np.isin(body.rows, rows), dtype=np.bool_)


def _repeats_itself(body: Body, match: Match, filled: npt.NDArray[np.bool_]) -> bool:
    """Tell whether a label stands below itself: a merged one is written once."""
    texts = body.cells[match.position].to_numpy(dtype=object)
    return bool((filled[1:] & (texts[1:] == texts[:-1])).any())


def _mostly_long(length: npt.NDArray[np.int64]) -> bool:
    return bool((length > 1).mean() >= LEAST_RUNS)


def _runs(
    filled: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the first blank of each run below a filled cell, and how many there are."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], filled, [True]))))
    starts, ends = edges[::2], edges[1::2]
    below = starts > 0
    return starts[below], (ends - starts)[below]


def _question_amounts(
    body: Body, match: Match, first: npt.NDArray[np.int64],
    length: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    texts = body.cells[match.position]
    for start, rows in zip(first, length, strict=True):
        body.add(
            "inventory.amount_above_blanks", "questioned", int(body.rows[start - 1]),
            match.header.text, str(texts.iloc[start - 1]), "", match.position,
            rows=int(rows),
        )  # fmt: skip


def _question_blanks(
    body: Body, match: Match, first: npt.NDArray[np.int64],
    length: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    texts = body.cells[match.position]
    for start, rows in zip(first, length, strict=True):
        above = str(texts.iloc[start - 1])
        for i in range(start, start + rows):
            body.add(
                "inventory.blank_below", "questioned", int(body.rows[i]),
                match.header.text, "", "", match.position, above=above,
            )  # fmt: skip
