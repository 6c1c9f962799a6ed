"""CP-SAT, as the OR-Tools wheel carries it; it knows whole numbers only."""

from ortools.math_opt.python import mathopt

from renewopt.optimise.engines.math_opt import MathOptEngine

ENGINE = MathOptEngine("cp-sat", mathopt.SolverType.CP_SAT, whole=True)
