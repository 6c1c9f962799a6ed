"""CBC through PuLP: the back-end that a bureau may swap for its own solver."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

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

_BOUND = re.compile(r"^Lower bound:\s+(\S+)", re.MULTILINE)
_STOPPED = re.compile(r"^Result - (.+)$", re.MULTILINE)


class CbcEngine:
    """CBC as PuLP ships it, on one thread."""

    name = "cbc"

    def solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        """Minimise; CBC runs as its own program, so only its end is reported.

        CBC's preprocessing calls some programs impossible that are not: its "no" is
        asked again without it. On some that are impossible it crashes then: the first
        answer stands.
        """
        mip = whole_rows(mip)
        result = _run(mip, limits, start, [])
        if result.status == "infeasible":
            second = _run(mip, limits, start, ["preprocess off"])
            result = result if second.status == "failed" else second
        report(result.objective, result.bound)
        return result


def _run(
    mip: Mip, limits: Limits, start: FloatArray | None, extra: list[str]
) -> EngineResult:
    problem, columns = pulp_model(mip)
    if start is not None:
        for column, value in zip(columns, start, strict=True):
            column.setInitialValue(value, check=False)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        # By its path: the class that stands for the bundled CBC is deprecated.
        solver = pulp.COIN_CMD(
            path=pulp.PULP_CBC_CMD.pulp_cbc_path,
            msg=False,
            timeLimit=limits.time_s,
            gapRel=limits.gap,
            gapAbs=limits.absolute_gap,
            threads=1,
            warmStart=start is not None,
            logPath=str(log),
            options=[
                f"randomSeed {limits.seed + 1}",
                "primalT 1e-7",
                "integerT 1e-7",
                *extra,
            ],
        )
        solver.tmpDir = folder
        try:
            problem.solve(solver)
        except pulp.PulpSolverError as error:
            return EngineResult("failed", None, np.inf, -np.inf, str(error))
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return _result(problem, columns, mip, text)


def _result(
    problem: pulp.LpProblem, columns: list[pulp.LpVariable], mip: Mip, text: str
) -> EngineResult:
    status = problem.sol_status
    if problem.status == pulp.LpStatusInfeasible:
        return EngineResult("infeasible", None, np.inf, np.inf, "proof")
    if status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return EngineResult("failed", None, np.inf, -np.inf, "clock")
    x = np.array([0.0 if c.varValue is None else c.varValue for c in columns])
    objective = float(mip.cost @ x)
    match, ended = _BOUND.search(text), _STOPPED.search(text)
    on_time = ended is not None and "time" in ended.group(1)
    bound = float(match.group(1)) if match else (-np.inf if on_time else objective)
    if ended is not None and "node" in ended.group(1):
        known = float(match.group(1)) if match else -np.inf
        return EngineResult("feasible", x, objective, known, "work")
    if on_time:
        return EngineResult("feasible", x, objective, bound, "clock")
    return EngineResult("optimal", x, objective, min(bound, objective), "gap")


ENGINE = CbcEngine()
