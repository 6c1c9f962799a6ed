"""Imputed cells: from like assets, listed one by one, off by default, no duty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt.catalogue import Catalogue, load
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory, impute, read_inventory

HEAD = "管线编号,管长,道路名称,管材,敷设年份,管径(mm),使用状态\n"
ROWS = (
    "A1,10,人民路,PE,2001,100,在用\nA2,10,人民路,PE,2003,100,在用\n"
    "A3,10,人民路,PE,2007,150,在用\nA4,10,人民路,PE,,,在用\n"
    "B1,10,建设路,钢,1980,200,在用\nB2,10,建设路,钢,1982,200,在用\n"
    "B3,10,建设路,,,,在用\nB4,10,建设路,钢,1901,900,废弃\n"
    "C1,10,长江路,钢,,300,在用\n"
)


@pytest.fixture
def catalogue() -> Catalogue:
    """Give a catalogue that is content with three donors."""
    shipped = load()
    impute = shipped.imports.impute.model_copy(update={"least_donors": 3})
    imports = shipped.imports.model_copy(update={"impute": impute})
    return replace(shipped, imports=imports)


@pytest.fixture
def inventory(tmp_path: Path, catalogue: Catalogue) -> Inventory:
    """Read a few gas pipes with holes."""
    (tmp_path / "gas_pipe.csv").write_text(HEAD + ROWS, "utf-8")
    return read_inventory(tmp_path, catalogue)


def listed(inventory: Inventory) -> dict[tuple[str, str], tuple[float, float]]:
    """Give low and high of every imputed cell."""
    table = inventory.qualities
    assert set(table["quality"]) <= {"imputed"}
    keys = zip(table["asset_id"], table["column"], strict=True)
    return dict(zip(keys, zip(table["low"], table["high"], strict=True), strict=True))


def test_nothing_is_imputed_by_default(inventory: Inventory) -> None:
    """Holes stay holes until somebody asks."""
    pipes = inventory.assets["gas_pipe"].set_index("asset_id")
    assert pd.isna(pipes.loc["A4", "install_year"])
    assert len(inventory.qualities) == 0


def test_like_assets_give_the_value(inventory: Inventory, catalogue: Catalogue) -> None:
    """Same street and material first, then less; the abandoned pipe gives nothing."""
    filled = impute(inventory, catalogue)
    pipes = filled.assets["gas_pipe"].set_index("asset_id")
    assert pipes.loc["A4", ["install_year", "diameter_mm"]].tolist() == [2003, 100]
    assert pipes.loc["C1", "install_year"] in {1980, 1982, 2001, 2003, 2007}
    assert pipes.loc["B3", "material"] in {"pe", "steel"}
    assert set(listed(filled)) == {
        ("A4", "install_year"), ("A4", "diameter_mm"), ("B3", "material"),
        ("B3", "install_year"), ("B3", "diameter_mm"), ("C1", "install_year"),
    }  # fmt: skip
    assert listed(filled)["A4", "install_year"] == (2001, 2007)
    notes = [i for i in filled.issues if i.code == "inventory.imputed"]
    assert len(notes) == len(filled.qualities) == 6
    first = next(i for i in notes if i.params["asset"] == "A4")
    assert (first.params["method"], first.params["donors"]) == ("street+material", 3)
    assert inventory.assets["gas_pipe"]["install_year"].isna().sum() == 3


def test_too_few_donors_fall_back_to_the_class(
    inventory: Inventory, catalogue: Catalogue
) -> None:
    """Two steel pipes of one street are too few: the whole class counts."""
    filled = impute(inventory, catalogue, ["install_year"])
    notes = {i.params["asset"]: i.params for i in filled.issues if i.parsed}
    assert notes["C1"]["method"] == "class"
    assert notes["C1"]["donors"] == 5
    assert set(filled.qualities["column"]) == {"install_year"}


def test_only_what_is_asked_and_allowed(
    inventory: Inventory, catalogue: Catalogue
) -> None:
    """A column that the catalogue does not allow is refused by name."""
    with pytest.raises(InputError, match="impute_column"):
        impute(inventory, catalogue, ["install_year", "owner"])


def test_imputed_cells_give_nothing_themselves(
    inventory: Inventory, catalogue: Catalogue
) -> None:
    """A second pass changes nothing: what was made up is no donor."""
    once = impute(inventory, catalogue)
    again = impute(once, catalogue)
    pd.testing.assert_frame_equal(once.qualities, again.qualities)
    assert len(once.issues) == len(again.issues)


def test_switched_on_in_the_folder(tmp_path: Path, catalogue: Catalogue) -> None:
    """`[impute] columns` of `inventory.toml` and the argument say the same thing."""
    (tmp_path / "gas_pipe.csv").write_text(HEAD + ROWS, "utf-8")
    asked = read_inventory(tmp_path, catalogue, impute=["material"])
    about = tmp_path / "inventory.toml"
    about.write_text('[impute]\ncolumns = ["material"]\n', "utf-8")
    told = read_inventory(tmp_path, catalogue)
    assert len(told.qualities) == len(asked.qualities) == 1
    assert len(read_inventory(tmp_path, catalogue, impute=[]).qualities) == 0
    about.write_text('[impute]\ncolumns = "material"\n', "utf-8")
    with pytest.raises(InputError, match="about_key"):
        read_inventory(tmp_path, catalogue)


def test_compound_by_name_and_by_place(tmp_path: Path, catalogue: Catalogue) -> None:
    """Courtyard pipes of one compound give to each other: named, or the nearest."""
    (tmp_path / "residential_compound.csv").write_text(
        "小区编号,小区名称,户数,建筑面积(㎡),经度,纬度\n"
        "X1,幸福小区,100,5000,111.0,41.5\nX2,光明家园,100,5000,111.02,41.5\n",
        "utf-8",
    )
    head = (
        "管线编号,管长,管道类别,道路名称,敷设年份,起点经度,起点纬度,终点经度,终点纬度\n"
    )
    rows = "".join(
        f"A{i},10,庭院,,{1990 + i},111.0,41.5,111.0003,41.5\n"
        f"B{i},10,庭院,光明家园内,{2010 + i},,,,\n"
        for i in range(3)
    )
    rows += "A9,10,庭院,,,111.0001,41.5001,111.0004,41.5001\n"
    rows += "B9,10,庭院,光明家园3号楼,,,,,\n"
    (tmp_path / "gas_pipe.csv").write_text(head + rows, "utf-8")
    filled = read_inventory(tmp_path, catalogue, impute=["install_year"])
    years = filled.assets["gas_pipe"].set_index("asset_id")["install_year"]
    assert (years["A9"], years["B9"]) == (1991, 2011)
    methods = {i.params["asset"]: i.params["method"] for i in filled.issues if i.parsed}
    assert methods == {"A9": "compound", "B9": "compound"}


@pytest.mark.parametrize("name", ["water_pipe", "gas_pipe", "heating_pipe"])
def test_years_taken_away_lie_in_their_intervals(name: str) -> None:
    """Of years taken from the demo county, four in five lie in the interval given."""
    shipped = load()
    county = read_inventory(data_dir("inventories") / "demo-county", shipped)
    pipes = county.assets[name]
    known = pipes["install_year"].notna().to_numpy()
    gone = (np.random.default_rng(3).uniform(size=len(pipes)) < 0.2) & known
    holed = pipes.assign(install_year=pipes["install_year"].mask(gone))
    bare = replace(county, assets={**county.assets, name: holed})
    table = impute(bare, shipped, ["install_year"]).qualities
    mine = table["asset_id"].isin(pipes.loc[gone, "asset_id"])
    table = table[mine & (table["asset_class"] == name)]
    truth = table["asset_id"].map(pipes.set_index("asset_id")["install_year"])
    true = truth.astype(float)
    assert len(table) == gone.sum() > 100
    assert ((true >= table["low"]) & (true <= table["high"])).mean() > 0.8
