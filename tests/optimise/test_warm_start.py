"""Runs that begin from another: bounds stay true and plans whole under new limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from renewopt import road
from renewopt.core.errors import InputError
from renewopt.optimise.certificate import certificate
from renewopt.optimise.dual_values import proven_bound
from renewopt.optimise.hints import Hints, make_hints
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, SolveResult
from renewopt.optimise.warm_start import least_shortfall
from renewopt.road.audit import audit_folder
from renewopt.road.start import Start
from renewopt.rules.problem import Problem
from renewopt.runs.folder import write_run
from renewopt.runs.plan import Plan
from tests.optimise.solving import Model
from tests.strategies import example

EXACT = SolveOptions(gap=0.0, time_limit_s=20.0, baselines=False)


def with_money(problem: Problem, share: float) -> Problem:
    """Scale what every fund has in the plan's years."""
    table = problem.policy.fund_years.copy()
    own = table["year"].isin(problem.case.plan_years)
    table.loc[own, "amount"] = (
        (table.loc[own, "amount"] * share).round().astype("int64")
    )
    return Problem(problem.case, replace(problem.policy, fund_years=table))


def solved(model: Model, hints: Hints | None = None) -> SolveResult:
    """Solve to proof, in this process."""
    return solve_task(
        model.task, EXACT, lambda *_: None, lambda: False, hints=hints
    )  # fmt: skip


LONG = [pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 60)]


@pytest.mark.parametrize("seed", [1, 4, 5, *LONG])
def test_old_multipliers_bound_every_plan_of_other_limits(seed: int) -> None:
    """Below no plan's value, whatever the money; and the warm run ends as the cold."""
    problem = example("", seed).problem
    old = Model.of(problem)
    first = solved(old)
    proven = None
    if first.multipliers is not None:
        proven = certificate(old.built, first.multipliers, first.held)
    works = []
    if first.values is not None:
        works = list(old.schedule(first.values).chosen["work_id"])
    for share in (0.7,) if seed % 2 else (1.4,):
        new = Model.of(with_money(problem, share))
        hints = make_hints(new.built, works, proven)
        cold, warm = solved(new), solved(new, hints)
        assert (warm.values is None) == (cold.values is None)
        if cold.values is None or warm.values is None:
            assert warm.status == cold.status
            continue
        assert not len(new.task.broken(warm.values))
        assert new.key(warm.values) == new.key(cold.values)
        value = -new.key(warm.values)[-1]
        assert warm.bound >= value
        held = least_shortfall_of(new)
        y = hints.for_held(new.task.matrix.shape[0], len(held))
        if y is not None and all(int(c @ cold.values) <= v for c, v in held):
            assert proven_bound(new.task, held, y) >= value
        if warm.multipliers is not None:
            stages = list(zip(new.task.stage_coef, warm.held, strict=False))
            assert proven_bound(new.task, stages, warm.multipliers) >= value


def least_shortfall_of(model: Model) -> list[tuple[np.ndarray, int]]:
    """Hold every stage at its least value."""
    from renewopt.optimise.state import Run

    run = Run(model.task, EXACT, lambda *_: None, lambda: False, lambda values: None)
    return least_shortfall(run)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_nonsense_as_multipliers_proves_nothing_wrong(sign: float) -> None:
    """Any numbers give a true bound or none; a foreign plan is no harm."""
    model = Model.of(example("", 5).problem)
    rng = np.random.default_rng(3)
    size = model.task.matrix.shape[0] + len(model.task.stage_names) - 1
    hints = Hints(np.ones(len(model.task.x), np.int64), sign * rng.random(size) * 50)
    warm, cold = solved(model, hints), solved(model)
    assert model.key(model.plan(warm)) == model.key(model.plan(cold))
    assert warm.bound >= -model.key(model.plan(cold))[-1]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    """Make a plan and write its run."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    options = SolveOptions(gap=0.0, time_limit_s=30)
    plan = road.solve_problem(example("", 5).problem, options=options)
    return plan, write_run(plan, folder, {})


def test_run_begins_from_a_folder(first: tuple[Plan, Path], tmp_path: Path) -> None:
    """`--from` gives the same best plan with baselines, and is in the manifest."""
    old, folder = first
    out = tmp_path / "again"
    options = SolveOptions(gap=0.0, time_limit_s=30)
    plan = road.solve_case(folder / "case", out=out, options=options, start=folder)
    assert plan.proof.objective == old.proof.objective
    assert set(plan.baselines) == {"greedy", "worst_first"}
    assert not [note for note in plan.warnings if note.code.startswith("start.")]
    text = (out / "manifest.json").read_text(encoding="utf-8")
    assert '"first/schedule.csv"' in text
    assert audit_folder(out).ok


def test_foreign_run_is_said(first: tuple[Plan, Path]) -> None:
    """A run of other projects, or without multipliers, helps little: both are said."""
    own = list(first[0].problem.case.works["work_id"])
    foreign = Start(("nobody-27",), None, "other")
    assert [n.code for n in foreign.notes(own)] == [
        "start.foreign", "start.no_multipliers",
    ]  # fmt: skip
    partly = replace(Start.of(first[0]), works=("nobody-27", own[0]))
    (note,) = partly.notes(own)
    assert (note.code, note.params["count"]) == ("start.gone", 1)
    assert not Start.of(first[0]).notes(own)


def test_what_is_no_run_is_refused(first: tuple[Plan, Path], tmp_path: Path) -> None:
    """A folder without a manifest, and a certificate that cannot be read."""
    with pytest.raises(InputError) as caught:
        Start.read(tmp_path)
    assert caught.value.messages[0].code == "runs.not_a_run"
    spoilt = tmp_path / "spoilt"
    spoilt.mkdir()
    for name in ("manifest.json", "schedule.csv"):
        (spoilt / name).write_bytes((first[1] / name).read_bytes())
    (spoilt / "certificate.json").write_text('{"recomputable": true}')
    with pytest.raises(InputError) as caught:
        Start.read(spoilt)
    assert caught.value.messages[0].code == "runs.unreadable_json"
