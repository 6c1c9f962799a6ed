"""Runs that begin from the last one beside cold starts, all money × some shares."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.families import county
from renewopt.audit import audit_schedule
from renewopt.optimise.certificate import Certificate, certificate
from renewopt.optimise.hints import Hints, make_hints
from renewopt.optimise.model import BuiltModel, build_model, values_schedule
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, SolveResult, SolveTask, make_task
from renewopt.optimise.variants import Variants, with_amounts
from renewopt.rules.problem import Problem


@dataclass
class Timed:
    """One solve, with processor seconds of this process at each plan and at the end."""

    task: SolveTask
    began: float = field(default_factory=time.process_time)
    plans: list[tuple[float, int]] = field(default_factory=list)
    bound: float = np.inf
    seconds: float = 0.0

    def run(self, options: SolveOptions, hints: Hints | None = None) -> SolveResult:
        """Solve in this process."""
        result = solve_task(
            self.task, options, lambda *_: None, lambda: False, self._keep, hints=hints
        )
        self.seconds, self.bound = time.process_time() - self.began, result.bound
        return result

    def _keep(self, values: np.ndarray) -> None:
        value = -int(self.task.stage_values(values)[-1])
        self.plans.append((time.process_time() - self.began, value))

    def row(self, gap: float) -> str:
        """Say when plans came within the gap, and what there was at the end."""
        near = [at for at, value in self.plans if self.bound <= (1 + gap) * value]
        last = self.plans[-1][1] if self.plans else 0
        reached = f"{near[0]:.1f}" if near else "not"
        end = f"{self.bound / last - 1:.3%}" if last else "no plan"
        return f"{reached} | {end} | {self.seconds:.1f}"


def main(arguments: Sequence[str] = ()) -> int:
    """Solve once, then each share of the money from that run and cold."""
    given = _options(arguments)
    projects, years = (int(part) for part in given.size.split("x"))
    problem = county(projects, years, given.seed)
    # One process: what a second one does beside it would not be in these seconds.
    options = SolveOptions(given.gap, given.seconds, baselines=False, processes=1)
    most = with_amounts(problem.policy, problem.case.plan_years, max(given.shares))
    variants = Variants.of(Problem(problem.case, most))
    built = build_model(problem)
    first = Timed(make_task(problem, built))
    result = first.run(options)
    if result.values is None:
        print(f"no plan: {result.status}")
        return 1
    works, proven = _known(built, result)
    print(f"### {given.size}, seed {given.seed}: gap {given.gap:.2%}, one process\n")
    print("| money | start | within the gap, CPU s | gap at the end | CPU s | audit |")
    print("|---|---|--:|--:|--:|---|")
    print(f"| × 1 | cold | {first.row(given.gap)} | |", flush=True)
    for share in given.shares:
        policy = with_amounts(problem.policy, problem.case.plan_years, share)
        own = Problem(problem.case, policy)
        again = variants.under(policy)
        hints = make_hints(again, works, proven)
        for name, start in (("from the last", hints), ("cold", None)):
            timed = Timed(make_task(own, again))
            found = timed.run(options, start)
            verdict = _audit(own, again, found)
            row = timed.row(given.gap)
            print(f"| × {share:g} | {name} | {row} | {verdict} |", flush=True)
    return 0


def _known(built: BuiltModel, result: SolveResult) -> tuple[list[str], Certificate]:
    x = built.model.columns("x")
    assert result.values is not None
    works = x.index[result.values[x.to_numpy()] > 0].tolist()
    assert result.multipliers is not None
    return works, certificate(built, result.multipliers, result.held)


def _audit(problem: Problem, built: BuiltModel, found: SolveResult) -> str:
    if found.values is None:
        return ""
    schedule = values_schedule(problem, built.model, found.values)
    breaches = audit_schedule(problem, schedule)
    return f"{len(breaches)} breaches" if breaches else "passed"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks warm", description=__doc__)
    parser.add_argument("--size", default="2000x10")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shares", type=_shares, default=[0.9, 1.1])
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--seconds", type=float, default=120.0)
    return parser.parse_args(list(arguments))


def _shares(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
