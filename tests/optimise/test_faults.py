"""Solvers that crash, lie or write nonsense: the run survives and says so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from renewopt.core.errors import message
from renewopt.optimise import job_folder, state
from renewopt.optimise.engines import load_engine
from renewopt.optimise.engines.base import (
    Engine,
    EngineResult,
    FloatArray,
    Limits,
    Mip,
    Report,
)
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.received import receive
from renewopt.optimise.task import SolveOptions, SolveResult
from renewopt.optimise.trust import checked, least_bound
from renewopt.road import solve_problem
from renewopt.rules.problem import Problem
from renewopt.runs import jobs
from renewopt.text import render
from tests.optimise.small import Fund, Work, small
from tests.optimise.solving import Model

Lie = Callable[[Mip, EngineResult], EngineResult]


def knapsack() -> Problem:
    """Six works of which greedy ranking by value per cost takes the wrong ones."""
    size = {"A": (60, 66), "B": (50, 54), "C": (50, 53), "D": (41, 40), "E": (33, 30)}
    works = [Work(f"{n}27", (cost,), value) for n, (cost, value) in size.items()]
    return small(works, {"fiscal": Fund((100, 0))})


class Liar:
    """HiGHS, but for what `lie` makes of its answers."""

    name = "liar"

    def __init__(self, lie: Lie) -> None:
        """Keep the lie."""
        self.lie = lie

    def solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        """Solve, then lie."""
        honest = load_engine("highs").solve(mip, limits, start, report)
        return self.lie(mip, honest)


def crash(mip: Mip, answer: EngineResult) -> EngineResult:
    """Fail inside the library."""
    raise MemoryError("node table")


def wrong_optimal(mip: Mip, answer: EngineResult) -> EngineResult:
    """Call the empty plan optimal."""
    return EngineResult("optimal", np.zeros(len(mip.cost)), 0.0, 0.0, "gap")


def wrong_bound(mip: Mip, answer: EngineResult) -> EngineResult:
    """Claim that no plan is better than half of the best one."""
    return EngineResult("optimal", None, np.inf, answer.objective / 2, "gap")


def broken_plan(mip: Mip, answer: EngineResult) -> EngineResult:
    """Take every work without the money."""
    x = np.where(mip.integer, mip.upper, 0.0)
    return EngineResult("optimal", x, float(mip.cost @ x), float(mip.cost @ x), "gap")


def impossible(mip: Mip, answer: EngineResult) -> EngineResult:
    """Deny that there is any plan."""
    return EngineResult("infeasible", None, np.inf, np.inf, "proof")


def garbage(mip: Mip, answer: EngineResult) -> EngineResult:
    """Give numbers that are none, and too few."""
    return EngineResult("optimal", np.array([np.nan]), np.nan, np.nan, "gap")


def wrong_value(mip: Mip, answer: EngineResult) -> EngineResult:
    """Praise a plan for what it does not have."""
    return replace(answer, objective=answer.objective * 3, bound=answer.objective * 3)


def no_bound(mip: Mip, answer: EngineResult) -> EngineResult:
    """Give a bound that is no number beside a good plan."""
    return replace(answer, bound=np.nan)


LIES: dict[str, tuple[Lie, str]] = {
    "crash": (crash, "crash"),
    "wrong optimal": (wrong_optimal, "wrong_bound"),
    "wrong bound": (wrong_bound, "wrong_bound"),
    "broken plan": (broken_plan, "broken_plan"),
    "impossible": (impossible, "wrong_infeasible"),
    "garbage": (garbage, "garbage"),
    "wrong value": (wrong_value, "wrong_value"),
    "no bound": (no_bound, "garbage"),
}


def let_lie(monkeypatch: pytest.MonkeyPatch, lie: Lie) -> None:
    """Let an engine lie in place of CBC; the others stay honest."""

    def load(name: str) -> Engine:
        return Liar(lie) if name == "cbc" else load_engine(name)

    monkeypatch.setattr(state, "load_engine", load)


@pytest.mark.parametrize("lie", list(LIES))
def test_lie_is_found_out(monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    """The best plan and its true bound come back, with a note of what was wrong."""
    say, kind = LIES[lie]
    let_lie(monkeypatch, say)
    model = Model.of(knapsack())
    result = model.solve("cbc")
    plan = model.plan(result)
    assert model.breaches(plan) == []
    assert -model.key(plan)[-1] == 10_700  # B and C
    assert result.bound == pytest.approx(10_700, abs=1)
    assert result.status == "optimal"
    assert kind in {fault.kind for fault in result.faults}
    for fault in result.faults:
        note = message(f"solve.fault_{fault.kind}", engine=fault.engine,
                       phase=fault.phase, detail=fault.detail)  # fmt: skip
        for lang in ("zh", "en"):
            assert fault.engine in render(note, lang)


def test_every_engine_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can be believed the greedy plan stands, with a true bound."""
    monkeypatch.setattr(
        state, "load_engine",
        lambda name: load_engine("highs") if name == "highs" else Liar(wrong_bound),
    )  # fmt: skip
    monkeypatch.setattr(state.Run, "other", lambda run, name: Liar(wrong_bound))
    model = Model.of(knapsack())
    result = model.solve("cbc")
    assert result.values is not None
    assert model.breaches(result.values) == []
    assert -model.key(result.values)[-1] < 10_700 <= result.bound
    assert (result.status, result.stopped_by) == ("feasible", "fault")


