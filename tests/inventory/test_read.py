"""Reading inventories: every kind of dirt that is claimed, and bad input."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory, read_inventory

HEAD = "管线编号,管长(m),管材,敷设年份,管径"


def write(path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    """Write a file in an encoding."""
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook with these sheets."""
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def issues(inventory: Inventory) -> set[tuple[str, int, str]]:
    """Give (code without room, row, severity) of the issues."""
    return {(i.code.split(".")[1], i.row, i.severity) for i in inventory.issues}


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    """Give the codes of an error."""
    return [message.code for message in error.value.messages]


def test_clean_rows_come_in_typed(tmp_path: Path, catalogue: Catalogue) -> None:
    """Columns are canonical and typed; nothing is noted."""
    path = write(tmp_path / "gas_pipe.csv", f"{HEAD}\nA1,120.5,PE,2003,DN200\n")
    inventory = read_inventory(path, catalogue)
    row = inventory.assets["gas_pipe"].iloc[0]
    assert row.to_dict() == {
        "asset_id": "A1",
        "install_year": 2003,
        "diameter_mm": 200.0,
        "length_m": 120.5,
        "material": "pe",
    }
    assert inventory.issues == ()
    assert inventory.counts[0].read == inventory.counts[0].kept == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(tmp_path: Path, catalogue: Catalogue, encoding: str) -> None:
    """UTF-8 with and without BOM is silent, GB18030 is said."""
    path = write(
        tmp_path / "gas_pipe.csv", f"{HEAD}\nA1,10,灰口铸铁,1990,100\n", encoding
    )
    inventory = read_inventory(path, catalogue)
    assert inventory.assets["gas_pipe"]["material"].tolist() == ["grey_cast_iron"]
    assert [i.code for i in inventory.issues] == (
        ["inventory.encoding"] if encoding == "gb18030" else []
    )


def test_title_rows_totals_and_blank_rows(tmp_path: Path, catalogue: Catalogue) -> None:
    """Titles are passed over, totals dropped and named, blank rows no rows."""
    text = (
        "某县燃气管道台账\n填表单位：某局,,,,\n"
        f"{HEAD}\nA1,10,PE,2003,100\n,,,,\n小计,10,,,\nA2,20,PE,2004,100\n合 计,30,,,\n"
    )
    inventory = read_inventory(write(tmp_path / "燃气管道.csv", text), catalogue)
    assert inventory.assets["gas_pipe"]["asset_id"].tolist() == ["A1", "A2"]
    assert issues(inventory) == {("subtotal", 6, "note"), ("subtotal", 8, "note")}
    assert inventory.counts[0].subtotals == 2


def test_units_in_headers(tmp_path: Path, catalogue: Catalogue) -> None:
    """Kilometres, 万㎡ and centimetres are turned into the column's unit."""
    write(tmp_path / "gas_pipe.csv", "管线编号,长度（公里）,埋深(cm)\nA1,1.25,120\n")
    write(
        tmp_path / "residential_compound.csv",
        "小区编号,户数,建筑面积(万㎡)\nX1,300,2.4\n",
    )
    inventory = read_inventory(tmp_path, catalogue)
    assert inventory.assets["gas_pipe"]["length_m"].tolist() == [1250.0]
    assert inventory.assets["gas_pipe"]["burial_depth_m"].tolist() == [1.2]
    assert inventory.assets["residential_compound"]["floor_area_m2"].tolist() == [
        24000.0
    ]


