"""Where assets are, as well-known text for maps."""

from __future__ import annotations

import numpy as np
import pandas as pd


def shapes(members: pd.DataFrame) -> pd.DataFrame:
    """Give POINT or LINESTRING (longitude latitude, six decimals) where it is known."""
    point = _pair(members, "lon", "lat")
    start = _pair(members, "start_lon", "start_lat")
    end = _pair(members, "end_lon", "end_lat")
    line = "LINESTRING (" + start + ", " + end + ")"
    known = (start != "") & (end != "")
    wkt = line.where(known, ("POINT (" + point + ")").where(point != "", ""))
    table = members[["project_id", "asset_id"]].assign(wkt=wkt)
    return table[table["wkt"] != ""]


def _pair(members: pd.DataFrame, x: str, y: str) -> pd.Series:
    if x not in members or y not in members:
        return pd.Series("", index=members.index, dtype="str")
    values = [members[c].to_numpy(np.float64, na_value=np.nan) for c in (x, y)]
    known = np.isfinite(values[0]) & np.isfinite(values[1])
    words = [
        f"{a:.6f} {b:.6f}" if ok else ""
        for a, b, ok in zip(*values, known, strict=True)
    ]
    return pd.Series(words, index=members.index, dtype="str")
