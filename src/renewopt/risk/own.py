"""An asset's own record: what its failures change, shrunk towards its kind.

    f = (a + n) / (a + μ · E)       n, E with exponential forgetting

geometric mean over half, once and twice a and the half-life: few years say which of
them foretells best, and the mean of several readings foretells better than any one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renewopt.risk.exposure import History

FloatArray = npt.NDArray[np.float64]

AROUND = (0.5, 1.0, 2.0)
"""Multiples of a and of the half-life that the own record is read with."""


@dataclass(frozen=True)
class Choice:
    """What the years not seen have chosen.

    Attributes
    ----------
    blend
        w: 0 is the expert rate with kinds, 1 the trees alone.
    shape, half_life
        a, and the years in which an own failure loses half of its weight.
    """

    blend: float = 0.0
    shape: float = 1.0
    half_life: float = 20.0


def own_factor(
    choice: Choice, history: History, mean_rate: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Give f of every asset at the as-of year, and μ · E."""
    until = history.as_of.year
    if not history.used:  # no records at all: silence says nothing
        nothing = np.zeros(len(mean_rate))
        return nothing + 1.0, nothing
    lives = half_lives(choice.half_life)
    records = {t: own_record(history, until, t) for t in lives}
    informed = mean_rate * records[choice.half_life][1]
    return np.exp(own_log(choice, mean_rate, records)), informed


def half_lives(middle: float) -> tuple[float, ...]:
    """Give the half-lives that the own record is read with."""
    return tuple(middle * part for part in AROUND)


def own_record(
    history: History, until: int, half_life: float
) -> tuple[FloatArray, FloatArray]:
    """Give each asset's weighted failures and exposure-years up to `until`."""
    return history.count(until, half_life), history.exposed(until, half_life)


def own_log(
    choice: Choice,
    mean_rate: FloatArray,
    records: Mapping[float, tuple[FloatArray, FloatArray]],
) -> FloatArray:
    """Give log f: the mean over the readings around a and the half-life.

    Parameters
    ----------
    records
        Half-life → failures and exposure-years.
    """
    total = np.zeros(len(mean_rate))
    for half_life in half_lives(choice.half_life):
        count, exposed = records[half_life]
        informed = mean_rate * exposed
        for part in AROUND:
            shape = choice.shape * part
            total += np.log((shape + count) / (shape + informed))
    return total / len(AROUND) ** 2
