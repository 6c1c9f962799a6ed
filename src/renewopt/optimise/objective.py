"""The objective, written once: shortfall stages first, then weighted value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.core.case_schema import POINTS
from renewopt.core.money import UNITS_PER_WAN
from renewopt.rules.problem import Problem


@dataclass(frozen=True, eq=False)
class Stage:
    """Minimise Σ coef · column + constant, in order; the last stage is the objective.

    The objective is stored as its negative, so that every stage is a minimum.
    """

    name: str
    level: str
    measure: str
    constant: int
    coef: IntArray

    def value(self, values: IntArray) -> int:
        """Evaluate the stage at column values."""
        return int(self.coef @ values) + self.constant


def stages(problem: Problem, model: LinearModel) -> Iterator[Stage]:
    """Yield the shortfall stages that can differ from zero, then the objective.

    Duties first, then what is missing of each target, by its rank.
    """
    rule = problem.policy.first("mandatory")
    for part in rule.stages(problem, model) if rule is not None else ():
        coef = np.zeros(model.n_columns, np.int64)
        np.add.at(coef, part.col, part.coef)
        if coef.any() or part.constant:
            yield Stage(
                f"{part.level} {part.measure}",
                part.level,
                part.measure,
                part.constant,
                coef,
            )
    for goal in sorted(problem.policy.of_kind("target"), key=lambda r: (r.rank, r.id)):
        if goal.staged:
            part = goal.stage(model)
            coef = np.zeros(model.n_columns, np.int64)
            coef[part.col] = part.coef
            if coef.any():
                yield Stage(f"target {goal.id}", "target", goal.id, 0, coef)
    yield Stage("objective", "", "value", 0, -_value(problem, model))


def _value(problem: Problem, model: LinearModel) -> IntArray:
    """Σ weight · benefit per work, rounded once, less what waivers, misses … cost."""
    value = np.zeros(model.n_columns, np.int64)
    works = problem.case.works
    weighted = np.zeros(len(works))
    for name, weight in sorted(problem.policy.objective.weights.items()):
        # Money is in units of 0.01 万元; a point has its weight in 万元.
        scale = UNITS_PER_WAN if name.startswith(POINTS) else 1
        weighted += weight * scale * works[name].to_numpy(np.float64)
    value[model.columns("x").to_numpy()] = np.floor(weighted + 0.5).astype(np.int64)
    waiver = model.columns("waiver")
    closed = problem.policy.first("closed_corridor")
    if len(waiver) and closed is not None:
        value[waiver.to_numpy()] = -closed.price_units
    for goal in problem.policy.of_kind("target"):
        if goal.price_units:
            value[model.columns(goal.family).to_numpy()] = -goal.price_units
    for rule in problem.policy.of_kind("coupling"):
        value[model.columns(rule.family).to_numpy()] = -rule.price_units
    for rule in problem.policy.of_kind("stability"):
        value[model.columns(rule.family).to_numpy()] = -rule.price_units
    return value
