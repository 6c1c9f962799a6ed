"""Decimal commas in text files: read where the whole file tells them, else asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.inventory import Inventory, read_inventory
from tests.inventory.readers.making import xlsx

HEAD = "管线编号;管长(m);管径(mm);埋深(m);备注"


def read(tmp_path: Path, catalogue: Catalogue, text: str) -> Inventory:
    """Read gas pipes from text."""
    path = tmp_path / "gas_pipe.csv"
    path.write_text(text, "utf-8-sig")
    return read_inventory(path, catalogue)


def codes(found: Inventory) -> list[str]:
    """List what was said about commas."""
    names = [issue.code.split(".")[1] for issue in found.issues]
    return [name for name in names if "comma" in name]


def test_decimal_commas_of_a_whole_file(tmp_path: Path, catalogue: Catalogue) -> None:
    """Semicolons, a number that can be nothing else, none against: all are decimal."""
    text = f"{HEAD}\nA1;12,5;200;1,5;第1,2段\nA2;1,500;200;0,8;\nA3;1.234,5;200;2;\n"
    found = read(tmp_path, catalogue, text)
    gas = found.assets["gas_pipe"]
    assert gas["length_m"].tolist() == [12.5, 1.5, 1234.5]
    assert gas["burial_depth_m"].tolist() == [1.5, 0.8, 2.0]
    assert gas["remark"].tolist()[0] == "第1,2段"
    assert codes(found) == ["decimal_comma"]
    note = next(i for i in found.issues if i.code == "inventory.decimal_comma")
    assert (note.severity, note.params["cells"]) == ("note", 5)


@pytest.mark.parametrize(
    "rows",
    [
        "A1;120,5;200;1.5;\nA2;1,500;200;2;\n",  # points too
        "A1;120,5;200;1;\nA2;1,234,567;200;2;\n",  # groups of thousands too
        "A1;1,500;200;1;\nA2;2,250;200;2;\n",  # nothing tells
    ],
)
def test_commas_that_the_file_does_not_tell(
    tmp_path: Path, catalogue: Catalogue, rows: str
) -> None:
    """Numbers with commas are asked about, never read as 15 or 1500."""
    found = read(tmp_path, catalogue, f"{HEAD}\n{rows}A9;30;100;1;\n")
    assert found.assets["gas_pipe"]["asset_id"].tolist() == ["A9"]
    assert codes(found) == ["comma_unclear", "comma_unclear"]
    severities = {i.severity for i in found.issues if i.code.endswith(".comma_unclear")}
    assert severities == {"rejected"}


def test_other_columns_are_questioned(tmp_path: Path, catalogue: Catalogue) -> None:
    """A comma in a column that may be empty costs the cell, not the row."""
    text = f"{HEAD}\nA1;120;200;1,250;\nA2;80;200;1,100;\n"
    found = read(tmp_path, catalogue, text)
    gas = found.assets["gas_pipe"]
    assert gas["length_m"].tolist() == [120.0, 80.0]
    assert gas["burial_depth_m"].isna().all()


def test_thousands_are_read_where_the_file_tells(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Points in semicolon files, and commas between commas, leave groups groups."""
    points = f"{HEAD}\nA1;1,500;200;1.25;\n"
    found = read(tmp_path, catalogue, points)
    assert found.assets["gas_pipe"]["length_m"].tolist() == [1500.0]
    quoted = '管线编号,管长(m)\nA1,"1,500"\nA2,80\n'
    found = read(tmp_path, catalogue, quoted)
    assert found.assets["gas_pipe"]["length_m"].tolist() == [1500.0, 80.0]
    assert codes(found) == []


@pytest.mark.parametrize("separator", [",", "\t"])
def test_decimal_commas_between_other_separators_are_asked(
    tmp_path: Path, catalogue: Catalogue, separator: str
) -> None:
    """Without semicolons a decimal comma is a question, and so are its neighbours."""
    cells = [["管线编号", "管长(m)"], ["A1", '"1,5"'], ["A2", '"1,500"'], ["A3", "80"]]
    text = "\n".join(separator.join(row) for row in cells) + "\n"
    found = read(tmp_path, catalogue, text)
    assert found.assets["gas_pipe"]["asset_id"].tolist() == ["A3"]
    assert codes(found) == ["comma_unclear", "comma_unclear"]


def test_units_beside_decimal_commas_are_asked(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """1,500米 in a file of decimal commas is not one thousand five hundred."""
    text = f"{HEAD}\nA1;1,500米;200;1,5;\nA2;2,5;200;1;\n"
    found = read(tmp_path, catalogue, text)
    assert found.assets["gas_pipe"]["length_m"].tolist() == [2.5]
    assert codes(found) == ["decimal_comma", "comma_unclear"]


def test_coordinates_have_decimal_commas_too(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Longitude and latitude of the same file are read the same way."""
    head = "管线编号;管长(m);起点经度;起点纬度;终点经度;终点纬度"
    text = f"{head}\nA1;83,4;111,0123;41,5012;111,0133;41,5012\n"
    found = read(tmp_path, catalogue, text)
    gas = found.assets["gas_pipe"]
    assert gas["start_lon"].tolist() == pytest.approx([111.0123])
    assert gas["length_m"].tolist() == [83.4]


@pytest.mark.parametrize(
    ("texts", "lengths"),
    [
        (["1,500", "1,5", "20"], [20.0]),
        (["1,500", "0,25", "20"], [20.0]),
        (["1,500", "1，5", "20"], [20.0]),
        (["1,500", "2,300", "20"], [1500.0, 2300.0, 20.0]),
        (["1,500.5", "2,300", "2.5"], [1500.5, 2300.0, 2.5]),
        (["0,500", "20", "30"], [20.0, 30.0]),
    ],
)
def test_commas_in_a_workbook(
    tmp_path: Path, catalogue: Catalogue, texts: list[str], lengths: list[float]
) -> None:
    """1,500 beside 1,5 may be 1.5 or 1500: both are asked about, and no more."""
    rows = [["管线编号", "管长(m)"], *([f"A{i}", t] for i, t in enumerate(texts))]
    path = xlsx(tmp_path / "供水管道.xlsx", {"供水管道": rows})
    found = read_inventory(path, catalogue)
    assert found.assets["water_pipe"]["length_m"].tolist() == lengths
    asked = [i.raw for i in found.issues if i.code == "inventory.comma_unclear"]
    unclear = [t for t in texts if "," in t.replace("，", ",")]
    assert asked == (unclear if len(lengths) < len(texts) else [])
