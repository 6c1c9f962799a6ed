"""Every issue and error of the import can be said in both languages, in full."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError, Message
from renewopt.inventory import read_inventory
from renewopt.text import codes, render

ROOM = Path(__file__).resolve().parents[2] / "src" / "renewopt" / "inventory"
DIRT = {
    "gas_pipe_1.csv": "台账,,,,,,,\n"
    "管线编号,管长(m),管材,敷设年份,占压,户数,编号,颜色,\n"
    "A1,-5,PE,2003,是,5,1,x,y\nA2,约莫,木,近年,或许,1.5,,,\n,5,,,,,,,\nA4,1.5公里,,1800,,,,,\n"
    "A5,5,,,,,,,\nA5,5,,,,,,,\nA6,5,,,,,,,\nA6,6,,2004,,,,,\nA7,9999999,,,,,,,\n"
    "A8,5,,,,,,,,,7\n合计,5,,,,,,,\nB1,5,,2010,,,,,\n",
    "gas_pipe_2.csv": "管线编号,管长,路段编号\nA5,5,L1\nC1,5,L9\n",
    "corridors.csv": "路段编号,所在道路\nL1,人民路\nL9,胜利路\nL8,\n",
    "water_pipe.csv": "管线编号,管长,路段编号\nW1,5,L77\n",
    "residential_compound.csv": "小区编号,户数,建筑面积,同意率\nX1,300,24000,0.6\n",
    "failures.csv": "资产类别,资产编号,发生日期\n"
    "燃气管道,B1,2001-01-01\n,Q,2001-01-01\n"
    "燃气管道,B1,2012\n燃气管道,B1,2012-02-02\n燃气管道,B1,2012-02-02\n燃气管道,Z,2012-01-05\n燃气管道,B1,近日\n",
}


def said(item: Message) -> None:
    """Assert that no placeholder is left and that both languages differ."""
    texts = [render(item, lang) for lang in ("zh", "en")]
    for text in texts:
        assert not re.search(r"\{\w+\}", text), text
    assert texts[0] != texts[1]


def test_issues_are_said_in_full(tmp_path: Path, catalogue: Catalogue) -> None:
    """A folder full of dirt gives only sentences without holes, of every kind."""
    for name, text in DIRT.items():
        encoding = "gb18030" if name == "corridors.csv" else "utf-8"
        (tmp_path / name).write_bytes(text.encode(encoding))
    inventory = read_inventory(tmp_path, catalogue)
    for issue in inventory.issues:
        said(issue.message())
    kinds = {issue.code.split(".")[1] for issue in inventory.issues}
    assert kinds >= {
        "too_small", "too_large", "not_a_number", "not_a_choice", "not_a_year",
        "not_a_flag", "not_whole", "not_a_date", "unit_in_cell", "date_without_day",
        "empty_required", "repeated_row", "duplicate_id", "duplicate_id_file",
        "subtotal", "unknown_column", "shadowed_column", "unnamed_column",
        "share_or_percent", "encoding", "corridors_added", "streets_filled",
        "failure_class", "failure_predecessor", "failure_unjoined",
        "duplicate_failure", "failure_perhaps_repeated",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone.csv", None),
        ("gas_pipe.csv", "a,b\n1,2\n"),
        ("gas_pipe.csv", "管线编号,管材\n1,2\n"),
        ("gas_pipe.csv", "管线编号,管长,管长\n1,2,3\n"),
        ("gas_pipe.csv", "管线编号,管长(户)\n1,2\n"),
        ("x.csv", "a,b\n1,2\n"),
        ("x.csv", ""),
        ("x.doc", "text"),
        ("gas_pipe.xlsx", "no zip"),
    ],
)
def test_errors_are_said_in_full(
    tmp_path: Path, catalogue: Catalogue, name: str, content: str | None
) -> None:
    """Each way in which a file cannot be read has its sentence."""
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_inventory(tmp_path / name, catalogue)
    for item in error.value.messages:
        said(item)


def test_every_code_of_the_room_has_its_sentence() -> None:
    """A code in the source without a sentence is named, and the other way round."""
    source = "\n".join(p.read_text(encoding="utf-8") for p in ROOM.rglob("*.py"))
    used = set(re.findall(r'"(inventory\.[a-z_]+)"', source))
    told = {code for code in codes() if code.startswith("inventory.")}
    assert used - {"inventory.toml"} == told
