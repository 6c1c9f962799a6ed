"""What is written is read back equal, for every class, values and qualities alike."""

from __future__ import annotations

from collections.abc import Callable
from csv import reader
from datetime import datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from renewopt.catalogue import Catalogue, ColumnSpec, load
from renewopt.inventory import Inventory, read_inventory
from renewopt.inventory.cells.column import dtype_of
from renewopt.inventory.qualities import COLUMNS
from tests.inventory.making import kind
from tests.inventory.readers.making import layer, ods, xls, xlsx

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
    agree(name, columns)
    columns["corridor_id"] = pd.Series([None] * rows, dtype=object)
    columns.pop("corridor_source", None)  # the reader fills it in
    return pd.DataFrame(columns)


def agree(name: str, columns: dict[str, pd.Series]) -> None:
    """Set the numbers that tell a code to what the code says, and years in order."""
    if {"install_year", "renewed_year"} <= columns.keys():
        # a clean table has no pipe that was renewed before it was laid
        laid, renewed = columns["install_year"], columns["renewed_year"]
        columns["renewed_year"] = renewed.mask((renewed < laid).fillna(False))
    specs = {spec.name: spec for spec in kind(name).columns}
    for spec in specs.values():
        for number in (*spec.bands.told_by, *spec.bands.at_least) if spec.bands else ():
            columns[number] = within(spec, specs[number], columns[spec.name])
        for state in spec.worst_of:
            # a clean table has the grade that its states tell
            columns[state] = columns[state].where(columns[spec.name].notna(), None)


def within(spec: ColumnSpec, number: ColumnSpec, codes: pd.Series) -> pd.Series:
    """Give usual numbers that agree with the codes: others would be asked about."""
    assert spec.bands is not None
    assert number.usual is not None
    low, high = number.usual
    middle = {band.code: 0.75 * band.most for band in spec.bands.band}
    numbers = {code: value for code, value in middle.items() if low <= value <= high}
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


NO_STREETS = "[corridors]\nderive = false\n"
"""Leaves the street segments alone, so that a table comes back as it went."""


@pytest.mark.parametrize("csv", [True, False], ids=["csv", "parquet"])
@pytest.mark.parametrize("name", sorted(MODELS.asset_classes))
@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_write_and_read_give_the_same(
    name: str, csv: bool, data: st.DataObject
) -> None:
    """Every class in both formats that are written: tables, qualities and the year."""
    frame = data.draw(frames(name))
    first = inventory_of(name, frame, MODELS)
    with TemporaryDirectory() as folder:
        written = first.write_clean(Path(folder), csv)
        assert any(path.suffix == f".{'csv' if csv else 'parquet'}" for path in written)
        about = Path(folder) / "inventory.toml"
        with about.open("a", encoding="utf-8") as file:
            file.write(NO_STREETS)
        again = read_inventory(folder, MODELS)
    pd.testing.assert_frame_equal(again.assets[name], frame)
    pd.testing.assert_frame_equal(again.qualities, first.qualities)
    assert again.as_of_year == 2026


def _as_tsv(path: Path, rows: list[list[str]]) -> None:
    text = "".join("\t".join(row) + "\r\n" for row in rows)
    path.write_bytes(text.encode("gb18030"))


def _as_text_parquet(path: Path, rows: list[list[str]]) -> None:
    columns = zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True)
    pq.write_table(pa.table(dict(columns)), path)


def _as_layer(path: Path, rows: list[list[str]]) -> None:
    columns = zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True)
    none = [None] * (len(rows) - 1)
    layer(path, dict(columns), none, kind="Point")


FORMATS: dict[str, Callable[[Path, list[list[str]]], object]] = {
    "xlsx": lambda path, rows: xlsx(path, {"表": rows}),
    "xls": xls,
    "ods": ods,
    "tsv": _as_tsv,
    "parquet": _as_text_parquet,
    "gpkg": _as_layer,
    "geojson": _as_layer,
}
"""Formats that are read; a .dbf is not among them: it cuts names after ten bytes."""


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", sorted(MODELS.asset_classes))
def test_every_class_is_read_alike_from_every_format(
    name: str, suffix: str, tmp_path: Path
) -> None:
    """The texts of our own CSV give the same table from a workbook, layer or file."""
    frame = _fixed(name)
    (tmp_path / "csv").mkdir()
    inventory_of(name, frame, MODELS).write_clean(tmp_path / "csv", csv=True)
    text = (tmp_path / "csv" / f"{name}.csv").read_text("utf-8-sig")
    rows = list(reader(StringIO(text)))
    FORMATS[suffix](tmp_path / f"{name}.{suffix}", rows)
    (tmp_path / "inventory.toml").write_text(
        f"as_of_year = 2026\n{NO_STREETS}", "utf-8"
    )
    again = read_inventory(tmp_path, MODELS)
    pd.testing.assert_frame_equal(again.assets[name], frame)


def _fixed(name: str) -> pd.DataFrame:
    """Give a table of a class with two filled rows and one with needed cells only."""
    columns = {}
    for spec in kind(name).columns:
        some = {
            "text": ["人民路（东段）", "0012", None],
            "number": [
                spec.usual[0] if spec.usual else min(12.5, 0.5 * (spec.max or 25)),
                spec.max or 99.25,
                None,
            ],
            "integer": [spec.min or 3, spec.max or 8, None],
            "year": [
                int(max(spec.min or 0, 1998)),
                int(max(spec.min or 0, 2015)),
                None,
            ],
            "flag": [True, False, False],
            "date": [datetime(2019, 3, 5), datetime(2020, 12, 31), None],
            "choice": [*spec.codes()[:1], *spec.codes()[-1:], None],
        }[spec.kind]
        if spec.name.endswith(("lon", "lat")):
            some = [PLACES[spec.name[-3:]] + part for part in (0.125, 0.25)] + [None]
        if spec.unique:
            some = ["X-1", "X-2", "X-3"]
        if spec.required and some[2] is None:
            some = [some[0], some[1], some[0]]
        columns[spec.name] = pd.Series(some, dtype=dtype_of(spec))
    agree(name, columns)
    columns["corridor_id"] = pd.Series([None] * 3, dtype=object)
    columns.pop("corridor_source", None)
    return pd.DataFrame(columns)


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
