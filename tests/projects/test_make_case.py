"""From a tiny inventory to a case, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest

from renewopt.catalogue.changes import changed
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError
from renewopt.projects import CaseSettings, cost_range, make_case
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

NATIONAL = "national-15fyp"


def made(
    assets: dict[str, pd.DataFrame],
    settings: CaseSettings = SETTINGS,
    packs: tuple[str, ...] = (NATIONAL,),
    grade: int = 1,
    **tables: pd.DataFrame,
) -> PlanningCase:
    """Make a case from assets."""
    case, _ = make_case(
        inventory(assets, **tables),
        risk(assets, grade=grade),
        models(),
        [pack(name) for name in packs],
        settings,
    )
    return case


def mixed() -> dict[str, pd.DataFrame]:
    """Give two networks on two corridors, a point and a compound."""
    return {
        "gas_pipe": rows(
            GAS,
            {},
            {"length_m": 50.5},
            {"corridor_id": "c2"},
            {"assessment_result": "immediate"},
            {"diameter_mm": 400.0},
        ),
        "heating_pipe": rows(HEAT, {}, {"corridor_id": "c2"}, {"street": "和平街"}),
        "waterlogging_point": pd.DataFrame(
            [
                {
                    "asset_id": "W1",
                    "name": "铁路桥下",
                    "district": "东城",
                    "households": 300,
                    "depth_cm": 60.0,
                    "duration_min": 150.0,
                    "severe": True,
                    "point_type": "underpass",
                    "ownership": "public",
                }
            ]
        ),
        "residential_compound": pd.DataFrame(
            [
                {
                    "asset_id": "C1",
                    "name": "幸福小区",
                    "district": "东城",
                    "households": 120,
                    "floor_area_m2": 9000.0,
                    "install_year": 1990,
                    "ownership": "residents",
                }
            ]
        ),
    }


@cache
def mixed_case() -> PlanningCase:
    """Give the case of `mixed`, made once; cases are never changed."""
    return made(mixed())


def test_cost_is_quantity_times_price_times_index() -> None:
    """300.5 m at 0.20 万元/m cost 60.1 in the base year and 61.302 (61.30) after it."""
    assets = {"gas_pipe": rows(GAS, {"length_m": 250.5}, {"length_m": 50.0})}
    settings = replace(SETTINGS, price_base_year=2027, price_index_bp=200)
    case = made(assets, settings)
    paid = case.payments.groupby("work_id")["cost"].sum()
    assert paid["GAS-0001.replace.2027"] == 6010
    assert paid["GAS-0001.replace.2028"] == 6130
    assert paid["GAS-0001.replace.2029"] == 6253  # 60.1 × 1.0404 = 62.528


def test_price_goes_by_size() -> None:
    """A DN400 main is priced as the larger band, one project has two cost lines."""
    stubs = rows(GAS | {"length_m": 50.0}, {}, {"diameter_mm": 400.0})
    case = made({"gas_pipe": stubs})
    lines = case.cost_lines[case.cost_lines["work_id"] == "GAS-0001.replace.2027"]
    found = dict(zip(lines["item"], lines["unit_price"], strict=True))
    assert found == {"main": 0.20, "main-large": 0.35}
    paid = case.payments.groupby("work_id")["cost"].sum()
    assert paid["GAS-0001.replace.2027"] == 1000 + 1750


def test_payments_add_up_to_the_cost_lines_exactly() -> None:
    """Σ payments is Σ quantity × price × factor of a work, rounded half up once."""
    settings = replace(SETTINGS, price_base_year=2026, price_index_bp=237)
    case = made(mixed(), settings)
    lines = case.cost_lines
    for work, own in lines.groupby("work_id"):
        total = sum(
            Fraction(str(q)) * Fraction(str(p)) * Fraction(str(f))
            for q, p, f in zip(
                own["quantity"], own["unit_price"], own["factor"], strict=True
            )
        )
        right = (total * 100 + Fraction(1, 2)).__floor__()
        paid = case.payments.loc[case.payments["work_id"] == work, "cost"].sum()
        assert paid == right, work
    assert set(lines["work_id"]) == set(case.works["work_id"])


def test_payments_follow_the_profile_and_outlast_the_plan() -> None:
    """A compound of two years pays 60/37/3, the last part in the third year."""
    case = made({"residential_compound": mixed()["residential_compound"]})
    own = case.payments[case.payments["work_id"] == "COMP-0001.basic.2029"]
    assert dict(zip(own["year"], own["cost"], strict=True)) == {
        2029: 21600,
        2030: 13320,
        2031: 1080,
    }


def test_operators_assets_have_no_eligible_cost() -> None:
    """Grants may pay for what the public owns, not for what an operator owns."""
    case = mixed_case()
    facts = case.payments.merge(case.work_facts[["work_id", "ownership"]], on="work_id")
    operator = facts["ownership"] == "operator"
    assert (facts.loc[operator, "eligible_cost"] == 0).all()
    others = facts[~operator]
    assert len(others)
    assert (others["eligible_cost"] == others["cost"]).all()


def test_every_asset_is_in_at_most_one_project() -> None:
    """No asset is built twice, and every obligation names the project of its asset."""
    case = mixed_case()
    listed = case.project_assets.merge(case.projects[["project_id", "asset_class"]])
    assert not listed.duplicated(["asset_class", "asset_id"]).any()
    duties = case.obligations[["project_id", "asset_id"]]
    pairs = set(listed[["project_id", "asset_id"]].itertuples(index=False, name=None))
    assert len(duties)
    assert set(duties.itertuples(index=False, name=None)) <= pairs


def test_duties_make_their_own_project() -> None:
    """A pipe to be renewed now is not bundled with the rest of its street."""
    case = made({"gas_pipe": rows(GAS, {}, {"assessment_result": "immediate"}, {})})
    now = case.obligations[case.obligations["hardness"] == "safety_duty"]
    own = case.project_assets[case.project_assets["project_id"].isin(now["project_id"])]
    assert own["asset_id"].tolist() == ["A2"]
    assert now["deadline"].tolist() == [2027]
    assert case.projects["project_id"].tolist() == ["GAS-0001", "GAS-0002"]


def test_an_asset_without_quantity_keeps_its_duty() -> None:
    """Without a length there is no work, but the project and its duty are there."""
    assets = {"gas_pipe": rows(GAS, {"length_m": np.nan, "encroached": True}, {})}
    case, notes = make_case(
        inventory(assets), risk(assets), models(), [pack(NATIONAL)], SETTINGS
    )
    duty = case.obligations.loc[
        case.obligations["hardness"] == "safety_duty", "project_id"
    ]
    assert len(duty) == 1
    assert duty.iloc[0] not in set(case.works["project_id"])
    assert "projects.no_mode" in {note.code for note in notes}


def test_risk_removed_counts_from_the_year_after_completion() -> None:
    """Loss 3 a year, benefit to 2031: the work of 2027 removes 4 × 3."""
    case = made({"gas_pipe": rows(GAS, {})})
    own = case.works[case.works["mode"] == "replace"]
    found = own.set_index("start_year")["risk_removed"]
    assert found[2027] == 4 * 300 * 95 // 100
    assert found[2029] == 2 * 300 * 95 // 100
    assert case.projects["risk_now"].tolist() == [2.0]


def test_later_losses_are_discounted_to_the_first_year() -> None:
    """At 10 % the loss of 3 in 2028 … 2031 is worth 3 / 1.1 + … + 3 / 1.1⁴."""
    case = made({"gas_pipe": rows(GAS, {})}, replace(SETTINGS, discount_rate_bp=1000))
    own = case.works[case.works["mode"] == "replace"]
    found = own.set_index("start_year")["risk_removed"]
    right = 0.95 * sum(3 / 1.1**k for k in range(1, 5))
    assert found[2027] == round(right * 100)


def test_rows_may_come_in_any_order() -> None:
    """Shuffled rows give the same case, to the digest."""
    assets = mixed()
    shuffled = {
        name: frame.sample(frac=1, random_state=3)
        for name, frame in reversed(list(assets.items()))
    }
    assert mixed_case().digest == made(shuffled).digest


def test_case_is_written_and_read_back_equal(tmp_path) -> None:
    """The tables survive their files."""
    case = mixed_case()
    case.write(tmp_path)
    assert PlanningCase.read(tmp_path).digest == case.digest


def test_excavation_is_a_share_of_the_cost_on_the_corridor() -> None:
    """45 % of 100 m × 0.20 on c1; the parts stay below every first payment."""
    case = mixed_case()
    found = case.corridor_projects.set_index(["corridor_id", "project_id"])
    parts = found.groupby(["project_id", "mode"])["excavation_cost"].sum()
    first = case.works.merge(
        case.payments, left_on=["work_id", "start_year"], right_on=["work_id", "year"]
    )
    least = first.groupby(["project_id", "mode"])["cost"].min()
    assert (parts <= least[parts.index]).all()
    single = made({"gas_pipe": rows(GAS, {})})
    trench = single.corridor_projects.set_index("mode")["excavation_cost"].to_dict()
    assert trench["replace"] == 900
    assert single.corridors["name"].tolist() == ["人民路"]


def test_every_mode_digs_its_own_trench_at_the_price_that_is_paid() -> None:
    """0 % opens no street; 45 % of 100 m × 0.20 counts with factor and fees."""
    none = {"mode": {"replace": {"excavation_bp": 0}}, "modes": ["replace", "line"]}
    catalogue = changed(models(), {"gas_pipe": none}, "scenario.toml")
    assets = {"gas_pipe": rows(GAS, {"material": "steel"})}
    case = make_case(
        inventory(assets), risk(assets), catalogue, [pack("national-15fyp")], SETTINGS
    )[0]
    assert "replace" not in set(case.corridor_projects["mode"])
    opening = set(case.openings["work_id"])
    assert not any("replace" in work for work in opening)
    dear = replace(SETTINGS, class_factor={"gas_pipe": 2.0}, fees_bp=5000)
    case = make_case(
        inventory(assets), risk(assets), models(), [pack("national-15fyp")], dear
    )[0]
    trench = case.corridor_projects.set_index("mode")["excavation_cost"]
    assert trench["replace"] == 900 * 3


def test_use_is_counted_in_km_households_and_sites() -> None:
    """350 m are 0.350 km; a point is one site with its households."""
    case = mixed_case()
    use = case.use.merge(case.works[["work_id", "project_id"]])
    use = use[use["work_id"].str.endswith("2027")]
    totals = use.groupby(["project_id", "resource"])["amount"].max()
    assert totals[("POINT-0001", "sites")] == 1
    assert totals[("POINT-0001", "households")] == 300
    assert totals[("COMP-0001", "households")] == 120
    metres = case.project_assets.groupby("project_id")["quantity"].sum()
    km = totals.xs("km", level="resource")
    assert (km == metres[km.index].round()).all()


def test_modes_only_where_they_are_possible() -> None:
    """A deep underpass gets system works or a pump station, no local works."""
    case = mixed_case()
    own = case.works[case.works["project_id"] == "POINT-0001"]
    assert set(own["mode"]) == {"system", "pump_station"}


def test_stock_counts_everything_in_use() -> None:
    """Young pipes are no candidates but are in the stock; abandoned ones are not."""
    gas = rows(GAS, {"install_year": 2020}, {}, {"status": "abandoned"})
    case = made({"gas_pipe": gas})
    assert case.stock["assets"].sum() == 2
    assert case.project_assets["asset_id"].tolist() == ["A2"]


def test_candidates_by_grade() -> None:
    """A young pipe of grade 3 is a candidate; of grade 2 it is none."""
    assets = {"gas_pipe": rows(GAS, {"install_year": 2020}, {})}
    assert len(made(assets, grade=3).project_assets) == 2
    assert len(made(assets, grade=2).project_assets) == 1


def test_an_empty_class_is_no_obstacle() -> None:
    """A class without candidates leaves the others alone; none at all is an error."""
    young = rows(GAS, {"install_year": 2020})
    case = made({"gas_pipe": young, "heating_pipe": rows(HEAT, {})})
    assert case.projects["asset_class"].tolist() == ["heating_pipe"]
    with pytest.raises(InputError, match="nothing_to_plan"):
        made({"gas_pipe": young})


def test_an_unknown_class_is_named() -> None:
    """A table of a class without file is refused, with the classes there are."""
    with pytest.raises(InputError, match="unknown_class"):
        made({"tram_line": rows(GAS, {})})


def test_settings_out_of_range_are_refused_together() -> None:
    """All wrong settings are told at once."""
    with pytest.raises(InputError) as error:
        CaseSettings(start_year=2027, years=0, discount_rate_bp=-1)
    assert len(error.value.messages) == 2


def test_cost_range_uses_low_and_high_prices() -> None:
    """100 m cost 12 to 35 万元 at the low and high price; other works do not count."""
    case = made({"gas_pipe": rows(GAS, {})})
    assert cost_range(case, models(), ["GAS-0001.replace.2027"]) == pytest.approx(
        (12, 35)
    )
    assert cost_range(case, models(), []) == (0, 0)


def test_cost_level_changes_the_cost() -> None:
    """The high cost level prices 100 m of main at 35 万元."""
    case = made({"gas_pipe": rows(GAS, {})}, replace(SETTINGS, cost_level="high"))
    paid = case.payments.groupby("work_id")["cost"].sum()
    assert paid["GAS-0001.replace.2027"] == 3500


def test_names_are_in_the_language_asked_for() -> None:
    """The street keeps its name; class and level are words of the language."""
    assets = {"heating_pipe": rows(HEAT, {})}
    zh = made(assets).projects["name"].tolist()
    en = made(assets, replace(SETTINGS, lang="en")).projects["name"].tolist()
    assert zh == ["人民路 二次网 供热管道"]
    assert en[0].startswith("人民路 secondary")


def test_corridor_facts_are_taken_over() -> None:
    """Last paving comes from the inventory; a year without kind is a major repair."""
    known = pd.DataFrame(
        {
            "corridor_id": ["c1", "c9"],
            "name": ["人民路一段", "别处"],
            "last_paved": [2025, 2020],
            "paving_kind": [None, "new"],
        }
    )
    case = made({"gas_pipe": rows(GAS, {})}, corridors=known)
    assert case.corridors["corridor_id"].tolist() == ["c1"]
    assert case.corridors["last_paved"].tolist() == [2025]
    assert case.corridors["paving_kind"].tolist() == ["major_repair"]


def test_shapes_are_lines_and_points() -> None:
    """Lines need both ends; an asset without coordinates has no shape."""
    ends = {"start_lon": 111.0, "start_lat": 40.0, "end_lon": 111.001, "end_lat": 40.0}
    case = made({"gas_pipe": rows(GAS, ends, {})})
    assert case.shapes["wkt"].tolist() == [
        "LINESTRING (111.000000 40.000000, 111.001000 40.000000)"
    ]
