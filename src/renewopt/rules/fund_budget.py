"""Fund budget: no fund gives more in a year than it has, with carry-over and lapse."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem


class FundBudget(Rule):
    """Money of year y may be received in y … y + n (n = carry-over; −1: for ever).

    For all years s ≤ t: Σ received[s … t] ≤ Σ amount[s − n … t]. Since the money of
    each year is usable in an interval, these sums are enough (Hall's condition).
    For debt the amounts are the quota of new issues.
    """

    structural: ClassVar[bool] = True
    kind: Literal["fund_budget"] = "fund_budget"

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse money of years outside the plan: it would count in no clear way."""
        case, money = problem.case, problem.policy.fund_years
        return [
            message(
                "rule.year_outside",
                rule=self.id,
                key=f"fund_years.{row.fund_id}",
                year=int(row.year),
                first=case.start_year,
                last=case.end_year,
            )
            for row in records(money[~money["year"].isin(case.plan_years)])
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per fund and stretch of years that can bind."""
        draw = model.columns("draw")
        index = draw.index.to_frame(index=False).assign(col=draw.to_numpy())
        money = problem.policy.fund_years
        for fund in records(problem.policy.funds):
            own = index[index["fund_id"] == fund.fund_id]
            given = money[money["fund_id"] == fund.fund_id].set_index("year")["amount"]
            for first, last, back in self._stretches(problem, int(fund.carry_over)):
                limit = int(given[(given.index >= back) & (given.index <= last)].sum())
                terms = own[own["year"].between(first, last)]
                label = f"{fund.fund_id} {last}" + (
                    "" if first == last else f" since {first}"
                )
                model.add_rows(
                    self.id,
                    np.full(len(terms), label, object),
                    terms["col"],
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
            purse: dict[int, int] = {}
            for year in problem.case.plan_years:
                purse[year] = given.get((fund_id, year), 0)
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
        return [(years[0], last, years[0]) for last in years]
    if carry_over == 0:
        return [(year, year, year) for year in years]
    return [(s, t, s - carry_over) for t in years for s in years if s <= t]
