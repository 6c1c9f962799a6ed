"""What is written is read back equal, for every class, values and qualities alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from renewopt.catalogue import Catalogue, ColumnSpec, load
from renewopt.inventory import Inventory, read_inventory
from renewopt.inventory.cells.column import dtype_of
from renewopt.inventory.qualities import COLUMNS
from tests.inventory.making import kind

MODELS = load()
TABLES = ("failures", "predecessor_failures", "unjoined_failures", "corridors",
          "packages", "running_works", "package_history")  # fmt: skip
NAMES = (
    "人民路（东段）",
    "城南街道",
    "合成县供水有限公司",
    "a b",
    "0012",
    "=cmd|' /C calc'!A0",
)
PLACES = {"lon": 111.0, "lat": 41.0}


def values(spec: ColumnSpec) -> st.SearchStrategy[object]:
    """Give values that a clean column may hold."""
    least, greatest = spec.usual or (spec.min or 0, spec.max or 1e6)
    if spec.unit == "%":
        least = 2
    if spec.name.endswith(("lon", "lat")):
        least = PLACES[spec.name[-3:]]
        greatest = least + 0.5
    made: dict[str, st.SearchStrategy[object]] = {
        "text": st.sampled_from(NAMES),
        "number": st.floats(least, min(greatest, 1e6), allow_subnormal=False),
        "integer": st.integers(int(least), int(greatest)),
        "year": st.integers(max(1950, int(spec.min or 0)), 2020),
        "flag": st.sampled_from([True, False]),
        "date": st.just(datetime(2019, 3, 5)),
    }
    if spec.kind == "choice":
        return st.sampled_from(spec.codes())
    return made[spec.kind]


@st.composite
def frames(draw: st.DrawFn, name: str) -> pd.DataFrame:
    """Draw a clean table of a class with every column."""
    rows = draw(st.integers(1, 3))
    columns = {}
    for spec in kind(name).columns:
        if spec.unique:
            found: list[object] = [f"X-{i}" for i in range(rows)]
        else:
            some = values(spec) if spec.required else st.none() | values(spec)
            found = [draw(some) for _ in range(rows)]
        if spec.kind == "flag" and None in found:
            found = [False] * rows
        columns[spec.name] = pd.Series(found, dtype=dtype_of(spec))
    for spec in kind(name).columns:
        for number in (*spec.bands.told_by, *spec.bands.at_least) if spec.bands else ():
            columns[number] = within(spec, columns[spec.name])
    columns["corridor_id"] = pd.Series([None] * rows, dtype=object)
    columns.pop("corridor_source", None)  # the reader fills it in
    return pd.DataFrame(columns)


def within(spec: ColumnSpec, codes: pd.Series) -> pd.Series:
    """Give numbers that agree with the codes: others would take each other back."""
    assert spec.bands is not None
    numbers = {band.code: 0.75 * band.most for band in spec.bands.band}
    return pd.Series([numbers.get(code) for code in codes], dtype="float64")


def inventory_of(name: str, frame: pd.DataFrame, catalogue: Catalogue) -> Inventory:
    """Put one table into an inventory without anything else."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gas_pipe.csv"
        path.write_text("管线编号,管长\nA,5\n", encoding="utf-8")
        other = read_inventory(path, catalogue)
    rest = {table: getattr(other, table) for table in TABLES}
    first = [name, frame["asset_id"].iloc[0]]
    rows = [
        [*first, "length_m", "bounded", 1.5, 2.5, "约2"],
        [*first, "owner", "converted", float("nan"), float("nan"), "甲\u200b"],
    ]
    qualities = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    qualities = qualities.astype({"low": "float64", "high": "float64"})
    return Inventory(assets={name: frame}, **rest, qualities=qualities, as_of_year=2026)


@pytest.mark.parametrize("name", sorted(MODELS.asset_classes))
@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_write_and_read_give_the_same(name: str, data: st.DataObject) -> None:
    """Tables of every class, their qualities and the year come back equal, as CSV."""
    frame = data.draw(frames(name))
    first = inventory_of(name, frame, MODELS)
    with TemporaryDirectory() as folder:
        first.write_clean(Path(folder), csv=True)
        about = Path(folder) / "inventory.toml"
        with about.open("a", encoding="utf-8") as file:
            file.write("[corridors]\nderive = false\n")
        again = read_inventory(folder, MODELS)
    pd.testing.assert_frame_equal(again.assets[name], frame)
    pd.testing.assert_frame_equal(again.qualities, first.qualities)
    assert again.as_of_year == 2026


def test_parquet_holds_the_same(tmp_path: Path) -> None:
    """Without the wish for CSV the tables are Parquet, typed as they are."""
    source = Path(__file__).resolve().parents[2] / "inventories" / "small-town"
    first = read_inventory(source, MODELS)
    written = first.write_clean(tmp_path)
    assert {path.suffix for path in written} == {".parquet", ".csv", ".toml"}
    for name, frame in first.assets.items():
        table = pd.read_parquet(tmp_path / f"{name}.parquet")
        table = table.astype(frame.dtypes)
        table = table.astype(object).where(table.notna(), None).astype(frame.dtypes)
        pd.testing.assert_frame_equal(table, frame)
    first.write_clean(tmp_path, csv=True)
    assert not list(tmp_path.glob("*.parquet"))
