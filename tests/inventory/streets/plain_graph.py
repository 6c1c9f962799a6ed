"""The street graph as plainly as it can be written: every pair compared, by names.

Slow and without any search structure; the product's own has to give the same.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import numpy as np
import pandas as pd

from renewopt.catalogue.imports import CorridorPlacing, StreetGraph
from renewopt.inventory.join.pieces import Pieces, directions, distances
from renewopt.inventory.join.plane import FloatArray, Plane
from renewopt.inventory.streets.assets import Assets
from renewopt.inventory.streets.by_buffer import clear_nearest
from renewopt.inventory.streets.derived import COLUMNS, known_ids
from renewopt.inventory.streets.graph import Segments

GRID_M = 5.0


def every_pair(number: int) -> tuple[np.ndarray, np.ndarray]:
    """List all pairs of so many things, the lower number first."""
    return np.triu_indices(number, k=1)


def joined(number: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give the group of each thing; pairs hold groups together."""
    head = list(range(number))

    def top(one: int) -> int:
        while head[one] != one:
            one = head[one]
        return one

    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        low, high = sorted((top(one), top(other)))
        head[high] = low
    return pd.factorize(np.array([top(i) for i in range(number)], dtype=np.int64))[0]


def junctions(lines: Pieces, figures: StreetGraph) -> tuple[FloatArray, FloatArray]:
    """Find where long lines of two directions meet, the meeting places put together."""
    lines = lines.take(lines.length >= figures.least_arm_m)
    a, b = every_pair(len(lines))
    ux, uy = directions(lines)
    turn = ux[a] * uy[b] - uy[a] * ux[b]
    keep = np.abs(turn) > np.sin(np.radians(figures.crossing_deg))
    a, b, turn = a[keep], b[keep], turn[keep]
    dx, dy = lines.x1[b] - lines.x1[a], lines.y1[b] - lines.y1[a]
    along_a = (dx * uy[b] - dy * ux[b]) / turn
    along_b = (dx * uy[a] - dy * ux[a]) / turn
    slack, length = figures.lateral_m, lines.length
    meet = (along_a >= -slack) & (along_a <= length[a] + slack)
    meet &= (along_b >= -slack) & (along_b <= length[b] + slack)
    x, y = lines.x1[a] + along_a * ux[a], lines.y1[a] + along_a * uy[a]
    places = np.column_stack([x[meet], y[meet]])
    if not len(places):
        return np.zeros(0), np.zeros(0)
    cells = np.unique(np.round(places / GRID_M), axis=0) * GRID_M
    c, d = every_pair(len(cells))
    close = np.hypot(*(cells[c] - cells[d]).T) <= figures.lateral_m
    label = joined(len(cells), c[close], d[close])
    middle = pd.DataFrame(cells).groupby(label).mean()
    return middle[0].to_numpy(), middle[1].to_numpy()


def cut(lines: Pieces, x: FloatArray, y: FloatArray, figures: StreetGraph) -> Pieces:
    """Cut every line where it passes a junction, but not near its own ends."""
    ux, uy = directions(lines)
    parts = []
    margin = figures.least_arm_m / 2.0
    for i in range(len(lines)):
        which = np.full(len(x), i)
        near = distances(lines, which, x, y) <= 1.5 * figures.lateral_m
        along = (x - lines.x1[i]) * ux[i] + (y - lines.y1[i]) * uy[i]
        inside = near & (along > margin) & (along < lines.length[i] - margin)
        at = [0.0, *sorted(along[inside]), lines.length[i]]
        for low, high in pairwise(at):
            parts.append((
                lines.owner[i],
                lines.x1[i] + low * ux[i], lines.y1[i] + low * uy[i],
                lines.x1[i] + high * ux[i], lines.y1[i] + high * uy[i],
            ))  # fmt: skip
    owner, *ends = np.array(parts, dtype=float).reshape(-1, 5).T
    return Pieces(owner.astype(np.int64), *ends)


def side_by_side(
    parts: Pieces, figures: StreetGraph
) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    """List the pairs of parts side by side, and for how many metres."""
    ux, uy = directions(parts)
    length = parts.length
    found = []
    first, second = every_pair(len(parts))
    turn = np.abs(ux[first] * uy[second] - uy[first] * ux[second])
    alike = turn <= np.sin(np.radians(figures.angle_deg))
    for i, j in zip(first[alike], second[alike], strict=True):
        a, b = (j, i) if length[j] > length[i] else (i, j)
        dx = np.array([parts.x1[b], parts.x2[b]]) - parts.x1[a]
        dy = np.array([parts.y1[b], parts.y2[b]]) - parts.y1[a]
        along, aside = dx * ux[a] + dy * uy[a], dy * ux[a] - dx * uy[a]
        low, high = max(along.min(), 0.0), min(along.max(), length[a])
        share = ((low + high) / 2.0 - along[0]) / (along[1] - along[0])
        away = abs(aside[0] + share * (aside[1] - aside[0]))
        if high - low >= figures.least_overlap * length[b] and (
            away <= figures.lateral_m
        ):
            found.append((a, b, high - low))
    a, b, metres = np.array(found, dtype=float).reshape(-1, 3).T
    return a.astype(np.int64), b.astype(np.int64), metres


