"""How good a ranking and a probability were, with intervals by corridor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SHARES = (0.01, 0.05, 0.10)
"""Parts of the network's length (or cost) that a programme might renew."""
DRAWS = 200
"""Draws of the bootstrap."""
LOW, HIGH = 0.05, 0.95
BANDS = (0.05, 0.10, 0.20, 0.50, 1.00)
"""Risk bands, from the highest: up to these shares of the length."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Assets from the first to renew, ties together.

    Attributes
    ----------
    order
        Positions of the assets.
    ends
        Where each group of equal rank ends in that order.
    """

    order: IntArray
    ends: IntArray

    def capture(
        self, size: FloatArray, seen: FloatArray, shares: tuple[float, ...] = SHARES
    ) -> FloatArray:
        """Give the share of failures in the first `shares` of the size.

        Within a tie the order is unknown: failures count evenly over its size.
        """
        length = np.cumsum(size[self.order])[self.ends]
        count = np.cumsum(seen[self.order])[self.ends]
        if not len(length) or count[-1] <= 0 or length[-1] <= 0:
            return np.full(len(shares), np.nan)
        x = np.concatenate([[0.0], length / length[-1]])
        y = np.concatenate([[0.0], count / count[-1]])
        return np.asarray(np.interp(shares, x, y))


def rank(score: FloatArray) -> Ranking:
    """Rank from the highest score down."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    last = np.ones(len(score), dtype=np.bool_)
    last[:-1] = ordered[1:] != ordered[:-1]
    return Ranking(order, np.flatnonzero(last))


def draws(units: int, number: int = DRAWS, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Draw corridors with replacement: how often each is taken, by draw."""
    generator = np.random.default_rng(seed)
    out = np.empty((number, units), dtype=np.uint8)
    for row in range(number):
        taken = generator.integers(0, units, size=units)
        out[row] = np.bincount(taken, minlength=units)
    return out


def captures(
    ranking: Ranking,
    size: FloatArray,
    seen: FloatArray,
    unit: IntArray,
    taken: npt.NDArray[np.uint8],
) -> FloatArray:
    """Give `capture` of the data and then of every draw, a row each."""
    rows = [ranking.capture(size, seen)]
    for weights in taken:
        weight = weights[unit].astype(np.float64)
        rows.append(ranking.capture(size * weight, seen * weight))
    return np.vstack(rows)


def interval(values: FloatArray) -> tuple[float, float]:
    """Give the 90 % interval of bootstrap values; NaN where there are none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [LOW, HIGH])
    return float(low), float(high)


PLAIN = ("auc", "brier", "expected_seen")


def plain(
    expected: FloatArray, seen: FloatArray, weight: FloatArray, ranking: Ranking
) -> tuple[float, float, float]:
    """Give AUC, Brier score and expected ÷ recorded failures of weighted assets.

    AUC is the chance that an asset that failed was ranked above one that did not, ties
    half; Brier the mean squared error of the probability of at least one failure.
    """
    failed = seen > 0
    chance = -np.expm1(-expected)
    total, count = float(weight.sum()), float(seen @ weight)
    brier = float(weight @ (chance - failed) ** 2) / total if total else float("nan")
    ratio = float(expected @ weight) / count if count else float("nan")
    return _auc(failed, weight, ranking), brier, ratio


def _auc(failed: npt.NDArray[np.bool_], weight: FloatArray, ranking: Ranking) -> float:
    """Count pairs by group of equal rank, from the highest down."""
    ordered, hit = weight[ranking.order], failed[ranking.order]
    above = np.cumsum(np.where(hit, ordered, 0.0))[ranking.ends]
    others = np.cumsum(np.where(hit, 0.0, ordered))[ranking.ends]
    if not len(above) or above[-1] <= 0 or others[-1] <= 0:
        return float("nan")
    here = np.diff(others, prepend=0.0)
    before = np.concatenate([[0.0], above[:-1]])
    pairs = float(np.sum(here * (before + above) / 2))
    return pairs / float(above[-1] * others[-1])


def plain_samples(
    expected: FloatArray,
    seen: FloatArray,
    unit: IntArray,
    taken: npt.NDArray[np.uint8],
) -> FloatArray:
    """Give `plain` of the data and then of every draw, a row each."""
    ranking = rank(expected)
    rows = [plain(expected, seen, np.ones(len(seen)), ranking)]
    rows += [
        plain(expected, seen, weights[unit].astype(np.float64), ranking)
        for weights in taken
    ]
    return np.array(rows)


def count_interval(expected: float, variance: float) -> tuple[float, float]:
    """Give the 90 % interval of a yearly count.

    Negative binomial: Var(n) = m + v · m², v the variance between years.
    """
    # Imported here: it takes half a second and only back-tests need it.
    from scipy import stats

    if expected <= 0:
        return 0.0, 0.0
    if variance <= 1e-9:
        low, high = (float(stats.poisson.ppf(q, expected)) for q in (LOW, HIGH))
        return low, high
    size = 1.0 / variance
    share = size / (size + expected)
    low, high = (float(stats.nbinom.ppf(q, size, share)) for q in (LOW, HIGH))
    return low, high


def bands(
    score: FloatArray, size: FloatArray, edges: tuple[float, ...] = BANDS
) -> IntArray:
    """Give each asset its band by share of the size, 0 for the highest."""
    order = np.argsort(-score, kind="stable")
    total = float(size.sum()) or 1.0
    middle = (np.cumsum(size[order]) - size[order] / 2) / total
    out = np.empty(len(score), dtype=np.int64)
    out[order] = np.minimum(np.searchsorted(edges, middle), len(edges) - 1)
    return out
