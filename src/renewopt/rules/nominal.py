"""Nominal cost of works by year: payments as they stand, no saving taken off.

Floors and shares by district count it, so that no saving has to be refused to meet
them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


def cost_terms(problem: Problem, model: LinearModel, where: Where) -> pd.DataFrame:
    """Give (year, district, col, coef) of payments in the plan years, for rows."""
    case = problem.case
    facts = case.work_facts
    meant = np.zeros(len(facts), bool)
    meant[where.select(facts).index] = True
    own = meant[case.payment_works]
    own &= (case.payments["year"] <= case.end_year).to_numpy()
    work = case.payment_works[own]
    return pd.DataFrame(
        {
            "year": case.payments["year"].to_numpy(np.int64)[own],
            "district": facts["district"].to_numpy(object)[work],
            "col": model.columns("x").to_numpy()[work],
            "coef": case.payments["cost"].to_numpy(np.int64)[own],
        }
    )


def spent(
    problem: Problem, schedule: Schedule, where: Where
) -> dict[tuple[int, str], int]:
    """Add up what the chosen works cost by plan year and district, for checks."""
    case = problem.case
    chosen = where.select(problem.chosen_works(schedule.chosen["work_id"]))
    places = {str(work.work_id): str(work.district) for work in records(chosen)}
    found: dict[tuple[int, str], int] = {}
    for row in records(case.payments):
        if row.work_id in places and int(row.year) <= case.end_year:
            key = (int(row.year), places[str(row.work_id)])
            found[key] = found.get(key, 0) + int(row.cost)
    return found
