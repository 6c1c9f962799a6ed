"""Many scenarios of one case: only what the money touches is built again.

Which rules that is follows from what they read: a rule that never looks at the amounts
of the funds has the same rows whatever they are. The others write their rows again
over the columns that are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from typing import Any

import numpy as np
import pandas as pd

from renewopt.core.array_model import (
    FREE,
    FloatArray,
    IntArray,
    LinearModel,
    RowBlock,
)
from renewopt.core.weak_duality import ROUNDING, dual_bound
from renewopt.optimise.dual_values import Held
from renewopt.optimise.model import BuiltModel, add_plan_columns, build_model
from renewopt.optimise.objective import stages
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem


class _Watched(Policy):
    """A policy that notes when the amounts of its funds are looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name == "fund_years":
            object.__getattribute__(self, "__dict__")["looked"] = True
        return object.__getattribute__(self, name)


def _watched(policy: Policy) -> Policy:
    found: Policy = object.__new__(_Watched)
    found.__dict__.update(
        {name: value for name, value in policy.__dict__.items() if name != "digest"}
    )
    return found


class _Again(LinearModel):
    """Takes rows and columns of rules that are built again over a model's columns."""

    def __init__(self, base: LinearModel) -> None:
        super().__init__()
        self.families = base.families
        self._size = base.n_columns
        self._lower, self._upper = [base.lower], [base.upper]

    def add_columns(
        self,
        family: str,
        keys: pd.MultiIndex | pd.Index,
        upper: IntArray | int = 1,
        lower: IntArray | int = 0,
    ) -> IntArray:
        """Set the bounds of columns that are there; others are an error."""
        there = self.families.get(family)
        if there is None or not there.index.equals(keys):
            raise _OtherColumns(family)
        numbers = there.to_numpy(np.int64)
        self._lower[0][numbers] = lower
        self._upper[0][numbers] = upper
        return numbers


class _OtherColumns(Exception):
    """A rule asks for other columns under other amounts: all is built anew."""


@dataclass(frozen=True, eq=False)
class Variants:
    """A built case whose money may change.

    Attributes
    ----------
    built
        The case under its own money.
    sensitive
        Numbers of the rules that look at the amounts of the funds.
    blocks
        By rule: where its row blocks are.
    """

    problem: Problem
    built: BuiltModel
    sensitive: tuple[int, ...]
    blocks: tuple[slice, ...]

    @classmethod
    def of(cls, problem: Problem) -> Variants:
        """Build the case and find out which rules look at the money."""
        policy = _watched(problem.policy)
        own = Problem(problem.case, policy)
        model = LinearModel()
        add_plan_columns(own, model)
        sensitive, blocks = [], []
        for number, rule in enumerate(policy.rules):
            before = len(model.rows)
            policy.__dict__["looked"] = False
            # What rules keep for each other may come from the money: each works it
            # out for itself while it is watched.
            rule.build(Problem(problem.case, policy), model)
            if policy.__dict__["looked"]:
                sensitive.append(number)
            blocks.append(slice(before, len(model.rows)))
        built = BuiltModel(model, tuple(stages(own, model)))
        return cls(problem, built, tuple(sensitive), tuple(blocks))

    def under(self, policy: Policy) -> BuiltModel:
        """Build the case under the same rules with other amounts of money."""
        problem = Problem(self.problem.case, policy)
        again = _Again(self.built.model)
        rows = list(self.built.model.rows)
        own, base = policy.fund_years["amount"], self.problem.policy.fund_years
        less = int(own.sum()) <= int(base["amount"].sum())
        for number in reversed(self.sensitive):
            if less and policy.rules[number].amounts_as_room:
                continue
            part = _Again(self.built.model)
            part._lower, part._upper = again._lower, again._upper
            try:
                policy.rules[number].build(problem, part)
            except _OtherColumns:
                return build_model(problem)
            rows[self.blocks[number]] = part.rows
        again.rows = rows
        return BuiltModel(again, self.built.stages)


