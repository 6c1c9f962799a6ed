"""The Kitchener export: every figure equals an independent count."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory, read_inventory

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def inventory(kitchener: Path, catalogue: Catalogue) -> Inventory:
    """Read the folder with the profile that ships with the product."""
    return read_inventory(kitchener, catalogue, mapping="kitchener")


@pytest.fixture(scope="module")
def mains(kitchener: Path) -> pd.DataFrame:
    """Read the mains with pandas alone."""
    return pd.read_csv(kitchener / "Water_Mains.csv", dtype=str, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def breaks(kitchener: Path) -> pd.DataFrame:
    """Read the incidents with pandas alone."""
    path = kitchener / "Water_Main_Breaks.csv"
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig")


def test_mains(inventory: Inventory, mains: pd.DataFrame) -> None:
    """Active mains come in with their length, year, size and material."""
    active = mains[mains["STATUS"] == "ACTIVE"]
    pipes = inventory.assets["water_pipe"]
    assert pipes["asset_id"].tolist() == active["WATMAINID"].tolist()
    total = active["Shape__Length"].astype(float).sum()
    assert pipes["length_m"].sum() == pytest.approx(total, abs=1e-3)
    years = active["INSTALLATION_DATE"].str[:4].astype(float)
    assert pipes["install_year"].notna().sum() == (years >= 1900).sum()
    assert pipes["install_year"].sum() == years[years >= 1900].sum()
    assert pipes["diameter_mm"].isna().sum() == (active["PIPE_SIZE"] == "0").sum()
    plastic = active["MATERIAL"].isin(["PVC", "PVCO", "PVCB", "PVCF"])
    assert (pipes["material"] == "pvc").sum() == plastic.sum()
    assert pipes["material"].notna().all()
    assert pipes["ownership"].isna().sum() == (active["OWNERSHIP"] == "UNKNOWN").sum()
    assert not {"condition_score", "criticality"} & set(pipes.columns.str.lower())


def test_incidents(
    inventory: Inventory, mains: pd.DataFrame, breaks: pd.DataFrame
) -> None:
    """Cancelled, service-line, repeated, predecessor and lost records are set apart."""
    count = next(c for c in inventory.counts if c.table == "failures")
    cancelled = breaks["STATUS"] == "CANCELLED"
    service = breaks["BREAK_TYPE"] == "SERVICE"
    good = breaks[~cancelled & ~service]
    day = good["INCIDENT_DATE"].str[:10]
    once = good[~good.assign(day=day).duplicated(["ASSETID", "day"])]
    assert count.read == len(breaks)
    assert count.left_out == {
        "cancelled": cancelled.sum(),
        "service_line": (service & ~cancelled).sum(),
        "duplicates": len(good) - len(once),
    }
    assert count.kept == len(once)
    active = mains[mains["STATUS"] == "ACTIVE"].set_index("WATMAINID")
    built = active["INSTALLATION_DATE"].str[:4].astype(float)
    here = once[once["ASSETID"].isin(active.index)]
    since = here["ASSETID"].map(built.where(built >= 1900)).to_numpy(float)
    before = here["INCIDENT_DATE"].str[:4].astype(float).to_numpy() < since
    assert len(inventory.predecessor_failures) == before.sum()
    assert len(inventory.failures) == (~before).sum()
    assert len(inventory.unjoined_failures) == len(once) - len(here)
    assert set(inventory.failures["asset_class"]) == {"water_pipe"}
    assert set(inventory.failures["joined_by"]) == {"id"}
    shares = inventory.failure_joins
    assert shares["asset_class"].tolist() == ["water_pipe"]
    assert shares.iloc[0].drop("asset_class").to_dict() == {
        "records": len(breaks),
        "by_id": (~before).sum(),
        "by_name": 0,
        "by_distance": 0,
        "predecessor": before.sum(),
        "ambiguous": 0,
        "unjoined": len(once) - len(here),
        "duplicate": len(good) - len(once),
        "cancelled": cancelled.sum(),
        "left_out": (service & ~cancelled).sum(),
    }


def test_roads(inventory: Inventory, kitchener: Path, mains: pd.DataFrame) -> None:
    """Every road segment is a corridor and names the street of its mains."""
    roads = pd.read_csv(kitchener / "Roads.csv", dtype=str, encoding="utf-8-sig")
    known = set(roads["ROADSEGMENTID"]) | set(mains["ROADSEGMENTID"])
    assert set(inventory.corridors["corridor_id"]) == known
    streets = roads.set_index("ROADSEGMENTID")["STREET"]
    pipes = inventory.assets["water_pipe"]
    assert (
        pipes["street"].notna().sum() == pipes["corridor_id"].map(streets).notna().sum()
    )


def test_what_is_not_read_is_said(inventory: Inventory) -> None:
    """Columns that leak the answer are named with the reason; filters with the rows."""
    notes = inventory.issues_frame()
    unused = notes[notes["code"] == "inventory.not_used"]["column"].tolist()
    assert {"CONDITION_SCORE", "CRITICALITY"} <= set(unused)
    assert (notes["code"] == "inventory.left_out").sum() == 3
    assert (notes["severity"] == "rejected").sum() == 0


def test_a_profile_for_another_file_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A file that lacks the profile's columns is refused, every column named."""
    (tmp_path / "Water_Mains.csv").write_text("WATMAINID,STATUS\n1,ACTIVE\n")
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path, catalogue, mapping="kitchener")
    found = {m.code for m in error.value.messages}
    assert found == {"inventory.mapping_column"}
    assert len(error.value.messages) == 9
