"""A list beside inventories: finished rows, classes that are off, rows that run."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.inventory import ProjectList
from renewopt.projects import CaseSettings, case_from_list, make_case
from tests.projects.small import GAS, SETTINGS, inventory, models, pack, risk, rows
from tests.projects.test_from_list import projects

OFF = replace(SETTINGS, off_classes=("gas_pipe",))


def listed(*changes: dict[str, object]) -> ProjectList:
    """Give a list of gas projects, one row per change."""
    base = {"asset_class": "gas_pipe", "length_m": 100.0, "readiness": "可研"}
    return projects(*(base | own for own in changes))


def made(
    found: ProjectList, settings: CaseSettings = SETTINGS
) -> tuple[PlanningCase, list[Message]]:
    """Make the case of two gas pipes of two streets and a list."""
    streets = ({"street": "甲街"}, {"street": "乙街", "corridor_id": "c2"})
    assets = {
        "gas_pipe": rows(GAS | {"assessment_result": "immediate"}, *streets),
        "heating_pipe": rows(GAS | {"level": "secondary"}, {"asset_id": "H1"}),
    }
    packs = [pack("national-15fyp")]
    return make_case(inventory(assets), risk(assets), models(), packs, settings, found)


def holders(case: PlanningCase) -> dict[str, str]:
    """Give asset → project."""
    own = case.project_assets
    return dict(zip(own["asset_id"], own["project_id"], strict=True))


@pytest.mark.parametrize("said", [{"asset_ids": "A1"}, {"street": "甲街"}])
def test_what_a_finished_row_renewed_is_not_planned_again(
    said: dict[str, object],
) -> None:
    """By its assets or its street: in no project, no duty; the other pipe stays."""
    case, notes = made(listed(said | {"readiness": "完工"}))
    assert holders(case) == {"A2": "GAS-0001", "H1": "HEAT-0001"}
    assert set(case.obligations["asset_id"]) == {"A2", "H1"}
    row = case.left_out.set_index("asset_id").loc["A1"]
    assert (row["reason"], row["effect"]) == ("finished_in_list", "left_out")
    assert [n.code for n in notes].count("mix.finished") == 1
    open_, _ = made(listed(said))
    assert holders(open_)["A1"] == "P-001"
    assert "A1" in set(open_.obligations["asset_id"])


def test_a_finished_row_that_names_nothing_is_asked_about() -> None:
    """It cannot be told what it renewed: both pipes stay, and the row is named."""
    case, notes = made(listed({"readiness": "完工"}))
    assert set(holders(case)) == {"A1", "A2", "H1"}
    (told,) = [n for n in notes if n.code == "mix.finished_unclear"]
    assert told.params["row"] == 2
    _, notes = made(listed({"readiness": "完工", "asset_ids": "无"}))
    assert "mix.finished_unclear" not in [n.code for n in notes]


def test_a_finished_row_yields_to_one_that_is_to_be_built() -> None:
    """The bureau renews A1 once more: its open row is taken as it is."""
    both = listed({"asset_ids": "A1"}, {"asset_ids": "A1", "readiness": "完工"})
    case, _ = made(both)
    assert holders(case)["A1"] == "P-001"
    assert len(case.left_out) == 0


def test_a_row_that_runs_holds_its_assets() -> None:
    """Under construction since 2026: one forced work, and no second project."""
    runs = {"asset_ids": "A1", "first_year": 2026, "last_year": 2028}
    case, _ = made(listed(runs | {"readiness": "在建"}))
    assert holders(case)["A1"] == "P-001"
    works = case.works[case.works["project_id"] == "P-001"]
    assert works["start_year"].tolist() == [2026]


def test_a_class_that_is_off_is_off_in_the_list_too() -> None:
    """一县一策: no gas project from inventory or list; what runs goes on."""
    runs = {"asset_ids": "A1", "first_year": 2026, "last_year": 2028}
    case, notes = made(listed({"asset_ids": "A2"}, runs | {"readiness": "在建"}), OFF)
    assert holders(case) == {"A1": "P-002", "H1": "HEAT-0001"}
    told = [n for n in notes if n.code == "projects.list_class_off"]
    assert told[0].params["rows"] == "2, 3"
    case, _ = made(listed({"asset_ids": "A2"}))
    assert holders(case)["A2"] == "P-001"


def test_a_county_that_plans_nothing_is_told_why() -> None:
    """Both classes off, in inventories and list: what took everything away is named."""
    both = replace(SETTINGS, off_classes=("gas_pipe", "heating_pipe"))
    with pytest.raises(InputError) as caught:
        made(listed({"asset_ids": "A2"}), both)
    codes = [m.code for m in caught.value.messages]
    assert codes[0] == "projects.nothing_to_plan"
    assert {"projects.class_off", "projects.list_class_off"} <= set(codes)


def test_a_list_alone_leaves_out_classes_that_are_off() -> None:
    """One gas row of two classes is left; with both off nothing can be planned."""
    two = projects({"asset_class": "gas_pipe"}, {"asset_class": "heating_pipe"})
    case, _ = case_from_list(two, models(), OFF)
    assert set(case.projects["asset_class"]) == {"heating_pipe"}
    both = replace(SETTINGS, off_classes=("gas_pipe", "heating_pipe"))
    with pytest.raises(InputError) as caught:
        case_from_list(two, models(), both)
    assert "projects.nothing_to_plan_list" in [m.code for m in caught.value.messages]
    assert pd.notna(case.projects["name"]).all()
