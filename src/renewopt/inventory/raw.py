"""Raw tables: what stands in a file, as text, before anything is understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.issues import CellIssue

PEEK_ROWS = 10
"""Rows from the top that may hold titles and headers above numbers."""
LOOK_ROWS = 20
"""Rows from the top in which the header is looked for, in every way of reading."""


@dataclass(frozen=True, eq=False)
class Geometry:
    """The geometry of a layer, row by row beside its grid.

    Attributes
    ----------
    wkb
        Well-known binary per grid row; None in the header row and where there is none.
    crs
        What the source itself says: `EPSG:…` or WKT; "" where it says nothing.
    """

    wkb: npt.NDArray[np.object_]
    crs: str


@dataclass(frozen=True, eq=False)
class RawTable:
    """One sheet, layer or file as text.

    Attributes
    ----------
    grid
        All rows, title and header rows included; columns 0, 1, …; "" where empty.
    issues
        What was found while reading (rows with too many cells, the encoding).
    merged
        Merged cells: (first row, first column, last row, last column), positions in
        the grid.
    first_row
        Number of the first grid row as its source counts: 1 in a sheet; 0 where the
        grid begins with field names and records count from 1.
    geometry
        Geometry of a layer; None in tables without.
    commas
        Whether a comma between digits groups thousands; else numbers that hold one are
        asked about.
    above
        Rows above the first header of the sheet, where this is a later part of it.
    units
        Column of ours → unit that the first header states, where this is a later part.
    shown
        (row, column) in the grid → the number as its format shows it: "GP-0012".
    since_1904
        Whether serial numbers of days count from 1904.
    """

    file: str
    sheet: str
    stem: str
    grid: pd.DataFrame
    issues: tuple[CellIssue, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    first_row: int = 1
    geometry: Geometry | None = None
    commas: bool = True
    above: tuple[tuple[str, ...], ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    since_1904: bool = False
    shown: dict[tuple[int, int], str] = field(default_factory=dict)

    def called(self, file: str) -> RawTable:
        """Give the table under another name of its file."""
        if file == self.file:
            return self
        own = (
            replace(issue, file=file) if issue.file == self.file else issue
            for issue in self.issues
        )
        return replace(self, file=file, issues=tuple(own))

    def top_texts(self, rows: int) -> list[tuple[str, ...]]:
        """List the texts of the first rows."""
        head = self.grid.head(rows).to_numpy(dtype=object)
        return [tuple(str(cell) for cell in row) for row in head]

    def top(self) -> list[list[str]]:
        """List the rows in which the header is looked for."""
        head = self.grid.head(LOOK_ROWS)
        return [[str(cell) for cell in row] for row in head.to_numpy(dtype=object)]
