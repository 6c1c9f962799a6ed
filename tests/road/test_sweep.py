"""Scenario sets: bounds from one run are true for every amount of money."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from renewopt import road
from renewopt.cli.main import run as program
from renewopt.optimise.certificate import certificate, certified_bound
from renewopt.optimise.model import build_model
from renewopt.optimise.task import SolveOptions
from renewopt.optimise.variants import Variants, with_amounts
from renewopt.road.sweep import sweep_bounds
from renewopt.rules.problem import Problem
from renewopt.runs.folder import write_run
from tests.optimise.small import Fund, Work, small
from tests.optimise.solving import Model
from tests.strategies import example

SHARES = (0.5, 0.8, 1.0, 1.3)


@pytest.mark.parametrize("seed", range(5))
def test_variants_are_what_a_fresh_build_gives(seed: int) -> None:
    """Rows and limits number by number; bounds of columns no tighter."""
    problem = example("", seed).problem
    years = problem.case.plan_years
    most = with_amounts(problem.policy, years, max(SHARES))
    variants = Variants.of(Problem(problem.case, most))
    for share in SHARES:
        policy = with_amounts(problem.policy, years, share)
        own, fresh = (
            variants.under(policy),
            build_model(Problem(problem.case, policy)),
        )
        one, other = own.model.matrix(), fresh.model.matrix()
        assert (one[0] != other[0]).nnz == 0
        assert np.array_equal(one[1], other[1])
        assert np.array_equal(one[2], other[2])
        assert np.array_equal(own.model.lower, fresh.model.lower)
        assert (own.model.upper >= fresh.model.upper).all()
        for a, b in zip(own.stages, fresh.stages, strict=True):
            assert a.name == b.name
            assert np.array_equal(a.coef, b.coef)


def county() -> Problem:
    """Twelve projects over two years, money for half of them."""
    rng = np.random.default_rng(4)
    works = []
    for number in range(12):
        cost = int(rng.integers(30, 90))
        value = cost + int(rng.integers(0, 40))
        works += [Work(f"N{number:02}-{27 + t}", (cost,), value - 5 * t)
                  for t in range(2)]  # fmt: skip
    funds = {"fiscal": Fund((150, 120)), "other": Fund((40, 30))}
    return small(works, funds, years=2)


def test_bounds_are_above_every_best_plan() -> None:
    """Of each scenario solved to proof; with the run's own money its own bound."""
    problem = county()
    own = Model.of(problem)
    base = own.solve("highs")
    assert base.multipliers is not None
    proven = certificate(own.built, base.multipliers, base.held)
    values = []
    for one in sweep_bounds(problem, proven, SHARES):
        policy = with_amounts(problem.policy, problem.case.plan_years, one.share)
        model = Model.of(Problem(problem.case, policy))
        value = -model.key(model.plan(model.solve("highs")))[-1]
        assert one.bound is not None
        assert value <= one.bound < 1.3 * value
        values.append(value)
        if one.share == 1.0:
            assert one.bound == pytest.approx(certified_bound(own.built, proven), abs=2)
    assert values == sorted(values)
    assert len(set(values)) == len(values)


def test_sweep_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table with a bound and an audited plan per scenario; shares are checked."""
    plan = road.solve_problem(county(), options=SolveOptions(0.0, 20))
    folder = write_run(plan, tmp_path / "run", {})
    out = tmp_path / "sweep.csv"
    words = ["sweep", str(folder), "--shares", "1.2", "-o", str(out), "--json"]
    assert program([*words, "--gap", "0.001"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["scenarios"]
    assert row["share"] == 1.2
    assert row["money"] == 408
    assert plan.proof.objective / 100 < row["objective"] <= row["bound"]
    assert row["bound"] <= row["old_bound"] + 0.02
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    words = ["sweep", str(folder), "--shares", "0.5:1.5:30", "--bounds-only", "--json"]
    assert program(words) == 0
    bounds = [r["old_bound"] for r in json.loads(capsys.readouterr().out)["scenarios"]]
    assert len(bounds) == 30
    assert bounds == sorted(bounds)
    for bad in ("1:2", "a", "-1,1"):
        assert program(["sweep", str(folder), "--shares", bad, "--quiet"]) == 2
