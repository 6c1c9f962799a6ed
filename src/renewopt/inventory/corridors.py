"""Corridors: each asset lies in a street segment, and each segment is in the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.join.pieces import with_shapes
from renewopt.inventory.streets.assets import Assets, written_streets
from renewopt.inventory.streets.place import place
from renewopt.inventory.streets.places import place_table

ADDED = ["corridor_id", "street", "district"]


@dataclass(frozen=True, eq=False)
class Placed:
    """Assets with their street segments, the segments, and how they were found."""

    assets: dict[str, pd.DataFrame]
    corridors: pd.DataFrame
    places: pd.DataFrame
    issues: tuple[CellIssue, ...]


def place_in_corridors(
    assets: Mapping[str, pd.DataFrame],
    corridors: pd.DataFrame,
    catalogue: Catalogue,
    aliases: Mapping[str, str] | None = None,
    derive: bool = True,
    shapes: Mapping[str, pd.DataFrame] | None = None,
    qualities: pd.DataFrame | None = None,
) -> Placed:
    """Place the assets in street segments; complete segments and streets.

    Parameters
    ----------
    aliases
        Another name of a street → its usual one.
    derive
        Whether assets without an identifier are placed by name, buffer or graph.
    shapes
        Per class the drawn lines that are known: `asset_id`, `wkb` in degrees.
    qualities
        `Inventory.qualities`: where a street was cut from a longer text, the text.
    """
    drawn = with_shapes(assets, shapes)
    found, new = place(
        drawn, corridors, catalogue, aliases or {}, derive, written_streets(qualities)
    )
    placed = {
        name: _write_back(frame, name, found, catalogue)
        for name, frame in assets.items()
    }
    for rows in new:
        fresh = ~_among(rows["corridor_id"], corridors["corridor_id"])
        corridors = _with_rows(corridors, rows[fresh])
    whole, added_notes = complete_corridors(corridors, placed)
    full, filled_notes = fill_streets(placed, whole)
    places = place_table(full)
    issues = (*found.issues, *_placed_notes(places), *added_notes, *filled_notes)
    return Placed(full, whole, places, issues)


def _with_rows(corridors: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add new segments, with the columns that they need, in the usual order."""
    specs = extra_tables()["corridors"].columns
    known = {*corridors, *rows}
    order = [spec.name for spec in specs if spec.name in known]
    kinds = {"number": "float64", "flag": "boolean"}
    own = {spec.name: kinds.get(spec.kind, "object") for spec in specs}
    types = {name: own[name] for name in order}
    types |= {str(name): kind for name, kind in corridors.dtypes.items()}
    parts = [
        part.reindex(columns=order).astype(object).astype(types)
        for part in (corridors, rows.mask(rows == ""))
    ]
    whole = pd.concat(parts).sort_values("corridor_id", ignore_index=True)
    texts = [name for name in order if str(types[name]) == "object"]
    whole[texts] = whole[texts].where(whole[texts].notna(), None)
    return whole


def _write_back(
    frame: pd.DataFrame, name: str, found: Assets, catalogue: Catalogue
) -> pd.DataFrame:
    """Write segments and their sources into a table, columns in the usual order."""
    mine = found.placed() & (found.table["asset_class"] == name).to_numpy(dtype=bool)
    if "corridor_id" not in frame and not mine.any():
        return frame.drop(columns="corridor_source", errors="ignore")
    ids, ways = _cells(frame, "corridor_id"), _cells(frame, "corridor_source")
    given = ~pd.isna(ids)
    ways[given & pd.isna(ways)] = "id"
    ids[~given], ways[~given] = None, None
    rows = found.table["row"].to_numpy(dtype=np.int64)[mine]
    new = ~given[rows]
    for cells, column in ((ids, "corridor_id"), (ways, "source")):
        cells[rows[new]] = found.table[column].to_numpy(dtype=object)[mine][new]
    if pd.isna(ids).all():
        return frame.drop(columns="corridor_source", errors="ignore")
    cells = {
        column: pd.Series(values, index=frame.index, dtype=object)
        for column, values in (("corridor_id", ids), ("corridor_source", ways))
    }
    out = frame.assign(**cells)
    order = [c for c in catalogue.asset_classes[name].column_names() if c in out]
    return out[[*order, *(c for c in out if c not in order)]]


