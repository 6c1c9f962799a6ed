"""Shares, ties, bands, intervals and scores, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from renewopt.risk import measures


def test_capture_by_hand() -> None:
    """The best 10 m of 100 m hold one of four failures."""
    size = np.array([10.0, 40.0, 50.0])
    seen = np.array([1.0, 2.0, 1.0])
    ranking = measures.rank(np.array([3.0, 2.0, 1.0]))
    found = ranking.capture(size, seen, (0.1, 0.3, 0.5, 1.0))
    assert found.tolist() == pytest.approx([0.25, 0.5, 0.75, 1.0])


def test_ties_are_shared_evenly() -> None:
    """A ranking that tells nothing apart catches what chance would."""
    seen = np.array([5.0, 0.0, 0.0, 0.0])
    ranking = measures.rank(np.zeros(4))
    assert ranking.capture(np.ones(4), seen, (0.25, 0.5)).tolist() == [0.25, 0.5]


def test_no_failures_give_no_share() -> None:
    """Without failures the share is not known."""
    assert np.isnan(measures.rank(np.ones(3)).capture(np.ones(3), np.zeros(3))).all()


def test_draws_are_repeatable_and_resample_units() -> None:
    """The same seed gives the same draws; each draw has as many units as there are."""
    first, second = measures.draws(50, 10), measures.draws(50, 10)
    np.testing.assert_array_equal(first, second)
    assert (first.sum(axis=1) == 50).all()


def test_plain_scores_by_hand() -> None:
    """Ties count half; a sure and right probability has no error; 3 for 2 is 1.5."""
    unit, none = np.arange(3), np.zeros((0, 3), dtype=np.uint8)
    seen = np.array([2.0, 0.0, 0.0])
    found = measures.plain_samples(np.array([2.0, 1.0, 2.0]), seen, unit, none)[0]
    assert found[0] == pytest.approx(0.75)
    assert found[2] == pytest.approx(2.5)
    sure = measures.plain_samples(np.array([99.0, 0.0, 0.0]), seen, unit, none)[0]
    assert sure[:2].tolist() == pytest.approx([1.0, 0.0])
    all_failed = measures.plain_samples(np.ones(3), np.ones(3), unit, none)[0]
    assert np.isnan(all_failed[0])
    twice = np.array([[1, 0, 2]], dtype=np.uint8)
    drawn = measures.plain_samples(np.array([2.0, 1.0, 2.0]), seen, unit, twice)[1]
    assert drawn[0] == pytest.approx(0.5)
    assert drawn[2] == pytest.approx(6 / 2)


def test_count_interval_widens_with_the_variance_between_years() -> None:
    """Poisson without it; wider with it; nothing expected, nothing seen."""
    low, high = measures.count_interval(100.0, 0.0)
    assert (low, high) == (84.0, 117.0)
    wider = measures.count_interval(100.0, 0.04)
    assert wider[0] < low
    assert wider[1] > high
    assert measures.count_interval(0.0, 0.1) == (0.0, 0.0)


def test_bands_follow_length() -> None:
    """The highest scores fill the first band up to its share of the length."""
    score = np.arange(100, dtype=np.float64)
    band = measures.bands(score, np.ones(100))
    assert np.bincount(band).tolist() == [5, 5, 10, 30, 50]
    assert band[-1] == 0
