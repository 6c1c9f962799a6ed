"""Corridors: each asset lies in a street segment, and each segment is in the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.inventory.bulk import among, arrow_texts, text_order
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.streets.assets import Assets, written_streets
from renewopt.inventory.streets.given import question_given
from renewopt.inventory.streets.place import lines_without, place
from renewopt.inventory.streets.places import place_table

ADDED = ["corridor_id", "street", "district"]
_SHOWN = 3
"""Assets that a note about many names."""
_NOTHING = np.array([None], dtype=object)


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
    most_told: int | None = None,
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
    most_told
        Where more lines than this have no segment, it is not told from the lines
        themselves, which takes longer than all the rest; a note says so.
    """
    waiting = lines_without(assets, catalogue) if derive else 0
    later = most_told is not None and waiting > most_told
    found, new = place(
        assets, corridors, catalogue, aliases or {}, derive,
        written_streets(qualities), shapes, not later,
    )  # fmt: skip
    placed = {
        name: _write_back(frame, name, found, catalogue)
        for name, frame in assets.items()
    }
    given = corridors
    for rows in new:
        fresh = ~among(rows["corridor_id"], corridors["corridor_id"])
        corridors = _with_rows(corridors, rows[fresh])
    whole, added_notes = complete_corridors(corridors, placed)
    full, filled_notes = fill_streets(placed, whole)
    places = place_table(full)
    far = question_given(assets, given, catalogue) if derive else []
    left = lines_without(full, catalogue) if later else 0
    waits = [_note("corridor_id", "inventory.streets_later", left)] if left else []
    notes = (*_placed_notes(places), *added_notes, *filled_notes, *waits)
    if any(len(rows) for rows in new):
        notes = (*notes, *_other_streets(placed, whole))
    issues = (*found.issues, *far, *notes)
    return Placed(full, whole, places, issues)


def _other_streets(
    assets: Mapping[str, pd.DataFrame], corridors: pd.DataFrame
) -> list[CellIssue]:
    """Say how many assets name another street than the segment told from the lines."""
    streets = corridors.set_index("corridor_id")["street"].dropna()
    found = []
    for name, frame in assets.items():
        if "corridor_source" not in frame or "street" not in frame:
            continue
        told = frame[(frame["corridor_source"] == "graph") & frame["street"].notna()]
        theirs = told["corridor_id"].map(streets)
        other = told[theirs.notna() & (told["street"] != theirs)]
        if len(other):
            shown = [
                f"{row.asset_id}: {row.street} → {streets[str(row.corridor_id)]}"
                for row in other.head(_SHOWN).itertuples(index=False)
            ]
            note = _note("corridor_id", "inventory.streets_differ", len(other), name)
            found.append(
                replace(note, params={**note.params, "list": "; ".join(shown)})
            )
    return found


