"""Street segments that no table has: made from the street graph, always the same."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd

from renewopt.inventory.join.pieces import directions
from renewopt.inventory.join.plane import Plane
from renewopt.inventory.streets.graph import Segments

COLUMNS = (
    "corridor_id", "name", "street", "district", "length_m", "start_lon", "start_lat",
    "end_lon", "end_lat",
)  # fmt: skip


def known_ids(segments: Segments, given: pd.Series) -> pd.Series:
    """Give each part the identifier that its asset, neighbours or segment have.

    The asset's own; else that of the parts it runs beside longest; else the only one
    in its segment. Empty where the segment has none; None where it has several.

    Parameters
    ----------
    given
        Identifier of each asset ("" where it has none), by its number.
    """
    parts = segments.parts
    own = pd.Series(given.to_numpy(dtype=object)[parts.owner], dtype=object)
    a, b, metres = segments.beside
    pairs = pd.DataFrame(
        {
            "part": np.concatenate([a, b]),
            "id": np.concatenate([own.to_numpy()[b], own.to_numpy()[a]]),
            "metres": np.concatenate([metres, metres]),
        }
    )
    pairs = pairs[pairs["id"] != ""]
    sums = pairs.groupby(["part", "id"])["metres"].sum().reset_index()
    sums["metres"] = sums["metres"].round(6)
    sums = sums.sort_values(["part", "metres", "id"], ascending=[True, False, True])
    beside = sums.drop_duplicates("part").set_index("part")["id"]
    ids = pd.DataFrame({"label": segments.label, "id": own})
    by_label = ids[ids["id"] != ""].drop_duplicates().groupby("label")["id"]
    only, many = by_label.first(), by_label.size() > 1
    of_segment = pd.Series(segments.label).map(only.mask(many, None))
    several = pd.Series(segments.label).map(many).eq(True)
    found = own.where(own != "", pd.Series(own.index).map(beside))
    found = found.where(found.notna(), of_segment)
    return found.where(found.notna() | several, "").astype(object)


def new_ids(segments: Segments, names: pd.Series, fresh: pd.Series) -> pd.Series:
    """Make an identifier per segment from the first of its parts by class and asset.

    Parameters
    ----------
    names
        `class/asset` of each asset, by its number.
    fresh
        Which parts need a new identifier.
    """
    parts = segments.parts
    turn = pd.Series(parts.owner).groupby(parts.owner).cumcount().astype(str)
    part_name = pd.Series(names.to_numpy(dtype=object)[parts.owner]) + "/" + turn
    least = part_name[fresh].groupby(segments.label[fresh]).min()
    made = {label: f"G-{sha256(text.encode()).hexdigest()[:12]}"
            for label, text in least.items()}  # fmt: skip
    return pd.Series(segments.label).map(made)


def corridor_rows(
    segments: Segments, ids: pd.Series, about: pd.DataFrame, plane: Plane
) -> pd.DataFrame:
    """Describe new segments: ends along their longest part, commonest street.

    Parameters
    ----------
    ids
        New identifier of each part; missing where it has none.
    about
        `street` and `district` of each asset, by its number.
    """
    parts = segments.parts
    which = np.flatnonzero(ids.notna().to_numpy())
    frame = pd.DataFrame({"corridor_id": ids.iloc[which].to_numpy(), "part": which})
    if frame.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    frame["length"] = parts.length[which].round(6)
    frame["owner"] = parts.owner[which]
    longest = frame.sort_values(["length", "part"], ascending=[False, True])
    longest = longest.drop_duplicates("corridor_id")
    axis = longest.set_index("corridor_id")["part"]
    on = frame["corridor_id"].map(axis).to_numpy()
    ux, uy = directions(parts)
    ends = [
        (x[which] - parts.x1[on]) * ux[on] + (y[which] - parts.y1[on]) * uy[on]
        for x, y in ((parts.x1, parts.y1), (parts.x2, parts.y2))
    ]
    frame = frame.assign(low=np.minimum(*ends), high=np.maximum(*ends))
    span = frame.groupby("corridor_id").agg({"low": "min", "high": "max"})
    base = axis.reindex(span.index).to_numpy()
    out = pd.DataFrame({"corridor_id": span.index.to_numpy(dtype=object)})
    for head, at in (("start", span["low"]), ("end", span["high"])):
        x = parts.x1[base] + at.to_numpy() * ux[base]
        y = parts.y1[base] + at.to_numpy() * uy[base]
        lon, lat = plane.degrees(x, y)
        out[f"{head}_lon"], out[f"{head}_lat"] = lon.round(6), lat.round(6)
    out["length_m"] = (span["high"] - span["low"]).round(1).to_numpy()
    for name in ("street", "district"):
        texts = about[name].to_numpy(dtype=object)[frame["owner"]]
        out[name] = out["corridor_id"].map(_commonest(frame["corridor_id"], texts))
    return out.assign(name=out["street"])[list(COLUMNS)]


def _commonest(groups: pd.Series, texts: np.ndarray) -> pd.Series:
    """Give the commonest text of each group; the first in order where two are."""
    counts = pd.DataFrame({"group": groups, "text": texts}).dropna()
    counts = counts.groupby(["group", "text"]).size().reset_index(name="rows")
    order = ["group", "rows", "text"]
    counts = counts.sort_values(order, ascending=[True, False, True])
    return counts.drop_duplicates("group").set_index("group")["text"]
