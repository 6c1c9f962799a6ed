"""Population by year, as a share of that of the as-of year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from renewopt.core.errors import InputError, message


def population_path(
    index: Mapping[int, float] | None, as_of_year: int, years: list[int]
) -> list[float]:
    """Give the population of each year ÷ that of the as-of year.

    Between the years stated it runs in straight lines; after the last one it stays.

    Parameters
    ----------
    index
        Year → population (heads, or any index); the as-of year is 1 where it is not
        among them.

    Raises
    ------
    InputError
        With every value that is not above 0.
    """
    if not index:
        return [1.0] * len(years)
    bad = [year for year, value in index.items() if not 0 < value < np.inf]
    if bad:
        raise InputError(
            *(message("risk.population", year=y, value=index[y]) for y in sorted(bad))
        )
    stated = dict(index)
    if as_of_year not in stated and all(year > as_of_year for year in stated):
        stated[as_of_year] = 1.0
    known = sorted(stated)
    values = np.interp(
        [as_of_year, *years], known, [stated[year] for year in known]
    ).tolist()
    return [float(value / values[0]) for value in values[1:]]