def test_honest_answers_are_left_alone() -> None:
    """Of four engines on a real model none is called a liar."""
    model = Model.of(knapsack())
    for engine in ("highs", "scip", "cbc", "cp-sat"):
        result = model.solve(engine)
        assert result.faults == []
        assert -model.key(model.plan(result))[-1] == 10_700


def test_a_plan_found_later_disproves_a_bound() -> None:
    """The least bound that stands counts; a source that lied once counts no more."""
    model = Model.of(knapsack())
    run = state.Run(model.task, SolveOptions(), lambda *_: None, lambda: False,
                    lambda values: None)  # fmt: skip
    claims = [("relaxation", 11_000.0), ("liar", 9_000.0), ("liar", 10_800.0)]
    assert least_bound(run, claims, 10_700) == 11_000
    assert [fault.engine for fault in run.faults] == ["liar"]
    assert least_bound(run, claims[:1], 12_000) == np.inf


def test_rounding_of_an_engine_is_no_fault() -> None:
    """Rows kept to a millionth, and a bound a hair above the plan, are no lies."""
    model = Model.of(knapsack())
    mip = state_mip(model)
    answer = load_engine("highs").solve(
        mip, Limits(0, 0.5, 9, 0), None, lambda *_: False
    )
    assert answer.x is not None
    off = replace(answer, x=answer.x * (1 + 1e-6), bound=answer.objective + 0.1)
    assert checked(mip, off, answer.objective)[1] is None


def state_mip(model: Model) -> Mip:
    """Give the program of the objective."""
    from renewopt.optimise.whole_units import relaxed_mip

    return relaxed_mip(model.task, model.task.stage_coef[-1], [])


WORKER = """
import os, pathlib, sys
from renewopt.optimise import worker
folder = pathlib.Path(sys.argv[1])
first = not (folder.parent / "mark").exists()
(folder.parent / "mark").touch()
def end(*_): os.abort()
if first: worker.save_result = end
sys.exit(worker.main(folder))
"""


def test_crash_of_the_worker_is_survived(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A second process goes on from the kept plan; the plan's notes say why."""

    def start(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder)], stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip

    monkeypatch.setattr(jobs, "_start", start)
    monkeypatch.setattr(jobs.tempfile, "tempdir", str(tmp_path))
    plan = solve_problem(knapsack(), options=SolveOptions(gap=0.0, time_limit_s=30))
    assert plan.proof.objective == plan.proof.bound == 10_700
    assert plan.proof.engine == "scip"
    assert [note.code for note in plan.warnings] == ["solve.fault_worker_crash"]
    assert any(line.startswith("fault: worker_crash") for line in plan.log)


