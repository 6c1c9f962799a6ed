"""What an audit says: breaches, their sentences, and how much was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from renewopt.core.errors import Message
from renewopt.core.schedule import Breach


@dataclass(frozen=True)
class Flaw:
    """One breach with the message that says it to people."""

    breach: Breach
    message: Message


def flaw(
    code: str,
    rule_id: str,
    where: str,
    limit: float,
    actual: float,
    unit: str = "万元",
    **params: Any,
) -> Flaw:
    """Build a flaw; its message can use the numbers of the breach by name."""
    breach = Breach(rule_id, where, limit, actual, unit)
    shown = {"rule": rule_id, "where": where, "limit": limit, "actual": actual}
    return Flaw(breach, Message(code, {**shown, "unit": unit, **params}))


def within(place: str, flaws: Iterable[Flaw]) -> list[Flaw]:
    """Say of every flaw in which part of the run it is (`baselines/greedy`)."""
    found = []
    for item in flaws:
        where = f"{place}: {item.breach.where}"
        params = {**item.message.params, "where": where}
        found.append(
            Flaw(replace(item.breach, where=where), Message(item.message.code, params))
        )
    return found


def merged(flaws: Iterable[Flaw]) -> list[Flaw]:
    """Drop what was found twice: same rule, place and numbers to the 0.000001.

    The rules' own checks and the recomputation both judge a plan; where they agree it
    is said once, with the sentence that came first.
    """
    kept: dict[tuple[Any, ...], Flaw] = {}
    for item in flaws:
        b = item.breach
        key = (b.rule_id, b.where, round(b.limit, 6), round(b.actual, 6), b.unit)
        kept.setdefault(key, item)
    return sorted(kept.values(), key=lambda item: item.breach)


@dataclass(frozen=True)
class AuditReport:
    """The verdict on a finished run.

    Attributes
    ----------
    breaches
        Every rule, sum or statement that does not hold; empty in a good run.
    messages
        One message per breach, in the same order: rule, place (year, fund, work …),
        what is allowed and what was found.
    notes
        What the auditor could not recompute, and why. No breach, but to be known.
    counts
        How much was checked, by name: rules, projects, works, draws, figures … A count
        of nothing shows an audit that had nothing to look at.
    """

    breaches: tuple[Breach, ...]
    messages: tuple[Message, ...]
    notes: tuple[Message, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is breached."""
        return not self.breaches

    @classmethod
    def of(
        cls,
        flaws: Iterable[Flaw],
        notes: Iterable[Message] = (),
        counts: Mapping[str, int] | None = None,
    ) -> AuditReport:
        """Put the flaws in order, each once."""
        found = merged(flaws)
        return cls(
            tuple(item.breach for item in found),
            tuple(item.message for item in found),
            tuple(notes),
            dict(counts or {}),
        )

    def as_dict(self) -> dict[str, Any]:
        """Give plain values, for JSON."""
        return {
            "ok": self.ok,
            "breaches": [
                {
                    "rule_id": b.rule_id,
                    "where": b.where,
                    "limit": _finite(b.limit),
                    "actual": _finite(b.actual),
                    "unit": b.unit,
                    "code": m.code,
                }
                for b, m in zip(self.breaches, self.messages, strict=True)
            ],
            "notes": [str(note) for note in self.notes],
            "checked": dict(self.counts),
        }


def _finite(value: float) -> float | None:
    """JSON knows no infinity (a duty that is never done is endlessly late)."""
    return value if abs(value) != float("inf") else None
