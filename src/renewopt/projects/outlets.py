"""What drains waits for the next project downstream, through all that stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

OUTLET = "outlet"
"""Sort of link from what drains to what it drains into: one waits for the other."""
Asset = tuple[str, str]
"""Class and identifier."""


def through(ties: pd.DataFrame, placed: set[Asset]) -> pd.DataFrame:
    """Lead ties of what drains past the assets without a work to the next that has.

    A sound pipe between two broken ones passes on what the upper one brings: the lower
    one is still its outlet. So does one that may not be renewed (an exclusion, a class
    without a mode for it). Adds `via`, the assets passed; of several the first.

    Parameters
    ----------
    ties
        Ties of assets as `links.asset_links` gives them: outlets go round in no circle.
    placed
        Assets of projects that have a work.
    """
    marks = (ties["link"] == OUTLET).to_numpy(bool)
    plain, own = ties[~marks].assign(via=""), ties[marks]
    if len(own) == 0:
        return plain
    starts = list(zip(own["asset_class"], own["asset_id"].astype(str), strict=True))
    ends = list(zip(own["other_class"], own["other_id"].astype(str), strict=True))
    after: dict[Asset, list[Asset]] = {}
    for start, end in zip(starts, ends, strict=True):
        after.setdefault(start, []).append(end)
    known: dict[Asset, frozenset[Asset]] = {}
    rows = []
    for column, start, end in zip(own["column"], starts, ends, strict=True):
        if start not in placed:
            continue
        past = end not in placed
        found = _ends(end, after, placed, known) if past else frozenset([end])
        for last in sorted(found):
            more = any(n not in placed for n in after.get(end, ())) if past else False
            via = "" if not past else f"{end[1]} → " + ("… → " if more else "")
            rows.append((OUTLET, column, *start, *last, via))
    columns = [
        "link", "column", "asset_class", "asset_id", "other_class", "other_id", "via"
    ]  # fmt: skip
    led = pd.DataFrame(rows, columns=columns, dtype="str")
    filled = [part for part in (plain, led) if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else led


def _ends(
    start: Asset,
    after: Mapping[Asset, Sequence[Asset]],
    placed: set[Asset],
    known: dict[Asset, frozenset[Asset]],
) -> frozenset[Asset]:
    """Give the first placed assets below one that is not."""
    walk = [start]
    while walk:
        here = walk[-1]
        below = [asset for asset in after.get(here, ()) if asset not in placed]
        ahead = [asset for asset in below if asset not in known]
        if ahead and here not in known:
            walk += ahead
            continue
        if here not in known:
            met = {asset for asset in after.get(here, ()) if asset in placed}
            known[here] = frozenset(met).union(*(known[asset] for asset in below))
        walk.pop()
    return known[start]
