"""Tables: written and read back equal, and every bad cell named with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt.core.errors import InputError, Message
from renewopt.core.tables import (
    Column,
    TableSchema,
    find_table,
    read_table,
    records,
    totals,
    write_table,
    write_text_atomic,
)

SCHEMA = TableSchema(
    "things",
    (
        Column("thing_id", "text", True),
        Column("name", "text", default="none"),
        Column("cost", "money", True, "万元", "price", 0),
        Column("year", "integer"),
        Column("count", "integer", minimum=0, default=1),
        Column("share", "number", default=0.5),
        Column("open", "flag", default=True),
    ),
    ("thing_id",),
    open_columns=(("benefit_", "money"), ("points_", "integer")),
)


def things() -> pd.DataFrame:
    """Two things; the second leaves open what may be left open."""
    return SCHEMA.conform(
        pd.DataFrame(
            {
                "thing_id": ["T1", "T2"],
                "name": ["热力, “一期”", None],
                "cost": [1250, 7],
                "year": [2027, None],
                "count": [3, None],
                "share": [0.1, 1e-7],
                "open": [False, None],
                "benefit_fire": [105, 0],
            }
        )
    )


def refused(folder: Path, text: str) -> list[Message]:
    """Read a file that must be refused; give what was said of it."""
    (folder / "things.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_table(SCHEMA, folder)
    return list(error.value.messages)


def test_written_and_read_back_equal(tmp_path: Path) -> None:
    """Types, empty cells, quotes and money survive the file."""
    write_table(SCHEMA, things(), tmp_path)
    pd.testing.assert_frame_equal(read_table(SCHEMA, tmp_path), things())


def test_files_are_for_people(tmp_path: Path) -> None:
    """Money is in 万元 without float noise, flags are words, Excel sees UTF-8."""
    path = write_table(SCHEMA, things(), tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == 'T1,"热力, “一期”",12.5,2027,3,0.1,false,1.05'
    assert lines[2] == "T2,none,0.07,,1,1e-07,true,0"


def test_parquet_is_read_alike(tmp_path: Path) -> None:
    """A Parquet file with the same values gives the same table."""
    raw = pd.DataFrame(
        {
            "thing_id": ["T1", "T2"],
            "name": ["热力, “一期”", None],
            "cost": [12.5, 0.07],
            "year": [2027.0, None],
            "count": [3, None],
            "share": [0.1, 1e-7],
            "open": [False, True],
            "benefit_fire": [1.05, 0.0],
        }
    )
    raw.to_parquet(tmp_path / "things.parquet")
    expected = things().assign(name=["热力, “一期”", "none"])
    pd.testing.assert_frame_equal(read_table(SCHEMA, tmp_path), expected)


def test_csv_goes_before_parquet(tmp_path: Path) -> None:
    """With both files there, the CSV is the table; with none, there is no table."""
    assert find_table(SCHEMA, tmp_path) is None
    things().to_parquet(tmp_path / "things.parquet")
    assert find_table(SCHEMA, tmp_path) == tmp_path / "things.parquet"
    write_table(SCHEMA, things(), tmp_path)
    assert find_table(SCHEMA, tmp_path) == tmp_path / "things.csv"


def test_absent_table_is_empty(tmp_path: Path) -> None:
    """No file means no rows, with the declared columns and types."""
    empty = read_table(SCHEMA, tmp_path)
    assert len(empty) == 0
    assert list(empty) == SCHEMA.column_names()
    assert empty["cost"].dtype == np.int64


def test_optional_columns_take_their_defaults(tmp_path: Path) -> None:
    """Only required columns have to be there."""
    (tmp_path / "things.csv").write_text("cost,thing_id\n5,T1\n", encoding="utf-8")
    row = next(records(read_table(SCHEMA, tmp_path)))
    assert (row.thing_id, row.name, row.cost, row.count) == ("T1", "none", 500, 1)
    assert pd.isna(row.year)
    assert row.open


def test_columns_are_checked(tmp_path: Path) -> None:
    """Unknown and missing columns are named together, with what is known."""
    found = refused(tmp_path, "thing_id,prize\nT1,5\n")
    assert [item.code for item in found] == [
        "table.unknown_column",
        "table.missing_column",
    ]
    assert found[0].params["column"] == "prize"
    assert "cost" in found[0].params["known"]
    assert found[1].params == {"file": "things.csv", "column": "cost"}


def test_every_bad_cell_is_named(tmp_path: Path) -> None:
    """Each bad cell is named with its row, its column and what it should be."""
    text = (
        "thing_id,cost,year,count,share,open\n"
        "T1,1.005,2027,1,0.5,true\n"
        "T2,5,2027.5,-1,x,maybe\n"
        ",,,,inf,\n"
    )
    found = refused(tmp_path, text)
    assert {item.code for item in found} == {"table.bad_cell"}
    places = {
        (item.params["row"], item.params["column"], item.params["kind"])
        for item in found
    }
    assert places == {
        (2, "cost", "money"),
        (3, "year", "integer"),
        (3, "count", "integer"),
        (3, "share", "number"),
        (3, "open", "flag"),
        (4, "thing_id", "text"),
        (4, "cost", "money"),
        (4, "share", "number"),
    }


def test_keys_are_unique(tmp_path: Path) -> None:
    """A key that occurs again is named with its row and value."""
    found = refused(tmp_path, "thing_id,cost\nT1,5\nT2,5\nT1,6\n")
    assert [item.code for item in found] == ["table.duplicate_key"]
    assert found[0].params == {
        "file": "things.csv",
        "row": 4,
        "key": "thing_id",
        "value": "T1",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "table.unreadable"),
        ("thing_id,cost\nT1,5\nT2,5,6\n", "table.unreadable"),
        ("thing_id,cost\nT1,5,\nT2,5,\n", "table.extra_cells"),
        ("thing_id,cost\nT1,1,5\n", "table.extra_cells"),
    ],
)
def test_ragged_files_are_refused(tmp_path: Path, text: str, code: str) -> None:
    """Rows longer than the header are refused: cells must not move to the left."""
    assert [item.code for item in refused(tmp_path, text)] == [code]


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    """A table in GB18030 is named as unreadable, never read as nonsense."""
    content = "thing_id,cost\n热力,5\n".encode("gb18030")
    (tmp_path / "things.csv").write_bytes(content)
    with pytest.raises(InputError) as error:
        read_table(SCHEMA, tmp_path)
    assert error.value.messages[0].code == "table.unreadable"


def test_broken_parquet_is_refused(tmp_path: Path) -> None:
    """A file that is no Parquet is named, not crashed over."""
    (tmp_path / "things.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError) as error:
        read_table(SCHEMA, tmp_path)
    assert error.value.messages[0].code == "table.unreadable"


def test_totals_by_key() -> None:
    """Sums are plain whole numbers by value, or by tuple of values."""
    frame = pd.DataFrame({"a": ["x", "y", "x"], "b": [1, 1, 1], "n": [1, 2, 3]})
    assert totals(frame, "a", "n") == {"x": 4, "y": 2}
    assert totals(frame, ["a", "b"], "n") == {("x", 1): 4, ("y", 1): 2}
    assert totals(frame.head(0), "a", "n") == {}


def test_text_is_replaced_whole(tmp_path: Path) -> None:
    """A file is replaced in one step and leaves nothing beside it."""
    path = tmp_path / "state.json"
    path.write_text("old", encoding="utf-8")
    write_text_atomic(path, "新")
    assert path.read_text(encoding="utf-8") == "新"
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_number_of_a_frame_has_its_default() -> None:
    """What a file's empty cell means, an empty cell made in memory means as well."""
    schema = TableSchema("t", (Column("factor", "number", default=1.0),), ())
    frame = pd.DataFrame({"factor": [2.0, None]})
    assert schema.conform(frame)["factor"].tolist() == [2.0, 1.0]
