"""Assets in street segments: never moved, never guessed against the bureau's words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.corridors import measure
from renewopt.catalogue import Catalogue
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory, read_inventory
from renewopt.inventory.corridors import Placed, place_in_corridors
from renewopt.inventory.join.plane import Plane

PLANE = Plane(111.0, 41.5)
NO_ROADS = pd.DataFrame(
    {name: pd.Series(dtype=object) for name in ("corridor_id", "name", "street")}
)


def lines(**ends: tuple[float, float, float, float]) -> pd.DataFrame:
    """Make lines from their ends in metres."""
    table = np.array(list(ends.values()), dtype=float)
    lon, lat = PLANE.degrees(table[:, [0, 2]].ravel(), table[:, [1, 3]].ravel())
    lon, lat = lon.reshape(-1, 2), lat.reshape(-1, 2)
    return pd.DataFrame(
        {
            "asset_id": list(ends),
            "start_lon": lon[:, 0],
            "start_lat": lat[:, 0],
            "end_lon": lon[:, 1],
            "end_lat": lat[:, 1],
        }
    )


def roads(**ends: tuple[float, float, float, float]) -> pd.DataFrame:
    """Make a road layer: L1 is a segment of the street 人民路, and so on."""
    streets = {"L1": "人民路", "L2": "人民路", "L3": "建设路"}
    frame = lines(**ends).rename(columns={"asset_id": "corridor_id"})
    return frame.assign(street=frame["corridor_id"].map(streets), name="")


def segments(placed: Placed, name: str) -> dict[str, str | None]:
    """Give the segment of each asset."""
    frame = placed.assets[name].reindex(columns=["asset_id", "corridor_id"])
    ids = frame["corridor_id"].astype(object)
    ids = ids.where(ids.notna(), None)
    return dict(zip(frame["asset_id"], ids, strict=True))


LAYER = roads(L1=(0, 0, 200, 0), L2=(200, 0, 400, 0), L3=(200, 0, 200, 300))


def test_buffer_takes_the_segment_with_most_of_the_line(catalogue: Catalogue) -> None:
    """Along, not across; most of the length; what the bureau wrote stays."""
    pipes = lines(
        ALONG=(10, 8, 190, 8),
        OVER=(100, -5, 260, -5),
        CROSS=(205, 10, 205, 200),
        FAR=(10, 60, 190, 60),
        GIVEN=(10, 4, 190, 4),
    ).assign(corridor_id=[None, None, None, None, "X9"])
    placed = place_in_corridors({"gas_pipe": pipes}, LAYER, catalogue)
    found = segments(placed, "gas_pipe")
    assert found == {
        "ALONG": "L1", "OVER": "L1", "CROSS": "L3", "FAR": None, "GIVEN": "X9",
    }  # fmt: skip
    sources = placed.assets["gas_pipe"]["corridor_source"].tolist()
    assert sources == ["buffer", "buffer", "buffer", None, "id"]
    row = placed.places.iloc[0].to_dict()
    assert (row["id"], row["buffer"], row["not_placed"]) == (1, 3, 1)
    note = next(i for i in placed.issues if i.code == "inventory.corridors_placed")
    assert (note.params["number"], note.params["assets"]) == (3, 5)


def test_words_against_coordinates_are_a_question(catalogue: Catalogue) -> None:
    """A known street that is not the one below, or a named segment far away: none."""
    layer = LAYER.assign(name=["", "人民路（甲街—乙街）", ""])
    pipes = lines(OTHER=(10, 8, 190, 8), NAMED=(210, 900, 390, 900))
    pipes["street"] = ["建设路", "人民路(乙街-甲街)"]
    placed = place_in_corridors({"gas_pipe": pipes}, layer, catalogue)
    assert segments(placed, "gas_pipe") == {"OTHER": None, "NAMED": None}
    asked = {(i.code, i.params["asset"]) for i in placed.issues if i.severity != "note"}
    assert asked == {
        ("inventory.corridor_other_street", "OTHER"),
        ("inventory.corridor_name_far", "NAMED"),
    }


def test_courtyards_are_no_streets(catalogue: Catalogue) -> None:
    """A courtyard pipe beside the street is in none unless a segment is named."""
    pipes = lines(A=(10, 8, 190, 8), B=(10, 8, 190, 8)).assign(level="yard")
    pipes["street"] = [None, "人民路（甲街—乙街）"]
    layer = LAYER.assign(name=["人民路（甲街—乙街）", "", ""])
    placed = place_in_corridors({"gas_pipe": pipes}, layer, catalogue)
    assert segments(placed, "gas_pipe") == {"A": None, "B": "L1"}


def test_names_without_coordinates(catalogue: Catalogue) -> None:
    """Segment names and streets of one segment place assets without coordinates."""
    layer = LAYER.assign(name=["人民路（甲街—乙街）", "", ""])
    pipes = pd.DataFrame(
        {
            "asset_id": ["A", "B", "C", "D"],
            "street": ["大众路（甲街—乙街）", "建设路", "人民路", "新路（东街—西街）"],
        }
    )
    placed = place_in_corridors(
        {"gas_pipe": pipes, "heating_pipe": pipes},
        layer,
        catalogue,
        {"大众路": "人民路"},
    )
    found = segments(placed, "gas_pipe")
    assert (found["A"], found["B"], found["C"]) == ("L1", "L3", None)
    assert found["D"] == segments(placed, "heating_pipe")["D"]
    new = placed.corridors.set_index("corridor_id").loc[found["D"]]
    assert (new["street"], new["name"]) == ("新路", "新路（东街—西街）")


CROSS = {
    "gas_pipe": lines(G1=(-300, 4, -10, 4), G2=(0, 4, 300, 4), G3=(4, 0, 4, 300)),
    "water_pipe": lines(
        W1=(-300, -9, 300, -9), W2=(-9, 0, -9, 290), W3=(-300, 200, -100, 200)
    ),
    "heating_pipe": lines(H1=(20, -4, 150, -4), H2=(150, -4, 290, -4)),
}


def test_graph_splits_streets_at_junctions(catalogue: Catalogue) -> None:
    """Lines side by side share a segment, up to where another street meets it."""
    placed = place_in_corridors(CROSS, NO_ROADS, catalogue)
    gas, water = segments(placed, "gas_pipe"), segments(placed, "water_pipe")
    heating = segments(placed, "heating_pipe")
    assert gas["G2"] == heating["H1"] == heating["H2"]
    assert len({gas["G1"], gas["G2"], gas["G3"], water["W3"]}) == 4
    assert water["W2"] == gas["G3"]
    assert water["W1"] in {gas["G1"], gas["G2"]}
    assert set(placed.assets["gas_pipe"]["corridor_source"]) == {"graph"}
    rows = placed.corridors.set_index("corridor_id")
    assert rows.loc[gas["G3"], "length_m"] == pytest.approx(300, abs=12)


def test_other_street_than_the_segment_is_said(catalogue: Catalogue) -> None:
    """An asset that names another street than its derived segment's is counted."""
    names = ["人民路", "人民路", "解放路"]
    pipes = lines(A=(0, 0, 100, 0), B=(0, 2, 100, 2), C=(0, 4, 100, 4))
    gas = {"gas_pipe": pipes.assign(street=names)}
    placed = place_in_corridors(gas, NO_ROADS.assign(district=None), catalogue)
    said = [i for i in placed.issues if i.code == "inventory.streets_differ"]
    assert [(i.params["number"], i.params["list"]) for i in said] == [
        (1, "C: 解放路 → 人民路")
    ]
    assert placed.assets["gas_pipe"]["street"].tolist() == names


