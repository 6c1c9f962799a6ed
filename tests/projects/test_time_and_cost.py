"""Seasons, approvals, service lives, price factors, works value beside payments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.approval import Approval
from renewopt.catalogue.changes import changed
from renewopt.catalogue.selection import Selection
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import CaseSettings, cost_range, make_case
from renewopt.projects.settings import LocalFactor
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

GAS_ONLY = {"modes": ["replace"]}


def catalogue(**mode: Any) -> Catalogue:
    """Give gas pipes with one mode, and what differs in it."""
    change = GAS_ONLY | {"mode": {"replace": mode}}
    return changed(models(), {"gas_pipe": change}, "scenario.toml")


def made(
    assets: dict[str, pd.DataFrame],
    settings: CaseSettings = SETTINGS,
    models: Catalogue | None = None,
) -> tuple[PlanningCase, list[Message]]:
    """Make a case under the national pack."""
    return make_case(
        inventory(assets),
        risk(assets),
        models or catalogue(),
        [pack("national-15fyp")],
        settings,
    )


def pipe(length: float = 1000.0) -> dict[str, pd.DataFrame]:
    """One gas main at 0.2 万元 per metre."""
    return {"gas_pipe": rows(GAS, {"length_m": length})}


def first(case: PlanningCase, *columns: str) -> list[Any]:
    """Give columns of the first work."""
    return case.works.sort_values("start_year").iloc[0][list(columns)].tolist()


def test_works_longer_than_a_season_take_a_second_year() -> None:
    """Setup 1 month, 200 m a month: 1,000 m are 6 months, 1,400 m are 8; a season is 6.

    The 97 % of the works' year are paid half and half, the retention a year later.
    """
    pace = {"setup_months": 1, "per_month": 200, "season_months": 6, "source": "test"}
    assert first(made(pipe(1000), models=catalogue(pace=pace))[0], "duration") == [1]
    case, _ = made(pipe(1400), models=catalogue(pace=pace))
    assert first(case, "duration") == [2]
    own = case.payments[case.payments["work_id"] == "GAS-0001.replace.2027"]
    assert own["cost"].tolist() == [13_580, 13_580, 840]
    assert own["works_value"].tolist() == [14_000, 14_000, 0]
    kilometres = case.use[case.use["work_id"] == "GAS-0001.replace.2027"]["amount"]
    assert kilometres.tolist() == [700, 700]


def test_works_value_and_payments_add_up_alike() -> None:
    """Both are the cost: value by progress, money by advance, settlement, retention."""
    own = {
        "duration": 2,
        "payment_bp": [3000, 5500, 1200, 300],
        "progress_bp": [4000, 6000],
    }
    case, _ = made(pipe(), models=catalogue(**own))
    rows_ = case.payments[case.payments["work_id"] == "GAS-0001.replace.2027"]
    assert rows_["cost"].tolist() == [6000, 11_000, 2400, 600]
    assert rows_["works_value"].tolist() == [8000, 12_000, 0, 0]
    with pytest.raises(InputError):
        catalogue(duration=2, payment_bp=[10_000], progress_bp=[10_000])


def test_a_fixed_cost_counts_once_a_project() -> None:
    """200 for the metres and 12 for setting up; the lines say so."""
    fixed = {"low": 8, "mid": 12, "high": 20, "source": "test"}
    case, _ = made(pipe(), models=catalogue(fixed=fixed))
    lines = case.cost_lines[case.cost_lines["work_id"] == "GAS-0001.replace.2027"]
    assert lines[["item", "quantity", "unit", "unit_price"]].to_numpy().tolist() == [
        ["fixed", 1.0, "project", 12.0],
        ["main", 1000.0, "m", 0.2],
    ]
    assert case.payments.groupby("work_id")["cost"].sum().iloc[0] == 21_200


def test_benefit_ends_with_the_service_life() -> None:
    """Loss 3 a year to 2031: a life of two years keeps 2028 and 2029 only."""
    long = first(made(pipe())[0], "risk_removed")
    short = first(made(pipe(), models=catalogue(service_life=2))[0], "risk_removed")
    assert (long, short) == ([4 * 285], [2 * 285])


def test_milder_failures_remove_loss_too() -> None:
    """95 % fewer failures, and half of the consequence of the rest: 97.5 %."""
    case, _ = made(pipe(), models=catalogue(consequence_bp=5000))
    assert first(case, "risk_removed") == [round(4 * 300 * 0.975)]


def test_prices_rise_year_by_year_and_by_factors() -> None:
    """3 % in 2028, 2 % else; region 1.1; fees 8 %, contingency 5 %."""
    settings = replace(
        SETTINGS,
        price_base_year=2026,
        price_index_bp=200,
        index_bp={2028: 300},
        class_factor={"gas_pipe": 1.1},
        fees_bp=800,
        contingency_bp=500,
    )
    case, _ = made(pipe(), settings)
    factor = case.cost_lines.set_index("work_id")["factor"]
    extra = 1.1 * 1.08 * 1.05
    assert factor["GAS-0001.replace.2027"] == pytest.approx(1.02 * extra, abs=2e-6)
    assert factor["GAS-0001.replace.2028"] == pytest.approx(1.0506 * extra, abs=2e-6)
    assert settings.price_factor(2026) == 1.0
    assert settings.price_factor(2025) == pytest.approx(1 / 1.02, abs=1e-6)


def road(today: str, formed: str, **more: Any) -> CaseSettings:
    """Give settings with the shipped steps of approval."""
    approval = Approval(step=models().approval, today=today, formed=formed, **more)
    return replace(SETTINGS, approval=approval)


@pytest.mark.parametrize(
    ("today", "formed", "years"),
    [
        ("2026-11", "approved", [2027, 2028, 2029]),  # 已批复
        ("2026-11", "tender", [2027, 2028, 2029]),  # 1 month of permits, 2 of design
        ("2026-11", "feasibility", [2027, 2028, 2029]),  # 7 + 2 months: August 2027
        ("2026-11", "", [2028, 2029]),  # 11 + 2 months: December 2027, after the window
        ("2027-11", "", [2029]),
    ],
)
def test_first_start_is_today_plus_the_missing_steps(
    today: str, formed: str, years: list[int]
) -> None:
    """Then the next construction window, which ends in October."""
    settings = road(today, formed, first_month=4, last_month=10, year_one="steps")
    case, notes = made(pipe(), settings, catalogue(lead_months=2))
    assert sorted(case.works["start_year"]) == years
    assert case.packages["readiness"].tolist() == [formed]
    late = [n for n in notes if n.code == "projects.not_approved"]
    assert case.packages["first_start"].tolist() == years[:1]
    assert len(late) == (years[0] > 2027)


@pytest.mark.parametrize("formed", ["permits", "approved", "tender", ""])
def test_only_what_is_approved_enters_the_first_year(formed: str) -> None:
    """What lacks a step is 前期: no start in 2027, though tender needs but 3 months."""
    settings = road("2026-11", formed, first_month=4, last_month=10)
    case, notes = made(pipe(), settings, catalogue(lead_months=2))
    approved = formed in {"permits", "approved"}
    first_year = 2027 if approved else 2028
    assert case.works["start_year"].min() == first_year
    assert case.packages["first_start"].tolist() == [first_year]
    assert ("projects.not_approved" in {n.code for n in notes}) is not approved


def test_a_start_within_a_window_has_the_rest_of_it() -> None:
    """7 months of works, ready in October 2028: a second year; from 2029 one."""
    pace = {"setup_months": 1, "per_month": 200, "season_months": 12, "source": "test"}
    settings = road("2027-11", "", first_month=4, last_month=10)
    case, _ = made(pipe(1200), settings, catalogue(pace=pace, lead_months=0))
    works = case.works.set_index("start_year")["duration"]
    assert works.to_dict() == {2028: 2, 2029: 1}
    free = road("2026-11", "approved", first_month=4, last_month=10)
    case, _ = made(pipe(1200), free, catalogue(pace=pace))
    assert set(case.works["duration"]) == {1}


def test_steps_are_data() -> None:
    """Words of a project list name them; an unknown word counts as no step taken."""
    steps = models().approval
    approval = Approval(step=steps, today="2026-11")
    assert approval.missing_months("可研批复") == approval.missing_months("feasibility")
    assert approval.missing_months("approved", 6) == 0
    every = sum(step.months for step in steps)
    assert approval.missing_months("随便") == approval.missing_months("") == every
    assert not approval.knows("随便")
    for wrong in (
        {"today": "2026"},
        {"formed": "done"},
        {"first_month": 11, "last_month": 4},
    ):
        with pytest.raises(ValueError, match="Approval"):
            Approval(**({"step": steps, "today": "2026-11"} | wrong))


def modes(assets: dict[str, pd.DataFrame], trend: str) -> set[str]:
    """Give the modes that a case offers in a county of that trend."""
    settings = replace(SETTINGS, population_trend=trend)
    return set(made(assets, settings, models())[0].works["mode"])


def test_shrinking_counties_retire_and_downsize_growing_ones_upsize() -> None:
    """Heating mains and stations: what the trend offers."""
    station = pd.DataFrame(
        {
            "asset_id": ["S1"],
            "district": ["东城"],
            "install_year": [1995],
            "households": [900],
            "heated_area_m2": [90_000.0],
        }
    )
    assets = {
        "heating_pipe": rows(HEAT, {"level": "primary", "diameter_mm": 400.0}),
        "heat_station": station,
    }
    assert modes(assets, "") == {"replace", "equipment", "rebuild"}
    assert modes(assets, "growing") == {"replace", "upsize", "equipment", "rebuild"}
    shrunk = {"replace", "downsize", "equipment", "rebuild"}
    assert modes(assets, "declining") == shrunk  # nobody is said to take over
    stays = {"asset_id": "S2", "served_by": "", "install_year": 2024}
    pair = pd.concat([station.assign(served_by="S2"), station.assign(**stays)])
    assets = {
        "heating_pipe": rows(
            HEAT | {"level": "primary", "diameter_mm": 400.0},
            {"served_by": "A2"},
            {"install_year": 2024, "street": "解放路"},
        ),
        "heat_station": pair.reset_index(drop=True),
    }
    assert modes(assets, "declining") == {*shrunk, "retire", "merge"}


def test_every_mode_says_what_it_does_and_for_how_long() -> None:
    """Pipes: a pace and a lead time for what is dug; a shorter life for patches."""
    for name in ("gas_pipe", "heating_pipe", "water_pipe", "sewer", "storm_drain"):
        own = {mode.id: mode for mode in models().asset_classes[name].modes}
        assert own["replace"].pace is not None
        assert own["replace"].lead_months > 0
        life = own["replace"].service_life
        assert life is not None
        for patch in {"line", "repair_joints", "partial"} & set(own):
            shorter = own[patch].service_life
            assert shorter is not None
            assert shorter <= life
            assert own[patch].effect_bp < own["replace"].effect_bp


def test_longer_works_are_paid_while_they_go_on() -> None:
    """Three years instead of one: 97 % in thirds, retention after the end."""
    case, _ = made(pipe(), models=catalogue(duration=3))
    own = case.payments[case.payments["work_id"] == "GAS-0001.replace.2027"]
    assert own.set_index("year")["cost"].to_dict() == {
        2027: 6466, 2028: 6466, 2029: 6468, 2030: 600
    }  # fmt: skip
    assert own["works_value"].sum() == own["cost"].sum() == 20_000
    with pytest.raises(InputError) as caught:
        catalogue(duration=3, payment_bp=[9700, 300])
    assert "payment_bp" in str(caught.value.messages[0].params)


def test_small_works_are_no_way_to_renew_what_fails() -> None:
    """Poor walls: the clause bars micro works."""
    compound = {
        "asset_id": ["A1"], "district": ["东城"], "install_year": [1990],
        "households": [100], "buildings": [4], "floor_area_m2": [8000.0],
        "structure_grade": ["A"], "fire_grade": ["good"], "pipes_grade": ["good"],
        "envelope_grade": ["poor"],
    }  # fmt: skip
    case, _ = made({"residential_compound": pd.DataFrame(compound)}, models=models())
    assert "micro" not in set(case.works["mode"])
    barred = case.exclusions[case.exclusions["exempt"] == ""]
    assert ("basic-scope", "micro") in set(
        zip(barred["exclusion"], barred["mode"], strict=True)
    )


def test_rock_and_frost_count_asset_by_asset() -> None:
    """Half of the project is in rock (×1.02): these metres are a line of their own."""
    rock = Selection(equals={"asset_id": ("A2",)})
    frost = Selection(min={"diameter_mm": 100.0})
    local = (
        LocalFactor(("gas_pipe",), rock, 1.02, "rock ×1.02"),
        LocalFactor((), frost, 1.1, "frost ×1.1"),
        LocalFactor(("water_pipe",), rock, 9.0, "not for gas"),
    )
    frame = {"gas_pipe": rows(GAS | {"length_m": 500.0}, {}, {})}
    case, _ = made(frame, replace(SETTINGS, local=local))
    lines = case.cost_lines[case.cost_lines["work_id"] == "GAS-0001.replace.2027"]
    assert dict(zip(lines["item"], lines["factor"], strict=True)) == {
        "main @ frost ×1.1": pytest.approx(1.1),
        "main @ rock ×1.02+frost ×1.1": pytest.approx(1.122),
    }
    whole = round(500 * 0.2 * 1.1 * 100) + round(500 * 0.2 * 1.122 * 100)
    paid = case.payments[case.payments["work_id"] == "GAS-0001.replace.2027"]
    assert paid["cost"].sum() == whole
    low, high = cost_range(case, models(), ["GAS-0001.replace.2027"])
    one = whole / 100 / 0.2
    assert (low, high) == pytest.approx((0.12 * one, 0.35 * one))


def test_a_longer_duration_shares_the_payments_out() -> None:
    """Three years instead of one: 97 % in three parts, the retention after them."""
    case, _ = made(pipe(), models=catalogue(duration=3))
    own = case.payments[case.payments["work_id"] == "GAS-0001.replace.2027"]
    assert own["cost"].tolist() == [6466, 6466, 6468, 600]
    assert own["works_value"].tolist() == [6666, 6667, 6667, 0]


def test_a_short_construction_window_makes_works_longer() -> None:
    """6 months of works fit into a season of 6, not into a window of 5."""
    pace = {"setup_months": 1, "per_month": 200, "season_months": 6, "source": "test"}
    own = catalogue(pace=pace)
    for month, years in ((4, 1), (6, 2)):
        settings = road("2026-11", "approved", first_month=month, last_month=10)
        assert first(made(pipe(), settings, own)[0], "duration") == [years]
