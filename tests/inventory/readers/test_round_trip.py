"""What is written in a format is read back as the same raw table."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from renewopt.inventory.readers import read_raw
from tests.inventory.readers.making import cells, layer, xlsx

TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cs", "Cc", "Cn", "Co"],
        exclude_characters="\ufffd\ufeff\ufffe\uffff",
    ),
    max_size=8,
)
GBK = st.text("管线编号人民路长度ABCabc012 -/（）DN×φ=|'\"", max_size=8)
QUICK = settings(max_examples=40, deadline=None)


@st.composite
def tables(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXT) -> list[list[str]]:
    """Draw a header of distinct names and some rows of texts."""
    names = draw(
        st.lists(st.sampled_from(["编号", "管长", "管材", "年份", "备注", "路名"]),
                 min_size=2, max_size=5, unique=True)
    )  # fmt: skip
    row = st.lists(texts, min_size=len(names), max_size=len(names))
    return [names, *draw(st.lists(row, min_size=1, max_size=6))]


def read_back(rows: list[list[str]], name: str, write: object) -> list[list[str]]:
    """Write rows to a file of the name and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        assert callable(write)
        write(path, rows)
        (table,) = read_raw(path)
        return cells(table)


def write_csv(path: Path, rows: list[list[str]]) -> None:
    """Write as spreadsheets do."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


@QUICK
@given(tables())
def test_csv(rows: list[list[str]]) -> None:
    """CSV with quotes where they are needed."""
    assert read_back(rows, "a.csv", write_csv) == rows


@QUICK
@given(tables(st.text("ab\n\"';、 \t", max_size=6)))
def test_csv_with_quotes_and_line_ends(rows: list[list[str]]) -> None:
    """Quoted line ends and separators stay in their cells."""
    assert read_back(rows, "a.csv", write_csv) == rows


@QUICK
@given(tables())
def test_xlsx(rows: list[list[str]]) -> None:
    """Texts of a workbook; rows without any text at the end are no rows."""
    while len(rows) > 1 and not any(rows[-1]):
        rows = rows[:-1]
    found = read_back(rows, "a.xlsx", lambda p, r: xlsx(p, {"表": r}))
    assert found == rows


@QUICK
@given(tables())
def test_parquet(rows: list[list[str]]) -> None:
    """Texts of a Parquet file."""

    def write(path: Path, rows: list[list[str]]) -> None:
        columns = dict(
            zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True)
        )
        pq.write_table(pa.table(columns), path)

    assert read_back(rows, "a.parquet", write) == rows


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
@settings(max_examples=10, deadline=None)
@given(rows=tables(GBK))
def test_layers(name: str, rows: list[list[str]]) -> None:
    """Texts of layers; a .dbf keeps no spaces at the ends."""

    def write(path: Path, rows: list[list[str]]) -> None:
        columns = dict(
            zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True)
        )
        points = shapely.points([[111.0, 41.0]] * (len(rows) - 1))
        layer(path, columns, points, kind="Point")

    found = read_back(rows, name, write)
    if name == "a.shp":
        rows = [[cell.strip() for cell in row] for row in rows]
    assert found == rows
