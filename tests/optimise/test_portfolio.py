"""Two searches beside each other: bounds and plans are exchanged, faults survived."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

from renewopt.optimise import improve, pipeline, portfolio
from renewopt.optimise.engines.base import Mip
from renewopt.optimise.neighbourhoods import neighbourhoods
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.portfolio import Partner
from renewopt.optimise.starts import greedy_plans
from renewopt.optimise.state import Run
from renewopt.optimise.task import SolveOptions
from renewopt.optimise.whole_units import relaxed_mip
from tests.optimise.small import Fund, Work, small
from tests.optimise.solving import Model

GAP = 0.02
STATE = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
{what}
time.sleep(60)
"""


@pytest.fixture(scope="module")
def model() -> Model:
    """Give thirty projects that are much alike, with money for half of them."""
    rng = np.random.default_rng(1)
    works = []
    for number in range(30):
        first, second = (int(n) for n in rng.integers(50, 200, 2))
        value = first + second + int(rng.integers(0, 30))
        works += [
            Work(f"N{number:02}-{27 + t}", (first, second), value - t) for t in range(3)
        ]
    funds = {"fiscal": Fund((480, 920, 1100)), "other": Fund((200, 220, 340))}
    return Model.of(small(works, funds, years=3))


@pytest.fixture
def run(model: Model) -> Run:
    """Give a run of it that has the greedy plans."""
    options = SolveOptions(gap=GAP, time_limit_s=60)
    run = Run(model.task, options, lambda *_: None, lambda: False, lambda v: None)
    greedy_plans(run)
    return run


def program(run: Run) -> Mip:
    """Give the program of the objective without any shortfall."""
    pairs = zip(run.task.stage_coef[:-1], run.task.stage_constant[:-1], strict=True)
    held = [(coef, -int(constant)) for coef, constant in pairs]
    return relaxed_mip(run.task, run.task.stage_coef[-1], held)


def wait(partner: Partner) -> None:
    """Exchange until nothing more is to be expected, for half a minute at most."""
    until = time.monotonic() + 30
    while partner.alive and time.monotonic() < until:
        partner.exchange()
        time.sleep(0.05)


def test_plan_and_bound_come_back(model: Model, run: Run) -> None:
    """Alone the second process solves the model: its plan is taken, its bound holds."""
    assert run.best is not None
    greedy = run.key(run.best)
    with Partner(run, program(run)) as partner:
        wait(partner)
        value = -run.key(run.best)[-1]
        assert run.key(run.best) < greedy
        assert value <= partner.bound <= value * (1 + GAP)
    assert run.faults == []
    assert model.breaches(run.best) == []


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("sys.exit('no licence')", "crash"),
        ("(folder / 'state.json').write_text('{')", "garbage"),
        ("(folder / 'state.json').write_text('{\"bound\": -1, \"status\": \"\"}')",
         "wrong_bound"),
        ("(folder / 'state.json').write_text("
         "'{\"bound\": 0, \"status\": \"infeasible\"}')", "wrong_infeasible"),
        ("import numpy; numpy.save(folder / 'found.npy', numpy.ones(3))", "garbage"),
    ],
)  # fmt: skip
def test_faults_of_the_second_process_are_survived(
    monkeypatch: pytest.MonkeyPatch, run: Run, what: str, kind: str
) -> None:
    """Nothing that it said counts any more, a note says what happened."""
    monkeypatch.setattr(portfolio, "COMMAND", ("-c", STATE.format(what=what)))
    before = run.best
    with Partner(run, program(run)) as partner:
        wait(partner)
        assert not partner.alive
        assert partner.bound == np.inf
    assert [(f.kind, f.engine) for f in run.faults] == [(kind, portfolio.WHO)]
    assert run.best is before


def test_it_is_ended_with_the_run(run: Run) -> None:
    """Leaving the context ends it, and so does the death of whoever started it."""
    with Partner(run, program(run)) as partner:
        process = partner._process
        assert process.poll() is None
    assert process.returncode is not None
    orphan = subprocess.Popen(
        [sys.executable, *portfolio.COMMAND, "nowhere"],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert orphan.stdin is not None
    orphan.stdin.close()
    assert orphan.wait(20) is not None


@pytest.mark.parametrize("cores", [1, 2])
def test_auto_takes_two_processes_where_it_may(
    monkeypatch: pytest.MonkeyPatch, model: Model, cores: int
) -> None:
    """The way is told; either way ends within the gap with a plan that is whole."""
    monkeypatch.setattr(pipeline, "SMALL_COLUMNS", 0)
    monkeypatch.setattr(improve, "cores", lambda: cores)
    phases: list[str] = []
    result = solve_task(
        model.task, SolveOptions(gap=GAP, time_limit_s=60),
        lambda phase, *_: phases.append(phase), lambda: False,
    )  # fmt: skip
    assert result.way == ("portfolio" if cores > 1 else "neighbourhoods")
    assert ("portfolio" in phases) == (cores > 1)
    plan = model.plan(result)
    assert model.breaches(plan) == []
    assert result.bound + model.key(plan)[-1] <= GAP * result.bound
    assert result.faults == []


def test_neighbourhoods_have_no_end(model: Model) -> None:
    """They repeat for a seed, and go on as long as there is time."""
    first = neighbourhoods(model.task, 3)
    again = neighbourhoods(model.task, 3)
    for _ in range(70):
        free = next(first)
        assert free.any()
        assert (free == next(again)).all()