def end_to_end(
    parts: Pieces, x: FloatArray, y: FloatArray, figures: StreetGraph
) -> tuple[np.ndarray, np.ndarray]:
    """List the pairs of parts that go on in one direction where no street crosses."""
    ends_x = np.concatenate([parts.x1, parts.x2])
    ends_y = np.concatenate([parts.y1, parts.y2])
    ux, uy = directions(parts)
    found = []
    first, second = every_pair(len(ends_x))
    touch = np.hypot(ends_x[first] - ends_x[second], ends_y[first] - ends_y[second])
    close = touch <= figures.touch_m
    for i, j in zip(first[close], second[close], strict=True):
        a, b = i % len(parts), j % len(parts)
        if a == b:
            continue
        away = np.hypot(x - ends_x[i], y - ends_y[i]).min(initial=np.inf)
        turn = abs(ux[a] * uy[b] - uy[a] * ux[b])
        along = turn <= np.sin(np.radians(figures.angle_deg))
        if along and away > 1.5 * figures.lateral_m:
            found.append((a, b))
    a, b = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return a, b


def street_graph(lines: Pieces, figures: StreetGraph) -> Segments:
    """Put lines together that share a street between two junctions."""
    x, y = junctions(lines, figures)
    parts = cut(lines, x, y, figures)
    a, b, metres = side_by_side(parts, figures)
    c, d = end_to_end(parts, x, y, figures)
    label = joined(len(parts), np.concatenate([a, c]), np.concatenate([b, d]))
    return Segments(parts, label.astype(np.int64), (a, b, metres))


def new_ids(segments: Segments, names: pd.Series, fresh: pd.Series) -> pd.Series:
    """Make an identifier per segment from the first of its parts by class and asset."""
    owner = segments.parts.owner
    turn = pd.Series(owner).groupby(owner).cumcount().astype(str)
    part_name = (
        pd.Series(names.to_numpy(dtype=object)[owner], dtype=object) + "/" + turn
    )
    least = part_name[fresh].groupby(segments.label[fresh]).min()
    made = {
        label: f"G-{sha256(text.encode()).hexdigest()[:12]}"
        for label, text in least.items()
    }
    return pd.Series(segments.label).map(made)


def fullest(parts: Pieces, ids: pd.Series, least: float) -> dict[int, str]:
    """Choose one segment per asset: of those with enough of it, the fullest."""
    frame = pd.DataFrame({"asset": parts.owner, "id": ids, "metres": parts.length})
    sums = frame.dropna().groupby(["asset", "id"])["metres"].sum().reset_index()
    full = sums.groupby("id")["metres"].sum().round(3)
    chosen = {}
    for asset, rows in sums.groupby("asset"):
        enough = rows["metres"] >= least * rows["metres"].sum()
        enough |= rows["metres"] == rows["metres"].max()
        chosen[asset] = min(rows["id"][enough], key=lambda name: (-full[name], name))
    return chosen


def by_graph(found: Assets, figures: CorridorPlacing, plane: Plane) -> pd.DataFrame:
    """Take the segment of the street graph; give the segments that are new."""
    table, pieces = found.table, found.pieces
    rows = (found.is_line & ~found.off_street)[pieces.owner]
    rows &= pieces.length >= figures.graph.touch_m
    segments = street_graph(pieces.take(rows), figures.graph)
    known = known_ids(segments, table["corridor_id"])
    fresh = known == ""
    names = table["asset_class"] + "/" + table["asset_id"].astype(str)
    made = new_ids(segments, names, fresh)
    ids = known.mask(fresh, made)
    best = fullest(segments.parts, ids, figures.graph.least_overlap)
    placed = pd.Series(table.index).map(best)
    found.put(found.free() & placed.notna().to_numpy(), placed, "graph")
    _points(found, segments.parts, ids, figures)
    new = corridor_rows(segments.parts, made.where(fresh), table, plane)
    return new[new["corridor_id"].isin(table["corridor_id"])]


def _points(
    found: Assets, parts: Pieces, ids: pd.Series, figures: CorridorPlacing
) -> None:
    codes, names = pd.factorize(ids)
    ends = (parts.x1, parts.y1, parts.x2, parts.y2)
    streets = Pieces(codes.astype(np.int64), *ends).take(codes >= 0)
    rows = (found.free() & ~found.off_street & ~found.is_line)[found.pieces.owner]
    points = found.pieces.take(rows)
    owner = clear_nearest(streets, points, figures.buffer_m, figures.graph.touch_m)
    ids_of = pd.Series(pd.NA, index=found.table.index, dtype=object)
    ids_of.iloc[points.owner[owner >= 0]] = np.asarray(names)[owner[owner >= 0]]
    found.put(ids_of.notna().to_numpy(), ids_of, "graph")


def corridor_rows(
    parts: Pieces, ids: pd.Series, about: pd.DataFrame, plane: Plane
) -> pd.DataFrame:
    """Describe new segments: ends along their longest part, commonest street."""
    ux, uy = directions(parts)
    length = parts.length.round(6)
    rows = []
    for name, which in ids.groupby(ids).groups.items():
        on = min(which, key=lambda part: (-length[part], part))
        ends = np.array([
            (x[which] - parts.x1[on]) * ux[on] + (y[which] - parts.y1[on]) * uy[on]
            for x, y in ((parts.x1, parts.y1), (parts.x2, parts.y2))
        ])  # fmt: skip
        row = {"corridor_id": name, "length_m": round(ends.max() - ends.min(), 1)}
        for head, at in (("start", ends.min()), ("end", ends.max())):
            x, y = parts.x1[on] + at * ux[on], parts.y1[on] + at * uy[on]
            lon, lat = plane.degrees(np.array([x]), np.array([y]))
            row |= {f"{head}_lon": lon.round(6)[0], f"{head}_lat": lat.round(6)[0]}
        for column in ("street", "district"):
            texts = about[column].iloc[parts.owner[which]]
            counts = texts.value_counts()
            row[column] = min(counts.index, key=lambda text: (-counts[text], text))
        rows.append(row | {"name": row["street"]})
    return pd.DataFrame(rows, columns=list(COLUMNS))
