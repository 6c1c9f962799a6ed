"""One method on one instance, in a process of its own; its way is written as lines.

`python -m benchmarks.families.racer FAMILY PROJECTS YEARS SEED METHOD SECONDS GAP FILE`
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.families import county, knapsack_like
from benchmarks.families.draw import FloatArray, IntArray
from benchmarks.families.naive import PENALTY, Plain, compact, per_project
from renewopt.audit import audit_schedule
from renewopt.optimise.engines import ENGINES, load_engine
from renewopt.optimise.engines.base import Limits
from renewopt.optimise.model import BuiltModel, build_model, values_schedule
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, SolveTask, make_task
from renewopt.optimise.whole_units import settle
from renewopt.rules.problem import Problem

FAMILIES: dict[str, Callable[[int, int, int], Problem]] = {
    "county": county,
    "knapsack": knapsack_like,
}
PLAIN = {"compact-highs": "highs", "naive-cbc": "cbc", "naive-highs": "highs"}
METHODS = ("auto", *ENGINES, *PLAIN)


def cpu() -> float:
    """Processor seconds of this process and of the programs that it has waited for."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(each.ru_utime + each.ru_stime for each in used)


@dataclass
class Trace:
    """Writes what is known at each moment: plan, bound, processor and wall seconds."""

    path: Path
    task: SolveTask | None = None
    began: float = field(default_factory=time.monotonic)
    last_bound: float = np.inf

    def line(self, what: str, **more: object) -> None:
        """Append one line."""
        wall = time.monotonic() - self.began
        line = {"what": what, "wall": round(wall, 2), "cpu": round(cpu(), 2)} | more
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def plan(self, values: IntArray) -> None:
        """Note a whole plan: its shortfalls and its objective, in units."""
        assert self.task is not None
        *short, minus = (int(value) for value in self.task.stage_values(values))
        self.line("plan", short=sum(short), objective=-minus)

    def end(self, status: str, by: str) -> None:
        """Note how it ended, and the most memory that it had until then."""
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.line("end", status=status, by=by, memory=most)

    def bound(self, bound: float) -> None:
        """Note a bound that is lower than the last."""
        if np.isfinite(bound) and bound < self.last_bound - 0.5:
            self.last_bound = bound
            self.line("bound", bound=bound)


def main(arguments: list[str]) -> int:
    """Build the instance, run the method, write its way."""
    family, projects, years, seed, method, seconds, gap, path = arguments
    problem = FAMILIES[family](int(projects), int(years), int(seed))
    trace = Trace(Path(path))
    trace.line("made")
    built = build_model(problem)
    task = trace.task = make_task(problem, built)
    trace.line("built", rows=task.matrix.shape[0], columns=task.matrix.shape[1],
               terms=int(task.matrix.nnz))  # fmt: skip
    if method in PLAIN:
        limits = Limits(float(gap), 0.5, float(seconds), 0)
        values = _plain(problem, built, task, method, limits, trace)
    else:
        options = SolveOptions(float(gap), float(seconds), method)
        values = _product(task, options, trace)
    if values is not None:
        schedule = values_schedule(problem, built.model, values)
        trace.line("audit", breaches=len(audit_schedule(problem, schedule)))
    return 0


def _product(task: SolveTask, options: SolveOptions, trace: Trace) -> IntArray | None:
    def tell(phase: str, _: float | None, bound: float | None) -> None:
        if phase == "objective" and bound is not None:
            trace.bound(-bound)

    result = solve_task(task, options, tell, lambda: False, trace.plan)
    trace.bound(result.bound)
    trace.end(result.status, result.stopped_by)
    return result.values


def _plain(
    problem: Problem,
    built: BuiltModel,
    task: SolveTask,
    method: str,
    limits: Limits,
    trace: Trace,
) -> IntArray | None:
    """Hand one program to one engine; its last plan has to stand in whole units."""
    naive = method.startswith("naive")
    plain = per_project(problem, built, task) if naive else compact(task)
    trace.line("program", rows=plain.mip.matrix.shape[0], columns=len(plain.mip.cost))
    # What the shortfall stages cost before any work is chosen.
    constant = float(PENALTY * int(task.stage_constant[:-1].sum()))

    def report(best: float, bound: float) -> bool:
        if np.isfinite(best):
            trace.line("value", value=-best - constant)
        trace.bound(-bound - constant)
        return False

    engine = load_engine(PLAIN[method])
    answer = engine.solve(plain.mip, limits, None, report)
    values = None if answer.x is None else _settled(task, plain, answer.x, trace)
    trace.bound(-answer.bound - constant)
    trace.end(answer.status, answer.stopped_by)
    return values


def _settled(
    task: SolveTask, plain: Plain, x: FloatArray, trace: Trace
) -> IntArray | None:
    taken = (x[plain.x] > 0.5).astype(np.int64)
    values = settle(task, load_engine("highs"), taken, 60.0)
    if values is None:
        trace.line("unsettled")
    else:
        trace.plan(values)
    return values


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
