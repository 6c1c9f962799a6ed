"""Plan: a schedule with its proof, its audit and its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from renewopt.core.errors import Message
from renewopt.core.proof import Mandatory, Proof, Status, Waiver
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.optimise.certificate import Certificate
from renewopt.rules.problem import Problem

COST_UNCERTAINTY = 0.4
"""Share by which a project list's costs may be off either way.

Source: the packaged unit costs are calibrated to found project sheets with a spread of
±40 % (editable assumption).
"""


class RiskFile(Protocol):
    """A risk table, as far as a run folder needs it."""

    def write(self, path: Path) -> object:
        """Write the table as CSV."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """What a bureau would do today, under the same rules; audited like the plan.

    `objective` is in units of 0.01 万元.
    """

    schedule: Schedule
    mandatory: Mapping[str, Mandatory]
    objective: int
    status: Status


@dataclass(frozen=True, eq=False)
class Layers:
    """The layer below a plan: what confirmed money alone allows (保底方案).

    Attributes
    ----------
    confirmed
        The audited plan of confirmed money; None where there is none.
    why
        Why there is none: the contradiction in words.
    """

    confirmed: Plan | None
    why: tuple[Message, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """What was decided and all that is known about it.

    Attributes
    ----------
    problem
        The case and the policy.
    schedule, proof
        The decision and how good it is proven to be.
    findings, breaches
        The audit: room used by rule and place; rules broken (none in a good plan).
    mandatory
        By hardness: how the duties are served.
    baselines
        By name (`worst_first`, `greedy`).
    waivers
        Closed corridors that a safety duty opens.
    reasons
        By project: why it is in or out, the main reason first.
    certificate
        Multipliers that prove the certified bound; None where there are none.
    risk
        The risk table that the case was made from, where there is one.
    warnings
        What the user should know: expired packs, rules that select nothing …
    rejected
        Rows of the input that could not be used.
    titles
        By code (class, mode, fund, rule): what people call it, by language.
    cost_uncertainty
        Share by which the costs may be off either way.
    synthetic
        Whether the inventory is generated, not real: shown wherever the plan is.
    log
        Lines for `log.txt`.
    layers
        The confirmed layer below this plan, where layers were asked for.
    """

    problem: Problem
    schedule: Schedule
    proof: Proof
    findings: tuple[Finding, ...] = ()
    breaches: tuple[Breach, ...] = ()
    mandatory: Mapping[str, Mandatory] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    reasons: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)
    certificate: Certificate | None = None
    risk: RiskFile | None = None
    warnings: tuple[Message, ...] = ()
    rejected: int = 0
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cost_uncertainty: float = COST_UNCERTAINTY
    synthetic: bool = False
    log: tuple[str, ...] = ()
    layers: Layers | None = None
