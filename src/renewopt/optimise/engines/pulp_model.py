"""A program as PuLP takes it; what every engine that PuLP calls has in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp

from renewopt.optimise.engines.base import Mip


def whole_rows(mip: Mip) -> Mip:
    """Give rows of whole-number columns whole numbers again.

    Fractions such as 1731.4 of a scaled row lead some preprocessing astray.
    """
    by_row = np.repeat(np.arange(mip.matrix.shape[0]), np.diff(mip.matrix.indptr))
    mixed = np.zeros(mip.matrix.shape[0], bool)
    mixed[by_row[~mip.integer[mip.matrix.indices]]] = True
    back = np.where(mixed, 1.0, 1.0 / mip.row_scale)
    matrix = mip.matrix.copy()
    data = matrix.data * back[by_row]
    matrix.data = np.where(mixed[by_row], data, np.rint(data))
    return replace(
        mip,
        matrix=matrix,
        row_lower=np.where(mixed, mip.row_lower, np.rint(mip.row_lower * back)),
        row_upper=np.where(mixed, mip.row_upper, np.rint(mip.row_upper * back)),
        row_scale=np.where(mixed, mip.row_scale, 1.0),
    )


def pulp_model(mip: Mip) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """Write a program as PuLP's; rows without terms are judged before."""
    problem = pulp.LpProblem("renewopt", pulp.LpMinimize)
    columns = [
        problem.add_variable(
            f"c{i}", low, high, cat=pulp.LpInteger if whole else pulp.LpContinuous
        )
        for i, (low, high, whole) in enumerate(
            zip(
                mip.lower.tolist(),
                mip.upper.tolist(),
                mip.integer.tolist(),
                strict=True,
            )
        )
    ]
    used = np.flatnonzero(mip.cost)
    problem += pulp.LpAffineExpression([(columns[i], float(mip.cost[i])) for i in used])
    for row in range(mip.matrix.shape[0]):
        begin, end = mip.matrix.indptr[row], mip.matrix.indptr[row + 1]
        terms = [
            (columns[i], float(value))
            for i, value in zip(
                mip.matrix.indices[begin:end], mip.matrix.data[begin:end], strict=True
            )
            if value
        ]
        low, high = float(mip.row_lower[row]), float(mip.row_upper[row])
        if not terms:
            continue  # rows without terms are judged before an engine is asked
        expression = pulp.LpAffineExpression(terms)
        if low == high:
            problem += expression == low
            continue
        if np.isfinite(low):
            problem += expression >= low
        if np.isfinite(high):
            problem += expression <= high
    return problem, columns
