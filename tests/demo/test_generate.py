"""The generator: the same seed, the same bytes; the magnitudes of a county."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from renewopt.catalogue import Catalogue, load
from renewopt.catalogue.changes import changed
from renewopt.core.errors import InputError
from renewopt.demo import SIZES, generate_county
from renewopt.demo.draw import Draw
from renewopt.inventory import Inventory, read_inventory
from renewopt.projects import CaseSettings, make_case
from renewopt.risk import score
from renewopt.rules.scenario import read_scenario

INVENTORIES = Path(__file__).resolve().parents[2] / "inventories"
SEED = 2026
SizeName = Literal["county", "town"]
FOLDERS: tuple[tuple[SizeName, str], ...] = (
    ("county", "demo-county"),
    ("town", "small-town"),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Give the packaged catalogue."""
    return load()


@pytest.fixture(scope="module")
def county(catalogue: Catalogue) -> Inventory:
    """Read the demo county."""
    return read_inventory(INVENTORIES / "demo-county", catalogue)


def digests(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


@pytest.mark.parametrize(("size", "name"), FOLDERS)
def test_shipped_folders_are_what_the_seed_gives(
    tmp_path: Path, catalogue: Catalogue, size: SizeName, name: str
) -> None:
    """The committed files are byte for byte those of seed 2026."""
    generate_county(SEED, tmp_path, size, catalogue)
    assert digests(tmp_path) == digests(INVENTORIES / name)


def test_another_seed_is_another_county(tmp_path: Path, catalogue: Catalogue) -> None:
    """Seeds differ in every table of assets, but not in the kind of files."""
    generate_county(1, tmp_path, "town", catalogue)
    mine, shipped = digests(tmp_path), digests(INVENTORIES / "small-town")
    assert mine.keys() == shipped.keys()
    same = {name for name in mine if mine[name] == shipped[name]}
    # Codes and owners of the two running packages do not hang on the seed.
    assert same <= {"packages.csv"}


@pytest.mark.parametrize(("size", "name"), FOLDERS)
def test_folders_are_clean_labelled_and_small(
    catalogue: Catalogue, size: SizeName, name: str
) -> None:
    """They import without an issue, say that they are synthetic, and stay small."""
    folder = INVENTORIES / name
    inventory = read_inventory(folder, catalogue)
    assert inventory.issues == ()
    assert inventory.synthetic
    assert inventory.title is not None
    assert "合成数据" in inventory.title["zh"]
    assert "synthetic data" in inventory.title["en"]
    assert "合成数据 / synthetic data" in (folder / "scenario.toml").read_text("utf-8")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
    heads = [p.read_text("utf-8-sig").splitlines()[0] for p in folder.glob("*.csv")]
    english = sum(head.isascii() for head in heads)
    assert english == (len(heads) // 2 if size == "town" else 0)


def test_magnitudes(county: Inventory) -> None:
    """Kilometres, points, compounds and households are those of a county seat."""
    km = {
        name: county.assets[name].groupby("level")["length_m"].sum() / 1000
        for name in ("gas_pipe", "heating_pipe", "water_pipe")
    }
    assert km["gas_pipe"].sum() == pytest.approx(150, rel=0.02)
    assert km["heating_pipe"]["primary"] == pytest.approx(60, rel=0.02)
    assert km["heating_pipe"]["secondary"] == pytest.approx(180, rel=0.02)
    assert km["water_pipe"].sum() == pytest.approx(200, rel=0.02)
    assert len(county.assets["waterlogging_point"]) == 12
    assert len(county.assets["residential_compound"]) == 90
    homes = county.assets["residential_compound"]["households"].sum()
    assert homes == pytest.approx(16_600, rel=0.01)
    total = sum(len(frame) for frame in county.assets.values())
    assert 2_500 <= total <= 3_500
    assert county.assets["gas_pipe"]["district"].nunique() == 5


def test_ages_give_the_shares_that_qualify(county: Inventory) -> None:
    """30 % of gas, 36 % of heating, 28 % of water pipe, 60 % of compounds is old."""

    def share(name: str, before: int) -> float:
        frame = county.assets[name]
        old = (frame["install_year"] < before).fillna(False)
        return float(frame.loc[old, "length_m"].sum() / frame["length_m"].sum())

    assert share("gas_pipe", 2007) == pytest.approx(0.30, abs=0.03)
    assert share("heating_pipe", 2013) == pytest.approx(0.36, abs=0.03)
    assert share("water_pipe", 1998) == pytest.approx(0.28, abs=0.03)
    compounds = county.assets["residential_compound"]["install_year"]
    assert compounds.between(1978, 2012).all()
    assert (compounds <= 2000).mean() == pytest.approx(0.6, abs=0.05)


def test_networks_share_streets(county: Inventory) -> None:
    """Every pipe in a street names a segment of the table; networks meet in most."""
    known = set(county.corridors["corridor_id"])
    used = {
        name: set(county.assets[name]["corridor_id"].dropna())
        for name in ("gas_pipe", "heating_pipe", "water_pipe")
    }
    assert set().union(*used.values()) <= known
    shared = used["gas_pipe"] & used["heating_pipe"] & used["water_pipe"]
    assert len(shared) > 0.4 * len(known)
    lines = county.assets["heating_pipe"]
    assert (
        lines[["start_lon", "start_lat", "end_lon", "end_lat"]].notna().all(axis=None)
    )


def test_failures_follow_the_true_hazards(county: Inventory) -> None:
    """Ten years of records in their season, more per km on older and weaker pipe."""
    records = county.failures
    assert set(records["year"]) == set(range(2017, 2027))
    assert records["date"].max() <= pd.Timestamp(2026, 6, 30)
    heating = records[records["asset_class"] == "heating_pipe"]["date"].dt.month
    assert set(heating) <= {10, 11, 12, 1, 2, 3, 4}
    pipes = county.assets["gas_pipe"].set_index("asset_id")
    mine = records[records["asset_class"] == "gas_pipe"]["asset_id"].map(
        pipes["material"]
    )
    per_km = mine.value_counts() / (pipes.groupby("material")["length_m"].sum() / 1000)
    assert per_km["grey_cast_iron"] > 3 * per_km["pe"]
    assert len(county.predecessor_failures) == len(county.unjoined_failures) == 0


def test_running_packages_add_up(county: Inventory, catalogue: Catalogue) -> None:
    """Two packages run; history and remaining payments are 60/37/3 of one cost."""
    assert county.packages["status"].tolist() == ["running", "running"]
    works = county.running_works
    left = works.groupby("package_id")["cost"].sum()
    paid = county.package_history.groupby("package_id")["cost"].sum()
    assert (left / (left + paid)).round(3).tolist() == [0.4, 0.4]
    money = county.package_history.groupby("package_id")["amount"].sum()
    assert money.round(2).tolist() == paid.round(2).tolist()
    for row in works.itertuples():
        known = set(county.assets[str(row.asset_class)]["asset_id"])
        assert set(str(row.asset_ids).split(";")) <= known
        modes = {
            mode.id for mode in catalogue.asset_classes[str(row.asset_class)].modes
        }
        assert row.mode in modes


@pytest.mark.parametrize(
    ("name", "projects", "packages"),
    [("demo-county", (300, 450), (30, 60)), ("small-town", (25, 38), (8, 16))],
)
def test_there_is_something_to_choose(
    catalogue: Catalogue,
    name: str,
    projects: tuple[int, int],
    packages: tuple[int, int],
) -> None:
    """Duties, targets and running works cost 40–65 % of the money; all is dearer."""
    scenario = read_scenario(INVENTORIES / name / "scenario.toml")
    inventory = read_inventory(INVENTORIES / name, catalogue)
    settings = CaseSettings(scenario.start_year, scenario.years, price_base_year=2026)
    models = changed(catalogue, scenario.classes, "scenario.toml")
    risk = score(inventory, models, 2026, 6)
    packs = [catalogue.packs[name] for name in scenario.packs]
    case, _ = make_case(inventory, risk, models, packs, settings)
    assert projects[0] <= len(case.projects) <= projects[1]
    assert packages[0] <= len(case.packages) <= packages[1]
    money = sum(float(sum(fund.amount.values())) for fund in scenario.fund)
    cost = case.payments.groupby("work_id")["cost"].sum() / 100
    least = cost.groupby(case.works.set_index("work_id")["project_id"]).min()
    hard = case.obligations[case.obligations["hardness"] != "preference"]["project_id"]
    running = case.packages[case.packages["status"] == "running"]["package_id"]
    fixed = case.projects[case.projects["package_id"].isin(running)]["project_id"]
    share = float(least.loc[sorted({*hard, *fixed})].sum()) / money
    assert 0.40 <= share <= 0.65
    assert float(least.sum()) > 1.3 * money


def test_scenarios_hold_every_kind_of_limit() -> None:
    """Funds of every owner, debt and its service, capacity by class."""
    for _, name in FOLDERS:
        table = tomllib.loads((INVENTORIES / name / "scenario.toml").read_text("utf-8"))
        assert {fund["kind"] for fund in table["fund"]} == {
            "local_fiscal", "central_budget", "special_bond", "bank_loan",
            "operator_fund", "resident_fund", "ultra_long_treasury",
        }  # fmt: skip
        kinds = [rule["kind"] for rule in table["rule"]]
        assert kinds == ["annual_cap"] * 4 + ["debt_limit"] + ["debt_service"] * 2


def test_unknown_size_and_seed_are_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """An unknown size and a negative seed are refused, nothing is written."""
    with pytest.raises(InputError) as error:
        generate_county(1, tmp_path / "x", "village", catalogue)  # type: ignore[arg-type]
    assert error.value.messages[0].params["known"] == ", ".join(SIZES)
    with pytest.raises(InputError):
        generate_county(-1, tmp_path / "x", "town", catalogue)
    assert not (tmp_path / "x").exists()


def test_draws_have_the_distribution_that_they_say() -> None:
    """Counts have their mean and variance, frailty has mean 1, picks their shares."""
    draw = Draw(7, "test")
    counts = draw.counts(np.full(40_000, 0.7))
    assert counts.mean() == pytest.approx(0.7, abs=0.02)
    assert counts.var() == pytest.approx(0.7, abs=0.03)
    large = draw.counts(np.full(20_000, 6.0))
    assert large.mean() == pytest.approx(6.0, abs=0.1)
    assert draw.frailty(40_000).mean() == pytest.approx(1.0, abs=0.02)
    picked = draw.pick(20_000, ("a", "b"), (3, 1))
    assert picked.count("a") / 20_000 == pytest.approx(0.75, abs=0.02)
    assert draw.whole(1000, 2, 4).min() == 2
    assert draw.whole(1000, 2, 4).max() == 4
