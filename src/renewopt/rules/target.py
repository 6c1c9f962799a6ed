"""Target: so much of a set is to be finished by the end of each of some years."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from renewopt.core.array_model import FloatArray, IntArray, LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules import target_check
from renewopt.rules.base import Rule
from renewopt.rules.mandatory import ShortfallStage
from renewopt.rules.problem import Problem
from renewopt.rules.where import Where

BP = 10_000
UNIT = {
    "projects": "projects",
    "households": "households",
    "length_m": "m",
    "floor_area_m2": "m²",
    "quantity": "",
}

Years = dict[int, Annotated[int, Field(ge=0, le=BP)]]


class Target(Rule):
    """Σ size[p] · x[w] over works finished by year t ≥ required[t], for each year t.

    `required` is an amount, a share of the set (`share_bp`), or what has to go so that
    at most `left_bp` of a class is of `age` years and more at the end of t. What is
    missing is minimised after the duties (default), refused (`hard`) or priced
    (`weight`, 万元 per unit of the measure). Works that retire assets renew nothing and
    do not count, unless the document says so (`count_retired`).
    """

    kind: Literal["target"] = "target"
    measure: Literal[
        "projects", "households", "length_m", "floor_area_m2", "quantity"
    ] = "households"
    where: Where = Where()
    triggers: tuple[str, ...] = ()
    hardness: tuple[Literal["safety_duty", "assessed_target", "preference"], ...] = ()
    amount: dict[int, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    share_bp: Years = Field(default_factory=dict)
    left_bp: Years = Field(default_factory=dict)
    age: int | None = Field(default=None, ge=1, le=200)
    count_retired: bool = False
    hard: bool = False
    weight: Annotated[Decimal, Field(gt=0)] | None = None
    rank: int = Field(default=1, ge=1)

    @field_validator("amount", "share_bp", "left_bp")
    @classmethod
    def _in_order(cls, years: dict[int, int]) -> dict[int, int]:
        return dict(sorted(years.items()))

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(map(bool, (self.amount, self.share_bp, self.left_bp))) != 1:
            raise ValueError("give one of amount, share_bp and left_bp")
        if self.hard and self.weight is not None:
            raise ValueError("hard and weight exclude each other")
        if bool(self.left_bp) != (self.age is not None):
            raise ValueError("left_bp and age belong together")
        if self.left_bp and (self.triggers or self.hardness):
            raise ValueError("left_bp counts by age: no triggers, no hardness")
        if self.left_bp and self.measure != "length_m":
            raise ValueError('left_bp needs measure = "length_m"')
        strange = set(self.where.given()) - {"asset_class", "level"}
        if self.left_bp and strange:
            raise ValueError("left_bp: where may name asset_class and level only")
        return self

    @property
    def staged(self) -> bool:
        """Tell whether what is missing is minimised in a stage of its own."""
        return not self.hard and self.weight is None

    @property
    def unit(self) -> str:
        """Name the unit of the measure."""
        return UNIT[self.measure]

    @property
    def price_units(self) -> int:
        """Price of each missing unit in 0.01 万元; 0 where nothing is priced."""
        if self.weight is None:
            return 0
        return int(self.weight * UNITS_PER_WAN)

    @property
    def family(self) -> str:
        """Name the family of the columns that count what is missing."""
        return f"missing {self.id}"

    # -- what fits -------------------------------------------------------------

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse keys without a column and figures finer than the unit."""
        found = self.where.problems(problem.case.work_facts, self.id)
        if self.weight is not None and (self.weight * UNITS_PER_WAN) % 1:
            found.append(
                message("rule.too_fine", rule=self.id, key="weight", value=self.weight)
            )
        return found

    def warnings(self, problem: Problem) -> list[Message]:
        """Report an empty set, and years before and after the plan."""
        case = problem.case
        found = []
        if not self._terms(problem, case.end_year)["size"].any():
            found.append(self._unserved(problem))
        for year in self._stated:
            facts = {"rule": self.id, "year": year, "cites": self.cites}
            if year < case.start_year:
                found.append(
                    message("rule.target_overdue", first=case.start_year, **facts)
                )
            elif year > case.end_year:
                found.append(
                    message("rule.target_after_plan", last=case.end_year, **facts)
                )
        return found

    def _unserved(self, problem: Problem) -> Message:
        """Say that no work counts: nobody is meant, or no way to renew is on offer."""
        nothing = problem.case.works.iloc[:0][["project_id", "work_id"]]
        empty = Schedule(nothing.assign(saving=0), pd.DataFrame())
        need = max((need for _, need, _ in self.count(problem, empty)), default=0)
        sizes = target_check.project_sizes(self, problem, problem.case.end_year)
        if not need or not any(sizes.values()):
            return message("rule.selects_nothing", rule=self.id)
        facts = {"rule": self.id, "need": need, "unit": self.unit}
        return message("rule.target_no_works", **facts)

    @property
    def _stated(self) -> list[int]:
        return list(self.amount or self.share_bp or self.left_bp)

    def years(self, problem: Problem) -> dict[int, int]:
        """Give the stated year behind each plan year that is tested.

        A year before the plan is due in its first one; of several the last counts.
        """
        case = problem.case
        return {
            max(year, case.start_year): year
            for year in self._stated
            if year <= case.end_year
        }

    # -- rows ------------------------------------------------------------------

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add a row per year, and a column for what is missing unless it is hard."""
        x = model.columns("x")
        required = self._required(problem)
        labels, columns, sizes = [], [], []
        for year in required:
            terms = self._terms(problem, year)
            done = terms[(terms["completion"] <= year) & (terms["size"] > 0)]
            labels.append(np.full(len(done), str(year), object))
            columns.append(x.loc[done["work_id"]].to_numpy(np.int64))
            sizes.append(done["size"].to_numpy(np.int64))
        if not self.hard and required:
            years = list(required)
            most = np.array([max(0, required[year]) for year in years], np.int64)
            key = pd.Index(years, name="year")
            columns.append(model.add_columns(self.family, key, upper=most))
            labels.append(np.array([str(year) for year in years], object))
            sizes.append(np.ones(len(years), np.int64))
        if not required:
            return
        model.add_rows(
            self.id,
            np.concatenate(labels),
            np.concatenate(columns),
            np.concatenate(sizes),
            lower={str(year): amount for year, amount in required.items()},
        )

    def stage(self, model: LinearModel) -> ShortfallStage:
        """Give what is missing over all years, to be minimised."""
        columns = model.columns(self.family).to_numpy(np.int64)
        return ShortfallStage(
            "target", self.id, 0, columns, np.ones(len(columns), np.int64)
        )

    def _terms(self, problem: Problem, year: int) -> pd.DataFrame:
        """Give every work that is meant, when it is finished and its project's size."""
        facts = self._counted(self.where.select(problem.case.work_facts))
        done = facts["start_year"].astype(np.int64) + facts["duration"] - 1
        size = facts["project_id"].map(self._sizes(problem, year)).fillna(0)
        return pd.DataFrame(
            {
                "work_id": facts["work_id"],
                "completion": done.astype(np.int64),
                "size": size.astype(np.int64),
            }
        )

    def _counted(self, works: pd.DataFrame) -> pd.DataFrame:
        return works if self.count_retired else works[works["retires"] == 0]

    def _sizes(self, problem: Problem, year: int) -> pd.Series:
        """Give the size of each project of the set, in whole units."""
        case = problem.case
        assets = case.project_assets
        if self.left_bp:
            old = (assets["install_year"] <= year - int(self.age or 0)).fillna(False)
            return _sum(assets[old & (assets["unit"] == "m")])
        if self.triggers or self.hardness:
            named = self._obliged(problem)
        else:
            named = case.projects[["project_id"]]
        if self.measure == "quantity":
            keys = [key for key in ("project_id", "asset_id") if key in named]
            return _sum(assets.merge(named[keys].drop_duplicates(), on=keys))
        table = case.projects[case.projects["project_id"].isin(named["project_id"])]
        if self.measure == "projects":
            return pd.Series(1, index=table["project_id"])
        size = table[self.measure].to_numpy(np.float64)
        return pd.Series(_whole(_hundredths(size)), index=table["project_id"])

    def _obliged(self, problem: Problem) -> pd.DataFrame:
        """List the assets that the clauses name."""
        duties = problem.case.obligations
        mask = pd.Series(True, index=duties.index)
        if self.triggers:
            ids = duties["trigger"].astype(str).str.split(":", n=1).str[0]
            mask &= ids.isin(self.triggers)
        if self.hardness:
            mask &= duties["hardness"].isin(self.hardness)
        return duties.loc[mask, ["project_id", "asset_id"]]

    def _required(self, problem: Problem) -> dict[int, int]:
        """Give what has to be finished by each plan year, in whole units."""
        found = {}
        for year, stated in self.years(problem).items():
            if self.amount:
                found[year] = self.amount[stated]
            elif self.share_bp:
                whole = self._whole_set(problem)
                found[year] = -(-self.share_bp[stated] * whole // BP)
            else:
                found[year] = self._too_old(problem, year, self.left_bp[stated])
        return found

    def _whole_set(self, problem: Problem) -> int:
        facts = self._members(problem)
        sizes = self._sizes(problem, problem.case.end_year)
        return int(sizes.reindex(facts).fillna(0).sum())

    def _members(self, problem: Problem) -> pd.Index:
        """List the projects that `where` means, whatever their modes."""
        where = self.where.model_copy(update={"mode": ()})
        members = where.select(problem.case.project_facts)["project_id"]
        found: pd.Index = pd.Index(members.to_numpy(object))
        return found

    def _too_old(self, problem: Problem, year: int, left_bp: int) -> int:
        stock = self.where.select(problem.case.stock)
        length = _hundredths(stock["length_m"].to_numpy(np.float64))
        limit = year - int(self.age or 0)
        old = (stock["install_year"] <= limit).fillna(False).to_numpy(bool)
        return (
            int(_whole(length[old].sum())) - left_bp * int(_whole(length.sum())) // BP
        )

    # -- judging ---------------------------------------------------------------

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Give what a schedule leaves missing, by year."""
        if self.hard:
            return {}
        short = {
            y: max(0, need - got) for y, need, got in self.count(problem, schedule)
        }
        series = pd.Series(short, dtype=np.int64)
        series.index.name = "year"
        return {self.family: series}

    def count(self, problem: Problem, schedule: Schedule) -> list[tuple[int, int, int]]:
        """Give (year, required, finished) of a schedule, in whole units."""
        return target_check.count(self, problem, schedule)

    def missing(self, problem: Problem, schedule: Schedule) -> int:
        """Add up what is missing over the years, in whole units."""
        return sum(max(0, need - got) for _, need, got in self.count(problem, schedule))

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up what is finished by each year; only a hard target can be broken."""
        if not self.hard:
            return []
        return [
            Breach(self.id, str(year), need, got, self.unit)
            for year, need, got in self.count(problem, schedule)
            if got < need
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report required and finished amounts, year by year."""
        return [
            Finding(self.id, str(year), need, got, self.unit)
            for year, need, got in self.count(problem, schedule)
        ]

    def unfinished(self, problem: Problem, schedule: Schedule) -> list[str]:
        """List the projects of the set that the schedule leaves out."""
        sizes = self._sizes(problem, problem.case.end_year)
        members = self._members(problem).intersection(sizes[sizes > 0].index)
        taken = set(schedule.chosen["project_id"])
        return [
            str(row.project_id)
            for row in records(problem.case.projects)
            if row.project_id in members and row.project_id not in taken
        ]


NAMED = 10
"""Projects left out that a message names; `duties.csv` and the list name all."""


def missed_targets(problem: Problem, schedule: Schedule) -> list[Message]:
    """Say which targets the schedule misses, by how much, and who is left out."""
    found = []
    for rule in problem.policy.of_kind("target"):
        for year, need, got in rule.count(problem, schedule):
            if got >= need:
                continue
            out = rule.unfinished(problem, schedule)
            found.append(
                message(
                    "rule.target_missed" if out else "rule.target_beyond",
                    rule=rule.id,
                    cites=rule.cites,
                    year=year,
                    required=need,
                    reached=got,
                    missing=need - got,
                    measure=f"measure.{rule.measure}",
                    projects=", ".join(out[:NAMED]),
                    more=f" +{len(out) - NAMED}" if len(out) > NAMED else "",
                )
            )
    return found


def _sum(assets: pd.DataFrame) -> pd.Series:
    """Add up quantities by project, rounded once."""
    parts = _hundredths(assets["quantity"].to_numpy(np.float64))
    total = pd.Series(parts, index=assets["project_id"]).groupby(level=0).sum()
    return pd.Series(_whole(total.to_numpy(np.int64)), index=total.index)


def _hundredths(sizes: FloatArray) -> IntArray:
    return np.rint(np.nan_to_num(sizes) * 100).astype(np.int64)


def _whole(hundredths: IntArray) -> IntArray:
    """Round half up to whole units."""
    return (hundredths + 50) // 100
