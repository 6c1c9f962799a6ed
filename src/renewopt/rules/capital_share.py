"""Capital share: enough of a package's cost is paid with money that is not debt."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records, totals
from renewopt.rules.base import Rule
from renewopt.rules.building_interest import add_building_interest
from renewopt.rules.debt_checks import fund_problems
from renewopt.rules.debt_service import interest_due
from renewopt.rules.funds import BP
from renewopt.rules.income import operation_years
from renewopt.rules.life import base_terms, draw_terms, history_sum
from renewopt.rules.life_check import Life
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class CapitalShare(Rule):
    """10000 · (Σ received from capital funds + counted) ≥ min_bp · cost, per package.

    Over the package's life. 项目资本金 is non-debt money (国发〔2019〕26号). Only where
    `bonds` are named a part of them counts too (专项债券用作资本金): per package at
    most what it receives of them, over all packages at most `allowance_bp` of what they
    give in the plan, which is what the province allows. With `construction_interest`
    the cost has the interest of the plan's issues before operation (建设期利息), which
    is part of a project's total investment: up to the completion of the last work.
    """

    kind: Literal["capital_share"] = "capital_share"
    min_bp: int = Field(ge=0, le=BP)
    where: Where = Where()
    bonds: tuple[str, ...] = ()
    allowance_bp: int = Field(default=0, ge=0, le=BP)
    construction_interest: bool = False

    @property
    def family(self) -> str:
        """Name of the columns that say how much of its bonds a package counts."""
        return f"counted {self.id}"

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse selections that packages have no column for, and funds not debt."""
        found = [
            *self.where.problems(problem.case.packages, self.id),
            *fund_problems(self.id, self.bonds, problem),
        ]
        if bool(self.bonds) != bool(self.allowance_bp):
            found.append(message("rule.allowance", rule=self.id))
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no package is meant."""
        if len(self.where.select(problem.case.packages)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package."""
        funds = problem.policy.funds
        capital = funds.loc[funds["capital"], "fund_id"].tolist()
        packages = self.where.select(problem.case.packages)["package_id"]
        draws = draw_terms(model, capital)
        draws = draws[draws["package_id"].isin(packages)]
        base = base_terms(problem, model, "cost")
        base = base[base["package_id"].isin(packages)]
        past_cost = history_sum(problem, "cost", None)
        past = history_sum(problem, "received", capital)
        lower = {
            str(p): self.min_bp * int(past_cost.get(p, 0)) - BP * int(past.get(p, 0))
            for p in packages
        }
        counted = self._count_bonds(problem, model, [str(p) for p in packages])
        extra = self._interest_columns(problem, model, packages)
        model.add_rows(
            self.id,
            np.concatenate(
                [
                    draws["package_id"],
                    base["package_id"],
                    counted.index,
                    extra.index.get_level_values(0),
                ]
            ),
            np.concatenate([draws["col"], base["col"], counted, extra]),
            np.concatenate(
                [
                    np.full(len(draws), BP),
                    -self.min_bp * base["coef"],
                    np.full(len(counted), BP),
                    np.full(len(extra), -self.min_bp),
                ]
            ),
            lower=lower,
        )

    def _interest_columns(
        self, problem: Problem, model: LinearModel, packages: pd.Series
    ) -> pd.Series:
        """Give the columns of interest before operation, by package and year."""
        if not self.construction_interest:
            none = pd.MultiIndex.from_arrays([[], []], names=["package_id", "year"])
            return pd.Series([], index=none, dtype=np.int64)
        return add_building_interest(problem, model, self.id, {*map(str, packages)})

    def _count_bonds(
        self, problem: Problem, model: LinearModel, packages: list[str]
    ) -> pd.Series:
        """Add what each package counts of its bonds, its bounds and the allowance."""
        draws = draw_terms(model, self.bonds)
        own = draws[draws["package_id"].isin(packages)]
        names = sorted(set(own["package_id"]))
        if not self.bonds or not names:
            return pd.Series([], dtype=np.int64)
        most = int(model.upper[own["col"].to_numpy()].sum())
        index = pd.Index(names, name="package_id")
        cols = model.add_columns(self.family, index, upper=most)
        model.add_rows(
            self.id,
            np.concatenate([np.array(names, object), own["package_id"]]) + " bonds",
            np.concatenate([cols, own["col"]]),
            np.concatenate([np.full(len(cols), 1), np.full(len(own), -1)]),
            upper=0,
        )
        model.add_rows(
            self.id,
            np.full(len(cols) + len(draws), "allowance", object),
            np.concatenate([cols, draws["col"]]),
            np.concatenate(
                [np.full(len(cols), BP), np.full(len(draws), -self.allowance_bp)]
            ),
            upper=0,
        )
        return pd.Series(cols, index=index)

    def counted(self, problem: Problem, schedule: Schedule) -> dict[str, int]:
        """Give the least that each package has to count of its bonds, units."""
        life = Life.of(problem, schedule)
        funds = problem.policy.funds
        own = life.received_from(
            [str(f) for f in funds.loc[funds["capital"], "fund_id"]]
        )
        given = self._given(schedule)
        more = self._in_all(problem, schedule)
        found = {}
        for package in map(str, self.where.select(problem.case.packages)["package_id"]):
            least = self.min_bp * (life.base(package, "cost") + more.get(package, 0))
            short = -((BP * own.get(package, 0) - least) // BP)
            found[package] = min(max(0, short), given.get(package, 0))
        return found

    def _interest(
        self, problem: Problem, schedule: Schedule
    ) -> dict[tuple[str, int], int]:
        """Add up what each package pays before it operates, rounded up year by year."""
        due: dict[tuple[str, int], Fraction] = {}
        opens = operation_years(problem, schedule.chosen["work_id"])
        debt = {str(f.fund_id): f for f in records(problem.policy.funds) if f.debt}
        for draw in records(schedule.draws) if self.construction_interest else ():
            package, issued = str(draw.package_id), int(draw.year)
            before = min(opens[package], problem.case.end_year + 1)
            for year in range(issued, before if draw.fund_id in debt else issued):
                part = interest_due(debt[str(draw.fund_id)], year - issued)
                key = (package, year)
                due[key] = due.get(key, Fraction(0)) + part * int(draw.received)
        return {key: ceil(money) for key, money in due.items() if money}

    def _in_all(self, problem: Problem, schedule: Schedule) -> dict[str, int]:
        found: dict[str, int] = {}
        for (package, _), units in self._interest(problem, schedule).items():
            found[package] = found.get(package, 0) + units
        return found

    def _given(self, schedule: Schedule) -> dict[str, int]:
        """Add up what the bonds give to each package in the plan."""
        draws = schedule.draws[schedule.draws["fund_id"].isin(self.bonds)]
        return {str(k): n for k, n in totals(draws, "package_id", "received").items()}

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Count no more bonds than are needed, and all interest before operation."""
        found: dict[str, pd.Series] = {}
        if self.bonds:
            counted = self.counted(problem, schedule)
            found[self.family] = pd.Series(counted, dtype=np.int64)
        if self.construction_interest:
            interest = self._interest(problem, schedule)
            keys = pd.MultiIndex.from_tuples(interest, names=["package_id", "year"])
            paid = pd.Series([*interest.values()], index=keys, dtype=np.int64)
            found[f"building {self.id}"] = paid
        return found

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up each package's life and compare; then the bonds that count."""
        found = [
            Breach(self.id, f.where, f.limit, f.used)
            for f, broken in self._judge(problem, schedule)
            if broken
        ]
        return [
            *found,
            *(
                Breach(self.id, f.where, f.limit, f.used)
                for f, broken in self._allowed(problem, schedule)
                if broken
            ),
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report capital against the least that is asked."""
        judged = [*self._judge(problem, schedule), *self._allowed(problem, schedule)]
        return [finding for finding, _ in judged]

    def _allowed(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[Finding, bool]]:
        """Compare all bonds that count as capital with the allowance."""
        if not self.bonds:
            return []
        used = sum(self.counted(problem, schedule).values())
        most = self.allowance_bp * sum(self._given(schedule).values())
        finding = Finding(self.id, "allowance", most / BP / 100, used / 100)
        return [(finding, BP * used > most)]

    def _judge(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[Finding, bool]]:
        life = Life.of(problem, schedule)
        funds = problem.policy.funds
        own = life.received_from(
            [str(f) for f in funds.loc[funds["capital"], "fund_id"]]
        )
        counted = self.counted(problem, schedule)
        more = self._in_all(problem, schedule)
        rows = []
        for package in self.where.select(problem.case.packages)["package_id"]:
            cost = life.base(package, "cost") + more.get(package, 0)
            capital = own.get(package, 0) + counted.get(package, 0)
            least = float(self.min_bp * cost) / BP / 100
            finding = Finding(self.id, str(package), least, capital / 100)
            rows.append((finding, BP * capital < self.min_bp * cost))
        return rows
