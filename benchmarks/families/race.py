"""Engines and plain formulations side by side: the same cases, the same seconds."""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.families.naive import PENALTY
from benchmarks.families.picture import picture
from benchmarks.families.racer import FAMILIES, METHODS, PLAIN
from renewopt.rules import RULES

PLAIN_UP_TO = 2000
"""Projects up to which the plain formulations are tried, unless they are asked for."""
OVERRUN_S = 240.0
"""Seconds past the limit after which a process is ended: building counts too."""
AIMS = (0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002)
"""Gaps of which the table says when a plan first came within them: the last two."""


@dataclass(frozen=True, eq=False)
class Finish:
    """How one method ended: its lines, processor seconds, memory, whether killed."""

    method: str
    lines: list[dict[str, Any]]
    cpu: float
    memory_mb: float
    killed: bool

    def plans(self) -> list[dict[str, Any]]:
        """List its whole plans, in time."""
        return [line for line in self.lines if line["what"] == "plan"]

    def best(self) -> tuple[int, int] | None:
        """Give least shortfall and largest objective, compared in that order."""
        found = [(p["short"], -p["objective"]) for p in self.plans()]
        if not found:
            return None
        short, minus = min(found)
        return short, -minus

    def bound(self, short: int) -> float:
        """Give its least bound for plans with so much shortfall.

        Plain programs have one objective: what falls short was paid for in the bound.
        """
        found = [line["bound"] for line in self.lines if line["what"] == "bound"]
        paid = PENALTY * short if self.method in PLAIN else 0
        return min(found, default=math.inf) + paid

    def last(self, what: str, key: str) -> Any:
        """Give a value of its last line of a kind; empty where there is none."""
        found = [line[key] for line in self.lines if line["what"] == what]
        return found[-1] if found else ""


def main(arguments: Sequence[str] = ()) -> int:
    """Run every method on every instance; print a table, write a picture of each."""
    given = _options(arguments)
    if given.family == "county":
        _say_missing_kinds()
    print(f"Synthetic cases; limit {given.seconds:g} s each, one after the other.")
    print("Gap: to the least bound of all methods, where no more duties fall short.")
    print("CPU seconds with the building; the audit comes after them.\n")
    for size in given.sizes:
        for seed in given.seeds:
            _instance(given, size, seed)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks families", description=__doc__)
    parser.add_argument("--family", choices=tuple(FAMILIES), default="county")
    parser.add_argument("--sizes", type=_sizes, default=_sizes("30x5,200x10"))
    parser.add_argument("--seeds", type=_seeds, default=_seeds("0"))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--methods", type=_methods, default=None,
                        help=",".join(METHODS))  # fmt: skip
    parser.add_argument("--out", type=Path, help="folder for the pictures (svg)")
    return parser.parse_args(list(arguments))


def _sizes(text: str) -> list[tuple[int, int]]:
    sizes = [tuple(int(n) for n in part.split("x")) for part in text.split(",")]
    if any(len(size) != 2 or min(size) < 1 or size[0] < 30 for size in sizes):
        raise argparse.ArgumentTypeError("such as 200x10,300x5; 30 projects or more")
    return [(size[0], size[1]) for size in sizes]


def _seeds(text: str) -> list[int]:
    first, _, last = text.partition("-")
    if last:
        return list(range(int(first), int(last) + 1))
    return [int(part) for part in text.split(",")]


