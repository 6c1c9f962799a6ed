"""What packs forbid, from the inventory to the plan: modes barred, assets left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pytest

from renewopt.audit import audit_schedule
from renewopt.catalogue import Catalogue, Pack
from renewopt.catalogue.packs import Exclusion, Trigger
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.core.schedule import Schedule
from renewopt.explain import reasons
from renewopt.projects import CaseSettings, make_case
from renewopt.rules.assemble import policy_problems
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem
from tests.optimise.small import decide
from tests.projects.small import HEAT, SETTINGS, inventory, models, pack, risk, rows
from tests.scenarios.rule_cases import table

LONG = replace(SETTINGS, benefit_years_beyond=10)
SHRINKING = replace(LONG, population_trend="declining")
GROWING = replace(LONG, population_trend="growing")
COMPOUND: dict[str, Any] = {
    "name": "一号院",
    "district": "东城",
    "street": "人民路",
    "install_year": 1985,
    "households": 100,
    "floor_area_m2": 1000.0,
    "structure_grade": "B",
    "fire_grade": "poor",
    "pipes_grade": "fair",
    "envelope_grade": "fair",
    "consent_rate": 90.0,
    "operator": "街道办",
    "status": "in_use",
}
STATION: dict[str, Any] = {
    "name": "一号泵站",
    "district": "东城",
    "street": "人民路",
    "install_year": 1985,
    "capacity_m3s": 1.0,
    "equipment_grade": "failed",
    "status": "in_use",
}


@dataclass(frozen=True)
class Clause:
    """An exclusion with an asset that it means and one that it does not.

    `without` and `bound` are the modes of the plan without and with the clause (empty:
    the asset is left out); `idle` is what takes the asset out of the clause's reach.
    """

    asset_class: str
    asset: dict[str, Any]
    without: str
    bound: str
    idle: dict[str, Any]
    settings: CaseSettings = LONG
    exclusion: Exclusion | None = None
    models: Catalogue | None = None
    idle_settings: CaseSettings = LONG


def own_models(**modes: dict[str, Any]) -> Catalogue:
    """Give the shipped models with changes in modes of the compounds."""
    classes = dict(models().asset_classes)
    compound = classes["residential_compound"]
    changed = tuple(m.model_copy(update=modes.get(m.id, {})) for m in compound.modes)
    changed = tuple(mode for mode in changed if mode.id in modes or len(modes) == 0)
    classes["residential_compound"] = compound.model_copy(update={"modes": changed})
    return replace(models(), asset_classes=classes)


def stations() -> Catalogue:
    """Give the shipped models with two ways of renewing a pump station."""
    classes = dict(models().asset_classes)
    station = classes["pump_station"]
    two = tuple(m for m in station.modes if m.id in {"machinery", "enlarge"})
    classes["pump_station"] = station.model_copy(update={"modes": two})
    return replace(models(), asset_classes=classes)


UPKEEP = Exclusion(
    id="upkeep",
    asset_class=("residential_compound",),
    filled=("operator",),
    clause="（三十一）",
    phrase="落实管护责任",
    source="editable assumption",
)
CLAUSES = {
    "R-POPLOSS": Clause(
        "pump_station", STATION, "enlarge", "machinery", {}, SHRINKING,
        idle_settings=GROWING, models=stations(),
    ),
    "R-BOUNDARY": Clause(
        "pump_station", STATION | {"redline": True}, "enlarge", "machinery",
        {"redline": False},
    ),
    "R-HERITAGE": Clause(
        "residential_compound", COMPOUND | {"heritage": True},
        "basic_improvement", "basic", {"heritage": False},
        models=own_models(basic={}, basic_improvement={"traits": ("demolition",)}),
    ),
    "R-CONSENT": Clause(
        "residential_compound", COMPOUND | {"consent_rate": 50.0},
        "basic_improvement", "", {"consent_rate": 66.67},
    ),
    "R-OM": Clause(
        "residential_compound", COMPOUND | {"operator": None},
        "basic_improvement", "", {"operator": "街道办"}, exclusion=UPKEEP,
    ),
    "basic-scope": Clause(
        "residential_compound", COMPOUND,
        "basic_improvement", "basic", {"fire_grade": "good"},
        models=own_models(basic={}, basic_improvement={"omits": ("fire",)}),
    ),
}  # fmt: skip


def packs_of(clause: Clause, *, forbid: bool = True) -> list[Pack]:
    """Give the national pack, with the clause's own exclusion or with none at all."""
    national = pack("national-15fyp")
    if not forbid:
        return [national.model_copy(update={"exclusion": ()})]
    if clause.exclusion is not None:
        return [national.model_copy(update={"exclusion": (clause.exclusion,)})]
    return [national]


def made(
    clause: Clause,
    asset: dict[str, Any],
    packs: Sequence[Pack],
    settings: CaseSettings | None = None,
) -> tuple[PlanningCase, list[Message]]:
    """Make the case of one asset."""
    assets = {clause.asset_class: rows(asset, {}), "heating_pipe": rows(HEAT, {})}
    return make_case(
        inventory(assets),
        risk(assets, loss=50.0),
        clause.models or models(),
        packs,
        settings or clause.settings,
    )


