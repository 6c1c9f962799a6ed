"""The state of one solve: what is left of the time, the best plan, what is proven."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines import OWNED, load_engine
from renewopt.optimise.engines.base import Engine, EngineResult, FloatArray
from renewopt.optimise.hints import Hints
from renewopt.optimise.pooled import Pooled, make_pooled
from renewopt.optimise.settle_parts import settle_by_parts
from renewopt.optimise.task import NO_DUTY, SolveOptions, SolveTask
from renewopt.optimise.trust import Fault
from renewopt.optimise.whole_units import settle

Tell = Callable[[str, float | None, float | None], None]
"""Takes (phase, best value of the stage, its bound)."""


STAGE_ENGINES = ["highs", "scip"]
"""`auto` asks the second where the first leaves a shortfall unproven.

With hundreds of equal pieces HiGHS places them in good time but cannot prove how many
must be left; SCIP proves it within seconds. On mixed counties HiGHS is the quicker one.
"""


LARGE_COLUMNS = 40_000
"""Models from this size on go the way of large models (`large.py`)."""


MANY_WORKS = 100_000
"""Works from which on draws are settled by parts."""


@dataclass
class Run:
    """One solve: what is left of the time, the best plan so far, what is proven."""

    task: SolveTask
    options: SolveOptions
    tell: Tell
    cancelled: Callable[[], bool]
    keep: Callable[[IntArray], None]
    keep_proof: Callable[[FloatArray, list[int]], None] = lambda y, held: None
    hints: Hints | None = None
    began: float = field(default_factory=time.monotonic)
    best: IntArray | None = None
    baselines: dict[str, IntArray] = field(default_factory=dict)
    stage_bounds: list[float] = field(default_factory=list)
    multipliers: FloatArray | None = None
    held: list[int] = field(default_factory=list)
    stopped_by: str = "gap"
    clocked: bool = False
    pooled: Pooled | None = None
    settling: float = 0.0
    warm: bool = False
    warm_bound: float = np.inf
    faults: list[Fault] = field(default_factory=list)
    way: str = ""

    def __post_init__(self) -> None:
        """Load the engine (its library is imported only here, in the worker)."""
        asked = self.options.engine
        names = STAGE_ENGINES if asked == "auto" else [asked]
        if asked in OWNED:  # they prove nothing
            names = [asked, "highs"]
        self.stage_engines = [load_engine(name) for name in names]
        self.engine = self.stage_engines[0]
        self.settler = load_engine("highs")
        if self.task.matrix.shape[1] >= LARGE_COLUMNS:
            self.pooled = make_pooled(self.task)

    def other(self, name: str) -> Engine:
        """Give the engine that is asked when `name` gave a faulty answer."""
        return load_engine("scip") if name == "highs" else self.settler

    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.options.time_limit_s - (time.monotonic() - self.began))

    def used(self) -> float:
        """Share of the time that is used up."""
        return 1.0 - self.left() / self.options.time_limit_s

    def key(self, values: IntArray) -> tuple[int, ...]:
        """Give stage values: plans are compared by them, in order."""
        return tuple(int(v) for v in self.task.stage_values(values))

    def offer(self, values: IntArray | None) -> None:
        """Keep a plan if it is the best so far (shortfall, then objective)."""
        if values is not None and (
            self.best is None or self.key(values) < self.key(self.best)
        ):
            self.best = values
            self.keep(values)


def take(run: Run, answer: EngineResult) -> None:
    """Offer the engine's works with draws in whole units."""
    assert answer.x is not None
    task = run.task
    taken = (answer.x[task.x] > 0.5).astype(np.int64)
    values = None
    if len(task.parcels) and not task.whole_draws:
        # The parcels drawn are known: what is left to find is hardly any work.
        parcels = np.rint(answer.x[task.parcels]).astype(np.int64)
        values = settle(task, run.settler, taken, _settle_seconds(run), parcels)
    run.offer(settle_or_thin(run, taken) if values is None else values)


def settle_or_thin(run: Run, taken: IntArray) -> IntArray | None:
    """Settle whole draws; if units are short, drop the least worthy optional works."""
    facts = run.task.facts
    ratio = facts["value"] / np.maximum(1, facts["cost"])
    optional = np.flatnonzero((taken > 0) & (facts["level"] == NO_DUTY))
    order = optional[np.argsort(ratio[optional], kind="stable")]
    # 0, 1, 2, 4 … and at last all: draws in steps can leave much money without use.
    for dropped in [0, *(1 << i for i in range(len(order).bit_length())), len(order)]:
        trial = taken.copy()
        trial[order[:dropped]] = 0
        values = settled(run, trial)
        if values is not None:
            return values
    return None


def settled(run: Run, taken: IntArray) -> IntArray | None:
    """Find draws in whole units for the works taken: of large models by parts first."""
    values = None
    if run.pooled is not None and len(run.task.x) >= MANY_WORKS:
        seconds = _settle_seconds(run)
        pools = run.pooled.pools
        values = settle_by_parts(run.task, pools, run.settler, taken, seconds)
    if values is None:
        values = settle(run.task, run.settler, taken, _settle_seconds(run))
    return values


def _settle_seconds(run: Run) -> float:
    """Give the seconds that one plan's draws may take; large models need more."""
    most = 60.0 if run.pooled is None else max(60.0, run.left() / 2)
    return min(most, max(10.0, run.left()))


def near_enough(run: Run, bound: float) -> bool:
    """Tell whether the best plan is within the gap asked for."""
    assert run.best is not None
    value = -int(run.task.stage_coef[-1] @ run.best)
    return bound - value <= max(0.5, run.options.gap * abs(value))
