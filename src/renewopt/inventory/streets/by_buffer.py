"""Street segments by place: lines within a buffer of a road layer's segments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.catalogue.imports import CorridorPlacing
from renewopt.inventory.join.pieces import (
    IntArray,
    Pieces,
    directions,
    near,
    near_pieces,
)
from renewopt.inventory.join.plane import FloatArray

MOST_SAMPLES = 8
"""Places at which a piece is compared with the segments."""


def within_buffer(
    lines: Pieces, roads: Pieces, figures: CorridorPlacing, assets: int
) -> tuple[IntArray, FloatArray]:
    """Find the segment in whose buffer most of each asset lies.

    Returns
    -------
    segment, share
        Owner of the segment in `roads` and the share of the asset that lies in it; −1
        and 0 where none has enough of it. Points go to the nearest segment, unless
        another is nearly as near.
    """
    points = lines.length <= 0
    segment = np.full(assets, -1, dtype=np.int64)
    share = np.zeros(assets)
    table = _shares(lines.take(~points), roads, figures)
    best = table[table["share"] >= figures.least_share].drop_duplicates("asset")
    segment[best["asset"]] = best["segment"]
    share[best["asset"]] = best["share"]
    at = lines.take(points)
    owner = clear_nearest(roads, at, figures.buffer_m, figures.graph.touch_m)
    segment[at.owner[owner >= 0]] = owner[owner >= 0]
    share[at.owner[owner >= 0]] = 1.0
    return segment, share


def _shares(lines: Pieces, roads: Pieces, figures: CorridorPlacing) -> pd.DataFrame:
    """Give the share of each asset in each segment, the greatest first."""
    length = lines.length
    count = np.clip(np.ceil(length / figures.buffer_m), 1, MOST_SAMPLES).astype(
        np.int64
    )
    piece = np.repeat(np.arange(len(lines)), count)
    first = np.repeat(np.cumsum(count) - count, count)
    along = (np.arange(len(piece)) - first + 0.5) / count[piece]
    x = lines.x1[piece] + along * (lines.x2 - lines.x1)[piece]
    y = lines.y1[piece] + along * (lines.y2 - lines.y1)[piece]
    place, road, away = near_pieces(roads, x, y, figures.buffer_m)
    ux, uy = directions(lines)
    vx, vy = directions(roads)
    turn = np.abs(ux[piece[place]] * vy[road] - uy[piece[place]] * vx[road])
    # The direction of a piece that is shorter than the buffer is wide says nothing.
    short = length[piece[place]] < figures.buffer_m
    keep = (turn <= np.sin(np.radians(figures.angle_deg))) | short
    hits = pd.DataFrame(
        {"place": place, "segment": roads.owner[road], "away": away}
    )[keep]  # fmt: skip
    hits = hits.sort_values(["place", "away", "segment"]).drop_duplicates("place")
    at = piece[hits["place"].to_numpy()]
    table = hits.assign(asset=lines.owner[at], share=length[at] / count[at])
    table = pd.DataFrame(
        table.groupby(["asset", "segment"])["share"].sum()
    ).reset_index()
    whole = np.bincount(lines.owner, weights=length)
    table["share"] = (table["share"] / whole[table["asset"]]).round(9)
    order = ["asset", "share", "segment"]
    return table.sort_values(order, ascending=[True, False, True])


def clear_nearest(
    roads: Pieces, points: Pieces, within: float, tolerance: float
) -> IntArray:
    """Give the nearest owner of each point; −1 if none, or if another is as near."""
    out = np.full(len(points), -1, dtype=np.int64)
    found = near(roads, points.x1, points.y1, within)
    first = found.drop_duplicates("place")
    out[first["place"]] = first["owner"]
    second = found[found["place"].duplicated()].drop_duplicates("place")
    nearest = first.set_index("place")["distance"].reindex(second["place"])
    torn = second["distance"].to_numpy() - nearest.to_numpy() < tolerance
    out[second["place"].to_numpy()[torn]] = -1
    return out
