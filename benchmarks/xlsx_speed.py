"""A workbook of 100,000 pipes: the import beside python-calamine alone, in one run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import python_calamine
import xlsxwriter

from renewopt import catalogue
from renewopt.inventory import read_inventory
from renewopt.inventory.readers import read_raw

ROWS = 100_000
ROUNDS = 3
HEADERS = (
    "管线编号", "管长(m)", "管材", "敷设年份", "管径(mm)", "道路名称", "权属单位",
    "管理单位", "使用状态", "埋设方式", "服务户数", "备注",
)  # fmt: skip


def main() -> None:
    """Print the median seconds of each way and its ratio to calamine's."""
    known = catalogue.load()
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "gas_pipe.xlsx")
        ways: list[tuple[str, Callable[[], object]]] = [
            ("python-calamine alone", lambda: calamine(path)),
            ("raw tables (reader)", lambda: read_raw(path)),
            ("read_inventory", lambda: read_inventory(path, known)),
        ]
        seconds: dict[str, list[tuple[float, float]]] = {n: [] for n, _ in ways}
        for _ in range(ROUNDS):
            for name, way in ways:
                seconds[name].append(timed(way))
        size = path.stat().st_size / 1e6
    base = _medians(seconds["python-calamine alone"])
    print(f"{ROWS:,} rows × {len(HEADERS)} columns, {size:.1f} MB, synthetic.\n")
    print(f"| way | s (median of {ROUNDS}) | × calamine | processor s | × calamine |")
    print("|---|--:|--:|--:|--:|")
    for name, found in seconds.items():
        own = _medians(found)
        cells = (f"{s:.2f} | {s / b:.2f}" for s, b in zip(own, base, strict=True))
        print(f"| {name} | {' | '.join(cells)} |")


def _medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    """Give the median seconds on the clock, and of the processor."""
    return median(s for s, _ in found), median(cpu for _, cpu in found)


def write(path: Path) -> Path:
    """Write the synthetic workbook."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("燃气管道")
    sheet.write_row(0, 0, HEADERS)
    for i in range(ROWS):
        row = (
            f"RQ-{i:06d}", round(12.5 + i % 900 / 7, 2), "PE", 1990 + i % 30,
            100 + i % 5 * 50, f"人民路{i % 400}", "合成县燃气有限公司",
            "合成县燃气有限公司", "在用", "直埋", i % 300, "",
        )  # fmt: skip
        sheet.write_row(i + 1, 0, row)
    book.close()
    return path


def calamine(path: Path) -> object:
    """Read every cell with python-calamine and do nothing with it."""
    with python_calamine.load_workbook(str(path)) as book:
        return [book.get_sheet_by_name(n).to_python() for n in book.sheet_names]


def timed(way: Callable[[], object]) -> tuple[float, float]:
    """Give the seconds that a call takes: on the clock, and of the processor."""
    begin, worked = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - begin, time.process_time() - worked
