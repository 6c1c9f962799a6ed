"""Policy packs: what a document obliges to, as selections with clause and deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.modes import Trait
from renewopt.catalogue.quotas import Quota
from renewopt.catalogue.selection import Selection
from renewopt.core.errors import Message, message

Hardness = Literal["safety_duty", "assessed_target", "preference"]
Population = Literal["growing", "stable", "declining"]
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
    weight_bp
        Of a preference: by how much more a loss counts that is removed in time, basis
        points; left out: what the pack's `preference_bp` says of the verb.
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
    weight_bp: int | None = Field(default=None, ge=0, le=100_000)
    source: str = Field(min_length=1)
    note: Text | None = None

    @model_validator(mode="after")
    def _one_deadline(self) -> Self:
        if self.deadline is not None and self.within_years is not None:
            raise ValueError("give deadline or within_years, not both")
        if self.weight_bp is not None and self.hardness != "preference":
            raise ValueError("weight_bp is for preferences only")
        return self


class Exclusion(Frozen):
    """One clause that forbids: which assets may not be renewed in which modes.

    Attributes
    ----------
    where
        Assets that are meant.
    needs
        Column → least value; an asset below it is meant. An empty cell is not known
        and not below.
    filled
        Columns that must not be empty; an asset with an empty one is meant.
    modes, traits
        Modes that are barred, by name or by trait; neither: all.
    omits_failing
        Instead: modes that leave out a basic item of the class that fails (应改尽改).
    population
        Only where the county's population is so; empty: everywhere.
    unless_duty
        An asset with an obligation of such a level is exempt.
    unless_where
        So is an asset that this selects.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    asset_class: tuple[str, ...] = Field(min_length=1)
    where: Selection = Selection()
    needs: dict[str, float] = Field(default_factory=dict)
    filled: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    omits_failing: bool = False
    population: tuple[Population, ...] = ()
    unless_duty: tuple[Hardness, ...] = ()
    unless_where: Selection | None = None
    clause: str = Field(min_length=1)
    phrase: str = Field(min_length=1)
    source: str = Field(min_length=1)
    note: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.omits_failing and (self.modes or self.traits):
            raise ValueError("omits_failing goes without modes and traits")
        if self.unless_where is not None and not self.unless_where.columns():
            raise ValueError("unless_where selects everything")
        return self

    def columns_read(self) -> list[tuple[str, str]]:
        """List the columns that the clause reads, with the key that names them."""
        read = [(f"where.{name}", name) for name in self.where.columns()]
        read += [(f"needs.{name}", name) for name in self.needs]
        read += [(f"filled.{name}", name) for name in self.filled]
        if self.unless_where is not None:
            own = self.unless_where.columns()
            read += [(f"unless_where.{name}", name) for name in own]
        return read


