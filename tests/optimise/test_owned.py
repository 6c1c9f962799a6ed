"""Solvers that a bureau may own: called by their programs, trusted for plans alone."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from renewopt import road
from renewopt.core.errors import InputError
from renewopt.optimise.engines import installed
from renewopt.optimise.model import build_model
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, make_task
from tests.strategies import example

PROGRAM = '''#!{python}
"""Stands for Gurobi's program: reads the file, writes the solution; half of the time
is up, as it were, so that it need not be the best."""
import sys
import highspy
named = dict(a.split("=", 1) for a in sys.argv[1:] if "=" in a)
if not named:
    sys.exit(0)
solver = highspy.Highs()
solver.setOptionValue("output_flag", False)
solver.readModel(sys.argv[-1])
solver.run()
values = solver.getSolution().col_value
names = solver.getLp().col_names_
if solver.getInfo().primal_solution_status == 2:
    with open(named["ResultFile"], "w") as file:
        file.write("# Objective value\\n")
        for name, value in zip(names, values):
            file.write(f"{{name}} {{value}}\\n")
'''


@pytest.fixture
def gurobi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program on the search path that takes and gives what Gurobi's does."""
    path = tmp_path / "gurobi_cl"
    path.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return path


@pytest.mark.parametrize("seed", [1, 5, 6])
def test_its_plan_is_taken_and_its_word_is_not(gurobi: Path, seed: int) -> None:
    """The plan is as good as HiGHS's; the bound is the relaxation's."""
    assert installed("gurobi"), gurobi
    problem = example("", seed).problem
    task = make_task(problem, build_model(problem))
    found = {}
    for engine in ("gurobi", "highs"):
        options = SolveOptions(gap=0.0, time_limit_s=30, engine=engine)
        found[engine] = solve_task(task, options, lambda *_: None, lambda: False)
    own, other = found["gurobi"], found["highs"]
    assert own.values is not None
    assert other.values is not None
    assert list(task.stage_values(own.values)) == list(task.stage_values(other.values))
    assert own.bound >= other.bound - 0.5
    assert all(stage.proven for stage in own.stages)


def test_a_program_that_is_not_here_is_said() -> None:
    """An engine that cannot be called is refused before anything is solved."""
    assert not installed("copt")
    with pytest.raises(InputError) as raised:
        road.solve_problem(example("", 1).problem, options=SolveOptions(engine="copt"))
    assert raised.value.messages[0].code == "solve.engine_missing"
