"""Decided: what people have settled already: in, out, in which year, in which mode."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.life import works_of
from renewopt.rules.problem import Problem


class Pay(BaseModel):
    """Money that is settled: so much of a fund is received and paid at least, 万元.

    What joint trenches save beyond `saved` need not be paid any more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    fund: str
    year: int
    amount: Decimal = Field(ge=0)
    received: Decimal | None = Field(default=None, ge=0)
    saved: Decimal = Field(default=Decimal(0), ge=0)

    @property
    def where(self) -> str:
        """Name the place as rows and breaches do."""
        return f"pay {self.package} {self.year} {self.fund}"

    def least(self, column: str) -> int:
        """Give the least sum of the column's money and the savings, in units."""
        own = self.amount
        if column == "received" and self.received is not None:
            own = self.received
        return int((own + self.saved) * UNITS_PER_WAN)


class Decided(Rule):
    """Σ x = 1 (include), Σ x = 0 (exclude, and all works but those of the decision).

    `start` and `mode` say how a project is built if it is; they do not put it in.
    Running works cannot be decided anew. `pay` keeps money for packages.
    """

    kind: Literal["decided"] = "decided"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    start: dict[str, int] = Field(default_factory=dict)
    mode: dict[str, str] = Field(default_factory=dict)
    pay: tuple[Pay, ...] = ()

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse unknown projects, running ones and decisions no work can meet."""
        named = dict.fromkeys([*self.include, *self.exclude, *self.start, *self.mode])
        known = set(problem.case.projects["project_id"])
        running = set(_running(problem))
        found = [
            message("rule.unknown_project", rule=self.id, value=name)
            for name in named
            if name not in known
        ]
        found += [
            message("rule.decided_running", rule=self.id, value=name)
            for name in named
            if name in running
        ]
        found += [
            message("rule.decided_twice", rule=self.id, value=name)
            for name in sorted({*self.include} & {*self.exclude})
        ]
        left = set(problem.case.works.loc[~self._against(problem), "project_id"])
        found += [
            self._no_work(problem, name)
            for name in sorted({*self.include, *self.start, *self.mode} & known)
            if name not in left and name not in self.exclude
        ]
        return found + self._pay_problems(problem)

    def _no_work(self, problem: Problem, name: str) -> Message:
        """Say why: a clause bars it, a price includes it, or what works there are."""
        case, wanted = problem.case, self.mode.get(name, "")
        own = case.works[case.works["project_id"] == name]
        facts = {"rule": self.id, "value": name, "offered": _offered(own)}
        missing = own.empty or (wanted != "" and wanted not in set(own["mode"]))
        bars = case.exclusions
        bars = bars[(bars["project_id"] == name) & (bars["exempt"] == "")]
        bars = bars[bars["mode"] == wanted] if wanted else bars
        if missing and len(bars):
            clauses = bars.drop_duplicates(["pack", "exclusion"])
            return message(
                "rule.decided_barred",
                **facts,
                modes=", ".join(sorted(set(bars["mode"]))),
                clauses="; ".join(
                    f"{row.pack} {row.exclusion} {row.clause} “{row.phrase}”"
                    for row in records(clauses)
                ),
            )
        ties = case.links
        inside = ties[(ties["link"] == "included") & (ties["other_id"] == name)]
        if missing and wanted and len(inside):
            others = ", ".join(sorted(set(inside["project_id"])))
            return message("rule.decided_included", **facts, mode=wanted, others=others)
        return message("rule.decided_no_work", **facts)

    def _pay_problems(self, problem: Problem) -> list[Message]:
        """Refuse money for nobody, from nowhere, twice, or finer than its unit."""
        pairs = problem.eligible_pairs[["package_id", "fund_id"]].to_numpy().tolist()
        known = {(str(package), str(fund)) for package, fund in pairs}
        places = [item.where for item in self.pay]
        found = []
        for item in self.pay:
            fine = any(
                (money * UNITS_PER_WAN) % 1
                for money in (item.amount, item.received or 0, item.saved)
            )
            ready = (item.package, item.fund) in known
            inside = item.year in problem.case.plan_years
            if fine or not ready or not inside or places.count(item.where) > 1:
                found.append(
                    message("rule.decided_pay", rule=self.id, value=item.where)
                )
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report a rule that decides nothing."""
        if self.include or self.exclude or self.start or self.mode or self.pay:
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per project and decision."""
        works = problem.case.works
        project = works["project_id"]
        columns = model.columns("x").to_numpy()
        inside = project.isin(self.include).to_numpy()
        model.add_rows(
            self.id,
            np.array([f"include {p}" for p in project[inside]], object),
            columns[inside],
            1,
            lower={f"include {name}": 1 for name in self.include},
        )
        for what, meant in self._barred(works):
            model.add_rows(
                self.id,
                np.array([f"{what} {p}" for p in project[meant]], object),
                columns[meant],
                1,
                upper=0,
            )
        for item in self.pay:
            self._keep(item, problem, model)

    def _keep(self, item: Pay, problem: Problem, model: LinearModel) -> None:
        """Add a row for what is paid and, for money up front, for what is received."""
        own = problem.case.projects["package_id"] == item.package
        names = [str(name) for name in problem.case.projects.loc[own, "project_id"]]
        works = problem.case.works["work_id"].to_numpy(object)[
            works_of(problem.case, names)
        ]
        saving = model.columns("saving")
        less = saving[saving.index.isin(works)].to_numpy(np.int64)
        key = (item.package, item.year, item.fund)
        for family, column in (("draw", "amount"), ("receipt", "received")):
            columns = model.columns(family)
            where = f"{item.where} {column}"
            if family == "receipt" and key not in columns.index:
                continue
            mine = [int(columns[key])] if key in columns.index else []
            model.add_rows(
                self.id,
                np.full(len(mine) + len(less), where, object),
                np.concatenate([np.array(mine, np.int64), less]),
                1,
                lower={where: item.least(column)},
            )

    def _barred(self, works: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the works that each sort of decision rules out."""
        project = works["project_id"]
        year = project.map(self.start)
        mode = project.map(self.mode)
        yield "exclude", project.isin(self.exclude).to_numpy()
        yield "start", (year.notna() & (year != works["start_year"])).to_numpy()
        yield "mode", (mode.notna() & (mode != works["mode"])).to_numpy()

    def _against(self, problem: Problem) -> np.ndarray:
        barred = [meant for _, meant in self._barred(problem.case.works)]
        marks: np.ndarray = np.logical_or.reduce(barred)
        return marks

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that the decision rules out."""
        works = problem.case.works
        return frozenset(works.loc[self._against(problem), "work_id"])

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare the chosen works with each decision, one by one."""
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        found: list[Breach] = []
        for name in dict.fromkeys(self.include):
            if not (chosen["project_id"] == name).any():
                found.append(Breach(self.id, f"include {name}", 1, 0, "works"))
        for name in dict.fromkeys(self.exclude):
            number = int((chosen["project_id"] == name).sum())
            if number:
                found.append(Breach(self.id, f"exclude {name}", 0, number, "works"))
        for what, column, wanted in (
            ("start", "start_year", self.start),
            ("mode", "mode", self.mode),
        ):
            for name, value in wanted.items():
                own = chosen[chosen["project_id"] == name]
                other = int((own[column] != value).sum())
                if other:
                    found.append(Breach(self.id, f"{what} {name}", 0, other, "works"))
        return found + [
            Breach(self.id, f.where, f.limit, f.used)
            for f in self.explain(problem, schedule)
            if f.used < f.limit
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the money kept for packages and what they get, with savings."""
        front = {str(f.fund_id) for f in records(problem.policy.funds) if f.up_front}
        owner = problem.case.work_facts.set_index("work_id")["package_id"]
        saved: dict[str, int] = {}
        for choice in records(schedule.chosen):
            name = str(owner[choice.work_id])
            saved[name] = saved.get(name, 0) + int(choice.saving)
        found = []
        for item in self.pay:
            draws = [
                draw
                for draw in records(schedule.draws)
                if (draw.package_id, draw.year, draw.fund_id)
                == (item.package, item.year, item.fund)
            ]
            for column in ("amount", "received")[: 1 + (item.fund in front)]:
                money = sum(int(getattr(draw, column)) for draw in draws)
                money += saved.get(item.package, 0)
                place = f"{item.where} {column}"
                least = item.least(column) / 100
                found.append(Finding(self.id, place, least, money / 100))
        return found


def _offered(works: pd.DataFrame) -> str:
    """Write the modes that a project has works in, each with its start years."""
    years = works.sort_values("start_year").groupby("mode")["start_year"]
    parts = [(str(mode), own.unique()) for mode, own in years]
    return "; ".join(f"{mode} {', '.join(map(str, own))}" for mode, own in parts) or "–"


def _running(problem: Problem) -> list[str]:
    case = problem.case
    packages = case.packages
    going = packages.loc[packages["status"] == "running", "package_id"]
    own = case.projects["package_id"].isin(going)
    return [str(name) for name in case.projects.loc[own, "project_id"]]
