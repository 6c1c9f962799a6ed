"""The packs as a county uses them: clauses left out, thresholds of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from renewopt.catalogue.packs import Exclusion, Pack, Trigger, overridden
from renewopt.catalogue.parse import validate
from renewopt.core.errors import InputError, Message, message
from renewopt.rules.scenario import Scenario

Clause = Trigger | Exclusion
FIXED = ("id", "source")
"""Keys of a clause that say what it is; they cannot be overridden."""


def county_packs(
    scenario: Scenario, packs: Sequence[Pack], file: str
) -> tuple[list[Pack], list[Message]]:
    """Apply the scenario's `off` and `override`; say what was changed.

    An override replaces the keys that it names, in every pack that has the clause; the
    others stay, so that document, clause and phrase still stand behind it.

    Raises
    ------
    InputError
        With every override of a clause that no pack has, and every wrong key or value.
    """
    problems = list(_unknown(scenario, packs, file))
    notes: list[Message] = []
    found = []
    for pack in packs:
        parts: dict[str, Any] = {}
        for kind, model in (("trigger", Trigger), ("exclusion", Exclusion)):
            kept = []
            for clause in getattr(pack, kind):
                if clause.id in scenario.off:
                    notes.append(_told("scenario.clause_off", pack, kind, clause, file))
                    continue
                made, wrong = _changed(scenario, clause, model, file)
                problems += wrong
                if made is not None and made != clause:
                    code = "scenario.clause_changed"
                    notes.append(_told(code, pack, kind, made, file))
                kept.append(made)
            parts[kind] = tuple(item for item in kept if item is not None)
        found.append(pack.model_copy(update=parts))
    if problems:
        # A clause that several packs have is wrong once.
        once = [p for i, p in enumerate(problems) if p not in problems[:i]]
        raise InputError(*once)
    return found, notes


def class_problems(
    scenario: Scenario, known: Collection[str], file: str
) -> list[Message]:
    """Find classes in `off_classes` that do not exist."""
    return [
        message(
            "scenario.off_class",
            file=file,
            value=name,
            known=", ".join(sorted(known)),
        )
        for name in scenario.off_classes
        if name not in known
    ]


def _unknown(scenario: Scenario, packs: Sequence[Pack], file: str) -> Iterator[Message]:
    known = {clause.id for pack in packs for clause in pack.clauses}
    for name, keys in scenario.override.items():
        if name not in known:
            yield message(
                "scenario.override_unknown",
                file=file,
                key=f"override.{name}",
                known=", ".join(sorted(known)),
            )
        for key in FIXED:
            if key in keys:
                yield message(
                    "scenario.override_fixed", file=file, key=f"override.{name}.{key}"
                )


def _changed(
    scenario: Scenario, clause: Clause, model: type[Any], file: str
) -> tuple[Clause | None, list[Message]]:
    keys = scenario.override.get(clause.id)
    if keys is None:
        return clause, []
    raw = clause.model_dump(exclude_none=True)
    # A deadline of one kind takes the place of one of the other.
    for one, other in (("deadline", "within_years"), ("within_years", "deadline")):
        if one in keys:
            raw.pop(other, None)
    if keys.get("hardness", "preference") != "preference":
        raw.pop("weight_bp", None)
    raw |= {**keys, "source": f"{overridden(file, clause.id)}{clause.source}"}
    return validate(model, raw, file, f"override.{clause.id}")


def _told(code: str, pack: Pack, kind: str, clause: Clause, file: str) -> Message:
    return message(
        code,
        file=file,
        pack=pack.id,
        key=f"{kind}[{clause.id}]",
        clause=clause.clause,
        phrase=clause.phrase,
    )
