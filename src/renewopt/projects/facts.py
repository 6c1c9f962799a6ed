"""What is asked of every asset before projects are formed: age, quantity, risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.scopes import resolved
from renewopt.catalogue.selection import (
    Selection,
    effective_year,
    number_column,
    with_age,
)
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory
from renewopt.inventory.pairs import times_counted
from renewopt.projects.settings import CaseSettings
from renewopt.risk import RiskTable

TEXTS = (
    "name",
    "district",
    "street",
    "corridor_id",
    "owner",
    "operator",
    "ownership",
    "level",
)
"""Columns of which an empty cell reads ""."""
FLOOR_AREA = "floor_area_m2"
"""Measure of the classes whose projects have a floor area."""
OUT_OF_USE = ("abandoned", "empty")
"""States in which an asset serves nobody: no duty, no risk, no renewal."""


@dataclass(frozen=True, eq=False)
class ClassFacts:
    """The assets in use of one class, sorted by identifier.

    `frame` has the columns of the class and `asset_class`, `unit`, `built` (year of
    installation or of the last renewal), `age` (years in the first plan year), `grade`,
    `risk_now` (万元/year), `quantity` (in the unit of the class), `metres` (of route,
    0 for points) and `floor_area` (m², 0 where not the measure). `stated` has the same
    rows and columns without the cells that were imputed: duties rest on it. `spare` are
    the assets whose service others take over (`handover.py`).
    """

    asset_class: AssetClass
    frame: pd.DataFrame
    stated: pd.DataFrame
    spare: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Identifier of the class."""
        return self.asset_class.id

    def select(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Mark the assets that are meant; columns that no file had are empty."""
        return selection.select(self.frame, self.asset_class.column_names())

    def select_stated(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Mark the assets that are meant by what the bureau stated, nothing imputed."""
        return selection.select(self.stated, self.asset_class.column_names())


def class_facts(
    inventory: Inventory, risk: RiskTable, catalogue: Catalogue, settings: CaseSettings
) -> list[ClassFacts]:
    """Prepare every class of the inventory, in the order of the class ids.

    Raises
    ------
    InputError
        If a class is not in the catalogue.
    """
    strange = sorted(set(inventory.assets) - set(catalogue.asset_classes))
    if strange:
        known = ", ".join(sorted(catalogue.asset_classes))
        raise InputError(
            *(
                message("projects.unknown_class", value=name, known=known)
                for name in strange
            )
        )
    now = _risk_now(risk, settings.start_year)
    return [
        _one_class(
            resolved(catalogue.asset_classes[name]), inventory, risk, now, settings
        )
        for name in sorted(inventory.assets)
    ]


def _one_class(
    asset_class: AssetClass,
    inventory: Inventory,
    risk: RiskTable,
    now: pd.Series,
    settings: CaseSettings,
) -> ClassFacts:
    frame = inventory.assets[asset_class.id].copy()
    for column in TEXTS:
        frame[column] = texts(frame, column)
    if "status" in frame:
        frame = frame[~frame["status"].isin(OUT_OF_USE)]
    frame = frame.assign(asset_id=frame["asset_id"].astype(str))
    frame = frame.sort_values("asset_id", ignore_index=True)
    built = pd.Series(effective_year(frame, settings.start_year), index=frame.index)
    frame["built"] = built.astype("Int64")
    frame = with_age(frame, settings.start_year)
    frame["households"] = np.nan_to_num(number_column(frame, "households"))
    # Where nothing is known of consent, all households count.
    frame["consent"] = (
        np.nan_to_num(number_column(frame, "consent_rate"), nan=100.0) / 100
    )
    grades = risk.assets[risk.assets["asset_class"] == asset_class.id]
    grades = grades.assign(asset_id=grades["asset_id"].astype(str))
    frame["grade"] = frame["asset_id"].map(grades.set_index("asset_id")["grade"])
    own = now[now.index.get_level_values("asset_class") == asset_class.id]
    own = own.droplevel("asset_class")
    frame["risk_now"] = frame["asset_id"].map(own).astype("float64")
    frame["asset_class"] = asset_class.id
    frame["unit"] = asset_class.unit
    if asset_class.measure:
        frame["quantity"] = number_column(frame, asset_class.measure).round(2)
    else:
        frame["quantity"] = 1.0
    # A line may be priced by another measure than its length, a point by its area.
    line, area = asset_class.geometry == "line", asset_class.measure == FLOOR_AREA
    frame["metres"] = number_column(frame, "length_m").round(2) if line else 0.0
    if line:
        frame = _of_route(frame, by_length=asset_class.measure == "length_m")
    frame["floor_area"] = frame["quantity"] if area else 0.0
    stated = _stated(frame, asset_class.id, inventory.qualities, settings)
    return ClassFacts(asset_class, frame, stated)


def _of_route(frame: pd.DataFrame, *, by_length: bool) -> pd.DataFrame:
    """Count a length that was taken pipe by pipe once along its route."""
    times = times_counted(frame)
    if (times == 1).all():
        return frame
    frame["metres"] = (frame["metres"] / times).round(2)
    if by_length:
        frame["quantity"] = (frame["quantity"] / times).round(2)
    return frame


def _stated(
    frame: pd.DataFrame,
    asset_class: str,
    qualities: pd.DataFrame,
    settings: CaseSettings,
) -> pd.DataFrame:
    """Empty the cells that were imputed, and the age where it rests on them."""
    made = qualities[
        (qualities["asset_class"] == asset_class) & (qualities["quality"] == "imputed")
    ]
    if not len(made):
        return frame
    stated = frame.copy()
    for column, cells in made.groupby("column"):
        rows = stated["asset_id"].isin(cells["asset_id"].astype(str))
        stated[column] = stated[column].mask(rows)
    built = pd.Series(effective_year(stated, settings.start_year), index=stated.index)
    stated["built"] = built.astype("Int64")
    return with_age(stated, settings.start_year)


def texts(frame: pd.DataFrame, column: str) -> pd.Series:
    """Give a column as text with "" for empty cells, or all "" if it is not there."""
    if column not in frame:
        return pd.Series("", index=frame.index, dtype="str")
    found = frame[column]
    return found.astype("object").where(found.notna(), "").astype("str")


def _risk_now(risk: RiskTable, start_year: int) -> pd.Series:
    """Give the loss per asset in the last year before the plan, else in the first."""
    table = risk.table
    years = sorted(set(table["year"]))
    before = [year for year in years if year < start_year]
    now = table[table["year"] == (before[-1] if before else min(years, default=0))]
    keys = [now["asset_class"].astype(str), now["asset_id"].astype(str)]
    index = pd.MultiIndex.from_arrays(keys, names=["asset_class", "asset_id"])
    return pd.Series(now["risk"].to_numpy(dtype="float64"), index=index)


def fact_warnings(facts: list[ClassFacts]) -> list[Message]:
    """Report what had to be assumed about the assets, class by class."""
    found = []
    for part in facts:
        frame = part.frame
        ages = part.asset_class.grouping.candidate_age is not None
        counts = {
            "projects.no_risk": int(frame["risk_now"].isna().sum()),
            "projects.no_year": int(frame["built"].isna().sum()) if ages else 0,
            "projects.no_ownership": int((frame["ownership"] == "").sum()),
        }
        found += [
            message(code, asset_class=part.id, count=count, total=len(frame))
            for code, count in counts.items()
            if count
        ]
    return found
