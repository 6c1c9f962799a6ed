"""GCJ-02, the shifted coordinates of Chinese web maps.

The formula is the one that is publicly known (Krasovsky 1940 ellipsoid); the way back
is found by iteration and is better than 0.1 m.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
_TOLERANCE = 1e-9
"""Degrees; a tenth of a millimetre."""


def to_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift true longitude and latitude (degrees) as Chinese web maps do."""
    x, y = lon - 105.0, lat - 35.0
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    wave = _waves(x, 6.0 * np.pi, 2.0 * np.pi)
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y
        + 0.2 * np.sqrt(np.abs(x)) + wave
        + _long_waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
        + wave
        + _long_waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
    )  # fmt: skip
    angle = np.radians(lat)
    magic = 1 - _ECCENTRICITY * np.sin(angle) ** 2
    d_lat = np.degrees(north * magic**1.5 / (_AXIS * (1 - _ECCENTRICITY)))
    d_lon = np.degrees(east * np.sqrt(magic) / (_AXIS * np.cos(angle)))
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def from_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Give true longitude and latitude (degrees) of shifted ones."""
    true_lon, true_lat = lon.copy(), lat.copy()
    for _ in range(30):
        found_lon, found_lat = to_gcj(true_lon, true_lat)
        d_lon, d_lat = lon - found_lon, lat - found_lat
        true_lon, true_lat = true_lon + d_lon, true_lat + d_lat
        if np.nanmax(np.abs([d_lon, d_lat]), initial=0.0) < _TOLERANCE:
            break
    return true_lon, true_lat


def _waves(value: Floats, first: float, second: float) -> Floats:
    found: Floats = (
        (20.0 * np.sin(first * value) + 20.0 * np.sin(second * value)) * 2.0 / 3.0
    )
    return found


def _long_waves(value: Floats, *parts: tuple[float, float]) -> Floats:
    """Sum waves (height, divisor of the argument)."""
    total = np.zeros_like(value)
    for height, divisor in parts:
        total += height * np.sin(np.pi * value / divisor) * 2.0 / 3.0
    return total
