"""Ties between assets, and each metre paid once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.changes import changed
from renewopt.catalogue.packs import Exclusion
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import make_case
from renewopt.projects.links import project_links
from tests.projects.small import (
    GAS,
    HEAT,
    SETTINGS,
    inventory,
    models,
    pack,
    risk,
    rows,
)

COMPOUND: dict[str, Any] = {
    "district": "东城",
    "street": "人民路",
    "install_year": 1990,
    "buildings": 8,
    "households": 320,
    "floor_area_m2": 24_000.0,
    "ownership": "residents",
    "owner": "街道办",
    "status": "in_use",
}
YARD = {"level": "yard", "compound_id": "A1", "ownership": "residents"}
INCLUDES = {"includes": ["gas_pipe", "heating_pipe"]}


def made(
    assets: dict[str, pd.DataFrame], catalogue: Catalogue | None = None, **more: Any
) -> tuple[PlanningCase, list[Message]]:
    """Make a case under the national pack."""
    return make_case(
        inventory(assets, **more),
        risk(assets),
        catalogue or models(),
        [pack("national-15fyp")],
        SETTINGS,
    )


def including() -> Catalogue:
    """Give the catalogue in which the basic scope of compounds includes pipes."""
    price = {"mode": {"basic": {"price": {"area": INCLUDES}}}}
    return changed(models(), {"residential_compound": price}, "scenario.toml")


def site() -> dict[str, pd.DataFrame]:
    """One compound with 1.8 km of gas and 1.2 km of heat inside, and a pipe outside."""
    gas = rows(
        GAS,
        YARD | {"length_m": 1800.0},
        {"level": "yard", "length_m": 300.0, "ownership": "residents"},
    )
    heat = rows(HEAT, YARD | {"length_m": 1200.0})
    return {
        "residential_compound": rows(COMPOUND, {}),
        "gas_pipe": gas,
        "heating_pipe": heat,
    }


def costs(case: PlanningCase, year: int = 2027) -> dict[str, float]:
    """Give the cost of each work of a year, 万元."""
    works = case.works[case.works["start_year"] == year].set_index("work_id")
    paid = case.payments.groupby("work_id")["cost"].sum() / 100
    return paid.reindex(works.index).to_dict()


def test_pipes_inside_a_compound_are_projects_tied_to_it() -> None:
    """Inside and outside are two projects though they touch; the inner one is tied."""
    case, _ = made(site())
    assert case.links[["link", "project_id", "other_id"]].to_numpy().tolist() == [
        ["inside", "GAS-0002", "COMP-0001"],
        ["inside", "HEAT-0001", "COMP-0001"],
    ]
    assert case.links["because"].iloc[0] == "compound_id: A1 → A1"


def test_a_price_that_includes_pipes_pays_for_them_once() -> None:
    """960 with pipes: 162 gas and 240 heat come off; together it is 960 again."""
    plain = costs(made(site())[0])
    assert plain["COMP-0001.basic.2027"] == 960
    assert plain["GAS-0002.replace.2027"] == 162
    assert plain["HEAT-0001.replace.2027"] == 240
    case, _ = made(site(), including())
    own = costs(case)
    assert own["COMP-0001.basic.2027"] == 960 - 162 - 240
    # A scope that contains the basic one includes what that includes.
    assert own["COMP-0001.basic_improvement.2027"] == 1440 - 162 - 240
    lines = case.cost_lines[case.cost_lines["work_id"] == "COMP-0001.basic.2027"]
    assert lines.set_index("item")["factor"].to_dict() == {
        "area": 1.0,
        "less GAS-0002 yard": -1.0,
        "less HEAT-0001 secondary": -1.0,
    }
    included = case.links[case.links["link"] == "included"]
    # Small works include nothing and need no pipe.
    assert set(included["mode"]) == {"basic;basic_improvement"}
    assert included[["project_id", "other_id"]].to_numpy().tolist() == [
        ["COMP-0001", "GAS-0002"],
        ["COMP-0001", "HEAT-0001"],
    ]


def test_a_scope_may_say_itself_what_it_includes() -> None:
    """Only gas in the improvement scope; alone on offer it keeps the basic one's."""
    price = {"basic": {"price": {"area": INCLUDES}}}
    only = {"basic_improvement": {"price": {"area": {"includes": ["gas_pipe"]}}}}
    own = changed(models(), {"residential_compound": {"mode": price | only}}, "s")
    case, _ = made(site(), own)
    assert costs(case)["COMP-0001.basic_improvement.2027"] == 1440 - 162
    alone = {"mode": price, "modes": ["basic_improvement"]}
    case, notes = made(site(), changed(models(), {"residential_compound": alone}, "s"))
    assert costs(case)["COMP-0001.basic_improvement.2027"] == 1440 - 162 - 240
    assert "projects.includes_unstated" not in {n.code for n in notes}


