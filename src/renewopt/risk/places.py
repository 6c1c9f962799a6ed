"""Where assets lie for learning: street segments, their streets, what is near them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from renewopt.catalogue.selection import number_column
from renewopt.inventory.join.plane import Plane

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

NEAR_M = 300.0
"""Segments whose middles are this near count as neighbours (editable assumption)."""
CELL_DEG = 0.001
"""Assets without a segment are placed in cells of this size (about 100 m)."""
GRID = ("start_x", "start_y", "end_x", "end_y")
LONLAT = ("start_lon", "start_lat", "end_lon", "end_lat")


@dataclass(frozen=True)
class Places:
    """The places of the assets of one class.

    Attributes
    ----------
    of_asset
        Place of each asset; −1 where it is not known.
    keys
        Identifier of each place (of its street segment where it has one).
    street
        Number of the street of each place; −1 where it is not known.
    near
        Places × places, 1 within `NEAR_M` of each other and for itself.
    middle
        Plane coordinates in metres of each place; NaN where not known.
    """

    of_asset: IntArray
    keys: pd.Index
    street: IntArray
    near: sparse.csr_matrix
    middle: FloatArray

    @property
    def located(self) -> bool:
        """Tell whether any place has coordinates."""
        return bool((~np.isnan(self.middle[:, 0])).any()) if len(self.keys) else False

    def sum_of(self, values: FloatArray) -> FloatArray:
        """Add up values of assets by place."""
        there = self.of_asset >= 0
        return np.bincount(
            self.of_asset[there], values[there], minlength=len(self.keys)
        ).astype(np.float64)

    def by_street(self, values: FloatArray) -> FloatArray:
        """Give each place the sum over its street (itself alone without a street)."""
        known = self.street >= 0
        if not known.any():
            return values
        sums = np.bincount(self.street[known], values[known])
        return np.where(known, sums[np.where(known, self.street, 0)], values)

    def by_near(self, values: FloatArray) -> FloatArray:
        """Give each place the sum over what is near it, itself included."""
        return np.asarray(self.near @ values, dtype=np.float64)

    def number(self, keys: pd.Series) -> IntArray:
        """Give the places of identifiers; −1 where they are not known."""
        return np.asarray(self.keys.get_indexer(pd.Index(keys)), dtype=np.int64)


def make_places(frame: pd.DataFrame, corridors: pd.DataFrame) -> Places:
    """Place assets by street segment, else by a cell of their coordinates."""
    key = _keys(frame)
    codes, names = pd.factorize(key)
    keys = pd.Index(names)
    of_asset = np.asarray(codes, dtype=np.int64)
    middle = _middles(frame, corridors, of_asset, keys)
    return Places(
        of_asset=of_asset,
        keys=keys,
        street=_streets(frame, of_asset, len(keys)),
        near=_near(middle),
        middle=middle,
    )


def _keys(frame: pd.DataFrame) -> pd.Series:
    none = pd.Series(None, index=frame.index, dtype=object)
    key = frame["corridor_id"].astype(object) if "corridor_id" in frame else none
    lon, lat = _asset_lonlat(frame)
    placed = ~np.isnan(lon) & ~np.isnan(lat)
    column = np.floor(np.where(placed, lon, 0) / CELL_DEG).astype(np.int64)
    row = np.floor(np.where(placed, lat, 0) / CELL_DEG).astype(np.int64)
    cell = pd.Series(
        [f"cell {x} {y}" for x, y in zip(column, row, strict=True)],
        index=frame.index,
        dtype=object,
    ).where(placed, None)
    return key.where(key.notna(), cell)


def _asset_lonlat(frame: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Give the middle of each asset; NaN where it has no coordinates."""
    if "lon" in frame and "lat" in frame:
        return number_column(frame, "lon"), number_column(frame, "lat")
    ends = [number_column(frame, name) for name in LONLAT]
    return (ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2


def _streets(frame: pd.DataFrame, of_asset: IntArray, count: int) -> IntArray:
    street = np.full(count, -1, dtype=np.int64)
    if "street" not in frame:
        return street
    codes, _ = pd.factorize(frame["street"].astype(object))
    there = (of_asset >= 0) & (codes >= 0)
    street[of_asset[there][::-1]] = codes[there][::-1]
    return street


def _middles(
    frame: pd.DataFrame, corridors: pd.DataFrame, of_asset: IntArray, keys: pd.Index
) -> FloatArray:
    """Give the plane middle of each place: from its segment, else its assets."""
    middle = np.full((len(keys), 2), np.nan)
    if "corridor_id" in corridors and len(corridors):
        table = corridors.drop_duplicates("corridor_id").set_index("corridor_id")
        table = table.reindex(keys)
        plane = [number_column(table, name) for name in GRID]
        middle = np.column_stack([(plane[0] + plane[2]) / 2, (plane[1] + plane[3]) / 2])
        if not np.isnan(middle).all():
            return middle
        ends = [number_column(table, name) for name in LONLAT]
        middle = _metres((ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2)
    lon, lat = _asset_lonlat(frame)
    means = pd.DataFrame(_metres(lon, lat)).groupby(of_asset).mean()
    own = means.reindex(range(len(keys))).to_numpy(dtype=np.float64)
    return np.where(np.isnan(middle), own, middle)


def _metres(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Turn degrees into metres around the middle of what is placed."""
    known = ~np.isnan(lon) & ~np.isnan(lat)
    if not known.any():
        return np.full((len(lon), 2), np.nan)
    plane = Plane(float(np.median(lon[known])), float(np.median(lat[known])))
    return np.column_stack(plane.xy(lon, lat))


def _near(middle: FloatArray) -> sparse.csr_matrix:
    count = len(middle)
    located = np.flatnonzero(~np.isnan(middle).any(axis=1))
    own = np.arange(count)
    if len(located) < 2:
        pairs = np.empty((0, 2), dtype=np.int64)
    else:
        tree = cKDTree(middle[located])
        pairs = located[tree.query_pairs(NEAR_M, output_type="ndarray")]
    rows = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    ones = np.ones(len(rows))
    return sparse.csr_matrix((ones, (rows, columns)), shape=(count, count))
