"""The run inside the worker: greedy plans, shortfall stages, objective, whole units."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines import load_engine
from renewopt.optimise.engines.base import Engine, EngineResult, Limits, Mip
from renewopt.optimise.greedy import Builder, complete, strong_greedy, worst_first
from renewopt.optimise.neighbourhoods import (
    FIRST_NODES,
    Relaxation,
    fixed_mip,
    near_mip,
    neighbourhoods,
    sub_limits,
)
from renewopt.optimise.task import (
    NO_DUTY,
    SolveOptions,
    SolveResult,
    SolveTask,
    StageProof,
    trivial_bound,
)
from renewopt.optimise.whole_units import empty_row_broken, relaxed_mip, settle

Tell = Callable[[str, float | None, float | None], None]
"""Takes (phase, best value of the stage, its bound)."""


STAGE_ENGINES = ["highs", "scip"]
"""`auto` asks the second where the first leaves a shortfall unproven.

With hundreds of equal pieces HiGHS places them in good time but cannot prove how many
must be left; SCIP proves it within seconds. On mixed counties HiGHS is the quicker one.
"""


@dataclass
class Run:
    """One solve: what is left of the time, the best plan so far, what is proven."""

    task: SolveTask
    options: SolveOptions
    tell: Tell
    cancelled: Callable[[], bool]
    keep: Callable[[IntArray], None]
    began: float = field(default_factory=time.monotonic)
    best: IntArray | None = None
    baselines: dict[str, IntArray] = field(default_factory=dict)
    stage_bounds: list[float] = field(default_factory=list)
    stopped_by: str = "gap"
    clocked: bool = False

    def __post_init__(self) -> None:
        """Load the engine (its library is imported only here, in the worker)."""
        names = (
            STAGE_ENGINES if self.options.engine == "auto" else [self.options.engine]
        )
        self.stage_engines = [load_engine(name) for name in names]
        self.engine = self.stage_engines[0]
        self.settler = load_engine("highs")

    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.options.time_limit_s - (time.monotonic() - self.began))

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


def solve_task(
    task: SolveTask,
    options: SolveOptions,
    tell: Tell,
    cancelled: Callable[[], bool],
    keep: Callable[[IntArray], None] = lambda values: None,
) -> SolveResult:
    """Run everything; never raises for a plan that cannot be found.

    `keep` is called with every plan that is better than the last.
    """
    run = Run(task, options, tell, cancelled, keep)
    if empty_row_broken(task.matrix, task.row_lower, task.row_upper):
        return _finish(run, "infeasible", np.inf)
    _greedy_plans(run)
    held: list[tuple[IntArray, int]] = []
    for number in range(len(task.stage_names) - 1):
        answer = _shortfall_stage(run, number, held)
        if answer == "infeasible" and run.best is None:
            return _finish(run, "infeasible", np.inf)
        if run.best is None:
            break
        value = int(task.stage_coef[number] @ run.best)
        held.append((task.stage_coef[number], value))
    _complete(run)
    status, bound = _objective_stage(run, held)
    return _finish(run, status, bound)


METHODS: tuple[tuple[str, Callable[[Builder], IntArray]], ...] = (
    ("greedy", strong_greedy),
    ("greedy", partial(strong_greedy, thrifty=True)),
    ("worst_first", worst_first),
)
"""Greedy plans by baseline; of two with the same name the better one counts."""


def _build(
    run: Run, method: Callable[[Builder], IntArray], share: float
) -> IntArray | None:
    """Build a plan greedily within a share of the time, draws in whole units."""
    from renewopt.optimise.engines.highs import WarmLp

    task = run.task
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [])
    deadline = time.monotonic() + share * run.options.time_limit_s
    money = WarmLp(mip, np.zeros(len(task.x), np.int64), task.x)
    builder = Builder(
        task, money, lambda: run.cancelled() or time.monotonic() > deadline
    )
    values = _settle_or_thin(run, method(builder))
    run.clocked |= time.monotonic() > deadline
    return values


def _greedy_plans(run: Run) -> None:
    for name, method in METHODS:
        run.tell(name, None, None)
        values = _build(run, method, 0.25)
        if values is None:
            continue
        known = run.baselines.get(name)
        if known is None or run.key(values) < run.key(known):
            run.baselines[name] = values
        run.offer(values)


def _settle_or_thin(run: Run, taken: IntArray) -> IntArray | None:
    """Settle whole draws; if units are short, drop the least worthy optional works."""
    facts = run.task.facts
    ratio = facts["value"] / np.maximum(1, facts["cost"])
    optional = np.flatnonzero((taken > 0) & (facts["level"] == NO_DUTY))
    order = optional[np.argsort(ratio[optional], kind="stable")]
    for dropped in (0, 1, 2, 4, 8, len(order)):
        trial = taken.copy()
        trial[order[:dropped]] = 0
        values = settle(run.task, run.settler, trial, min(60.0, max(10.0, run.left())))
        if values is not None:
            return values
    return None


def _shortfall_stage(run: Run, number: int, held: list[tuple[IntArray, int]]) -> str:
    task = run.task
    name, coef = task.stage_names[number], task.stage_coef[number]
    constant = int(task.stage_constant[number])
    floor = _floor(task, number)
    if run.best is not None and int(coef @ run.best) <= floor - constant:
        run.stage_bounds.append(float(floor))
        return "optimal"
    bound = float(floor)
    for engine in run.stage_engines:
        limits = Limits(0.0, 0.99, run.left() / 3, run.options.seed)
        answer = _solve_stage(run, engine, name, coef, held, limits)
        if answer.x is not None:
            _take(run, answer)
        if np.isfinite(answer.bound):
            bound = max(bound, answer.bound + constant)
        reached = np.inf if run.best is None else int(coef @ run.best) + constant
        if answer.status == "infeasible" or reached < bound + 1:
            break
    run.stage_bounds.append(bound)
    return answer.status


def _stage_proofs(run: Run) -> list[StageProof]:
    """State what the best plan reaches in every stage, beside the stage's bound.

    A stage that ended without a plan says nothing of the plan that was found after it.
    """
    task = run.task
    found = []
    for number, name in enumerate(task.stage_names[:-1]):
        value = int(task.stage_constant[number])
        if run.best is not None:
            value += int(task.stage_coef[number] @ run.best)
        known = number < len(run.stage_bounds)
        bound = run.stage_bounds[number] if known else float(_floor(task, number))
        bound = min(bound, float(value))
        found.append(StageProof(name, value, bound, proven=bound > value - 1))
    return found


def _floor(task: SolveTask, number: int) -> int:
    """Least value that bounds alone allow: shortfalls are never negative."""
    coef = task.stage_coef[number]
    least = int(np.minimum(coef * task.lower, coef * task.upper).sum())
    return max(0, least + int(task.stage_constant[number]))


def _solve_stage(
    run: Run,
    engine: Engine,
    name: str,
    coef: IntArray,
    held: list[tuple[IntArray, int]],
    limits: Limits,
) -> EngineResult:
    mip = relaxed_mip(run.task, coef, held)
    start = mip.scale(run.best) if run.best is not None else None

    known = np.inf if run.best is None else float(coef @ run.best)

    def report(best: float, bound: float) -> bool:
        best = min(best, known)
        # Before its first relaxation SCIP states a bound of 0, which is none.
        run.tell(name, best, bound if bound <= best + 0.5 else None)
        return run.cancelled()

    if run.cancelled() or limits.time_s <= 0:
        reason = "cancel" if run.cancelled() else "clock"
        run.stopped_by = reason
        run.clocked = True
        return EngineResult("failed", None, np.inf, -np.inf, reason)
    answer = engine.solve(mip, limits, start, report)
    if answer.stopped_by != "gap" and answer.status != "infeasible":
        run.stopped_by = answer.stopped_by
        run.clocked |= answer.stopped_by == "clock"
    return answer


def _take(run: Run, answer: EngineResult) -> None:
    """Offer the engine's works with draws in whole units."""
    assert answer.x is not None
    taken = (answer.x[run.task.x] > 0.5).astype(np.int64)
    run.offer(_settle_or_thin(run, taken))


