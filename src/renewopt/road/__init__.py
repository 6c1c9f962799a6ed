"""The one road: from a scenario or a case to an audited plan."""

from renewopt.optimise.task import SolveOptions
from renewopt.road.audit import audit_folder
from renewopt.road.export import export_model
from renewopt.road.plan import plan_scenario, solve_case, solve_prepared
from renewopt.road.prepare import Prepared, prepare
from renewopt.road.solve import solve_problem
from renewopt.runs.jobs import Progress

__all__ = [
    "Prepared",
    "Progress",
    "SolveOptions",
    "audit_folder",
    "export_model",
    "plan_scenario",
    "prepare",
    "solve_case",
    "solve_prepared",
    "solve_problem",
]
