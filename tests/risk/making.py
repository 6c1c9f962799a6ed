"""Small inventories for the tests of this room."""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.inventory import Inventory

FAILURES = ["failure_id", "asset_class", "asset_id", "date", "year", "kind"]


def pipes(count: int = 1, **columns: Any) -> pd.DataFrame:
    """Make `count` pipes of one kilometre; columns given override and add."""
    frame = pd.DataFrame(
        {"asset_id": [f"p{i:04d}" for i in range(count)], "length_m": 1000.0}
    )
    return frame.assign(**columns)


def inventory(
    assets: dict[str, pd.DataFrame],
    failures: list[tuple[str, str, int]] | None = None,
    corridors: pd.DataFrame | None = None,
) -> Inventory:
    """Make an inventory; `failures` are (class, asset, year)."""
    rows = [
        (f"f{i}", cls, asset, f"{year}-01-15", year, "leak")
        for i, (cls, asset, year) in enumerate(failures or [])
    ]
    empty = pd.DataFrame()
    return Inventory(
        assets=assets,
        failures=pd.DataFrame(rows, columns=FAILURES),
        predecessor_failures=pd.DataFrame(columns=FAILURES),
        unjoined_failures=pd.DataFrame(columns=FAILURES),
        corridors=empty if corridors is None else corridors,
        packages=empty,
        running_works=empty,
        package_history=empty,
    )
