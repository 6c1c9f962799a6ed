"""The clean tables of an import as files."""

from __future__ import annotations

import inspect
from pathlib import Path

import pandas as pd

from renewopt.inventory import Inventory, ProjectList


def write_tables(found: Inventory | ProjectList, folder: Path, as_csv: bool) -> None:
    """Write the clean tables as Parquet, and as CSV too where asked."""
    if "csv" in inspect.signature(found.write_clean).parameters:
        found.write_clean(folder, csv=as_csv)  # type: ignore[call-arg]
        return
    found.write_clean(folder)
    for name, table in _tables(found).items():
        path = folder / f"{name}.csv"
        if path.is_file():
            table.to_parquet(folder / f"{name}.parquet", index=False)
            if not as_csv:
                path.unlink()


def _tables(found: Inventory | ProjectList) -> dict[str, pd.DataFrame]:
    if isinstance(found, ProjectList):
        return {"projects": found.projects, "money": found.money}
    records = [found.failures, found.predecessor_failures, found.unjoined_failures]
    return {
        **found.assets,
        "failures": pd.concat(records).drop(columns="year"),
        "corridors": found.corridors,
        "packages": found.packages,
        "running_works": found.running_works,
        "package_history": found.package_history,
    }
