"""A package's life as an accountant adds it up, for `check` methods only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.problem import Problem


@dataclass
class Life:
    """Cost, eligible cost and money received per package: history and plan years.

    `later` is the cost and the eligible cost after the plan.
    """

    cost: dict[str, int] = field(default_factory=dict)
    eligible: dict[str, int] = field(default_factory=dict)
    received: dict[tuple[str, str], int] = field(default_factory=dict)
    later: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, schedule: Schedule) -> Life:
        """Add up the life of every package under a finished schedule."""
        life = cls()
        case = problem.case
        for row in records(case.package_history):
            life._add(str(row.package_id), int(row.cost), int(row.eligible_cost))
            key = (str(row.package_id), str(row.fund_id))
            life.received[key] = life.received.get(key, 0) + int(row.received)
        package = dict(
            zip(case.projects["project_id"], case.projects["package_id"], strict=True)
        )
        project = dict(
            zip(case.works["work_id"], case.works["project_id"], strict=True)
        )
        chosen = set(schedule.chosen["work_id"])
        for row in records(case.payments):
            if row.work_id not in chosen:
                continue
            name = package[project[row.work_id]]
            if int(row.year) <= case.end_year:
                life._add(name, int(row.cost), int(row.eligible_cost))
            else:
                cost, eligible = life.later.get(name, (0, 0))
                more = (cost + int(row.cost), eligible + int(row.eligible_cost))
                life.later[name] = more
        life._less_savings(problem, schedule, package, project)
        for row in records(schedule.draws):
            key = (str(row.package_id), str(row.fund_id))
            life.received[key] = life.received.get(key, 0) + int(row.received)
        return life

    def _less_savings(
        self,
        problem: Problem,
        schedule: Schedule,
        package: dict[str, str],
        project: dict[str, str],
    ) -> None:
        for row in records(schedule.chosen):
            if row.work_id in project:
                self._add(package[project[str(row.work_id)]], -int(row.saving), 0)
        rule = problem.policy.first("dig_once")
        if rule is not None:
            for row in records(rule.joint_savings(problem, schedule)):
                self._add(package[row.project_id], 0, -int(row.eligible))

    def _add(self, package: str, cost: int, eligible: int) -> None:
        self.cost[package] = self.cost.get(package, 0) + cost
        self.eligible[package] = self.eligible.get(package, 0) + eligible

    def base(self, package: str, kind: str, *, tail: bool = False) -> int:
        """Give a package's base in units: "eligible" or "cost"; `tail`: and later."""
        table = self.eligible if kind == "eligible" else self.cost
        later = self.later.get(package, (0, 0))[kind == "eligible"] if tail else 0
        return table.get(package, 0) + later

    def received_from(self, funds: Sequence[str]) -> dict[str, int]:
        """Sum what each package received from the funds named."""
        total: dict[str, int] = {}
        for (package, fund), amount in self.received.items():
            if fund in funds:
                total[package] = total.get(package, 0) + amount
        return total
