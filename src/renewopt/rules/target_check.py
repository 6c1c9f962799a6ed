"""What a finished schedule reaches of a target, added up as a person would on paper."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.problem import Problem

if TYPE_CHECKING:
    from renewopt.rules.target import Target


def count(
    rule: Target, problem: Problem, schedule: Schedule
) -> list[tuple[int, int, int]]:
    """Give (year, required, finished) in whole units, year by year."""
    works = problem.chosen_works(schedule.chosen["work_id"])
    chosen = [
        (str(row.project_id), int(row.start_year) + int(row.duration) - 1)
        for row in records(rule.where.select(works))
        if rule.count_retired or not row.retires
    ]
    found = []
    sizes: dict[str, int] = {}
    for number, (year, stated) in enumerate(sorted(rule.years(problem).items())):
        if rule.left_bp or not number:  # only ages change from year to year
            sizes = project_sizes(rule, problem, year)
        reached = sum(sizes.get(p, 0) for p, finished in chosen if finished <= year)
        found.append((year, _required(rule, problem, sizes, year, stated), reached))
    return found


def project_sizes(rule: Target, problem: Problem, year: int) -> dict[str, int]:
    """Give the size of every project of the set, whatever its modes."""
    named = _named_assets(rule, problem)
    sizes: dict[str, Decimal] = {}
    if rule.measure == "quantity" or rule.left_bp:
        for row in records(problem.case.project_assets):
            if _counts(rule, row, named, year):
                project = str(row.project_id)
                sizes[project] = sizes.get(project, Decimal(0)) + _number(row.quantity)
    else:
        projects = None if named is None else {project for project, _ in named}
        for row in records(problem.case.projects):
            if projects is None or row.project_id in projects:
                size = 1 if rule.measure == "projects" else getattr(row, rule.measure)
                sizes[str(row.project_id)] = _number(size)
    return {project: _half_up(size) for project, size in sizes.items()}


def _number(value: object) -> Decimal:
    """Read a size with the two decimals that tables keep."""
    read = Decimal(str(value))
    return Decimal(0) if read.is_nan() else read.quantize(Decimal("0.01"))


def _half_up(size: Decimal) -> int:
    return int(size.quantize(Decimal(1), ROUND_HALF_UP))


def _counts(
    rule: Target, row: Any, named: set[tuple[str, str]] | None, year: int
) -> bool:
    if rule.left_bp:
        return row.unit == "m" and _old_enough(rule, row.install_year, year)
    return named is None or (row.project_id, row.asset_id) in named


def _named_assets(rule: Target, problem: Problem) -> set[tuple[str, str]] | None:
    """Give the assets that the clauses name; None where no clause is asked for."""
    if not (rule.triggers or rule.hardness):
        return None
    return {
        (str(row.project_id), str(row.asset_id))
        for row in records(problem.case.obligations)
        if (not rule.triggers or _trigger(row.trigger) in rule.triggers)
        and (not rule.hardness or row.hardness in rule.hardness)
    }


def _trigger(text: object) -> str:
    return str(text).partition(":")[0]


def _required(
    rule: Target, problem: Problem, sizes: dict[str, int], year: int, stated: int
) -> int:
    if rule.amount:
        return int(rule.amount[stated])
    if rule.share_bp:
        where = rule.where.model_copy(update={"mode": ()})
        members: Iterable[Any] = records(where.select(problem.case.project_facts))
        whole = sum(sizes.get(str(row.project_id), 0) for row in members)
        share = Decimal(whole) * rule.share_bp[stated] / 10_000
        return int(share.to_integral_value(ROUND_CEILING))
    old, total = Decimal(0), Decimal(0)
    for row in records(rule.where.select(problem.case.stock)):
        total += _number(row.length_m)
        if _old_enough(rule, row.install_year, year):
            old += _number(row.length_m)
    return _half_up(old) - _half_up(total) * rule.left_bp[stated] // 10_000


def _old_enough(rule: Target, installed: Any, year: int) -> bool:
    """Tell whether something of that year is of the rule's age at the end of `year`."""
    return bool(pd.notna(installed)) and year - int(installed) >= int(rule.age or 0)
