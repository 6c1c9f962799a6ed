"""Coordinate systems: what a user or a file states, and the way to CGCS2000."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from renewopt.core.errors import InputError
from renewopt.inventory.geometry.gcj import from_gcj
from renewopt.inventory.readers.extras import need

Floats = npt.NDArray[np.float64]

CGCS2000 = "EPSG:4490"
CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north, degrees."""
_SAME = frozenset({"EPSG:4490", "EPSG:4326", "EPSG:4479", "EPSG:4480", "OGC:CRS84"})
"""Longitude/latitude that agree with CGCS2000 to a few decimetres."""
_NAMES = {
    "cgcs2000": CGCS2000, "国家2000": CGCS2000, "2000国家大地坐标系": CGCS2000,
    "wgs84": "EPSG:4326", "gps": "EPSG:4326", "crs84": "EPSG:4326",
}  # fmt: skip
_GCJ = frozenset({"gcj02", "gcj", "火星坐标", "高德", "腾讯"})
_LOCAL_KEYS = frozenset({"base", "dx", "dy", "rotation", "scale"})


@dataclass(frozen=True)
class LocalGrid:
    """A grid of one's own: turned, scaled and shifted onto a base system.

    east = dx + scale · (x cos r − y sin r), north = dy + scale · (x sin r + y cos r),
    where x points east and y north in the local grid; `dx`, `dy` in metres, `rotation`
    r in degrees, counter-clockwise.
    """

    dx: float = 0.0
    dy: float = 0.0
    rotation: float = 0.0
    scale: float = 1.0

    def to_base(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Give east and north in the base system, metres."""
        turn = np.radians(self.rotation)
        cos, sin = float(np.cos(turn)), float(np.sin(turn))
        east = self.dx + self.scale * (x * cos - y * sin)
        north = self.dy + self.scale * (x * sin + y * cos)
        return east, north


@dataclass(frozen=True)
class System:
    """A coordinate system.

    Attributes
    ----------
    name
        As people know it.
    crs
        What pyproj opens; "GCJ-02" for the shifted one.
    grid
        Where the coordinates are a local grid upon `crs`.
    """

    name: str
    crs: str
    grid: LocalGrid | None = None

    @property
    def is_gcj(self) -> bool:
        """Whether these are the shifted coordinates of web maps."""
        return self.crs == "GCJ-02"

    @property
    def is_same(self) -> bool:
        """Whether the coordinates are longitude and latitude that need no change."""
        return self.crs in _SAME and self.grid is None

    def to_lonlat(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Give CGCS2000 longitude and latitude, degrees.

        Parameters
        ----------
        x, y
            East (or longitude) and north (or latitude).

        Raises
        ------
        InputError
            Where the extra is needed and not installed.
        """
        if self.is_gcj:
            return from_gcj(x, y)
        if self.grid is not None:
            x, y = self.grid.to_base(x, y)
        if self.crs in _SAME:
            return x, y
        lon, lat = _transformer(self.crs).transform(x, y)
        return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)

    def area(self) -> tuple[float, float, float, float]:
        """Give where the system is used: west, south, east, north, degrees."""
        if self.is_gcj or self.crs in _SAME:
            return CHINA if self.crs != "EPSG:4326" else (-180.0, -90.0, 180.0, 90.0)
        found = _crs(self.crs).area_of_use
        return tuple(found.bounds) if found else (-180.0, -90.0, 180.0, 90.0)

    def unknown_shift(self) -> bool:
        """Tell whether the way to CGCS2000 is not known to better than metres.

        Beijing 1954 and Xi'an 1980 differ from it by up to 200 m; their parameters are
        kept by the surveying offices.
        """
        if self.is_gcj or self.crs in _SAME:
            return False
        found = _crs(self.crs)
        datum = (found.geodetic_crs or found).datum
        name = datum.name.lower() if datum else ""
        known = ("china 2000", "world geodetic system 1984", "itrf", "cgcs2000",
                 "china geodetic", "wgs")  # fmt: skip
        return not any(word in name for word in known)


def parse_system(value: object) -> System:
    """Read a coordinate system: `EPSG:4547`, `GCJ-02`, a name, WKT or a local grid.

    Raises
    ------
    InputError
        Where it is none of these, or the extra that knows them is not installed.
    """
    if isinstance(value, Mapping):
        return _local(value)
    text = str(value).strip()
    word = text.casefold().replace(" ", "").replace("-", "").replace("_", "")
    if word in _GCJ:
        return System("GCJ-02", "GCJ-02")
    crs = _NAMES.get(word, text)
    if crs.isdigit():
        crs = f"EPSG:{crs}"
    if crs.upper() in _SAME:
        return System(crs.upper(), crs.upper())
    identifier = _crs(crs).to_authority(min_confidence=90)
    if identifier and ":".join(identifier) in _SAME:
        crs = ":".join(identifier)
    name = ":".join(identifier) if identifier else str(_crs(crs).name)
    return System(name, ":".join(identifier) if identifier else crs)


def _local(value: Mapping[Any, Any]) -> System:
    unknown = sorted(set(map(str, value)) - _LOCAL_KEYS)
    numbers = {k: v for k, v in value.items() if k in _LOCAL_KEYS - {"base"}}
    bad = [k for k, v in numbers.items() if isinstance(v, bool)
           or not isinstance(v, int | float) or not np.isfinite(v)]  # fmt: skip
    if "base" not in value or unknown or bad or not numbers.get("scale", 1):
        raise InputError.of(
            "inventory.bad_local_grid", value=", ".join([*unknown, *bad]) or "base"
        )
    base = parse_system(value["base"])
    if base.is_gcj or base.grid is not None:
        raise InputError.of("inventory.bad_local_grid", value="base")
    grid = LocalGrid(**{str(k): float(v) for k, v in numbers.items()})
    return System(f"{base.name} + local", base.crs, grid)


def gauss_krueger(zone: int) -> System:
    """Give the CGCS2000 Gauss–Krüger system whose eastings begin with the zone.

    Zones 25–45 are 3 degrees wide (EPSG:4513–4533), 13–23 are 6 degrees wide
    (EPSG:4491–4501).
    """
    code = 4513 + zone - 25 if zone >= 25 else 4491 + zone - 13
    return System(f"EPSG:{code}", f"EPSG:{code}")


def zoned_twin(system: System, zone: int) -> System | None:
    """Give the system with the zone number in its eastings, where only that differs."""
    if system.grid is None and system.crs == f"EPSG:{4534 + zone - 25}":
        return gauss_krueger(zone)
    return None


def plain_twin(system: System) -> System | None:
    """Give the system without the zone number in its eastings, otherwise the same."""
    number = int(system.crs[5:]) if system.crs[5:].isdigit() else 0
    if system.grid is None and 4513 <= number <= 4533:
        code = f"EPSG:{number + 21}"
        return System(code, code)
    return None


@cache
def _crs(text: str) -> Any:
    pyproj = need("pyproj", "gis", text[:60])
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        raise InputError.of("inventory.bad_crs", value=text[:80]) from None


@cache
def _transformer(text: str) -> Any:
    pyproj = need("pyproj", "gis", text[:60])
    return pyproj.Transformer.from_crs(_crs(text), CGCS2000, always_xy=True)
