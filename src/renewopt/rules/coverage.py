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
from renewopt.rules.money_rule import MoneyRule, received_by
from renewopt.rules.problem import Problem


class Coverage(MoneyRule):
    """min_bp · Σ issued · (1 + tenor · planning coupon) ≤ 10000 · net income in all.

    Per package over its life, or per group of `merged` packages of one legal owner.
    Undiscounted, as the published sheets count (本息覆盖倍数): a bond is repaid at the
    end of its tenor and pays the planning coupon on all of it until then. Without
    income there is no bond. Net income counts `income_years` from `operation_start` on;
    by default to the end of the shortest tenor after the first plan year.
    """

    kind: Literal["coverage"] = "coverage"
    min_bp: int = Field(default=12_000, ge=0, le=100_000)
    planning_coupon_bp: int = Field(ge=0, le=BP)
    income_years: int | None = Field(default=None, ge=1, le=60)
    merged: tuple[tuple[str, ...], ...] = ()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse funds that are no debt and groups that are not one owner's."""
        found = self.fund_messages(problem, debt=True)
        rivals = [rule.id for rule in problem.policy.of_kind(self.kind)]
        if rivals[0] != self.id:
            found.append(message("rule.coverage_twice", rule=self.id, other=rivals[0]))
        owner = problem.case.packages.set_index("package_id")["legal_owner"]
        seen: set[str] = set()
        for group in self.merged:
            for name in group:
                if name not in owner.index:
                    found.append(
                        message("rule.unknown_package", rule=self.id, value=name)
                    )
                elif name in seen:
                    found.append(message("rule.merged_twice", rule=self.id, value=name))
                seen.add(name)
            owners = sorted({str(owner[n]) for n in group if n in owner.index})
            if len(owners) > 1:
                found.append(
                    message(
                        "rule.merged_owners",
                        rule=self.id,
                        value=", ".join(group),
                        owners=", ".join(owners),
                    )
                )
        return found

    def _groups(self, problem: Problem) -> dict[str, tuple[str, ...]]:
        """Give the packages that stand together, by the name of the group."""
        joined = {name for group in self.merged for name in group}
        single = [p for p in problem.case.packages["package_id"] if p not in joined]
        groups = [*self.merged, *((str(p),) for p in single)]
        return {"+".join(sorted(group)): tuple(group) for group in groups}

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
        group_of = {p: name for name, own in self._groups(problem).items() for p in own}
        room = {
            name: BP * BP * self._income(problem, own)
            for name, own in self._groups(problem).items()
        }
        for fund in funds:
            for package, past in history_sum(problem, "received", [fund]).items():
                room[group_of[str(package)]] -= weight[fund] * int(past)
        divisor = gcd(*weight.values()) or 1
        model.add_rows(
            self.id,
            draws["package_id"].map(group_of).to_numpy(object),
            draws["col"],
            [weight[fund] // divisor for fund in draws["fund_id"]],
            # Whole numbers on the left: rounding the room down changes nothing.
            upper={name: limit // divisor for name, limit in room.items()},
        )

    def _income(self, problem: Problem, packages: Iterable[str]) -> int:
        facts = problem.case.packages.set_index("package_id").loc[list(packages)]
        earning = facts[facts["operation_start"].notna()]
        if self.income_years is not None:
            return int(earning["net_income_per_year"].sum()) * self.income_years
        table = problem.policy.funds
        own = table["fund_id"].isin(self.own_funds(problem))
        first = problem.case.start_year
        last = first + int(table.loc[own, "tenor_years"].min()) if own.any() else first
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
        owed: dict[str, int] = {}
        issued = received_by(problem, schedule, funds, history=True)
        for (package, fund), money in issued.items():
            whole = BP + tenor[fund] * self.planning_coupon_bp
            owed[package] = owed.get(package, 0) + money * whole
        shortest = min((tenor[fund] for fund in funds), default=0)
        income = {
            str(row.package_id): self._earned(problem, row, shortest)
            for row in records(problem.case.packages)
        }
        rows = []
        for name, group in self._groups(problem).items():
            need = self.min_bp * sum(owed.get(p, 0) for p in group)
            have = sum(income[p] for p in group)
            finding = Finding(self.id, name, have / 100, need / BP / BP / 100)
            rows.append((finding, need > BP * BP * have))
        return rows

    def _earned(self, problem: Problem, package: Any, shortest: int) -> int:
        """Count net income year by year."""
        start, yearly = package.operation_start, int(package.net_income_per_year)
        if pd.isna(start):
            return 0
        if self.income_years is not None:
            return yearly * self.income_years
        first = problem.case.start_year
        years = range(first, first + shortest + 1)
        return sum(yearly for year in years if year >= int(start))
