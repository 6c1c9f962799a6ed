"""Fund budget: no fund gives more in a year than it has, with carry-over and lapse."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.life import draw_terms
from renewopt.rules.problem import Problem

LAST_MONTH = 10
"""Money that arrives later in the year pays nothing in that year: editable assumption
(accounts are settled in November, and works in the north end by then)."""


class FundBudget(Rule):
    """Money of year y may be received in y … y + n (n = carry-over; −1: for ever).

    Money that arrives after October may be received from y + 1 on. Years before the
    plan hold what is carried into it.

    For all years s ≤ t: Σ received[s … t] ≤ Σ amount[s − n … t]. Since the money of
    each year is usable in an interval, these sums are enough (Hall's condition).
    For debt the amounts are the quota of new issues.
    """

    structural: ClassVar[bool] = True
    kind: Literal["fund_budget"] = "fund_budget"

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse money of years after the plan, and money that has lapsed by then."""
        case, money = problem.case, problem.policy.fund_years
        terms = {str(f.fund_id): f for f in records(problem.policy.funds)}
        found = []
        for row in records(money[money["amount"] > 0]):
            fund, year = terms[str(row.fund_id)], int(row.year)
            keep, late = int(fund.carry_over), int(fund.arrival_month) > LAST_MONTH
            first = max(case.start_year, year + int(late))
            if 0 <= keep < first - year:
                note = {"rule": self.id, "fund": row.fund_id, "year": year}
                found.append(message("rule.money_lapsed", first=first, **note))
        return found + [
            message(
                "rule.year_outside",
                rule=self.id,
                key=f"fund_years.{row.fund_id}",
                year=int(row.year),
                first=case.start_year,
                last=case.end_year,
            )
            for row in records(money[money["year"] > case.end_year])
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per fund and stretch of years that can bind."""
        index = draw_terms(model, list(problem.policy.funds["fund_id"]))
        col = index["col"].to_numpy(np.int64)
        of_fund = index["fund_id"].to_numpy(object)
        of_year = index["year"].to_numpy(np.int64)
        money = problem.policy.fund_years
        for fund in records(problem.policy.funds):
            own = np.flatnonzero(of_fund == fund.fund_id)
            its = money[money["fund_id"] == fund.fund_id]
            year = its["year"].to_numpy(np.int64)
            amount = its["amount"].to_numpy(np.int64)
            wait = int(int(fund.arrival_month) > LAST_MONTH)
            for first, last, back in self._stretches(problem, int(fund.carry_over)):
                limit = int(amount[(year >= back) & (year <= last - wait)].sum())
                within = (of_year[own] >= first) & (of_year[own] <= last)
                terms = own[within]
                label = f"{fund.fund_id} {last}" + (
                    "" if first == last else f" since {first}"
                )
                model.add_rows(
                    self.id,
                    np.full(len(terms), label, object),
                    col[terms],
                    1,
                    upper={label: limit},
                )

    @staticmethod
    def _stretches(problem: Problem, carry_over: int) -> list[tuple[int, int, int]]:
        return stretches(problem, carry_over)

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Empty each purse year by year, oldest money first."""
        found = []
        for fund_id, year, need, have, _left in self._purse(problem, schedule):
            if need > have:
                found.append(
                    Breach(self.id, f"{fund_id} {year}", have / 100, need / 100)
                )
        return found

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report what each fund gave of what it could give in the year."""
        return [
            Finding(self.id, f"{fund_id} {year}", have / 100, need / 100)
            for fund_id, year, need, have, _left in self._purse(problem, schedule)
        ]

    def _purse(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[str, int, int, int, int]]:
        """Give (fund, year, needed, available, left) after each year."""
        given = {
            (str(r.fund_id), int(r.year)): int(r.amount)
            for r in records(problem.policy.fund_years)
        }
        need: dict[tuple[str, int], int] = {}
        for r in records(schedule.draws):
            key = (str(r.fund_id), int(r.year))
            need[key] = need.get(key, 0) + int(r.received)
        rows = []
        for fund in records(problem.policy.funds):
            fund_id, keep = str(fund.fund_id), int(fund.carry_over)
            late = int(fund.arrival_month) > LAST_MONTH
            purse = {
                y: n
                for (f, y), n in given.items()
                if f == fund_id and y < problem.case.start_year
            }
            for year in problem.case.plan_years:
                arrived = year - 1 if late else year
                purse[arrived] = given.get((fund_id, arrived), 0)
                if keep >= 0:
                    purse = {y: n for y, n in purse.items() if year - y <= keep}
                have, wanted = sum(purse.values()), need.get((fund_id, year), 0)
                rest = wanted
                for source in sorted(purse):
                    taken = min(rest, purse[source])
                    purse[source] -= taken
                    rest -= taken
                rows.append((fund_id, year, wanted, have, sum(purse.values())))
        return rows


def stretches(problem: Problem, carry_over: int) -> list[tuple[int, int, int]]:
    """List (first, last, first year of the money that counts), for `build` only."""
    years = problem.case.plan_years
    if carry_over < 0:
        return [(years[0], last, 0) for last in years]
    if carry_over == 0:
        return [(year, year, year) for year in years]
    return [(s, t, s - carry_over) for t in years for s in years if s <= t]
