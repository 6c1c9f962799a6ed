"""An asset class: columns, likelihood, consequence, renewal modes, grouping."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.columns import ColumnSet, ColumnSpec
from renewopt.catalogue.consequence import Consequence
from renewopt.catalogue.gains import Gain
from renewopt.catalogue.grades import Grades
from renewopt.catalogue.hazard import Hazard
from renewopt.catalogue.inspection import Inspection
from renewopt.catalogue.modes import BasicItem, Grouping, Mode
from renewopt.catalogue.points import Points
from renewopt.catalogue.selection import Selection

PLAN_COLUMNS = ("grade",)
"""Columns that modes, prices and triggers may read besides those of the class."""
FORMED_BY = (*PLAN_COLUMNS, "loss_band")
"""Columns that projects may preferably be parted by besides those of the class."""


class Link(Frozen):
    """A column that ties an asset to others: the compound it is in, its outlet.

    Attributes
    ----------
    id
        Sort of the tie, as rules of kind `coupling` name it.
    column
        Column with the others' identifiers, `;` between several.
    match
        Column of the others that it is compared with.
    to
        Classes of the others.
    where
        Assets that may be tied.
    ordered
        Whether one waits for the other: circles are refused.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    column: str
    match: str = "asset_id"
    to: tuple[str, ...] = Field(min_length=1)
    where: Selection = Selection()
    ordered: bool = False
    source: str = Field(min_length=1)


class _AssetFields(Frozen):
    """What an asset class file and an asset class have in common."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    names: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()
    geometry: Literal["line", "point"]
    measure: str
    unit: Literal["m", "m2", "item", "household", "wan_m3d"]
    network: bool
    hazard: Hazard
    consequence: Consequence
    grouping: Grouping
    grades: Grades | None = None
    points: Points | None = None
    inspection: Inspection | None = None
    basic_item: tuple[BasicItem, ...] = ()
    link: tuple[Link, ...] = ()
    gain: tuple[Gain, ...] = ()


class AssetClassFile(_AssetFields):
    """An asset class as it stands in its file, with the names of shared columns."""

    column_sets: tuple[str, ...] = ()
    column: tuple[ColumnSpec, ...] = ()
    mode: tuple[Mode, ...] = Field(min_length=1)


class AssetClass(_AssetFields):
    """An asset class.

    Attributes
    ----------
    names
        Further words for it in the names of files and sheets.
    told_by
        Columns of its own, of which a table must have one to be told by its headers
        alone; empty: any headers tell. So a class that shares most headers with others
        takes no table away from them.
    not_names
        Words in such names which say that it is something else: 污水 in 污水管道.
    geometry
        `line` (start and end) or `point`.
    measure
        Column that a quantity is counted in (empty: each asset is one item).
    unit
        Unit of that quantity; `wan_m3d` is a capacity of 10,000 m³ a day.
    network
        Whether works open a street, so that digging once matters.
    columns
        Every column of its tables, shared ones first.
    hazard, consequence
        Likelihood and consequence of failure.
    modes, grouping
        How it is renewed, and how assets become projects and packages.
    grades
        Scales of the 5×5 matrix of its own; None: those of all classes.
    points
        Weights and scales of the score without money.
    basic_item
        What a renewal may not leave out where it fails.
    inspection
        What an inspection costs and tells.
    link
        Columns that tie its assets to others.
    gain
        Points for gaps that a renewal fills and for comfort that it brings.
    """

    columns: tuple[ColumnSpec, ...]
    modes: tuple[Mode, ...]

    def column(self, name: str) -> ColumnSpec | None:
        """Find a column by its canonical name."""
        return next((c for c in self.columns if c.name == name), None)

    def column_names(self) -> tuple[str, ...]:
        """List the canonical names of all columns."""
        return tuple(c.name for c in self.columns)

    @property
    def taking(self) -> tuple[Mode, Link] | None:
        """The mode whose assets are not built yet and take others in, and by what."""
        for mode in self.modes:
            for link in self.link:
                if mode.takes_in == link.id:
                    return mode, link
        return None

    def not_built(self, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Mark the assets that are not built yet: they lose nothing before they are."""
        if self.taking is None:
            return np.zeros(len(frame), dtype=np.bool_)
        return self.taking[1].where.select(frame, self.column_names())

    def moving(self, link: str) -> Mode | None:
        """Find the mode in which its assets move into others by a link."""
        return next((m for m in self.modes if m.moves_in == link and link), None)

    def reason_titles(self) -> dict[str, Text]:
        """Give the titles of the risk reasons that this class's figures cause.

        Codes are `group.<id>`, `rate.<id>`, `assessed.<outcome>` and `loss.<id>`, as in
        `RiskTable.assets`, and `points.<id>` of the score without money.
        """
        titles = {f"group.{g.id}": g.title for g in self.hazard.group}
        titles |= {f"rate.{m.id}": m.title for m in self.hazard.multiplier}
        if self.hazard.assessment is not None:
            outcomes = self.hazard.assessment.outcome
            titles |= {f"assessed.{item.code}": item.title for item in outcomes}
        if self.points is not None:
            titles |= {f"points.{f.id}": f.title for f in self.points.factor}
            titles |= {f"points.{o.id}": o.title for o in self.points.override}
        for part in self.consequence.part:
            titles |= {f"loss.{m.id}": m.title for m in part.multiplier}
        return titles


def build(file: AssetClassFile, sets: dict[str, ColumnSet]) -> AssetClass:
    """Put the shared columns in: later sets and own columns replace earlier ones."""
    merged: dict[str, ColumnSpec] = {}
    for name in file.column_sets:
        merged |= {c.name: c for c in sets[name].column}
    merged |= {c.name: c for c in file.column}
    return AssetClass(
        **{name: getattr(file, name) for name in _AssetFields.model_fields},
        columns=tuple(merged.values()),
        modes=file.mode,
    )
