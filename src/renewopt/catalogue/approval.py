"""Road to approval: the steps before works begin, and how long each takes."""

from __future__ import annotations

from math import ceil
from typing import Literal, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text

DONE = ("approved", "已批复", "已开工", "可开工")
"""Readiness of a package that has nothing before it."""


class Step(Frozen):
    """One step before works may begin, as 入库, 可研 or 招标.

    Attributes
    ----------
    names
        Words in a project list that say that this step is done.
    months
        Months that it takes.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    names: tuple[str, ...] = ()
    months: float = Field(ge=0, le=60)
    source: str = Field(min_length=1)


class Approval(Frozen):
    """The steps in their order, today, and the months in which works may begin.

    Attributes
    ----------
    today
        Date of the plan, `YYYY-MM`.
    formed
        Step that packages formed here have reached ("" none, "approved" all).
    first_month, last_month
        Construction window of a year: works begin in it or in the next year's, and
        take as many more years as they need months outside it.
    year_one
        Who may start in the first plan year: packages that are `approved`, or all
        whose missing `steps` are taken in time.
    """

    step: tuple[Step, ...] = Field(min_length=1)
    today: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    formed: str = ""
    first_month: int = Field(default=1, ge=1, le=12)
    last_month: int = Field(default=12, ge=1, le=12)
    year_one: Literal["approved", "steps"] = "approved"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [step.id for step in self.step]
        if len(set(ids)) < len(ids):
            raise ValueError("the step ids must differ")
        if self.first_month > self.last_month:
            raise ValueError("first_month is after last_month")
        if self.formed and not self.knows(self.formed):
            raise ValueError(f"formed is none of {', '.join([*ids, 'approved'])}")
        return self

    @property
    def window_months(self) -> int:
        """Months of a year in which works may go on."""
        return self.last_month - self.first_month + 1

    def knows(self, stage: str) -> bool:
        """Tell whether a word names a step or the end of the road."""
        return stage in DONE or any(stage in (s.id, *s.names) for s in self.step)

    def missing_months(self, stage: str, lead_months: float = 0) -> float:
        """Add up the steps after the one that is done; an unknown word counts as none.

        `lead_months` for design come on top unless the works may begin.
        """
        left = self._missing(stage)
        return sum(step.months for step in left) + (lead_months if left else 0)

    def _missing(self, stage: str) -> tuple[Step, ...]:
        if stage in DONE:
            return ()
        done = -1
        for number, step in enumerate(self.step):
            if stage in (step.id, *step.names):
                done = number
        return self.step[done + 1 :]

    def first_start(
        self, stage: str, lead_months: float = 0, first_year: int | None = None
    ) -> int:
        """Give the first year in which works may begin; the plan is from `first_year`.

        Today plus the missing steps, then the next construction window; a package that
        is not approved yet is none of the plan's first year.
        """
        year, _ = self._first_month(stage, lead_months)
        if first_year is None or self.year_one == "steps" or not self._missing(stage):
            return year
        return max(year, first_year + 1)

    def months_left(self, stage: str, lead_months: float, year: int) -> int:
        """Give the months of the construction window that are left for a start then."""
        first, month = self._first_month(stage, lead_months)
        return self.last_month - month + 1 if year == first else self.window_months

    def _first_month(self, stage: str, lead_months: float) -> tuple[int, int]:
        """Give year and month of the first start, within a construction window."""
        year, month = (int(part) for part in self.today.split("-"))
        month += ceil(self.missing_months(stage, lead_months) - 1e-9)
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        if month > self.last_month:
            return year + 1, self.first_month
        return year, max(month, self.first_month)
