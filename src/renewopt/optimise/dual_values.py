"""What row multipliers prove of a task, and which works they speak for or against.

Whoever found the multipliers, and for whichever limits: weak duality holds
(`core.weak_duality`), so that those of another scenario give a bound of this one.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FREE, FloatArray, IntArray
from renewopt.core.weak_duality import dual_bound
from renewopt.optimise.engines.base import Relaxation
from renewopt.optimise.task import SolveTask

Held = list[tuple[IntArray, int]]
"""Earlier stages: coefficients, and the value that they are held at."""


def with_held(
    task: SolveTask, held: Held
) -> tuple[sparse.csr_matrix, IntArray, IntArray]:
    """Give the rows of the objective stage: the task's, then the stages held."""
    if not held:
        return task.matrix, task.row_lower, task.row_upper
    own = sparse.csr_matrix(np.vstack([coef for coef, _ in held]))
    limits = np.array([value for _, value in held], np.int64)
    return (
        sparse.vstack([task.matrix, own]).tocsr(),
        np.concatenate([task.row_lower, np.full(len(held), -FREE)]),
        np.concatenate([task.row_upper, limits]),
    )


def proven_bound(task: SolveTask, held: Held, multipliers: FloatArray) -> float:
    """Give a value of the objective that no plan with the stages held exceeds.

    Parameters
    ----------
    multipliers
        Of the task's rows, then of the stages held; above zero at a lower limit.

    Returns
    -------
    float
        Units of 0.01 万元; infinite where the multipliers prove nothing.
    """
    matrix, lower, upper = with_held(task, held)
    return -dual_bound(
        matrix,
        (lower, upper),
        (task.lower, task.upper),
        task.stage_coef[-1],
        multipliers,
    )


def reduced_costs(task: SolveTask, held: Held, multipliers: FloatArray) -> FloatArray:
    """Give what each column costs once its rows are paid for; below zero: worth it."""
    matrix, _, _ = with_held(task, held)
    found: FloatArray = task.stage_coef[-1] - matrix.T @ multipliers
    return found


def proven_relaxation(
    task: SolveTask, held: Held, multipliers: FloatArray, relaxed: Relaxation
) -> float:
    """Give the bound of a relaxation: what its multipliers add up to.

    The solver's own figure counts only where they prove nothing at all, which happens
    where a column without a limit is left with a reduced cost that is all but zero.
    """
    proven = proven_bound(task, held, multipliers)
    return proven if np.isfinite(proven) else -relaxed.bound
