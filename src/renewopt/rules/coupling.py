"""Coupling: projects that the facts tie together: same site, outlet, alternative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem

Pair = tuple[str, str]


@dataclass
class _Terms:
    """Terms of rows that grow pair by pair."""

    label: list[str] = field(default_factory=list)
    col: list[int] = field(default_factory=list)
    coef: list[int] = field(default_factory=list)
    upper: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, cols: list[int], coef: int) -> None:
        self.label += [name] * len(cols)
        self.col += cols
        self.coef += [coef] * len(cols)


class Coupling(Rule):
    """What holds for every pair (a, b) of the case's `links` of one sort.

    Unless the pair is broken:

    `together`: a and b, if both are chosen, start at most `within_years` apart;
    `after`: a waits for b (for its start, or its completion);
    `instead`: at most one of a and b;
    `with`: a and b are chosen together, with the same start and duration (b moves into
    a, say); such a pair is never broken.

    Where a link names modes, only works in these are meant. With `needs`, a is chosen
    only with b. A pair may be broken at `price` 万元 in the objective; without a price
    only where a has a safety duty and `free_duties` says so, at no price. Broken pairs
    are listed.
    """

    kind: Literal["coupling"] = "coupling"
    link: str = Field(min_length=1)
    how: Literal["together", "after", "instead", "with"]
    within_years: int = Field(default=0, ge=0)
    after: Literal["start", "completion"] = "start"
    needs: bool = False
    price: Decimal | None = Field(default=None, ge=0)
    free_duties: bool = True

    @property
    def family(self) -> str:
        """Name of the rule's own columns."""
        return f"broken {self.id}"

    @property
    def price_units(self) -> int:
        """Price of a broken pair in units of 0.01 万元."""
        return int((self.price or Decimal(0)) * UNITS_PER_WAN)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse too fine a price and parameters that another `how` has."""
        found = []
        if self.price is not None and (self.price * UNITS_PER_WAN) % 1:
            found.append(
                message("rule.too_fine", rule=self.id, key="price", value=self.price)
            )
        idle = {
            "within_years": self.within_years != 0 and self.how != "together",
            "after": self.after != "start" and self.how != "after",
            "needs": self.needs and self.how != "together",
            "price": self.price is not None and self.how == "with",
            "free_duties": not self.free_duties and self.how == "with",
        }
        found += [
            message("rule.coupling_idle", rule=self.id, key=key, how=self.how)
            for key, is_idle in idle.items()
            if is_idle
        ]
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that the case has no such links."""
        if self._pairs(problem):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a column per pair that may be broken, and the rows of every pair."""
        pairs = self._pairs(problem)
        weak = self._breakable(problem, pairs)
        keys = pd.MultiIndex.from_tuples(weak, names=["project_id", "other_id"])
        pardon = dict(zip(weak, model.add_columns(self.family, keys), strict=True))
        works = problem.case.works.assign(col=model.columns("x").to_numpy())
        own = {str(p): rows for p, rows in works.groupby("project_id", sort=True)}
        none = works.iloc[:0]
        modes = self._modes(problem)
        terms = _Terms()
        for pair in pairs:
            a, b = (
                rows if not mode else rows[rows["mode"] == mode]
                for rows, mode in zip(
                    (own.get(name, none) for name in pair), modes[pair], strict=True
                )
            )
            free = [int(pardon[pair])] if pair in pardon else []
            name = f"{pair[0]} {pair[1]}"
            for label, more, less, most in self._rows(a, b):
                terms.add(f"{name}{label}", more, 1)
                terms.add(f"{name}{label}", [*less, *free], -1)
                terms.upper[f"{name}{label}"] = most
            if self.needs:
                terms.add(f"{name} needs", [int(c) for c in a["col"]], 1)
                terms.add(f"{name} needs", [int(c) for c in b["col"]], -1)
                terms.upper[f"{name} needs"] = 0
        model.add_rows(
            self.id,
            np.array(terms.label, object),
            terms.col,
            terms.coef,
            upper=terms.upper,
        )

    def _rows(
        self, a: pd.DataFrame, b: pd.DataFrame
    ) -> Iterator[tuple[str, list[int], list[int], int]]:
        """Yield (label, columns with 1, columns with −1, upper limit) of a pair."""
        if self.how == "instead":
            yield "", [*a["col"], *b["col"]], [], 1
            return
        if self.how == "with":
            yield from self._same(a, b)
            return
        for year in sorted({int(y) for y in a["start_year"]}):
            if self.how == "together":
                now = a.loc[a["start_year"] == year, "col"]
                far = (b["start_year"] - year).abs() > self.within_years
                yield f" {year}", [*now, *b.loc[far, "col"]], [], 1
            else:
                begun = a.loc[a["start_year"] <= year, "col"]
                ready = self._ready(b) <= year
                yield f" {year}", [*begun], [*b.loc[ready, "col"]], 0

    def _same(
        self, a: pd.DataFrame, b: pd.DataFrame
    ) -> Iterator[tuple[str, list[int], list[int], int]]:
        """Yield two rows per span of years: neither goes without the other."""
        spans = [
            set(zip(rows["start_year"], rows["duration"], strict=True))
            for rows in (a, b)
        ]
        for start, years in sorted(spans[0] | spans[1]):
            now = [
                (rows["start_year"] == start) & (rows["duration"] == years)
                for rows in (a, b)
            ]
            own, other = [*a.loc[now[0], "col"]], [*b.loc[now[1], "col"]]
            yield f" {start}+{years} not alone", own, other, 0
            yield f" {start}+{years} both", other, own, 0

    def _ready(self, works: pd.DataFrame) -> pd.Series:
        """Give the first year in which what waits may follow each work."""
        years = works["duration"] if self.after == "completion" else 0
        ready: pd.Series = works["start_year"] + years
        return ready

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Mark the broken pairs, of those that may be."""
        weak = set(self._breakable(problem, self._pairs(problem)))
        used = [pair for pair in self._broken(problem, schedule) if pair in weak]
        keys = pd.MultiIndex.from_tuples(used, names=["project_id", "other_id"])
        return {self.family: pd.Series(1, index=keys)}

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that would break a pair, given the rest of the plan."""
        chosen = self._chosen(problem, schedule)
        pairs = self._pairs(problem)
        firm = set(pairs) - set(self._breakable(problem, pairs))
        by_project = dict(list(problem.case.works.groupby("project_id")))
        modes = self._modes(problem)
        found: set[str] = set()
        for pair in pairs:
            for project in pair:
                if project in chosen or project not in by_project:
                    continue
                for work in records(by_project[project]):
                    trial = chosen | {project: work}
                    breaks = pair in firm and self._is_broken(pair, trial, modes)
                    # What both wait for stands against neither: they may come as one.
                    waits = self.how == "with" and not set(pair) <= set(trial)
                    if (breaks and not waits) or self._lacks(pair, trial, modes):
                        found.add(str(work.work_id))
        return frozenset(found)

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """List the broken pairs with their price."""
        price = self.price_units / UNITS_PER_WAN
        return [
            Finding(self.id, f"{a} {b}", 0.0, price, "万元")
            for a, b in self._broken(problem, schedule)
        ]

    def broken(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[str, str, float]]:
        """Give the pairs that the plan breaks, each with its price in 万元."""
        price = self.price_units / UNITS_PER_WAN
        return [(a, b, price) for a, b in sorted(self._broken(problem, schedule))]

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look at every pair of the plan: the years, and who is there."""
        pairs = self._pairs(problem)
        weak = set(self._breakable(problem, pairs))
        chosen = self._chosen(problem, schedule)
        modes = self._modes(problem)
        found = [
            Breach(self.id, f"{a} {b}", 0, 1, "pairs")
            for a, b in self._broken(problem, schedule)
            if (a, b) not in weak
        ]
        found += [
            Breach(self.id, f"{a} {b} needs", 1, 0, "works")
            for a, b in pairs
            if self._lacks((a, b), chosen, modes)
        ]
        return found

    def _chosen(self, problem: Problem, schedule: Schedule) -> dict[str, object]:
        works = problem.chosen_works(schedule.chosen["work_id"])
        return {str(work.project_id): work for work in records(works)}

    def _broken(self, problem: Problem, schedule: Schedule) -> list[Pair]:
        chosen, modes = self._chosen(problem, schedule), self._modes(problem)
        pairs = self._pairs(problem)
        return [p for p in pairs if self._is_broken(p, chosen, modes)]

    def _is_broken(
        self, pair: Pair, chosen: dict[str, object], modes: dict[Pair, Pair]
    ) -> bool:
        a, b = _meant(pair, chosen, modes)
        if self.how == "with":
            keys = ("start_year", "duration")
            one, two = ([_get(w, k) for k in keys] if w else None for w in (a, b))
            return one != two
        if a is None or (b is None and self.how != "after"):
            return False
        if b is None or self.how == "instead":
            return True
        start, other = _get(a, "start_year"), _get(b, "start_year")
        if self.how == "together":
            return abs(start - other) > self.within_years
        done = _get(b, "duration") if self.after == "completion" else 0
        return start < other + done

    def _lacks(
        self, pair: Pair, chosen: dict[str, object], modes: dict[Pair, Pair]
    ) -> bool:
        a, b = _meant(pair, chosen, modes)
        return self.needs and a is not None and b is None

    def _links(self, problem: Problem) -> pd.DataFrame:
        links = problem.case.links
        return links[links["link"] == self.link]

    def _pairs(self, problem: Problem) -> list[Pair]:
        own = self._links(problem)
        return list(zip(own["project_id"], own["other_id"], strict=True))

    def _modes(self, problem: Problem) -> dict[Pair, Pair]:
        """Give the modes that are meant of either side of each pair; empty: all."""
        own = self._links(problem)
        meant = zip(own["mode"], own["other_mode"], strict=True)
        return dict(zip(self._pairs(problem), meant, strict=True))

    def _breakable(self, problem: Problem, pairs: list[Pair]) -> list[Pair]:
        """Give the pairs that may be broken: for money, or for a safety duty."""
        if self.how == "with":
            return []
        if self.price is not None:
            return pairs
        safe = problem.safety_projects if self.free_duties else frozenset()
        return [pair for pair in pairs if pair[0] in safe]


def _meant(
    pair: Pair, chosen: dict[str, object], modes: dict[Pair, Pair]
) -> tuple[object | None, object | None]:
    """Give the chosen works of the two, those in other modes left out."""
    works = [chosen.get(name) for name in pair]
    a, b = (
        work if not mode or getattr(work, "mode", "") == mode else None
        for work, mode in zip(works, modes[pair], strict=True)
    )
    return a, b


def _get(work: object, name: str) -> int:
    return int(getattr(work, name))
