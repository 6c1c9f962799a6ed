"""The worker process: progress, cancel, crashes and hangs; and solvers side by side."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import permutations
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from renewopt.core.errors import SolverError
from renewopt.optimise.task import SolveOptions
from renewopt.road import solve_problem
from renewopt.rules.problem import Problem
from renewopt.runs import jobs
from renewopt.runs.jobs import Progress, run_job
from tests.optimise.small import Fund, Work, small
from tests.optimise.solving import Model


def hard_problem() -> Problem:
    """Forty projects that are much alike: minutes of work for any engine to prove."""
    rng = np.random.default_rng(1)
    works = []
    for number in range(40):
        first, second = (int(n) for n in rng.integers(50, 200, 2))
        value = first + second + int(rng.integers(0, 30))
        works += [
            Work(f"N{number:02}-{27 + t}", (first, second), value - t) for t in range(3)
        ]
    funds = {"fiscal": Fund((680, 1320, 1400)), "other": Fund((280, 320, 440))}
    return small(works, funds, years=3)


def easy_problem() -> Problem:
    """Two works, money for one."""
    works = [Work("A27", (100,), 100), Work("B27", (100,), 60)]
    return small(works, {"fiscal": Fund((100, 0))})


def test_progress_lines_arrive_in_order() -> None:
    """Greedy methods, shortfall, objective: phases come as the worker goes."""
    lines: list[Progress] = []
    model = Model.of(hard_problem())
    result = run_job(model.task, SolveOptions(time_limit_s=4, gap=0), lines.append)
    phases = list(dict.fromkeys(line.phase for line in lines))
    assert phases[0] == "greedy"
    assert phases[-1] == "objective"
    assert "worst_first" in phases
    shown = [line.elapsed for line in lines]
    assert shown == sorted(shown)
    last = lines[-1]
    assert last.best is not None
    assert last.bound is not None
    assert last.gap is not None
    assert last.best <= last.bound
    assert last.gap == pytest.approx((last.bound - last.best) / last.best)
    # Stopped by the clock: a plan, its bound, and the word that it may differ.
    assert (result.status, result.stopped_by) == ("feasible", "clock")
    assert result.clocked


@pytest.mark.parametrize("engine", ["highs", "scip"])
def test_cancel_returns_the_best_plan(engine: str) -> None:
    """Within seconds of the wish, audited clean and not below the greedy plans."""
    model = Model.of(hard_problem())
    seen: list[float] = []

    def listen(line: Progress) -> None:
        if line.phase == "objective":
            seen.append(time.monotonic())

    options = SolveOptions(time_limit_s=60, gap=0, engine=engine)
    result = run_job(model.task, options, listen, lambda: bool(seen))
    assert time.monotonic() - seen[0] < 20
    assert result.status == "cancelled"
    plan = result.values
    assert plan is not None
    assert model.breaches(plan) == []
    assert set(result.baselines) == {"greedy", "worst_first"}
    for baseline in result.baselines.values():
        assert model.key(plan) <= model.key(baseline)
    assert -model.key(plan)[-1] <= result.bound < np.inf


def test_engine_that_cannot_be_cancelled_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CBC listens to nobody: after the grace its process ends and its plan is kept."""
    monkeypatch.setattr(jobs, "GRACE_S", 1.0)
    model = Model.of(hard_problem())
    ready: list[bool] = []

    def listen(line: Progress) -> None:
        if line.phase == "worst_first":
            ready.append(True)

    began = time.monotonic()
    options = SolveOptions(time_limit_s=60, gap=0, engine="cbc")
    result = run_job(model.task, options, listen, lambda: len(ready) > 0)
    assert time.monotonic() - began < 30
    assert result.status == "cancelled"
    assert result.values is not None
    assert model.breaches(result.values) == []


CRASHES = {
    "at once": "import os; os.abort()",
    "after a plan": (
        "import os, sys, pathlib\n"
        "from renewopt.optimise.job_folder import load_task, save_checkpoint\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "task, _ = load_task(folder)\n"
        "save_checkpoint(task.lower, folder)\n"
        "os.abort()"
    ),
    "hangs": "import time; time.sleep(600)",
}


def other_worker(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let another program stand for the worker."""

    def start(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", code, str(folder)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    monkeypatch.setattr(jobs, "_start", start)


def test_crash_without_a_plan_is_a_failed_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The caller lives on and gets an error in words, no traceback."""
    other_worker(monkeypatch, CRASHES["at once"])
    problem = easy_problem()
    result = run_job(Model.of(problem).task, SolveOptions())
    assert (result.status, result.stopped_by) == ("failed", "crash")
    assert result.values is None
    with pytest.raises(SolverError) as caught:
        solve_problem(problem, options=SolveOptions())
    assert [m.code for m in caught.value.messages] == ["solve.no_plan"]
    assert caught.value.exit_code == 1


def test_crash_after_a_plan_returns_that_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The best plan so far was kept and is returned as feasible."""
    other_worker(monkeypatch, CRASHES["after a plan"])
    model = Model.of(easy_problem())
    result = run_job(model.task, SolveOptions())
    assert (result.status, result.stopped_by) == ("feasible", "crash")
    assert result.values is not None
    assert result.values.tolist() == model.task.lower.tolist()
    assert result.bound == 16_000  # all that columns alone could bring: 100 + 60 万元


def test_worker_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its limit and the overrun it is stopped."""
    other_worker(monkeypatch, CRASHES["hangs"])
    monkeypatch.setattr(jobs, "OVERRUN_S", 0.5)
    began = time.monotonic()
    result = run_job(Model.of(easy_problem()).task, SolveOptions(time_limit_s=0.5))
    assert time.monotonic() - began < 10
    assert (result.status, result.stopped_by) == ("failed", "hung")


def test_error_inside_the_worker_is_told() -> None:
    """A fault of ours in the worker is told, and a second one goes on without it."""
    model = Model.of(easy_problem())
    result = run_job(model.task, SolveOptions(engine="abacus"))
    assert result.status == "optimal"
    (fault,) = result.faults
    assert fault.kind == "worker_crash"
    assert "abacus" in fault.detail


SOLVERS = {
    "highspy": """
h = highspy.Highs()
h.setOptionValue("output_flag", False)
a, b = h.addBinary(obj=3), h.addBinary(obj=2)
h.addConstr(2 * a + 2 * b <= 3)
h.maximize()
assert h.getInfo().objective_function_value == 3
""",
    "ortools": """
from ortools.math_opt.python import mathopt
m = mathopt.Model()
a, b = m.add_binary_variable(), m.add_binary_variable()
m.add_linear_constraint(2 * a + 2 * b <= 3)
m.maximize(3 * a + 2 * b)
assert round(mathopt.solve(m, mathopt.SolverType.GSCIP).objective_value()) == 3
""",
    "pulp": """
p = pulp.LpProblem("tiny", pulp.LpMaximize)
a, b = (p.add_variable(n, 0, 1, cat=pulp.LpInteger) for n in "ab")
p += 3 * a + 2 * b
p += 2 * a + 2 * b <= 3
p.solve(pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path, msg=False))
assert round(pulp.value(p.objective)) == 3
""",
}


@pytest.mark.parametrize("order", list(permutations(SOLVERS)), ids="-".join)
def test_solvers_live_side_by_side(order: tuple[str, ...]) -> None:
    """All three libraries load and solve in one process, whatever comes first."""
    first = {"ortools": "import ortools.math_opt.python.mathopt"}
    imports = [first.get(name, f"import {name}") for name in order]
    code = "\n".join([*imports, *(SOLVERS[name] for name in order)])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
