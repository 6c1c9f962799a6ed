"""A local plane: degrees to metres, exact enough within one county."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_AXIS_M = 6_378_137.0
_FLATNESS = 0.006694379990
"""WGS 84 ellipsoid (CGCS2000 differs by less than a millimetre): half axis, e²."""


@dataclass(frozen=True)
class Plane:
    """Metres east and north of a point, on the ellipsoid's curvature there.

    Distances of some hundred metres are right to 1 % up to 50 km from the point.
    """

    lon: float
    lat: float

    def xy(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Turn degrees into metres."""
        turn = np.pi / 180.0
        root = 1.0 - _FLATNESS * np.sin(self.lat * turn) ** 2
        east = _AXIS_M / np.sqrt(root) * np.cos(self.lat * turn) * turn
        north = _AXIS_M * (1.0 - _FLATNESS) / root**1.5 * turn
        return (lon - self.lon) * east, (lat - self.lat) * north

    def degrees(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Turn metres back into degrees."""
        one = np.ones(1)
        east, north = self.xy(one * (self.lon + 1.0), one * (self.lat + 1.0))
        return x / east[0] + self.lon, y / north[0] + self.lat


def plane_of(frames: Iterable[pd.DataFrame]) -> Plane | None:
    """Give the plane in the middle of all coordinates; None where there are none."""
    lon: list[FloatArray] = []
    lat: list[FloatArray] = []
    for frame in frames:
        for head in ("", "start_"):
            if f"{head}lon" in frame and f"{head}lat" in frame:
                lon.append(numbers(frame, f"{head}lon"))
                lat.append(numbers(frame, f"{head}lat"))
    if not lon:
        return None
    east, north = np.concatenate(lon), np.concatenate(lat)
    known = ~np.isnan(east) & ~np.isnan(north)
    if not known.any():
        return None
    return Plane(float(np.median(east[known])), float(np.median(north[known])))


def numbers(frame: pd.DataFrame, column: str) -> FloatArray:
    """Give a column as numbers; NaN where it is absent or empty."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
