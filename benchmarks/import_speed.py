"""Import speed: a million pipe rows as CSV, checked here and read by pandas alone.

The pipes lie end to end along a grid of streets, each as long as its length column
says, as in the export of a province. It is measured twice: with the number of the
street segment of each pipe (路段编号), as a bureau's GIS keeps it, and without it. Then
`renewopt check` leaves the streets of so many lines to the making of a plan; with
`--streets` they are told from the lines, which is measured beside it. A few cells are
dirty.

All run in processes of their own, so that each peak of memory is its own. The goal is
one of seconds on the clock; the seconds that the processor worked stand beside them,
since they depend less on what else the machine does.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

ROWS = 1_000_000
REPEATS = 3
PLAIN = "pandas.read_csv"
DIRTY_EVERY = 500
"""One row in so many has a cell that has to be asked about."""
MATERIALS = ("PE", "灰口铸铁", "球墨铸铁", "钢管", "PVC")


SPACING_M = 370.0
"""Metres between two streets of the grid."""
NORTH_M, EAST_M = 111_050.0, 84_014.0
"""Metres per degree at the middle of the grid, 41° N."""


def make_file(path: Path, rows: int, segments: bool = True) -> None:
    """Write a water inventory as a bureau exports it; a few cells are dirty.

    Parameters
    ----------
    segments
        Whether the file has the number of each pipe's street segment.
    """
    rng = np.random.default_rng(2026)
    year = rng.integers(1965, 2025, rows).astype(str).astype(object)
    year[::DIRTY_EVERY] = "九十年代"
    size = rng.choice([100, 150, 200, 300, 400], rows).astype(str).astype(object)
    size[1::DIRTY_EVERY] = "DN200"
    metres = np.round(rng.gamma(2.0, 60.0, rows) + 1, 2)
    length = metres.astype(str).astype(object)
    length[2::DIRTY_EVERY] = "约120"
    street, block, places = _along_streets(metres)
    columns = {
        "管线编号": [f"JS-{i:07d}" for i in range(rows)],
        "所属片区": np.array(["城南街道", "城北街道", "城西街道"])[street % 3],
        "道路名称": [f"道路{i}号路" for i in street],
        "路段编号": [f"L{i:04d}-{j:03d}" for i, j in zip(street, block, strict=True)],
        "权属单位": "合成县供水有限公司",
        "敷设年份": year,
        "使用状态": "在用",
        "服务户数": rng.integers(0, 500, rows),
        "管径(mm)": size,
        "管长(m)": length,
        "埋深(m)": np.round(rng.uniform(0.6, 2.5, rows), 2),
        "管材": rng.choice(MATERIALS, rows),
        **places,
        "备注": "",
    }
    if not segments:
        del columns["路段编号"]
    pd.DataFrame(columns).to_csv(path, index=False, encoding="utf-8-sig")


def _along_streets(
    metres: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], dict[str, object]]:
    """Lay pipes end to end along streets east and north: street, block, ends."""
    side = np.sqrt(metres.sum() * SPACING_M / 2)
    at = np.cumsum(metres) - metres
    street = (at // side).astype(np.int64)
    along, aside = at % side - side / 2, street // 2 * SPACING_M - side / 2
    north = street % 2 == 1
    places: dict[str, object] = {}
    for end, way in (("起点", along), ("终点", along + metres)):
        lon = 111.5 + np.where(north, aside, way) / EAST_M
        lat = 41.0 + np.where(north, way, aside) / NORTH_M
        places[f"{end}经度"], places[f"{end}纬度"] = np.round(lon, 6), np.round(lat, 6)
    block = ((along + side / 2) // SPACING_M).astype(np.int64)
    return street, block, places


def measure(what: str, path: Path) -> None:
    """Read the file once and print seconds, processor seconds and peak MiB."""
    if what != PLAIN:
        from renewopt.catalogue import load
        from renewopt.cli.check import MOST_TOLD
        from renewopt.inventory import read_inventory

        models = load()
        most = MOST_TOLD if what == "check" else None
        start, worked = time.perf_counter(), time.process_time()
        found = read_inventory(path, models, as_of_year=2026, most_told=most)
        rows = len(found.assets["water_pipe"])
    else:
        start, worked = time.perf_counter(), time.process_time()
        rows = len(pd.read_csv(path))
    seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds} {cpu} {peak} {rows}")


def _run(what: str, path: Path) -> tuple[float, float, float, int]:
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_speed", what, str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return float(out[0]), float(out[1]), float(out[2]), int(out[3])


def main() -> None:
    """Print the measurements and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        for segments in (True, False):
            path = Path(folder) / "water_pipe.csv"
            make_file(path, ROWS, segments)
            kind = "with" if segments else "without"
            size = path.stat().st_size / 2**20
            print(f"{ROWS:,} rows {kind} segments, {size:.0f} MiB\n")
            _compare(path, () if segments else ("check --streets",))


def _compare(path: Path, more: tuple[str, ...]) -> None:
    """Measure all by turns and print the median of each: the machine is shared."""
    print("| what | s (median) | processor s | peak MiB | rows |")
    print("|---|--:|--:|--:|--:|")
    ways = (PLAIN, "check", *more)
    runs = [{what: _run(what, path) for what in ways} for _ in range(REPEATS)]
    found = {}
    for what in ways:
        clock, cpu = (statistics.median(run[what][k] for run in runs) for k in (0, 1))
        peak = max(run[what][2] for run in runs)
        rows, found[what] = runs[0][what][3], (clock, cpu)
        print(f"| {what} | {clock:.2f} | {cpu:.2f} | {peak:,.0f} | {rows:,} |")
    for what in ways[1:]:
        pairs = zip(found[what], found[PLAIN], strict=True)
        ratio, worked = (ours / plain for ours, plain in pairs)
        print(
            f"\n{what}: ratio {ratio:.2f} on the clock, {worked:.2f} of the processor "
            "(goal of check: 6 or less on the clock, and 4,096 MiB or less)\n",
            flush=True,
        )


if __name__ == "__main__":
    measure(sys.argv[1], Path(sys.argv[2]))
