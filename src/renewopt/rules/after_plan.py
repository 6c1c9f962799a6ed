"""After the plan: what it begins and does not pay, told with every plan."""

from __future__ import annotations

from renewopt.core.errors import Message, message
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.life_check import Life
from renewopt.rules.problem import Problem

RETENTION = 0.05
"""Part of a package that may be paid later without a word: retention (质量保证金)."""
NAMED = 8
"""Packages that are named one by one."""


def unfunded_after(problem: Problem, schedule: Schedule) -> list[Message]:
    """Say what falls due after the plan without a fund, and the packages it is of.

    Money that came up front and is not spent by the end of the plan pays its part.
    """
    life = Life.of(problem, schedule)
    held: dict[str, int] = {}
    for row in (*records(problem.case.package_history), *records(schedule.draws)):
        more = int(row.received) - int(row.amount)
        held[str(row.package_id)] = held.get(str(row.package_id), 0) + more
    open_ = {
        package: max(0, tail - max(0, held.get(package, 0)))
        for package, (tail, _) in sorted(life.later.items())
    }
    large = [
        (package, tail, life.base(package, "cost", tail=True))
        for package, tail in open_.items()
        if tail > RETENTION * life.base(package, "cost", tail=True)
    ]
    found = []
    if large:
        large.sort(key=lambda row: (-row[1], row[0]))
        named = [_part(*row) for row in large[:NAMED]]
        rest = f" +{len(large) - NAMED}" if len(large) > NAMED else ""
        total = sum(open_.values()) / 100
        found.append(
            message("rule.unfunded_after", total=total, packages=named, more=rest)
        )
    rules = problem.policy.of_kind("capital_share")
    notes = [note for rule in rules for note in rule.of_total(problem, schedule)]
    return [*found, *notes[:NAMED]]


def _part(package: str, tail: int, total: int) -> Message:
    """Say how much of a package is open."""
    return message(
        "rule.unfunded_of",
        package=package,
        tail=tail / 100,
        total=total / 100,
        share=round(100 * tail / total, 1),
    )