class Pack(Frozen):
    """One policy pack of `models/policies`: a document and what follows from it.

    `rule` holds rule tables as they stand in a scenario; the room `rules` reads them.
    An expired pack still counts; it only warns. `preference_bp` weighs the verbs of
    preferences: by how much more a loss counts that is removed in time. `quota` are
    amounts that the document states as a whole, without a county's part.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: Text
    document: str = Field(min_length=1)
    valid_from: int
    valid_to: int
    source: str = Field(min_length=1)
    note: Text | None = None
    trigger: tuple[Trigger, ...] = ()
    exclusion: tuple[Exclusion, ...] = ()
    preference_bp: dict[str, int] = Field(default_factory=dict)
    rule: tuple[dict[str, Any], ...] = ()
    quota: tuple[Quota, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        for what, ids in (
            ("trigger", [trigger.id for trigger in self.trigger]),
            ("exclusion", [exclusion.id for exclusion in self.exclusion]),
            ("rule", [str(rule.get("id", "")) for rule in self.rule]),
            ("quota", [quota.id for quota in self.quota]),
        ):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"{what} ids occur twice: {', '.join(twice)}")
        for rule in self.rule:
            if not rule.get("kind") or not rule.get("id"):
                raise ValueError("every rule needs kind and id")
        return self

    @property
    def file(self) -> str:
        """Name the file of the pack, for messages."""
        return f"policies/{self.id}.toml"

    def weight_of(self, trigger: Trigger) -> int:
        """Give the weight of a preference, basis points; 0 for duties."""
        if trigger.hardness != "preference":
            return 0
        if trigger.weight_bp is not None:
            return trigger.weight_bp
        return self.preference_bp.get(trigger.verb, 0)

    @property
    def clauses(self) -> tuple[Trigger | Exclusion, ...]:
        """Give triggers and exclusions, in their order."""
        return (*self.trigger, *self.exclusion)

    def selections(self) -> Iterator[tuple[str, tuple[str, ...], Selection]]:
        """Yield every selection with its key and the classes that it is for."""
        for trigger in self.trigger:
            yield f"trigger[{trigger.id}].where", trigger.asset_class, trigger.where
        for item in self.exclusion:
            yield f"exclusion[{item.id}].where", item.asset_class, item.where
            needs = Selection(min=item.needs)
            yield f"exclusion[{item.id}].needs", item.asset_class, needs
            if item.unless_where is not None:
                key = f"exclusion[{item.id}].unless_where"
                yield key, item.asset_class, item.unless_where

    def expired(self, year: int) -> bool:
        """Tell whether the pack's validity ends before `year`."""
        return self.valid_to < year


def pack_problems(
    pack: Pack,
    columns: Mapping[str, Sequence[str]],
    modes: Mapping[str, Sequence[str]] | None = None,
) -> list[Message]:
    """Find triggers and exclusions on classes, columns or modes that do not exist.

    Parameters
    ----------
    columns
        Column names by asset class.
    modes
        Modes by asset class; None: not looked at.
    """
    problems = []
    clauses: list[tuple[str, Trigger | Exclusion, list[tuple[str, str]]]] = [
        *((f"trigger[{t.id}]", t, _columns_read(t)) for t in pack.trigger),
        *((f"exclusion[{e.id}]", e, e.columns_read()) for e in pack.exclusion),
    ]
    for key, clause, read in clauses:
        file, key = written_in(pack, key, clause)
        for name in clause.asset_class:
            facts = {"file": file, "clause": clause.clause, "asset_class": name}
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
                    key=f"{key}.{place}",
                    value=column,
                    known=", ".join(sorted(known)),
                    **facts,
                )
                for place, column in read
                if column not in known
            ]
    if modes is not None:
        problems += _mode_problems(pack, modes)
    return problems


def overridden(file: str, name: str) -> str:
    """Give the words that the source of a clause in a scenario begins with."""
    return f"{file}: override.{name}; "


def written_in(pack: Pack, key: str, clause: Trigger | Exclusion) -> tuple[str, str]:
    """Give file and key where a clause stands: its pack, or the scenario's override."""
    file, mark, _ = clause.source.partition(overridden("", clause.id))
    if not mark:
        return pack.file, key
    inside = key.partition("]")[2]  # what follows the clause: .deadline, .where …
    return file, f"override.{clause.id}{inside}"


def _mode_problems(pack: Pack, modes: Mapping[str, Sequence[str]]) -> list[Message]:
    """Find exclusions of modes that none of their classes has."""
    found = []
    for exclusion in pack.exclusion:
        known = {m for name in exclusion.asset_class for m in modes.get(name, ())}
        found += [
            message(
                "projects.exclusion_mode",
                file=pack.file,
                key=f"exclusion[{exclusion.id}].modes",
                clause=exclusion.clause,
                value=mode,
                known=", ".join(sorted(known)),
            )
            for mode in exclusion.modes
            if known and mode not in known
        ]
    return found


def _columns_read(trigger: Trigger) -> list[tuple[str, str]]:
    read = [(f"where.{column}", column) for column in trigger.where.columns()]
    if trigger.deadline_column is not None:
        read.append(("deadline_column", trigger.deadline_column))
    return read