def test_what_a_price_includes_is_renewed_whole() -> None:
    """Repairs of the heat pipe would take 240 off the compound and cost far less."""
    assets = site()
    assets["heating_pipe"] = assets["heating_pipe"].assign(
        install_year=2005, insulation="failed"
    )
    plain, _ = made(assets)
    ways = plain.works.groupby("project_id")["mode"].agg(set)
    assert ways["HEAT-0001"] == {"replace", "partial"}
    case, notes = made(assets, including())
    ways = case.works.groupby("project_id")["mode"].agg(set)
    assert ways["HEAT-0001"] == {"replace"}
    (told,) = [n for n in notes if n.code == "projects.included_whole"]
    assert (told.params["mode"], told.params["projects"]) == ("partial", "HEAT-0001")


def test_three_of_eight_buildings_done_take_everything_down_in_one_share() -> None:
    """5/8 of floor area, price, households, risk, points; pipes come off in 5/8 too."""
    assets = site()
    assets["residential_compound"]["fire_grade"] = "poor"
    whole, _ = made(assets, including())
    stock = assets["residential_compound"]
    assets["residential_compound"] = stock.assign(renewed_buildings=3)
    case, notes = made(assets, including())
    assert costs(case)["COMP-0001.basic.2027"] == 600 - 162 * 5 / 8 - 240 * 5 / 8
    columns = ["households", "floor_area_m2", "risk_now"]
    for column in columns:
        now, before = (
            c.projects.set_index("project_id")[column] for c in (case, whole)
        )
        assert now["COMP-0001"] == before["COMP-0001"] * 5 / 8
    for column in ("risk_removed", "points_deficiency", "benefit_later"):
        now, before = (c.works.set_index("work_id")[column] for c in (case, whole))
        name = "COMP-0001.basic.2027"
        assert now[name] == pytest.approx(before[name] * 5 / 8, abs=1)
        assert now[name] > 0
    use = case.use.set_index(["work_id", "resource"])["amount"]
    assert use["COMP-0001.basic.2027", "households"] == 200
    told = [n.params for n in notes if n.code == "projects.renewed_buildings"]
    assert [item["assets"] for item in told] == ["A1 3/8"]


def test_renewed_buildings_that_cannot_be_counted_take_nothing_off() -> None:
    """Ten of eight, or of nobody knows how many: said, and not shown as reduced."""
    assets = site()
    stock = [COMPOUND | {"asset_id": f"B{i}"} for i in range(3)]
    frame = pd.DataFrame(stock).assign(buildings=[8, None, 8])
    assets["residential_compound"] = frame.assign(renewed_buildings=[10, 3, 8])
    case, notes = made(assets)
    told = [n.params for n in notes if n.code == "projects.renewed_unclear"]
    assert [item["assets"] for item in told] == ["B0 10/8, B1 3/–"]
    assert case.left_out[["asset_id", "effect"]].to_numpy().tolist() == [
        ["B2", "left_out"]
    ]
    assert set(case.projects["floor_area_m2"]) == {0.0, 24_000.0}


