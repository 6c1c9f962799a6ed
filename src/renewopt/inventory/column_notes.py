"""What is said of a column as it was read: codes and counts that leave a question."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.headers import Match

STATUS, ABANDONED = "status", "abandoned"
LEAST_GONE, MOST_GONE = 3, 0.5
"""Abandoned assets, and their share, from which the codes are asked about."""


def note_columns(body: Body, frame: pd.DataFrame, matches: Sequence[Match]) -> None:
    """Ask about codes that hardly belong into the table; name counts without years."""
    for match in matches:
        spec, header = match.spec, match.header.text
        if spec.name not in frame:
            continue
        cells = frame[spec.name]
        if spec.undated and cells.notna().any():
            body.add(
                "inventory.count_undated", "note", 0, header, position=match.position,
                rows=int(cells.notna().sum()),
            )  # fmt: skip
        if spec.name == STATUS:
            gone = int((cells == ABANDONED).sum())
            known = int(cells.notna().sum()) if gone >= LEAST_GONE else 0
            if gone >= LEAST_GONE and gone > MOST_GONE * known:
                body.add(
                    "inventory.mostly_abandoned", "questioned", 0, header,
                    position=match.position, rows=gone, known=known,
                )  # fmt: skip
        for choice in spec.choices:
            rows = int((cells == choice.code).sum()) if choice.asked else 0
            if rows:
                body.add(
                    "inventory.code_asked", "questioned", 0, header, choice.zh[0],
                    position=match.position, rows=rows,
                )  # fmt: skip
