"""Which clause means which asset, at the threshold and beside it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from renewopt.catalogue import Pack
from renewopt.catalogue.selection import Selection
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import make_case
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


def said(
    assets: dict[str, pd.DataFrame], *packs: Pack, grade: int = 1
) -> tuple[PlanningCase, list[Message]]:
    """Make a case and keep its warnings."""
    return make_case(
        inventory(assets), risk(assets, grade=grade), models(), packs, SETTINGS
    )


def duty(
    asset_class: str, frame: pd.DataFrame, name: str = "national-15fyp", grade: int = 3
) -> dict[str, str]:
    """Give the hardness by asset that a pack finds."""
    case, _ = said({asset_class: frame}, pack(name), grade=grade)
    return dict(
        zip(case.obligations["asset_id"], case.obligations["hardness"], strict=True)
    )


@pytest.mark.parametrize(
    ("name", "young", "old"),
    [("national-15fyp", 2008, 2007), ("inner-mongolia-2023", 2013, 2012)],
)
def test_heating_by_age(name: str, young: int, old: int) -> None:
    """Heating of 20 years (Inner Mongolia: 15) in the first plan year is a target."""
    frame = rows(HEAT, {"install_year": young}, {"install_year": old})
    assert duty("heating_pipe", frame, name) == {"A2": "assessed_target"}


def test_renewal_makes_a_pipe_young() -> None:
    """Age counts from the last renewal."""
    frame = rows(HEAT, {"renewed_year": 2015}, {})
    assert duty("heating_pipe", frame) == {"A2": "assessed_target"}


def test_a_pipe_without_year_has_no_duty_by_age() -> None:
    """An empty cell is never selected; the warning counts it."""
    frame = rows(HEAT, {"install_year": None}, {})
    case, notes = said({"heating_pipe": frame}, pack("national-15fyp"), grade=3)
    assert case.obligations["asset_id"].tolist() == ["A2"]
    assert [n.params["count"] for n in notes if n.code == "projects.no_year"] == [1]


@pytest.mark.parametrize(
    ("change", "hardness", "deadline"),
    [
        ({"assessment_result": "immediate"}, "safety_duty", 2027),
        (
            {"assessment_result": "deadline", "assessment_deadline": 2028},
            "safety_duty",
            2028,
        ),
        ({"assessment_result": "deadline"}, "safety_duty", 2029),
        ({"material": "grey_cast_iron"}, "safety_duty", 2028),
        ({"encroached": True}, "safety_duty", 2028),
        ({"install_year": 2007}, "preference", 2030),
    ],
)
def test_gas_clauses(change: dict[str, object], hardness: str, deadline: int) -> None:
    """Each gas clause is found with its hardness and deadline, and only that one."""
    young = {"install_year": 2015, "assessment_result": "ok", "encroached": False}
    frame = rows(GAS, young | change, young)
    case, _ = said({"gas_pipe": frame}, pack("national-15fyp"), grade=3)
    found = case.obligations
    assert found["asset_id"].tolist() == ["A1"]
    assert found["hardness"].tolist() == [hardness]
    assert found["deadline"].tolist() == [deadline]
    column = next(iter(change))
    assert (
        f"{column}=" in found["trigger"].iloc[0] or "age=20" in found["trigger"].iloc[0]
    )


def test_water_materials() -> None:
    """Cement and unlined grey iron are preferences; lined iron is none."""
    base = {"level": "distribution", "install_year": 2010, "lining": None}
    frame = rows(
        GAS | base,
        {"material": "cement"},
        {"material": "grey_cast_iron", "lining": "none"},
        {"material": "grey_cast_iron", "lining": "lined"},
        {"material": "pe"},
    )
    assert duty("water_pipe", frame) == {"A1": "preference", "A2": "preference"}


def test_water_by_age_needs_a_hazard_grade() -> None:
    """Thirty years alone are no clause; with risk grade 4 they are."""
    frame = rows(
        GAS | {"level": "distribution", "material": "pe"}, {"install_year": 1997}
    )
    assert duty("water_pipe", frame, grade=3) == {}
    assert duty("water_pipe", frame, grade=4) == {"A1": "preference"}


def test_severe_points_are_safety_duties() -> None:
    """A severe point is a duty, a point at 15 cm and 30 min a preference."""
    frame = pd.DataFrame(
        {
            "asset_id": ["W1", "W2", "W3"],
            "severe": [True, False, False],
            "depth_cm": [40.0, 15.0, 14.0],
            "duration_min": [20.0, 30.0, 30.0],
        }
    )
    assert duty("waterlogging_point", frame) == {
        "W1": "safety_duty",
        "W2": "preference",
    }


@pytest.mark.parametrize(
    ("name", "years"),
    [("national-15fyp", [2000, 2005]), ("inner-mongolia-2023", [2000, 2004])],
)
def test_compounds_by_year(name: str, years: list[int]) -> None:
    """Compounds are preferences up to 2005 (Inner Mongolia: built before 2005)."""
    frame = pd.DataFrame(
        {
            "asset_id": [str(y) for y in (2000, 2004, 2005, 2006)],
            "install_year": [2000, 2004, 2005, 2006],
            "households": 50,
            "floor_area_m2": 4000.0,
        }
    )
    found = duty("residential_compound", frame, name)
    assert set(found.values()) == {"preference"}
    assert [min(map(int, found)), max(map(int, found))] == years


def test_every_duty_has_its_clause() -> None:
    """Pack, clause, verb and the value that triggered it stand in the case."""
    case, _ = said({"heating_pipe": rows(HEAT, {})}, pack("inner-mongolia-2023"))
    row = case.obligations.iloc[0]
    assert (row["pack"], row["clause"], row["verb"]) == (
        "inner-mongolia-2023",
        "（十六）",
        "完成",
    )
    assert row["trigger"] == "heating-age: age=27"
    assert row["deadline"] == 2025


def test_a_later_pack_replaces_a_trigger_of_the_same_id() -> None:
    """After the national pack the region's 15 years count, not 20."""
    frame = rows(HEAT, {"install_year": 2010})
    packs = (pack("national-15fyp"), pack("inner-mongolia-2023"))
    case, _ = said({"heating_pipe": frame}, *packs)
    assert case.obligations["pack"].tolist() == ["inner-mongolia-2023"]
    with pytest.raises(InputError, match="nothing_to_plan"):
        said({"heating_pipe": rows(HEAT, {"install_year": 2013})}, *packs[:1])


