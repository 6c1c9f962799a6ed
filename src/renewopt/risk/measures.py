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
    # Put in order once for all draws; only the few assets that failed are looked at.
    order = ranking.order
    size, unit = size[order], unit[order]
    hits = np.flatnonzero(seen[order])
    group = np.searchsorted(ranking.ends, hits)
    count, place = seen[order][hits], unit[hits]
    for weights in taken:
        length = np.cumsum(size * weights[unit])[ranking.ends]
        rows.append(_drawn(length, group, count * weights[place]))
    return np.vstack(rows)


def _drawn(length: FloatArray, group: IntArray, count: FloatArray) -> FloatArray:
    """Give `capture` where only groups with failures are named.

    Parameters
    ----------
    length
        Size up to the end of each group of equal rank.
    group, count
        Group and number of failures of each asset that failed.
    """
    total = float(count.sum())
    if total <= 0 or not len(length) or length[-1] <= 0:
        return np.full(len(SHARES), np.nan)
    out = np.empty(len(SHARES))
    for number, share in enumerate(SHARES):
        paid = share * length[-1]
        last = int(np.searchsorted(length, paid))
        before = float(length[last - 1]) if last else 0.0
        part = (paid - before) / float(length[last] - before)
        inside = count[group < last].sum() + part * count[group == last].sum()
        out[number] = inside / total
    return out


def interval(values: FloatArray) -> tuple[float, float]:
    """Give the 90 % interval of bootstrap values; NaN where there are none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [LOW, HIGH])
    return float(low), float(high)


PLAIN = ("auc", "brier", "expected_seen")


@dataclass(frozen=True, eq=False)
class _Plain:
    """What AUC, Brier score and expected ÷ recorded need, in the order of the rank."""

    expected: FloatArray
    seen: FloatArray
    error: FloatArray
    hits: IntArray
    ends: IntArray

    def scores(self, weight: FloatArray) -> tuple[float, float, float]:
        """Give the three of weighted assets.

        AUC is the chance that an asset that failed was ranked above one that did not,
        ties half; Brier the mean squared error of the chance of at least one failure.
        """
        total, count = float(weight.sum()), float(self.seen @ weight)
        brier = float(weight @ self.error) / total if total else float("nan")
        ratio = float(self.expected @ weight) / count if count else float("nan")
        return self._auc(weight), brier, ratio

    def _auc(self, weight: FloatArray) -> float:
        """Count the pairs of each asset that failed with those ranked below it."""
        hit = weight[self.hits]
        weight = weight.copy()
        weight[self.hits] = 0.0
        others = np.concatenate([[0.0], np.cumsum(weight)[self.ends]])
        if hit.sum() <= 0 or others[-1] <= 0:
            return float("nan")
        group = np.searchsorted(self.ends, self.hits)
        above = (others[group] + others[group + 1]) / 2
        return float(hit @ (others[-1] - above)) / float(hit.sum() * others[-1])


def plain_samples(
    expected: FloatArray,
    seen: FloatArray,
    unit: IntArray,
    taken: npt.NDArray[np.uint8],
) -> FloatArray:
    """Give AUC, Brier score and expected ÷ recorded, a row per draw.

    The first row is that of the data.
    """
    ranking = rank(expected)
    order = ranking.order
    expected, seen, unit = expected[order], seen[order], unit[order]
    chance = -np.expm1(-expected)
    kept = _Plain(
        expected,
        seen,
        (chance - (seen > 0)) ** 2,
        np.flatnonzero(seen > 0),
        ranking.ends,
    )
    rows = [kept.scores(np.ones(len(seen)))]
    rows += [kept.scores(weights[unit].astype(np.float64)) for weights in taken]
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
