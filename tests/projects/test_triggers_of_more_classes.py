"""Clauses that name the classes besides the first five: each by what it selects."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from renewopt.catalogue.packs import Trigger
from renewopt.projects import make_case
from tests.projects.small import SETTINGS, inventory, models, risk

CLASSES = {
    "sewer": {"length_m": 100.0, "diameter_mm": 400.0, "street": "人民路"},
    "storm_drain": {"length_m": 100.0, "diameter_mm": 400.0, "street": "人民路"},
    "pump_station": {"capacity_m3s": 1.0},
    "gas_station": {},
    "gas_indoor": {"households": 100},
    "water_plant": {"capacity_wan_m3d": 2.0},
    "overhead_line": {"length_m": 100.0, "street": "人民路"},
}
"""Classes that packs name, each with what a row needs."""
NEW = {"install_year": 2024, "ownership": "public", "district": "东城"}
OF_GAS = ("gas-immediate", "gas-deadline")


def clauses() -> list[tuple[str, str, Trigger]]:
    """List (pack, class, trigger) of every clause that names one of these classes."""
    return [
        (name, asset_class, trigger)
        for name, pack in models().packs.items()
        for trigger in pack.trigger
        for asset_class in trigger.asset_class
        if asset_class in CLASSES
    ]


def fitting(trigger: Trigger) -> dict[str, Any]:
    """Give cells that a trigger selects, at its bounds."""
    cells: dict[str, Any] = {c: v[0] for c, v in trigger.where.equals.items()}
    cells |= trigger.where.min | trigger.where.max
    if "age" in cells:
        cells["install_year"] = SETTINGS.start_year - int(cells.pop("age"))
    return cells


def beside(trigger: Trigger) -> dict[str, Any]:
    """Give cells just beyond what a trigger selects."""
    cells = fitting(trigger)
    for column, value in trigger.where.equals.items():
        cells[column] = not value[0] if isinstance(value[0], bool) else "other"
    for column, bound in trigger.where.min.items():
        if column == "age":
            cells["install_year"] = SETTINGS.start_year - int(bound) + 1
        else:
            cells[column] = bound - 1
    return cells


def said(name: str, asset_class: str, *cells: dict[str, Any]) -> set[tuple[str, str]]:
    """Give (asset, trigger) that a pack finds among rows with these cells."""
    rows = [
        NEW | CLASSES[asset_class] | {"asset_id": f"A{i}"} | own
        for i, own in enumerate(cells, start=1)
    ]
    assets = {asset_class: pd.DataFrame(rows)}
    case, _ = make_case(
        inventory(assets), risk(assets), models(), [models().packs[name]], SETTINGS
    )
    found = case.obligations
    triggers = found["trigger"].str.split(":").str[0]
    return set(zip(found["asset_id"], triggers, strict=True))


@pytest.mark.parametrize(
    ("name", "asset_class", "trigger"),
    clauses(),
    ids=[f"{name}-{cls}-{trigger.id}" for name, cls, trigger in clauses()],
)
def test_a_clause_names_what_it_says_and_nothing_beside(
    name: str, asset_class: str, trigger: Trigger
) -> None:
    """The first asset fits exactly, the second just not, the third says nothing."""
    found = said(name, asset_class, fitting(trigger), beside(trigger), {})
    assert ("A1", trigger.id) in found
    assert not {item for item in found if item[0] == "A3"}
    assert ("A2", trigger.id) not in found


def test_only_assessed_gas_stations_are_duties() -> None:
    """No clause makes one of these classes a duty but the official assessment."""
    hard = {(t.id, cls) for _, cls, t in clauses() if t.hardness != "preference"}
    assert hard == {(name, "gas_station") for name in OF_GAS}


def test_classes_without_a_clause_have_no_trigger() -> None:
    """No document names the renewal of tunnels, heat stations or roads as such."""
    named = {
        c for p in models().packs.values() for t in p.trigger for c in t.asset_class
    }
    assert not named & {"utility_tunnel", "heat_station", "road"}
    assert set(CLASSES) <= named
