"""Import speed: a million pipe rows as CSV, checked here and read by pandas alone.

Both run in processes of their own, so that each peak of memory is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 1_000_000
DIRTY_EVERY = 500
"""One row in so many has a cell that has to be asked about."""
MATERIALS = ("PE", "灰口铸铁", "球墨铸铁", "钢管", "PVC")


def make_file(path: Path, rows: int) -> None:
    """Write a water inventory as a bureau exports it; a few cells are dirty."""
    rng = np.random.default_rng(2026)
    number = np.arange(rows)
    year = rng.integers(1965, 2025, rows).astype(str).astype(object)
    year[::DIRTY_EVERY] = "九十年代"
    size = rng.choice([100, 150, 200, 300, 400], rows).astype(str).astype(object)
    size[1::DIRTY_EVERY] = "DN200"
    length = np.round(rng.gamma(2.0, 60.0, rows) + 1, 2).astype(str).astype(object)
    length[2::DIRTY_EVERY] = "约120"
    frame = pd.DataFrame(
        {
            "管线编号": [f"JS-{i:07d}" for i in number],
            "所属片区": rng.choice(["城南街道", "城北街道", "城西街道"], rows),
            "道路名称": [f"道路{i % 3000}号路" for i in number],
            "权属单位": "合成县供水有限公司",
            "敷设年份": year,
            "使用状态": "在用",
            "服务户数": rng.integers(0, 500, rows),
            "管径(mm)": size,
            "管长(m)": length,
            "埋深(m)": np.round(rng.uniform(0.6, 2.5, rows), 2),
            "管材": rng.choice(MATERIALS, rows),
            "起点经度": np.round(rng.uniform(111, 112, rows), 6),
            "起点纬度": np.round(rng.uniform(41, 42, rows), 6),
            "终点经度": np.round(rng.uniform(111, 112, rows), 6),
            "终点纬度": np.round(rng.uniform(41, 42, rows), 6),
            "备注": "",
        }
    )
    frame.to_csv(path, index=False, encoding="utf-8-sig")


def measure(what: str, path: Path) -> None:
    """Read the file once and print seconds and the peak of memory in MiB."""
    if what == "check":
        from renewopt.catalogue import load
        from renewopt.inventory import read_inventory

        models = load()
        start = time.perf_counter()
        found = read_inventory(path, models, as_of_year=2026)
        rows = len(found.assets["water_pipe"])
    else:
        start = time.perf_counter()
        rows = len(pd.read_csv(path))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds} {peak} {rows}")


def _run(what: str, path: Path) -> tuple[float, float, int]:
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_speed", what, str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return float(out[0]), float(out[1]), int(out[2])


def main() -> None:
    """Print both measurements and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "water_pipe.csv"
        make_file(path, ROWS)
        print(f"{ROWS:,} rows, {path.stat().st_size / 2**20:.0f} MiB\n")
        print("| what | seconds | peak MiB | rows |\n|---|--:|--:|--:|")
        found = {}
        for what in ("pandas.read_csv", "check"):
            found[what] = _run(what, path)
            seconds, peak, rows = found[what]
            print(f"| {what} | {seconds:.1f} | {peak:,.0f} | {rows:,} |", flush=True)
        ratio = found["check"][0] / found["pandas.read_csv"][0]
        print(f"\nratio {ratio:.2f} (goal: 6 or less, and 4,096 MiB or less)")


if __name__ == "__main__":
    measure(sys.argv[1], Path(sys.argv[2]))
