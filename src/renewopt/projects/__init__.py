"""From assets and clauses to buildable projects: the facts of a planning case."""

from renewopt.projects.cost_range import cost_range
from renewopt.projects.from_list import GRADE_LOSS, case_from_list
from renewopt.projects.make import make_case
from renewopt.projects.settings import CaseSettings

__all__ = ["GRADE_LOSS", "CaseSettings", "case_from_list", "cost_range", "make_case"]
