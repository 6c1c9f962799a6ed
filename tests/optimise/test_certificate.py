"""The certificate: multipliers by row prove the relaxation's bound without a solver."""

from __future__ import annotations

import json

import pytest

from renewopt.optimise.certificate import (
    Certificate,
    certificate,
    certified_bound,
    row_names,
)
from renewopt.optimise.engines.highs import relax
from renewopt.optimise.model import BuiltModel, build_model
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, SolveResult, make_task
from renewopt.optimise.whole_units import relaxed_mip
from tests.strategies import example

OPTIONS = SolveOptions(gap=0.0, time_limit_s=20.0)


def _solved(seed: int) -> tuple[BuiltModel, SolveResult]:
    built = build_model(example("", seed).problem)
    task = make_task(example("", seed).problem, built)
    return built, solve_task(task, OPTIONS, lambda *_: None, lambda: False)


@pytest.mark.parametrize("seed", range(6))
def test_certificate_bounds_every_plan_found(seed: int) -> None:
    """What the multipliers prove is the relaxation's value, above the best plan."""
    built, result = _solved(seed)
    if result.multipliers is None:
        assert result.values is None
        return
    found = certificate(built, result.multipliers, result.held)
    bound = certified_bound(built, found)
    assert bound is not None
    assert result.values is not None
    assert -built.stages[-1].value(result.values) <= bound
    task = make_task(example("", seed).problem, built)
    held = [
        (stage.coef, value)
        for stage, value in zip(built.stages, result.held, strict=False)
    ]
    relaxed = relax(relaxed_mip(task, task.stage_coef[-1], held))
    assert relaxed is not None
    assert bound == pytest.approx(-relaxed.bound, abs=1.5, rel=1e-6)


def test_certificate_survives_its_file() -> None:
    """Written as JSON and read back it proves the same, number by number."""
    built, result = next(
        solved for solved in map(_solved, range(9)) if solved[1].multipliers is not None
    )
    assert result.multipliers is not None
    found = certificate(built, result.multipliers, result.held)
    again = Certificate.from_dict(json.loads(json.dumps(found.as_dict())))
    assert (again.rows, again.stages) == (found.rows, found.stages)
    assert certified_bound(built, again) == certified_bound(built, found)


def test_every_row_has_a_name_of_its_own() -> None:
    """Names tell rows apart, also where two blocks share rule and label."""
    model = build_model(example("", 3).problem).model
    names = row_names(model)
    assert len(set(names)) == len(names) == model.matrix()[0].shape[0]
