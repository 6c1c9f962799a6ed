"""A case from 100,000 assets: seconds and greatest memory of making it."""

from __future__ import annotations

import resource
import time
from dataclasses import replace

import pandas as pd

from renewopt.catalogue.load import load
from renewopt.core.data import data_dir
from renewopt.inventory import Inventory, read_inventory
from renewopt.projects import CaseSettings, make_case
from renewopt.risk import RiskTable, score

ASSETS = 100_000
M_PER_COPY = 0.5
"""Degrees of longitude between two copies of the county."""


def copies(inventory: Inventory, count: int) -> Inventory:
    """Put copies of a county side by side, each a district of its own."""
    assets = {
        name: pd.concat([_copy(frame, i) for i in range(count)], ignore_index=True)
        for name, frame in inventory.assets.items()
    }
    corridors = pd.concat(
        [_copy(inventory.corridors, i) for i in range(count)], ignore_index=True
    )
    none = inventory.running_works.iloc[:0]
    return replace(inventory, assets=assets, corridors=corridors, running_works=none)


def _copy(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    out = frame.copy()
    for column in ("asset_id", "district", "street", "corridor_id", "name"):
        if column in out:
            known = out[column].notna()
            text = out[column].astype("object")
            out[column] = text.where(~known, text.astype("str") + f"~{number:02d}")
    for column in ("lon", "start_lon", "end_lon"):
        if column in out:
            out[column] = out[column] + number * M_PER_COPY
    return out


def _risk(risk: RiskTable, count: int) -> RiskTable:
    tables = [_copy(risk.table, i) for i in range(count)]
    assets = [_copy(risk.assets, i) for i in range(count)]
    return RiskTable(
        pd.concat(tables, ignore_index=True), pd.concat(assets, ignore_index=True)
    )


def main() -> None:
    """Print seconds, processor seconds and greatest memory."""
    catalogue = load()
    county = read_inventory(data_dir("inventories") / "demo-county", catalogue)
    risk = score(county, catalogue, 2026, 15)
    per_county = sum(len(frame) for frame in county.assets.values())
    count = -(-ASSETS // per_county)
    large, many = copies(county, count), _risk(risk, count)
    packs = [catalogue.packs["national-15fyp"]]
    settings = CaseSettings(2027, 5, price_base_year=2026)
    began, busy = time.perf_counter(), time.process_time()
    case, _ = make_case(large, many, catalogue, packs, settings)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print("| assets | projects | works | s | processor s | greatest memory, GiB |")
    print("|--:|--:|--:|--:|--:|--:|")
    print(f"| {count * per_county:,} | {len(case.projects):,} | {len(case.works):,} "
          f"| {seconds:.1f} | {busy:.1f} | {most:.2f} |")  # fmt: skip
