"""Inventory: what the city owns, as typed tables, and all that was not taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from renewopt.inventory.issues import CellIssue, count_issues, issues_frame
from renewopt.inventory.join.shares import empty_shares
from renewopt.inventory.parse import TableCount
from renewopt.inventory.streets.places import empty_places

ABOUT_FILE = "inventory.toml"
"""Says whether a folder is synthetic and what it is called."""
OUR_OUTPUTS = (
    "issues.csv", "counts.csv", "failure_joins.csv", "corridor_places.csv",
    "qualities.csv",
)  # fmt: skip
"""Files that `write_clean` puts beside the tables; they are no tables to read."""
QUALITY_COLUMNS = (
    "asset_class", "asset_id", "column", "quality", "low", "high", "raw",
)  # fmt: skip


def empty_qualities() -> pd.DataFrame:
    """Give the table of qualities without a row."""
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in QUALITY_COLUMNS})
    return frame.astype({"low": "float64", "high": "float64"})


@dataclass(frozen=True, eq=False)
class Inventory:
    """Assets, corridors, failure records and the bureau's own packages.

    Attributes
    ----------
    assets
        One table per asset class with the canonical columns that its files have.
    failures
        `failure_id`, `asset_class`, `asset_id`, `date`, `year`, `kind` …, `joined_by`
        (id, distance), `distance_m`: records of an asset of this inventory, from its
        year of installation on.
    predecessor_failures
        The same columns: records from before the asset that carries the identifier now.
    unjoined_failures
        The same columns: records of assets that are not (or no longer) here, or that
        could be several assets'.
    failure_joins
        Per class, how many records were joined by identifier and by distance, and what
        became of the others; see `join.shares`.
    corridors
        `corridor_id`, `name`, `district`, `last_paved`, `paving_kind` …
    packages, running_works, package_history
        The bureau's packages, what still has to be paid for running works (one row per
        project and payment year), and what was received and paid before.
    corridor_places
        Per class, how many assets have their street segment by identifier, name, buffer
        or graph, and how many have none.
    qualities
        Cells that are not exact: `asset_class`, `asset_id`, `column`, `quality`
        (converted, bounded, imputed), `low` and `high` (years and numbers), `raw`.
    issues
        Everything that was rejected, questioned, repaired or left out.
    counts
        What became of the rows, table by table.
    synthetic
        Whether the folder says that it is made up.
    title
        Name in Chinese and English (`zh`, `en`), where the folder gives one.
    sources
        Names of the files read.
    """

    assets: Mapping[str, pd.DataFrame]
    failures: pd.DataFrame
    predecessor_failures: pd.DataFrame
    unjoined_failures: pd.DataFrame
    corridors: pd.DataFrame
    packages: pd.DataFrame
    running_works: pd.DataFrame
    package_history: pd.DataFrame
    issues: tuple[CellIssue, ...] = ()
    counts: tuple[TableCount, ...] = ()
    synthetic: bool = False
    title: Mapping[str, str] | None = None
    sources: tuple[str, ...] = ()
    failure_joins: pd.DataFrame = field(default_factory=empty_shares)
    corridor_places: pd.DataFrame = field(default_factory=empty_places)
    qualities: pd.DataFrame = field(default_factory=empty_qualities)

    def issues_frame(self) -> pd.DataFrame:
        """Give the issues as a table, in the order of the files."""
        return issues_frame(self.issues)

    def counts_frame(self) -> pd.DataFrame:
        """Give what became of the rows as a table, one row per file and sheet."""
        columns = ["file", "sheet", "table", "read", "kept", "rejected", "subtotals"]
        rows = [
            (*(getattr(count, name) for name in columns), _reasons(count.left_out))
            for count in self.counts
        ]
        return pd.DataFrame(rows, columns=[*columns, "left_out"])

    def completeness(self) -> pd.DataFrame:
        """Give the share of filled cells per class and column (0–1)."""
        rows = [
            (asset_class, str(column), float(frame[column].notna().mean()))
            for asset_class, frame in sorted(self.assets.items())
            for column in frame
            if len(frame)
        ]
        return pd.DataFrame(rows, columns=["asset_class", "column", "filled"])

    def issue_counts(self) -> dict[str, int]:
        """Count the issues by severity, all severities named."""
        return count_issues(self.issues)

    def write_clean(self, folder: Path) -> list[Path]:
        """Write the clean tables and what became of the rows; return the paths.

        UTF-8 with BOM, canonical column names; `read_inventory` reads them back equal.
        """
        folder.mkdir(parents=True, exist_ok=True)
        tables = {
            **self.assets,
            "failures": pd.concat(
                [self.failures, self.predecessor_failures, self.unjoined_failures]
            ).drop(columns="year"),
            "corridors": self.corridors,
            "packages": self.packages,
            "running_works": self.running_works,
            "package_history": self.package_history,
            "issues": self.issues_frame(),
            "counts": self.counts_frame(),
            "failure_joins": self.failure_joins,
            "corridor_places": self.corridor_places,
            "qualities": self.qualities,
        }
        paths = []
        for name, table in tables.items():
            if len(table) or name in {"issues", "counts"}:
                path = folder / f"{name}.csv"
                table.to_csv(
                    path, index=False, encoding="utf-8-sig", lineterminator="\n"
                )
                paths.append(path)
        paths.append(folder / ABOUT_FILE)
        paths[-1].write_text(about_text(self.synthetic, self.title or {}), "utf-8")
        return paths


def about_text(synthetic: bool, title: Mapping[str, str]) -> str:
    """Give the text of `inventory.toml`: whether it is made up, and its name."""
    lines = [f"synthetic = {'true' if synthetic else 'false'}"]
    if title:
        lines += [
            "[title]",
            *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in title.items()),
        ]
    return "\n".join(lines) + "\n"


def _reasons(left_out: Mapping[str, int]) -> str:
    return "; ".join(f"{name}={number}" for name, number in left_out.items())
