"""Tiny inventories made in code; nothing here is read from files but the catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from renewopt import catalogue
from renewopt.catalogue import Catalogue, Pack
from renewopt.inventory import Inventory
from renewopt.projects import CaseSettings
from renewopt.risk import RiskTable

SETTINGS = CaseSettings(
    start_year=2027, years=3, discount_rate_bp=0, benefit_years_beyond=2
)
GAS: dict[str, Any] = {
    "district": "东城",
    "street": "人民路",
    "level": "municipal",
    "material": "steel",
    "diameter_mm": 200.0,
    "length_m": 100.0,
    "install_year": 2000,
    "households": 10,
    "owner": "燃气公司",
    "ownership": "operator",
    "corridor_id": "c1",
    "status": "in_use",
}
HEAT: dict[str, Any] = GAS | {
    "level": "secondary",
    "diameter_mm": 150.0,
    "owner": "热力公司",
    "ownership": "public",
}


@cache
def models() -> Catalogue:
    """Give the shipped catalogue."""
    return catalogue.load()


def pack(name: str) -> Pack:
    """Give a shipped pack."""
    return models().packs[name]


def rows(base: dict[str, Any], *changes: dict[str, Any]) -> pd.DataFrame:
    """Make assets A1, A2 … from a base row and what differs."""
    made = [
        base | {"asset_id": f"A{i}"} | own for i, own in enumerate(changes, start=1)
    ]
    return pd.DataFrame(made)


def inventory(assets: dict[str, pd.DataFrame], **tables: pd.DataFrame) -> Inventory:
    """Make an inventory with empty tables where none are given."""
    names = (
        "failures",
        "predecessor_failures",
        "unjoined_failures",
        "corridors",
        "packages",
        "running_works",
        "package_history",
    )
    return Inventory(assets, **{n: tables.get(n, pd.DataFrame()) for n in names})


def risk(
    assets: dict[str, pd.DataFrame],
    years: tuple[int, ...] = (2026, 2027),
    loss: float = 2.0,
    grade: int = 1,
) -> RiskTable:
    """Give every asset the same loss each year, plus 1 per year after the first."""
    pairs = [(c, str(a)) for c, frame in assets.items() for a in frame["asset_id"]]
    table = pd.DataFrame(
        [(c, a, y, loss + y - years[0]) for c, a in pairs for y in years],
        columns=["asset_class", "asset_id", "year", "risk"],
    )
    grades = pd.DataFrame(pairs, columns=["asset_class", "asset_id"]).assign(
        grade=grade
    )
    return RiskTable(table, grades)
