"""Whatever the bytes are, a reader gives tables or says why not."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewopt.core.errors import InputError
from renewopt.inventory.readers import SUFFIXES, read_raw
from tests.inventory.readers.making import FIELDS, layer, ods, xls, xlsx

ROWS = [["管线编号", "管长"], ["A1", 5.0]]
QUICK = settings(max_examples=40, deadline=None)


def read(data: bytes, suffix: str) -> None:
    """Read bytes under a suffix; only our own error may come out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            tables = read_raw(path)
        except InputError:
            return
        for table in tables:
            values = table.grid.to_numpy(dtype=object)
            assert all(isinstance(cell, str) for cell in values.ravel())


@QUICK
@given(st.binary(max_size=200), st.sampled_from(SUFFIXES))
def test_any_bytes(data: bytes, suffix: str) -> None:
    """Arbitrary bytes under every suffix."""
    read(data, suffix)


@settings(max_examples=150, deadline=None)
@given(st.text("\"',;\t\n\r ab1、，|\x00管\ufeff", max_size=60))
def test_any_text(text: str) -> None:
    """Texts of separators, quotes and line ends in any order."""
    read(text.encode(), ".csv")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Make one whole file of each binary format."""
    folder = tmp_path_factory.mktemp("whole")
    pq.write_table(pa.table(FIELDS), folder / "a.parquet")
    paths = [
        xlsx(folder / "a.xlsx", {"表": ROWS}), xls(folder / "a.xls", ROWS),
        ods(folder / "a.ods", ROWS), folder / "a.parquet",
        layer(folder / "a.gpkg"), layer(folder / "a.geojson"),
    ]  # fmt: skip
    return {path.suffix: path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    "suffix", [".xlsx", ".xls", ".ods", ".parquet", ".gpkg", ".geojson"]
)
@settings(max_examples=25, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=8))
def test_damage(
    files: dict[str, bytes], suffix: str, place: float, junk: bytes
) -> None:
    """Whole files with a few bytes overwritten, or cut off at that place."""
    whole = files[suffix]
    at = int(place * len(whole))
    read(whole[:at] + junk + whole[at + len(junk) :], suffix)
    read(whole[:at], suffix)
