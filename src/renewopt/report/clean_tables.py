"""The clean tables of an import as files."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import pandas as pd

from renewopt.inventory import Inventory, ProjectList

TEXTS = "csv"
BESIDE = {"counts.csv", "inventory.toml"}
"""Lists and facts that stand beside the tables whatever their format."""


def write_tables(found: Inventory | ProjectList, folder: Path, as_csv: bool) -> None:
    """Write the clean tables as Parquet; where asked as CSV too, in the folder `csv`.

    The two stand apart: a folder that is read as an inventory holds each table once.
    """
    texts = folder / TEXTS
    if "csv" in inspect.signature(found.write_clean).parameters:
        found.write_clean(folder, csv=False)  # type: ignore[call-arg]
        if as_csv:
            found.write_clean(texts, csv=True)  # type: ignore[call-arg]
        return
    written = {path.name for path in found.write_clean(texts)}
    for name, table in _tables(found).items():
        if f"{name}.csv" in written:
            table.to_parquet(folder / f"{name}.parquet", index=False)
    for name in BESIDE & written:
        shutil.copyfile(texts / name, folder / name)
    if not as_csv:
        shutil.rmtree(texts)


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
