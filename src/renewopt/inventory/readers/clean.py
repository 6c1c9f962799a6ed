"""Characters that no cell should hold: taken out and said, cell by cell."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.readers.texts import text_column

_CONTROL = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"
_BAD = f"{_CONTROL}|\\x{{FFFD}}"
_BLOCK = 1 << 17
_LINE_END = 10
_BROKEN = "\ufffd".encode()
_REMOVE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def needs_cleaning(data: bytes) -> bool:
    """Tell whether a text holds a control character or a broken one (U+FFFD)."""
    codes = np.frombuffer(data, dtype=np.uint8)
    low = usual = 0
    for start in range(0, len(codes), _BLOCK):
        block = codes[start : start + _BLOCK]
        low += int(np.count_nonzero(block < 32))
        usual += int(np.count_nonzero(block == _LINE_END))
        if (block == _BROKEN[0]).any() and _BROKEN in data[start : start + _BLOCK + 2]:
            return True
    # Most files have one kind of line end only: the rest need not be counted.
    for other in (b"\r", b"\t"):
        usual += data.count(other) if low > usual else 0
    return low > usual or b"\x7f" in data


def clean_grid(
    grid: pd.DataFrame, file: str, sheet: str, first_row: int
) -> tuple[pd.DataFrame, list[CellIssue]]:
    """Take control characters out of the cells; question each cell with one.

    Cells with a broken character (U+FFFD) stay as they are and are questioned too.
    """
    import pyarrow.compute as pc

    issues: list[tuple[int, int, CellIssue]] = []
    columns = {}
    for position in grid:
        column = pa.chunked_array(grid[position].array.__arrow_array__())
        marked = pc.match_substring_regex(column, _BAD)
        columns[position] = grid[position]
        rows = pc.indices_nonzero(marked).to_pylist()
        if not rows:
            continue
        texts = column.to_pylist()
        for row in rows:
            raw = texts[row]
            texts[row] = _REMOVE.sub("", raw)
            broken = "\ufffd" in raw
            code = "inventory.broken_text" if broken else "inventory.control_characters"
            number = int(str(position)) + 1
            issues.append(
                (
                    row,
                    number,
                    CellIssue(
                        file, sheet, first_row + row, "", raw, code, "questioned",
                        {"position": number}, texts[row],
                    ),
                )
            )  # fmt: skip
        columns[position] = text_column(texts)
    issues.sort(key=lambda item: item[:2])
    return pd.DataFrame(columns), [issue for _, _, issue in issues]
