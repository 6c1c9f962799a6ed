"""Coordinate systems: zones, local grids, GCJ-02, and what the magnitudes show."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewopt.core.errors import InputError
from renewopt.inventory.geometry import geometry_settings
from renewopt.inventory.geometry.gcj import from_gcj, to_gcj
from renewopt.inventory.geometry.systems import (
    gauss_krueger,
    parse_system,
    plain_twin,
    zoned_twin,
)

PLACES = st.tuples(st.floats(74, 134), st.floats(18, 53))


@settings(max_examples=200, deadline=None)
@given(PLACES)
def test_gcj_there_and_back(place: tuple[float, float]) -> None:
    """The way back finds the true place to better than a centimetre."""
    lon, lat = (np.array([value]) for value in place)
    there = to_gcj(lon, lat)
    again = from_gcj(*there)
    metres = pyproj.Geod(ellps="GRS80").inv(lon, lat, *again)[2]
    assert metres[0] < 0.01
    shift = pyproj.Geod(ellps="GRS80").inv(lon, lat, *there)[2]
    assert 20 < shift[0] < 1500


def test_gcj_of_a_known_place() -> None:
    """The shift in Beijing is the published one, a few hundred metres."""
    lon, lat = to_gcj(np.array([116.404]), np.array([39.915]))
    assert (lon[0], lat[0]) == pytest.approx((116.41024449916938, 39.91640428150164))


def test_gcj_outside_china_is_unshifted() -> None:
    """Elsewhere maps are not shifted."""
    lon, lat = to_gcj(np.array([-80.5]), np.array([43.4]))
    assert (lon[0], lat[0]) == (-80.5, 43.4)


@pytest.mark.parametrize("zone", [*range(13, 24), *range(25, 46)])
def test_zones_agree_with_pyproj(zone: int) -> None:
    """Every zone's system is CGCS2000 with the central meridian of its number."""
    system = gauss_krueger(zone)
    middle = zone * 3 if zone >= 25 else zone * 6 - 3
    x, y = np.array([zone * 1e6 + 500_000.0]), np.array([4_500_000.0])
    lon, lat = system.to_lonlat(x, y)
    assert lon[0] == pytest.approx(middle)
    assert 40 < lat[0] < 41
    name = pyproj.CRS.from_user_input(system.crs).name
    assert name.startswith("CGCS2000")


@settings(max_examples=60, deadline=None)
@given(st.integers(25, 45), st.floats(-1.4, 1.4), st.floats(18, 53))
def test_gauss_krueger_round_trip(zone: int, off: float, lat: float) -> None:
    """Coordinates made by pyproj come back to a tenth of a millimetre, both forms."""
    lon = zone * 3 + off
    for system in (gauss_krueger(zone), parse_system(f"EPSG:{4534 + zone - 25}")):
        back = pyproj.Transformer.from_crs("EPSG:4490", system.crs, always_xy=True)
        x, y = (np.array([value]) for value in back.transform(lon, lat))
        found = system.to_lonlat(x, y)
        assert found[0][0] == pytest.approx(lon, abs=1e-9)
        assert found[1][0] == pytest.approx(lat, abs=1e-9)
    plain = parse_system(f"EPSG:{4534 + zone - 25}")
    assert zoned_twin(plain, zone) == gauss_krueger(zone)
    assert plain_twin(gauss_krueger(zone)) == plain
    assert zoned_twin(plain, 25 + (zone - 24) % 21) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EPSG:4547", "EPSG:4547"), ("4547", "EPSG:4547"), ("CGCS2000", "EPSG:4490"),
        ("wgs 84", "EPSG:4326"), ("GCJ-02", "GCJ-02"), ("火星坐标", "GCJ-02"),
        (pyproj.CRS("EPSG:4547").to_wkt(), "EPSG:4547"),
        (pyproj.CRS("EPSG:4326").to_wkt("WKT1_ESRI"), "EPSG:4326"),
    ],
)  # fmt: skip
def test_ways_to_state_a_system(text: str, name: str) -> None:
    """Codes, names and WKT are understood."""
    assert parse_system(text).name == name


@pytest.mark.parametrize(
    "value", ["EPSG:1", "nonsense", {"dx": 1}, {"base": "EPSG:4547", "shift": 1},
              {"base": "EPSG:4547", "scale": 0}, {"base": "EPSG:4547", "dx": "1"},
              {"base": "GCJ-02"}],
)  # fmt: skip
def test_systems_that_are_none(value: object) -> None:
    """What is no system is refused, local grids with unknown keys too."""
    with pytest.raises(InputError) as error:
        parse_system(value)
    assert error.value.messages[0].code in {
        "inventory.bad_crs", "inventory.bad_local_grid",
    }  # fmt: skip


def test_a_local_grid() -> None:
    """A grid that is turned, scaled and shifted comes to its place."""
    base = parse_system("EPSG:4547")
    grid = parse_system(
        {"base": "EPSG:4547", "dx": 450_000, "dy": 4_500_000, "rotation": 90.0,
         "scale": 1.0001}
    )  # fmt: skip
    found = grid.to_lonlat(np.array([1000.0]), np.array([0.0]))
    wanted = base.to_lonlat(np.array([450_000.0]), np.array([4_501_000.1]))
    assert found[0] == pytest.approx(wanted[0])
    assert found[1] == pytest.approx(wanted[1])


def test_datums_without_a_known_shift() -> None:
    """Beijing 1954 and Xi'an 1980 are told from CGCS2000 and WGS 84."""
    assert parse_system("EPSG:2437").unknown_shift()
    assert parse_system("EPSG:2383").unknown_shift()
    assert not parse_system("EPSG:4547").unknown_shift()
    assert not parse_system("EPSG:32650").unknown_shift()
    assert not parse_system("GCJ-02").unknown_shift()


def test_systems_by_file() -> None:
    """A system may be stated per file, by name or stem."""
    found = geometry_settings({"gas": "GCJ-02", "b.csv": "EPSG:4547"})
    assert found.of("gas.csv") == parse_system("GCJ-02")
    assert found.of("b.csv") == parse_system("EPSG:4547")
    assert found.of("c.csv") is None
    assert geometry_settings("EPSG:4547").of("c.csv") == parse_system("EPSG:4547")
