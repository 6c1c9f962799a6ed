"""Coordinates as numbers: plain ones, and degrees with minutes and seconds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.geometry.columns import Columns, Place
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import plain

Floats = npt.NDArray[np.float64]

_DEGREES = re.compile(
    r"^[eEnN东北经纬]*(\d{1,3})[°度d:]\s*(\d{1,2})(?:['′分m:]\s*(?:(\d{1,2}(?:\.\d+)?)[\"″秒s]?)?)?"
    r"[eEnN]?$"
)


@dataclass
class Work:
    """What is known while a table is taken apart."""

    raw: RawTable
    columns: Columns | None
    rows: npt.NDArray[np.int64]
    issues: list[CellIssue] = field(default_factory=list)

    def texts(self, place: Place) -> pd.Series:
        """Give the texts of a column at the rows that were kept."""
        assert self.columns is not None
        column = self.raw.grid[self.columns.positions[place]]
        return column.iloc[self.rows - self.raw.first_row]

    def numbers(self, place: Place) -> Floats:
        """Give the numbers of a coordinate column; bad ones are questioned."""
        assert self.columns is not None
        texts = self.texts(place)
        values, bad = coordinates(texts)
        for i in np.flatnonzero(bad):
            self.issues.append(
                CellIssue(
                    self.raw.file, self.raw.sheet, int(self.rows[i]),
                    self.columns.headers[place], str(texts.iloc[i]),
                    "inventory.not_a_coordinate", "questioned",
                )
            )  # fmt: skip
        return values


def coordinates(texts: pd.Series) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Read numbers, or degrees with minutes and seconds; mark what is neither."""
    try:
        plain_numbers = pa.chunked_array(texts.array.__arrow_array__())
        blank = pc.equal(plain_numbers, "")
        given = pc.if_else(blank, None, plain_numbers).cast(pa.float64())
        values = given.to_numpy(zero_copy_only=False).astype(float)
        if not np.isinf(values).any():
            return values, np.zeros(len(values), dtype=bool)
    except (pa.ArrowInvalid, AttributeError):
        pass  # some cell is no plain number
    values = pd.to_numeric(texts.str.strip(), errors="coerce").to_numpy(dtype=float)
    values = np.where(np.isfinite(values), values, np.nan)
    filled = (texts.str.strip() != "").to_numpy(dtype=bool)
    for i in np.flatnonzero(np.isnan(values) & filled):
        values[i] = _degrees(str(texts.iloc[i]))
    return values, np.isnan(values) & filled


def _degrees(text: str) -> float:
    word = (
        unicodedata.normalize("NFKC", plain(text)).replace("′", "'").replace("″", '"')
    )
    try:
        return float(word.rstrip("mM米°度"))
    except ValueError:
        found = _DEGREES.match(word.replace("''", '"'))
    if not found:
        return float("nan")
    whole, minutes, seconds = (float(part or 0) for part in found.groups())
    if minutes >= 60 or seconds >= 60:
        return float("nan")
    return whole + minutes / 60 + seconds / 3600
