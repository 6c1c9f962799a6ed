"""What is said of a run that did not go to its end: stages, bounds, status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from renewopt.core.errors import CancelledError, InputError
from renewopt.explain import reasons
from renewopt.optimise import starts, state
from renewopt.optimise.engines import load_engine
from renewopt.optimise.engines.base import EngineResult
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions
from renewopt.road import solve_problem
from renewopt.road.solve import _proof
from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, small
from tests.optimise.solving import Model


def duties_problem(**rule: Any) -> Problem:
    """Two duties of weight 100 each and money for one of them; V is worth more."""
    return small(
        [Work("S27", (100,), 1), Work("T27", (100,), 2), Work("V27", (100,), 900)],
        {"fiscal": Fund((100, 0))},
        [{"kind": "mandatory", **rule}],
        duties=[("S", "safety_duty", 2027), ("T", "assessed_target", 2027)],
    )


NOTHING = EngineResult("failed", None, np.inf, -np.inf, "clock")
IMPOSSIBLE = EngineResult("infeasible", None, np.inf, np.inf, "proof")


class Reluctant:
    """An engine that gives a poor answer the first times it is asked."""

    name = "highs"

    def __init__(self, failures: int, answer: EngineResult = NOTHING) -> None:
        self.left = failures
        self.answer = answer

    def solve(self, *args: Any) -> EngineResult:
        """Fail, or pass the question on."""
        self.left -= 1
        if self.left >= 0:
            return self.answer
        return load_engine("highs").solve(*args)


def test_stage_without_a_plan_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a stage ran out of time, its value is the final plan's and unproven."""
    monkeypatch.setattr(starts, "METHODS", ())
    engines = iter([Reluctant(1), load_engine("highs")])
    monkeypatch.setattr(state, "load_engine", lambda name: next(engines))
    model = Model.of(duties_problem())
    result = model.solve()
    # Only the objective stage answered: V, the most valuable. Both duties are missing.
    assert result.values is not None
    assert model.schedule(result.values).chosen["work_id"].tolist() == ["V27"]
    assert [(s.name, s.value, s.proven) for s in result.stages] == [
        ("safety_duty unplaced", 100, False),
        ("assessed_target unplaced", 100, False),
    ]
    assert result.status == "feasible"


def test_contradiction_is_not_one_engines_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that wrongly finds no plan has failed; no rule is blamed."""
    monkeypatch.setattr(starts, "METHODS", ())
    engines = iter([Reluctant(9, IMPOSSIBLE), load_engine("highs")])
    monkeypatch.setattr(state, "load_engine", lambda name: next(engines))
    result = Model.of(duties_problem()).solve()
    assert (result.status, result.conflict) == ("failed", [])


def test_cancel_before_any_plan_is_a_cancel() -> None:
    """Not a failed solver and not a contradiction: exit code 130."""
    # Without the hard duty nothing is a plan, and nobody has time to place it.
    problem = duties_problem(hard=["safety_duty"])
    model = Model.of(problem)
    options = SolveOptions(time_limit_s=20)
    result = solve_task(model.task, options, lambda *_: None, lambda: True)
    assert (result.status, result.values) == ("cancelled", None)
    with pytest.raises(CancelledError) as caught:
        solve_problem(problem, options=options, cancelled=lambda: True)
    assert caught.value.exit_code == 130


def test_cancelled_run_keeps_what_it_had() -> None:
    """Without hard rules the empty plan is a plan: cancelled, with an honest bound."""
    model = Model.of(duties_problem())
    result = solve_task(model.task, SolveOptions(), lambda *_: None, lambda: True)
    assert result.status == "cancelled"
    assert result.values is not None
    assert model.breaches(result.values) == []
    assert result.bound >= 90_000  # V alone is worth 900
    assert not any(stage.proven for stage in result.stages)


def test_a_greedy_plan_that_time_cut_short_is_no_baseline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would make every plan look good; it may still be the plan to begin with."""
    monkeypatch.setattr(starts, "LEAST_SECONDS", -1.0)
    model = Model.of(duties_problem())
    result = model.solve(time_limit_s=0.0)
    assert result.baselines == {}
    whole = model.solve()
    assert set(whole.baselines) == {"greedy", "worst_first"}


def test_reasons_of_a_run_that_stopped_early() -> None:
    """Room and money were left: not outbid, but never looked at."""
    problem = small([Work("A27", (100,), 1)], {"fiscal": Fund((100, 0))})
    model = Model.of(problem)
    nothing = model.schedule(np.zeros(model.task.matrix.shape[1], np.int64))
    ended = reasons(problem, nothing)["A"][0].code
    stopped = reasons(problem, nothing, searched=False)["A"][0].code
    assert (ended, stopped) == ("reason.outbid", "reason.unsearched")


@pytest.mark.parametrize(
    "options", [{"time_limit_s": float("inf")}, {"seed": -1}, {"gap": 2.0}]
)
def test_limits_that_are_none_are_refused(options: dict[str, Any]) -> None:
    """From a script as from the command line."""
    with pytest.raises(InputError) as error:
        solve_problem(duties_problem(), options=SolveOptions(**options))
    assert [m.code for m in error.value.messages] == ["solve.option"]


def test_bounds_of_shortfalls_are_whole() -> None:
    """A bound of 99.9999 says that 100 is the least: it is stated as proven."""
    model = Model.of(duties_problem())
    result = model.solve()
    stages = [replace(s, bound=s.bound - 1e-7, proven=True) for s in result.stages]
    result_told = replace(result, stages=stages)
    proof = _proof(result_told, model.built, SolveOptions(), None)
    assert [(stage.value, stage.bound) for stage in proof.stages] == [
        (s.value, s.value) for s in result.stages
    ]
    assert any(stage.value for stage in proof.stages)
