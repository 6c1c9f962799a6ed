"""What a renewal gains besides the loss removed: gaps filled, comfort, in points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.selection import Selection

Measure = Literal["points_deficiency", "points_quality"]
Per = Literal["asset", "household", "km", "quantity"]


class Gain(Frozen):
    """Points that a work gains for every asset that `where` selects.

    Attributes
    ----------
    measure
        `points_deficiency` (缺什么补什么: what ought to be there is missing or
        fails) or `points_quality` (life is better than before). Never money: what a
        point is worth in 万元 is a weight of the scenario.
    where
        Assets that have the gap, by what the bureau stated; nothing imputed counts.
    per
        What points are given for: each asset, household, km or unit of quantity.
    points
        Points per unit of it; modes say in `fills` whether they gain them.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    measure: Measure
    where: Selection
    per: Per = "household"
    points: float = Field(gt=0, le=1000)
    source: str = Field(min_length=1)