def test_bad_cells(tmp_path: Path, catalogue: Catalogue) -> None:
    """A bad needed cell rejects its row, another bad cell is missing and questioned."""
    rows = ["A1,-5,PE,2003,100", "A2,约莫,PE,2003,100", ",30,PE,2003,100",
            "A4,40,木头,近年,219#", "A5,1.5公里,PE,2003,100"]  # fmt: skip
    path = write(tmp_path / "gas_pipe.csv", "\n".join([HEAD, *rows]))
    inventory = read_inventory(path, catalogue)
    frame = inventory.assets["gas_pipe"].set_index("asset_id")
    assert frame.index.tolist() == ["A4", "A5"]
    assert frame.loc["A4", ["material", "install_year", "diameter_mm"]].isna().all()
    assert frame.loc["A5", "length_m"] == 1500
    assert issues(inventory) == {
        ("too_small", 2, "rejected"),
        ("not_a_number", 3, "rejected"),
        ("empty_required", 4, "rejected"),
        ("not_a_choice", 5, "questioned"),
        ("not_a_year", 5, "questioned"),
        ("not_a_number", 5, "questioned"),
        ("unit_in_cell", 6, "repaired"),
    }
    count = inventory.counts[0]
    assert (count.read, count.kept, count.rejected) == (5, 2, 3)
    bad = next(i for i in inventory.issues if i.code == "inventory.too_small")
    assert (bad.file, bad.column, bad.raw) == ("gas_pipe.csv", "管长(m)", "-5")
    assert bad.message().params["value"] == "-5"


def test_identifiers_that_occur_twice(tmp_path: Path, catalogue: Catalogue) -> None:
    """Equal rows count once; rows that differ are all rejected, in other files too."""
    rows = [
        "A1,10,PE,2003,100",
        "A1,10,PE,2003,100",
        "A2,10,PE,2003,100",
        "A2,11,PE,2003,100",
    ]
    write(tmp_path / "gas_pipe_1.csv", "\n".join([HEAD, *rows]))
    write(tmp_path / "gas_pipe_2.csv", f"{HEAD}\nA1,99,PE,2003,100\nA3,9,PE,2003,100\n")
    inventory = read_inventory(tmp_path, catalogue)
    assert inventory.assets["gas_pipe"]["asset_id"].tolist() == ["A1", "A3"]
    assert issues(inventory) == {
        ("repeated_row", 3, "note"),
        ("duplicate_id", 4, "rejected"),
        ("duplicate_id", 5, "rejected"),
        ("duplicate_id_file", 2, "rejected"),
    }
    assert [(c.read, c.kept, c.rejected) for c in inventory.counts] == [
        (4, 1, 2),
        (2, 1, 1),
    ]


