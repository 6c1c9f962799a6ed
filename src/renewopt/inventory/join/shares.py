"""How many records of each class were joined, and how; what became of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from renewopt.inventory.join.links import AMBIGUOUS, ASSET, BY_ID, BY_NAME, PREDECESSOR
from renewopt.inventory.tables import ParsedTable

CANCELLED, DUPLICATE = "cancelled", "duplicate"
SHARE_COLUMNS = (
    "asset_class", "records", "by_id", "by_name", "by_distance", "predecessor",
    "ambiguous", "unjoined", "duplicate", "cancelled", "left_out",
)  # fmt: skip
"""The records of a class are the sum of all columns after `records`."""


def empty_shares() -> pd.DataFrame:
    """Give the table of shares without records."""
    return pd.DataFrame(
        {n: pd.Series(dtype="int64" if n in SHARE_COLUMNS[1:] else object)
         for n in SHARE_COLUMNS}
    )  # fmt: skip


def share_table(
    records: pd.DataFrame, fate: pd.Series, tables: Sequence[ParsedTable]
) -> pd.DataFrame:
    """Count the records by class ("" where it is not known) and by what they became.

    Parameters
    ----------
    fate
        Place of each record, or that it was cancelled or told twice.
    tables
        Where the records are from; rows that a profile leaves out are counted too.
    """
    name = records["asset_class"].astype(object)
    name = name.where(name.notna(), "")
    column = fate.where(fate.isin([PREDECESSOR, AMBIGUOUS, CANCELLED, DUPLICATE]))
    here = fate == ASSET
    by_id = records["joined_by"] == BY_ID
    by_name = records["joined_by"] == BY_NAME
    column = column.mask(here & by_id, "by_id").mask(here & by_name, "by_name")
    column = column.mask(here & ~by_id & ~by_name, "by_distance")
    column = column.fillna("unjoined")
    counts = Counter(zip(name, column, strict=True))
    for number, table in enumerate(tables):
        own = name[(records["table"] == number).to_numpy()]
        owner = own.iloc[0] if len(own) else ""
        for reason, gone in table.count.left_out.items():
            kind = CANCELLED if reason == CANCELLED else "left_out"
            counts[owner, kind] += gone
    rows = []
    for asset_class in sorted({owner for owner, _ in counts}):
        row = {c: counts[asset_class, c] for c in SHARE_COLUMNS[2:]}
        rows.append({"asset_class": asset_class, "records": sum(row.values()), **row})
    return pd.DataFrame(rows, columns=list(SHARE_COLUMNS))
