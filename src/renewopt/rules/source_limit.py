"""Source limit: a package is paid from at most so many sources."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.funds import sources
from renewopt.rules.life import draw_terms, history_sum
from renewopt.rules.money_rule import MoneyRule, received_by
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where


class SourceLimit(MoneyRule):
    """Σ_s used[p, s] ≤ at_most, with Σ_{t, f in s} received[p, t, f] ≤ M · used[p, s].

    A source is a programme, or a kind of money where the funds name none: batches of
    one grant are several funds and one source. Without `funds` and `fund_kinds` all
    funds count. One central source per package: the central kinds with `at_most = 1`.
    What was received before the plan counts.
    """

    kind: Literal["source_limit"] = "source_limit"
    at_most: int = Field(ge=1)
    where: Where = Where()

    def own_funds(self, problem: Problem) -> list[str]:
        """List the funds that are counted: all, where none is named."""
        if not self.funds and not self.fund_kinds:
            return [str(name) for name in problem.policy.funds["fund_id"]]
        return super().own_funds(problem)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown funds and selections that packages have no column for."""
        found = self.where.problems(problem.case.packages, self.id)
        if self.funds or self.fund_kinds:
            found += self.fund_messages(problem)
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Name the funds that count as one source only because of their kind."""
        table = problem.policy.funds
        own = table[table["fund_id"].isin(self.own_funds(problem))]
        found = super().warnings(problem)
        for kind, batches in own[own["programme"] == ""].groupby("kind", sort=True):
            if len(batches) > 1 and not batches["owner_only"].all():
                names = ", ".join(batches["fund_id"])
                found.append(
                    message("rule.one_source", rule=self.id, kind=kind, funds=names)
                )
        return found

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a column per package and source, a row per package that counts them."""
        funds = self.own_funds(problem)
        packages = self.where.select(problem.case.packages)["package_id"]
        draws = draw_terms(model, funds)
        draws = draws[draws["package_id"].isin(packages)]
        source = sources(problem.policy.funds)
        draws = draws.assign(source=draws["fund_id"].map(source))
        pairs = draws[["package_id", "source"]].drop_duplicates()
        past = {
            (str(package), source[fund])
            for fund in funds
            for package, money in history_sum(problem, "received", [fund]).items()
            if money > 0 and package in set(packages)
        }
        keys = pd.MultiIndex.from_tuples(
            sorted({*pairs.itertuples(index=False, name=None), *past}),
            names=["package_id", "source"],
        )
        forced = np.array([int(key in past) for key in keys], np.int64)
        used = model.add_columns(f"used {self.id}", keys, lower=forced)
        column = dict(zip(keys, used, strict=True))
        upper = model.upper
        most = draws.assign(most=upper[draws["col"].to_numpy(np.int64)])
        # A draw beyond what is due is for `paid_in_full` to find, not for this row.
        total = most.groupby(["package_id", "source"])["most"].sum() + UNITS_PER_WAN
        label = (draws["package_id"] + " " + draws["source"]).to_numpy(object)
        model.add_rows(
            self.id,
            np.concatenate([label, [f"{p} {s}" for p, s in total.index]]).astype(
                object
            ),
            np.concatenate([draws["col"], [column[key] for key in total.index]]),
            np.concatenate([np.ones(len(draws)), -total.to_numpy()]).astype(np.int64),
            upper=0,
        )
        names = np.array([package for package, _ in keys], object)
        model.add_rows(self.id, names, used, 1, upper=self.at_most)

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Say which sources each package has."""
        found = [key for key, money in self._sources(problem, schedule) if money]
        keys = pd.MultiIndex.from_tuples(found, names=["package_id", "source"])
        return {f"used {self.id}": pd.Series(1, index=keys, dtype=np.int64)}

    def _sources(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[tuple[str, str], int]]:
        """Add up what each package received from each source, over its life."""
        source = sources(problem.policy.funds)
        found: dict[tuple[str, str], int] = {}
        funds = self.own_funds(problem)
        got = received_by(problem, schedule, funds, history=True)
        for (package, fund), money in got.items():
            key = (package, source[fund])
            found[key] = found.get(key, 0) + money
        return sorted(found.items())

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name works that all money left could pay for, but not so few sources of it.

        Counted with the sources that the package has, and the fullest others up to the
        limit: less money than there may really be used is never said.
        """
        case, facts = problem.case, problem.case.work_facts
        table = self.where.select(case.packages)["package_id"]
        cost = case.payments.groupby("work_id")["cost"].sum()
        paid = facts["work_id"].map(cost).fillna(0).to_numpy(np.int64)
        money = self._money(problem, schedule)
        found: set[str] = set()
        for package in map(str, table):
            some, whole = money.get(package, (0, 0))
            mine = (facts["package_id"] == package).to_numpy(bool)
            out = mine & (paid > some) & (paid <= whole)
            found.update(map(str, facts.loc[out, "work_id"]))
        return frozenset(found)

    def _money(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, tuple[int, int]]:
        """Give by package the money left of as many sources as it may have, and all."""
        given = problem.policy.fund_years.groupby("fund_id")["amount"].sum()
        drawn = schedule.draws.groupby("fund_id")["received"].sum()
        left = {str(f): max(0, int(n) - int(drawn.get(f, 0))) for f, n in given.items()}
        source, counted = sources(problem.policy.funds), set(self.own_funds(problem))
        has = {key for key, money in self._sources(problem, schedule) if money}
        found: dict[str, tuple[int, int]] = {}
        for name, own in problem.eligible_pairs.groupby("package_id"):
            free, by_source = 0, dict[str, int]()
            for fund in map(str, own["fund_id"]):
                if fund in counted:
                    part = by_source.get(source[fund], 0) + left.get(fund, 0)
                    by_source[source[fund]] = part
                else:
                    free += left.get(fund, 0)
            mine = [n for s, n in by_source.items() if (name, s) in has]
            others = sorted((n for s, n in by_source.items() if (name, s) not in has))
            room = max(0, self.at_most - sum(package == name for package, _ in has))
            best = others[len(others) - room :] if room < len(others) else others
            some = free + sum(mine) + sum(best)
            found[str(name)] = (some, free + sum(by_source.values()))
        return found

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Count the sources of each package."""
        return [
            Breach(self.id, f.where, f.limit, f.used, f.unit)
            for f in self.explain(problem, schedule)
            if f.used > f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report how many sources each package has."""
        meant = {
            str(row.package_id)
            for row in records(self.where.select(problem.case.packages))
        }
        count: dict[str, int] = {}
        for (package, _), money in self._sources(problem, schedule):
            if package in meant and money:
                count[package] = count.get(package, 0) + 1
        return [
            Finding(self.id, package, self.at_most, number, "sources")
            for package, number in sorted(count.items())
        ]