def test_what_was_paid_before_or_elsewhere_comes_off_too() -> None:
    """Gas renewed in 2025 comes off with its reason; a price factor of heat cancels."""
    assets = site()
    gas = assets["gas_pipe"].assign(renewed_year=[2025, None])
    assets["gas_pipe"] = gas
    case, _ = made(assets, including())
    assert costs(case)["COMP-0001.basic.2027"] == 960 - 162 - 240
    lines = case.cost_lines[case.cost_lines["work_id"] == "COMP-0001.basic.2027"]
    assert "less A1 yard (renewed_year)" in set(lines["item"])
    included = case.links[case.links["link"] == "included"]
    assert set(included["other_id"]) == {"HEAT-0001"}
    stock, packs = inventory(site()), [pack("national-15fyp")]
    dear = replace(SETTINGS, class_factor={"heating_pipe": 1.5})
    case, _ = make_case(stock, risk(site()), including(), packs, dear)
    own = costs(case)
    parts = ["COMP-0001.basic", "GAS-0002.replace", "HEAT-0001.replace"]
    assert sum(own[f"{name}.2027"] for name in parts) == 960


def test_a_pipe_under_construction_comes_off_and_is_named() -> None:
    """The running project is tied to the compound whose price includes its pipe."""
    running = {
        "packages": pd.DataFrame(
            [{"package_id": "R1", "name": "gas", "status": "running"}]
        ),
        "running_works": pd.DataFrame(
            [
                {"package_id": "R1", "project_id": "XJ-01", "project_name": "gas"}
                | {"asset_class": "gas_pipe", "asset_ids": "A1", "mode": "replace"}
                | {"start_year": 2026, "duration": 2, "year": 2027, "cost": 100.0}
            ]
        ),
    }
    case, _ = made(site(), including(), **running)
    assert costs(case)["COMP-0001.basic.2027"] == 960 - 162 - 240
    included = case.links[case.links["link"] == "included"]
    assert set(included["other_id"]) == {"HEAT-0001", "XJ-01"}


def test_a_pipe_in_two_compounds_that_both_include_it_is_refused() -> None:
    """Whose part is whose is not known: the pipe is named, with both compounds."""
    assets = site()
    assets["residential_compound"] = rows(COMPOUND, {}, {"name": "second"})
    assets["gas_pipe"]["compound_id"] = ["A1;A2", None]
    with pytest.raises(InputError) as caught:
        made(assets, including())
    (told,) = caught.value.messages
    assert told.code == "projects.included_twice"
    assert (told.params["asset"], told.params["value"]) == ("A1", "A1;A2")


def test_pipes_that_a_compound_and_a_tunnel_both_include_are_refused() -> None:
    """Both might be built, each cheaper by the gas: both prices and the pipe are named.

    A tunnel that includes other pipes than the compound is none of this.
    """
    assets = site()
    assets["gas_pipe"].loc[0, "corridor_id"] = "t1"
    planned = {"level": "cable", "length_m": 9000.0, "instead_of_pipes": True}
    assets["utility_tunnel"] = rows(GAS, planned | {"corridor_id": "t1"})
    settings = replace(SETTINGS, move_in=frozenset({"tunnel"}))

    def with_tunnel(inside: str) -> PlanningCase:
        price = {"mode": {"build": {"price": {"cable": {"includes": [inside]}}}}}
        held = changed(including(), {"utility_tunnel": price}, "scenario.toml")
        packs = [pack("national-15fyp")]
        return make_case(inventory(assets), risk(assets), held, packs, settings)[0]

    with pytest.raises(InputError) as caught:
        with_tunnel("gas_pipe")
    (told,) = caught.value.messages
    assert told.code == "projects.included_by_several"
    entries = str(told.params["keys"])
    assert "[classes.residential_compound.mode.basic.price.area]" in entries
    assert "[classes.utility_tunnel.mode.build.price.cable]" in entries
    assert (told.params["assets"], told.params["inside"]) == ("A1", 1)
    assert costs(with_tunnel("water_pipe"))["COMP-0001.basic.2027"] == 960 - 402


