"""Gains: points and operating loss of every chosen work, added up again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from renewopt.audit.books import Books, exact
from renewopt.audit.report import Flaw, flaw

GAINS = "audit.gains"
POINTS = "points_"
"""Columns of whole points; all others are money in 0.01 万元."""


def gains(books: Books) -> Iterator[Flaw]:
    """Σ quantity × rate × factor, half up to the unit, is what the work states.

    A column is checked where the case has lines for it; one that somebody wrote
    without lines has nothing to be checked against.
    """
    lines = books.facts.gains
    measures = {row["measure"] for rows in lines.values() for row in rows}
    for work_id, work in books.works.items():
        for measure in sorted(measures):
            one = 1 if measure.startswith(POINTS) else 100
            total = sum(
                (
                    exact(row["quantity"]) * exact(row["rate"]) * exact(row["factor"])
                    for row in lines.get(work_id, [])
                    if row["measure"] == measure
                ),
                Fraction(0),
            )
            right = floor(total * one + Fraction(1, 2))
            stated = work.get(measure, 0)
            if stated != right:
                yield flaw(
                    "audit.gain",
                    GAINS,
                    f"{work_id} {measure}",
                    right / one,
                    stated / one,
                    "points" if one == 1 else "万元",
                    work=work_id,
                    measure=measure,
                )
