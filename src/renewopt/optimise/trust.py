"""What an engine says is checked before it counts: plan, value, bound, "impossible".

A solver can crash, hand over a plan that breaks rows, or state a bound that a known
plan disproves. None of that ends a run or reaches the user as a proof: the answer loses
what is wrong with it, another engine is asked, and a note says what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from renewopt.optimise.engines.base import (
    Engine,
    EngineResult,
    FloatArray,
    Limits,
    Mip,
    Report,
)

if TYPE_CHECKING:
    from renewopt.optimise.state import Run

ROW_ROOM = 1e-3
"""Room of a row by its size: engines keep rows to 1e-6, so that this is no rounding."""
VALUE_ROOM = 1e-5
"""Room of a value or bound by its size."""
DETAIL = 300
"""Characters of an engine's own words that are kept."""


@dataclass(frozen=True)
class Fault:
    """What went wrong, and with whom.

    Attributes
    ----------
    kind
        `crash` (an error inside the engine), `garbage` (an answer that cannot be
        read), `broken_plan`, `wrong_value`, `wrong_bound`, `wrong_infeasible`; of the
        worker itself `worker_crash`, `worker_hung`, `worker_garbage`, `worker_plan`,
        `worker_bound`.
    engine, phase
        Who, and in which phase of the run.
    detail
        Numbers, or the words of the error.
    """

    kind: str
    engine: str
    phase: str
    detail: str = ""


def ask(
    run: Run,
    engine: Engine,
    phase: str,
    mip: Mip,
    limits: Limits,
    start: FloatArray | None,
    report: Report,
) -> EngineResult:
    """Let an engine minimise and check its answer; another is asked if it is faulty.

    Parameters
    ----------
    start
        A feasible point of `mip`: what is said against it is wrong.
    """
    known = np.inf if start is None else float(mip.cost @ start)
    answer, fault = _once(engine, mip, limits, start, report)
    if fault is None:
        answer, fault = checked(mip, answer, known)
    if fault is None:
        return answer
    note(run, fault[0], engine.name, phase, fault[1])
    left = min(run.left(), limits.time_s)
    if run.cancelled() or left <= 0:
        return answer
    other = run.other(engine.name)
    second, fault = _once(other, mip, replace(limits, time_s=left), start, report)
    if fault is None:
        second, fault = checked(mip, second, known)
    if fault is not None:
        note(run, fault[0], other.name, phase, fault[1])
    return second if second.x is not None or answer.x is None else answer


def note(run: Run, kind: str, engine: str, phase: str, detail: str) -> None:
    """Keep a fault; the same one of the same engine and phase counts once."""
    fault = Fault(kind, engine, phase, detail[-DETAIL:])
    if not any((f.kind, f.engine, f.phase) == (kind, engine, phase)
               for f in run.faults):  # fmt: skip
        run.faults.append(fault)


def _once(
    engine: Engine, mip: Mip, limits: Limits, start: FloatArray | None, report: Report
) -> tuple[EngineResult, tuple[str, str] | None]:
    try:
        return engine.solve(mip, limits, start, report), None
    except Exception as error:
        # A library's error of whatever class is the engine's, never the run's.
        said = f"{type(error).__name__}: {error}"
        return EngineResult("failed", None, np.inf, -np.inf, said), ("crash", said)


def checked(
    mip: Mip, answer: EngineResult, known: float = np.inf
) -> tuple[EngineResult, tuple[str, str] | None]:
    """Give the answer without what is wrong with it, and what that was.

    Parameters
    ----------
    known
        Value of a feasible point of `mip`; infinite where none is known.

    Returns
    -------
    tuple
        The answer, and kind and detail of the fault; None where nothing is wrong.
    """
    if answer.status == "infeasible":
        if np.isfinite(known):
            said = f"a plan with {known:g} is known"
            return _nothing(answer), ("wrong_infeasible", said)
        return answer, None
    if answer.x is not None:
        fault = _plan_fault(mip, answer)
        if fault is not None:
            # Its claims were about this plan: none of them counts. The works may
            # still lead to a plan, since money is always found for them anew.
            usable = fault[0] != "garbage"
            return _nothing(answer, answer.x if usable else None), fault
        known = min(known, float(mip.cost @ answer.x))
    if np.isnan(answer.bound):
        return replace(answer, bound=-np.inf), ("garbage", "bound is no number")
    if np.isfinite(known) and answer.bound > known + room(known):
        said = f"bound {answer.bound:g}, a plan has {known:g}"
        return _nothing(answer, answer.x), ("wrong_bound", said)
    return answer, None


def room(value: float) -> float:
    """Give how far a bound may be off a plan's value by rounding alone."""
    return 0.5 + VALUE_ROOM * abs(value)


def _nothing(answer: EngineResult, x: FloatArray | None = None) -> EngineResult:
    """Keep no more than a plan: no proof, no bound."""
    status = "failed" if x is None else "feasible"
    return EngineResult(status, x, np.inf, -np.inf, "fault")


def _plan_fault(mip: Mip, answer: EngineResult) -> tuple[str, str] | None:
    x = answer.x
    assert x is not None
    if x.shape != mip.cost.shape or not np.isfinite(x).all():
        return "garbage", f"{x.size} values for {mip.cost.size} columns"
    size = 1.0 + abs(mip.matrix) @ np.abs(x)
    done = mip.matrix @ x
    off = np.maximum(mip.row_lower - done, done - mip.row_upper) / size
    column = np.maximum(mip.lower - x, x - mip.upper) / (1.0 + np.abs(x))
    part = np.abs(x - np.rint(x))[mip.integer] / (1.0 + np.abs(x[mip.integer]))
    worst = max(float(each.max(initial=0.0)) for each in (off, column, part))
    if worst > ROW_ROOM:
        rows = int((off > ROW_ROOM).sum())
        return "broken_plan", f"{rows} rows broken, the worst by {worst:.1%}"
    value = float(mip.cost @ x)
    if np.isfinite(answer.objective) and abs(value - answer.objective) > room(value):
        return "wrong_value", f"{answer.objective:g} instead of {value:g}"
    return None


def least_bound(run: Run, claims: list[tuple[str, float]], value: float) -> float:
    """Give the least bound (of a maximum) that the best plan does not disprove.

    A source that is disproved once is not believed in anything else it said.
    """
    wrong = {who: bound for who, bound in claims if bound < value - room(value)}
    for who, bound in wrong.items():
        note(run, "wrong_bound", who, "objective", f"{bound:g}, a plan has {value:g}")
    return min((b for who, b in claims if who not in wrong), default=np.inf)
