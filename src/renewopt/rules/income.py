"""What works earn: income is a matter of the works that are chosen, never of others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.core.array_model import IntArray
from renewopt.core.incomes import Income, project_incomes, standing_incomes
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.problem import Problem


def work_incomes(problem: Problem) -> pd.DataFrame:
    """List the works that earn: (package_id, work, units, first_year).

    `work` is the row of `works`; it earns `units` in every year from `first_year` on,
    which is no earlier than the year after its completion. For `build` methods.
    """
    if "work_incomes" not in problem.kept:
        known = project_incomes(problem.case)
        facts = problem.case.work_facts
        none = Income(0, 0)
        own = [known.get(str(name), none) for name in facts["project_id"]]
        done = facts["start_year"].to_numpy(np.int64) + facts["duration"].to_numpy()
        opens = np.array([income.first_year for income in own], np.int64)
        table = pd.DataFrame(
            {
                "package_id": facts["package_id"],
                "work": np.arange(len(facts)),
                "units": np.array([income.units for income in own], np.int64),
                "first_year": np.maximum(opens, done),
            }
        )
        problem.kept["work_incomes"] = table[table["units"] > 0]
    found: pd.DataFrame = problem.kept["work_incomes"]
    return found


def years_of(first_year: IntArray, since: int, until: int) -> IntArray:
    """Count the years of income after `since`, up to `until`."""
    found: IntArray = np.maximum(0, until - np.maximum(first_year - 1, since))
    return found


def earnings(problem: Problem, schedule: Schedule) -> dict[str, list[Income]]:
    """List by package what the schedule's works, and what stands, earn."""
    found = {name: [own] for name, own in standing_incomes(problem.case).items()}
    known = project_incomes(problem.case)
    for work in records(problem.chosen_works(schedule.chosen["work_id"])):
        own = known.get(str(work.project_id))
        if own is not None:
            opened = int(work.start_year) + int(work.duration)
            income = Income(own.units, max(own.first_year, opened))
            found.setdefault(str(work.package_id), []).append(income)
    return found


def earned(incomes: list[Income], year: int) -> int:
    """Add up what is earned in a year."""
    return sum(income.units for income in incomes if year >= income.first_year)


def operation_years(problem: Problem, chosen: pd.Series) -> dict[str, int]:
    """Give the first year in which nothing of a package is still to open.

    That is when all its chosen works are completed and its operation has started;
    where no start is stated the works alone say it.
    """
    case = problem.case
    starts = case.packages["operation_start"].fillna(case.start_year).astype("int64")
    found = dict(zip(case.packages["package_id"], starts, strict=True))
    own = {str(p.project_id): p.operation_start for p in records(case.projects)}
    for work in records(problem.chosen_works(chosen)):
        package, start = str(work.package_id), own[str(work.project_id)]
        opened = int(work.start_year) + int(work.duration)
        opened = opened if pd.isna(start) else max(opened, int(start))
        found[package] = max(found[package], opened)
    return found
