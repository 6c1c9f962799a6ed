"""The certificate: row multipliers that prove a bound without any solver.

Kept by the rule and label of each row, so that a third party who has the rows (from the
case, or from an exported model) can add the bound up: `core.weak_duality`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite
from typing import Any

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FREE, FloatArray, LinearModel
from renewopt.core.weak_duality import dual_bound
from renewopt.optimise.model import BuiltModel
from renewopt.optimise.task import rows_that_ask

RowName = tuple[str, str, int]
"""Rule, label, and which of the rows with this rule and label."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """What proves the bound of a plan.

    Attributes
    ----------
    rows
        Multiplier by row; rows that are not named have none.
    stages
        By stage of the shortfall: the value that it is held at, and its multiplier.
    """

    rows: Mapping[RowName, float]
    stages: Mapping[str, tuple[int, float]]

    def as_dict(self) -> dict[str, Any]:
        """Give plain values, for JSON."""
        return {
            "multipliers": [[*name, value] for name, value in self.rows.items()],
            "held": [[name, *held] for name, held in self.stages.items()],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Certificate:
        """Read what `as_dict` gave.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it is not of that form.
        """
        rows = {
            (str(rule), str(label), int(number)): float(value)
            for rule, label, number, value in data["multipliers"]
        }
        stages = {
            str(name): (int(value), float(multiplier))
            for name, value, multiplier in data["held"]
        }
        return cls(rows, stages)


def certificate(
    built: BuiltModel, multipliers: FloatArray, held: Sequence[int]
) -> Certificate:
    """Name the multipliers that a worker found.

    Parameters
    ----------
    multipliers
        Of the rows that were handed to the worker, then of the stages held.
    held
        Value of each stage held (without its constant), in order.
    """
    names = row_names(built.model)
    asked = rows_that_ask(built.model)
    own = {
        names[row]: float(value)
        for row, value in zip(asked, multipliers[: len(asked)], strict=True)
        if value != 0
    }
    rest = multipliers[len(asked) :].tolist()
    stages = {
        stage.name: (value + stage.constant, multiplier)
        for stage, value, multiplier in zip(built.stages, held, rest, strict=False)
    }
    return Certificate(own, stages)


def certified_bound(built: BuiltModel, found: Certificate) -> int | None:
    """Add up what the multipliers prove: no plan with the held shortfall is above it.

    Returns
    -------
    int or None
        Units of 0.01 万元; None where they prove nothing.

    Raises
    ------
    KeyError
        If a row or a stage that the certificate names is not in the model.
    """
    model = built.model
    at = {name: row for row, name in enumerate(row_names(model))}
    matrix, lower, upper = model.matrix()
    y = np.zeros(matrix.shape[0])
    for name, value in found.rows.items():
        y[at[name]] = value
    stages = {stage.name: stage for stage in built.stages[:-1]}
    if found.stages:
        own = [stages[name] for name in found.stages]
        held = sparse.csr_matrix(np.vstack([stage.coef for stage in own]))
        matrix = sparse.vstack([matrix, held]).tocsr()
        limits = np.array([value for value, _ in found.stages.values()], np.int64)
        limits -= np.array([stage.constant for stage in own], np.int64)
        lower = np.concatenate([lower, np.full(len(limits), -FREE)])
        upper = np.concatenate([upper, limits])
        y = np.concatenate([y, [value for _, value in found.stages.values()]])
    objective = built.stages[-1]
    least = dual_bound(
        matrix, (lower, upper), (model.lower, model.upper), objective.coef, y
    )
    # The value of a plan is a whole number of units.
    return floor(-least) - objective.constant if isfinite(least) else None


def row_names(model: LinearModel) -> list[RowName]:
    """Name every row, in the order of `model.matrix()`."""
    seen: dict[tuple[str, str], int] = {}
    names = []
    for block in model.rows:
        for label in block.labels:
            key = (block.rule_id, label)
            number = seen.get(key, 0)
            seen[key] = number + 1
            names.append((*key, number))
    return names
