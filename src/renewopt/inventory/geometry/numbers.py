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

from renewopt.inventory.cells.degrees import degrees_of
from renewopt.inventory.geometry.columns import Columns, Place
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import plain

Floats = npt.NDArray[np.float64]

_BETWEEN = re.compile(r"\s*[,、;/|]\s*|\s+")
_AXIS = re.compile(r"^(?:[xy]|经度|纬度|东经|北纬|[en])\s*[=:]?\s*", re.IGNORECASE)


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

    def pairs(self, place: Place) -> Floats | None:
        """Give both coordinates of a column of pairs: `111.02,41.52`.

        None where most of its texts are no pairs: then the header meant another thing.
        """
        assert self.columns is not None
        texts = self.texts(place)
        filled = (texts.str.strip() != "").to_numpy(dtype=bool)
        values = np.full((len(texts), 2), np.nan)
        for i in np.flatnonzero(filled):
            values[i] = _two(str(texts.iloc[i]))
        bad = filled & np.isnan(values).any(axis=1)
        if 2 * int(bad.sum()) >= int(filled.sum()):
            return None
        self._question(bad, place, texts)
        return values

    def numbers(self, place: Place) -> Floats:
        """Give the numbers of a coordinate column; bad ones are questioned."""
        assert self.columns is not None
        texts = self.texts(place)
        axis = place.meaning if place.meaning in {"east", "north"} else ""
        values, bad = coordinates(texts, axis)
        self._question(bad, place, texts)
        return values

    def _question(
        self, bad: npt.NDArray[np.bool_], place: Place, texts: pd.Series
    ) -> None:
        assert self.columns is not None
        for i in np.flatnonzero(bad):
            self.issues.append(
                CellIssue(
                    self.raw.file, self.raw.sheet, int(self.rows[i]),
                    self.columns.headers[place], str(texts.iloc[i]),
                    "inventory.not_a_coordinate", "questioned",
                )
            )  # fmt: skip


def coordinates(
    texts: pd.Series, axis: str = ""
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Read numbers, or degrees with minutes and seconds; mark what is neither.

    With an axis (`east`, `north`) a text that names the other one is neither.
    """
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
        values[i] = _degrees(str(texts.iloc[i]), axis)
    return values, np.isnan(values) & filled


def _two(text: str) -> tuple[float, float]:
    """Read a pair of coordinates; NaN where it is none."""
    word = unicodedata.normalize("NFKC", plain(text)).strip("()[] ")
    parts = [part for part in _BETWEEN.split(word) if part]
    if len(parts) != 2:
        return float("nan"), float("nan")
    first, second = (_coordinate(part) for part in parts)
    if first[1] and first[1] == second[1]:
        return float("nan"), float("nan")
    return first[0], second[0]


def _coordinate(part: str) -> tuple[float, str]:
    """Read one of a pair, and the axis that it names itself."""
    found = degrees_of(part)
    return found if found else (_degrees(_AXIS.sub("", part)), "")


def _degrees(text: str, axis: str = "") -> float:
    """Read a number or degrees; NaN where it is neither, or of another axis."""
    word = unicodedata.normalize("NFKC", plain(text))
    try:
        return float(word.rstrip("mM米°度"))
    except ValueError:
        found = degrees_of(text)
    if found is None or (axis and found[1] not in {"", axis}):
        return float("nan")
    return found[0]
