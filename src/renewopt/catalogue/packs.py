"""Policy packs: what a document obliges to, as selections with clause and deadline."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.selection import Selection
from renewopt.core.errors import Message, message

Hardness = Literal["safety_duty", "assessed_target", "preference"]
DERIVED_COLUMNS = ("age", "grade")
"""Columns that triggers, modes and prices may read besides those of the class:
`age` in the plan's first year, years; `grade` of the risk table, 1–5."""


class Trigger(Frozen):
    """One clause: which assets it means, how hard, until when.

    Attributes
    ----------
    clause
        Number of the clause in the document.
    phrase
        The words of the clause that bind, short.
    verb
        The verb that decides the hardness.
    deadline
        Calendar year by the end of which it must be finished.
    deadline_column
        Column of the asset with its own deadline; empty cells take one of the others.
    within_years
        Deadline counted from the plan's first year: 1 is that year itself.
    source
        Where the figure was found, or that it is an editable assumption.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    asset_class: tuple[str, ...] = Field(min_length=1)
    where: Selection = Selection()
    clause: str = Field(min_length=1)
    phrase: str = Field(min_length=1)
    verb: str = Field(min_length=1)
    hardness: Hardness
    deadline: int | None = Field(default=None, ge=1900, le=2200)
    deadline_column: str | None = None
    within_years: int | None = Field(default=None, ge=1)
    source: str = Field(min_length=1)
    note: Text | None = None

    @model_validator(mode="after")
    def _one_deadline(self) -> Self:
        if self.deadline is not None and self.within_years is not None:
            raise ValueError("give deadline or within_years, not both")
        return self


class Pack(Frozen):
    """One policy pack of `models/policies`: a document and what follows from it.

    `rule` holds rule tables as they stand in a scenario; the room `rules` reads them.
    An expired pack still counts; it only warns.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: Text
    document: str = Field(min_length=1)
    valid_from: int
    valid_to: int
    source: str = Field(min_length=1)
    note: Text | None = None
    trigger: tuple[Trigger, ...] = ()
    rule: tuple[dict[str, Any], ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        for what, ids in (
            ("trigger", [trigger.id for trigger in self.trigger]),
            ("rule", [str(rule.get("id", "")) for rule in self.rule]),
        ):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"{what} ids occur twice: {', '.join(twice)}")
        for rule in self.rule:
            if not rule.get("kind") or not rule.get("id"):
                raise ValueError("every rule needs kind and id")
        return self

    def expired(self, year: int) -> bool:
        """Tell whether the pack's validity ends before `year`."""
        return self.valid_to < year


def pack_problems(pack: Pack, columns: dict[str, list[str]]) -> list[Message]:
    """Find triggers on classes or columns that do not exist.

    Parameters
    ----------
    columns
        Column names by asset class.
    """
    file = f"policies/{pack.id}.toml"
    problems = []
    for trigger in pack.trigger:
        for name in trigger.asset_class:
            key = f"trigger[{trigger.id}]"
            if name not in columns:
                problems.append(
                    message(
                        "projects.trigger_class",
                        file=file,
                        key=f"{key}.asset_class",
                        value=name,
                        known=", ".join(sorted(columns)),
                    )
                )
                continue
            known = [*columns[name], *DERIVED_COLUMNS]
            problems += [
                message(
                    "projects.trigger_column",
                    file=file,
                    key=f"{key}.{place}",
                    clause=trigger.clause,
                    value=column,
                    asset_class=name,
                    known=", ".join(sorted(known)),
                )
                for place, column in _columns_read(trigger)
                if column not in known
            ]
    return problems


def _columns_read(trigger: Trigger) -> list[tuple[str, str]]:
    read = [(f"where.{column}", column) for column in trigger.where.columns()]
    if trigger.deadline_column is not None:
        read.append(("deadline_column", trigger.deadline_column))
    return read
