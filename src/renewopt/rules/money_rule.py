"""Rules that speak of some funds: named one by one, or by the kind of money."""

from __future__ import annotations

from renewopt.core.errors import Message, message
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.debt_checks import fund_problems
from renewopt.rules.problem import Problem


class MoneyRule(Rule):
    """A rule about the funds in `funds` and all funds of the kinds in `fund_kinds`.

    A pack cannot know what a county calls its funds: it names kinds.
    """

    funds: tuple[str, ...] = ()
    fund_kinds: tuple[str, ...] = ()

    def own_funds(self, problem: Problem) -> list[str]:
        """List the funds that are meant, in the order of the table."""
        table = problem.policy.funds
        meant = table["fund_id"].isin(self.funds) | table["kind"].isin(self.fund_kinds)
        return [str(name) for name in table.loc[meant, "fund_id"]]

    def fund_messages(self, problem: Problem, *, debt: bool = False) -> list[Message]:
        """Refuse a rule without funds and funds that are unknown, or no debt."""
        if not self.funds and not self.fund_kinds:
            return [message("rule.no_funds", rule=self.id)]
        found = list(fund_problems(self.id, self.funds, problem, debt=debt))
        table = problem.policy.funds
        own = table[table["kind"].isin(self.fund_kinds) & ~table["debt"]]
        if debt:
            found += [
                message("rule.not_debt", rule=self.id, fund=fund)
                for fund in own["fund_id"]
            ]
        return found

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse funds that are not known."""
        return self.fund_messages(problem)

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no fund is meant."""
        if self.own_funds(problem):
            return []
        return [message("rule.selects_nothing", rule=self.id)]


def received_by(
    problem: Problem, schedule: Schedule, funds: list[str], *, history: bool
) -> dict[tuple[str, str], int]:
    """Sum what each package received from each fund, for `check` methods only."""
    total: dict[tuple[str, str], int] = {}
    tables = [records(schedule.draws)]
    if history:
        tables.append(records(problem.case.package_history))
    for row in (row for table in tables for row in table):
        if row.fund_id in funds:
            key = (str(row.package_id), str(row.fund_id))
            total[key] = total.get(key, 0) + int(row.received)
    return total