Job = tuple[Model, SolveResult, Path]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Give a model, its result, and the folder that its worker would leave."""
    model = Model.of(knapsack())
    result = solve_task(
        model.task, SolveOptions(0.0), lambda *_: None, lambda: False,
        lambda values: job_folder.save_checkpoint(values, tmp_path),
        lambda y, held: job_folder.save_proof(y, held, tmp_path),
    )  # fmt: skip
    return model, result, tmp_path


def test_good_result_is_received_as_it_is(job: Job) -> None:
    """What is whole passes through."""
    model, result, folder = job
    job_folder.save_result(result, folder)
    got = receive(model.task, folder, "crash", "")
    assert (got.status, got.bound, got.faults) == ("optimal", result.bound, [])


def test_what_was_proven_survives_a_hang(job: Job) -> None:
    """Ended from outside, a run has its plan and the bound of its multipliers."""
    model, _, folder = job
    got = receive(model.task, folder, "hung", "last words")
    assert (got.status, got.stopped_by) == ("feasible", "hung")
    assert [(f.kind, f.detail) for f in got.faults] == [("worker_hung", "last words")]
    assert -model.key(model.plan(got))[-1] == 10_700
    assert 10_700 <= got.bound < 11_500
    assert got.multipliers is not None


@pytest.mark.parametrize("name", ["result.json", "result.npz", "both"])
def test_garbage_is_not_read_as_a_result(job: Job, name: str) -> None:
    """The kept plan counts, whichever file is spoilt."""
    model, result, folder = job
    job_folder.save_result(result, folder)
    for file in ("result.json", "result.npz") if name == "both" else (name,):
        (folder / file).write_bytes(b"\x00nonsense\n")
    got = receive(model.task, folder, "crash", "")
    assert [fault.kind for fault in got.faults] == ["worker_garbage"]
    assert (got.status, got.stopped_by) == ("feasible", "crash")
    assert -model.key(model.plan(got))[-1] == 10_700


def test_nothing_is_read_from_a_folder_of_nonsense(job: Job) -> None:
    """Where the kept plan is spoilt too there is none, and no error of ours."""
    model, _, folder = job
    for file in ("result.json", "result.npz", "checkpoint.npy", "proof.npz"):
        (folder / file).write_bytes(b"PK\x03\x04nonsense")
    got = receive(model.task, folder, "crash", "")
    assert (got.status, got.values) == ("failed", None)


@pytest.mark.parametrize("spoil", ["row", "fraction", "short"])
def test_plan_that_breaks_rows_is_not_received(job: Job, spoil: str) -> None:
    """Counted exactly against the task: the kept plan takes its place."""
    model, result, folder = job
    plan = model.plan(result)
    bad = {"row": plan + 1, "fraction": plan / 2, "short": plan[:3]}[spoil]
    job_folder.save_result(replace(result, values=bad), folder)
    got = receive(model.task, folder, "crash", "")
    assert [fault.kind for fault in got.faults] == ["worker_plan"]
    assert model.plan(got).tolist() == plan.tolist()
    assert got.status == "feasible"


def test_bound_below_its_own_plan_is_not_shown(job: Job) -> None:
    """The multipliers' bound takes its place; the plan is no longer optimal."""
    model, result, folder = job
    job_folder.save_result(replace(result, bound=5_000.0), folder)
    got = receive(model.task, folder, "crash", "")
    assert [fault.kind for fault in got.faults] == ["worker_bound"]
    assert 10_700 <= got.bound < 11_500
    assert (got.status, got.stopped_by) == ("feasible", "fault")


def test_lines_of_progress_that_are_none_are_left_out(tmp_path: Path) -> None:
    """Nonsense among the lines tells nothing and stops nothing."""
    path = tmp_path / "progress.jsonl"
    good = b'{"phase": "greedy", "elapsed": 1.0, "best": null, "bound": null}\n'
    path.write_bytes(b"\x00\n" + good + b"[1]\n{}\n" + good[:20])
    (line,) = next(jobs._new_lines(path))
    assert (line.phase, line.elapsed) == ("greedy", 1.0)
