"""Works under construction are taken over as they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from renewopt.catalogue.packs import Exclusion
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import make_case
from tests.projects.small import GAS, SETTINGS, inventory, models, pack, risk, rows

PACKAGES = pd.DataFrame(
    [
        {
            "package_id": "R1",
            "name": "在建",
            "legal_owner": "燃气公司",
            "nature": "commercial",
            "ownership": "operator",
            "status": "running",
            "net_income_per_year": 12.5,
        }
    ]
)
WORK: dict[str, Any] = {
    "package_id": "R1",
    "project_id": "RUN-1",
    "project_name": "解放路燃气",
    "asset_class": "gas_pipe",
    "asset_ids": "A1;A2",
    "mode": "replace",
    "start_year": 2026,
    "duration": 2,
    "year": 2027,
    "cost": 30.0,
}
HISTORY = pd.DataFrame(
    [
        {
            "package_id": "R1",
            "year": 2026,
            "fund_id": "op",
            "received": 40.0,
            "amount": 35.5,
        },
        {
            "package_id": "gone",
            "year": 2026,
            "fund_id": "op",
            "received": 1.0,
            "amount": 1.0,
        },
    ]
)


def made(*works: dict[str, Any]) -> tuple[PlanningCase, list[Message]]:
    """Make a case of three pipes, of which running works have some."""
    assets = {"gas_pipe": rows(GAS, {}, {}, {})}
    tables = {"packages": PACKAGES, "package_history": HISTORY}
    facts = inventory(assets, running_works=pd.DataFrame(list(works)), **tables)
    return make_case(facts, risk(assets), models(), [pack("national-15fyp")], SETTINGS)


def test_running_works_are_fixed_with_what_is_still_to_pay() -> None:
    """One work, the two payments of the file, no eligible cost for an operator."""
    case, _ = made(WORK, WORK | {"year": 2028, "cost": 1.5})
    own = case.works[case.works["project_id"] == "RUN-1"]
    assert own[["mode", "start_year", "duration"]].to_numpy().tolist() == [
        ["replace", 2026, 2]
    ]
    paid = case.payments[case.payments["work_id"].isin(own["work_id"])]
    assert paid[["year", "cost", "eligible_cost"]].to_numpy().tolist() == [
        [2027, 3000, 0],
        [2028, 150, 0],
    ]
    assert (
        case.packages.set_index("package_id").loc["R1", "net_income_per_year"] == 1250
    )


def test_running_assets_are_no_candidates_elsewhere() -> None:
    """Their duties stand, but with the running project."""
    case, _ = made(WORK)
    listed = case.project_assets.set_index("asset_id")["project_id"].to_dict()
    assert listed == {"A1": "RUN-1", "A2": "RUN-1", "A3": "GAS-0001"}
    duties = case.obligations.set_index("asset_id")["project_id"].to_dict()
    assert duties == listed


def test_running_works_open_their_corridor_and_take_capacity() -> None:
    """The corridor closes behind them; the 200 m of two years count 100 m in 2027."""
    case, _ = made(WORK)
    opened = case.corridor_projects[case.corridor_projects["project_id"] == "RUN-1"]
    assert opened["excavation_cost"].tolist() == [0]
    use = case.use[case.use["work_id"].str.startswith("RUN-1")]
    assert use[["year", "resource", "amount"]].to_numpy().tolist() == [
        [2027, "km", 100]
    ]


def test_running_works_remove_risk_after_their_end() -> None:
    """Completed in 2027, loss 3 a year in 2028 … 2031 for each of two pipes."""
    case, _ = made(WORK)
    own = case.works[case.works["project_id"] == "RUN-1"]
    assert own["risk_removed"].tolist() == [2 * 4 * 300 * 95 // 100]


def test_history_of_running_packages_is_kept() -> None:
    """Money of the past in units; packages that do not run are left out."""
    case, _ = made(WORK)
    assert case.package_history[
        ["package_id", "received", "amount"]
    ].to_numpy().tolist() == [["R1", 4000, 3550]]


def test_every_fault_is_told_at_once() -> None:
    """Unknown package, mode and asset, an early payment and an asset in two works."""
    with pytest.raises(InputError) as error:
        made(
            WORK | {"year": 2025},
            WORK | {"project_id": "RUN-2", "mode": "paint", "package_id": "R9"},
            WORK | {"project_id": "RUN-3", "asset_ids": "A9", "duration": 1},
            WORK | {"project_id": "RUN-3", "asset_ids": "A9", "duration": 3},
            WORK | {"project_id": "RUN-4", "asset_class": "tram"},
        )
    assert [m.code.removeprefix("projects.running_") for m in error.value.messages] == [
        "package",
        "rows",
        "early",
        "mode",
        "asset",
        "class",
        "twice",
        "twice",
    ]


def test_an_identifier_of_a_new_project_is_refused() -> None:
    """A running project may not be called like one that is formed."""
    with pytest.raises(InputError, match="running_id"):
        made(WORK | {"project_id": "GAS-0001"})


def test_packages_without_running_works_are_reported() -> None:
    """A package that nothing runs in is named, not silently dropped."""
    assets = {"gas_pipe": rows(GAS, {})}
    facts = inventory(assets, packages=PACKAGES)
    case, notes = make_case(
        facts, risk(assets), models(), [pack("national-15fyp")], SETTINGS
    )
    assert [
        n.params["value"] for n in notes if n.code == "projects.package_unused"
    ] == ["R1"]
    assert "R1" not in set(case.packages["package_id"])


def test_what_is_under_construction_is_not_forbidden() -> None:
    """An exclusion means new works: a running one goes on, whatever its asset."""
    never = Exclusion(
        id="never", asset_class=("gas_pipe",), clause="1", phrase="p", source="s"
    )
    national = pack("national-15fyp").model_copy(update={"exclusion": (never,)})
    assets = {"gas_pipe": rows(GAS, {"assessment_result": "immediate"}, {}, {})}
    work = WORK | {"asset_ids": "A1"}
    facts = inventory(assets, running_works=pd.DataFrame([work]), packages=PACKAGES)
    case, _ = make_case(facts, risk(assets), models(), [national], SETTINGS)
    assert sorted(set(case.exclusions["asset_id"])) == ["A2", "A3"]
    assert case.works["project_id"].tolist() == ["RUN-1"]


def test_running_works_of_a_class_that_is_off_go_on() -> None:
    """The class has no new projects; what was begun is still there and paid."""
    assets = {"gas_pipe": rows(GAS, {}, {}, {})}
    tables = {"packages": PACKAGES, "running_works": pd.DataFrame([WORK])}
    settings = replace(SETTINGS, off_classes=("gas_pipe",))
    case, _ = make_case(
        inventory(assets, **tables),
        risk(assets),
        models(),
        [pack("national-15fyp")],
        settings,
    )
    assert case.projects["project_id"].tolist() == ["RUN-1"]
    assert case.payments["cost"].sum() == 3000
