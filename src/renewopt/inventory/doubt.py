"""A doubt: cells of a column that may mean something else than they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.headers import Match
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.qualities import Ledger

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Doubt:
    """Cells of a column that may mean something else than they seem to.

    Attributes
    ----------
    taken_back
        Whether the values count as missing; else they stay, with an interval.
    whole
        Whether one issue says it for the column.
    low, high
        The interval of each cell of the column, where values stay.
    """

    cells: Mask
    code: str
    taken_back: bool = False
    whole: bool = False
    low: Floats = field(default_factory=lambda: np.zeros(0))
    high: Floats = field(default_factory=lambda: np.zeros(0))
    params: dict[str, object] = field(default_factory=dict)

    def issues(self, body: Body, match: Match, texts: pd.Series) -> Iterator[CellIssue]:
        """Give the issues: one for the column, or one per cell."""
        raw, name = body.raw, match.header.text
        vital = self.taken_back and match.spec.required
        severity: Severity = "rejected" if vital else "questioned"
        if self.whole:
            yield CellIssue(
                raw.file, raw.sheet, 0, name, "", self.code, "questioned",
                self.params | {"cells": int(self.cells.sum())}, "", match.position,
            )  # fmt: skip
            return
        for i in np.flatnonzero(self.cells):
            yield CellIssue(
                raw.file, raw.sheet, int(body.rows[i]), name, str(texts.iloc[i]),
                self.code, severity, self.params, "", match.position,
            )  # fmt: skip

    def list_intervals(self, ledger: Ledger, column: str, texts: pd.Series) -> None:
        """List the cells with their intervals, where values stay."""
        if not self.taken_back:
            ledger.drop(column, self.cells)
            rows = np.flatnonzero(self.cells)
            raw = texts.iloc[rows].tolist()
            ledger.add(rows, column, "bounded", raw, self.low[rows], self.high[rows])
