"""Published knapsacks as cases: multidimensional 0-1 knapsacks of the OR-Library.

Each item is a project that may start in the one year of the plan; each constraint is an
annual cap on a resource. `mkcbres.txt` holds the best values that Chu and Beasley found
(1997); later literature is slightly better on some.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.families.draw import IntArray
from benchmarks.families.worst import resource_problem
from renewopt.optimise.engines import ENGINES
from renewopt.optimise.task import SolveOptions
from renewopt.road import solve_problem
from renewopt.rules.problem import Problem

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mkp_orlibrary"
SECONDS = 20.0
SAMPLE = (0, 7, 15, 22, 29)
"""Of each file's 30 knapsacks: of each tightness one, and the first and last."""
_NAME = re.compile(r"^\s*(\d+\.\d+-\d+)\s+(\d+)\s*$")


@dataclass(frozen=True, eq=False)
class Knapsack:
    """One published instance; `best` is the best known value."""

    name: str
    profit: IntArray
    weight: IntArray
    room: IntArray
    best: int

    def problem(self) -> Problem:
        """Write it as a case: a profit of 1 is a value of one unit."""
        return resource_problem(
            self.weight, self.profit[:, None], self.room[:, None], self.name
        )


def read_file(path: Path, best: dict[str, int]) -> Iterator[Knapsack]:
    """Yield the knapsacks of a file, in its order.

    Raises
    ------
    ValueError
        If the file does not hold what its head says.
    """
    numbers = np.array(path.read_text(encoding="ascii").split(), dtype=np.float64)
    count, at = int(numbers[0]), 1
    for number in range(count):
        items, rows = int(numbers[at]), int(numbers[at + 1])
        at += 3
        size = items + rows * items + rows
        block = numbers[at : at + size].astype(np.int64)
        if len(block) != size:
            raise ValueError(f"{path.name}: knapsack {number} is cut short")
        at += size
        name = f"{rows}.{items}-{number:02d}"
        yield Knapsack(
            name,
            block[:items],
            block[items : items + rows * items].reshape(rows, items),
            block[items + rows * items :],
            best[name],
        )


def best_known(path: Path) -> dict[str, int]:
    """Read the table of best values; the first of the two tables counts."""
    found: dict[str, int] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        match = _NAME.match(line)
        if match:
            found.setdefault(match.group(1), int(match.group(2)))
    return found


def main(arguments: Sequence[str] = ()) -> int:
    """Solve the knapsacks and print each shortfall from the best value known."""
    parser = argparse.ArgumentParser(prog="benchmarks knapsacks", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto")
    parser.add_argument("--all", action="store_true", help="all 30 of every file")
    given = parser.parse_args(list(arguments))
    files = sorted(given.data.glob("mknapcb*.txt"))
    if not files or not (given.data / "mkcbres.txt").is_file():
        print(
            f"Skipped: no mknapcb*.txt with mkcbres.txt in {given.data.name}/; they "
            "are published by the OR-Library (J. E. Beasley), not with this project. "
            "Name their folder with --data.",
            file=sys.stderr,
        )
        return 0
    best = best_known(given.data / "mkcbres.txt")
    which = "all" if given.all else f"numbers {', '.join(map(str, SAMPLE))} of each"
    print(f"Engine {given.engine}, {given.seconds:g} s each; {which}.\n")
    print("| knapsack | best known | plan | shortfall | bound above plan | s | CPU s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    shortfalls = [
        _row(knapsack, given.engine, given.seconds)
        for path in files
        for number, knapsack in enumerate(read_file(path, best))
        if given.all or number in SAMPLE
    ]
    print(
        f"\n{len(shortfalls)} knapsacks: mean shortfall {np.mean(shortfalls):.4%}, "
        f"worst {max(shortfalls):.3%} (aim: mean ≤ 0.1 %)."
    )
    return 0


def _row(knapsack: Knapsack, engine: str, seconds: float) -> float:
    began, spent = time.perf_counter(), _cpu()
    options = SolveOptions(gap=1e-6, time_limit_s=seconds, engine=engine)
    plan = solve_problem(knapsack.problem(), options=options)
    value = plan.proof.objective
    shortfall = 1 - value / knapsack.best
    print(
        f"| {knapsack.name} | {knapsack.best:,} | {value:,} | {shortfall:.3%} "
        f"| {plan.proof.gap:.3%} | {time.perf_counter() - began:.1f} "
        f"| {_cpu() - spent:.1f} |",
        flush=True,
    )
    return shortfall


def _cpu() -> float:
    """Processor seconds of this process and of the workers that have ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(
            resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
    )
