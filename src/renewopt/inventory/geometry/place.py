"""From coordinates as found to longitude and latitude: system, axes, what fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renewopt.core.errors import InputError
from renewopt.inventory.geometry.extract import TableGeometry
from renewopt.inventory.geometry.settings import GeometrySettings
from renewopt.inventory.geometry.systems import (
    CGCS2000,
    CHINA,
    System,
    gauss_krueger,
    parse_system,
    plain_twin,
    zoned_twin,
)
from renewopt.inventory.issues import CellIssue, Severity

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_SAMPLE = 2000
_MOST = 0.5
"""Share of the sample that must fit before a system or an order is believed."""
_MARGIN = 1.5
"""Degrees by which surveys reach beyond their zone."""
_EASTING = (200_000.0, 800_000.0)
_NORTHING = (1_900_000.0, 6_000_000.0)
_ZONES = (*range(13, 24), *range(25, 46))


@dataclass(frozen=True, eq=False)
class Placed:
    """Longitude and latitude of every coordinate, and which owners can be trusted."""

    lon: Floats
    lat: Floats
    good: Flags
    issues: tuple[CellIssue, ...]


class Notes:
    """Issues of one table's geometry."""

    def __init__(self, geometry: TableGeometry) -> None:
        self.geometry = geometry
        self.issues: list[CellIssue] = []

    def add(
        self, code: str, severity: Severity, owner: int | None = None, raw: str = "",
        column: str | None = None, **params: object,
    ) -> None:  # fmt: skip
        """Note one issue: of the table, or of the asset `owner`."""
        found = self.geometry
        row = 0 if owner is None else int(found.rows[owner])
        name = ", ".join(dict.fromkeys(h for h in found.headers if h))
        place = (found.file, found.sheet, row, name if column is None else column, raw)
        self.issues.append(CellIssue(*place, code, severity, params))

    def add_many(
        self, code: str, severity: Severity, owners: npt.NDArray[np.intp],
        raws: Sequence[str], column: str, params: Sequence[dict[str, Any]],
    ) -> None:  # fmt: skip
        """Note one issue of each of many assets."""
        file, sheet = self.geometry.file, self.geometry.sheet
        rows = self.geometry.rows[owners].tolist()
        self.issues += [
            CellIssue(file, sheet, row, column, raw, code, severity, more)
            for row, raw, more in zip(rows, raws, params, strict=True)
        ]


def place(geometry: TableGeometry, settings: GeometrySettings) -> Placed:
    """Place the coordinates of a table.

    Nothing is placed where the system is not known: the user is asked for it.
    """
    notes = Notes(geometry)
    system = _system(geometry, settings, notes)
    none = np.zeros(len(geometry.asset_id), dtype=bool)
    empty = np.full(len(geometry.coords), np.nan)
    if system is None or not len(geometry.coords):
        return Placed(empty, empty, none, tuple(notes.issues))
    east_first = _order(geometry, system, notes)
    if east_first is None:
        return Placed(empty, empty, none, tuple(notes.issues))
    lon, lat, good = _all(geometry, system, east_first, notes)
    return Placed(lon, lat, good, tuple(notes.issues))


def _system(
    geometry: TableGeometry, settings: GeometrySettings, notes: Notes
) -> System | None:
    """Say which system holds: the user's, the file's own, or what the values show."""
    stated = settings.of(geometry.file)
    own = None
    if geometry.crs:
        try:
            own = parse_system(geometry.crs)
        except InputError as error:
            if error.messages[0].code != "inventory.bad_crs":
                raise
            notes.add("inventory.crs_unread", "questioned", value=geometry.crs[:80])
    if own is not None and stated is not None and own != stated:
        # No file can say GCJ-02; a system named for this file is meant for it.
        better = (stated.is_gcj and own.is_same) or settings.is_stated(geometry.file)
        chosen, other = (stated, own) if better else (own, stated)
        notes.add("inventory.crs_two", "note", used=chosen.name, other=other.name)
        return _checked(chosen, geometry, notes)
    if stated is not None or own is not None:
        return _checked(stated or own, geometry, notes)
    return _recognise(geometry, notes)


def _checked(
    system: System | None, geometry: TableGeometry, notes: Notes
) -> System | None:
    """Fit the zone number in the eastings; say where the datum has no known shift."""
    if system is None:
        return None
    first, second = _sample(geometry)
    zones = [z for z in (_zone(first, second), _zone(second, first)) if z]
    twin = zoned_twin(system, zones[0]) if zones else None
    if twin is None and (_is_plain(first, second) or _is_plain(second, first)):
        twin = plain_twin(system)
    if twin is not None:
        notes.add("inventory.crs_zone", "repaired", stated=system.name, used=twin.name)
        system = twin
    if system.unknown_shift():
        notes.add("inventory.crs_shift", "questioned", used=system.name)
    return system


