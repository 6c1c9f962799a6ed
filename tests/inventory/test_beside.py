"""Tables beside each other in one sheet: each is read, or it is said what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory, read_inventory

HALF = "管线编号,管材,管径,长度(m),敷设年份"
OTHER = "编号,材质,口径,管长,建设年代"


def read(
    tmp_path: Path, catalogue: Catalogue, *lines: str, again: str = "B"
) -> Inventory:
    """Read a sheet of two rows of two tables below the lines given."""
    rows = [
        f"A{i},铸铁,DN200,10{i},1990,,{again}{i},PE,DN300,20{i},2010" for i in (1, 2)
    ]
    path = tmp_path / "供水管道.csv"
    path.write_text("\n".join([*lines, *rows]) + "\n", "utf-8")
    return read_inventory(path, catalogue)


@pytest.mark.parametrize(
    "groups", ["旧城区|新城区", "城东片区|城西片区", "新建路|太原路", ""]
)
def test_both_tables_are_read(
    tmp_path: Path, catalogue: Catalogue, groups: str
) -> None:
    """Names of places above them change no meaning: 旧城区 is a place."""
    title = [groups.replace("|", ",,,,,,") + ",,,,"] if groups else []
    other = HALF if groups else OTHER
    found = read(tmp_path, catalogue, *title, f"{HALF},,{other}")
    table = found.assets["water_pipe"]
    assert table["asset_id"].tolist() == ["A1", "A2", "B1", "B2"]
    assert table["length_m"].tolist() == [101, 102, 201, 202]
    assert table["install_year"].tolist() == [1990, 1990, 2010, 2010]
    asked = [i for i in found.issues if i.severity == "questioned"]
    assert [i.code for i in asked] == ["inventory.tables_beside"]
    assert asked[0].raw == (" | ".join(groups.split("|")) or "管线编号 | 编号")


def test_one_thing_said_twice_is_no_second_table(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The same identifiers again are no other pipes; old beside new is asked about."""
    with pytest.raises(InputError) as error:
        read(tmp_path, catalogue, f"{HALF},,{HALF}", again="A")
    assert error.value.messages[0].code == "inventory.header_twice"
    found = read(tmp_path, catalogue, "旧管,,,,,,新管,,,,", f"{HALF},,{OTHER}")
    said = [(i.code, i.column) for i in found.issues if i.severity == "questioned"]
    assert ("inventory.group_not_read", "旧管") in said