@dataclass(frozen=True, eq=False)
class OldDuals:
    """Multipliers of one run, ready to give bounds of many variants.

    The reduced costs are worked out once: where only limits differ, a bound is two
    sums.
    """

    base: LinearModel
    cost: IntArray
    held: Held
    y: FloatArray
    reduced: FloatArray
    unsure: FloatArray
    sums: float

    @classmethod
    def of(cls, built: BuiltModel, held: Held, y: FloatArray) -> OldDuals:
        """Take multipliers of all rows of the model, then of the stages held."""
        matrix, _, _ = built.model.matrix()
        cost = built.stages[-1].coef
        price = matrix.T.astype(np.float64)
        size = np.abs(cost) + abs(price) @ np.abs(y[: matrix.shape[0]])
        reduced = cost - price @ y[: matrix.shape[0]]
        for (coef, _), multiplier in zip(held, y[matrix.shape[0] :], strict=True):
            reduced = reduced - coef * multiplier
            size = size + np.abs(coef * multiplier)
        longest = int(matrix.getnnz(axis=0).max(initial=0)) + len(held)
        steps = 4 + longest + np.log2(2 + len(y) + len(cost))
        return cls(
            built.model, cost, held, y, reduced, steps * ROUNDING * size,
            steps * ROUNDING,
        )  # fmt: skip

    def bound(self, built: BuiltModel) -> float:
        """Give a value that no plan of the variant with the stages held exceeds.

        Returns
        -------
        float
            Whole units of 0.01 万元; infinite where the multipliers prove nothing.
        """
        model = built.model
        lower = np.concatenate([block.lower for block in model.rows])
        upper = np.concatenate([block.upper for block in model.rows])
        none = np.full(len(self.held), -FREE)
        most = np.array([value for _, value in self.held], np.int64)
        limits = np.concatenate([lower, none]), np.concatenate([upper, most])
        if not _same_terms(self.base.rows, model.rows) or self._absent(limits):
            return self._anew(built)
        low, high = model.lower, model.upper
        if np.any((low <= -FREE) & (self.reduced + self.unsure > 0)) or np.any(
            (high >= FREE) & (self.reduced - self.unsure < 0)
        ):
            return np.inf
        limit = np.where(self.y > 0, limits[0], limits[1]) * (self.y != 0)
        own = np.where(self.reduced > 0, low, high).astype(np.float64)
        reach = np.maximum(np.abs(low), np.abs(high)).astype(np.float64)
        reach[(low <= -FREE) | (high >= FREE)] = 0.0
        sums = np.abs(self.y * limit).sum() + np.abs(self.reduced * own).sum()
        lost = float(self.unsure @ reach) + self.sums * float(sums)
        return float(floor(-float(self.y @ limit + self.reduced @ own - lost)))

    def _absent(self, limits: tuple[IntArray, IntArray]) -> bool:
        """Tell whether a multiplier speaks of a limit that the variant has not."""
        low, high = limits
        absent = ((self.y > 0) & (low <= -FREE)) | ((self.y < 0) & (high >= FREE))
        return bool(absent.any())

    def _anew(self, built: BuiltModel) -> float:
        """Add up from the rows themselves; other row counts prove nothing."""
        model = built.model
        matrix, lower, upper = model.matrix()
        count = len(self.y) - len(self.held)
        if matrix.shape[0] != count or self.held:
            return np.inf
        found = -dual_bound(
            matrix, (lower, upper), (model.lower, model.upper), self.cost, self.y
        )
        return float(floor(found)) if np.isfinite(found) else np.inf


def _same_terms(one: list[RowBlock], other: list[RowBlock]) -> bool:
    """Tell whether two lists of blocks differ in limits alone."""
    return len(one) == len(other) and all(
        a is b
        or (
            a.labels == b.labels
            and np.array_equal(a.row, b.row)
            and np.array_equal(a.col, b.col)
            and np.array_equal(a.coef, b.coef)
        )
        for a, b in zip(one, other, strict=True)
    )


def with_amounts(policy: Policy, years: list[int], share: float) -> Policy:
    """Scale what every fund has in these years; rounded down to whole units."""
    table = policy.fund_years.copy()
    own = table["year"].isin(years)
    table.loc[own, "amount"] = np.floor(table.loc[own, "amount"] * share + 1e-9)
    return replace(policy, fund_years=table.astype({"amount": np.int64}))
