"""From assets and clauses to buildable projects: the facts of a planning case."""

from renewopt.projects.clauses import (
    STANDINGS,
    Clauses,
    count_standing,
    judge_assets,
)
from renewopt.projects.cost_range import cost_range
from renewopt.projects.from_list import GRADE_LOSS, case_from_list
from renewopt.projects.make import make_case
from renewopt.projects.settings import CaseSettings

__all__ = [
    "GRADE_LOSS",
    "STANDINGS",
    "CaseSettings",
    "Clauses",
    "case_from_list",
    "cost_range",
    "count_standing",
    "judge_assets",
    "make_case",
]
