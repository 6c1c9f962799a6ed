"""Largest numbers that are taken anywhere; beyond them is a typing error."""

from __future__ import annotations

MOST_SECONDS = 7 * 86_400
"""A week: no run is meant to take longer, and clocks overflow at some point."""
MOST_SEED = 2**31 - 1
"""The largest seed that every engine takes."""
MOST_WAN = 10**9
"""Ten thousand billion yuan: more than any county has; sums stay exact far beyond."""