def test_it_is_asked_whether_a_price_includes_the_pipes_inside() -> None:
    """Nothing stated: asked, with the key to state it; stated as none: not asked."""
    code = "projects.includes_unstated"
    told = [n.params for n in made(site())[1] if n.code == code]
    assert {item["mode"] for item in told} >= {"basic", "basic_improvement"}
    assert {(item["assets"], item["inside"]) for item in told} == {("A1", 2)}
    none = {"price": {"area": {"includes": []}}}
    change = {"modes": ["basic"], "mode": {"basic": none}}
    stated = changed(models(), {"residential_compound": change}, "scenario.toml")
    assert code not in [n.code for n in made(site(), stated)[1]]


def test_a_price_too_small_for_what_it_includes_is_named() -> None:
    """Pipes dearer than the whole compound are not taken off it."""
    assets = site()
    assets["residential_compound"]["floor_area_m2"] = 3000.0
    case, notes = made(assets, including())
    assert costs(case)["COMP-0001.basic.2027"] == 120
    # 180 of the improvement scope leave room for the gas alone.
    assert costs(case)["COMP-0001.basic_improvement.2027"] == 180 - 162
    assert [n.code for n in notes].count("projects.included_too_much") == 3


def test_adjacent_compounds_are_tied_once_and_stay_in_their_county() -> None:
    """Each names the other: one tie. In another county: refused with both names."""
    pair = rows(
        COMPOUND,
        {"adjacent_to": "A2", "county": "甲县"},
        {"adjacent_to": "A1；A9", "county": "甲县"},
    )
    case, notes = made({"residential_compound": pair})
    assert case.links[["link", "project_id", "other_id"]].to_numpy().tolist() == [
        ["adjacent", "COMP-0001", "COMP-0002"]
    ]
    unknown = next(n for n in notes if n.code == "projects.link_unknown")
    assert unknown.params["values"] == "A9"
    pair["county"] = ["甲县", "乙县"]
    with pytest.raises(InputError) as caught:
        made({"residential_compound": pair})
    assert [m.code for m in caught.value.messages] == ["projects.link_counties"] * 2
    assert caught.value.messages[0].params["county"] == "甲县"


DRAIN = GAS | {"level": "main", "material": "concrete", "diameter_mm": 600.0}


def test_outlets_are_tied_and_circles_refused() -> None:
    """A1 → A2 → A3 on three streets; A3 → A1 closes a circle, told by identifiers."""
    frame = rows(
        DRAIN | {"install_year": 1970, "length_m": 400.0, "ownership": "public"},
        {"street": "a", "corridor_id": "a", "outlet_id": "A2"},
        {"street": "b", "corridor_id": "b", "outlet_id": "A3"},
        {"street": "c", "corridor_id": "c"},
    )
    case, _ = made({"storm_drain": frame})
    assert case.links[["link", "project_id", "other_id"]].to_numpy().tolist() == [
        ["outlet", "DRAIN-0001", "DRAIN-0002"],
        ["outlet", "DRAIN-0002", "DRAIN-0003"],
    ]
    frame["outlet_id"] = ["A2", "A3", "A1"]
    with pytest.raises(InputError) as caught:
        made({"storm_drain": frame})
    (said,) = caught.value.messages
    assert said.code == "projects.link_circle"
    assert said.params["assets"] == "A1 → A2 → A3 → A1"