def _complete(run: Run) -> None:
    """Fill up the plan that the shortfall stages left, unless it is a greedy one."""
    if run.best is None or any(run.best is plan for plan in run.baselines.values()):
        return
    taken = run.best[run.task.x]
    run.tell("complete", None, None)
    run.offer(_build(run, partial(complete, taken=taken), 0.1))


SMALL_COLUMNS = 1500
"""Models up to this size go to the engine as they are."""


def _objective_stage(run: Run, held: list[tuple[IntArray, int]]) -> tuple[str, float]:
    coef = run.task.stage_coef[-1]
    bound = np.inf
    if run.task.matrix.shape[1] > SMALL_COLUMNS and run.best is not None:
        bound = _improve(run, held)
    answer_status = "feasible"
    if run.best is None or not _near_enough(run, bound):
        limits = Limits(run.options.gap, 0.5, run.left(), run.options.seed)
        answer = _solve_stage(run, run.engine, "objective", coef, held, limits)
        answer_status = answer.status
        if answer.x is not None:
            _take(run, answer)
        if np.isfinite(answer.bound):
            bound = min(bound, -answer.bound)
    if run.best is None:
        ended = "cancelled" if run.cancelled() else "failed"
        return ("infeasible" if answer_status == "infeasible" else ended), np.inf
    value = -int(coef @ run.best)
    bound = max(float(value), bound)
    if run.cancelled():
        return "cancelled", bound
    if _near_enough(run, bound):
        run.stopped_by = "gap"
    proven = bound - value <= 0.5 and all(stage.proven for stage in _stage_proofs(run))
    return ("optimal" if proven else "feasible"), bound


