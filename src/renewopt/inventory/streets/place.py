"""Place every asset in a street segment: by identifier, name, buffer or street graph.

An identifier that the bureau gives is never changed; what is found otherwise is counted
by class and kept in `corridor_source`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.imports import CorridorPlacing
from renewopt.inventory.join.pieces import (
    IntArray,
    Pieces,
    distances,
    no_pieces,
    pieces_of,
    with_shapes,
)
from renewopt.inventory.join.plane import BoolArray, Plane, plane_of
from renewopt.inventory.streets.assets import (
    Assets,
    Texts,
    gather,
    may_be_placed,
    no_assets,
)
from renewopt.inventory.streets.by_buffer import clear_nearest, within_buffer
from renewopt.inventory.streets.by_name import (
    StreetIndex,
    index_streets,
    named_id,
    read_names,
)
from renewopt.inventory.streets.derived import corridor_rows, fullest, name_parts
from renewopt.inventory.streets.graph import street_graph
from renewopt.inventory.streets.junctions import crowded
from renewopt.inventory.streets.names import street_name


def by_name(found: Assets, roads: Roads) -> None:
    """Take the segment that a name means, unless the coordinates contradict it.

    A bare street name counts only for an asset in the street that has no coordinates to
    compare, and only if the street has one segment.
    """
    index, free = roads.index, found.free()
    number, words = found.streets()
    exact = np.full(len(words), None, dtype=object)
    bare = exact.copy()
    for i in found.names_of(free):
        name = index.read(str(words[i]))
        (exact if name.ends else bare)[i] = index.segment(name)
    if pd.isna(exact).all() and pd.isna(bare).all():
        return
    has_place = np.zeros(len(free), dtype=np.bool_)
    has_place[found.pieces.owner] = True
    alone = free & ~found.off_street & ~(has_place & bool(len(roads.pieces)))
    told = exact[number]
    ids = np.where(pd.isna(told) & alone, bare[number], told)
    meant = free & ~pd.isna(ids)
    far = meant & _far(found, roads, ids)
    found.question(far, "inventory.corridor_name_far")
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


def _far(found: Assets, roads: Roads, ids: Texts) -> BoolArray:
    """Mark the assets that lie too far from the segment that their name means."""
    far = np.zeros(len(found.table), dtype=np.bool_)
    if not len(roads.pieces) or not len(found.pieces):
        return far
    rows = pd.DataFrame({"asset": found.pieces.owner, "own": range(len(found.pieces))})
    rows = rows.assign(id=ids[rows["asset"]]).dropna()
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
    """Take the segment that an asset lies in, unless its street is another one."""
    if not len(roads.pieces) or not len(found.pieces):
        return
    trying = (found.free() & ~found.off_street)[found.pieces.owner]
    segment, _ = within_buffer(
        found.pieces.take(trying), roads.pieces, roads.figures, len(found.table)
    )
    hit = segment >= 0
    chosen = roads.ids.to_numpy(dtype=object)[np.maximum(segment, 0)]
    ids = pd.Series(chosen, index=found.table.index, dtype=object)
    texts = found.table["written"]
    names = read_names(texts[hit & (texts != "").to_numpy()], roads.index)
    stated = texts.map({text: name.street for text, name in names.items()})
    known = stated.isin(roads.index.streets).to_numpy()
    other = hit & known & (stated != ids.map(roads.street_of())).to_numpy()
    found.question(other, "inventory.corridor_other_street")
    found.put(hit & ~other, ids, "buffer")


def by_new_name(found: Assets, index: StreetIndex) -> pd.DataFrame:
    """Make segments of names with both ends that the road layer does not have."""
    number, words = found.streets()
    free = found.free()
    made = np.full(len(words), None, dtype=object)
    streets: dict[str, str] = {}
    for i in found.names_of(free):
        name = index.read(str(words[i]))
        if name.ends and name not in index.segments:
            made[i], streets[str(words[i])] = named_id(name), name.label
    if not streets:
        return pd.DataFrame()
    ids = made[number]
    rows = free & ~pd.isna(ids)
    found.put(rows, ids, "name")
    table = found.table
    new = table[rows].sort_values(["corridor_id", "written"])
    new = new.drop_duplicates("corridor_id")
    return pd.DataFrame(
        {
            "corridor_id": new["corridor_id"],
            "name": new["written"],
            "street": new["written"].map(streets),
            "district": new["district"],
        }
    )


def by_graph(found: Assets, figures: CorridorPlacing, plane: Plane) -> pd.DataFrame:
    """Take the segment of the street graph; give the segments that are new."""
    graph, table = figures.graph, found.table
    pieces = found.pieces
    in_street = (found.is_line & ~found.off_street)[pieces.owner]
    lines = pieces.take(in_street & (pieces.length >= graph.touch_m))
    segments = street_graph(lines, graph)
    parts, naming = segments.parts, name_parts(segments, table)
    given = set(table["corridor_id"].unique()) - {""}
    used = np.array([name in given for name in naming.names], dtype=np.bool_)
    for chosen in (
        fullest(parts, naming, len(table), graph.least_overlap),
        _points(found, parts, naming.code, figures),
    ):
        rows = found.free() & (chosen >= 0)
        used[chosen[rows]] = True
        found.put_coded(rows, chosen, naming.names, "graph")
    return corridor_rows(parts, naming, used, table, plane)


def _points(
    found: Assets, parts: Pieces, codes: IntArray, figures: CorridorPlacing
) -> IntArray:
    """Give the number of the segment that each single place lies in; -1: none."""
    chosen = np.full(len(found.table), -1, dtype=np.int64)
    rows = (~found.off_street & ~found.is_line)[found.pieces.owner]
    points = found.pieces.take(rows)
    if len(points):
        ends = (parts.x1, parts.y1, parts.x2, parts.y2)
        streets = Pieces(codes, *ends).take(codes >= 0)
        within, touch = figures.buffer_m, figures.graph.touch_m
        chosen[points.owner] = clear_nearest(streets, points, within, touch)
    return chosen


def road_layer(
    corridors: pd.DataFrame, aliases: Mapping[str, str], plane: Plane | None,
    figures: CorridorPlacing,
) -> Roads:  # fmt: skip
    """Prepare the table of corridors for comparing."""
    if "derived" in corridors:
        # What was made from the networks before is no road layer of the bureau's.
        ours = corridors["derived"].fillna(False).to_numpy(dtype=bool)
        corridors = corridors[~ours].reset_index(drop=True)
    pieces = no_pieces() if plane is None else pieces_of(corridors, plane)
    ids = corridors["corridor_id"]
    return Roads(ids, index_streets(corridors, aliases), pieces, figures)


def _unplaced(
    assets: Mapping[str, pd.DataFrame], catalogue: Catalogue
) -> list[pd.DataFrame]:
    """List the tables in which an asset lacks a segment."""
    return [
        frame
        for name, frame in assets.items()
        if may_be_placed(catalogue.asset_classes[name])
        and len(frame)
        and ("corridor_id" not in frame or frame["corridor_id"].isna().any())
    ]


def lines_without(assets: Mapping[str, pd.DataFrame], catalogue: Catalogue) -> int:
    """Count the lines that may lie in a street and have no segment."""
    return sum(
        int(frame["corridor_id"].isna().sum()) if "corridor_id" in frame else len(frame)
        for name, frame in assets.items()
        if may_be_placed(catalogue.asset_classes[name])
        and catalogue.asset_classes[name].geometry == "line"
    )


def _names_ends(frames: Sequence[pd.DataFrame]) -> bool:
    """Tell whether a street name tells between which two others it is meant."""
    texts = (frame["street"].dropna().unique() for frame in frames if "street" in frame)
    return any(street_name(str(text), {}).ends for part in texts for text in part)


def place(
    assets: Mapping[str, pd.DataFrame],
    corridors: pd.DataFrame,
    catalogue: Catalogue,
    aliases: Mapping[str, str],
    derive: bool = True,
    written: Mapping[tuple[str, str], str] | None = None,
    shapes: Mapping[str, pd.DataFrame] | None = None,
    graph: bool = True,
) -> tuple[Assets, list[pd.DataFrame]]:
    """Place the assets; give them with the segments that are new.

    Parameters
    ----------
    derive
        Whether anything but the identifiers is looked at.
    written
        Class and asset → the street as the file has it, where the table has less.
    shapes
        Per class the drawn lines that are known: `asset_id`, `wkb` in degrees.
    graph
        Whether streets are told from the lines themselves, which takes longest.
    """
    figures = catalogue.imports.corridors
    unplaced = _unplaced(assets, catalogue) if derive else []
    if not unplaced:
        return no_assets(), []
    plane = plane_of([*assets.values(), corridors])
    told = graph and plane is not None
    clues = told or len(corridors) > 0 or bool(written)
    if not clues and not _names_ends(unplaced):
        return no_assets(), []
    found = gather(with_shapes(assets, shapes), catalogue, plane, written)
    roads = road_layer(corridors, aliases, plane, figures)
    by_name(found, roads)
    by_buffer(found, roads)
    new = [by_new_name(found, roads.index)]
    street = figures.graph.lateral_m
    tells = told and not crowded(found.pieces, street)
    if plane is not None and tells and not len(roads.pieces) and found.free().any():
        new.append(by_graph(found, figures, plane))
    return found, [rows.assign(derived=True) for rows in new if len(rows)]
