"""The risk table: likelihood, consequence and expected loss per asset and year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from renewopt.catalogue.consequence import PART_KINDS
from renewopt.core.errors import InputError, Message
from renewopt.core.harmless import harmless_table, unmarked_column

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
PART_COLUMNS = tuple(f"cof_{kind}" for kind in PART_KINDS)
GRADE_COLUMNS = ("year_grade", "year_lof_grade", "year_cof_grade")
MORE_YEAR_COLUMNS = (*PART_COLUMNS, "failures_low", "failures_high", *GRADE_COLUMNS)
"""Columns that a table of one's own may lack."""
ASSET_COLUMNS = (
    *KEY,
    "grade",
    "lof_grade",
    "cof_grade",
    "reasons",
    "expert_share",
    "rate_multiplier",
)
MORE_ASSET_COLUMNS = (
    "strongest",
    "records",
    "records_to_rule",
    "running_loss",
    "feasibility",
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
        (expected annual loss, 万元/year), `low` and `high` (90 % interval of it),
        `cof_safety`, `cof_service`, `cof_traffic`, `cof_environment`, `cof_repair`
        (parts of `cof`; their sum from left to right is `cof`), `failures_low` and
        `failures_high` (90 % interval of the expected failures), `year_grade`,
        `year_lof_grade`, `year_cof_grade` (1–5 in that year).
    assets
        One row per asset: `grade`, `lof_grade`, `cof_grade` (1–5 in the first year),
        `reasons` (codes joined by ";"), `expert_share` (0–1), `rate_multiplier`
        (learned ÷ expert rate; 1 without records), `strongest` (the three codes that
        raise the loss most), `records` (failures of the class that were used),
        `records_to_rule` (from how many local data tell more than the expert about a
        typical asset; −1: no number is enough),
        `running_loss` (万元/year in normal operation, no part of risk), `feasibility`
        (share of residents that agree; empty where not stated, no part of risk).
    notes
        What the user must know: classes without records, what was learned, ages that
        had to be assumed.
    """

    table: pd.DataFrame
    assets: pd.DataFrame
    notes: tuple[Message, ...] = ()

    def write(self, path: Path) -> Path:
        """Write one CSV, a row per asset and year, with the columns of both tables."""
        years = [*YEAR_COLUMNS, *(c for c in MORE_YEAR_COLUMNS if c in self.table)]
        own = [*ASSET_COLUMNS, *(c for c in MORE_ASSET_COLUMNS if c in self.assets)]
        wide = self.table.merge(self.assets, on=list(KEY), how="left", validate="m:1")
        # What was there first keeps its place; later columns stand at the end.
        names = dict.fromkeys((*YEAR_COLUMNS, *ASSET_COLUMNS, *years, *own))
        order = [name for name in names if name not in GRADE_COLUMNS]
        order += [name for name in GRADE_COLUMNS if name in wide]
        harmless_table(wide[order]).to_csv(
            path, index=False, encoding="utf-8-sig", lineterminator="\n"
        )
        return path

    @classmethod
    def read(cls, path: Path) -> RiskTable:
        """Read what `write` has written; the notes are not part of it.

        Raises
        ------
        InputError
            Where the file cannot be read or lacks columns.
        """
        text = dict.fromkeys((*KEY, "reasons", "strongest"), "str")
        try:
            wide = pd.read_csv(
                path,
                encoding="utf-8-sig",
                dtype=text,
                keep_default_na=False,
                na_values={"feasibility": [""]},
            )
        except (OSError, ValueError, UnicodeError) as error:
            raise InputError.of(
                "risk.unreadable", file=path.name, detail=str(error)
            ) from None
        columns = dict.fromkeys((*YEAR_COLUMNS, *ASSET_COLUMNS))
        missing = [name for name in columns if name not in wide]
        if missing:
            raise InputError.of("risk.missing_columns", file=path.name, columns=missing)
        wide = wide.assign(asset_id=unmarked_column(wide["asset_id"]))
        years = [*YEAR_COLUMNS, *(c for c in MORE_YEAR_COLUMNS if c in wide)]
        own = [*ASSET_COLUMNS, *(c for c in MORE_ASSET_COLUMNS if c in wide)]
        small = {name: "int8" for name in GRADE_COLUMNS if name in wide}
        assets = wide[own].drop_duplicates(list(KEY))
        return cls(wide[years].astype(small), assets.reset_index(drop=True))