def problem_of(case: PlanningCase) -> Problem:
    """Give the case with no other limit than one work per project."""
    policy = make_policy(
        {"rule": []},
        FUNDS.conform(pd.DataFrame()),
        FUND_YEARS.conform(pd.DataFrame()),
        EXISTING_DEBT.conform(pd.DataFrame()),
        "policy.toml",
    )
    return Problem(case, policy)


def planned_mode(case: PlanningCase) -> str:
    """Give the mode of the plan; "" where the asset is left out."""
    chosen = decide(problem_of(case)).schedule.chosen["work_id"]
    own = case.work_facts[case.work_facts["asset_class"] != "heating_pipe"]
    modes = own.loc[own["work_id"].isin(chosen), "mode"]
    return str(modes.iloc[0]) if len(modes) else ""


@pytest.mark.parametrize("name", CLAUSES)
def test_it_changes_the_plan(name: str) -> None:
    """The plan takes the best mode without the clause, and with it what is left."""
    clause = CLAUSES[name]
    free, _ = made(clause, clause.asset, packs_of(clause, forbid=False))
    assert planned_mode(free) == clause.without
    case, notes = made(clause, clause.asset, packs_of(clause))
    assert planned_mode(case) == clause.bound
    told = [note for note in notes if note.code == "projects.excluded"]
    assert [note.params["count"] for note in told] == [1]


@pytest.mark.parametrize("name", CLAUSES)
def test_it_does_not_apply(name: str) -> None:
    """An asset beside the threshold keeps every mode, and nothing is said."""
    clause = CLAUSES[name]
    asset = clause.asset | clause.idle
    case, notes = made(clause, asset, packs_of(clause), clause.idle_settings)
    assert planned_mode(case) == clause.without
    assert not len(case.exclusions)
    assert "projects.excluded" not in {note.code for note in notes}


@pytest.mark.parametrize("name", CLAUSES)
def test_the_auditor_finds_a_breach(name: str) -> None:
    """A work put back in a barred mode is refused before solving, and by the audit."""
    clause = CLAUSES[name]
    case, _ = made(clause, clause.asset, packs_of(clause))
    free, _ = made(clause, clause.asset, packs_of(clause, forbid=False))
    forged = replace(free, exclusions=case.exclusions)
    assert not set(case.works["mode"]) & set(case.exclusions["mode"])
    problem = problem_of(forged)
    codes = {note.code for note in policy_problems(problem)}
    assert codes == {"policy.excluded_work"}
    work = forged.works[forged.works["mode"].isin(case.exclusions["mode"])].iloc[0]
    chosen = table([])
    chosen.loc[0] = [work["project_id"], work["work_id"], 0]
    found = audit_schedule(problem, Schedule(chosen, pd.DataFrame()))
    assert "audit.schedule" in {breach.rule_id for breach in found}


def test_why_an_asset_is_left_out_is_said() -> None:
    """The clause, its words and the value that it saw stand in case and reason."""
    clause = CLAUSES["R-CONSENT"]
    case, _ = made(clause, clause.asset, packs_of(clause))
    row = case.exclusions.iloc[0]
    assert row["pack"] == "national-15fyp"
    assert row["exclusion"] == "consent"
    assert row["clause"].endswith("（十九）")
    assert row["trigger"] == "consent: consent_rate=50.0"
    problem = problem_of(case)
    found = reasons(problem, decide(problem).schedule)[row["project_id"]]
    assert {note.code for note in found} == {"reason.excluded"}


def test_unsafe_compounds_need_no_consent() -> None:
    """Grade D is exempt, and so is a safety duty, in the basic scope; both say why."""
    clause = CLAUSES["R-CONSENT"]
    unsafe = clause.asset | {"structure_grade": "D"}
    case, _ = made(clause, unsafe, packs_of(clause))
    assert planned_mode(case) == "basic"
    exempt = case.exclusions.set_index("mode")["exempt"].to_dict()
    assert exempt == {"basic": "unless_where", "basic_improvement": "", "mixed": ""}
    agreed, _ = made(clause, unsafe | {"consent_rate": 90.0}, packs_of(clause))
    assert planned_mode(agreed) == "mixed"
    duty = Trigger(
        id="fire", asset_class=("residential_compound",), clause="1", phrase="p",
        verb="立即改造", hardness="safety_duty", source="s",
        where={"fire_grade": ["poor"]},
    )  # fmt: skip
    national = pack("national-15fyp")
    bound = national.model_copy(update={"trigger": (*national.trigger, duty)})
    case, _ = made(clause, clause.asset, [bound])
    assert planned_mode(case) == "basic"
    assert set(case.exclusions["exempt"]) == {"safety_duty", ""}


def test_unknown_consent_does_not_exclude_but_is_counted() -> None:
    """An empty cell is not known: the asset stays, and the gap is told."""
    clause = CLAUSES["R-CONSENT"]
    case, notes = made(clause, clause.asset | {"consent_rate": None}, packs_of(clause))
    assert planned_mode(case) == "basic_improvement"
    (told,) = [note for note in notes if note.code == "projects.exclusion_unknown"]
    assert told.params["key"] == "exclusion[consent].needs.consent_rate"


