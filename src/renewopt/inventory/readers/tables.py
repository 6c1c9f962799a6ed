"""Tables with field names (layers, Parquet, databases) as raw tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import Geometry, RawTable
from renewopt.inventory.readers.clean import clean_grid
from renewopt.inventory.readers.texts import arrow_texts, with_names


def arrow_table(
    table: pa.Table, file: str, sheet: str, stem: str, geometry: str = "",
    crs: str = "", issues: Sequence[CellIssue] = (),
) -> RawTable:  # fmt: skip
    """Give an Arrow table as a raw table: field names first, records from 1.

    Parameters
    ----------
    geometry
        Name of the column with well-known binary; "" for none.
    crs
        Coordinate system that the source states.
    """
    names = [name for name in table.column_names if name != geometry]
    columns = [arrow_texts(table.column(name)) for name in names]
    grid, more = clean_grid(with_names(names, columns), file, sheet, 0)
    shapes = None
    if geometry:
        wkb = np.empty(len(table) + 1, dtype=object)
        wkb[1:] = table.column(geometry).to_pylist()
        shapes = Geometry(wkb, crs)
    return RawTable(
        file, sheet, stem, grid, (*issues, *more), first_row=0, geometry=shapes
    )
