"""Segments that the bureau gives: asked about where the asset lies far from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.join.pieces import (
    IntArray,
    Pieces,
    least_distances,
    pieces_of,
)
from renewopt.inventory.join.plane import FloatArray, numbers, plane_of
from renewopt.inventory.streets.assets import may_be_placed


def question_given(
    assets: Mapping[str, pd.DataFrame], corridors: pd.DataFrame, catalogue: Catalogue
) -> list[CellIssue]:
    """Ask about stated segments that are far from the asset's own coordinates.

    The identifier stays: it is the bureau's, and either may be wrong.
    """
    plane = plane_of([corridors]) if len(corridors) else None
    if plane is None:
        return []
    named = {
        name: frame[frame["corridor_id"].notna()]
        for name, frame in sorted(assets.items())
        if "corridor_id" in frame and may_be_placed(catalogue.asset_classes[name])
    }
    roads = pieces_of(corridors, plane)
    boxes = _boxes(roads, len(corridors))
    ids = pd.Index(corridors["corridor_id"])
    within = catalogue.imports.corridors.name_within_m
    issues = []
    for name, frame in named.items():
        if not len(frame):
            continue
        place = np.column_stack(plane.xy(*_middle(frame)))
        row = ids.get_indexer(pd.Index(frame["corridor_id"]))
        # Without a place of either nothing is compared: NaN is never more.
        beyond = np.maximum(boxes[row, :2] - place, place - boxes[row, 2:]).max(axis=1)
        maybe = np.flatnonzero((row >= 0) & (beyond > 0))
        x, y = place[maybe].T
        away = least_distances(roads, row[maybe], x, y)
        for i, metres in zip(maybe[away > within], away[away > within], strict=True):
            asset = frame["asset_id"].iloc[i]
            params = {"table": name, "asset": asset, "distance": f"{metres:.0f}"}
            issues.append(
                CellIssue(
                    "", "", 0, "corridor_id", str(frame["corridor_id"].iloc[i]),
                    "inventory.corridor_id_far", "questioned",
                    params | {"within": f"{within:g}"},
                )
            )  # fmt: skip
    return issues


def _middle(frame: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Give the middle of both ends, or the point."""
    out = []
    for name in ("lon", "lat"):
        ends = (numbers(frame, f"start_{name}") + numbers(frame, f"end_{name}")) / 2.0
        out.append(np.where(np.isnan(ends), numbers(frame, name), ends))
    return out[0], out[1]


def _boxes(roads: Pieces, rows: int) -> FloatArray:
    """Give west, south, east and north of every segment; NaN where it has no place."""
    out = np.full((rows, 4), np.nan)
    owner: IntArray = roads.owner
    for column, ends, reach in (
        (0, (roads.x1, roads.x2), np.fmin), (1, (roads.y1, roads.y2), np.fmin),
        (2, (roads.x1, roads.x2), np.fmax), (3, (roads.y1, roads.y2), np.fmax),
    ):  # fmt: skip
        reach.at(out[:, column], owner, reach(*ends))
    return out
