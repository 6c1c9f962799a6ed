"""What a rule is: its parameters, its rows, its check and its words."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule

if TYPE_CHECKING:
    from renewopt.rules.problem import Problem

Title = str | dict[str, str]


class Rule(BaseModel):
    """A rule of the programme; its fields are its parameters in the policy file.

    `build` states the rule as rows of the array model, `check` judges a finished
    schedule as a person would on paper. The two share no code: the mirror test
    compares them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    structural: ClassVar[bool] = False
    """Structural rules are always on: without them a plan means nothing."""
    amounts_as_room: ClassVar[bool] = False
    """Whether `build` looks at the funds' amounts only for a bound of columns that
    more money would make wider: rows built for more money then hold for less."""

    kind: str
    id: str = Field(min_length=1)
    title: Title = ""
    cites: str = ""

    def problems(self, problem: Problem) -> list[Message]:
        """List what in the parameters does not fit the case or the funds."""
        return []

    def warnings(self, problem: Problem) -> list[Message]:
        """List what the user should know: mostly that the rule selects nothing."""
        return []

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add the rule's rows (and helper columns) to the model."""
        raise NotImplementedError  # abstract: every kind states its rows

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Judge the finished schedule; an empty list means the rule is kept."""
        raise NotImplementedError  # abstract: every kind judges a schedule

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report how much of the rule's room is used, place by place."""
        return []

    def cannot(self, problem: Problem, schedule: Schedule) -> Message | None:
        """Say what of the rule cannot be met: what the schedule breaks most.

        The schedule is one that breaks it as little as the rules beside it allow. None
        where it breaks nothing.
        """
        broken = self.check(problem, schedule)
        if not broken:
            return None
        worst = max(broken, key=lambda breach: abs(breach.actual - breach.limit))
        others = len(broken) - 1
        never = not isfinite(worst.actual)
        return message(
            f"cannot.{self.kind}{'_out' * never}",
            rule=self.title or message(f"label.{self.kind}"),
            id=self.id,
            where=[_said(part) for part in worst.where.split(" ")],
            limit=round(worst.limit, 2),
            actual=worst.limit if never else round(worst.actual, 2),
            unit=worst.unit,
            more=message("cannot.more", count=others) if others else "",
        )

    def stands_against(self, problem: Problem, schedule: Schedule) -> frozenset[str]:
        """Name the works that the rule bars, given the rest of the schedule.

        For the reason why a project is left out; rules of years, streets and money are
        asked in `explain.room`.
        """
        return frozenset()

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Give the values of the rule's own columns for a schedule, by family."""
        return {}

    def as_table(self) -> dict[str, Any]:
        """Give the rule as the table that stands in `policy.toml`."""
        own = self.model_dump(exclude_defaults=True)
        given = {key: _plain(value) for key, value in own.items()}
        return {"kind": self.kind, "id": self.id} | given


WORDS = frozenset(
    {"include", "exclude", "start", "mode", "amount", "received", "saving", "at_most"}
    | {"at_least", "rise", "fall", "least", "most", "needs", "after", "allowance"}
    | {"safety_duty", "assessed_target", "preference"}
)
"""Words in the place of a breach; everything else there is a name or a year."""


def _said(part: str) -> str | Message:
    """Give a part of a breach's place: a word of ours by its label."""
    return message(f"label.where.{part}") if part in WORDS else part


def _plain(value: Any) -> Any:
    """Turn decimals into the numbers of a TOML file, whole ones without a point."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
