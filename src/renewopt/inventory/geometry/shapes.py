"""Whole shapes: pieces joined, empty ones dropped, crossings said."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from renewopt.inventory.geometry.place import Notes, Placed
from renewopt.inventory.readers.extras import need

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
_AXIS, _ECCENTRICITY = 6_378_137.0, 0.00669438002290
"""GRS 80, the ellipsoid of CGCS2000: half axis in metres, eccentricity squared."""
_SHORT, _POLAR = 10_000.0, 70.0
"""Metres up to which, and degrees of latitude up to which, the short way is taken."""
_POINT, _LINE, _POLYGON, _MULTIPOINT, _MULTILINE, _MULTIPOLYGON = 0, 1, 3, 4, 5, 6


@dataclass(frozen=True, eq=False)
class Located:
    """Where the assets of a table are; NaN and None where that is not known.

    Attributes
    ----------
    start, end
        Longitude and latitude of both ends of a line; of a point, `start` only.
    metres
        Length along the ellipsoid.
    """

    wkb: Texts
    start: Floats
    end: Floats
    metres: Floats


def locate_shapes(placed: Placed, notes: Notes) -> Located:
    """Locate the shapes of a table; what is wrong with one is noted."""
    geometry = notes.geometry
    assert geometry.shapes is not None
    shapely: Any = need("shapely", "gis", geometry.file)
    coords = np.nan_to_num(np.column_stack([placed.lon, placed.lat]))
    shapes = shapely.set_coordinates(geometry.shapes.copy(), coords)
    shapes[~placed.good] = None
    if geometry.geometry == "point":
        return _points(shapely, shapes, notes)
    return _lines(shapely, shapes, notes)


def _points(shapely: Any, shapes: Texts, notes: Notes) -> Located:
    kinds = shapely.get_type_id(shapes)
    _drop(shapes, (kinds == _LINE) | (kinds == _MULTILINE), notes)
    areas = (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)
    if areas.any():
        notes.add("inventory.areas", "note", number=int(areas.sum()))
    single = (kinds == _MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    _drop(shapes, (kinds == _MULTIPOINT) & ~single, notes)
    within = shapely.point_on_surface(shapes)
    start = np.column_stack([shapely.get_x(within), shapely.get_y(within)])
    nothing = np.full_like(start, np.nan)
    return Located(shapely.to_wkb(shapes), start, nothing, nothing[:, 0])


def _drop(shapes: Texts, wrong: npt.NDArray[np.bool_], notes: Notes) -> None:
    """Leave out shapes of a kind that the class does not have."""
    for i in np.flatnonzero(wrong):
        kind = str(shapes[i].geom_type)
        notes.add("inventory.wrong_geometry", "questioned", int(i), found=kind)
        shapes[i] = None


def _lines(shapely: Any, shapes: Texts, notes: Notes) -> Located:
    kinds = shapely.get_type_id(shapes)
    _drop(shapes, (kinds != -1) & (kinds != _LINE) & (kinds != _MULTILINE), notes)
    shapes = _joined(shapely, shapes, notes)
    metres = line_metres(shapely, shapes)
    for i in np.flatnonzero(metres == 0):
        notes.add("inventory.zero_length", "questioned", int(i))
        shapes[i] = None
    metres = np.where(metres == 0, np.nan, metres)
    here = ~shapely.is_missing(shapes)
    crossing = here & ~shapely.is_simple(shapes)
    for i in np.flatnonzero(crossing):
        notes.add("inventory.self_crossing", "questioned", int(i))
    whole = shapes.copy()
    whole[shapely.get_type_id(shapes) != _LINE] = None
    first, last = shapely.get_point(whole, 0), shapely.get_point(whole, -1)
    start = np.column_stack([shapely.get_x(first), shapely.get_y(first)])
    end = np.column_stack([shapely.get_x(last), shapely.get_y(last)])
    return Located(shapely.to_wkb(shapes), start, end, metres)


def _joined(shapely: Any, shapes: Texts, notes: Notes) -> Texts:
    """Drop pieces without length and join pieces that meet; say what stays apart."""
    shapes = shapes.copy()
    multi = np.flatnonzero(shapely.get_type_id(shapes) == _MULTILINE)
    for i in multi:
        parts = shapely.get_parts(shapes[i])
        full = parts[shapely.length(parts) > 0]
        if 0 < len(full) < len(parts):
            gone = len(parts) - len(full)
            notes.add("inventory.empty_piece", "repaired", int(i), number=gone)
        if not len(full):
            shapes[i] = parts[0]
            continue
        whole = shapely.line_merge(shapely.multilinestrings(full))
        shapes[i] = whole
        if whole.geom_type != "LineString":
            number = int(shapely.get_num_geometries(whole))
            notes.add("inventory.several_pieces", "questioned", int(i), number=number)
    return shapes


def line_metres(shapely: Any, shapes: Texts) -> Floats:
    """Measure lines along the ellipsoid; NaN where there is none."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    coords, part = shapely.get_coordinates(parts, return_index=True)
    metres = np.zeros(len(shapes))
    if len(coords) > 1:
        same = part[1:] == part[:-1]
        steps = pair_metres(coords[:-1][same], coords[1:][same])
        np.add.at(metres, owner[part[1:][same]], steps)
    return np.where(shapely.is_missing(shapes), np.nan, metres)


def pair_metres(start: Floats, end: Floats) -> Floats:
    """Measure from points to points (longitude, latitude) along the ellipsoid.

    Short ways are measured on the curvature in their middle, which is exact to a
    millionth; long ones by pyproj, where it is installed.
    """
    middle = np.radians((start[:, 1] + end[:, 1]) / 2)
    turn = np.remainder(end[:, 0] - start[:, 0] + 180.0, 360.0) - 180.0
    root = 1.0 - _ECCENTRICITY * np.sin(middle) ** 2
    east = np.radians(turn) * np.cos(middle) * _AXIS / np.sqrt(root)
    rise = np.radians(end[:, 1] - start[:, 1])
    north = rise * _AXIS * (1.0 - _ECCENTRICITY) / root**1.5
    metres = np.hypot(east, north)
    far = np.flatnonzero((metres > _SHORT) | (np.abs(start[:, 1]) > _POLAR))
    if len(far) and find_spec("pyproj") is not None:
        pyproj: Any = need("pyproj", "gis", "")
        geod = pyproj.Geod(ellps="GRS80")
        metres[far] = geod.inv(*start[far].T, *end[far].T)[2]
    return metres