def _near_enough(run: Run, bound: float) -> bool:
    """Tell whether the best plan is within the gap asked for."""
    assert run.best is not None
    value = -int(run.task.stage_coef[-1] @ run.best)
    return bound - value <= max(0.5, run.options.gap * abs(value))


def _improve(run: Run, held: list[tuple[IntArray, int]]) -> float:
    """Bound from the relaxation; better plans from near works and neighbourhoods."""
    from renewopt.optimise.engines.highs import relax

    task, coef = run.task, run.task.stage_coef[-1]
    mip = relaxed_mip(task, coef, held)
    found = relax(mip)
    if found is None:
        return np.inf
    relaxed = Relaxation(*found)
    bound = -relaxed.bound
    target = relaxed.bound / (1 + run.options.gap) if relaxed.bound < 0 else -np.inf
    first = Limits(
        0.0005, 0.5, run.left() / 3, run.options.seed, nodes=FIRST_NODES, target=target
    )
    _try(run, near_mip(task, mip, relaxed), first, bound, with_start=False)
    for free in neighbourhoods(task, run.options.seed):
        if run.cancelled() or run.left() <= 1 or _near_enough(run, bound):
            break
        assert run.best is not None
        local = fixed_mip(task, mip, run.best[task.x], free)
        _try(run, local, sub_limits(min(30.0, run.left()), run.options.seed), bound)
    return bound


def _try(
    run: Run, mip: Mip, limits: Limits, bound: float, *, with_start: bool = True
) -> None:
    """Look for a better plan in part of the works; its end is not the run's end."""

    def report(best: float, _: float) -> bool:
        value = (
            float(run.task.stage_coef[-1] @ run.best) if run.best is not None else best
        )
        run.tell("objective", min(best, value), -bound)
        return run.cancelled()

    start = mip.scale(run.best) if with_start and run.best is not None else None
    answer = run.engine.solve(mip, limits, start, report)
    run.clocked |= answer.stopped_by == "clock"
    if answer.x is not None:
        _take(run, answer)


def _finish(run: Run, status: str, bound: float) -> SolveResult:
    if np.isinf(bound) and run.best is not None:
        bound = trivial_bound(run.task)
    every = list(range(len(run.task.rules)))
    if status == "infeasible" and _can_be_kept(run, every):
        status = "failed"  # a contradiction is never one engine's word alone
    conflict = _conflict(run) if status == "infeasible" else []
    return SolveResult(
        status=status,
        engine=run.engine.name,
        values=run.best,
        baselines=run.baselines,
        stages=_stage_proofs(run),
        bound=bound,
        seconds=time.monotonic() - run.began,
        stopped_by=run.stopped_by,
        conflict=conflict,
        clocked=run.clocked,
    )


def _conflict(run: Run) -> list[str]:
    """Name the rules of which leaving out any one alone makes a plan possible.

    Where there is none (two contradictions at once), the rules that contradict each
    other and of which none can be spared: one contradiction, whole.
    """
    rules = run.task.rules
    every = range(len(rules))
    found = [n for n in every if _can_be_kept(run, [m for m in every if m != n])]
    if not found:
        found = list(every)
        for number in every:
            rest = [m for m in found if m != number]
            if not _can_be_kept(run, rest):
                found = rest
    return [rules[number] for number in found]


def _can_be_kept(run: Run, kept: list[int]) -> bool:
    """Tell whether a plan is found that keeps these rules (by number)."""
    task = run.task
    rows = np.flatnonzero(np.isin(task.row_rule, kept))
    if empty_row_broken(task.matrix[rows], task.row_lower[rows], task.row_upper[rows]):
        return False
    mip = relaxed_mip(task, np.zeros(task.matrix.shape[1], np.int64), [], rows)
    limits = Limits(1.0, 1.0, 10.0, 0)
    return run.settler.solve(mip, limits, None, lambda *_: False).x is not None
