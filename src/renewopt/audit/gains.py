"""Gains: points and operating loss of every chosen work, added up again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from renewopt.audit.books import BP, Books, Row, exact
from renewopt.audit.report import Flaw, flaw

GAINS = "audit.gains"
NOTHING, SIXTH = Fraction(0), Fraction(1, 10**6)
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
        for row in lines.get(work_id, []):
            yield from _years(books, work_id, work, row)


def _years(books: Books, work_id: str, work: Row, row: Row) -> Iterator[Flaw]:
    """Yield factors that are not what their years are worth, and years too early.

    Σ 1 / (1 + r) ^ (year − first plan year); it stands in the case with six decimals.
    """
    since, until = row["from_year"], row["to_year"]
    if since is None or until is None:
        return
    first = books.facts.first_year
    growth = Fraction(BP + books.facts.discount_rate_bp, BP)
    worth = sum((growth ** (first - year) for year in range(since, until + 1)), NOTHING)
    stated = exact(row["factor"])
    place = f"{work_id} {row['measure']}"
    facts = {"work": work_id, "measure": row["measure"]}
    if abs(worth - stated) > SIXTH:
        yield flaw(
            "audit.gain_factor",
            GAINS,
            place,
            float(round(worth, 6)),
            float(stated),
            "",
            **facts,
        )
    begins = max(work["start_year"] + work["duration"], first)
    if since < begins:
        yield flaw("audit.gain_early", GAINS, place, begins, since, "", **facts)
