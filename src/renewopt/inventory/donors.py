"""Donors: what like assets say about a cell that is missing.

A cell takes the median (numbers, years) or the commonest word of its donors: assets of
the same class that share a street, a compound, a material; else of the whole class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.columns import NUMERIC_KINDS, ColumnSpec
from renewopt.catalogue.imports import Imputation
from renewopt.inventory.join.plane import BoolArray

IMPUTED = "imputed"
WHOLE_CLASS = "class"
_OUT_OF_USE = ("abandoned", "empty")
_FOUND = ("value", "low", "high", "donors", "method")


@dataclass(frozen=True, eq=False)
class Donors:
    """The assets of one class, and what they may give."""

    frame: pd.DataFrame
    compound: pd.Series | None
    qualities: pd.DataFrame
    asset_class: str

    def fill(self, spec: ColumnSpec, figures: Imputation) -> pd.DataFrame:
        """Find values for the missing cells of one column.

        Returns
        -------
        DataFrame
            `row`, `asset_id`, `value`, `low`, `high`, `donors`, `method`.
        """
        missing = self.frame[spec.name].isna().to_numpy()
        if not missing.any():
            return pd.DataFrame()
        keys = self._keys()
        give = self._may_give(spec.name)
        parts: list[pd.DataFrame] = []
        groups = [tuple(c for c in g if c != spec.name) for g in figures.groups]
        for group in dict.fromkeys([*(g for g in groups if g), ()]):
            if any(name not in keys for name in group):
                continue
            found = _from_group(keys, group, self.frame[spec.name], give, missing,
                                spec, figures)  # fmt: skip
            missing = missing & ~np.isin(np.arange(len(missing)), found["row"])
            parts.append(found)
        whole = pd.concat([part for part in parts if len(part)] or parts[:1])
        whole = whole.sort_values("row", ignore_index=True)
        ids = self.frame["asset_id"].to_numpy(dtype=object)
        return whole.assign(asset_id=ids[whole["row"]])

    def _keys(self) -> pd.DataFrame:
        """Give what groups are made of; "" counts as missing."""
        keys = self.frame.astype(object)
        keys = keys.where(keys.notna() & (keys != ""), None)
        if self.compound is not None:
            keys = keys.assign(compound=self.compound.to_numpy(dtype=object))
        return keys

    def _may_give(self, column: str) -> BoolArray:
        give = self.frame[column].notna().to_numpy()
        if "status" in self.frame:
            give = give & ~self.frame["status"].isin(_OUT_OF_USE).to_numpy()
        listed = self.qualities
        made = listed[
            (listed["asset_class"] == self.asset_class)
            & (listed["column"] == column)
            & (listed["quality"] == IMPUTED)
        ]
        own = ~self.frame["asset_id"].isin(made["asset_id"]).to_numpy()
        return np.asarray(give & own, dtype=np.bool_)


def _from_group(
    keys: pd.DataFrame,
    group: tuple[str, ...],
    cells: pd.Series,
    give: BoolArray,
    missing: BoolArray,
    spec: ColumnSpec,
    figures: Imputation,
) -> pd.DataFrame:
    """Fill what is missing from the donors that share the columns of a group."""
    names = list(group)
    whole = (
        keys[names].notna().all(axis=1).to_numpy()
        if names
        else np.ones(len(keys), bool)
    )
    number = (
        keys[names].groupby(names, dropna=False, sort=False).ngroup().to_numpy()
        if names
        else np.zeros(len(keys), dtype=np.int64)
    )
    donors = pd.DataFrame({"group": number, "cell": cells.to_numpy(dtype=object)})
    donors = donors[give & whole]
    if spec.kind in NUMERIC_KINDS:
        table = _numbers(donors, figures)
    else:
        table = _words(donors, figures if names else None)
    table = table[table["donors"] >= figures.least_donors]
    rows = np.flatnonzero(missing & whole)
    found = table.reindex(number[rows]).assign(row=rows)
    found = found[found["donors"].notna()].reset_index(drop=True)
    if spec.kind in ("year", "integer"):
        found["value"] = found["value"].astype("int64")
    found["donors"] = found["donors"].astype("int64")
    return found.assign(method="+".join(names) or WHOLE_CLASS)[["row", *_FOUND]]


def _numbers(donors: pd.DataFrame, figures: Imputation) -> pd.DataFrame:
    """Give middle, low and high of each group: values that really occur.

    A further asset lies above the k-th least of n donors with chance 1 - k / (n + 1):
    low and high are the donors of these ranks, the least and greatest of a few.
    """
    cells = donors.assign(cell=donors["cell"].astype("float64"))
    cells = cells.sort_values(["group", "cell"], ignore_index=True)
    sizes = cells.groupby("group").size()
    count = sizes.to_numpy()
    first = np.cumsum(count) - count

    def ranked(rank: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        at = first + np.clip(rank, 1, count).astype(np.int64) - 1
        return np.asarray(cells["cell"].to_numpy()[at], dtype=np.float64)

    parts = {
        "value": ranked(np.floor((count + 1) / 2)),
        "low": ranked(np.floor(figures.low * (count + 1))),
        "high": ranked(np.ceil(figures.high * (count + 1))),
        "donors": count,
    }
    return pd.DataFrame(parts, index=sizes.index)


def _words(donors: pd.DataFrame, figures: Imputation | None) -> pd.DataFrame:
    """Give the commonest word of each group, where enough donors agree."""
    counts = donors.groupby(["group", "cell"]).size().reset_index(name="rows")
    order = ["group", "rows", "cell"]
    counts = counts.sort_values(order, ascending=[True, False, True])
    best = counts.drop_duplicates("group").set_index("group")
    total = counts.groupby("group")["rows"].sum()
    if figures is not None:
        best = best[best["rows"] >= figures.least_agreement * total.reindex(best.index)]
    return pd.DataFrame(
        {"value": best["cell"], "low": np.nan, "high": np.nan, "donors": total}
    ).dropna(subset=["value"])
