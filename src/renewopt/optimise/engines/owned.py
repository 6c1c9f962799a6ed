"""Solvers that a bureau may own: their command-line programs, through PuLP.

PuLP writes the program to a file, calls the solver and reads its solution. It calls
every solution optimal, also one that the clock ended, and knows no bound. So only
plans are taken from these engines: the bound is that of the relaxation, and HiGHS
proves the shortfall.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp

from renewopt.optimise.engines.base import (
    EngineResult,
    FloatArray,
    Limits,
    Mip,
    Report,
)
from renewopt.optimise.engines.pulp_model import pulp_model, whole_rows

CLASSES: dict[str, str] = {
    "gurobi": "GUROBI_CMD",
    "cplex": "CPLEX_CMD",
    "copt": "COPT_CMD",
}
"""PuLP's class of each solver."""


def found(name: str) -> bool:
    """Tell whether the solver's program is on the search path."""
    return name in CLASSES and bool(_solver(name).available())


def _solver(name: str, **options: Any) -> Any:
    return getattr(pulp, CLASSES[name])(msg=False, **options)


@dataclass(frozen=True)
class OwnedEngine:
    """One such solver, on one thread."""

    name: str

    def solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        """Minimise; the program runs by itself, so only its end is reported."""
        mip = whole_rows(mip)
        problem, columns = pulp_model(mip)
        if start is not None:
            for column, value in zip(columns, start, strict=True):
                column.setInitialValue(value, check=False)
        with tempfile.TemporaryDirectory() as folder:
            solver = _solver(self.name, **self._options(limits, start is not None))
            solver.tmpDir = folder
            try:
                problem.solve(solver)
            except (pulp.PulpSolverError, OSError) as error:
                return EngineResult("failed", None, np.inf, -np.inf, str(error))
        result = _result(problem, columns, mip)
        report(result.objective, result.bound)
        return result

    def _options(self, limits: Limits, start: bool) -> dict[str, Any]:
        if self.name == "copt":
            return {
                "TimeLimit": limits.time_s,
                "RelGap": limits.gap,
                "AbsGap": limits.absolute_gap,
                "Threads": 1,
                "warmStart": start,
            }
        return {
            "timeLimit": limits.time_s,
            "gapRel": limits.gap,
            "gapAbs": limits.absolute_gap,
            "threads": 1,
            "warmStart": start,
        }


def _result(
    problem: pulp.LpProblem, columns: list[pulp.LpVariable], mip: Mip
) -> EngineResult:
    if problem.sol_status not in (
        pulp.LpSolutionOptimal,
        pulp.LpSolutionIntegerFeasible,
    ):
        return EngineResult("failed", None, np.inf, -np.inf, "clock")
    x = np.array([0.0 if c.varValue is None else c.varValue for c in columns])
    objective = float(mip.cost @ x)
    return EngineResult("feasible", x, objective, -np.inf, "clock")