def _with_rows(corridors: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add new segments, with the columns that they need, in the usual order."""
    specs = extra_tables()["corridors"].columns
    known = {*corridors, *rows}
    order = [spec.name for spec in specs if spec.name in known]
    kinds = {"number": "float64", "flag": "boolean"}
    own = {spec.name: kinds.get(spec.kind, "object") for spec in specs}
    types = {name: own[name] for name in order}
    types |= {str(name): kind for name, kind in corridors.dtypes.items()}
    parts = (corridors, rows)
    cells = {name: _one_below_other(parts, name, types[name]) for name in order}
    whole = pd.DataFrame(
        {name: column.reset_index(drop=True) for name, column in cells.items()}
    )
    sorted_rows = text_order(arrow_texts(whole["corridor_id"]))
    return whole.take(sorted_rows).reset_index(drop=True)


def _one_below_other(
    parts: Sequence[pd.DataFrame], name: str, kind: object
) -> pd.Series:
    """Put a column of several tables together; empty texts are missing ones."""
    types: dict[str, Any] = {name: kind}
    if str(kind) != "object":
        own = [part.reindex(columns=[name]).astype(object) for part in parts]
        return pd.concat([cells.astype(types) for cells in own])[name]
    texts = np.concatenate([_cells(part, name) for part in parts])
    texts[pd.isna(texts) | (texts == "")] = None
    return pd.Series(texts, dtype=object)


def _write_back(
    frame: pd.DataFrame, name: str, found: Assets, catalogue: Catalogue
) -> pd.DataFrame:
    """Write segments and their sources into a table, columns in the usual order."""
    mine = found.placed() & (found.table["asset_class"] == name).to_numpy(dtype=bool)
    if "corridor_id" not in frame and not mine.any():
        return frame.drop(columns="corridor_source", errors="ignore")
    ids, ways = _cells(frame, "corridor_id"), _cells(frame, "corridor_source")
    given = ~pd.isna(ids)
    if "corridor_source" in frame:
        ways[given & pd.isna(ways)] = "id"
    else:
        ways[given] = "id"
    ids[~given], ways[~given] = None, None
    rows = found.table["row"].to_numpy(dtype=np.int64)[mine]
    new = ~given[rows]
    for own, column in ((ids, "corridor_id"), (ways, "source")):
        own[rows[new]] = found.table[column].to_numpy(dtype=object)[mine][new]
    if not (given.any() or new.any()):
        return frame.drop(columns="corridor_source", errors="ignore")
    cells = {
        column: pd.Series(values, index=frame.index, dtype=object, copy=False)
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
    named = [frame for frame in assets.values() if "corridor_id" in frame]
    lacking = []
    for frame in named:
        known = among(frame["corridor_id"], corridors["corridor_id"])
        lacking.append(~known & frame["corridor_id"].notna().to_numpy())
    if not any(rows.any() for rows in lacking):
        return corridors, []
    found = _first_of_each(named, lacking)
    added = found.assign(name=found["street"]).reindex(columns=corridors.columns)
    added = added.astype(corridors.dtypes.to_dict())
    whole = pd.concat([corridors, added], ignore_index=True)
    order = text_order(arrow_texts(whole["corridor_id"]))
    whole = whole.take(order).reset_index(drop=True)
    return whole, [_note("corridor_id", "inventory.corridors_added", len(added))]


def _first_of_each(
    frames: Sequence[pd.DataFrame], rows: Sequence[npt.NDArray[np.bool_]]
) -> pd.DataFrame:
    """Give the first street and district that stand with each segment."""
    parts = {
        column: [
            _cells(frame, column)[here]
            for frame, here in zip(frames, rows, strict=True)
        ]
        for column in ADDED
    }
    number, names = pd.factorize(np.concatenate(parts["corridor_id"]))
    first = np.empty(len(names), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    found: dict[str, npt.NDArray[np.object_]] = {}
    for column in ADDED[1:]:
        cells = np.concatenate(parts[column])
        found[column] = cells[first]
        if pd.isna(found[column]).any():
            given = np.flatnonzero(~pd.isna(cells))[::-1]
            filled = np.full(len(names), -1, dtype=np.int64)
            filled[number[given]] = given
            found[column] = np.concatenate([cells, _NOTHING])[filled]
    whole = {"corridor_id": np.asarray(names, dtype=object), **found}
    columns = {k: pd.Series(v, dtype=object, copy=False) for k, v in whole.items()}
    return pd.DataFrame(columns, copy=False)


def fill_streets(
    assets: Mapping[str, pd.DataFrame], corridors: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], list[CellIssue]]:
    """Take an asset's missing street from its corridor; one note per class says so."""
    if "street" not in corridors:
        return dict(assets), []
    lacking = [
        name
        for name, frame in assets.items()
        if "corridor_id" in frame
        and not ("street" in frame and frame["street"].notna().all())
    ]
    out = dict(assets)
    issues: list[CellIssue] = []
    if not lacking:
        return out, issues
    streets = corridors.set_index("corridor_id")["street"].dropna()
    for name in lacking if len(streets) else ():
        frame = assets[name]
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
