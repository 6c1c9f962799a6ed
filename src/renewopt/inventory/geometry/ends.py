"""Ends of lines, and points: from two columns of coordinates, or from one of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renewopt.inventory.geometry.columns import Columns, Place
from renewopt.inventory.geometry.numbers import Floats, Work
from renewopt.inventory.issues import CellIssue


@dataclass(frozen=True, eq=False)
class Ends:
    """One end of each asset.

    Attributes
    ----------
    coords
        First and second coordinate; NaN where there is none.
    headers
        Headers of both; the same one twice for a column of pairs.
    order
        `east` where the header says that this comes first; "" where it does not.
    """

    coords: Floats
    headers: tuple[str, str]
    order: str


def take_ends(work: Work, columns: Columns, roles: Sequence[str]) -> list[Ends] | None:
    """Take the ends with these roles (`start` and `end`, or ""); None if one lacks.

    Where one end of a line in columns of pairs is no place, the other is asked about:
    a line is taken whole or not at all.
    """
    found = [_ends(work, columns, role) for role in roles]
    ends = [end for end in found if end is not None]
    if len(ends) < len(roles):
        return None
    if any(end.headers[0] == end.headers[1] for end in ends):
        _question_halves(work, ends)
    return ends


def _ends(work: Work, columns: Columns, role: str) -> Ends | None:
    two = columns.pair(role)
    if two is not None:
        coords = np.column_stack([work.numbers(place) for place in two])
        headers = columns.headers[two[0]], columns.headers[two[1]]
        return Ends(coords, headers, "east" if two[0].meaning == "east" else "")
    one = Place(role, "pair")
    pairs = work.pairs(one) if one in columns.positions else None
    if pairs is None:
        return None
    return Ends(pairs, (columns.headers[one], columns.headers[one]), "")


def _question_halves(work: Work, ends: Sequence[Ends]) -> None:
    lacking = np.array([np.isnan(end.coords).any(axis=1) for end in ends])
    half = lacking.any(axis=0) & ~lacking.all(axis=0)
    for i in np.flatnonzero(half):
        for end, lacks in zip(ends, lacking[:, i], strict=True):
            if not lacks:
                first, second = (f"{value:.10g}" for value in end.coords[i])
                work.issues.append(
                    CellIssue(
                        work.raw.file, work.raw.sheet, int(work.rows[i]),
                        end.headers[0], f"{first}, {second}",
                        "inventory.half_a_line", "questioned",
                    )
                )  # fmt: skip
