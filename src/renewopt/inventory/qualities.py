"""Qualities: which cells were converted, bounded or imputed, and their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.errors import InputError
from renewopt.core.harmless import unmarked
from renewopt.inventory.cells import Parsed

COLUMNS = ("asset_class", "asset_id", "column", "quality", "low", "high", "raw")
LISTED = ("converted", "bounded")
"""Qualities that a parsed cell may have; exact and missing cells are not listed."""


def no_qualities() -> pd.DataFrame:
    """Give an empty table of qualities."""
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return frame.astype({"low": "float64", "high": "float64"})


@dataclass(eq=False)
class Ledger:
    """Qualities of one table while it is being read, by position of the row."""

    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        rows: npt.NDArray[np.int64],
        column: str,
        quality: str | Sequence[str],
        raw: Sequence[str],
        low: float | npt.NDArray[np.float64] = np.nan,
        high: float | npt.NDArray[np.float64] = np.nan,
    ) -> None:
        """List cells of one column; `rows` are positions in the body."""
        if len(rows):
            part = {"row": rows, "column": column, "quality": quality,
                    "low": low, "high": high, "raw": list(raw)}  # fmt: skip
            self.parts.append(pd.DataFrame(part))

    def add_parsed(self, parsed: Parsed, column: str, texts: pd.Series) -> None:
        """List the converted and bounded cells of a parsed column."""
        if not any(o.quality in LISTED for o in parsed.outcomes):
            return
        rows = np.flatnonzero(parsed.of_quality(*LISTED))
        found = [parsed.outcomes[i] for i in parsed.which[rows]]
        self.add(
            rows, column, [o.quality for o in found], texts.iloc[rows].tolist(),
            np.array([o.low for o in found]), np.array([o.high for o in found]),
        )  # fmt: skip

    def bounds(
        self, column: str, values: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], dict[int, str]]:
        """Give the interval of each cell of a column, and the raw text of those listed.

        Cells without an interval are just their value.
        """
        low, high = values.copy(), values.copy()
        raw: dict[int, str] = {}
        for part in self.parts:
            own = part[part["column"] == column]
            raw.update(zip(own["row"].tolist(), own["raw"].tolist(), strict=True))
            known = own[own["low"].notna() & own["high"].notna()]
            low[known["row"]] = known["low"]
            high[known["row"]] = known["high"]
        return low, high, raw

    def drop(self, column: str, rows: npt.NDArray[np.bool_]) -> None:
        """Forget the cells of a column whose value was taken back."""
        self.parts = [
            p[~((p["column"] == column) & rows[p["row"].to_numpy()])]
            for p in self.parts
        ]

    def table(
        self, asset_class: str, ids: pd.Series, keep: npt.NDArray[np.bool_]
    ) -> pd.DataFrame:
        """Give the qualities of the rows kept, by identifier and column."""
        parts = [p for p in self.parts if len(p)]
        if not parts:
            return no_qualities()
        whole = pd.concat(parts, ignore_index=True)
        rows = whole["row"].to_numpy()
        whole = whole[keep[rows]]
        names = ids.to_numpy(dtype=object)[whole["row"].to_numpy()]
        whole = whole.assign(asset_class=asset_class, asset_id=names)
        table: pd.DataFrame = whole[list(COLUMNS)].reset_index(drop=True)
        return table


def in_order(
    tables: Sequence[pd.DataFrame],
    assets: Mapping[str, pd.DataFrame],
    listed: Sequence[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Put the qualities of all tables together, sorted, of known assets only.

    Parameters
    ----------
    tables
        Qualities of the very rows that `assets` holds.
    listed
        Qualities from lists of their own, which may name other assets.
    """
    filled = [table for table in tables if len(table)]
    filled += [_of_assets(table, assets) for table in listed if len(table)]
    if not sum(len(table) for table in filled):
        return no_qualities()
    by = ["asset_class", "asset_id", "column"]
    kept = pd.concat(filled, ignore_index=True).drop_duplicates(by)
    types = no_qualities().dtypes
    kept = kept.astype({name: types[name] for name in COLUMNS})
    return kept.sort_values(by, kind="stable", ignore_index=True)


def _of_assets(
    listed: pd.DataFrame, assets: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    known = np.zeros(len(listed), dtype=bool)
    for name, frame in assets.items():
        mine = (listed["asset_class"] == name).to_numpy()
        ids = frame["asset_id"].astype(object)
        here = set(ids[ids.isin(set(listed.loc[mine, "asset_id"]))])
        known |= mine & listed["asset_id"].isin(here).to_numpy()
    return listed[known]


def read_qualities(path: Path) -> pd.DataFrame:
    """Read the table of qualities that `write_clean` wrote.

    Raises
    ------
    InputError
        Where the file is not readable as such a table.
    """
    try:
        frame = pd.read_csv(
            path, encoding="utf-8-sig", keep_default_na=False,
            dtype={name: str for name in COLUMNS},
        )  # fmt: skip
        frame = frame[list(COLUMNS)].map(unmarked).astype(object)
        for name in ("low", "high"):
            frame[name] = frame[name].replace("", "nan").astype("float64")
    except (ValueError, KeyError, OSError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    return frame
