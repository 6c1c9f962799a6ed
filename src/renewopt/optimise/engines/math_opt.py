"""The solvers of the OR-Tools wheel, through MathOpt: SCIP and CP-SAT."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.util.python import solve_interrupter

from renewopt.optimise.engines.base import (
    EngineResult,
    FloatArray,
    Limits,
    Mip,
    Report,
)

WORK_PER_NODE = 0.05
"""CP-SAT counts work in units of its own, about a second each; it has no nodes."""


@dataclass(frozen=True)
class MathOptEngine:
    """One solver of MathOpt, on one thread.

    Attributes
    ----------
    whole
        Whether the solver knows whole numbers only: then all columns are handed over
        in units, which is what they are in the end.
    """

    name: str
    solver: mathopt.SolverType
    whole: bool = False

    def solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        """Minimise; each better plan is reported, and the report can stop the run."""
        given = mip
        if self.whole:
            mip = whole_units(given)
            start = None if start is None else np.rint(given.unscale(start))
        answer = self._solve(mip, limits, start, report)
        if self.whole and answer.x is not None:
            return replace(answer, x=answer.x / given.column_scale)
        return answer

    def _parameters(self, limits: Limits) -> mathopt.SolveParameters:
        parameters = mathopt.SolveParameters(
            time_limit=datetime.timedelta(seconds=max(limits.time_s, 0.01)),
            relative_gap_tolerance=limits.gap,
            absolute_gap_tolerance=limits.absolute_gap,
            random_seed=limits.seed,
            threads=1,
        )
        work = limits.nodes if np.isfinite(limits.nodes) else None
        if self.solver == mathopt.SolverType.CP_SAT:
            if work is not None:
                parameters.cp_sat.max_deterministic_time = work * WORK_PER_NODE
            return parameters
        parameters.heuristics = mathopt.Emphasis.HIGH
        parameters.node_limit = None if work is None else int(work)
        return parameters

    def _solve(
        self, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
    ) -> EngineResult:
        model = mathopt.Model.from_model_proto(_proto(mip))
        interrupter = solve_interrupter.SolveInterrupter()
        stopped = [False]

        def watch(data: mathopt.CallbackData) -> mathopt.CallbackResult:
            stats = data.mip_stats
            best = stats.primal_bound if stats.HasField("primal_bound") else np.inf
            bound = stats.dual_bound if stats.HasField("dual_bound") else -np.inf
            reached = best <= limits.target
            if report(best, bound) or reached:
                stopped[0] = not reached
                interrupter.interrupt()
            return mathopt.CallbackResult()

        hints = []
        if start is not None:
            variables = list(model.variables())
            hints = [
                mathopt.SolutionHint(
                    variable_values=dict(zip(variables, start.tolist(), strict=True))
                )
            ]
        try:
            result = mathopt.solve(
                model,
                self.solver,
                params=self._parameters(limits),
                model_params=mathopt.ModelSolveParameters(solution_hints=hints),
                interrupter=interrupter,
                callback_reg=mathopt.CallbackRegistration(
                    events={mathopt.Event.MIP_SOLUTION}
                ),
                cb=watch,
            )
        except (AttributeError, RuntimeError, ValueError) as error:
            # The wheel hides every engine error behind an AttributeError.
            detail = str(error.__context__ or error)
            return EngineResult("failed", None, np.inf, -np.inf, detail)
        return _result(result, stopped=stopped[0])


def whole_units(mip: Mip) -> Mip:
    """Hand over every column in units and every row in whole numbers."""
    by_row = np.repeat(np.arange(mip.matrix.shape[0]), np.diff(mip.matrix.indptr))
    matrix = mip.matrix.copy()
    scale = mip.row_scale[by_row] * mip.column_scale[matrix.indices]
    matrix.data = np.rint(matrix.data / scale)
    one = np.ones(len(mip.cost))
    return Mip(
        np.rint(mip.cost / mip.column_scale),
        matrix,
        np.rint(mip.row_lower / mip.row_scale),
        np.rint(mip.row_upper / mip.row_scale),
        np.rint(mip.lower * mip.column_scale),
        np.rint(mip.upper * mip.column_scale),
        np.ones(len(mip.cost), bool),
        one,
        np.ones(matrix.shape[0]),
    )


def _proto(mip: Mip) -> model_pb2.ModelProto:
    proto = model_pb2.ModelProto()
    n_rows, n_columns = mip.matrix.shape
    proto.variables.ids.extend(range(n_columns))
    proto.variables.lower_bounds.extend(mip.lower.tolist())
    proto.variables.upper_bounds.extend(mip.upper.tolist())
    proto.variables.integers.extend(mip.integer.tolist())
    used = np.flatnonzero(mip.cost)
    proto.objective.linear_coefficients.ids.extend(used.tolist())
    proto.objective.linear_coefficients.values.extend(mip.cost[used].tolist())
    proto.linear_constraints.ids.extend(range(n_rows))
    proto.linear_constraints.lower_bounds.extend(mip.row_lower.tolist())
    proto.linear_constraints.upper_bounds.extend(mip.row_upper.tolist())
    matrix = mip.matrix.sorted_indices()
    matrix.eliminate_zeros()
    rows = np.repeat(np.arange(n_rows), np.diff(matrix.indptr))
    entries = proto.linear_constraint_matrix
    entries.row_ids.extend(rows.tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())
    return proto


def _result(result: mathopt.SolveResult, *, stopped: bool) -> EngineResult:
    reason = result.termination.reason
    kinds = mathopt.TerminationReason
    if reason in (kinds.INFEASIBLE, kinds.INFEASIBLE_OR_UNBOUNDED):
        return EngineResult("infeasible", None, np.inf, np.inf, "proof")
    bound = result.best_objective_bound()
    if not result.has_primal_feasible_solution():
        status = "cancelled" if stopped else "failed"
        return EngineResult(status, None, np.inf, bound, reason.name.lower())
    values = result.variable_values()
    x = np.array([values[v] for v in sorted(values, key=lambda v: v.id)])
    objective = result.objective_value()
    if reason == kinds.OPTIMAL:
        return EngineResult("optimal", x, objective, bound, "gap")
    if stopped:
        return EngineResult("cancelled", x, objective, bound, "cancel")
    limit = result.termination.limit
    reason = "clock" if limit == mathopt.Limit.TIME else "work"
    return EngineResult("feasible", x, objective, bound, reason)
