"""What a later renewal has overwritten: assets as they may have looked before it.

A table says what an asset is today. Of one renewed after a year, nobody can tell from
it what stood there in that year. A blank would be no way out, since being blank would
itself tell that the asset is renewed later, which is what happens to those that fail:
every such asset takes the attributes of another one of its decade, drawn blindly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.selection import number_column

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

STAYS = frozenset(
    (
        *("asset_id", "name", "alias", "district", "street", "redline", "remark"),
        *("corridor_id", "corridor_source", "owner", "operator", "ownership"),
        *("install_year", "renewed_year", "status", "inspection_year"),
        *("assessment_result", "assessment_year", "assessment_deadline"),
        *("households", "buildings", "floor_area_m2", "length_m", "road_class"),
        *("start_lon", "start_lat", "end_lon", "end_lat", "lon", "lat"),
    )
)
"""Columns that a renewal leaves: identity, place, size, and what has its own date."""


def renewed_later(frame: pd.DataFrame, year: int) -> BoolArray:
    """Tell the assets whose renewal is after `year`."""
    if "renewed_year" not in frame:
        return np.zeros(len(frame), dtype=np.bool_)
    return np.asarray(number_column(frame, "renewed_year") > year, dtype=np.bool_)


def as_it_was(frame: pd.DataFrame, cls: AssetClass, year: int) -> pd.DataFrame:
    """Give assets renewed after `year` the attributes of others of their decade.

    Those are drawn from assets that no later renewal has changed, by the order of the
    table alone, so that nothing of what came later is told.
    """
    later = renewed_later(frame, year)
    if not later.any():
        return frame
    own = {*STAYS, *cls.hazard.overwritten, cls.measure, cls.hazard.exposure_column}
    columns = [n for n in cls.column_names() if n in frame and n not in own]
    if later.all():
        return frame.assign(**{n: frame[n].mask(later) for n in columns})
    taken = _others(frame, later, year)
    return frame.assign(
        **{name: frame[name].iloc[taken].set_axis(frame.index) for name in columns}
    )


def _others(frame: pd.DataFrame, later: BoolArray, year: int) -> IntArray:
    """Give each row its own position, or for a later renewal that of another asset.

    Of one that was there in `year`, if there is any: what is built later is not known.
    """
    built = number_column(frame, "install_year")
    decade = np.nan_to_num(built // 10, nan=-1.0)
    draw = np.random.default_rng(0)
    taken = np.arange(len(frame))
    known = ~later & ~(built > year)
    if not known.any():
        known = ~later
    everyone = np.flatnonzero(known)
    for value in np.unique(decade[later]):
        mine = np.flatnonzero(later & (decade == value))
        alike = np.flatnonzero(known & (decade == value))
        taken[mine] = draw.choice(alike if len(alike) else everyone, len(mine))
    return taken
