"""Speed of the joins: 20,000 records, 100,000 assets, with a road layer and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from renewopt.catalogue.load import load
from renewopt.inventory import Inventory, impute
from renewopt.inventory.corridors import place_in_corridors
from renewopt.inventory.failures import join_failures
from renewopt.inventory.join.plane import Plane
from renewopt.inventory.tables import ParsedTable, TableCount

ASSETS, RECORDS, SPACING_M = 100_000, 20_000, 250.0
PLANE = Plane(111.0, 41.5)
CLASSES = {"gas_pipe": 4.0, "heating_pipe": -5.0, "water_pipe": -9.0}
"""Class → metres beside the middle of the street."""


def made(
    beside: Mapping[str, float] = CLASSES, seed: int = 1
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Lay pipes along a grid of streets; give them and the grid.

    Parameters
    ----------
    beside
        Class → metres beside the middle of the street.
    """
    rng = np.random.default_rng(seed)
    side = int(np.sqrt(ASSETS / len(beside) / 2))
    i, j = np.divmod(np.arange(side * side), side)
    x, y = np.tile(i * SPACING_M, 2), np.tile(j * SPACING_M, 2)
    east = np.arange(len(x)) < side * side
    dx, dy = np.where(east, SPACING_M, 0.0), np.where(east, 0.0, SPACING_M)
    roads = _lines(x, y, dx, dy)
    names = np.where(east, "E", "N") + pd.Series(np.where(east, y, x)).astype(str)
    roads = roads.assign(
        corridor_id=[f"L{n}" for n in range(len(x))], street=names, name=names
    )
    assets = {}
    for name, offset in beside.items():
        ux, uy = dx / SPACING_M, dy / SPACING_M
        frame = _lines(x - uy * offset, y + ux * offset, dx, dy).assign(
            asset_id=[f"{name}-{n}" for n in range(len(x))],
            street=names,
            length_m=SPACING_M,
            install_year=pd.Series(rng.integers(1970, 2026, len(x))).astype("Int64"),
            material=rng.choice(["pe", "steel"], len(x)),
        )
        hole = rng.uniform(size=len(x)) < 0.1
        frame["install_year"] = frame["install_year"].mask(hole)
        assets[name] = frame
    return assets, roads


def _lines(
    x: np.ndarray, y: np.ndarray, dx: np.ndarray, dy: np.ndarray
) -> pd.DataFrame:
    start, end = PLANE.degrees(x, y), PLANE.degrees(x + dx, y + dy)
    return pd.DataFrame(
        {
            "start_lon": start[0],
            "start_lat": start[1],
            "end_lon": end[0],
            "end_lat": end[1],
        }
    )


def records(assets: dict[str, pd.DataFrame], seed: int = 2) -> ParsedTable:
    """Make records beside the pipes, without identifiers."""
    rng = np.random.default_rng(seed)
    frame = assets["water_pipe"]
    row, share = rng.integers(0, len(frame), RECORDS), rng.uniform(0.1, 0.9, RECORDS)
    at = {
        axis: frame[f"start_{axis}"].to_numpy()[row] * (1 - share)
        + frame[f"end_{axis}"].to_numpy()[row] * share
        for axis in ("lon", "lat")
    }
    days = pd.to_datetime("2017-01-01") + pd.to_timedelta(
        rng.integers(0, 3000, RECORDS), "D"
    )
    table = pd.DataFrame({"asset_class": "water_pipe", "date": days, **at})
    count = TableCount("records.csv", "", "failures", RECORDS, RECORDS, 0)
    rows = np.arange(2, RECORDS + 2)
    return ParsedTable("failures", "records.csv", "", table, rows, (), count)


def main() -> None:
    """Print seconds and results of each step."""
    catalogue = load()
    assets, roads = made()
    apart, _ = made({"water_pipe": 0.0, "second": 60.0, "third": 120.0})
    mains = pd.concat(apart.values(), ignore_index=True)
    table, none = records(apart), pd.DataFrame()
    bare = Inventory(assets, none, none, none, roads, none, none, none)
    print("| step | seconds | processor s | result |\n|---|--:|--:|---|")
    _timed(
        f"{RECORDS:,} records joined by distance to {len(mains):,} mains",
        lambda: join_failures([table], {"water_pipe": mains}, catalogue),
        lambda it: ", ".join(
            f"{name} {int(it.shares[name].sum()):,}" for name in it.shares.columns[3:]
        ),
    )
    for title, layer in (("road layer", roads), ("street graph", roads.iloc[:0])):
        _timed(
            f"{len(mains):,} assets placed by {title}",
            partial(place_in_corridors, assets, layer, catalogue),
            lambda it: f"{int(it.places['not_placed'].sum()):,} not placed",
        )
    _timed(
        f"years of {len(mains):,} assets imputed",
        lambda: impute(bare, catalogue, ["install_year"]),
        lambda it: f"{len(it.qualities):,} cells",
    )


def _timed(title: str, step: Callable[[], Any], say: Callable[[Any], str]) -> None:
    began, worked = time.perf_counter(), time.process_time()
    result = step()
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    print(f"| {title} | {seconds:.1f} | {cpu:.1f} | {say(result)} |")
