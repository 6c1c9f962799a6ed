"""What another run knew: its works, and the multipliers that proved its bound.

Both are matched by name, since rows and works differ between scenarios: a work that is
no longer there is left out, a row that is new has no multiplier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renewopt.core.array_model import FloatArray, IntArray
from renewopt.optimise.certificate import Certificate, row_names
from renewopt.optimise.model import BuiltModel
from renewopt.optimise.task import rows_that_ask


@dataclass(frozen=True, eq=False)
class Hints:
    """Where a run may begin; nothing in it is believed without being checked.

    Attributes
    ----------
    taken
        One per work of the task: whether the other plan has it.
    multipliers
        Of the task's rows, then of every stage before the objective.
    """

    taken: IntArray
    multipliers: FloatArray | None = None

    def for_held(self, rows: int, held: int) -> FloatArray | None:
        """Give the multipliers of the rows and of the first `held` stages."""
        return None if self.multipliers is None else self.multipliers[: rows + held]


def make_hints(
    built: BuiltModel, works: Iterable[str], proven: Certificate | None
) -> Hints:
    """Write another run's works and certificate for a new model."""
    x = built.model.columns("x")
    there = x.index.isin(list(works))
    return Hints(there.astype(np.int64), _multipliers(built, proven))


def _multipliers(built: BuiltModel, proven: Certificate | None) -> FloatArray | None:
    if proven is None:
        return None
    names = row_names(built.model)
    y = [proven.rows.get(names[row], 0.0) for row in rows_that_ask(built.model)]
    none = (0, 0.0)
    held = [proven.stages.get(stage.name, none)[1] for stage in built.stages[:-1]]
    return usable(np.array([*y, *held]))


def usable(multipliers: npt.ArrayLike) -> FloatArray:
    """Leave out what is no number."""
    y = np.asarray(multipliers, dtype=np.float64)
    return np.where(np.isfinite(y), y, 0.0)
