"""Coverage: a project's income covers its bonds, as the bond's own papers count it."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.funds import BP
from renewopt.rules.life import draw_terms, history_sum
from renewopt.rules.merged import groups_of, merged_problems
from renewopt.rules.money_rule import MoneyRule, received_by
from renewopt.rules.problem import Problem


class Coverage(MoneyRule):
    """min_bp · Σ issued · (1 + tenor · planning coupon) ≤ 10000 · net income in all.

    Per package over its life, or per group of `merged` packages of one legal owner.
    Undiscounted, as the published sheets count (本息覆盖倍数): a bond is repaid at the
    end of its tenor and pays the planning coupon on all of it until then. Without
    income there is no bond. Net income counts `income_years` from `operation_start` on;
    by default to the end of the bond's own tenor after the first plan year: what is
    earned up to the end of a tenor covers the bonds of that tenor and of shorter
    ones.
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
        own = set(self.own_funds(problem))
        for rule in problem.policy.of_kind(self.kind):
            if rule.id == self.id:
                return
            other = set(rule.own_funds(problem))
            if not (own <= other or other <= own):
                yield message("rule.covered_twice", rule=self.id, other=rule.id)

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package or group."""
        funds = self.own_funds(problem)
        table = problem.policy.funds.set_index("fund_id")
        tenors = table["tenor_years"].loc[funds].tolist()
        weight = {
            name: self.min_bp * (BP + int(tenor) * self.planning_coupon_bp)
            for name, tenor in zip(funds, tenors, strict=True)
        }
        draws = draw_terms(model, funds)
        groups = groups_of(self.merged, problem)
        group_of = {p: name for name, own in groups.items() for p in own}
        past = {fund: history_sum(problem, "received", [fund]) for fund in funds}
        divisor = gcd(*weight.values()) or 1
        steps = self._steps(problem)
        for last, meant in steps:
            room = {
                name: BP * BP * self._income(problem, own, last)
                for name, own in groups.items()
            }
            for fund in meant:
                for package, money in past[fund].items():
                    room[group_of[str(package)]] -= weight[fund] * int(money)
            own = draws[draws["fund_id"].isin(meant)]
            label = {name: _where(name, last, len(steps)) for name in groups}
            names = own["package_id"].map(group_of).map(label)
            model.add_rows(
                self.id,
                names.to_numpy(object),
                own["col"],
                [weight[fund] // divisor for fund in own["fund_id"]],
                # Whole numbers on the left: rounding the room down changes nothing.
                upper={label[name]: limit // divisor for name, limit in room.items()},
            )

    def _steps(self, problem: Problem) -> list[tuple[int, list[str]]]:
        """Give the last year of each tenor, and the debts that are due by then."""
        table = problem.policy.funds.set_index("fund_id")
        tenor = table["tenor_years"].loc[self.own_funds(problem)]
        first = problem.case.start_year
        ends = sorted({int(n) for n in tenor})
        if self.income_years is not None:
            ends = ends[-1:]
        return [
            (first + end, [str(name) for name in tenor.index[tenor <= end]])
            for end in ends
        ]

    def _income(self, problem: Problem, packages: Iterable[str], last: int) -> int:
        facts = problem.case.packages.set_index("package_id").loc[list(packages)]
        earning = facts[facts["operation_start"].notna()]
        if self.income_years is not None:
            return int(earning["net_income_per_year"].sum()) * self.income_years
        first = problem.case.start_year
        begins = np.maximum(earning["operation_start"].to_numpy(np.int64), first)
        years = np.maximum(0, last + 1 - begins)
        return int((earning["net_income_per_year"].to_numpy(np.int64) * years).sum())

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare each package's bonds with interest, times the ratio, with income."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f, broken in self._judge(problem, schedule)
            if broken
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report what the bonds of each package ask for of its income."""
        judged = self._judge(problem, schedule)
        return [finding for finding, _ in judged if finding.used]

    def _judge(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[Finding, bool]]:
        funds = self.own_funds(problem)
        tenor = {
            str(row.fund_id): int(row.tenor_years)
            for row in records(problem.policy.funds)
        }
        issued = received_by(problem, schedule, funds, history=True)
        ends = sorted({tenor[fund] for fund in funds})
        if self.income_years is not None:
            ends = ends[-1:]
        rows = []
        for end in ends:
            owed: dict[str, int] = {}
            for (package, fund), money in issued.items():
                if tenor[fund] <= end:
                    whole = BP + tenor[fund] * self.planning_coupon_bp
                    owed[package] = owed.get(package, 0) + money * whole
            income = {
                str(row.package_id): self._earned(problem, row, end)
                for row in records(problem.case.packages)
            }
            last = problem.case.start_year + end
            for name, group in groups_of(self.merged, problem).items():
                need = self.min_bp * sum(owed.get(p, 0) for p in group)
                have = sum(income[p] for p in group)
                where = _where(name, last, len(ends))
                finding = Finding(self.id, where, have / 100, need / BP / BP / 100)
                rows.append((finding, need > BP * BP * have))
        return rows

    def _earned(self, problem: Problem, package: Any, tenor: int) -> int:
        """Count net income year by year."""
        start, yearly = package.operation_start, int(package.net_income_per_year)
        if pd.isna(start):
            return 0
        if self.income_years is not None:
            return yearly * self.income_years
        first = problem.case.start_year
        years = range(first, first + tenor + 1)
        return sum(yearly for year in years if year >= int(start))


def _where(group: str, last: int, tenors: int) -> str:
    """Name a row: the group, and the end of the tenor where there are several."""
    return f"{group} {last}" if tenors > 1 else group
