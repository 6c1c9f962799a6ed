"""The clean tables of an import as files."""

from __future__ import annotations

from pathlib import Path

from renewopt.inventory import Inventory, ProjectList

TEXTS = "csv"


def write_tables(found: Inventory | ProjectList, folder: Path, as_csv: bool) -> None:
    """Write the clean tables as Parquet; where asked as CSV too, in the folder `csv`.

    The two stand apart: a folder that is read as an inventory holds each table once.
    """
    found.write_clean(folder)
    if as_csv:
        found.write_clean(folder / TEXTS, csv=True)