def test_must_and_must_not_are_refused_together() -> None:
    """A safety duty on an asset whose every mode is barred names both clauses."""
    must = Trigger(
        id="fire", asset_class=("residential_compound",), clause="甲（一）",
        phrase="p", verb="立即改造", hardness="safety_duty", source="s",
        where={"fire_grade": ["poor"]},
    )  # fmt: skip
    never = UPKEEP.model_copy(update={"clause": "乙（二）"})
    both = pack("national-15fyp").model_copy(
        update={"trigger": (must,), "exclusion": (never,)}
    )
    with pytest.raises(InputError) as caught:
        made(CLAUSES["R-OM"], COMPOUND | {"operator": None}, [both])
    (told,) = caught.value.messages
    assert told.code == "projects.must_and_must_not"
    assert told.params["file"] == "policies/national-15fyp.toml"
    assert told.params["key"] == "trigger[fire]"
    assert (told.params["clause"], told.params["other_clause"]) == (
        "甲（一）",
        "乙（二）",
    )
    assert told.params["other_key"] == "exclusion[upkeep]"
    assert told.params["assets"] == "A1"


def test_a_clause_bars_every_mode_whatever_the_order_of_the_modes() -> None:
    """Grade D: `mixed` stands behind a mode that the asset cannot have; barred too.

    With the clause of another class nothing is barred, and `mixed` is planned.
    """
    asset = COMPOUND | {"operator": None, "structure_grade": "D"}
    own = pack("national-15fyp").model_copy(
        update={"trigger": (), "exclusion": (UPKEEP,)}
    )
    case, _ = made(CLAUSES["R-OM"], asset, [own])
    assert set(case.exclusions["mode"]) == {"basic", "basic_improvement", "mixed"}
    assert planned_mode(case) == ""
    other = UPKEEP.model_copy(update={"asset_class": ("water_pipe",)})
    free = own.model_copy(update={"exclusion": (other,)})
    case, _ = made(CLAUSES["R-OM"], asset, [free])
    assert planned_mode(case) == "mixed"
    must = Trigger(
        id="unsafe", asset_class=("residential_compound",), clause="1", phrase="p",
        verb="立即改造", hardness="safety_duty", source="s",
        where={"structure_grade": ["D"]},
    )  # fmt: skip
    both = own.model_copy(update={"trigger": (must,)})
    with pytest.raises(InputError) as caught:
        made(CLAUSES["R-OM"], asset, [both])
    assert [m.code for m in caught.value.messages] == ["projects.must_and_must_not"]


def test_a_case_that_clauses_leave_empty_names_them() -> None:
    """All modes of the only asset are barred: the error says which clause did it."""
    own = pack("national-15fyp").model_copy(
        update={"trigger": (), "exclusion": (UPKEEP,)}
    )
    assets = {"residential_compound": rows(COMPOUND | {"operator": None}, {})}
    with pytest.raises(InputError) as caught:
        make_case(inventory(assets), risk(assets), models(), [own], LONG)
    codes = [m.code for m in caught.value.messages]
    assert codes == ["projects.nothing_to_plan", "projects.excluded"]
    assert caught.value.messages[1].params["key"] == "exclusion[upkeep]"


def test_a_barred_target_names_both_clauses() -> None:
    """A target gives way to what is barred; the plan says which clauses meet."""
    ought = Trigger(
        id="fire", asset_class=("residential_compound",), clause="甲（一）",
        phrase="p", verb="完成", hardness="assessed_target", source="s",
        where={"fire_grade": ["poor"]},
    )  # fmt: skip
    never = UPKEEP.model_copy(update={"clause": "乙（二）"})
    both = pack("national-15fyp").model_copy(
        update={"trigger": (ought,), "exclusion": (never,)}
    )
    _, notes = made(CLAUSES["R-OM"], COMPOUND | {"operator": None}, [both])
    (told,) = [note for note in notes if note.code == "projects.target_barred"]
    assert (told.params["key"], told.params["other_key"]) == (
        "trigger[fire]",
        "exclusion[upkeep]",
    )
    assert told.params["count"] == 1


def test_the_stricter_of_two_exclusions_bars() -> None:
    """61 % agree: a later pack asks for 50, the national one for two thirds."""
    clause = CLAUSES["R-CONSENT"]
    national = pack("national-15fyp")
    lax = tuple(
        e.model_copy(update={"needs": {"consent_rate": 50.0}})
        for e in national.exclusion
        if e.id == "consent"
    )
    own = national.model_copy(update={"id": "own", "trigger": (), "exclusion": lax})
    asset = clause.asset | {"consent_rate": 61.0}
    case, _ = made(clause, asset, [national, own])
    assert planned_mode(case) == "basic_improvement"
    strict = replace(clause, settings=replace(clause.settings, stricter=True))
    case, notes = made(strict, asset, [national, own])
    assert planned_mode(case) == ""
    keys = {n.params["key"] for n in notes if n.code == "projects.clauses_stricter"}
    assert "exclusion[consent]" in keys
