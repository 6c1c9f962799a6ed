"""Imputation: missing cells filled from like assets, each one listed; off by default.

What was filled is never a reason for a duty: see `projects.facts`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec
from renewopt.core.errors import InputError, message
from renewopt.inventory.compounds import compounds_of
from renewopt.inventory.donors import IMPUTED, Donors
from renewopt.inventory.inventory import Inventory
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.qualities import COLUMNS


def impute(
    inventory: Inventory, catalogue: Catalogue, columns: Sequence[str] | None = None
) -> Inventory:
    """Fill missing cells of some columns; list each in `qualities` and `issues`.

    Only cells that the bureau stated are donors; assets out of use and cells that were
    imputed before are not.

    Parameters
    ----------
    columns
        Columns to fill; absent: all that the catalogue allows.

    Raises
    ------
    InputError
        With every column that the catalogue does not allow.
    """
    figures = catalogue.imports.impute
    wanted = list(figures.columns if columns is None else columns)
    unknown = [name for name in wanted if name not in figures.columns]
    if unknown:
        known = ", ".join(figures.columns)
        raise InputError(
            *(
                message("inventory.impute_column", value=name, known=known)
                for name in unknown
            )
        )
    compounds = compounds_of(inventory.assets, catalogue)
    assets: dict[str, pd.DataFrame] = {}
    listed: list[pd.DataFrame] = []
    for name, frame in inventory.assets.items():
        model = catalogue.asset_classes[name]
        source = Donors(frame, compounds.get(name), inventory.qualities, name)
        assets[name] = frame
        for spec in (model.column(column) for column in wanted):
            if spec is None or spec.name not in frame:
                continue
            found = source.fill(spec, figures)
            if len(found):
                assets[name] = _written(assets[name], spec, found)
                listed.append(found.assign(asset_class=name, column=spec.name))
    return _with_list(inventory, assets, listed)


def _written(
    frame: pd.DataFrame, spec: ColumnSpec, found: pd.DataFrame
) -> pd.DataFrame:
    cells = frame[spec.name].astype(object)
    cells.iloc[found["row"].to_numpy(dtype=np.int64)] = found["value"].to_numpy()
    return frame.assign(**{spec.name: cells.astype(frame[spec.name].dtype)})


def _with_list(
    inventory: Inventory, assets: Mapping[str, pd.DataFrame], listed: list[pd.DataFrame]
) -> Inventory:
    if not listed:
        return inventory
    table = pd.concat(listed, ignore_index=True).assign(quality=IMPUTED, raw="")
    issues = [_issue(row) for row in table.to_dict("records")]
    rows = table.astype({"low": "float64", "high": "float64"})[list(COLUMNS)]
    before = [inventory.qualities] if len(inventory.qualities) else []
    by = ["asset_class", "asset_id", "column"]
    whole = pd.concat([*before, rows]).sort_values(by, kind="stable", ignore_index=True)
    return replace(
        inventory,
        assets=dict(assets),
        qualities=whole,
        issues=(*inventory.issues, *issues),
    )


def _issue(row: Mapping[Hashable, Any]) -> CellIssue:
    value = _shown(row["value"])
    params = {
        "table": row["asset_class"],
        "asset": row["asset_id"],
        "method": row["method"],
        "donors": row["donors"],
        "low": _shown(row["low"]),
        "high": _shown(row["high"]),
        "taken": value,
    }
    place = ("", "", 0, str(row["column"]), "")
    return CellIssue(*place, "inventory.imputed", "note", params, parsed=value)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)
