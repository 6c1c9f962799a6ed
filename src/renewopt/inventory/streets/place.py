"""Place every asset in a street segment: by identifier, name, buffer or street graph.

An identifier that the bureau gives is never changed; what is found otherwise is counted
by class and kept in `corridor_source`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.catalogue.imports import CorridorPlacing
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.join.pieces import Pieces, distances, joined, pieces_of
from renewopt.inventory.join.plane import BoolArray, Plane, plane_of
from renewopt.inventory.streets.by_buffer import clear_nearest, within_buffer
from renewopt.inventory.streets.by_name import (
    StreetIndex,
    index_streets,
    named_id,
    read_names,
)
from renewopt.inventory.streets.derived import corridor_rows, known_ids, new_ids
from renewopt.inventory.streets.graph import street_graph


@dataclass(eq=False)
class Assets:
    """The assets that may lie in a street, of all classes, in one table.

    Attributes
    ----------
    table
        `asset_class`, `asset_id`, `street`, `district`, `corridor_id`, `source`
        ("" where there is none), sorted by class and identifier.
    off_street, is_line
        Marks by row.
    pieces
        Pieces in the plane; the owner is the row.
    """

    table: pd.DataFrame
    off_street: BoolArray
    is_line: BoolArray
    pieces: Pieces
    issues: list[CellIssue] = field(default_factory=list)

    def free(self) -> BoolArray:
        """Mark the assets without a segment."""
        return (self.table["corridor_id"] == "").to_numpy()

    def put(self, rows: BoolArray, ids: pd.Series, source: str) -> None:
        """Give segments to some rows."""
        self.table.loc[rows, "corridor_id"] = ids.to_numpy(dtype=object)[rows]
        self.table.loc[rows, "source"] = source


def may_be_placed(model: AssetClass) -> bool:
    """Tell whether assets of the class lie in streets: networks, and single places."""
    return model.network or not model.measure


def gather(
    assets: Mapping[str, pd.DataFrame], catalogue: Catalogue, plane: Plane | None
) -> Assets:
    """Put the assets of all classes that may lie in a street side by side."""
    tables, off, line, pieces = [], [], [], []
    start = 0
    for name, frame in sorted(assets.items()):
        model = catalogue.asset_classes[name]
        if not may_be_placed(model) or not len(frame):
            continue
        own = frame.sort_values("asset_id", ignore_index=True)
        table = own.reindex(columns=["asset_id", *_TEXTS]).astype(object)
        table = table.where(table.notna(), "").assign(asset_class=name)
        tables.append(table.rename(columns={"corridor_source": "source"}))
        marks = [
            selection.select(own, selection.columns())
            for selection in catalogue.imports.corridors.off_street
        ]
        off.append(np.logical_or.reduce([np.zeros(len(own), np.bool_), *marks]))
        line.append(np.full(len(own), model.geometry == "line"))
        if plane is not None:
            part = pieces_of(own, plane)
            ends = (part.x1, part.y1, part.x2, part.y2)
            pieces.append(Pieces(part.owner + start, *ends))
        start += len(own)
    none = np.zeros(0)
    bare = Pieces(np.zeros(0, np.int64), none, none, none, none)
    if not tables:
        columns = ["asset_id", *_TEXTS[:-1], "source", "asset_class"]
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
        return Assets(empty, none.astype(bool), none.astype(bool), bare)
    whole = pd.concat(tables, ignore_index=True)
    given = whole["corridor_id"] != ""
    whole.loc[given & (whole["source"] == ""), "source"] = "id"
    whole.loc[~given, "source"] = ""
    placed = joined(bare, *pieces)
    return Assets(whole, np.concatenate(off), np.concatenate(line), placed)


_TEXTS = ("street", "district", "corridor_id", "corridor_source")


def by_name(found: Assets, roads: Roads) -> None:
    """Take the segment that a name means, unless the coordinates contradict it.

    A bare street name counts only for an asset in the street that has no coordinates to
    compare, and only if the street has one segment.
    """
    table, index = found.table, roads.index
    free = found.free()
    names = read_names(table["street"][free & (table["street"] != "").to_numpy()], index)
    texts = table["street"]
    exact = texts.map({t: index.segment(n) for t, n in names.items() if n.ends})
    bare = texts.map({t: index.segment(n) for t, n in names.items() if not n.ends})
    has_place = np.zeros(len(table), dtype=np.bool_)
    has_place[found.pieces.owner] = True
    alone = free & ~found.off_street & ~(has_place & bool(len(roads.pieces)))
    ids = exact.where(exact.notna(), bare.where(alone))
    meant = free & ids.notna().to_numpy()
    far = meant & _far(found, roads, ids)
    _question(found, far, "inventory.corridor_name_far")
    found.put(meant & ~far, ids, "name")


@dataclass(frozen=True, eq=False)
class Roads:
    """The road layer: identifiers, names, pieces, and the street of each segment."""

    ids: pd.Series
    index: StreetIndex
    pieces: Pieces
    figures: CorridorPlacing

    def street_of(self) -> dict[str, str]:
        """Give the street of each segment, in normal form."""
        return {i: name for name, ids in self.index.streets.items() for i in ids}


def _far(found: Assets, roads: Roads, ids: pd.Series) -> BoolArray:
    """Mark the assets that lie too far from the segment that their name means."""
    far = np.zeros(len(found.table), dtype=np.bool_)
    if not len(roads.pieces) or not len(found.pieces):
        return far
    rows = pd.DataFrame({"asset": found.pieces.owner, "own": range(len(found.pieces))})
    rows = rows.assign(id=ids.to_numpy(dtype=object)[rows["asset"]]).dropna()
    owners = roads.ids.to_numpy(dtype=object)[roads.pieces.owner]
    layer = pd.DataFrame({"id": owners, "road": range(len(owners))})
    pairs = rows.merge(layer, on="id")
    own, road = pairs["own"].to_numpy(), pairs["road"].to_numpy()
    x = (found.pieces.x1 + found.pieces.x2)[own] / 2.0
    y = (found.pieces.y1 + found.pieces.y2)[own] / 2.0
    away = pairs.assign(away=distances(roads.pieces, road, x, y))
    least = away.groupby("asset")["away"].min()
    gone = least[least > roads.figures.name_within_m].index.to_numpy()
    far[gone] = True
    return far


def by_buffer(found: Assets, roads: Roads) -> None:
    """Take the segment that an asset lies in, unless its street is another known one."""
    if not len(roads.pieces) or not len(found.pieces):
        return
    trying = (found.free() & ~found.off_street)[found.pieces.owner]
    segment, _ = within_buffer(
        found.pieces.take(trying), roads.pieces, roads.figures, len(found.table)
    )
    hit = segment >= 0
    chosen = roads.ids.to_numpy(dtype=object)[np.maximum(segment, 0)]
    ids = pd.Series(chosen, index=found.table.index, dtype=object)
    texts = found.table["street"]
    names = read_names(texts[hit & (texts != "").to_numpy()], roads.index)
    stated = texts.map({text: name.street for text, name in names.items()})
    known = stated.isin(roads.index.streets).to_numpy()
    other = hit & known & (stated != ids.map(roads.street_of())).to_numpy()
    _question(found, other, "inventory.corridor_other_street")
    found.put(hit & ~other, ids, "buffer")


def by_new_name(found: Assets, index: StreetIndex) -> pd.DataFrame:
    """Make segments of names with both ends that the road layer does not have."""
    table = found.table
    texts = table["street"][found.free() & (table["street"] != "").to_numpy()]
    names = read_names(texts, index)
    made = {text: named_id(name) for text, name in names.items() if name.ends}
    ids = table["street"].map(made)
    rows = found.free() & ids.notna().to_numpy()
    found.put(rows, ids, "name")
    new = table[rows].sort_values(["corridor_id", "street"])
    new = new.drop_duplicates("corridor_id")
    streets = {text: names[text].label for text in made}
    return pd.DataFrame(
        {
            "corridor_id": new["corridor_id"],
            "name": new["street"],
            "street": new["street"].map(streets),
            "district": new["district"],
        }
    )


def by_graph(found: Assets, figures: CorridorPlacing, plane: Plane) -> pd.DataFrame:
    """Take the segment of the street graph; give the segments that are new."""
    graph, table = figures.graph, found.table
    pieces = found.pieces
    in_street = (found.is_line & ~found.off_street)[pieces.owner]
    segments = street_graph(
        pieces.take(in_street & (pieces.length >= graph.touch_m)), graph
    )
    known = known_ids(segments, table["corridor_id"])
    fresh = known == ""
    names = table["asset_class"] + "/" + table["asset_id"].astype(str)
    made = new_ids(segments, names, fresh)
    ids = known.mask(fresh, made)
    parts = pd.DataFrame({"asset": segments.parts.owner, "id": ids})
    parts["metres"] = segments.parts.length
    sums = parts.dropna().groupby(["asset", "id"], as_index=False)["metres"].sum()
    sums["metres"] = sums["metres"].round(6)
    sums = sums.sort_values(["asset", "metres", "id"], ascending=[True, False, True])
    best = sums.drop_duplicates("asset").set_index("asset")["id"]
    placed = pd.Series(table.index).map(best)
    found.put(found.free() & placed.notna().to_numpy(), placed, "graph")
    _points(found, segments.parts, ids, figures)
    rows = corridor_rows(segments, made.where(fresh), table, plane)
    return rows[rows["corridor_id"].isin(table["corridor_id"])]


def _points(
    found: Assets, parts: Pieces, ids: pd.Series, figures: CorridorPlacing
) -> None:
    """Give single places the segment that they lie in."""
    codes, names = pd.factorize(ids)
    has = codes >= 0
    ends = (parts.x1, parts.y1, parts.x2, parts.y2)
    streets = Pieces(codes.astype(np.int64), *ends).take(has)
    rows = (found.free() & ~found.off_street & ~found.is_line)[found.pieces.owner]
    points = found.pieces.take(rows)
    owner = clear_nearest(streets, points, figures.buffer_m, figures.graph.touch_m)
    ids_of = pd.Series(pd.NA, index=found.table.index, dtype=object)
    ids_of.iloc[points.owner[owner >= 0]] = np.asarray(names)[owner[owner >= 0]]
    found.put(ids_of.notna().to_numpy(), ids_of, "graph")


def _question(found: Assets, rows: BoolArray, code: str) -> None:
    for row in found.table[rows].itertuples(index=False):
        params = {"table": row.asset_class, "asset": row.asset_id}
        place = ("", "", 0, "street", str(row.street))
        found.issues.append(CellIssue(*place, code, "questioned", params))


def road_layer(
    corridors: pd.DataFrame, aliases: Mapping[str, str], plane: Plane | None,
    figures: CorridorPlacing,
) -> Roads:  # fmt: skip
    """Prepare the table of corridors for comparing."""
    none = np.zeros(0)
    pieces = Pieces(np.zeros(0, np.int64), none, none, none, none)
    if plane is not None:
        pieces = pieces_of(corridors, plane)
    ids = corridors["corridor_id"]
    return Roads(ids, index_streets(corridors, aliases), pieces, figures)


def place(
    assets: Mapping[str, pd.DataFrame],
    corridors: pd.DataFrame,
    catalogue: Catalogue,
    aliases: Mapping[str, str],
    derive: bool = True,
) -> tuple[Assets, list[pd.DataFrame]]:
    """Place the assets; give them with the segments that are new.

    Parameters
    ----------
    derive
        Whether anything but the identifiers is looked at.
    """
    figures = catalogue.imports.corridors
    plane = plane_of([*assets.values(), corridors]) if derive else None
    found = gather(assets, catalogue, plane)
    if not derive or not len(found.table):
        return found, []
    roads = road_layer(corridors, aliases, plane, figures)
    by_name(found, roads)
    by_buffer(found, roads)
    new = [by_new_name(found, roads.index)]
    if plane is not None and not len(roads.pieces):
        new.append(by_graph(found, figures, plane))
    return found, [rows for rows in new if len(rows)]
