"""The risk table: likelihood, consequence and expected loss per asset and year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from renewopt.core.errors import InputError, Message

KEY = ("asset_class", "asset_id")
YEAR_COLUMNS = (
    *KEY,
    "year",
    "lof",
    "expected_failures",
    "cof",
    "risk",
    "low",
    "high",
)
ASSET_COLUMNS = (
    *KEY,
    "grade",
    "lof_grade",
    "cof_grade",
    "reasons",
    "expert_share",
    "rate_multiplier",
)
REASON_SEPARATOR = ";"


@dataclass(frozen=True, eq=False)
class RiskTable:
    """Risk of every asset in every year of the horizon.

    Attributes
    ----------
    table
        One row per asset and year: `lof` (probability of at least one failure within
        the year), `expected_failures` (per year), `cof` (万元 per failure), `risk`
        (expected annual loss, 万元/year), `low` and `high` (90 % interval of it).
    assets
        One row per asset: `grade`, `lof_grade`, `cof_grade` (1–5 in the first year),
        `reasons` (codes joined by ";"), `expert_share` (0–1), `rate_multiplier`
        (learned ÷ expert rate; 1 without records).
    notes
        What the user must know: classes without records, what was learned, ages that
        had to be assumed.
    """

    table: pd.DataFrame
    assets: pd.DataFrame
    notes: tuple[Message, ...] = ()

    def write(self, path: Path) -> Path:
        """Write one CSV, a row per asset and year, with the columns of both tables."""
        wide = self.table.merge(self.assets, on=list(KEY), how="left", validate="m:1")
        wide.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
        return path

    @classmethod
    def read(cls, path: Path) -> RiskTable:
        """Read what `write` has written; the notes are not part of it.

        Raises
        ------
        InputError
            Where the file cannot be read or lacks columns.
        """
        text = dict.fromkeys((*KEY, "reasons"), "str")
        try:
            wide = pd.read_csv(
                path,
                encoding="utf-8-sig",
                dtype=text,
                keep_default_na=False,
            )
        except (OSError, ValueError, UnicodeError) as error:
            raise InputError.of(
                "risk.unreadable", file=path.name, detail=str(error)
            ) from None
        columns = dict.fromkeys((*YEAR_COLUMNS, *ASSET_COLUMNS))
        missing = [name for name in columns if name not in wide]
        if missing:
            raise InputError.of("risk.missing_columns", file=path.name, columns=missing)
        assets = wide[list(ASSET_COLUMNS)].drop_duplicates(list(KEY))
        return cls(wide[list(YEAR_COLUMNS)], assets.reset_index(drop=True))
