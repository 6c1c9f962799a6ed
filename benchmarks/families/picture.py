"""Gap over time, one line per method, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from renewopt.report.svg import COLOURS, Picture

FLOOR, CEILING = -5.0, 0.0
"""Powers of ten of the gap that the picture shows."""


class Way(Protocol):
    """What the picture needs of one method."""

    method: str
    cpu: float

    def plans(self) -> list[dict[str, Any]]:
        """List its whole plans, in time."""
        ...


def picture(title: str, ways: Sequence[Way], bound: float, shortest: int) -> str:
    """Draw log10 of the gap to `bound` over log10 of processor seconds.

    Plans with more shortfall than `shortest` are left out; a line ends when its
    method did.
    """
    longest = max([way.cpu for way in ways] + [1.0])
    end = math.ceil(math.log10(longest) * 10) / 10
    drawn = Picture(
        title, "CPU seconds", "gap to the least bound",
        (-1.0, end), (FLOOR, CEILING),
    )  # fmt: skip
    for number, way in enumerate(ways):
        colour = COLOURS[number % len(COLOURS)]
        steps = _steps(way, bound, shortest)
        if steps:
            xs = [_log(cpu, -1.0, end) for cpu, _ in steps]
            ys = [_log(gap, FLOOR, CEILING) for _, gap in steps]
            drawn.line(xs, ys, colour)
        name = way.method if steps else f"{way.method}: no plan"
        drawn.key(name, colour)
    powers = range(int(FLOOR), int(CEILING) + 1)
    drawn.ticks_y(list(powers), [f"{10.0 ** (n + 2):g} %" for n in powers])
    seconds = range(-1, int(end) + 1)
    drawn.ticks_x(list(seconds), [f"{10.0**n:g}" for n in seconds])
    return drawn.svg()


def _steps(way: Way, bound: float, shortest: int) -> list[tuple[float, float]]:
    """List (seconds, gap) at each better plan, as a staircase."""
    found: list[tuple[float, float]] = []
    for plan in way.plans():
        if plan["short"] > shortest or plan["objective"] <= 0:
            continue
        gap = bound / plan["objective"] - 1
        if found and gap >= found[-1][1]:
            continue
        if found:
            found.append((plan["cpu"], found[-1][1]))
        found.append((plan["cpu"], gap))
    if found:
        found.append((max(way.cpu, found[-1][0]), found[-1][1]))
    return found


def _log(value: float, low: float, high: float) -> float:
    return min(high, max(low, math.log10(max(value, 1e-12))))
