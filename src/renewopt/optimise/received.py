"""What a worker left in its job folder, checked before it counts.

The worker may have crashed, hung or written nonsense: every plan is counted against the
rows of the task, in whole numbers, and a bound that its own plan disproves is dropped.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.dual_values import proven_bound
from renewopt.optimise.job_folder import (
    load_checkpoint,
    load_proof,
    load_result,
)
from renewopt.optimise.task import SolveResult, SolveTask, trivial_bound
from renewopt.optimise.trust import Fault

UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)
ENDS = {"crash": "worker_crash", "hung": "worker_hung"}


def receive(task: SolveTask, folder: Path, ended: str, detail: str) -> SolveResult:
    """Give the worker's result; its best kept plan where there is no good one.

    Parameters
    ----------
    ended
        `crash` or `hung`, or `cancel` for a worker that did not listen: what is said
        where it left no result.
    detail
        The last lines of its log.
    """
    faults = []
    if (folder / "result.json").exists():
        try:
            result = load_result(folder)
        except UNREADABLE as error:
            faults.append(Fault("worker_garbage", "", "", repr(error)[:300]))
        else:
            checked = _checked(task, result)
            if checked is not None:
                return checked
            text = _said(task, result.values)
            faults.append(Fault("worker_plan", result.engine, "", text))
        ended = "crash"
    elif ended in ENDS:
        faults.append(Fault(ENDS[ended], "", "", detail.strip()[-300:]))
    return replace(_left(task, folder, ended, detail), faults=faults)


def _checked(task: SolveTask, result: SolveResult) -> SolveResult | None:
    """Give a result whose plan breaks no row, without a bound that it disproves."""
    values = result.values
    if values is None:
        return result
    if not whole(task, values):
        return None
    baselines = {n: v for n, v in result.baselines.items() if whole(task, v)}
    result = replace(result, baselines=baselines)
    value = -int(task.stage_coef[-1] @ values)
    if result.bound >= value - 0.5:
        return result
    text = f"bound {result.bound:g}, the plan has {value}"
    fault = Fault("worker_bound", result.engine, "objective", text)
    status = "feasible" if result.status == "optimal" else result.status
    bound = _bound(task, result.multipliers, result.held)
    return replace(
        result, bound=bound, status=status, stopped_by="fault",
        faults=[*result.faults, fault],
    )  # fmt: skip


def whole(task: SolveTask, values: IntArray) -> bool:
    """Tell whether these are whole-number values that break no row."""
    return (
        values.shape == task.lower.shape
        and np.issubdtype(values.dtype, np.integer)
        and not len(task.broken(values))
    )


def _said(task: SolveTask, values: IntArray | None) -> str:
    if values is None or values.shape != task.lower.shape:
        return "not one number per column"
    if not np.issubdtype(values.dtype, np.integer):
        return "no whole numbers"
    return f"{len(task.broken(values))} rows or limits broken"


def _left(task: SolveTask, folder: Path, ended: str, detail: str) -> SolveResult:
    """Make a result of the plans kept on the way; the best that breaks no row."""
    values = load_checkpoint(folder)
    if values is not None and not whole(task, values):
        values = None
    status = "failed" if values is None else "feasible"
    if ended == "cancel":
        status = "cancelled"
    multipliers, held = load_proof(folder)
    bound = float("inf")
    if values is not None:
        bound = _bound(task, multipliers, held)
        pairs = zip(task.stage_coef, held, strict=False)
        if any(int(coef @ values) > most for coef, most in pairs):
            # Proven for plans with less shortfall than this one has.
            bound, multipliers, held = trivial_bound(task), None, []
    return SolveResult(
        status, "", values, {}, [], bound, 0.0, ended, [], detail,
        clocked=True, multipliers=None if values is None else multipliers, held=held,
    )  # fmt: skip


def _bound(task: SolveTask, multipliers: np.ndarray | None, held: list[int]) -> float:
    """Give what the multipliers prove; what columns alone prove where they do not."""
    if multipliers is None or len(multipliers) != task.matrix.shape[0] + len(held):
        return trivial_bound(task)
    stages = list(zip(task.stage_coef[:-1], held, strict=False))
    return min(proven_bound(task, stages, multipliers), trivial_bound(task))
