"""Fills: a merged or grouped label holds for the rows below it; numbers never do."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.headers import Match
from renewopt.inventory.named import IDENTIFIER, NAME
from renewopt.inventory.runs import question_runs

LEAST_BLANK = 0.5
"""Share of blank cells from which blanks below labels are read as a group."""


def fill_labels(
    body: Body, matches: Sequence[Match], gone: Collection[int] = ()
) -> npt.NDArray[np.bool_]:
    """Fill merged labels downwards; mark other cells that several rows share.

    A name over the rows of its buildings is a label; blanks below one are only where
    names stand for the identifiers.

    Returns, per row and match, whether the value belongs to several rows, so to none.

    Parameters
    ----------
    gone
        Rows of the grid that were left out but are assets all the same.
    """
    shared = np.zeros((len(body.cells), len(matches)), dtype=bool)
    width = len(body.raw.grid.columns)
    made = any(m.spec.name == IDENTIFIER and m.position >= width for m in matches)
    if body.raw.merged:
        _merged(body, matches, shared, gone)
    else:
        for match in matches:
            # Under our own names nothing was ever merged.
            own = match.header.text == match.spec.name
            fills = match.spec.fills_down or (made and match.spec.name == NAME)
            if own or (fills and _grouped(body, match)):
                continue
            question_runs(body, match)
    return shared


def _merged(
    body: Body, matches: Sequence[Match], shared: npt.NDArray[np.bool_],
    gone: Collection[int],
) -> None:  # fmt: skip
    labels = body.cells.index.to_numpy()
    columns = {match.position: number for number, match in enumerate(matches)}
    body.cells = body.cells.copy()
    for row0, col0, row1, _ in body.raw.merged:
        if row1 == row0 or col0 not in columns or row0 >= len(body.raw.grid):
            continue
        text = str(body.raw.grid.iloc[row0, col0])
        inside = np.flatnonzero((labels >= row0) & (labels <= row1))
        together = len(inside) + sum(row0 <= row <= row1 for row in gone)
        if not len(inside) or together < 2 or not text.strip():
            continue
        match = matches[columns[col0]]
        below = inside[labels[inside] != row0]
        row = int(body.rows[inside[0]])
        place = (row, match.header.text, text, "", match.position)
        if match.spec.fills_down or match.spec.name == NAME:
            if not len(below):
                continue
            body.cells.loc[labels[below], col0] = text
            body.ledger.add(below, match.spec.name, "converted", [text] * len(below))
            body.add("inventory.merged_filled", "repaired", *place, rows=len(below))
        else:
            shared[inside, columns[col0]] = True
            for i in inside:
                body.add(
                    "inventory.merged_value", "questioned", int(body.rows[i]),
                    *place[1:], rows=together,
                )  # fmt: skip


def merged_texts(body: Body, position: int) -> pd.Series:
    """Give the texts of a column as its merged cells show them, in every row."""
    texts = body.cells[position].copy()
    for row0, col0, row1, col1 in body.raw.merged:
        if col0 <= position <= col1 and row0 < len(body.raw.grid):
            inside = (texts.index >= row0) & (texts.index <= row1)
            texts[inside] = str(body.raw.grid.iloc[row0, col0])
    return texts


def _grouped(body: Body, match: Match) -> bool:
    """Fill blanks below labels where the column looks like one of merged cells.

    That is: its first cell is filled, many are blank, and no label stands in two rows
    that follow each other.
    """
    filled = (body.cells[match.position] != "").to_numpy(dtype=bool)
    if len(filled) < 3 or not filled[0] or filled.mean() > 1 - LEAST_BLANK:
        return False
    texts = body.cells[match.position].str.strip()
    filled = (texts != "").to_numpy(dtype=bool)
    values = texts.to_numpy(dtype=object)
    if (filled[1:] & filled[:-1] & (values[1:] == values[:-1])).any():
        return False
    last = np.maximum.accumulate(np.where(filled, np.arange(len(values)), 0))
    blank = np.flatnonzero(~filled)
    body.cells = body.cells.copy()
    column = pd.Series(values[last], index=body.cells.index, dtype=object)
    body.cells[match.position] = column
    body.ledger.add(blank, match.spec.name, "converted", values[last][blank].tolist())
    for i in blank:
        body.add(
            "inventory.label_filled", "questioned", int(body.rows[i]),
            match.header.text, "", str(values[last[i]]), match.position,
        )  # fmt: skip
    return True
