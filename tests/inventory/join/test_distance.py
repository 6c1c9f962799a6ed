"""Records without an identifier go to the nearest asset, or are said to be unclear."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from renewopt.catalogue import Catalogue
from renewopt.inventory import Inventory, read_inventory
from renewopt.inventory.failures import join_failures
from renewopt.inventory.geometry.gcj import to_gcj
from renewopt.inventory.join.pieces import near, pieces_of
from renewopt.inventory.join.plane import Plane
from renewopt.inventory.tables import ParsedTable, TableCount
from tests.inventory.readers.making import layer

PLANE = Plane(111.0, 41.5)
HEAD = "管线编号,管长,管材,敷设年份,起点经度,起点纬度,终点经度,终点纬度\n"


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Give the degrees of a place in metres."""
    lon, lat = PLANE.degrees(np.array([x]), np.array([y]))
    return float(lon[0]), float(lat[0])


def pipe(
    name: str, x1: float, y1: float, x2: float, y2: float, what: str = "PE,2000"
) -> str:
    """Write one pipe between two places in metres."""
    ends = [f"{v:.8f}" for v in (*lonlat(x1, y1), *lonlat(x2, y2))]
    return f"{name},100,{what},{','.join(ends)}\n"


def record(x: float, y: float, day: str, rest: str = ",,,") -> str:
    """Write one record: class, day, longitude, latitude, identifier, state, street."""
    lon, lat = lonlat(x, y)
    return f"燃气管道,{day},{lon:.8f},{lat:.8f}{rest}\n"


RECORD_HEAD = "资产类别,发生日期,经度,纬度,资产编号,处理状态,道路名称\n"


def read(folder: Path, catalogue: Catalogue, pipes: str, records: str) -> Inventory:
    """Write and read one class of pipes and its records."""
    (folder / "gas_pipe.csv").write_text(HEAD + pipes, "utf-8")
    (folder / "failures.csv").write_text(RECORD_HEAD + records, "utf-8")
    return read_inventory(folder, catalogue)


def codes(inventory: Inventory) -> list[tuple[str, int]]:
    """List what was said of single records."""
    return sorted(
        (issue.code.removeprefix("inventory."), issue.row)
        for issue in inventory.issues
        if issue.file == "failures.csv"
    )


def test_nearest_asset_within_reach(tmp_path: Path, catalogue: Catalogue) -> None:
    """A record goes to the nearest line, measured across it; beyond reach to none."""
    pipes = pipe("A", 0, 0, 200, 0) + pipe("B", 0, 100, 200, 100, "钢,1990")
    records = record(150, 10, "2020-01-01") + record(150, 131, "2020-01-02")
    records += record(150, 129, "2020-01-03")
    found = read(tmp_path, catalogue, pipes, records)
    assert found.failures["asset_id"].tolist() == ["A", "B"]
    assert found.failures["joined_by"].tolist() == ["distance", "distance"]
    assert found.failures["distance_m"].tolist() == [10.0, 29.0]
    assert len(found.unjoined_failures) == 1
    assert codes(found) == [("failure_far", 3), ("failures_by_distance", 0)]


def test_two_assets_as_near(tmp_path: Path, catalogue: Catalogue) -> None:
    """Between two assets that differ it is not guessed; between equal ones it is."""
    pipes = pipe("A", 0, 0, 200, 0) + pipe("B", 0, 10, 200, 10, "钢,1990")
    pipes += pipe("C", 0, 500, 100, 500) + pipe("D", 100, 500, 200, 500)
    records = record(50, 4, "2020-01-01") + record(50, 1, "2020-01-02")
    records += record(101, 503, "2020-01-03")
    found = read(tmp_path, catalogue, pipes, records)
    assert found.failures["asset_id"].tolist() == ["A", "D"]
    assert codes(found) == [("failure_ambiguous", 2), ("failures_by_distance", 0)]
    shares = found.failure_joins.iloc[0]
    assert (shares["by_distance"], shares["ambiguous"]) == (2, 1)


