"""What works gain besides risk: after the benefit years, in points, in operation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from renewopt.audit import audit_schedule
from renewopt.core.case import PlanningCase
from renewopt.core.schedule import Schedule
from renewopt.projects import CaseSettings, make_case
from renewopt.rules.assemble import policy_warnings
from renewopt.rules.policy import Objective
from renewopt.rules.problem import Problem
from tests.catalogue.test_load import _changed, _problems
from tests.optimise.small import Fund, Work, decide, small
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
from tests.scenarios.rule_cases import money_table

COMPOUND = {
    "asset_id": "C1",
    "name": "幸福小区",
    "district": "东城",
    "households": 120,
    "floor_area_m2": 9000.0,
    "install_year": 1990,
    "ownership": "residents",
}


def made(
    assets: dict[str, pd.DataFrame],
    running: float | None = None,
    settings: CaseSettings = SETTINGS,
) -> PlanningCase:
    """Make a case; each asset loses `running` 万元 a year in normal operation."""
    table = risk(assets)
    if running is not None:
        table = replace(table, assets=table.assets.assign(running_loss=running))
    packs = [pack("national-15fyp")]
    return make_case(inventory(assets), table, models(), packs, settings)[0]


def work(case: PlanningCase, mode: str, start: int = 2027) -> pd.Series:
    """Give the only work of a mode and start."""
    works = case.works
    own = works[(works["mode"] == mode) & (works["start_year"] == start)]
    assert len(own) == 1
    return own.iloc[0]


def effect(case: PlanningCase, mode: str) -> Decimal:
    """Give the share of the loss that a gas mode takes away, from its file."""
    file = next(m for m in models().asset_classes["gas_pipe"].modes if m.id == mode)
    gone = Decimal(10_000 - file.effect_bp) * (10_000 - file.consequence_bp)
    return 1 - gone / 10_000**2


def test_loss_after_the_benefit_years_ends_with_the_service_life() -> None:
    """Jointing of 10 years: 2028–2037, of which 2032–2037 are after the years."""
    case = made({"gas_pipe": rows(GAS, {"material": "grey_cast_iron"})})
    mode = next(
        m for m in models().asset_classes["gas_pipe"].modes if m.id == "repair_joints"
    )
    assert mode.service_life == 10
    later = work(case, "repair_joints")["benefit_later"]
    assert later == 6 * 3 * 100 * effect(case, "repair_joints")
    assert work(case, "repair_joints", 2028)["benefit_later"] == (
        7 * 3 * 100 * effect(case, "repair_joints")
    )


def test_loss_after_the_benefit_years_is_bounded_and_discounted() -> None:
    """A pipe of 50 years counts for as many later years as asked, at their rate."""
    two = replace(SETTINGS, later_years=2)
    assets = {"gas_pipe": rows(GAS, {})}
    share = effect(made(assets), "replace")
    assert work(made(assets, settings=two), "replace")["benefit_later"] == (
        2 * 3 * 100 * share
    )
    half = replace(two, discount_rate_bp=10_000)
    expected = 3 * 100 * share * (Decimal(1) / 2**5 + Decimal(1) / 2**6)
    later = work(made(assets, settings=half), "replace")["benefit_later"]
    assert later == round(expected)


def test_points_are_for_gaps_that_the_mode_fills() -> None:
    """120 households without facilities: the wider scope gives them, the basic none."""
    frame = pd.DataFrame([COMPOUND | {"facility_grade": "poor"}])
    case = made({"residential_compound": frame})
    assert work(case, "basic")["points_deficiency"] == 0
    assert work(case, "basic_improvement")["points_deficiency"] == 120
    assert work(case, "full")["points_quality"] == 60
    own = case.gains[case.gains["work_id"] == work(case, "full")["work_id"]]
    own = own[own["measure"].str.startswith("points_")]
    assert dict(zip(own["item"], own["quantity"], strict=True)) == {
        "facilities": 120.0,
        "community": 120.0,
    }


def test_without_gaps_there_are_no_points() -> None:
    """A compound of which nothing is stated lacks nothing that is known."""
    case = made({"residential_compound": pd.DataFrame([COMPOUND])})
    assert not case.works[["points_deficiency", "points_quality"]].any(axis=None)
    assert set(case.gains["measure"]) <= {"benefit_later"}


def test_operating_loss_is_a_line_of_its_own() -> None:
    """2 万元 a year × what the mode takes away × 2028–2031, beside the risk."""
    assets = {"heating_pipe": rows(HEAT, {})}
    plain, losing = made(assets), made(assets, running=2.0)
    mode = models().asset_classes["heating_pipe"].modes[0]
    right = 2 * 4 * 100 * Decimal(mode.effect_bp) / 10_000
    assert work(losing, mode.id)["benefit_operating"] == right
    assert not plain.works["benefit_operating"].any()
    assert work(plain, mode.id)["risk_removed"] == work(losing, mode.id)["risk_removed"]


def test_tables_with_gains_are_read_back_equal(tmp_path) -> None:
    """Points are whole numbers and benefits money in the files, too."""
    frame = pd.DataFrame([COMPOUND | {"facility_grade": "poor"}])
    case = made({"residential_compound": frame}, running=1.0)
    case.write(tmp_path)
    again = PlanningCase.read(tmp_path)
    pd.testing.assert_frame_equal(again.works, case.works)
    pd.testing.assert_frame_equal(again.gains, case.gains)


def weighed(problem: Problem, column: str, weight: float) -> Problem:
    """Give B 100 points (or 1 万元) of a column, at a weight."""
    works = problem.case.works
    works = works.assign(**{column: (works["project_id"] == "B") * 100})
    weights = {"risk_removed": 1.0, column: weight}
    policy = replace(problem.policy, objective=Objective(weights=weights))
    return Problem(replace(problem.case, works=works), policy)


@pytest.mark.parametrize(
    ("column", "weight"),
    [
        ("points_deficiency", 0.5),
        ("points_quality", 0.5),
        ("benefit_later", 50.0),
        ("benefit_operating", 50.0),
    ],
)
def test_a_weight_changes_the_plan(column: str, weight: float) -> None:
    """A removes 100 and B 60: at weight 0 A is built, at 50 万元 more for B it is B."""
    plain = small(
        [Work("A27", (100,), 100), Work("B27", (100,), 60)], {"m": Fund((100, 0))}, []
    )
    assert tuple(decide(weighed(plain, column, 0.0)).works) == ("A27",)
    assert tuple(decide(weighed(plain, column, weight)).works) == ("B27",)


def test_the_auditor_adds_up_the_gains() -> None:
    """Points that the lines do not come to are found, work by work."""
    frame = pd.DataFrame([COMPOUND | {"facility_grade": "poor"}])
    case = made({"residential_compound": frame})
    chosen = work(case, "full")
    picked = pd.DataFrame(
        [{"project_id": chosen["project_id"], "work_id": chosen["work_id"]}]
    )
    schedule = Schedule(picked.assign(saving=0), money_table(()))
    policy = small([Work("A27", (1,))], {"m": Fund((1, 0))}, []).policy

    def gains(own: PlanningCase) -> list[str]:
        found = audit_schedule(Problem(own, policy), schedule)
        return [b.where for b in found if b.rule_id == "audit.gains"]

    assert gains(case) == []
    more = case.works.assign(points_quality=case.works["points_quality"] + 1)
    assert gains(replace(case, works=more)) == [f"{chosen['work_id']} points_quality"]


def test_gains_are_of_columns_and_fills_of_gains_that_there_are(tmp_path) -> None:
    """Both faults of a class file are told with file and key."""
    folder = _changed(
        tmp_path / "mine",
        "asset_classes/gas_indoor.toml",
        'id = "safety_devices"',
        'id = "devices_safe"',
    )
    file = folder / "asset_classes" / "gas_indoor.toml"
    text = file.read_text(encoding="utf-8")
    old = 'where = { devices = ["none", "part"] }\npoints = 1.0'
    assert old in text
    file.write_text(
        text.replace(old, "where = { gadgets = [1] }\npoints = 1.0"), "utf-8"
    )
    keys = {told.params["key"] for told in _problems(folder)}
    assert keys == {
        "gain[devices_safe].where.gadgets",
        "mode[devices].fills",
        "mode[whole].fills",
    }


def test_a_weight_that_no_work_has_is_told() -> None:
    """A weight on a column of noughts has no effect: a note names it."""
    plain = small([Work("A27", (1,), 1)], {"m": Fund((1, 0))}, [])
    idle = weighed(plain, "points_quality", 2.0)  # B has them, and there is no B
    told = [note for note in policy_warnings(idle) if "objective" in note.code]
    assert [note.params["value"] for note in told] == ["points_quality"]
