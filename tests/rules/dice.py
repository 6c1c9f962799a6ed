"""Dice: seeded draws that read like sentences, for tests that make random cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """Whole numbers, choices and chances from one seed (or several joined)."""

    def __init__(self, *seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def whole(self, least: int, most: int) -> int:
        """Draw a whole number from least to most, both included."""
        return int(self._rng.integers(least, most + 1))

    def chance(self, share: float) -> bool:
        """Say yes with the probability given."""
        return bool(self._rng.random() < share)

    def pick(self, options: Sequence[T]) -> T:
        """Take one of the options."""
        return options[self.whole(0, len(options) - 1)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Give all options in some order."""
        return [options[i] for i in self._rng.permutation(len(options))]

    def some(self, options: Sequence[T], least: int = 1) -> list[T]:
        """Take at least `least` of the options, in some order."""
        return self.shuffled(options)[
            : self.whole(min(least, len(options)), len(options))
        ]
