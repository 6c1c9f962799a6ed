"""Which asset a record belongs to: by identifier, else by the nearest of its class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue, effective_year
from renewopt.catalogue.imports import FailureJoin
from renewopt.inventory.join.by_name import named_rows
from renewopt.inventory.join.pieces import (
    IntArray,
    least_distances,
    near,
    pieces_of,
)
from renewopt.inventory.join.plane import BoolArray, numbers, plane_of

FloatArray = npt.NDArray[np.float64]
NO_END = 9999
"""A year that no table reaches."""
BY_ID, BY_NAME, BY_DISTANCE = "id", "name", "distance"
ASSET, PREDECESSOR, AMBIGUOUS = "asset", "predecessor", "ambiguous"
SEVERAL = "several"
UNJOINED, NO_PLACE, FAR = "unjoined", "no_place", "far"
ELSEWHERE = "elsewhere"
"""Places of a record; the last three, with neither identifier nor a near asset or with
two that contradict each other, are unjoined too, and so is one whose name several
assets bear."""
_WHOLE = ("install_year", "renewed_year", "status", "owner", "street", "corridor_id")
"""Besides what likelihood is learnt from, columns in which assets may differ."""


def link(
    records: pd.DataFrame,
    assets: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    until: int = NO_END,
) -> pd.DataFrame:
    """Find the asset of every record.

    Parameters
    ----------
    until
        Year in which the tables were true: later renewals do not count yet.

    Returns
    -------
    DataFrame
        `place`, `asset_id`, `joined_by` and `distance_m`, row by row as in `records`.
    """
    out = pd.DataFrame(
        {
            "place": np.full(len(records), UNJOINED, dtype=object),
            "asset_id": records["asset_id"].to_numpy(dtype=object),
            "joined_by": np.full(len(records), None, dtype=object),
            "distance_m": np.full(len(records), np.nan),
        }
    )
    for name, frame in sorted(assets.items()):
        mine = np.flatnonzero((records["asset_class"] == name).to_numpy(dtype=bool))
        if len(mine) and len(frame):
            built = effective_year(frame, until)
            _by_id(records, mine, frame, built, out)
            _by_name(records, mine, frame, built, out)
    figures = catalogue.imports.failures
    for name, frame in sorted(assets.items()):
        mine = np.flatnonzero((records["asset_class"] == name).to_numpy(dtype=bool))
        if len(mine) and len(frame):
            _elsewhere(records, mine, frame, figures.reach(name), out)
    for name, frame in sorted(assets.items()):
        lost = (out["place"] == UNJOINED) & (records["asset_class"] == name)
        placed = records["lon"].notna() & records["lat"].notna()
        mine = np.flatnonzero((lost & placed).to_numpy(dtype=bool))
        if len(mine) and len(frame):
            model = catalogue.asset_classes[name]
            built = effective_year(frame, until)
            _by_distance(records, mine, frame, built, model, figures, out)
    none = (out["place"] == UNJOINED) & out["asset_id"].isna()
    out.loc[none, "place"] = NO_PLACE
    return out


def _by_id(
    records: pd.DataFrame,
    mine: IntArray,
    frame: pd.DataFrame,
    built: FloatArray,
    out: pd.DataFrame,
) -> None:
    ids = records["asset_id"].iloc[mine]
    row = pd.Index(frame["asset_id"]).get_indexer(pd.Index(ids, dtype=object))
    here, row = mine[row >= 0], row[row >= 0]
    year = _last_year(records)[here]
    place = np.where(year < built[row], PREDECESSOR, ASSET)
    # A table that we wrote says where it took the asset from name or place.
    said = records["joined_by"].iloc[here]
    measured = (said == BY_DISTANCE).to_numpy(dtype=bool)
    out.loc[here, "place"] = place
    out.loc[here, "joined_by"] = said.where(
        said.isin([BY_NAME, BY_DISTANCE]), BY_ID
    ).to_numpy(dtype=object)
    away = records["distance_m"].to_numpy()[here]
    out.loc[here, "distance_m"] = np.where(measured, away, np.nan)


def _last_year(records: pd.DataFrame) -> FloatArray:
    """Give the last year that each record may be of; NaN where it has no date."""
    last = records["last_date"].where(records["last_date"].notna(), records["date"])
    years: FloatArray = last.dt.year.to_numpy(dtype=np.float64, na_value=np.nan)
    return years


def _elsewhere(
    records: pd.DataFrame, mine: IntArray, frame: pd.DataFrame, reach: float,
    out: pd.DataFrame,
) -> None:  # fmt: skip
    """Take back joins to assets that are far from the record's own coordinates."""
    joined = out["place"].iloc[mine].isin([ASSET, PREDECESSOR])
    named = out["joined_by"].iloc[mine].isin([BY_ID, BY_NAME])
    placed = records["lon"].notna() & records["lat"].notna()
    mine = mine[(joined & named & placed.iloc[mine]).to_numpy(dtype=bool)]
    plane = plane_of([frame]) if len(mine) else None
    if plane is None:
        return
    row = pd.Index(frame["asset_id"]).get_indexer(out["asset_id"].iloc[mine])
    x, y = plane.xy(numbers(records, "lon")[mine], numbers(records, "lat")[mine])
    away = least_distances(pieces_of(frame, plane), row, x, y)
    far = away > reach
    out.loc[mine[far], "place"] = ELSEWHERE
    out.loc[mine[far], "joined_by"] = None
    out.loc[mine[far], "distance_m"] = away[far].round(1)


