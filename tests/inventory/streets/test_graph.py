"""The street graph of large networks: the same as by comparing every pair of lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewopt.catalogue import Catalogue
from renewopt.inventory.corridors import place_in_corridors
from renewopt.inventory.join.pieces import (
    Pieces,
    close_pairs,
    close_pieces,
    distances,
    near_pieces,
)
from renewopt.inventory.join.plane import Plane
from renewopt.inventory.streets import place
from renewopt.inventory.streets.junctions import crowded
from tests.inventory.streets import plain_graph

PLANE = Plane(111.0, 41.5)
NO_ROADS = pd.DataFrame(
    {name: pd.Series(dtype=object) for name in ("corridor_id", "name", "street")}
)
IDS = ("A", "A-1", "A/1", "A!", "B-2", "管1")
"""Identifiers whose order with what follows them is not their own order."""


def network(seed: int, given_ids: bool, odd_ids: bool) -> dict[str, pd.DataFrame]:
    """Make lines of three classes along the streets of a crooked town, and points."""
    rng = np.random.default_rng(seed)
    frames = {}
    for name, aside in (("gas_pipe", 5.0), ("heating_pipe", -4.0), ("water_pipe", 9.0)):
        ends = _lines(rng, aside + rng.normal(0, 2.0))
        lon, lat = PLANE.degrees(ends[:, [0, 2]], ends[:, [1, 3]])
        ids = [f"{name}-{i:03d}" for i in range(len(ends))]
        if odd_ids:
            ids[: len(IDS)] = IDS
        frames[name] = pd.DataFrame({
            "asset_id": ids,
            "start_lon": lon[:, 0], "start_lat": lat[:, 0],
            "end_lon": lon[:, 1], "end_lat": lat[:, 1],
            "street": rng.choice(["人民路", "建设街", None], len(ends)),
            "district": rng.choice(["城南", "城北"], len(ends)),
        })  # fmt: skip
        if given_ids:
            known = rng.choice(["L1", "L2", None], len(ends), p=[0.1, 0.1, 0.8])
            frames[name]["corridor_id"] = known
    x, y = rng.uniform(-300, 700, (2, 12))
    lon, lat = PLANE.degrees(x, y)
    frames["waterlogging_point"] = pd.DataFrame(
        {"asset_id": [f"P{i}" for i in range(12)], "lon": lon, "lat": lat}
    )
    return frames


def _lines(rng: np.random.Generator, aside: float) -> np.ndarray:
    """Lay lines one after the other along streets; some stray, short or very long."""
    out = []
    for street in range(4):
        across = street // 2 * rng.uniform(100, 260) + aside
        ends = np.cumsum(rng.gamma(2.0, 45.0, 6)) - 200
        for low, high in pairwise(ends):
            bend = rng.normal(0, 4.0, 2)
            line = (low, across + bend[0], high, across + bend[1])
            out.append(line if street % 2 else (line[1], line[0], line[3], line[2]))
    stray = rng.uniform(-250, 450, (3, 4))
    long = [(-2000.0, aside - 90.0, 2500.0, aside - 40.0)]
    short = [(aside, 40.0, aside + 2.0, 41.0)]
    return np.vstack([out, stray, long, short])


@pytest.mark.parametrize("seed", range(12))
def test_graph_is_that_of_every_pair(
    seed: int, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Search by cells gives the segments, names and ends of comparing every pair."""
    frames = network(seed, given_ids=seed % 3 == 1, odd_ids=seed % 2 == 1)
    found = place_in_corridors(frames, NO_ROADS, catalogue)
    monkeypatch.setattr(place, "by_graph", plain_graph.by_graph)
    plain = place_in_corridors(frames, NO_ROADS, catalogue)
    assert found.places["graph"].sum() > 40
    pd.testing.assert_frame_equal(found.places, plain.places)
    for name in frames:
        pd.testing.assert_frame_equal(found.assets[name], plain.assets[name])
    pd.testing.assert_frame_equal(found.corridors, plain.corridors)


def pieces(seed: int, number: int, size: float) -> Pieces:
    """Strew pieces of all lengths, some of none."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-size, size, (2, number))
    dx, dy = rng.normal(0, 1, (2, number)) * rng.choice([0.0, 5.0, 80.0, 900.0], number)
    return Pieces(np.arange(number, dtype=np.int64), x, y, x + dx, y + dy)


@given(
    seed=st.integers(0, 10**6), number=st.integers(0, 40),
    size=st.sampled_from([1.0, 100.0, 3000.0, 2e7]),
    reach=st.sampled_from([0.0, 1.0, 20.0, 400.0]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_near_piece_is_missed(
    seed: int, number: int, size: float, reach: float
) -> None:
    """Pieces near places and near each other are those that comparing all finds."""
    lines = pieces(seed, number, size)
    rng = np.random.default_rng(seed + 1)
    x, y = rng.uniform(-size, size, (2, 15))
    place_of, piece_of = np.divmod(np.arange(15 * number), max(number, 1))
    away = distances(lines, piece_of, x[place_of], y[place_of])
    near = away <= reach
    at, which, metres = near_pieces(lines, x, y, reach)
    assert at.tolist() == place_of[near].tolist()
    assert which.tolist() == piece_of[near].tolist()
    assert metres.tolist() == away[near].tolist()
    if number:
        some = close_pieces(lines, x, y, reach)
        assert set(piece_of[near].tolist()) <= set(some.tolist())
    a, b = close_pairs(lines, reach)
    assert (a < b).all()
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    assert len(pairs) == len(a)
    for one in range(number):
        for other in range(one + 1, number):
            ends = [(lines.x1, lines.y1), (lines.x2, lines.y2)]
            to_one = [distances(lines, np.array([one]), ex[[other]], ey[[other]])[0]
                      for ex, ey in ends]  # fmt: skip
            if min(to_one) <= reach:
                assert (one, other) in pairs


def test_crowd_is_counted_at_the_places_themselves() -> None:
    """Hundreds of lines beside one another tell no streets; some dozens do."""
    y = np.linspace(0.0, 30.0, 400)
    many = Pieces(np.arange(400), np.zeros(400), y, np.full(400, 100.0), y)
    assert crowded(many, 20.0)
    assert not crowded(many.take(np.arange(0, 400, 10)), 20.0)
    apart = np.arange(400) * 500.0
    assert not crowded(Pieces(many.owner, apart, y, apart + 90.0, y), 20.0)