def test_older_than_the_asset(tmp_path: Path, catalogue: Catalogue) -> None:
    """A pipe laid later cannot have failed: its older neighbour did, else a forerunner.

    Without the neighbour the record belongs to the predecessor.
    """
    pipes = pipe("NEW", 0, 0, 200, 0, "PE,2018") + pipe("OLD", 0, 15, 200, 15)
    pipes += pipe("ALONE", 0, 500, 200, 500, "PE,2018")
    records = record(50, 2, "2015-01-01") + record(50, 500, "2015-01-02")
    found = read(tmp_path, catalogue, pipes, records)
    assert found.failures["asset_id"].tolist() == ["OLD"]
    assert found.predecessor_failures["asset_id"].tolist() == ["ALONE"]


def test_identifier_counts_before_place(tmp_path: Path, catalogue: Catalogue) -> None:
    """A known identifier decides; an unknown one gives way to the place, said so."""
    pipes = pipe("A", 0, 0, 200, 0) + pipe("B", 0, 28, 200, 28)
    records = record(50, 1, "2020-01-01", ",B,,") + record(50, 1, "2020-01-02", ",X9,,")
    found = read(tmp_path, catalogue, pipes, records)
    assert found.failures["asset_id"].tolist() == ["B", "A"]
    assert found.failures["joined_by"].tolist() == ["id", "distance"]
    assert codes(found) == [("failure_other_asset", 3)]
    issue = next(i for i in found.issues if i.code.endswith("other_asset"))
    assert (issue.raw, issue.params["asset"]) == ("X9", "A")


