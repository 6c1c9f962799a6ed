"""Well-known binary of points and of lines between two points, without a library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("xy", "<f8", 2)])
_LINE = np.dtype([("order", "u1"), ("type", "<u4"), ("count", "<u4"), ("xy", "<f8", 4)])


def points_wkb(lon: Floats, lat: Floats) -> npt.NDArray[np.object_]:
    """Give points."""
    records = np.zeros(len(lon), dtype=_POINT)
    records["order"], records["type"] = 1, 1
    records["xy"] = np.column_stack([lon, lat])
    return _cut(records)


def lines_wkb(lon: Floats, lat: Floats) -> npt.NDArray[np.object_]:
    """Give lines; the coordinates are starts and ends in turn."""
    records = np.zeros(len(lon) // 2, dtype=_LINE)
    records["order"], records["type"], records["count"] = 1, 2, 2
    records["xy"] = np.column_stack([lon[::2], lat[::2], lon[1::2], lat[1::2]])
    return _cut(records)


def _cut(records: npt.NDArray[np.void]) -> npt.NDArray[np.object_]:
    found: npt.NDArray[np.object_] = records.view(f"V{records.itemsize}").astype(object)
    return found
