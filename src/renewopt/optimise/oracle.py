"""The money test of large models: a linear program of pooled amounts, without savings.

It answers for all packages together and leaves savings out. So a plan that it finds
payable may not be payable package by package: the plan is settled on the model's own
rows like any other (`whole_units.settle`), and thinned where that fails.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import Mip, scaled_mip
from renewopt.optimise.openings import without_openings
from renewopt.optimise.pooled import Pooled
from renewopt.optimise.task import SolveTask


def oracle_mip(
    task: SolveTask, pooled: Pooled, left_out: IntArray
) -> tuple[Mip, sparse.csr_matrix, IntArray]:
    """Give the pooled rows, and rows over works (≤ room) in the place of openings.

    `left_out` are rows of the task that the greedy methods meet in their own way.
    """
    matrix = pooled.matrix
    joint = pooled.joint
    with_joint = np.asarray(abs(matrix) @ joint.astype(np.float64)) > 0
    with_amount = np.asarray(abs(matrix) @ pooled.amount.astype(np.float64)) > 0
    keep = (np.diff(matrix.indptr) > 0) & ~(with_joint & ~with_amount)
    keep[pooled.pools.row[left_out]] = False
    rows, works, room = without_openings(pooled, np.flatnonzero(keep))
    upper = np.where(joint, np.minimum(0.0, pooled.upper), pooled.upper)
    mip = scaled_mip(
        sparse.csr_matrix(matrix[rows]),
        pooled.row_lower[rows],
        pooled.row_upper[rows],
        pooled.lower,
        upper,
        np.zeros(len(upper)),
        ~pooled.amount,
    )
    return mip, works, room
