"""Figures of the import: distances of joins, words of cancelled records, donors."""

from __future__ import annotations

from pydantic import Field

from renewopt.catalogue.base import Frozen
from renewopt.catalogue.selection import Selection

Metres = float


class FailureJoin(Frozen):
    """How failure records find their assets (`[failures]`).

    Attributes
    ----------
    within_m, class_within_m
        Greatest distance to the asset, for all classes and for single ones.
    tolerance_m
        Two assets are nearly equally near if their distances differ by less.
    same_place_m
        Records of one day and class that are nearer to each other are one event.
    cancelled
        Words that say that a record never happened.
    """

    within_m: Metres = Field(gt=0)
    tolerance_m: Metres = Field(ge=0)
    same_place_m: Metres = Field(ge=0)
    cancelled: tuple[str, ...]
    class_within_m: dict[str, Metres] = Field(default_factory=dict)
    source: str

    def reach(self, asset_class: str) -> Metres:
        """Give the greatest distance for one class."""
        return self.class_within_m.get(asset_class, self.within_m)


class StreetGraph(Frozen):
    """How a street graph is made from the networks (`[corridors.graph]`).

    Attributes
    ----------
    lateral_m, angle_deg, least_overlap
        Lines of one street: side by side within the distance, nearly parallel, for
        this share of the shorter one.
    touch_m
        Lines of one direction that end this near to each other are one street.
    crossing_deg, least_arm_m
        Lines that cross at more than this angle, both at least this long, make a
        junction, where streets are split.
    """

    lateral_m: Metres = Field(gt=0)
    angle_deg: float = Field(gt=0, lt=90)
    least_overlap: float = Field(gt=0, le=1)
    touch_m: Metres = Field(ge=0)
    crossing_deg: float = Field(gt=0, le=90)
    least_arm_m: Metres = Field(ge=0)
    source: str


class CorridorPlacing(Frozen):
    """How assets find their street segment (`[corridors]`).

    Attributes
    ----------
    buffer_m, angle_deg, least_share
        A line lies in a segment if this share of it is within the buffer and its
        direction differs by no more than the angle.
    name_within_m
        A name that points to a segment farther away is questioned.
    off_street
        Assets that lie in no street, unless an identifier or a segment's name says so.
    """

    buffer_m: Metres = Field(gt=0)
    angle_deg: float = Field(gt=0, le=90)
    least_share: float = Field(gt=0, le=1)
    name_within_m: Metres = Field(gt=0)
    off_street: tuple[Selection, ...] = ()
    graph: StreetGraph
    source: str


class Imputation(Frozen):
    """How missing cells may be filled (`[impute]`).

    Attributes
    ----------
    columns
        Columns that may be filled at all.
    groups
        Columns that donors share with the asset; the first group with `least_donors`
        counts, then the class. `compound` is the compound that the asset belongs to.
    low, high
        Quantiles of the donors between which the value lies.
    least_agreement
        Share of the donors that must have a word for it to be taken.
    """

    columns: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    least_donors: int = Field(ge=1)
    compound_within_m: Metres = Field(ge=0)
    low: float = Field(ge=0, le=0.5)
    high: float = Field(ge=0.5, le=1)
    least_agreement: float = Field(gt=0, le=1)
    source: str


class ImportFigures(Frozen):
    """The file `imports/default.toml`."""

    failures: FailureJoin
    corridors: CorridorPlacing
    impute: Imputation