def test_streets_of_many_lines_wait(catalogue: Catalogue) -> None:
    """Beyond what a check takes on, streets are not told from the lines, and said so.

    Names and road layers still place; with as many lines as allowed all is as ever.
    """
    lines_here = sum(len(frame) for frame in CROSS.values())
    waiting = place_in_corridors(CROSS, NO_ROADS, catalogue, most_told=lines_here - 1)
    assert not any("corridor_id" in frame for frame in waiting.assets.values())
    said = {issue.code: issue.params["number"] for issue in waiting.issues}
    assert said == {"inventory.streets_later": lines_here}
    told = place_in_corridors(CROSS, NO_ROADS, catalogue, most_told=lines_here)
    usual = place_in_corridors(CROSS, NO_ROADS, catalogue)
    for name in CROSS:
        pd.testing.assert_frame_equal(told.assets[name], usual.assets[name])
    on_road = {"gas_pipe": lines(G=(20, 3, 180, 3))}
    buffer = place_in_corridors(on_road, LAYER, catalogue, most_told=0)
    assert segments(buffer, "gas_pipe") == {"G": "L1"}
    assert "inventory.streets_later" not in {issue.code for issue in buffer.issues}


def test_graph_does_not_depend_on_the_order(catalogue: Catalogue) -> None:
    """The same assets in another order have the same segments and identifiers."""
    first = place_in_corridors(CROSS, NO_ROADS, catalogue)
    turned = {name: f.iloc[::-1].reset_index(drop=True) for name, f in CROSS.items()}
    again = place_in_corridors(turned, NO_ROADS, catalogue)
    for name in CROSS:
        assert segments(first, name) == segments(again, name)
    pd.testing.assert_frame_equal(first.corridors, again.corridors)