def test_what_drains_waits_through_a_sound_pipe_for_the_next_project() -> None:
    """A1 → A2 (new) → A3 (new) → A4: A1 waits for A4; with A4 new it waits for none."""
    old = DRAIN | {"install_year": 1970, "length_m": 400.0, "ownership": "public"}
    new = {"install_year": 2024, "material": "pe"}
    frame = rows(
        old,
        {"street": "a", "corridor_id": "a", "outlet_id": "A2"},
        {"street": "b", "corridor_id": "b", "outlet_id": "A3"} | new,
        {"street": "c", "corridor_id": "c", "outlet_id": "A4"} | new,
        {"street": "d", "corridor_id": "d"},
    )
    case, _ = made({"storm_drain": frame})
    assert case.links[
        ["link", "project_id", "other_id", "because"]
    ].to_numpy().tolist() == [
        ["outlet", "DRAIN-0001", "DRAIN-0002", "outlet_id: A1 → A2 → … → A4"]
    ]
    frame.loc[3, list(new)] = list(new.values())
    case, _ = made({"storm_drain": frame})
    assert case.project_assets["asset_id"].tolist() == ["A1"]
    assert len(case.links) == 0


def test_what_drains_does_not_wait_for_a_project_that_has_no_work() -> None:
    """A1 → A2 → A3, A2 excluded: A1 waits for A3; with A3 excluded too, for none."""
    old = DRAIN | {"install_year": 1970, "length_m": 400.0, "ownership": "public"}
    frame = rows(
        old,
        {"street": "a", "corridor_id": "a", "outlet_id": "A2"},
        {"street": "b", "corridor_id": "b", "outlet_id": "A3", "material": "masonry"},
        {"street": "c", "corridor_id": "c"},
    )
    case = with_bar(frame)
    assert sorted(set(case.works["project_id"])) == ["DRAIN-0001", "DRAIN-0003"]
    assert case.links["because"].tolist() == ["outlet_id: A1 → A2 → A3"]
    frame.loc[2, "material"] = "masonry"
    case = with_bar(frame)
    assert set(case.works["project_id"]) == {"DRAIN-0001"}
    assert len(case.links) == 0


def with_bar(drains: pd.DataFrame) -> PlanningCase:
    """Make a case under a pack that lets nobody renew drains of masonry."""
    never = Exclusion(
        id="never", asset_class=("storm_drain",), where={"material": ("masonry",)},
        clause="一", phrase="不改", source="test",
    )  # fmt: skip
    bar = pack("national-15fyp").model_copy(update={"exclusion": (never,)})
    assets = {"storm_drain": drains}
    return make_case(inventory(assets), risk(assets), models(), [bar], SETTINGS)[0]


def test_an_outlet_into_itself_and_a_circle_behind_a_fork_are_named() -> None:
    """A1 drains into itself; A2 into A3 and A4, of which only A3 leads back."""
    frame = rows(
        DRAIN | {"install_year": 1970, "length_m": 400.0},
        {"outlet_id": "A1"},
        {"outlet_id": "A3；A4"},
        {"outlet_id": "A2"},
        {},
    )
    with pytest.raises(InputError) as caught:
        made({"storm_drain": frame})
    said = sorted(m.params["assets"] for m in caught.value.messages)
    assert said == ["A1 → A1", "A2 → A3 → A2"]


def test_what_was_renewed_or_will_be_demolished_is_left_out() -> None:
    """Of five old pipes: one renewed in 2021, one demolished in 2033, one a duty."""
    frame = rows(
        GAS,
        {},
        {"renewed_year": 2021},
        {"planned_demolition_year": 2033},
        {"planned_demolition_year": 2033, "assessment_result": "immediate"},
        {"planned_demolition_year": 2050},
    )
    case, notes = made({"gas_pipe": frame})
    assert set(case.project_assets["asset_id"]) == {"A1", "A4", "A5"}
    table = case.left_out[["asset_id", "reason", "value", "effect"]]
    assert table.to_numpy().tolist() == [
        ["A2", "renewed_year", "2021", "left_out"],
        ["A3", "planned_demolition_year", "2033", "left_out"],
    ]
    assert [n.code for n in notes].count("projects.left_out") == 2
    assert set(case.obligations["asset_id"]) == {"A1", "A4", "A5"}


