"""Survey points: one reader, whoever asks, and points in doubt left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Nodes as NodeHeaders
from renewopt.inventory import read_inventory, read_source
from renewopt.inventory.geometry import Nodes, joined_nodes, read_nodes

HEADERS = NodeHeaders(
    sheets=("*",), id=("测点",), x=("北",), y=("东",), start=("甲",), end=("乙",)
)


def points(folder: Path, text: str, headers: NodeHeaders | None = None) -> Nodes:
    """Read a table of points."""
    path = folder / f"points{len(list(folder.iterdir()))}.csv"
    path.write_text(text, "utf-8-sig")
    found = read_nodes(read_source(path)[0], headers)
    assert found is not None
    return found


def test_usual_headers_and_those_of_a_profile_read_alike(tmp_path: Path) -> None:
    """The same points, whether their headers are usual or named by a profile."""
    body = "J1,4601000,389000\nＪ２,4601030,389040\nJ3,x,1\nJ4,1,1\nJ4,2,2\n"
    usual = points(tmp_path, f"点号,X,Y\n{body}")
    named = points(tmp_path, f"测点,北,东\n{body}", HEADERS)
    for found in (usual, named):
        assert found.ids.tolist() == ["J1", "J2"]
        assert found.metres() == {
            "J1": (4601000.0, 389000.0), "J2": (4601030.0, 389040.0)
        }  # fmt: skip
        codes = [issue.code.split(".")[1] for issue in found.issues]
        assert codes == ["not_a_coordinate", "node_twice"]


def test_degrees_are_no_metres(tmp_path: Path) -> None:
    """Points in degrees give no plane distance."""
    assert points(tmp_path, "点号,经度,纬度\nJ1,111.5,41.5\n").metres() == {}


def test_points_of_several_tables(tmp_path: Path) -> None:
    """The file's own points go first; contradictions among others are left out."""
    first = points(tmp_path, "点号,X,Y\nJ1,1000,1000\nJ2,2000,2000\n")
    second = points(tmp_path, "点号,X,Y\nJ1,9000,9000\nJ3,3000,3000\n")
    own = joined_nodes([first, second], first.file)
    assert own is not None
    assert own.metres()["J1"] == (1000.0, 1000.0)
    assert sorted(own.ids) == ["J1", "J2", "J3"]
    assert own.issues == ()
    foreign = joined_nodes([first, second], "lines.csv")
    assert foreign is not None
    assert sorted(foreign.ids) == ["J2", "J3"]
    assert [issue.raw for issue in foreign.issues] == ["J1"]
    assert joined_nodes([]) is None


@pytest.mark.parametrize("header", ["连接点号", "终点点号"])
def test_points_in_doubt_are_said_once(
    tmp_path: Path, catalogue: Catalogue, header: str
) -> None:
    """Two files with the same number elsewhere: the line has no place, and why."""
    (tmp_path / "p1.csv").write_text("点号,X,Y\nJ1,1000,1000\n", "utf-8-sig")
    (tmp_path / "p2.csv").write_text("点号,X,Y\nJ1,5000,1000\n", "utf-8-sig")
    text = f"管线编号,管长(m),起点点号,{header}\nA1,5,J1,J2\nA2,6,J1,J3\n"
    (tmp_path / "gas_pipe.csv").write_text(text, "utf-8-sig")
    found = read_inventory(tmp_path, catalogue)
    twice = [i for i in found.issues if i.code == "inventory.node_twice"]
    assert [(i.file, i.raw) for i in twice] == [("p1.csv, p2.csv", "J1")]
    assert len(found.assets["gas_pipe"]) == 2


LINES = (
    "管线编号,起点点号,终点点号,管材,管径,管长(m)\n"
    "{0}1,J1,J2,PE,200,100\n{0}2,J2,J3,PE,200,100\n"
)
POINTS = "点号,经度,纬度\nJ1,{0},41.5\nJ2,{0},41.501\nJ3,{0},41.502\n"


@pytest.mark.parametrize(
    ("files", "placed", "asked"),
    [
        (["供水管线", "燃气管线", "燃气管点"], ["gas_pipe"], ["供水管线"]),
        (
            ["供水管线", "燃气管线", "供水管点", "燃气管点"],
            ["gas_pipe", "water_pipe"],
            [],
        ),
        (["供水管线", "给水管点"], ["water_pipe"], []),
        (["供水管线", "通信管点"], [], ["供水管线"]),
        (["供水管线", "管点"], ["water_pipe"], []),
        (["供水管线", "燃气管线", "管点"], [], ["供水管线", "燃气管线"]),
        (["东供水管线", "西供水管线", "东供水管点"], ["东"], ["西供水管线"]),
    ],
)
def test_points_of_other_lines(
    tmp_path: Path, catalogue: Catalogue, files: list[str], placed: list[str],
    asked: list[str],
) -> None:  # fmt: skip
    """J1 is in every survey: points of another class or survey place nothing."""
    for i, name in enumerate(files):
        text = POINTS.format(111 + i / 100) if "点" in name else LINES.format(name[0])
        (tmp_path / f"{name}.csv").write_text(text, "utf-8-sig")
    found = read_inventory(tmp_path, catalogue)
    with_place = {
        name if name != "water_pipe" or "东" not in files[0] else str(asset)[0]
        for name, table in found.assets.items()
        if "start_lon" in table
        for asset in table.loc[table["start_lon"].notna(), "asset_id"]
    }
    assert sorted(with_place) == placed
    said = [i for i in found.issues if i.code == "inventory.nodes_of_others"]
    assert [i.file.removesuffix(".csv") for i in said] == asked
    assert all(i.params["points"] == 3 for i in said)