def test_graph_takes_identifiers_that_are_there(catalogue: Catalogue) -> None:
    """Beside an asset with an identifier, that identifier is the segment's."""
    given = {name: frame.copy() for name, frame in CROSS.items()}
    given["gas_pipe"]["corridor_id"] = ["A", "B", None]
    placed = place_in_corridors(given, NO_ROADS, catalogue)
    assert segments(placed, "heating_pipe") == {"H1": "B", "H2": "B"}
    water = segments(placed, "water_pipe")
    assert water["W1"] in {"A", "B"}
    assert str(water["W2"]).startswith("G-")


def test_lines_too_long_for_pipes_make_no_streets(catalogue: Catalogue) -> None:
    """Lines of many kilometres, as wrong coordinates give them, are placed nowhere."""
    short = lines(A=(0, 0, 400, 0), B=(200, -200, 200, 200))
    long = lines(A=(0, 0, 40_000, 0), B=(200, -20_000, 200, 20_000))
    for frame, ways in ((short, {"graph"}), (long, set())):
        placed = place_in_corridors({"gas_pipe": frame}, NO_ROADS, catalogue)
        found = placed.assets["gas_pipe"].reindex(columns=["corridor_source"])
        assert set(found["corridor_source"].dropna()) == ways


def test_lines_too_close_together_make_no_streets(catalogue: Catalogue) -> None:
    """Hundreds of lines on one spot, as rounded coordinates give them, tell nothing."""
    side_by_side = {f"P{i}": (0.0, i * 0.02, 60.0, i * 0.02) for i in range(400)}
    pipes = lines(**side_by_side)
    placed = place_in_corridors({"gas_pipe": pipes}, NO_ROADS, catalogue)
    assert set(segments(placed, "gas_pipe").values()) == {None}
    few = pipes.iloc[:20].reset_index(drop=True)
    placed = place_in_corridors({"gas_pipe": few}, NO_ROADS, catalogue)
    assert None not in segments(placed, "gas_pipe").values()