def test_identifier_far_from_its_own_place(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Beyond the stated distance identifier and place contradict: it is asked."""
    pipes = pipe("A", 0, 0, 200, 0) + pipe("B", 0, 100, 200, 100)
    records = record(50, 1, "2020-01-01", ",B,,") + record(
        50, 131, "2020-01-02", ",B,,"
    )
    records += "燃气管道,2020-01-03,,,B,,\n"
    found = read(tmp_path, catalogue, pipes, records)
    assert found.failures["date"].dt.day.tolist() == [3]
    assert found.unjoined_failures["asset_id"].tolist() == ["B", "B"]
    assert codes(found) == [("failure_elsewhere", 2), ("failure_elsewhere", 3)]
    said = [i.params for i in found.issues if i.code.endswith("failure_elsewhere")]
    assert [(p["distance"], p["within"]) for p in said] == [("99", "30"), ("31", "30")]
    assert found.failure_joins["unjoined"].tolist() == [2]


def days(found: Inventory) -> list[tuple[str, str | None]]:
    """List the first and, where it is not one day, the last day of each record."""
    table = found.failures[["date", "last_date"]]
    return [
        (f"{a:%Y-%m-%d}", None if pd.isna(b) else f"{b:%Y-%m-%d}")
        for a, b in zip(table["date"], table["last_date"], strict=True)
    ]


def test_records_without_a_day_count_by_their_interval(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A year or month is no first of January: it repeats nothing, and it is asked."""
    pipes = pipe("A", 0, 0, 200, 0) + pipe("B", 0, 100, 200, 100)
    rows = [
        "2020年,,,A", "2020-01-01,,,A", "2020年,,,A", "2021.3,,,B", "2021-04-01,,,B",
        "2020.1,,,B", "2020-10-20,,,B", "2019,,,", "2019-05-01,,,",
    ]  # fmt: skip
    records = "".join(f"燃气管道,{row},,人民路\n" for row in rows)
    found = read(tmp_path, catalogue, pipes, records)
    assert days(found) == [
        ("2020-01-01", "2020-12-31"), ("2020-01-01", None),
        ("2020-01-01", "2020-12-31"),
        ("2021-03-01", "2021-03-31"), ("2021-04-01", None),
        ("2020-01-01", "2020-10-31"), ("2020-10-20", None),
    ]  # fmt: skip
    asked = [row for code, row in codes(found) if code == "failure_perhaps_repeated"]
    assert asked == [2, 4, 7, 9]
    assert not [row for code, row in codes(found) if code == "duplicate_failure"]


def test_interval_is_read_again(tmp_path: Path, catalogue: Catalogue) -> None:
    """The last day goes out and comes in again; one number is one event."""
    pipes = pipe("A", 0, 0, 200, 0)
    (tmp_path / "gas_pipe.csv").write_text(HEAD + pipes, "utf-8")
    (tmp_path / "failures.csv").write_text(
        "工单编号,资产类别,发生日期,最晚日期,资产编号\n"
        "G1,燃气管道,2020-01-01,2020-12-31,A\nG2,燃气管道,2020-05-05,2020-05-05,A\n",
        "utf-8",
    )
    (tmp_path / "failures_2.csv").write_text(
        "工单编号,资产类别,发生日期,资产编号\nG1,燃气管道,2020年,A\n", "utf-8"
    )
    found = read_inventory(tmp_path, catalogue)
    assert days(found) == [("2020-01-01", "2020-12-31"), ("2020-05-05", None)]
    assert codes(found) == [("failure_perhaps_repeated", 2)]
    assert found.failure_joins["duplicate"].tolist() == [1]


def test_year_of_birth_is_asked_about(tmp_path: Path, catalogue: Catalogue) -> None:
    """Of the year in which a pipe was laid, a record may be its predecessor's.

    One question per file names them all: old pipes are laid anew since they fail.
    """
    pipes = pipe("A", 0, 0, 200, 0, "PE,2015")
    rows = ["2014-12-31", "2015-03-01", "2015年", "2016-01-01"]
    records = "".join(f"燃气管道,{row},,,A,,\n" for row in rows)
    found = read(tmp_path, catalogue, pipes, records)
    assert len(found.predecessor_failures) == 1
    asked = [i for i in found.issues if i.code == "inventory.failure_same_year"]
    assert [(i.row, i.severity) for i in asked] == [(0, "questioned")]
    assert asked[0].params == {"rows": 2, "list": "3, 4"}
    assert len(found.failures) == 3


def test_no_day_at_one_place(tmp_path: Path, catalogue: Catalogue) -> None:
    """Without an asset, a place or a street tells what may be one event."""
    pipes = pipe("A", 0, 0, 200, 0)
    records = record(50, 900, "2020年") + record(52, 901, "2020-05-05")
    records += record(90, 900, "2020年") + "燃气管道,2020年,,,,,人民路\n"
    records += "燃气管道,2020-02-02,,,,,人民路\n燃气管道,2021年,,,,,人民路\n"
    found = read(tmp_path, catalogue, pipes, records)
    asked = [row for code, row in codes(found) if code == "failure_perhaps_repeated"]
    assert asked == [2, 5]
    assert len(found.unjoined_failures) == 6


def test_cancelled_and_repeated(tmp_path: Path, catalogue: Catalogue) -> None:
    """Cancelled records and repetitions are left out, counted and told."""
    pipes = pipe("A", 0, 0, 200, 0)
    records = (
        record(50, 1, "2020-01-01", ",A,已完成,")
        + record(50, 1, "2020-01-01", ",,,")  # the same asset and day, by place
        + record(50, 1, "2020-01-02", ",A,已取消,")
        + record(50, 1, "2020-01-03", ",A,误 报,")
        + record(50, 1, "2020-01-04", ",A,未取消,")
        + record(50, 900, "2020-01-05", ",,,")
        + record(52, 901, "2020-01-05", ",,,")  # no asset, but the same place and day
        + "燃气管道,2020-01-06,,,,,人民路\n燃气管道,2020-01-06,,,,,人民路\n"
        + "燃气管道,2020-01-06,,,,,建设路\n"
    )
    found = read(tmp_path, catalogue, pipes, records)
    days = found.failures["date"].dt.day.tolist()
    assert days == [1, 4]
    assert len(found.unjoined_failures) == 3
    shares = found.failure_joins.iloc[0].drop("asset_class").to_dict()
    assert shares == {
        "records": 10, "by_id": 2, "by_name": 0, "by_distance": 0, "predecessor": 0,
        "ambiguous": 0,
        "unjoined": 3, "duplicate": 3, "cancelled": 2, "left_out": 0,
    }  # fmt: skip
    count = next(c for c in found.counts if c.table == "failures")
    assert count.left_out == {"cancelled": 2, "duplicates": 3}
    assert (count.read, count.kept) == (10, 5)
    assert ("failure_perhaps_cancelled", 6) in codes(found)
    assert ("failure_no_place", 9) in codes(found)


def test_one_event_in_two_files(tmp_path: Path, catalogue: Catalogue) -> None:
    """A repair and a complaint of one asset and day are one event."""
    (tmp_path / "gas_pipe.csv").write_text("管线编号,管长\nA,10\n", "utf-8")
    for name in ("抢修记录", "维修记录"):
        text = "资产类别,资产编号,发生日期\n燃气管道,A,2020-01-01\n"
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert len(found.failures) == 1
    assert found.failure_joins["duplicate"].tolist() == [1]


def test_another_kind_number_or_hour_is_asked_about(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """One of a day counts; what differs in kind, number or hour is a question."""
    (tmp_path / "gas_pipe.csv").write_text("管线编号,管长\nA,10\nB,10\n", "utf-8")
    text = "资产类别,记录编号,资产编号,发生日期,故障类型\n"
    text += "燃气管道,G1,A,2020-01-01,爆管\n"
    text += "燃气管道,G2,A,2020-01-01,漏气\n"
    text += "燃气管道,G3,B,2020-01-02 08:00,漏气\n"
    text += "燃气管道,,B,2020-01-02 20:00,漏气\n"
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert len(found.failures) == 2
    asked = [row for code, row in codes(found) if code == "failure_perhaps_other"]
    assert asked == [3, 5]


def test_a_remark_that_says_false_alarm_is_asked_about(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A remark or cause is no state: the record counts, and a question is asked."""
    (tmp_path / "gas_pipe.csv").write_text("管线编号,管长\nA,10\n", "utf-8")
    text = "资产类别,资产编号,发生日期,故障原因,备注,处理状态\n"
    text += "燃气管道,A,2020-01-01,腐蚀,误报,\n燃气管道,A,2021-01-01,误报,,\n"
    text += "燃气管道,A,2022-01-01,腐蚀,已修复,\n燃气管道,A,2023-01-01,,,未发现漏水\n"
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert found.failures["year"].tolist() == [2020, 2021, 2022]
    asked = [row for code, row in codes(found) if code == "failure_perhaps_cancelled"]
    assert asked == [2, 3]


def test_points_by_distance(tmp_path: Path, catalogue: Catalogue) -> None:
    """Flood events find their waterlogging point within its own reach."""
    lon, lat = lonlat(0, 0)
    text = f"点位编号,经度,纬度\nP1,{lon},{lat}\n"
    (tmp_path / "waterlogging_point.csv").write_text(text, "utf-8")
    lon, lat = lonlat(60, 60)
    far_lon, far_lat = lonlat(90, 90)
    text = "资产类别,发生日期,经度,纬度\n"
    text += f"waterlogging_point,2020-07-01,{lon},{lat}\n"
    text += f"waterlogging_point,2020-07-02,{far_lon},{far_lat}\n"
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert found.failures["distance_m"].tolist() == pytest.approx([84.9], abs=0.2)
    assert len(found.unjoined_failures) == 1


def test_clean_tables_keep_the_joins(tmp_path: Path, catalogue: Catalogue) -> None:
    """What was joined by distance is read back so, with its distance."""
    pipes = pipe("A", 0, 0, 200, 0) + pipe("B", 0, 10, 200, 10, "钢,1990")
    records = record(50, -7, "2020-01-01") + record(50, 5, "2020-01-02")
    first = read(tmp_path, catalogue, pipes, records)
    first.write_clean(tmp_path / "clean")
    again = read_inventory(tmp_path / "clean", catalogue)
    pd.testing.assert_frame_equal(first.failures, again.failures)
    pd.testing.assert_frame_equal(first.unjoined_failures, again.unjoined_failures)


def test_near_equals_brute_force() -> None:
    """The tree finds the same pairs and distances as comparing all with all."""
    rng = np.random.default_rng(7)
    ends = rng.uniform(-800, 800, (60, 4))
    ends[:5, 2:] = ends[:5, :2]
    lon, lat = PLANE.degrees(ends[:, [0, 2]].ravel(), ends[:, [1, 3]].ravel())
    lon, lat = lon.reshape(-1, 2), lat.reshape(-1, 2)
    frame = pd.DataFrame(
        {"start_lon": lon[:, 0], "start_lat": lat[:, 0],
         "end_lon": lon[:, 1], "end_lat": lat[:, 1]}
    )  # fmt: skip
    x, y = rng.uniform(-800, 800, (2, 200))
    x[0], y[0] = ends[0, 0], ends[0, 1]
    found = near(pieces_of(frame, PLANE), x, y, 40.0)
    share = np.linspace(0, 1, 1001)
    expected, unsure = set(), set()
    for j, (x1, y1, x2, y2) in enumerate(ends):
        for i in range(len(x)):
            px, py = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            away = np.hypot(px - x[i], py - y[i]).min()
            if away <= 38.0:
                expected.add((i, j))
            elif away <= 42.0:
                unsure.add((i, j))
    pairs = set(zip(found["place"], found["owner"], strict=True))
    assert pairs - unsure == expected
    assert len(expected) > 100
    assert (0, 0) in expected


def test_drawn_lines_count_before_their_ends() -> None:
    """With a geometry the distance is to the drawn line, not to the straight one."""
    shapely = pytest.importorskip("shapely")
    lon, lat = PLANE.degrees(np.array([0.0, 100, 200]), np.array([0.0, 100, 0]))
    line = shapely.to_wkb(shapely.linestrings(np.column_stack([lon, lat])))
    frame = pd.DataFrame(
        {"start_lon": lon[:1], "start_lat": lat[:1], "end_lon": lon[2:],
         "end_lat": lat[2:], "geometry": [line]}
    )  # fmt: skip
    found = near(pieces_of(frame, PLANE), np.array([100.0]), np.array([90.0]), 50.0)
    assert found["distance"].tolist() == pytest.approx([10 / np.sqrt(2)], rel=1e-3)
    plain = near(
        pieces_of(frame.drop(columns="geometry"), PLANE),
        np.array([100.0]), np.array([90.0]), 50.0,
    )  # fmt: skip
    assert len(plain) == 0


def test_plane_is_right_to_the_metre() -> None:
    """A degree of latitude and of longitude have their lengths on the ellipsoid."""
    x, y = Plane(111.0, 41.5).xy(np.array([111.01]), np.array([41.51]))
    assert x[0] == pytest.approx(834.9, abs=0.3)
    assert y[0] == pytest.approx(1110.7, abs=0.3)


def test_many_records_in_seconds(catalogue: Catalogue) -> None:
    """20,000 records find their assets among 20,000 without a loop over rows."""
    rng = np.random.default_rng(1)
    n = 20_000
    x, y, turn = (
        rng.uniform(0, 30_000, n),
        rng.uniform(0, 30_000, n),
        rng.uniform(0, 7, n),
    )
    lon1, lat1 = PLANE.degrees(x, y)
    lon2, lat2 = PLANE.degrees(x + 80 * np.cos(turn), y + 80 * np.sin(turn))
    pipes = pd.DataFrame(
        {"asset_id": [f"A{i}" for i in range(n)], "install_year": 1990,
         "start_lon": lon1, "start_lat": lat1, "end_lon": lon2, "end_lat": lat2}
    )  # fmt: skip
    lon, lat = PLANE.degrees(x + 40 * np.cos(turn), y + 40 * np.sin(turn))
    days = pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(n) % 900, "D")
    frame = pd.DataFrame(
        {"asset_class": "gas_pipe", "lon": lon, "lat": lat, "date": days}
    )
    count = TableCount("f.csv", "", "failures", n, n, 0)
    table = ParsedTable("failures", "f.csv", "", frame, np.arange(2, n + 2), (), count)
    began = time.perf_counter()
    found = join_failures([table], {"gas_pipe": pipes}, catalogue)
    assert time.perf_counter() - began < 10
    own = "A" + (found.failures["failure_id"].str[2:].astype(int) - 2).astype(str)
    assert found.failures["asset_id"].tolist() == own.tolist()
    assert len(found.failures) == n


def test_a_failure_within_the_range_of_years(catalogue: Catalogue) -> None:
    """Where the year is known as a range, records inside it are questioned."""
    pipes = pd.DataFrame({"asset_id": ["A"], "install_year": [2000]})
    days = pd.to_datetime(["1994-05-01", "1998-05-01", "2001-05-01", "2006-05-01"])
    frame = pd.DataFrame({"asset_class": "gas_pipe", "asset_id": "A", "date": days})
    count = TableCount("f.csv", "", "failures", 4, 4, 0)
    table = ParsedTable("failures", "f.csv", "", frame, np.arange(2, 6), (), count)
    qualities = pd.DataFrame(
        [["gas_pipe", "A", "install_year", "bounded", 1995.0, 2005.0, "约2000"]],
        columns=["asset_class", "asset_id", "column", "quality", "low", "high", "raw"],
    )
    found = join_failures([table], {"gas_pipe": pipes}, catalogue, qualities=qualities)
    assert len(found.predecessors) == len(found.failures) == 2
    unsure = [i.row for i in found.issues if i.code.endswith("perhaps_older")]
    assert unsure == [3, 4]


FROM_GK = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4546", always_xy=True)
"""3-degree zone of 111° east, without its number."""


def plane(x: float, y: float) -> tuple[float, float]:
    """Give a place in metres as coordinates of the zone: east, north."""
    east, north = FROM_GK.transform(*lonlat(x, y))
    return float(east), float(north)


@pytest.mark.parametrize("header", ["X,Y", "北坐标,东坐标", "X坐标(m),Y坐标(m)"])
def test_records_in_plane_coordinates(
    tmp_path: Path, catalogue: Catalogue, header: str
) -> None:
    """Survey coordinates (X north) of a stated system are joined like degrees."""
    (tmp_path / "gas_pipe.csv").write_text(
        HEAD + pipe("A", 0, 0, 200, 0) + pipe("B", 0, 100, 200, 100, "钢,1990"), "utf-8"
    )
    rows = []
    for x, y, day in ((150, 10, "2020-01-01"), (150, 131, "2020-01-02")):
        east, north = plane(x, y)
        rows.append(f"燃气管道,{day},{north:.3f},{east:.3f}\n")
    text = f"资产类别,发生日期,{header}\n{''.join(rows)}"
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue, crs={"failures.csv": "EPSG:4546"})
    assert found.failures["asset_id"].tolist() == ["A"]
    assert found.failures["distance_m"].tolist() == [10.0]
    assert found.failures["lon"].tolist() == pytest.approx([lonlat(150, 10)[0]])
    assert ("failure_far", 3) in codes(found)
    assert not {"unknown_column", "crs_needed"} & {code for code, _ in codes(found)}


def test_the_system_of_records_is_asked_for(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Plane coordinates of an unknown zone join nothing, and the zone is asked for."""
    east, north = plane(150, 10)
    pipes = HEAD + pipe("A", 0, 0, 200, 0)
    (tmp_path / "gas_pipe.csv").write_text(pipes, "utf-8")
    text = f"资产类别,发生日期,X,Y\n燃气管道,2020-01-01,{north:.3f},{east:.3f}\n"
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert len(found.failures) == 0
    assert {"crs_zone_needed", "failure_no_place"} <= {c for c, _ in codes(found)}


@pytest.mark.parametrize("name", ["failures.gpkg", "failures.shp", "failures.geojson"])
def test_records_that_are_points_of_a_layer(
    tmp_path: Path, catalogue: Catalogue, name: str
) -> None:
    """Points of a GIS layer are joined by its own system; a row without one is said."""
    system = "EPSG:4490" if name.endswith("json") else "EPSG:4546"
    at = lonlat(150, 10) if system == "EPSG:4490" else plane(150, 10)
    shapes = np.array([shapely.points(*at), None], dtype=object)
    fields = {"资产类别": ["燃气管道"] * 2, "发生日期": ["2020-01-01", "2020-02-01"]}
    layer(tmp_path / name, fields, shapes, crs=system, kind="Point")
    pipes = HEAD + pipe("A", 0, 0, 200, 0)
    (tmp_path / "gas_pipe.csv").write_text(pipes, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert found.failures["asset_id"].tolist() == ["A"]
    assert found.failures["distance_m"].tolist() == [10.0]
    said = {(i.code, i.row) for i in found.issues if i.file == name}
    assert ("inventory.failure_no_place", 2) in said


def test_records_of_web_maps_are_shifted_back(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Degrees stay as they are, unless they are said to be those of web maps."""
    lon, lat = to_gcj(*(np.array([v]) for v in lonlat(150, 10)))
    (tmp_path / "gas_pipe.csv").write_text(HEAD + pipe("A", 0, 0, 200, 0), "utf-8")
    text = (
        f"资产类别,发生日期,经度,纬度\n燃气管道,2020-01-01,{lon[0]:.8f},{lat[0]:.8f}\n"
    )
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue, crs={"failures.csv": "GCJ-02"})
    assert found.failures["distance_m"].tolist() == [10.0]
    assert len(read_inventory(tmp_path, catalogue).failures) == 0


def test_older_than_the_renewal(tmp_path: Path, catalogue: Catalogue) -> None:
    """A record from before a full renewal is the predecessor's, by id and by place.

    A renewal that lies in the future does not count yet.
    """
    head = HEAD.replace("敷设年份", "敷设年份,改造年份")
    pipes = pipe("W4", 0, 0, 200, 0, "PE,1985,2018")
    pipes += pipe("W5", 0, 500, 200, 500, "PE,1985,")
    (tmp_path / "gas_pipe.csv").write_text(head + pipes, "utf-8")
    records = record(50, 2, "2010-05-01", ",W4,,") + record(50, 1, "2011-05-01")
    records += record(50, 2, "2018-05-01", ",W4,,") + record(50, 500, "2010-05-01")
    (tmp_path / "failures.csv").write_text(RECORD_HEAD + records, "utf-8")
    found = read_inventory(tmp_path, catalogue, as_of_year=2025)
    assert found.predecessor_failures["year"].tolist() == [2010, 2011]
    assert found.failures["asset_id"].tolist() == ["W4", "W5"]
    assert ("failure_predecessor", 2) in codes(found)


UNCLASSED = "发生日期,经度,纬度,资产编号\n"


def unclassed(*places: tuple[float, float]) -> str:
    """Write records without a class, nor an identifier."""
    rows = [
        "2020-01-{:02d},{:.8f},{:.8f},\n".format(day, *lonlat(*place))
        for day, place in enumerate(places, start=1)
    ]
    return UNCLASSED + "".join(rows)


def test_class_of_records_by_the_name_of_their_file(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Without a class column the name of the file says it, and that is noted."""
    for name in ("gas_pipe", "water_pipe"):
        shift = 0 if name == "gas_pipe" else 5
        text = HEAD + pipe(name, 0, shift, 200, shift)
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    file = tmp_path / "供水管道抢修记录.csv"
    file.write_text(unclassed((50, 0)), "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert found.failures["asset_id"].tolist() == ["water_pipe"]
    said = [i for i in found.issues if i.code == "inventory.failure_class_from_name"]
    assert [(i.params, i.severity) for i in said] == [
        ({"rows": 1, "table": "water_pipe"}, "note")
    ]


@pytest.mark.parametrize(
    ("file", "joined", "code"),
    [
        ("抢修记录", 1, "failure_only_class"),
        ("消防水管抢修记录", 0, "failure_no_class"),
    ],
)
def test_records_of_the_only_class(
    tmp_path: Path, catalogue: Catalogue, file: str, joined: int, code: str
) -> None:
    """With one class they are its records, unless the file's name says otherwise."""
    text = HEAD + pipe("A", 0, 0, 200, 0)
    (tmp_path / "water_pipe.csv").write_text(text, "utf-8")
    (tmp_path / f"{file}.csv").write_text(unclassed((50, 0)), "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert (len(found.failures), len(found.unjoined_failures)) == (joined, 1 - joined)
    assert f"inventory.{code}" in {issue.code for issue in found.issues}


def test_an_identifier_that_no_asset_has_is_said(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Of one class the identifier is wrong, not the class."""
    (tmp_path / "gas_pipe.csv").write_text(HEAD + pipe("JS-A", 0, 0, 9, 0), "utf-8")
    text = "资产编号,发现时间\njs-a,2020-01-01\nJS-9,2020-01-02\n"
    (tmp_path / "failures.csv").write_text(text, "utf-8")
    found = read_inventory(tmp_path, catalogue)
    code = "inventory.failure_unknown_asset"
    said = [(i.raw, i.params["near"]) for i in found.issues if i.code == code]
    assert said == [("js-a", "JS-A"), ("JS-9", "-")]


def test_records_of_no_class_are_said_with_words(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """With two classes and no name it is not guessed, and no nan is shown."""
    for name in ("gas_pipe", "water_pipe"):
        text = HEAD + pipe(name, 0, 0, 200, 0)
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    (tmp_path / "failures.csv").write_text(unclassed((50, 0)), "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert found.failures.empty
    assert codes(found) == [("failure_no_class", 2)]
    assert all("nan" not in str(i.message().params) for i in found.issues)