def test_expired_packs_warn_and_count() -> None:
    """A pack that ended in 2025 warns in 2027; the current one does not."""
    assets = {"heating_pipe": rows(HEAT, {})}
    case, notes = said(assets, pack("national-2022"))
    assert [n.params["pack"] for n in notes if n.code == "projects.pack_expired"] == [
        "national-2022"
    ]
    assert len(case.obligations) == 1
    _, notes = said(assets, pack("national-15fyp"))
    assert "projects.pack_expired" not in {n.code for n in notes}


def test_triggers_without_assets_warn() -> None:
    """A clause on a class of the inventory that selects nothing is reported."""
    _, notes = said({"gas_pipe": rows(GAS, {})}, pack("national-15fyp"))
    empty = {n.params["key"] for n in notes if n.code == "projects.trigger_empty"}
    assert "trigger[gas-encroached]" in empty
    assert "trigger[gas-aged]" not in empty
    assert "trigger[heating-age]" not in empty


def test_a_trigger_on_an_unknown_column_names_file_and_key() -> None:
    """Every such trigger is told at once, with clause and known columns."""
    good = pack("national-15fyp")
    wrong = good.trigger[0].model_copy(
        update={"where": Selection(equals={"colour": ("red",)})}
    )
    late = good.trigger[1].model_copy(update={"deadline_column": "someday"})
    broken = good.model_copy(update={"trigger": (wrong, late)})
    with pytest.raises(InputError) as error:
        said({"gas_pipe": rows(GAS, {})}, broken)
    assert [(m.params["file"], m.params["key"]) for m in error.value.messages] == [
        ("policies/national-15fyp.toml", "trigger[gas-immediate].where.colour"),
        ("policies/national-15fyp.toml", "trigger[gas-deadline].deadline_column"),
    ]


def test_packs_share_their_rule_defaults() -> None:
    """Each pack with clauses can stand alone: the same rules, targets apart."""
    shared = [
        {str(rule["id"]): rule for rule in item.rule if rule["kind"] != "target"}
        for item in models().packs.values()
        if item.trigger
    ]
    assert len(shared) >= 4
    assert all(rules == shared[0] for rules in shared)


def test_every_trigger_of_the_packs_cites_its_source() -> None:
    """Every threshold says that it was found or that it is an assumption."""
    for item in models().packs.values():
        for trigger in item.clauses:
            labels = ("policy document", "found source", "editable assumption")
            assert any(label in trigger.source for label in labels), trigger.id


def test_an_imputed_year_is_no_duty() -> None:
    """The same old year makes a target where stated and none where imputed."""
    frame = rows(HEAT, {"install_year": 2000}, {"install_year": 2000})
    qualities = pd.DataFrame(
        {
            "asset_class": ["heating_pipe"],
            "asset_id": ["A2"],
            "column": ["install_year"],
            "quality": ["imputed"],
            "low": [1998.0],
            "high": [2004.0],
            "raw": [""],
        }
    )
    stock = replace(inventory({"heating_pipe": frame}), qualities=qualities)
    marks = risk({"heating_pipe": frame}, grade=3)
    case, _ = make_case(stock, marks, models(), [pack("national-15fyp")], SETTINGS)
    assert case.obligations["asset_id"].tolist() == ["A1"]
    bounded = replace(stock, qualities=qualities.assign(quality="bounded"))
    case, _ = make_case(bounded, marks, models(), [pack("national-15fyp")], SETTINGS)
    assert case.obligations["asset_id"].tolist() == ["A1", "A2"]


def test_an_imputed_material_is_no_duty() -> None:
    """Grey cast iron by imputation only does not oblige anybody."""
    frame = rows(GAS, *[{"material": "grey_cast_iron", "install_year": 2020}] * 2)
    qualities = pd.DataFrame(
        [["gas_pipe", "A1", "material", "imputed", None, None, ""]],
        columns=["asset_class", "asset_id", "column", "quality", "low", "high", "raw"],
    )
    stock = replace(inventory({"gas_pipe": frame}), qualities=qualities)
    marks = risk({"gas_pipe": frame}, grade=5)
    case, _ = make_case(stock, marks, models(), [pack("national-15fyp")], SETTINGS)
    assert case.obligations["asset_id"].tolist() == ["A2"]


def test_a_code_that_no_choice_has_is_refused() -> None:
    """A misspelt material would select nothing: file, key and the codes are named."""
    national = pack("national-15fyp")
    wrong = tuple(
        t.model_copy(update={"where": Selection(equals={"material": ("steal", "pe")})})
        if t.id == "gas-aged"
        else t
        for t in national.trigger
    )
    with pytest.raises(InputError) as caught:
        said(
            {"gas_pipe": rows(GAS, {})}, national.model_copy(update={"trigger": wrong})
        )
    (told,) = caught.value.messages
    assert told.code == "projects.trigger_value"
    assert told.params["key"] == "trigger[gas-aged].where.material"
    assert told.params["value"] == "steal"
    assert "steel" in str(told.params["known"])
