"""Engines side by side: the same task, the same seconds, one after the other."""

from __future__ import annotations

from renewopt import road
from renewopt.core.data import data_dir
from renewopt.optimise.engines import ENGINES
from renewopt.optimise.model import build_model
from renewopt.optimise.task import SolveOptions, make_task
from renewopt.runs.jobs import run_job

COUNTIES = ("small-town", "demo-county")
SECONDS = 90.0
GAP = 0.003


def main() -> None:
    """Print value, gap and time of each engine, beside both greedy plans."""
    print(f"Limit {SECONDS:.0f} s, gap target {GAP:.1%}; shortfalls in stage units.\n")
    print("| county | engine | shortfalls | objective 万元 | gap | s | stopped by |")
    print("|---|---|---|--:|--:|--:|---|")
    for county in COUNTIES:
        path = data_dir("inventories") / county / "scenario.toml"
        problem = road.prepare(path)[0].problem
        task = make_task(problem, build_model(problem))
        for engine in ENGINES:
            options = SolveOptions(GAP, SECONDS, engine)
            result = run_job(task, options)
            if result.values is None:
                print(f"| {county} | {engine} | {result.status} | | | | |")
                continue
            *short, minus = (int(v) for v in task.stage_values(result.values))
            gap = (result.bound + minus) / -minus
            print(
                f"| {county} | {engine} | {' / '.join(map(str, short))} "
                f"| {-minus / 100:,.1f} | {gap:.2%} | {result.seconds:.1f} "
                f"| {result.stopped_by} |",
                flush=True,
            )
        for name, values in sorted(result.baselines.items()):
            *short, minus = (int(v) for v in task.stage_values(values))
            shown = " / ".join(map(str, short))
            print(f"| {county} | ({name}) | {shown} | {-minus / 100:,.1f} | | | |")
