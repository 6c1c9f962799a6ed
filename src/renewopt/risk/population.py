"""Population by year, as a share of that of the as-of year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from renewopt.core.errors import InputError, Message, message

LEAST, MOST = 0.2, 5.0
"""Population ÷ that of the as-of year; beyond it heads stand where an index was meant,
or the other way round (editable assumption)."""


def population_path(
    index: Mapping[int, float] | None,
    as_of_year: int,
    years: list[int],
    heads: float = 0,
) -> list[float]:
    """Give the population of each year ÷ that of the as-of year.

    Between the years stated it runs in straight lines; after the last one it stays.

    Parameters
    ----------
    index
        Year → population, as heads or as an index. Where the as-of year is not among
        them it is `heads` for heads and 1 for an index.
    heads
        Heads of the as-of year; 0: not known.

    Raises
    ------
    InputError
        With every value that is not above 0 or lies before the as-of year, and with
        values that are no plausible share of the as-of year's.
    """
    if not index:
        return [1.0] * len(years)
    problems = [
        message("risk.population", year=year, value=value)
        for year, value in sorted(index.items())
        if not 0 < value < np.inf
    ]
    problems += [
        message("risk.population_before", year=year, as_of=as_of_year)
        for year in sorted(index)
        if year < as_of_year
    ]
    if problems:
        raise InputError(*problems)
    stated = _with_base(index, as_of_year, heads)
    known = sorted(stated)
    values = np.interp(years, known, [stated[year] for year in known])
    return [float(value / stated[as_of_year]) for value in values]


def _with_base(
    index: Mapping[int, float], as_of_year: int, heads: float
) -> dict[int, float]:
    """Add the as-of year, and refuse what is no plausible share of it."""
    are_heads = heads > 0 and min(index.values()) > MOST
    base = index.get(as_of_year, heads if are_heads else 1.0)
    problems = [
        message(
            "risk.population_scale",
            year=year,
            value=value,
            as_of=as_of_year,
            base=base,
            least=LEAST,
            most=MOST,
        )
        for year, value in sorted(index.items())
        if not LEAST <= value / base <= MOST
    ]
    if problems:
        raise InputError(*problems)
    return {as_of_year: base, **index}


def after_horizon(index: Mapping[int, float] | None, last: int) -> Iterator[Message]:
    """Tell of populations stated for years that are not scored."""
    late = sorted(year for year in index or () if year > last)
    if late:
        yield message("risk.population_after", years=late, last=last)