def _by_name(
    records: pd.DataFrame,
    mine: IntArray,
    frame: pd.DataFrame,
    built: FloatArray,
    out: pd.DataFrame,
) -> None:
    """Take the asset that is called so, where no identifier told it."""
    mine = mine[(out["place"].iloc[mine] == UNJOINED).to_numpy(dtype=bool)]
    row, several = named_rows(records.iloc[mine], frame)
    out.loc[mine[several], "place"] = SEVERAL
    here, row = mine[row >= 0], row[row >= 0]
    year = _last_year(records)[here]
    out.loc[here, "place"] = np.where(year < built[row], PREDECESSOR, ASSET)
    out.loc[here, "asset_id"] = frame["asset_id"].to_numpy(dtype=object)[row]
    out.loc[here, "joined_by"] = BY_NAME


def _by_distance(
    records: pd.DataFrame,
    mine: IntArray,
    frame: pd.DataFrame,
    built: FloatArray,
    model: AssetClass,
    figures: FailureJoin,
    out: pd.DataFrame,
) -> None:
    """Take the nearest asset that was there at the time, if no other is as near."""
    plane = plane_of([frame])
    if plane is None:
        return
    lon = records["lon"].to_numpy(dtype=np.float64)[mine]
    lat = records["lat"].to_numpy(dtype=np.float64)[mine]
    x, y = plane.xy(lon, lat)
    found = near(pieces_of(frame, plane), x, y, figures.reach(model.id))
    without = np.setdiff1d(np.arange(len(mine)), found["place"].to_numpy())
    out.loc[mine[without], "place"] = FAR
    if not len(found):
        return
    year = _last_year(records)[mine]
    place, owner = found["place"].to_numpy(), found["owner"].to_numpy()
    there = ~(year[place] < built[owner])
    any_there = np.bincount(place, weights=there, minlength=len(mine)) > 0
    found = found.assign(there=there)[there | ~any_there[place]]
    first = found.drop_duplicates("place")
    clear = ~_torn(found, _alike(frame, model), figures.tolerance_m, len(mine))
    chosen = mine[first["place"].to_numpy()]
    ids = frame["asset_id"].to_numpy(dtype=object)[first["owner"].to_numpy()]
    kept = clear[first["place"].to_numpy()]
    where = np.where(first["there"], ASSET, PREDECESSOR)
    out.loc[chosen, "place"] = np.where(kept, where, AMBIGUOUS)
    out.loc[chosen[kept], "asset_id"] = ids[kept]
    out.loc[chosen[kept], "joined_by"] = BY_DISTANCE
    out.loc[chosen, "distance_m"] = first["distance"].round(1).to_numpy()


def perhaps_older(records: pd.DataFrame, qualities: pd.DataFrame | None) -> BoolArray:
    """Mark records of a year in which the asset may or may not have been there yet."""
    unsure = np.zeros(len(records), dtype=np.bool_)
    if qualities is None or not len(qualities):
        return unsure
    year, last = numbers(records, "year"), _last_year(records)
    for column in ("install_year", "renewed_year"):
        years = qualities[qualities["column"] == column]
        years = years.drop_duplicates(["asset_class", "asset_id"])
        ends = records[["asset_class", "asset_id"]].merge(
            years, on=["asset_class", "asset_id"], how="left"
        )
        unsure |= (last >= numbers(ends, "low")) & (year < numbers(ends, "high"))
    return unsure


def of_birth_year(
    records: pd.DataFrame, assets: Mapping[str, pd.DataFrame], until: int
) -> BoolArray:
    """Mark records of the year in which their asset was laid or wholly renewed.

    Those whose time only reaches into that year are meant too.
    """
    born = np.full(len(records), np.nan)
    for name, frame in assets.items():
        mine = np.flatnonzero((records["asset_class"] == name).to_numpy(dtype=bool))
        if len(mine) and len(frame):
            ids = records["asset_id"].iloc[mine]
            row = pd.Index(frame["asset_id"]).get_indexer(pd.Index(ids, dtype=object))
            built = effective_year(frame, until)
            born[mine[row >= 0]] = built[row[row >= 0]]
    marked: BoolArray = (numbers(records, "year") <= born) & (
        _last_year(records) >= born
    )
    return marked


def _alike(frame: pd.DataFrame, model: AssetClass) -> IntArray:
    """Give one number to all assets that differ in nothing that counts."""
    columns = [c for c in dict.fromkeys([*model.hazard.learn, *_WHOLE]) if c in frame]
    if not columns:
        return np.arange(len(frame), dtype=np.int64)
    groups = frame.groupby(columns, dropna=False, sort=False, observed=True)
    return np.asarray(groups.ngroup(), dtype=np.int64)


def _torn(
    found: pd.DataFrame, alike: IntArray, tolerance: float, places: int
) -> BoolArray:
    """Mark the places where another asset, unlike the nearest, is nearly as near."""
    place, owner = found["place"].to_numpy(), found["owner"].to_numpy()
    first = ~found["place"].duplicated().to_numpy()
    nearest = np.full(places, np.nan)
    kind = np.full(places, -1, dtype=np.int64)
    nearest[place[first]] = found["distance"].to_numpy()[first]
    kind[place[first]] = alike[owner[first]]
    close = found["distance"].to_numpy() - nearest[place] < tolerance
    rival = close & (alike[owner] != kind[place])
    torn = np.zeros(places, dtype=np.bool_)
    torn[place[rival]] = True
    return torn
