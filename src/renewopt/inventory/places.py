"""Places: longitudes and latitudes that are swapped, zero or far from all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.headers import Match

PAIRS = (("lon", "lat"), ("start_lon", "start_lat"), ("end_lon", "end_lat"))
FAR = 1.0
"""Degrees from the median beyond which a place is not in the same county."""
LEAST = 5

Mask = npt.NDArray[np.bool_]


def question_places(
    body: Body,
    frame: pd.DataFrame,
    matches: Sequence[Match],
    read: Mapping[str, Parsed],
) -> None:
    """Take back coordinates that cannot be where they seem to; ask about each."""
    by_name = {match.spec.name: match for match in matches}
    for lon, lat in PAIRS:
        if lon not in by_name or lat not in by_name:
            continue
        east, north = (read[name].seen() for name in (lon, lat))
        both = [by_name[lon], by_name[lat]]
        swapped, far = _swapped(east, north), _far(east) | _far(north)
        zero = [east == 0, north == 0]
        _take_back(body, frame, both, "inventory.place_swapped", swapped)
        for match, mask in zip(both, zero, strict=True):
            _take_back(body, frame, [match], "inventory.place_zero", mask & ~swapped)
        far |= _plane(east, north)
        far &= ~swapped & ~zero[0] & ~zero[1]
        _take_back(body, frame, both, "inventory.place_far", far)


def _swapped(east: npt.NDArray[np.float64], north: npt.NDArray[np.float64]) -> Mask:
    """Mark pairs whose latitude is none but would do as a longitude."""
    tall = np.abs(north) > 90
    if not tall.any():
        return tall
    return tall & (np.abs(north) <= 180) & (np.abs(east) <= 90)


def _far(values: npt.NDArray[np.float64]) -> Mask:
    known = values[~np.isnan(values)]
    none = np.zeros(len(values), dtype=bool)
    if len(known) < LEAST:
        return none
    middle = np.median(known)
    if max(known.max() - middle, middle - known.min()) <= FAR:
        return none
    return np.abs(values - middle) > FAR


def _plane(east: npt.NDArray[np.float64], north: npt.NDArray[np.float64]) -> Mask:
    """Mark every pair of a table whose places are mostly metres: none is in degrees."""
    wide = (np.abs(east) > 180) | (np.abs(north) > 180)
    if not wide.any():
        return wide
    known = ~np.isnan(east) & ~np.isnan(north)
    metres = known & wide
    return known & (2 * int(metres.sum()) > int(known.sum()))


def _take_back(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match], code: str, mask: Mask
) -> None:
    for match in matches if mask.any() else ():
        texts = body.cells[match.position]
        body.add_rows(
            mask, code, "questioned", match.header.text, texts, match.position
        )
        frame.loc[mask, match.spec.name] = np.nan
        body.ledger.drop(match.spec.name, mask)
