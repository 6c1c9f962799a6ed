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
    for place, values in enumerate((lon[::2], lat[::2], lon[1::2], lat[1::2])):
        records["xy"][:, place] = values
    return _cut(records)


def straight_ends(wkb: npt.NDArray[np.object_]) -> Floats | None:
    """Give both ends of lines as `lines_wkb` writes them; None if one is another shape.

    Many lines of two points are read at once here, without a library.
    """
    shapes = wkb.tolist()
    size = _LINE.itemsize
    if not shapes or set(map(len, shapes)) != {size}:
        return None
    records = np.frombuffer(b"".join(shapes), dtype=_LINE)
    usual = (records["order"] == 1) & (records["type"] == 2) & (records["count"] == 2)
    ends = np.array(records["xy"])
    return ends if usual.all() and np.isfinite(ends).all() else None


def _cut(records: npt.NDArray[np.void]) -> npt.NDArray[np.object_]:
    found: npt.NDArray[np.object_] = records.view(f"V{records.itemsize}").astype(object)
    return found
