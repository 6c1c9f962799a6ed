"""Road to approval: the steps before works begin, and how long each takes."""

from __future__ import annotations

from math import ceil
from typing import Self

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
    """

    step: tuple[Step, ...] = Field(min_length=1)
    today: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    formed: str = ""
    first_month: int = Field(default=1, ge=1, le=12)
    last_month: int = Field(default=12, ge=1, le=12)

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
        if stage in DONE:
            return 0.0
        done = -1
        for number, step in enumerate(self.step):
            if stage in (step.id, *step.names):
                done = number
        left = self.step[done + 1 :]
        return sum(step.months for step in left) + (lead_months if left else 0)

    def first_start(self, stage: str, lead_months: float = 0) -> int:
        """Give the first year in which works may begin."""
        year, month = (int(part) for part in self.today.split("-"))
        month += ceil(self.missing_months(stage, lead_months) - 1e-9)
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        return year if month <= self.last_month else year + 1
