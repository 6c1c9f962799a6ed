"""Inventory: what the city owns, as typed tables, and all that was not taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from renewopt.inventory.issues import CellIssue, count_issues, issues_frame
from renewopt.inventory.join.shares import empty_shares
from renewopt.inventory.qualities import no_qualities
from renewopt.inventory.streets.places import empty_places
from renewopt.inventory.tables import TableCount, write_table

ABOUT_FILE = "inventory.toml"
"""Says whether a folder is synthetic and what it is called."""
OVERWRITTEN = "overwritten"
"""Its table of columns that are changed after failures, by class."""
QUALITIES_FILE = "qualities.csv"
OUR_OUTPUTS = (
    "issues.csv", "counts.csv", "failure_joins.csv", "corridor_places.csv",
    QUALITIES_FILE,
)  # fmt: skip
"""Files that `write_clean` puts beside the tables; they are no tables to read."""


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
    issues
        Everything that was rejected, questioned, repaired or left out.
    counts
        What became of the rows, table by table.
    qualities
        `asset_class`, `asset_id`, `column`, `quality` (converted, bounded, imputed),
        `low`, `high`, `raw`: the cells of `assets` that do not hold exactly what the
        file says. Of a bounded one the table holds the estimate; the truth lies between
        `low` and `high`. Exact and missing cells are not listed.
    synthetic
        Whether the folder says that it is made up.
    title
        Name in Chinese and English (`zh`, `en`), where the folder gives one.
    sources
        Names of the files read.
    geometry
        Per class the shapes that are known: `asset_id`, `wkb` (longitude and latitude,
        CGCS2000).
    as_of_year
        Year in which the tables were true, where somebody stated it.
    overwritten
        Per class, columns that the mapping profile says are changed after failures and
        carry no date: nothing is learned from them, and past years do not know them.
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
    geometry: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    as_of_year: int | None = None
    qualities: pd.DataFrame = field(default_factory=no_qualities)
    overwritten: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failure_joins: pd.DataFrame = field(default_factory=empty_shares)
    corridor_places: pd.DataFrame = field(default_factory=empty_places)

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

    def write_clean(self, folder: Path, csv: bool = False) -> list[Path]:
        """Write the clean tables and the lists about them; return the paths.

        Tables are Parquet files, or CSV on request (UTF-8 with BOM), with canonical
        column names; `qualities.csv`, `issues.csv` and `counts.csv` stand beside them.
        `read_inventory` reads the folder back equal.
        """
        folder.mkdir(parents=True, exist_ok=True)
        paths = [
            write_table(table, folder, name, csv) for name, table in self._tables()
        ]
        about = {
            QUALITIES_FILE: self.qualities,
            "issues.csv": self.issues_frame(),
            "counts.csv": self.counts_frame(),
            "failure_joins.csv": self.failure_joins,
            "corridor_places.csv": self.corridor_places,
        }
        for file, table in about.items():
            if len(table) or file in {"issues.csv", "counts.csv"}:
                paths.append(
                    write_table(table, folder, file.removesuffix(".csv"), True)
                )
        paths.append(folder / ABOUT_FILE)
        located = any({"lon", "start_lon"} & set(t) for t in self.assets.values())
        about_it = about_text(
            self.synthetic, self.title or {}, self.as_of_year, located, self.overwritten
        )
        paths[-1].write_text(about_it, "utf-8")
        return paths

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        """List the tables that hold anything, by the name of their file."""
        records = [self.failures, self.predecessor_failures, self.unjoined_failures]
        tables = {
            **self.assets,
            "failures": pd.concat(records).drop(columns="year"),
            "corridors": self.corridors,
            "packages": self.packages,
            "running_works": self.running_works,
            "package_history": self.package_history,
        }
        return [(name, table) for name, table in tables.items() if len(table)]


def about_text(
    synthetic: bool,
    title: Mapping[str, str],
    as_of_year: int | None = None,
    located: bool = False,
    overwritten: Mapping[str, tuple[str, ...]] | None = None,
) -> str:
    """Give the text of `inventory.toml`: whether it is made up, and its name."""
    lines = [f"synthetic = {'true' if synthetic else 'false'}"]
    if located:
        lines.append('crs = "EPSG:4490"')
    if as_of_year is not None:
        lines.append(f"as_of_year = {as_of_year}")
    if title:
        lines += [
            "[title]",
            *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in title.items()),
        ]
    if overwritten:
        lines.append(f"[{OVERWRITTEN}]")
        lines += [f"{k} = {json.dumps(list(v))}" for k, v in overwritten.items()]
    return "\n".join(lines) + "\n"


def _reasons(left_out: Mapping[str, int]) -> str:
    return "; ".join(f"{name}={number}" for name, number in left_out.items())