def test_columns_that_are_not_read_are_named(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Unknown, unnamed and shadowed columns are listed, never passed over."""
    text = "管线编号,管长,编号,颜色,\nA1,10,7,红,x\n"
    inventory = read_inventory(write(tmp_path / "gas_pipe.csv", text), catalogue)
    assert issues(inventory) == {
        ("unknown_column", 1, "note"),
        ("shadowed_column", 1, "questioned"),
        ("unnamed_column", 1, "note"),
    }


def test_rows_with_too_many_cells_are_rejected(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A stray comma shifts cells: the row is kept out, the others stay."""
    rows = [f"A{n},10,PE,2003,100" for n in range(12)]
    rows[11] = "A11,1,000,PE,2003,100"
    path = write(tmp_path / "gas_pipe.csv", "\n".join([HEAD, *rows]))
    inventory = read_inventory(path, catalogue)
    assert len(inventory.assets["gas_pipe"]) == 11
    assert issues(inventory) == {("too_many_cells", 13, "rejected")}
    assert (inventory.counts[0].read, inventory.counts[0].rejected) == (12, 1)


def test_shares_that_may_be_percentages(tmp_path: Path, catalogue: Catalogue) -> None:
    """0.61 may be 61 % or 0.61 %, as sheets store 61 %: it is asked, 61% is taken."""
    body = "X1,300,24000,0.61\nX2,200,9000,0.8\n"
    head = "小区编号,户数,建筑面积,同意率"
    path = write(tmp_path / "residential_compound.csv", f"{head}\n{body}")
    inventory = read_inventory(path, catalogue)
    assert inventory.assets["residential_compound"]["consent_rate"].isna().all()
    assert issues(inventory) == {
        ("share_or_percent", 2, "questioned"),
        ("share_or_percent", 3, "questioned"),
    }
    path = write(path, f"{head}(%)\n{body}")
    stated = read_inventory(path, catalogue)
    assert stated.assets["residential_compound"]["consent_rate"].isna().all()
    path = write(path, f"{head}\nX1,300,24000,61%\nX2,200,9000,0.8%\nX3,9,800,73\n")
    stated = read_inventory(path, catalogue)
    rates = stated.assets["residential_compound"]["consent_rate"]
    assert rates.tolist() == [61, 0.8, 73]
    assert stated.issue_counts()["questioned"] == 0


def test_workbooks(tmp_path: Path, catalogue: Catalogue) -> None:
    """Sheets are recognised by name; sheets without a table are named."""
    gas = [
        ["管线编号", "管长(m)", "敷设年份"],
        ["A1", 120.0, 2003],
        ["A2", "1,200", "1998年"],
    ]
    points = [["点位编号", "积水深度(cm)"], ["P1", 30]]
    path = workbook(
        tmp_path / "台账.xlsx",
        {"燃气管道": gas, "易涝积水点": points, "填表说明": [["请勿改动"]]},
    )
    inventory = read_inventory(path, catalogue)
    assert inventory.assets["gas_pipe"]["length_m"].tolist() == [120.0, 1200.0]
    assert inventory.assets["waterlogging_point"]["depth_cm"].tolist() == [30.0]
    assert issues(inventory) == {("sheet_ignored", 0, "note")}


def test_class_from_headers_or_from_the_user(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Headers of one class only tell it; where they do not, --class does."""
    compounds = write(tmp_path / "表1.csv", "小区编号,户数,建筑面积\nX1,300,24000\n")
    assert set(read_inventory(compounds, catalogue).assets) == {"residential_compound"}
    pipes = write(tmp_path / "表2.csv", "编号,管长\nA1,10\n")
    with pytest.raises(InputError) as error:
        read_inventory(pipes, catalogue)
    assert codes(error) == ["inventory.class_tie"]
    assert error.value.messages[0].params["classes"] == (
        "gas_pipe, heating_pipe, water_pipe"
    )
    assert "water_pipe: 内衬" in error.value.messages[0].params["headers"]
    named = read_inventory(pipes, catalogue, asset_class="water_pipe")
    assert len(named.assets["water_pipe"]) == 1
    with pytest.raises(InputError) as error:
        read_inventory(pipes, catalogue, asset_class="tramway")
    assert codes(error) == ["inventory.unknown_class"]


def test_bad_files_are_all_named(tmp_path: Path, catalogue: Catalogue) -> None:
    """Every file that cannot be read is named, each for its own reason."""
    good = write(tmp_path / "gas_pipe.csv", f"{HEAD}\nA1,10,PE,2003,100\n")
    broken = tmp_path / "heating_pipe.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    locked = tmp_path / "water_pipe.xlsx"
    package = "EncryptedPackage".encode("utf-16-le")
    locked.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + package)
    with zipfile.ZipFile(tmp_path / "corridors.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook in here")
    paths = [
        good, broken, locked, tmp_path / "corridors.xlsx", tmp_path / "gone.csv",
        write(tmp_path / "empty.csv", ""),
        write(tmp_path / "notes.md", "x"),
        write(tmp_path / "waterlogging_point.csv", "随便,写写\n1,2\n"),
        write(tmp_path / "residential_compound.csv", "小区编号,户数\nX1,300\n"),
        write(tmp_path / "gas_pipe_twice.csv", "管线编号,管长,管长\nA9,1,2\n"),
        write(tmp_path / "gas_pipe_unit.csv", "管线编号,管长(户)\nA9,1\n"),
    ]  # fmt: skip
    with pytest.raises(InputError) as error:
        read_inventory(paths, catalogue)
    assert sorted(codes(error)) == sorted(
        [
            "inventory.truncated_zip",
            "inventory.encrypted",
            "inventory.truncated_zip",
            "inventory.missing_file",
            "inventory.empty_file",
            "inventory.unknown_suffix",
            "inventory.no_header",
            "inventory.missing_column",
            "inventory.header_twice",
            "inventory.header_unit",
        ]
    )


def test_an_empty_folder_is_no_inventory(tmp_path: Path, catalogue: Catalogue) -> None:
    """A folder without tables is refused, with the formats that are read."""
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path, catalogue)
    assert codes(error) == ["inventory.no_files"]


def test_text_that_is_no_text_file(tmp_path: Path, catalogue: Catalogue) -> None:
    """Bytes of no known encoding are refused."""
    path = tmp_path / "gas_pipe.csv"
    path.write_bytes(b"\xff\xfe\x00\x81\xff")
    with pytest.raises(InputError) as error:
        read_inventory(path, catalogue)
    assert codes(error) == ["inventory.unknown_encoding"]


def test_failures_join_by_class_and_identifier(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Records go to the asset, its predecessor or nowhere; doubles count once."""
    write(tmp_path / "gas_pipe.csv", f"{HEAD}\nA1,10,PE,2003,100\nA2,10,PE,,100\n")
    write(tmp_path / "water_pipe.csv", "管线编号,管长\nA2,10\nW1,10\n")
    write(
        tmp_path / "failures.csv",
        "资产类别,资产编号,发生日期\n"
        "燃气管道,A1,2010-05-01\n燃气管道,A1,2010-05-01\ngas_pipe,A1,1999-05-01\n"
        ",W1,2011年3月\n,A2,2012-01-01\n供水管道,A9,2012-01-01\n燃气管道,A2,上月\n",
    )
    inventory = read_inventory(tmp_path, catalogue)
    assert inventory.failures[
        ["asset_class", "asset_id", "year"]
    ].to_numpy().tolist() == [
        ["gas_pipe", "A1", 2010],
        ["water_pipe", "W1", 2011],
    ]
    assert inventory.predecessor_failures["asset_id"].tolist() == ["A1"]
    assert inventory.unjoined_failures["asset_id"].tolist() == ["A2", "A9"]
    assert issues(inventory) == {
        ("duplicate_failure", 3, "note"),
        ("failure_predecessor", 4, "note"),
        ("date_without_day", 5, "questioned"),
        ("failure_class", 6, "questioned"),
        ("failure_unjoined", 7, "questioned"),
        ("not_a_date", 8, "rejected"),
    }


def test_corridors_are_complete(tmp_path: Path, catalogue: Catalogue) -> None:
    """A segment that only assets name is added; missing streets come from segments."""
    write(
        tmp_path / "corridors.csv",
        "路段编号,路段名称,所在道路\nL1,人民路（东）,人民路\n",
    )
    write(tmp_path / "gas_pipe.csv", "管线编号,管长,路段编号\nA1,10,L1\nA2,10,L2\n")
    inventory = read_inventory(tmp_path, catalogue)
    assert inventory.corridors["corridor_id"].tolist() == ["L1", "L2"]
    street = inventory.assets["gas_pipe"]["street"]
    assert street.iloc[0] == "人民路"
    assert pd.isna(street.iloc[1])
    assert issues(inventory) == {
        ("corridors_added", 0, "note"),
        ("streets_filled", 0, "note"),
    }


def test_clean_tables_read_back_equal(tmp_path: Path, catalogue: Catalogue) -> None:
    """What `write_clean` writes is read back without a single issue."""
    folder = Path(__file__).resolve().parents[2] / "inventories" / "small-town"
    first = read_inventory(folder, catalogue)
    first.write_clean(tmp_path, csv=True)
    again = read_inventory(tmp_path, catalogue)
    assert again.issues == first.issues == ()
    assert again.synthetic
    assert again.title == first.title
    for name, frame in first.assets.items():
        pd.testing.assert_frame_equal(frame, again.assets[name])
    for name in (
        "failures",
        "corridors",
        "packages",
        "running_works",
        "package_history",
    ):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))


def test_completeness_and_counts(tmp_path: Path, catalogue: Catalogue) -> None:
    """Completeness is the share of filled cells; issues are counted by severity."""
    path = write(tmp_path / "gas_pipe.csv", f"{HEAD}\nA1,10,PE,,100\nA2,-1,PE,2000,1\n")
    inventory = read_inventory(path, catalogue)
    filled = inventory.completeness().set_index("column")["filled"]
    assert filled["install_year"] == 0
    assert filled["length_m"] == 1
    assert inventory.issue_counts()["rejected"] == 1
    assert inventory.issues_frame()["row"].tolist() == [3, 3]