def test_nothing_is_derived_where_it_is_switched_off(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """`[corridors] derive = false` leaves assets alone; other keys are refused."""
    _write(tmp_path)
    about = tmp_path / "inventory.toml"
    about.write_text("[corridors]\nderive = false\n", "utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert "corridor_id" not in found.assets["gas_pipe"]
    about.write_text("[corridors]\nderived = false\n", "utf-8")
    with pytest.raises(InputError, match="about_key"):
        read_inventory(tmp_path, catalogue)


def _write(folder: Path) -> None:
    names = {
        "asset_id": "管线编号", "start_lon": "起点经度", "start_lat": "起点纬度",
        "end_lon": "终点经度", "end_lat": "终点纬度",
    }  # fmt: skip
    for name, frame in CROSS.items():
        table = frame.rename(columns=names).assign(管长=100)
        table.to_csv(folder / f"{name}.csv", index=False)


def test_what_was_derived_is_read_back(tmp_path: Path, catalogue: Catalogue) -> None:
    """Clean tables keep the derived segments and say that they are derived."""
    _write(tmp_path)
    first = read_inventory(tmp_path, catalogue)
    first.write_clean(tmp_path / "clean")
    again = read_inventory(tmp_path / "clean", catalogue)
    for name, frame in first.assets.items():
        pd.testing.assert_frame_equal(frame, again.assets[name])
    pd.testing.assert_frame_equal(first.corridors, again.corridors)
    pd.testing.assert_frame_equal(first.corridor_places, again.corridor_places)


@pytest.fixture(scope="module")
def county(catalogue: Catalogue) -> Inventory:
    """Read the demo county, whose segments are known."""
    return read_inventory(data_dir("inventories") / "demo-county", catalogue)


@pytest.mark.parametrize("road_layer", [True, False])
@pytest.mark.parametrize("noise_m", [0.0, 3.0])
def test_segments_of_the_demo_county_are_recovered(
    county: Inventory, catalogue: Catalogue, road_layer: bool, noise_m: float
) -> None:
    """Pairs of two classes in one segment: precision and recall of at least 0.95."""
    found = measure(county, catalogue, road_layer, noise_m=noise_m)
    assert found.pairs > 1000
    assert found.precision >= 0.95
    assert found.recall >= 0.95


def test_pavement_reaches_what_was_placed(
    county: Inventory, catalogue: Catalogue
) -> None:
    """A pipe placed by the buffer has the pavement history of its street segment."""
    bare = {
        name: frame.drop(columns=["corridor_id", "corridor_source"], errors="ignore")
        for name, frame in county.assets.items()
    }
    placed = place_in_corridors(bare, county.corridors, catalogue)
    history = county.corridors.set_index("corridor_id")["last_paved"]
    before = county.assets["water_pipe"]["corridor_id"].map(history)
    after = placed.assets["water_pipe"]["corridor_id"].map(history)
    pd.testing.assert_series_equal(before, after)
    assert before.notna().sum() > 10


def test_drawn_lines_count_before_their_ends(catalogue: Catalogue) -> None:
    """A bent line lies in the street that most of it follows, wherever its ends are."""
    shapely = pytest.importorskip("shapely")
    lon, lat = PLANE.degrees(np.array([5.0, 195, 195]), np.array([6.0, 6, 60]))
    line = shapely.to_wkb(shapely.linestrings(np.column_stack([lon, lat])))
    pipes = lines(BENT=(5, 6, 195, 60))
    shapes = {"gas_pipe": pd.DataFrame({"asset_id": ["BENT"], "wkb": [line]})}
    straight = place_in_corridors({"gas_pipe": pipes}, LAYER, catalogue)
    drawn = place_in_corridors({"gas_pipe": pipes}, LAYER, catalogue, shapes=shapes)
    assert segments(straight, "gas_pipe") == {"BENT": None}
    assert segments(drawn, "gas_pipe") == {"BENT": "L1"}
    assert "geometry" not in drawn.assets["gas_pipe"]


def test_a_later_asset_joins_a_derived_segment(catalogue: Catalogue) -> None:
    """A pipe added beside derived segments takes theirs; no segment is there twice."""
    pipes = pd.DataFrame({"asset_id": ["A"], "street": ["新路（东街—西街）"]})
    first = place_in_corridors({**CROSS, "gas_pipe": pipes}, NO_ROADS, catalogue)
    more = pd.DataFrame({"asset_id": ["A", "B"], "street": ["新路（东街—西街）"] * 2})
    more["corridor_id"] = [*first.assets["gas_pipe"]["corridor_id"], None]
    beside = lines(H9=(-290, -3, -20, -3)).assign(corridor_id=None)
    heating = pd.concat([first.assets["heating_pipe"], beside], ignore_index=True)
    assets = {**first.assets, "gas_pipe": more, "heating_pipe": heating}
    again = place_in_corridors(assets, first.corridors, catalogue)
    assert again.corridors["corridor_id"].is_unique
    assert len(set(segments(again, "gas_pipe").values())) == 1
    known = set(first.corridors["corridor_id"])
    assert segments(again, "heating_pipe")["H9"] in known


def test_a_street_cut_from_its_segment_is_read_whole(catalogue: Catalogue) -> None:
    """Where the import kept the street only, the text of the file names the segment."""
    layer = LAYER.assign(name=["人民路（甲街—乙街）", "", ""])
    pipes = pd.DataFrame({"asset_id": ["A", "B"], "street": ["人民路", "人民路"]})
    qualities = pd.DataFrame(
        [["gas_pipe", "A", "street", "converted", None, None, "人民路(甲街-乙街)"]],
        columns=["asset_class", "asset_id", "column", "quality", "low", "high", "raw"],
    )
    placed = place_in_corridors(
        {"gas_pipe": pipes}, layer, catalogue, qualities=qualities
    )
    assert segments(placed, "gas_pipe") == {"A": "L1", "B": None}
    assert placed.assets["gas_pipe"]["street"].tolist() == ["人民路", "人民路"]


def test_identifiers_of_every_class_count(catalogue: Catalogue) -> None:
    """A compound with an identifier keeps it; one without is put in no street."""
    compounds = pd.DataFrame(
        {
            "asset_id": ["X1", "X2"],
            "corridor_id": ["L1", None],
            "lon": 111.0005,
            "lat": 41.5,
        }
    )
    placed = place_in_corridors({"residential_compound": compounds}, LAYER, catalogue)
    assert segments(placed, "residential_compound") == {"X1": "L1", "X2": None}
    row = placed.places.iloc[0]
    assert (row["id"], row["not_placed"]) == (1, 1)


def test_given_segment_far_from_its_asset(catalogue: Catalogue) -> None:
    """An identifier far from the coordinates is kept and asked about."""
    pipes = lines(A=(0, 0, 100, 0), B=(0, 900, 100, 900), C=(0, 150, 100, 150))
    pipes = pipes.assign(corridor_id="L1", length_m=100.0)
    placed = place_in_corridors(
        {"gas_pipe": pipes}, roads(L1=(0, 0, 200, 0)), catalogue
    )
    assert set(segments(placed, "gas_pipe").values()) == {"L1"}
    far = [i for i in placed.issues if i.code == "inventory.corridor_id_far"]
    assert [(i.params["asset"], i.params["distance"], i.raw) for i in far] == [
        ("B", "900", "L1")
    ]
