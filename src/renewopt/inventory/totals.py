"""Totals: what the rows of totals print, against what the rows above them add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.body import Body
from renewopt.inventory.cells import AsOf, Context, Parsed
from renewopt.inventory.cells.column import parser
from renewopt.inventory.cells.outcome import plain_text
from renewopt.inventory.headers import Match
from renewopt.inventory.units import dimension

SUMMED = frozenset({"households", "area", "money", "people"})
TOLERANCE = 0.005
"""Difference, as a share of the sum, that rounding may explain."""


def is_summed(spec: ColumnSpec) -> bool:
    """Tell whether a total of the column makes sense."""
    named = spec.name in {"length_m", "buildings"}
    return spec.kind in {"number", "integer"} and (
        named or dimension(spec.unit) in SUMMED
    )


def check_totals(
    body: Body, matches: Sequence[Match], read: Mapping[str, Parsed], as_of: AsOf
) -> None:
    """Question printed totals that no sum of the rows above explains."""
    if not len(body.totals):
        return
    for match in matches:
        if not is_summed(match.spec):
            continue
        values = np.nan_to_num(read[match.spec.name].seen())
        sums = np.concatenate(([0.0], np.cumsum(values)))
        context = Context(match.header.unit, as_of=as_of)
        starts = [0]
        for number, end in enumerate(body.totals_at):
            text = str(body.totals.iloc[number][match.position])
            printed = parser(match.spec)(text, match.spec, context).seen
            found = sums[end] - sums[starts]
            if not np.isnan(printed) and not _explained(printed, found):
                body.add(
                    "inventory.total_differs", "questioned",
                    int(body.totals_rows[number]), match.header.text, text, "",
                    match.position, sum=plain_text(round(_nearest(printed, found), 3)),
                )  # fmt: skip
            starts.append(int(end))


def _explained(printed: float, sums: npt.NDArray[np.float64]) -> bool:
    slack = np.maximum(TOLERANCE * np.abs(sums), 0.6)
    return bool((np.abs(printed - sums) <= slack).any())


def _nearest(printed: float, sums: npt.NDArray[np.float64]) -> float:
    return float(sums[np.argmin(np.abs(printed - sums))])
