"""The room that a schedule leaves: years, streets and money."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from renewopt.core.schedule import Schedule
from renewopt.rules.annual_cap import AnnualCap
from renewopt.rules.problem import Problem


@dataclass(frozen=True, eq=False)
class Room:
    """What one more work would find.

    Attributes
    ----------
    caps
        Per annual cap: works it counts, what each uses by year, what is left by year.
    streets
        Corridors of each project.
    closed
        (rule, corridor, year) where no further opening is possible.
    funds
        Money left over the plan years by fund, units.
    eligible
        Funds that may pay for each package.
    barred
        Per rule that speaks of single projects: the works that it bars.
    """

    caps: tuple[
        tuple[str, frozenset[str], dict[tuple[str, int], float], dict[int, float]], ...
    ]
    streets: dict[str, tuple[str, ...]]
    closed: tuple[str, frozenset[tuple[str, int]]]
    funds: dict[str, int]
    eligible: dict[str, tuple[str, ...]]
    safety: frozenset[str]
    barred: tuple[tuple[str, frozenset[str]], ...]

    @classmethod
    def of(cls, problem: Problem, schedule: Schedule) -> Room:
        """Measure the room once for all projects."""
        case = problem.case
        links = case.openings.groupby("work_id")["corridor_id"]
        closed_rule = problem.policy.first("closed_corridor")
        closed: frozenset[tuple[str, int]] = frozenset()
        if closed_rule is not None:
            closed = frozenset(closed_rule.blocked_starts(problem, schedule))
        pairs = problem.eligible_pairs.groupby("package_id")["fund_id"]
        return cls(
            tuple(
                _cap(problem, rule, schedule)
                for rule in problem.policy.of_kind("annual_cap")
            ),
            {str(work): tuple(own) for work, own in links},
            (closed_rule.id if closed_rule is not None else "", closed),
            money_left(problem, schedule),
            {str(p): tuple(own) for p, own in pairs},
            problem.safety_projects,
            tuple(
                (rule.id, rule.stands_against(problem, schedule))
                for rule in problem.policy.rules
            ),
        )

    def block(self, project: str, work: str, start: int) -> list[str]:
        """Name the rules of projects, streets and capacities against a work."""
        found = [rule for rule, works in self.barred if work in works]
        for rule, works, use, left in self.caps:
            if work in works and any(
                use.get((work, year), 0) > room + 1e-9 for year, room in left.items()
            ):
                found.append(rule)
        rule, closed = self.closed
        streets = self.streets.get(work, ())
        if project not in self.safety and any((c, start) in closed for c in streets):
            found.append(rule)
        return found

    def money_left(self, package: str) -> int:
        """Money over the plan years that the package's funds have left, units."""
        return sum(self.funds.get(fund, 0) for fund in self.eligible.get(package, ()))


def _cap(
    problem: Problem, rule: AnnualCap, schedule: Schedule
) -> tuple[str, frozenset[str], dict[tuple[str, int], float], dict[int, float]]:
    case = problem.case
    works = frozenset(rule.where.select(case.work_facts)["work_id"])
    if rule.measure == "cost":
        table = case.payments.assign(amount=case.payments["cost"] / 100)
    else:
        own = case.use[case.use["resource"] == rule.measure]
        table = own.assign(amount=own["amount"] / rule.scale(problem))
    table = table[table["work_id"].isin(works)]
    use = {
        (str(work), int(year)): float(amount)
        for work, year, amount in zip(
            table["work_id"], table["year"], table["amount"], strict=True
        )
    }
    left = {int(f.where): f.left for f in rule.explain(problem, schedule)}
    return rule.id, works, use, left


def money_left(problem: Problem, schedule: Schedule) -> dict[str, int]:
    """Give what each fund has left over all years, units."""
    given = problem.policy.fund_years.groupby("fund_id")["amount"].sum()
    drawn: pd.Series = schedule.draws.groupby("fund_id")["received"].sum()
    return {str(f): int(n) - int(drawn.get(f, 0)) for f, n in given.items()}
