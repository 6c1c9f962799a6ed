"""Closed corridor: a street that was opened or paved stays closed for some years."""

from __future__ import annotations

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
from renewopt.rules.problem import Problem


class ClosedYears(BaseModel):
    """Full calendar years for which a corridor is closed, by what happened to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opening: int = Field(ge=0)
    new: int = Field(ge=0)
    rebuilt: int = Field(ge=0)
    major_repair: int = Field(ge=0)


class ClosedCorridor(Rule):
    """After an opening or paving in year t nobody opens the corridor in t+1 … t+N.

    Planned road works count as a major repair in their year: pipes go before or with
    them.
    A work opens its corridors in its start year, however long it lasts; works that
    start together share the opening. open[c, u] + open[c, t] ≤ 1 + waiver[c, u] for
    t < u ≤ t + N, and open[c, u] ≤ waiver[c, u] where paving, road works or a running
    work closed it. A waiver needs a safety duty among the works that start, and costs
    `waiver_price` 万元 in the objective; others may join that opening.
    """

    kind: Literal["closed_corridor"] = "closed_corridor"
    years: ClosedYears
    waiver_price: Decimal = Field(ge=0)

    @property
    def price_units(self) -> int:
        """Price of a waiver in units of 0.01 万元."""
        return int(self.waiver_price * UNITS_PER_WAN)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse a kind of paving without its years, and too fine a price."""
        found = []
        corridors = problem.case.corridors
        known = set(ClosedYears.model_fields) - {"opening"}
        for row in records(corridors[corridors["last_paved"].notna()]):
            if row.paving_kind not in known:
                found.append(
                    message(
                        "rule.paving_kind",
                        rule=self.id,
                        corridor=row.corridor_id,
                        value=row.paving_kind,
                        known=", ".join(sorted(known)),
                    )
                )
        if (self.waiver_price * UNITS_PER_WAN) % 1:
            found.append(
                message(
                    "rule.too_fine",
                    rule=self.id,
                    key="waiver_price",
                    value=self.waiver_price,
                )
            )
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no new work opens any street."""
        if (problem.case.openings["status"] != "running").any():
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add opening and waiver columns and the rows that tie them to the works.

        Corridors where nothing can collide (one project, never closed) need none.
        """
        closed = self._closed_before(problem)
        starts = _colliding_starts(problem, {corridor for corridor, _ in closed})
        x = model.columns("x").loc[starts["work_id"]]
        starts = starts.assign(col=x.to_numpy(), place=_named(starts))
        opening = self._opening_rows(model, starts)
        duty = starts[starts["project_id"].isin(problem.safety_projects)]
        waiver = self._waiver_rows(model, duty)
        self._closing_rows(model, closed, opening, waiver)

    def _opening_rows(self, model: LinearModel, starts: pd.DataFrame) -> pd.Series:
        """Tie openings to starts: a start needs an opening, an opening a start."""
        keys = _places(starts)
        opening = pd.Series(model.add_columns("opening", keys), index=keys)
        name = starts["place"].to_numpy(object)
        key_name = np.array([f"{c} {year}" for c, year in keys], object)
        project = starts.drop_duplicates(["place", "project_id"])
        opened = opening.loc[pd.MultiIndex.from_frame(project[_PLACE])]
        need = project["place"] + " " + project["project_id"]
        model.add_rows(
            self.id,
            np.concatenate(
                [
                    "start " + name + " " + starts["project_id"].to_numpy(object),
                    ("start " + need).to_numpy(object),
                ]
            ),
            np.concatenate([starts["col"], opened]),
            np.repeat([1, -1], [len(starts), len(project)]),
            upper=0,
        )
        model.add_rows(
            self.id,
            np.concatenate(["opened " + key_name, "opened " + name]),
            np.concatenate([opening, starts["col"]]),
            np.repeat([1, -1], [len(keys), len(starts)]),
            upper=0,
        )
        return opening

    def _waiver_rows(self, model: LinearModel, duty: pd.DataFrame) -> pd.Series:
        """Tie waivers to starts with a safety duty: one of them must be there."""
        keys = _places(duty)
        waiver = pd.Series(model.add_columns("waiver", keys), index=keys)
        at = np.array([f"waiver {c} {year}" for c, year in keys], object)
        model.add_rows(
            self.id,
            np.concatenate([at, ("waiver " + duty["place"]).to_numpy(object)]),
            np.concatenate([waiver, duty["col"]]),
            np.repeat([1, -1], [len(waiver), len(duty)]),
            upper=0,
        )
        return waiver

    def _closing_rows(
        self,
        model: LinearModel,
        closed: set[tuple[str, int]],
        opening: pd.Series,
        waiver: pd.Series,
    ) -> None:
        label: list[str] = []
        col: list[int] = []
        coef: list[int] = []
        upper: dict[str, int] = {}
        openings, waivers = _by_place(opening), _by_place(waiver)
        for (corridor, year), number in openings.items():
            pardon = [waivers[corridor, year]] if (corridor, year) in waivers else []
            if (corridor, year) in closed:
                name = f"{corridor} {year} closed"
                col += [number, *pardon]
                label += [name] * (1 + len(pardon))
                coef += [1] + [-1] * len(pardon)
                upper[name] = 0
            for earlier in range(year - self.years.opening, year):
                if (corridor, earlier) in openings:
                    name = f"{corridor} {year} after {earlier}"
                    col += [number, openings[corridor, earlier], *pardon]
                    label += [name] * (2 + len(pardon))
                    coef += [1, 1] + [-1] * len(pardon)
                    upper[name] = 1
        model.add_rows(self.id, np.array(label, object), col, coef, upper=upper)

    def _closed_before(self, problem: Problem) -> set[tuple[str, int]]:
        case = problem.case
        closed: set[tuple[str, int]] = set()
        paved = case.corridors[case.corridors["last_paved"].notna()]
        for row in records(paved):
            first = int(row.last_paved) + 1
            span = int(getattr(self.years, str(row.paving_kind)))
            closed |= {(str(row.corridor_id), y) for y in range(first, first + span)}
        for corridor, year in problem.road_works.items():
            until = year + self.years.major_repair
            closed |= {(corridor, y) for y in range(year + 1, until + 1)}
        dug = case.openings
        for row in records(dug[dug["status"] == "running"]):
            first = int(row.start_year) + 1
            span = self.years.opening
            closed |= {(str(row.corridor_id), y) for y in range(first, first + span)}
        return closed

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Give openings as the works make them, waivers where the street was closed."""
        openings = self._openings(problem, schedule)
        keys = pd.MultiIndex.from_tuples(
            sorted(openings), names=["corridor_id", "year"]
        )
        # A waiver only where a duty allows one; without it the closing row breaks.
        late = [
            k for k in openings if self._closed_by(problem, openings, *k) is not None
        ]
        used = [k for k in late if openings[k] & problem.safety_projects]
        waivers = pd.MultiIndex.from_tuples(sorted(used), names=["corridor_id", "year"])
        return {
            "opening": pd.Series(1, index=keys),
            "waiver": pd.Series(1, index=waivers),
        }

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Walk along each corridor's openings, year by year."""
        openings = self._openings(problem, schedule)
        found = []
        for (corridor, year), projects in sorted(openings.items()):
            closed = self._closed_by(problem, openings, corridor, year)
            if closed is not None and not projects & problem.safety_projects:
                found.append(
                    Breach(self.id, f"{corridor} {year}", closed, year, "year")
                )
        return found

    def waivers(self, problem: Problem, schedule: Schedule) -> list[tuple[str, int]]:
        """List (corridor, year) where a safety duty opens a closed street."""
        openings = self._openings(problem, schedule)
        return [
            key
            for key, projects in sorted(openings.items())
            if self._closed_by(problem, openings, *key) is not None
            and projects & problem.safety_projects
        ]

    def blocked_starts(
        self, problem: Problem, schedule: Schedule
    ) -> set[tuple[str, int]]:
        """List (corridor, year) where a further opening would break the rule.

        Either the street is closed then, or the opening would close it before one that
        the schedule has later.
        """
        openings = self._openings(problem, schedule)
        blocked: set[tuple[str, int]] = set()
        for corridor in problem.case.corridors["corridor_id"]:
            years = [t for (c, t) in openings if c == corridor]
            for year in problem.case.plan_years:
                later = any(year < t <= year + self.years.opening for t in years)
                until = self._closed_by(problem, openings, corridor, year)
                if year not in years and (later or until is not None):
                    blocked.add((str(corridor), year))
        return blocked

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """List the waivers used, with the year until which the street was closed."""
        openings = self._openings(problem, schedule)
        return [
            Finding(
                self.id,
                f"{corridor} {year}",
                float(self._closed_by(problem, openings, corridor, year) or 0),
                float(year),
                "year",
            )
            for corridor, year in self.waivers(problem, schedule)
        ]

    def _openings(
        self, problem: Problem, schedule: Schedule
    ) -> dict[tuple[str, int], frozenset[str]]:
        case = problem.case
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        fresh = chosen[chosen["status"] != "running"]
        joined = case.openings[case.openings["work_id"].isin(set(fresh["work_id"]))]
        found: dict[tuple[str, int], set[str]] = {}
        for row in records(joined):
            key = (str(row.corridor_id), int(row.start_year))
            found.setdefault(key, set()).add(str(row.project_id))
        return {key: frozenset(projects) for key, projects in found.items()}

    def _closed_by(
        self,
        problem: Problem,
        openings: dict[tuple[str, int], frozenset[str]],
        corridor: str,
        year: int,
    ) -> int | None:
        """Year until which the corridor is closed if `year` is within it, else None."""
        ends = [
            t + self.years.opening for (c, t) in openings if c == corridor and t < year
        ]
        paved, kind = problem.paving.get(corridor, (year, ""))
        if paved < year:
            ends.append(paved + int(getattr(self.years, kind)))
        planned = problem.road_works.get(corridor, year)
        if planned < year:
            ends.append(planned + self.years.major_repair)
        running = problem.running_starts.get(corridor, [])
        ends += [t + self.years.opening for t in running if t < year]
        closed_until = max(ends, default=year - 1)
        return closed_until if closed_until >= year else None


_PLACE = ["corridor_id", "start_year"]


def _colliding_starts(problem: Problem, streets: set[str]) -> pd.DataFrame:
    """Possible starts of new works (work × corridor) where something can collide.

    `streets` are corridors that are closed at some time whatever is chosen.
    """
    dug = problem.case.openings
    columns = ["corridor_id", "project_id", "work_id", "start_year"]
    starts = dug.loc[dug["status"] != "running", columns].reset_index(drop=True)
    users = starts.groupby("corridor_id")["project_id"].transform("nunique")
    return starts[(users > 1) | starts["corridor_id"].isin(streets)]


def _named(starts: pd.DataFrame) -> pd.Series:
    return starts["corridor_id"] + " " + starts["start_year"].astype(str)


def _places(starts: pd.DataFrame) -> pd.MultiIndex:
    """List each (corridor_id, start_year) once, in order."""
    return pd.MultiIndex.from_frame(
        starts[_PLACE].drop_duplicates().sort_values(_PLACE)
    )


def _by_place(columns: pd.Series) -> dict[tuple[str, int], int]:
    """Give column numbers by (corridor_id, start_year), in their order."""
    return dict(zip(columns.index.tolist(), columns.tolist(), strict=True))