def _sample(geometry: TableGeometry) -> tuple[Floats, Floats]:
    step = max(1, len(geometry.coords) // _SAMPLE)
    found = geometry.coords[::step]
    return found[:, 0], found[:, 1]


def _within(values: Floats, bounds: tuple[float, float]) -> Flags:
    found: Flags = (values >= bounds[0]) & (values <= bounds[1])
    return found


def _recognise(geometry: TableGeometry, notes: Notes) -> System | None:
    """Take what the magnitudes show, if they show one thing; else ask."""
    first, second = _sample(geometry)
    if not len(first):
        return None
    pairs = ((first, second), (second, first))
    west, south, east, north = CHINA
    for x, y in pairs:
        if (_within(x, (west, east)) & _within(y, (south, north))).mean() > _MOST:
            notes.add("inventory.crs_assumed", "note", used="CGCS2000")
            return System(CGCS2000, CGCS2000)
    if geometry.order == "east" and (
        (_within(first, (-180, 180)) & _within(second, (-90, 90))).mean() > _MOST
    ):
        notes.add("inventory.crs_assumed", "note", used="WGS 84")
        return System("EPSG:4326", "EPSG:4326")
    for x, y in pairs:
        zone = _zone(x, y)
        if zone:
            system = gauss_krueger(zone)
            notes.add("inventory.crs_datum", "questioned", used=system.name, zone=zone)
            return system
    plain = any(_is_plain(x, y) for x, y in pairs)
    code = "inventory.crs_zone_needed" if plain else "inventory.crs_needed"
    notes.add(code, "questioned", raw=f"{first[0]:.10g}, {second[0]:.10g}")
    return None


def _zone(x: Floats, y: Floats) -> int:
    """Give the zone number that most eastings begin with; 0 where they do not."""
    if not len(x):
        return 0
    with np.errstate(invalid="ignore"):  # infinite ones fit no zone
        zones, inner = np.divmod(x, 1_000_000.0)
    fits = _within(inner, _EASTING) & _within(y, _NORTHING) & np.isin(zones, _ZONES)
    if fits.mean() <= _MOST:
        return 0
    found, counts = np.unique(zones[fits], return_counts=True)
    return int(found[np.argmax(counts)])


def _is_plain(x: Floats, y: Floats) -> bool:
    fits = _within(x, _EASTING) & _within(y, _NORTHING)
    return bool(len(fits) and fits.mean() > _MOST)


def _fits(system: System, x: Floats, y: Floats) -> tuple[Floats, Floats, Flags]:
    """Place coordinates and tell which fall where the system is used."""
    lon, lat = system.to_lonlat(x, y)
    west, south, east, north = system.area()
    good = _within(lon, (west - _MARGIN, east + _MARGIN)) & _within(
        lat, (max(south - _MARGIN, -90.0), min(north + _MARGIN, 90.0))
    )
    return lon, lat, good & np.isfinite(lon) & np.isfinite(lat)


def _order(geometry: TableGeometry, system: System, notes: Notes) -> bool | None:
    """Say whether the first coordinate is east; None where neither order fits."""
    first, second = _sample(geometry)
    usual = float(_fits(system, first, second)[2].mean())
    turned = float(_fits(system, second, first)[2].mean())
    named = geometry.order == "east"
    if max(usual, turned) <= _MOST:
        notes.add(
            "inventory.crs_misfit", "questioned",
            raw=f"{first[0]:.10g}, {second[0]:.10g}", used=system.name,
        )  # fmt: skip
        return None
    if min(usual, turned) > _MOST:
        if not named:
            notes.add("inventory.axes_unclear", "questioned", used=system.name)
        return True
    if turned > usual:
        if named:
            notes.add("inventory.axes_swapped_table", "repaired", used=system.name)
        else:
            north, east = geometry.headers
            notes.add("inventory.axes", "note", east=east, north=north)
        return False
    if not named:
        east, north = geometry.headers
        notes.add("inventory.axes", "note", east=east, north=north)
    return True


def _all(
    geometry: TableGeometry, system: System, east_first: bool, notes: Notes
) -> tuple[Floats, Floats, Flags]:
    """Place all; an asset that fits only the other way round is turned, and said so."""
    a, b = geometry.coords.T
    x, y = (a, b) if east_first else (b, a)
    lon, lat, fits = _fits(system, x, y)
    number = len(geometry.asset_id)
    present = np.zeros(number, dtype=bool)
    present[geometry.owner] = True
    bad = np.zeros(number, dtype=bool)
    bad[geometry.owner[~fits]] = True
    if bad.any():
        mine = bad[geometry.owner]
        lon_2, lat_2, fits_2 = _fits(system, y[mine], x[mine])
        still = np.zeros(number, dtype=bool)
        still[geometry.owner[mine][~fits_2]] = True
        turned = bad & ~still
        here = turned[geometry.owner[mine]]
        where = np.flatnonzero(mine)[here]
        lon, lat = lon.copy(), lat.copy()
        lon[where], lat[where] = lon_2[here], lat_2[here]
        for code, severity, marked in (
            ("inventory.axes_swapped", "repaired", turned),
            ("inventory.coordinate_outside", "questioned", still),
        ):
            for i in np.flatnonzero(marked):
                raw = geometry.coords[np.searchsorted(geometry.owner, i)]
                text = f"{raw[0]:.10g}, {raw[1]:.10g}"
                kind: Severity = "repaired" if severity == "repaired" else "questioned"
                notes.add(code, kind, int(i), text, used=system.name)
        bad = still
    return lon, lat, present & ~bad
