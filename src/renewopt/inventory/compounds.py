"""Which compound an asset belongs to: the one its text names, else the nearest."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.join.pieces import near, pieces_of
from renewopt.inventory.join.plane import plane_of
from renewopt.inventory.words import key

COMPOUNDS = "residential_compound"
_TEXTS = ("name", "street", "remark")


def compounds_of(
    assets: Mapping[str, pd.DataFrame], catalogue: Catalogue
) -> dict[str, pd.Series]:
    """Give the compound of each asset of the other classes; None where it has none.

    A compound counts by name where only one has that name; by distance only for assets
    that lie in courtyards and not in streets.
    """
    compounds = assets.get(COMPOUNDS)
    if compounds is None or not len(compounds):
        return {}
    plane = plane_of(assets.values())
    out = {}
    for name, frame in assets.items():
        if name == COMPOUNDS:
            continue
        found = _by_text(frame, compounds)
        if plane is not None:
            placed = pieces_of(compounds, plane)
            own = pieces_of(frame, plane)
            off = np.zeros(len(frame), dtype=np.bool_)
            for selection in catalogue.imports.corridors.off_street:
                off |= selection.select(frame, selection.columns())
            own = own.take(off[own.owner] & found.isna().to_numpy()[own.owner])
            x, y = (own.x1 + own.x2) / 2.0, (own.y1 + own.y2) / 2.0
            within = catalogue.imports.impute.compound_within_m
            first = near(placed, x, y, within).drop_duplicates("place")
            ids = compounds["asset_id"].to_numpy(dtype=object)
            found.iloc[own.owner[first["place"]]] = ids[first["owner"]]
        out[name] = found
    return out


def _by_text(frame: pd.DataFrame, compounds: pd.DataFrame) -> pd.Series:
    found = pd.Series(None, index=frame.index, dtype=object)
    if "name" not in compounds:
        return found
    named = compounds.dropna(subset=["name"])
    names = named["name"].map(lambda text: key(str(text)))
    once = ~names.duplicated(keep=False) & (names.str.len() >= 2)
    ids = dict(zip(names[once], named.loc[once, "asset_id"], strict=True))
    if not ids:
        return found
    longest_first = sorted(ids, key=lambda text: (-len(text), text))
    pattern = re.compile("|".join(re.escape(text) for text in longest_first))
    for column in _TEXTS:
        if column not in frame:
            continue
        hits = {
            text: ids[hit[0]]
            for text in frame[column].dropna().unique()
            if (hit := pattern.search(key(str(text))))
        }
        if hits:
            named_here = frame[column].map(hits).astype(object)
            found = found.where(found.notna(), named_here)
    return found.where(found.notna(), None)