def _cells(frame: pd.DataFrame, column: str) -> npt.NDArray[np.object_]:
    if column not in frame:
        return np.full(len(frame), None, dtype=object)
    return frame[column].to_numpy(dtype=object, copy=True)


def _placed_notes(places: pd.DataFrame) -> list[CellIssue]:
    """Say how many assets of a class were placed otherwise than by identifier."""
    notes = []
    for row in places.to_dict("records"):
        ways = {way: row[way] for way in ("name", "buffer", "graph")}
        number = sum(ways.values())
        if number:
            params = {
                "table": row["asset_class"], "assets": row["assets"], "id": row["id"],
                "number": number, "rest": row["not_placed"], **ways,
            }  # fmt: skip
            code = "inventory.corridors_placed"
            notes.append(CellIssue("", "", 0, "corridor_id", "", code, "note", params))
    return notes


def complete_corridors(
    corridors: pd.DataFrame, assets: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, list[CellIssue]]:
    """Add the segments that assets name but the table of corridors lacks.

    Added ones have the street and district of their first asset and no pavement
    history; one note says how many there are.
    """
    named = []
    for frame in assets.values():
        if "corridor_id" in frame:
            lacking = ~_among(frame["corridor_id"], corridors["corridor_id"])
            lacking &= frame["corridor_id"].notna().to_numpy()
            named.append(frame[lacking].reindex(columns=ADDED))
    if not sum(len(rows) for rows in named):
        return corridors, []
    found = (
        pd.concat(named).astype(object).groupby("corridor_id", as_index=False).first()
    )
    added = found.assign(name=found["street"]).reindex(columns=corridors.columns)
    added = added.astype(corridors.dtypes.to_dict())
    whole = pd.concat([corridors, added]).sort_values("corridor_id", ignore_index=True)
    return whole, [_note("corridor_id", "inventory.corridors_added", len(added))]


def _among(ids: pd.Series, known: pd.Series) -> npt.NDArray[np.bool_]:
    """Mark the identifiers that are known; distinct ones are looked up once."""
    number, names = pd.factorize(ids.to_numpy(dtype=object))
    here = set(known.dropna().to_numpy(dtype=object))
    marks = np.array([*(name in here for name in names), False], dtype=np.bool_)
    return marks[number]


def fill_streets(
    assets: Mapping[str, pd.DataFrame], corridors: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], list[CellIssue]]:
    """Take an asset's missing street from its corridor; one note per class says so."""
    if "street" not in corridors:
        return dict(assets), []
    streets = corridors.set_index("corridor_id")["street"].dropna()
    out: dict[str, pd.DataFrame] = {}
    issues: list[CellIssue] = []
    for name, frame in assets.items():
        out[name] = frame
        if "corridor_id" not in frame or streets.empty:
            continue
        if "street" in frame and frame["street"].notna().all():
            continue
        own = (
            frame["street"] if "street" in frame else pd.Series(None, index=frame.index)
        )
        own = own.astype(object)
        filled = own.where(own.notna(), frame["corridor_id"].map(streets)).astype(
            object
        )
        number = int((own.isna() & filled.notna()).sum())
        if number:
            out[name] = frame.assign(street=filled.where(filled.notna(), None))
            issues.append(_note("street", "inventory.streets_filled", number, name))
    return out, issues


def _note(column: str, code: str, number: int, table: str = "") -> CellIssue:
    params = {"number": number, "table": table}
    return CellIssue("", "", 0, column, "", code, "note", params)