def _methods(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= set(METHODS):
        raise argparse.ArgumentTypeError(f"known: {', '.join(METHODS)}")
    return names


def _say_missing_kinds() -> None:
    """Name rule kinds that the family does not have: numbers hold without them."""
    from benchmarks.families import county

    kinds = {rule.kind for rule in county(30, 5, 0).policy.rules}
    missing = sorted(set(RULES) - kinds)
    if missing:
        print(f"Kinds of rule that the family does not have: {', '.join(missing)}.\n")


def _instance(given: argparse.Namespace, size: tuple[int, int], seed: int) -> None:
    projects, years = size
    methods = given.methods or [
        name for name in METHODS if projects <= PLAIN_UP_TO or name in ("auto", "highs")
    ]
    print(f"### {given.family} {projects} × {years}, seed {seed}\n")
    print("| method | rows × columns | shortfall | objective 万元 | gap | own gap "
          "| first plan, CPU s | reached, CPU s | CPU s | RSS MB | audit | ended |\n"
          "|---|--:|--:|--:|--:|--:|--:|---|--:|--:|---|---|")  # fmt: skip
    limits = given.seconds, given.gap
    ends = [run(given.family, size, seed, name, *limits) for name in methods]
    shortest = min((b[0] for end in ends if (b := end.best())), default=0)
    least = min(end.bound(shortest) for end in ends)
    for end in ends:
        print(_row(end, least, shortest), flush=True)
    print()
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
        path = given.out / f"{given.family}-{projects}x{years}-{seed}.svg"
        title = f"{given.family} {projects} × {years}, seed {seed} (synthetic)"
        path.write_text(picture(title, ends, least, shortest), encoding="utf-8")


def run(
    family: str,
    size: tuple[int, int],
    seed: int,
    method: str,
    seconds: float,
    gap: float,
) -> Finish:
    """Run one method in a process of its own; one that does not end is killed."""
    with tempfile.TemporaryDirectory(prefix="renewopt-") as name:
        path = Path(name) / "way.jsonl"
        words = [family, *size, seed, method, seconds, gap, path]
        command = [sys.executable, "-m", "benchmarks.families.racer", *map(str, words)]
        env = dict(os.environ, OMP_NUM_THREADS="1")
        process = subprocess.Popen(command, env=env, start_new_session=True)
        killed = not _ends(process, seconds + OVERRUN_S)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [json.loads(line) for line in text.splitlines()]
    spent = usage.ru_utime + usage.ru_stime
    return Finish(method, lines, spent, usage.ru_maxrss / 1024, killed)


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the process without reaping it; end its whole group when it hangs."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            return True
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    return False


def _row(end: Finish, least: float, shortest: int) -> str:
    size = [end.last("program", key) or end.last("built", key)
            for key in ("rows", "columns")]  # fmt: skip
    shape = " × ".join(f"{n:,}" if n else "?" for n in size)
    best, bound = end.best(), end.bound(shortest)
    first = f"{end.plans()[0]['cpu']:.1f}" if end.plans() else ""
    spent = end.last("end", "cpu") or end.cpu
    memory = end.last("end", "memory") or end.memory_mb
    ended = "killed" if end.killed else end.last("end", "by") or "crashed"
    if best is None:
        note = "none" if not end.last("unsettled", "what") else "none in whole units"
        found = f"| | {note} | | "
    else:
        short, objective = best
        gap = f"{least / objective - 1:.3%}" if short == shortest and objective else "–"
        own = f"{bound / objective - 1:.3%}" if math.isfinite(bound) else "–"
        found = f"| {short:,} | {objective / 100:,.1f} | {gap} | {own} "
    return (f"| {end.method} | {shape} {found}| {first} "
            f"| {_reached(end, least, shortest)} | {spent:.1f} "
            f"| {memory:,.0f} | {_audit(end)} | {ended} |")  # fmt: skip


def _reached(end: Finish, least: float, shortest: int) -> str:
    """Say when its plans came within each gap of the least bound."""
    found = []
    for aim in AIMS:
        for plan in end.plans():
            good = plan["objective"] > 0 and plan["short"] == shortest
            if good and least / plan["objective"] - 1 <= aim:
                found.append(f"{aim:.2%} at {plan['cpu']:.1f}")
                break
    return ", ".join(found[-2:])


def _audit(end: Finish) -> str:
    """Say what the auditor found against its last plan."""
    breaches = end.last("audit", "breaches")
    if breaches == "":
        return ""
    return f"{breaches} breaches" if breaches else "passed"
