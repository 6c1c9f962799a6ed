"""HiGHS, called directly: the integer programs and the warm linear programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import (
    EngineResult,
    FloatArray,
    Limits,
    Mip,
    Relaxation,
    Report,
)

PRIMAL = 4
"""HiGHS's number of the primal simplex method."""


def _pass_model(mip: Mip, *, relaxed: bool) -> Any:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(mip.cost), mip.matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMinimize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = mip.cost, mip.lower, mip.upper
    lp.row_lower_, lp.row_upper_ = mip.row_lower, mip.row_upper
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in mip.integer]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = mip.matrix.indptr
    lp.a_matrix_.index_ = mip.matrix.indices
    lp.a_matrix_.value_ = mip.matrix.data
    solver.passModel(lp)
    return solver


class HighsEngine:
    """HiGHS on one thread."""

    name = "highs"

    def solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        """Minimise; the callback streams plan and bound and can stop the run."""
        return _run(_program(mip, limits, start), report)


def solve_beside(
    mip: Mip,
    limits: Limits,
    start: FloatArray | None,
    report: Report,
    found: Callable[[FloatArray], None],
    offered: Callable[[], FloatArray | None],
) -> EngineResult:
    """Minimise beside another search: plans are told when found, others taken over.

    `found` is called with every better point, `offered` is asked for points of others.
    """
    solver = _program(mip, limits, start)

    def tell(event: Any) -> None:
        found(np.array(event.data_out.mip_solution))

    def take(event: Any) -> None:
        point = offered()
        if point is not None:
            event.data_in.setSolution(point)
            event.data_in.user_has_solution = True

    solver.cbMipImprovingSolution += tell
    solver.cbMipUserSolution += take
    return _run(solver, report)


def _program(mip: Mip, limits: Limits, start: FloatArray | None) -> Any:
    solver = _pass_model(mip, relaxed=False)
    solver.setOptionValue("mip_rel_gap", limits.gap)
    solver.setOptionValue("mip_abs_gap", limits.absolute_gap)
    solver.setOptionValue("time_limit", limits.time_s)
    solver.setOptionValue("random_seed", limits.seed)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-7)
    if np.isfinite(limits.nodes):
        solver.setOptionValue("mip_max_nodes", int(limits.nodes))
    if np.isfinite(limits.target):
        solver.setOptionValue("objective_target", float(limits.target))
    if start is not None:
        point = highspy.HighsSolution()
        point.col_value = list(start)
        solver.setSolution(point)
    return solver


def _run(solver: Any, report: Report) -> EngineResult:
    stopped = [False]

    def tick(event: Any) -> None:
        out = event.data_out
        if report(out.mip_primal_bound, out.mip_dual_bound):
            stopped[0] = True
            event.interrupt()

    solver.cbMipInterrupt += tick
    solver.run()
    return _result(solver, stopped=stopped[0])


def _result(solver: Any, *, stopped: bool) -> EngineResult:
    status = solver.getModelStatus()
    info = solver.getInfo()
    kinds = highspy.HighsModelStatus
    if status == kinds.kInfeasible:
        return EngineResult("infeasible", None, np.inf, np.inf, "proof")
    found = np.isfinite(info.objective_function_value) and (
        info.primal_solution_status == 2
    )
    x = np.array(solver.getSolution().col_value) if found else None
    value = info.objective_function_value if found else np.inf
    bound = info.mip_dual_bound
    if status == kinds.kOptimal:
        return EngineResult("optimal", x, value, bound, "gap")
    if stopped:
        return EngineResult("cancelled", x, value, bound, "cancel")
    reasons = {
        kinds.kTimeLimit: "clock",
        kinds.kSolutionLimit: "work",
        kinds.kObjectiveTarget: "work",
        kinds.kIterationLimit: "work",
    }
    reason = reasons.get(status, str(status))
    return EngineResult("feasible" if found else "failed", x, value, bound, reason)


@dataclass(eq=False)
class Basis:
    """Where the simplex method ended: status of columns and rows, as HiGHS counts them.

    Columns start at their lower bound and rows in the basis.
    """

    columns: IntArray
    rows: IntArray
    known: bool = False

    @classmethod
    def of(cls, columns: int, rows: int) -> Basis:
        """Give the basis that nothing is known of."""
        basic = int(highspy.HighsBasisStatus.kBasic)
        return cls(np.zeros(columns, np.int64), np.full(rows, basic, np.int64))


def relax_from(
    mip: Mip, basis: Basis, columns: IntArray, rows: IntArray, time_s: float
) -> Relaxation | None:
    """Solve a relaxation whose columns and rows are some of those that a basis knows.

    Where the last program had fewer columns its point is one of this program too, so
    that the primal method goes on from it. The basis is brought up to date.
    """
    solver = _pass_model(mip, relaxed=True)
    kinds = [highspy.HighsBasisStatus(kind) for kind in range(5)]
    if basis.known:
        start = highspy.HighsBasis()
        start.valid = True
        start.col_status = [kinds[kind] for kind in basis.columns[columns].tolist()]
        start.row_status = [kinds[kind] for kind in basis.rows[rows].tolist()]
        if solver.setBasis(start) == highspy.HighsStatus.kOk:
            solver.setOptionValue("simplex_strategy", PRIMAL)
    found = _relaxed(solver, time_s)
    if found is not None:
        last = solver.getBasis()
        basis.columns[columns] = [int(kind) for kind in last.col_status]
        basis.rows[rows] = [int(kind) for kind in last.row_status]
        basis.known = True
    return found


def relax(mip: Mip, time_s: float = np.inf) -> Relaxation | None:
    """Solve the linear relaxation; None if it is impossible or the time is up."""
    return _relaxed(_pass_model(mip, relaxed=True), time_s)


def _relaxed(solver: Any, time_s: float) -> Relaxation | None:
    if np.isfinite(time_s):
        solver.setOptionValue("time_limit", max(0.01, time_s))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    return Relaxation(
        float(solver.getInfo().objective_function_value),
        np.array(solution.col_value),
        np.array(solution.col_dual),
        np.array(solution.row_dual),
    )


def write(mip: Mip, path: Path) -> None:
    """Write a program to a file (`.mps` or `.lp`), columns `c0` …, rows `r0` …."""
    solver = _pass_model(mip, relaxed=False)
    for column in range(len(mip.cost)):
        solver.passColName(column, f"c{column}")
    for row in range(mip.matrix.shape[0]):
        solver.passRowName(row, f"r{row}")
    if solver.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise OSError(f"{path}: not written")


ENGINE = HighsEngine()