def test_renewed_buildings_and_earlier_grants_reduce() -> None:
    """Three of eight buildings: 600 of 960; a grant for a quarter: 450 eligible."""
    assets = {
        "residential_compound": rows(COMPOUND, {"renewed_buildings": 3}),
    }
    case, _ = made(assets)
    assert costs(case)["COMP-0001.basic.2027"] == 600
    assert case.projects["floor_area_m2"].tolist() == [15_000]
    assets["residential_compound"]["funded_before"] = 25.0
    case, _ = made(assets)
    paid = case.payments[case.payments["work_id"] == "COMP-0001.basic.2027"]
    assert (paid["cost"].sum(), paid["eligible_cost"].sum()) == (60_000, 45_000)
    assert set(case.left_out["effect"]) == {"reduced", "not_eligible"}


def test_a_heat_station_goes_in_step_with_energy_works_only() -> None:
    """Scopes that renew the walls tie it; the basic scope and small works do not."""
    station = pd.DataFrame(
        {
            "asset_id": ["S1"], "district": ["东城"], "install_year": [1995],
            "households": [900], "heated_area_m2": [90_000.0], "compound_id": ["A1"],
        }
    )  # fmt: skip
    assets = {"residential_compound": rows(COMPOUND, {}), "heat_station": station}
    case, _ = made(assets)
    (row,) = case.links.to_dict("records")
    assert (row["link"], row["mode"]) == ("energy", "")
    assert row["other_mode"].split(";") == ["basic_improvement", "full", "mixed"]
    assets["heat_station"] = station.assign(compound_id="")
    assert len(made(assets)[0].links) == 0


def test_class_changes_of_a_scenario_are_checked() -> None:
    """Unknown classes, modes, prices and keys, each by its key."""
    with pytest.raises(InputError) as caught:
        changed(
            models(),
            {
                "gas": {},
                "gas_pipe": {"mode": {"renew": {}, "replace": {"price": {"x": {}}}}},
                "water_pipe": {"prices": {}},
                "sewer": {"mode": {"line": {"duration": 0}}, "grouping": {"size": 3}},
            },
            "scenario.toml",
        )
    keys = [m.params["key"] for m in caught.value.messages]
    assert keys == [
        "classes.gas",
        "classes.gas_pipe.mode.renew",
        "classes.gas_pipe.mode.replace.price.x",
        "classes.water_pipe.prices",
        "classes.sewer.grouping.size",
        "classes.sewer.mode.line.duration",
    ]
    cheap = {"mode": {"replace": {"duration": 2, "price": {"main": {"mid": 0.15}}}}}
    after = changed(models(), {"gas_pipe": cheap}, "s").asset_classes["gas_pipe"]
    assert after.modes[0].duration == 2
    assert [p.mid for p in after.modes[0].price if p.id == "main"] == [0.15]
    assert replace(models()).asset_classes["gas_pipe"].modes[0].duration == 1


def test_projects_that_wait_in_a_circle_of_three_are_left_free() -> None:
    """Assets drain in no circle, their projects do: A → B → C → A; D waits for A."""
    ties = pd.DataFrame(
        [("a1", "b1"), ("b2", "c1"), ("c2", "a2"), ("d1", "a1")],
        columns=["asset_id", "other_id"],
    ).assign(
        link="outlet", column="outlet_id", asset_class="sewer", other_class="sewer"
    )
    names = ["a1", "a2", "b1", "b2", "c1", "c2", "d1"]
    members = pd.DataFrame(
        {"asset_class": "sewer", "asset_id": names, "project_id": [n[0] for n in names]}
    )
    links, notes = project_links(ties, members)
    assert links[["project_id", "other_id"]].to_numpy().tolist() == [["d", "a"]]
    assert [(n.code, n.params["other"]) for n in notes] == [
        ("projects.link_mutual", "b, c")
    ]
