"""What proves a plan: its value, the proven bound, and how each stage ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["optimal", "feasible", "infeasible", "cancelled", "failed"]
StoppedBy = Literal["gap", "work", "time", "cancel", "failure"]


@dataclass(frozen=True)
class Stage:
    """One stage of the mandatory shortfall, minimised before the objective.

    Attributes
    ----------
    hardness
        `safety_duty`, `assessed_target` or `preference`.
    measure
        What was minimised: `unplaced` or `late`, weighed as the rule says.
    value, bound
        Reached and at best possible, in the units of the measure.
    proven
        Whether `value` is proven to be the least.
    """

    hardness: str
    measure: str
    value: int
    bound: int
    proven: bool


@dataclass(frozen=True)
class Proof:
    """How good the plan is proven to be.

    Attributes
    ----------
    status
        How the run ended.
    objective, bound
        Weighted value of the plan and the best that any plan could reach with the
        same shortfall, in units of 0.01 万元.
    gap
        (bound − objective) / |objective|; infinite without a bound.
    engine
        The engine whose plan it is.
    seconds
        Wall time of the optimiser.
    stopped_by
        What ended the run: `gap`, `work` (a work limit), `time`, `cancel`, `failure`.
    repeatable
        Whether the same inputs and seed give the same plan.
    stages
        Mandatory shortfall by hardness, in the order in which it was minimised.
    certified_bound
        What the certificate's multipliers add up to without a solver, in units; None
        without a certificate. Never below `bound` by more than rounding.
    """

    status: Status
    objective: int
    bound: int
    gap: float
    engine: str
    seconds: float
    stopped_by: StoppedBy
    repeatable: bool
    stages: tuple[Stage, ...] = ()
    certified_bound: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Mandatory:
    """How one level of duty is served.

    Attributes
    ----------
    required
        Projects with an obligation of this hardness.
    placed
        Those that the plan renews.
    late
        Those that it renews, but finishes after the deadline (a deadline before the
        plan counts as its first year).
    missing_money
        Least cost of the projects not placed, in units of 0.01 万元.
    """

    required: int
    placed: int
    late: int
    missing_money: int

    @property
    def missing(self) -> int:
        """Projects that the plan does not renew."""
        return self.required - self.placed


@dataclass(frozen=True, order=True)
class Waiver:
    """A corridor opened although closed, for a safety duty; `price` in 0.01 万元."""

    corridor_id: str
    year: int
    price: int
