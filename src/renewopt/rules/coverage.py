"""Coverage: a project's income covers its bonds, as the bond's own papers count it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product
from math import gcd
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.incomes import Income, standing_incomes
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.funds import BP
from renewopt.rules.income import earned, earnings, work_incomes, years_of
from renewopt.rules.life import draw_terms
from renewopt.rules.merged import home_of, merged_problems, shared_incomes
from renewopt.rules.money_rule import MoneyRule
from renewopt.rules.problem import Problem

Span = tuple[int, int]
"""Years of income: those after the first, up to the second."""


class Coverage(MoneyRule):
    """min_bp · Σ issued · (1 + tenor · planning coupon) ≤ 10000 · net income.

    Per package over its life, or per group of `merged` packages of one legal owner.
    Undiscounted, as the published sheets count (本息覆盖倍数): a bond is repaid at the
    end of its tenor and pays the planning coupon on all of it until then. Income is
    what the works chosen earn. A bond of year y and tenor n is covered by the income of
    y + 1 … y + n, and no income covers two bonds: in every span of years the income
    covers all bonds that lie within it. With `income_years` every work chosen counts so
    many years of its income instead, whatever the tenor.
    """

    kind: Literal["coverage"] = "coverage"
    min_bp: int = Field(default=12_000, ge=0, le=100_000)
    planning_coupon_bp: int = Field(ge=0, le=BP)
    income_years: int | None = Field(default=None, ge=1, le=60)
    merged: tuple[tuple[str, ...], ...] = ()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse funds that are no debt and groups that are not one owner's."""
        found = self.fund_messages(problem, debt=True)
        found += self._rivals(problem)
        found += merged_problems(self.id, self.merged, problem)
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Say that income is counted which comes after the last bond is repaid."""
        found = super().warnings(problem)
        tenors = problem.policy.funds.set_index("fund_id")["tenor_years"]
        own = self.own_funds(problem)
        longest = int(tenors.loc[own].max()) + 1 if own else 0
        if own and self.income_years is not None and self.income_years > longest:
            found.append(
                message(
                    "rule.income_after_debt",
                    rule=self.id,
                    value=self.income_years,
                    limit=longest,
                )
            )
        return found

    def _rivals(self, problem: Problem) -> Iterable[Message]:
        """Refuse a second rule that lets the same income cover other debts.

        A rule that counts all the debt of the other, and more, is a further test.
        """
        own = self.own_funds(problem)
        for rule in problem.policy.of_kind(self.kind):
            if rule.id == self.id:
                return
            other = rule.own_funds(problem)
            if {*own} <= {*other} or {*other} <= {*own}:
                continue
            both = shared_incomes(problem, (own, self.merged), (other, rule.merged))
            if both:
                yield message(
                    "rule.covered_twice",
                    rule=self.id,
                    other=rule.id,
                    packages=", ".join(both),
                )

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per group and span of years, with the works that earn."""
        home = home_of(self.merged, problem)
        bonds, past = self._bonds(problem, model, home), self._before(problem, home)
        works = work_incomes(problem)
        works = works.assign(group=works["package_id"].map(home))
        x = model.columns("x").to_numpy(np.int64)[works["work"].to_numpy(np.int64)]
        # Whole numbers on both sides: dividing by a common factor changes nothing.
        divisor = gcd(BP * BP, *(self.min_bp * int(n) for n in {*bonds["owed"]}))
        divisor = gcd(divisor, *(self.min_bp * money for _, _, money in past))
        for span in self._spans(problem):
            own = bonds[(bonds["since"] >= span[0]) & (bonds["until"] <= span[1])]
            room = dict.fromkeys(own["group"], 0)
            for group, (since, until), money in past:
                if since >= span[0] and until <= span[1]:
                    room[group] = room.get(group, 0) - self.min_bp * money
            for package, stands in standing_incomes(problem.case).items():
                if home[package] in room:
                    count = self._years(np.array([stands.first_year]), span)
                    room[home[package]] += BP * BP * stands.units * int(count[0])
            years = self._years(works["first_year"].to_numpy(np.int64), span)
            earns = works["group"].isin(list(room)).to_numpy() & (years > 0)
            income = BP * BP // divisor * works["units"].to_numpy(np.int64) * years
            model.add_rows(
                self.id,
                self._where(
                    np.concatenate([works["group"][earns], own["group"]]), span
                ),
                np.concatenate([x[earns], own["col"]]),
                np.concatenate([income[earns], -self.min_bp * own["owed"] // divisor]),
                lower={
                    self._where(np.array([name], object), span)[0]: -left // divisor
                    for name, left in room.items()
                },
            )

    def _bonds(
        self, problem: Problem, model: LinearModel, home: dict[str, str]
    ) -> pd.DataFrame:
        """Give (group, since, until, owed, col) of each draw; owed is of one unit."""
        draws = draw_terms(model, self.own_funds(problem))
        tenor = draws["fund_id"].map(self._tenors(problem))
        spans = [
            self._span(problem, int(year), int(n))
            for year, n in zip(draws["year"], tenor, strict=True)
        ]
        return pd.DataFrame(
            {
                "group": draws["package_id"].map(home),
                "since": np.array([since for since, _ in spans], np.int64),
                "until": np.array([until for _, until in spans], np.int64),
                "owed": BP + tenor.astype("int64") * self.planning_coupon_bp,
                "col": draws["col"],
            }
        )

    def _before(
        self, problem: Problem, home: dict[str, str]
    ) -> list[tuple[str, Span, int]]:
        """List debts from before the plan: (group, span, money with interest)."""
        tenor = self._tenors(problem)
        found = []
        for row in records(problem.case.package_history):
            if row.fund_id in tenor and row.received:
                n = tenor[row.fund_id]
                since, until = self._span(problem, int(row.year), n)
                if until > since:  # else it is repaid
                    money = int(row.received) * (BP + n * self.planning_coupon_bp)
                    found.append((home[row.package_id], (since, until), money))
        return found

    def _years(self, first_year: IntArray, span: Span) -> IntArray:
        """Count the years of income that are within a span."""
        if self.income_years is not None:
            return np.full(len(first_year), self.income_years, np.int64)
        return years_of(first_year, *span)

    def _where(self, groups: npt.NDArray[np.object_], span: Span) -> list[str]:
        """Name rows: the group, and the years whose income covers."""
        if self.income_years is not None:
            return [str(name) for name in groups]
        return [f"{name} {span[0] + 1}-{span[1]}" for name in groups]

    def _tenors(self, problem: Problem) -> dict[str, int]:
        table = problem.policy.funds.set_index("fund_id")["tenor_years"]
        return {fund: int(table[fund]) for fund in self.own_funds(problem)}

    def _span(self, problem: Problem, issued: int, tenor: int) -> Span:
        """Give the years whose income may cover a bond; none before the plan."""
        start = problem.case.start_year
        if self.income_years is not None:
            return start - 1, start
        return max(int(issued), start - 1), int(issued) + int(tenor)

    def _spans(self, problem: Problem) -> list[Span]:
        """List the spans between the first year of a bond and the last of another."""
        tenor = self._tenors(problem)
        bonds = {
            self._span(problem, year, n)
            for year in problem.case.plan_years
            for n in tenor.values()
        }
        for row in records(problem.case.package_history):
            if row.fund_id in tenor and row.received:
                bonds.add(self._span(problem, int(row.year), tenor[row.fund_id]))
        return [
            (first, last)
            for first in sorted({since for since, _ in bonds})
            for last in sorted({until for _, until in bonds})
            if any(since == first and since < until <= last for since, until in bonds)
            and any(since >= first and until == last for since, until in bonds)
        ]

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare each group's bonds with interest, times the ratio, with income."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for _, f, broken in self._judge(problem, schedule)
            if broken
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report each group's bonds and income, in the span with the least to spare."""
        tightest: dict[str, Finding] = {}
        for group, found, _ in self._judge(problem, schedule):
            other = tightest.get(group, found)
            if found.used and found.used * other.limit >= other.used * found.limit:
                tightest[group] = found
        return list(tightest.values())

    def _judge(
        self, problem: Problem, schedule: Schedule
    ) -> Iterator[tuple[str, Finding, bool]]:
        """Add up what every group owes and earns in each span, year by year."""
        tenor, home = self._tenors(problem), home_of(self.merged, problem)
        owed: dict[str, list[tuple[Span, int]]] = {}
        before = records(problem.case.package_history)
        for row in chain(records(schedule.draws), before):
            if row.fund_id in tenor and row.received:
                n = tenor[row.fund_id]
                money = int(row.received) * (BP + n * self.planning_coupon_bp)
                span = self._span(problem, int(row.year), n)
                if span[0] < span[1]:
                    owed.setdefault(home[row.package_id], []).append((span, money))
        own: dict[str, list[Income]] = {}
        for package, incomes in earnings(problem, schedule).items():
            own.setdefault(home[package], []).extend(incomes)
        for (group, bonds), span in product(sorted(owed.items()), self._spans(problem)):
            need = self.min_bp * sum(
                money
                for (since, until), money in bonds
                if span[0] <= since and until <= span[1]
            )
            have = self._earned(own.get(group, []), span) if need else 0
            where = self._where(np.array([group], object), span)[0]
            finding = Finding(self.id, where, have / 100, need / BP / BP / 100)
            yield group, finding, need > BP * BP * have

    def _earned(self, incomes: list[Income], span: Span) -> int:
        if self.income_years is not None:
            return sum(income.units for income in incomes) * self.income_years
        return sum(earned(incomes, year) for year in range(span[0] + 1, span[1] + 1))
