"""SCIP with its heuristics turned up, as the OR-Tools wheel carries it."""

from ortools.math_opt.python import mathopt

from renewopt.optimise.engines.math_opt import MathOptEngine

ENGINE = MathOptEngine("scip", mathopt.SolverType.GSCIP)
