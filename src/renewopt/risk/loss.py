"""Consequence: what one failure of each asset costs, in 万元, by kind of loss.

loss = Σ parts of mid · chance · days · count · scale · Π factors that fit

The chance a year of a part with `yearly` bounds depends on the rate as well, so that
its loss per failure changes from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.consequence import PART_KINDS, Part
from renewopt.catalogue.selection import number_column

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Loss:
    """The loss per failure of the assets of one class (万元).

    Attributes
    ----------
    kinds
        Assets × `PART_KINDS` in the first year, with the population of the as-of year.
    with_people
        The share of it (assets × kinds) that is in proportion to the population.
    reasons
        Code of a multiplier → assets that it holds for.
    raised
        Code → factor by which the multiplier, or a part above the usual of the class,
        raises the whole loss.
    """

    kinds: FloatArray
    with_people: FloatArray
    reasons: dict[str, BoolArray]
    raised: dict[str, FloatArray]
    held: tuple[_Held, ...] = ()
    main: npt.NDArray[np.int32] | None = None
    """Number of the part that costs most; −1 where there is no loss."""

    @property
    def total(self) -> FloatArray:
        """Give the whole loss in the first year, the population as it was."""
        return in_order(self.kinds)

    def at(self, population: float, year: int) -> FloatArray:
        """Give assets × kinds where the population is this share of the as-of year's.

        Parameters
        ----------
        population
            1: as in the as-of year.
        year
            Number of the scored year, 0 for the first.
        """
        kinds = self.kinds
        if population != 1.0:
            kinds = kinds + self.with_people * (population - 1.0)
        if year and self.held:
            kinds = kinds.copy()
            for part in self.held:
                people = population if part.with_people else 1.0
                kinds[:, part.kind] += part.more[:, year] * people
        return kinds


@dataclass(frozen=True, eq=False)
class _Held:
    """A part whose chance a year is bounded.

    Attributes
    ----------
    kind
        Position among `PART_KINDS`.
    more
        Assets × years: its loss per failure less that of the first year.
    """

    kind: int
    more: FloatArray
    with_people: bool


def in_order(kinds: FloatArray) -> FloatArray:
    """Add up the kinds from left to right, so that a reader's sum is the same."""
    total = kinds[:, 0].copy()
    for column in range(1, kinds.shape[1]):
        total += kinds[:, column]
    return total


def consequence(frame: pd.DataFrame, cls: AssetClass, rate: FloatArray) -> Loss:
    """Work out the loss per failure of every asset, and what raises it.

    Parameters
    ----------
    rate
        Assets × years: failures expected per unit of exposure.
    """
    known = cls.column_names()
    kinds = np.zeros((len(frame), len(PART_KINDS)))
    with_people = np.zeros_like(kinds)
    reasons: dict[str, BoolArray] = {}
    above: dict[str, FloatArray] = {}
    held = []
    there = rate[:, 0] > 0
    most = np.zeros(len(frame))
    main = np.full(len(frame), -1, dtype=np.int32)
    for number, part in enumerate(cls.consequence.part):
        base = part.unit_loss * _count(frame, part) * _scale(frame, part)
        has_part = part.where.select(frame, known)
        factor = np.ones(len(frame))
        for item in part.multiplier:
            fits = item.where.select(frame, known) & has_part
            factor[fits] *= item.factor
            reasons[f"loss.{item.id}"] = fits
        base = np.where(has_part, base, 0.0)
        first = rate[:, 0]
        likely = _bounded(part, factor, first)
        loss = base * likely
        main = np.where(loss > most, np.int32(number), main)
        most = np.maximum(loss, most)
        for item in part.multiplier:
            fits = reasons[f"loss.{item.id}"]
            without = _bounded(part, factor / item.factor, first)
            above[f"loss.{item.id}"] = np.where(fits, base * (likely - without), 0.0)
        usual = base[there].mean() if there.any() else 0.0
        above[f"part.{part.id}"] = np.maximum(base - usual, 0.0) * likely
        kind = PART_KINDS.index(part.kind)
        kinds[:, kind] += loss
        if part.with_population:
            with_people[:, kind] += loss
        if part.yearly is not None:
            yearly = _bounded(part, factor[:, None], rate) * base[:, None]
            held.append(_Held(kind, yearly - loss[:, None], part.with_population))
    total = in_order(kinds)
    raised = {code: _raised(total, extra) for code, extra in above.items()}
    return Loss(kinds, with_people, reasons, raised, tuple(held), main)


def _bounded(part: Part, factor: FloatArray, rate: FloatArray) -> FloatArray:
    """Give what is left of the factor where rate · chance · factor is kept in bounds.

    Nothing is bounded where no failures are expected: there is nothing to divide by.
    """
    if part.yearly is None or part.chance is None:
        return factor
    chance = rate * part.chance.mid
    held = np.clip(chance * factor, part.yearly.least, part.yearly.greatest)
    whole = np.broadcast_to(factor, chance.shape).copy()
    return np.divide(held, chance, out=whole, where=chance > 0)


def _raised(total: FloatArray, extra: FloatArray) -> FloatArray:
    """Give whole ÷ whole without `extra`; 1 where there is nothing without it."""
    rest = total - extra
    return np.divide(total, rest, out=np.ones(len(total)), where=rest > 1e-12)


def running_loss(
    frame: pd.DataFrame, cls: AssetClass, exposure: FloatArray
) -> FloatArray:
    """Give the loss of normal operation (万元/year); 0 where no rate is stated.

    Parameters
    ----------
    exposure
        Kilometres, households or points in use.
    """
    total = np.zeros(len(frame))
    for item in cls.consequence.running:
        rate = np.nan_to_num(number_column(frame, item.column), nan=0.0)
        total += item.mid * np.maximum(rate - item.above, 0.0) * exposure
    return total


def _count(frame: pd.DataFrame, part: Part) -> FloatArray:
    """Count what is exposed; the stated count where the cell is empty."""
    if not part.per or part.if_missing is None:
        return np.ones(len(frame))
    count = _ratio(frame, part.per, part.over)
    return np.where(np.isnan(count), part.if_missing, count)


def _ratio(frame: pd.DataFrame, column: str, over: str) -> FloatArray:
    """Give a column, divided by another where one is named; NaN where one is empty."""
    value = number_column(frame, column)
    if not over:
        return value
    by = number_column(frame, over)
    nothing = np.full(len(value), np.nan)
    return np.asarray(np.divide(value, by, out=nothing, where=by > 0), np.float64)


def _scale(frame: pd.DataFrame, part: Part) -> FloatArray:
    if part.scale is None:
        return np.ones(len(frame))
    ratio = _ratio(frame, part.scale.column, part.scale.over) / part.scale.reference
    ratio = np.clip(ratio, part.scale.least, part.scale.greatest)
    return np.where(np.isnan(ratio), 1.0, ratio)
