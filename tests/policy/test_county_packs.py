"""What a scenario changes in its packs: thresholds, clauses left out, precedence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from renewopt.catalogue import Pack
from renewopt.catalogue.packs import Exclusion, pack_problems
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import make_case
from renewopt.rules.assemble import assemble, replaced_rules
from renewopt.rules.county_packs import class_problems, county_packs
from renewopt.rules.scenario import Scenario, parse_scenario
from renewopt.text import render
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

NATIONAL, INNER = "national-15fyp", "inner-mongolia-2023"
FILE = "scenario.toml"


def scenario(**keys: Any) -> Scenario:
    """Make a scenario of 2027–2029."""
    least = {"inventory": ".", "start_year": 2027, "years": 3}
    return parse_scenario(least | keys, FILE)


def packs_of(*names: str, **keys: Any) -> tuple[list[Pack], list[Message]]:
    """Give packs as a scenario uses them."""
    return county_packs(scenario(**keys), [pack(name) for name in names], FILE)


def made(
    packs: list[Pack], **settings: Any
) -> tuple[PlanningCase, dict[str, list[Message]]]:
    """Make a case of an old gas pipe and a heating pipe of 2010; notes by code."""
    assets = {
        "gas_pipe": rows(GAS, {}),
        "heating_pipe": rows(HEAT, {"install_year": 2010}),
    }
    own = replace(SETTINGS, **settings)
    case, notes = make_case(inventory(assets), risk(assets), models(), packs, own)
    told: dict[str, list[Message]] = {}
    for note in notes:
        told.setdefault(note.code, []).append(note)
    return case, told


def heating(case: PlanningCase) -> list[tuple[str, int]]:
    """Give pack and deadline of every duty of the heating pipe."""
    own = case.obligations[case.obligations["trigger"].str.startswith("heating-age")]
    return list(zip(own["pack"], own["deadline"], strict=True))


def test_a_threshold_is_overridden() -> None:
    """17 years are no duty nationally; with 15 in the scenario they are, and said."""
    case, _ = made(packs_of(NATIONAL)[0])
    assert heating(case) == []
    own = {"where": {"min": {"age": 15}}, "deadline": 2028}
    packs, notes = packs_of(NATIONAL, override={"heating-age": own})
    case, _ = made(packs)
    assert heating(case) == [(NATIONAL, 2028)]
    assert [note.code for note in notes] == ["scenario.clause_changed"]
    assert case.obligations["clause"].str.contains("国办发〔2022〕22号").any()
    (changed,) = [t for t in packs[0].trigger if t.id == "heating-age"]
    assert changed.source.startswith("scenario.toml: override.heating-age")


def test_a_stated_year_takes_the_place_of_a_span() -> None:
    """A deadline replaces within_years: a clause has one of them."""
    packs, _ = packs_of(NATIONAL, override={"gas-immediate": {"deadline": 2028}})
    (changed,) = [t for t in packs[0].trigger if t.id == "gas-immediate"]
    assert (changed.deadline, changed.within_years) == (2028, None)


@pytest.mark.parametrize(
    ("override", "code", "key"),
    [
        ({"gas-age": {"deadline": 2028}}, "scenario.override_unknown", "gas-age"),
        ({"gas-aged": {"id": "x"}}, "scenario.override_fixed", "gas-aged.id"),
        ({"gas-aged": {"dead": 1}}, "catalogue.unknown_key", "gas-aged.dead"),
        ({"gas-aged": {"deadline": "x"}}, "catalogue.wrong_kind", "gas-aged.deadline"),
    ],
)  # fmt: skip
def test_wrong_overrides_name_file_and_key(
    override: dict[str, Any], code: str, key: str
) -> None:
    """An unknown clause, a key that is not one, a value of the wrong kind."""
    with pytest.raises(InputError) as caught:
        packs_of(NATIONAL, override=override)
    found = {(note.code, note.params["key"]) for note in caught.value.messages}
    assert (code, f"override.{key}") in found
    assert {note.params["file"] for note in caught.value.messages} == {FILE}


def test_a_column_that_is_not_there_is_refused_with_its_clause() -> None:
    """An override may name a wrong column; the message says file, key and clause."""
    packs, _ = packs_of(NATIONAL, override={"heating-age": {"where": {"size": [1]}}})
    with pytest.raises(InputError) as caught:
        made(packs)
    (told,) = caught.value.messages
    assert told.code == "projects.trigger_column"
    assert told.params["file"] == FILE
    assert told.params["key"] == "override.heating-age.where.size"
    assert "供热管道" in told.params["clause"]


def test_clauses_can_be_left_out() -> None:
    """`off` takes triggers, exclusions and rules; unknown names are refused."""
    off = ["gas-aged", "consent", "dig-once"]
    packs, notes = packs_of(NATIONAL, off=off)
    assert "gas-aged" not in {t.id for t in packs[0].trigger}
    assert "consent" not in {e.id for e in packs[0].exclusion}
    assert [note.code for note in notes] == ["scenario.clause_off"] * 2
    case, _ = made(packs)
    assert case.obligations.empty
    policy = assemble(scenario(off=off), [pack(NATIONAL)], {}, FILE)
    assert policy.first("dig_once") is None
    with pytest.raises(InputError) as caught:
        assemble(scenario(off=["gas-agedd"]), [pack(NATIONAL)], {}, FILE)
    assert [m.code for m in caught.value.messages] == ["scenario.off_unknown"]


def test_a_class_can_be_switched_off() -> None:
    """一县一策: the class has no duty and no project; its stock still counts."""
    case, told = made([pack(NATIONAL)], off_classes=("gas_pipe",))
    assert set(case.projects["asset_class"]) == {"heating_pipe"}
    assert case.obligations.empty
    assert "gas_pipe" in set(case.stock["asset_class"])
    assert [n.params["asset_class"] for n in told["projects.class_off"]] == ["gas_pipe"]
    wrong = class_problems(scenario(off_classes=["gaspipe"]), ["gas_pipe"], FILE)
    assert [note.code for note in wrong] == ["scenario.off_class"]


def test_the_later_pack_counts_and_the_conflict_is_reported() -> None:
    """Inner Mongolia after the nation: 15 years; what differs is said with clauses."""
    case, told = made([pack(NATIONAL), pack(INNER)])
    assert heating(case) == [(INNER, 2025)]
    keys = {note.params["key"]: note for note in told["projects.replaced"]}
    note = keys["trigger[heating-age]"]
    assert "deadline 2030 → 2025" in note.params["differ"]
    assert "age=20.0" in note.params["differ"]
    assert note.params["clause"] == "（十六）"
    assert note.params["other_file"] == "policies/national-15fyp.toml"
    case, _ = made([pack(INNER), pack(NATIONAL)])
    assert heating(case) == []


def test_the_stricter_counts_where_the_scenario_says_so() -> None:
    """Whatever the order, both clauses stand: the shorter age and earlier deadline."""
    for names in ((NATIONAL, INNER), (INNER, NATIONAL)):
        case, told = made([pack(name) for name in names], stricter=True)
        assert heating(case) == [(INNER, 2025)]
        assert "trigger[heating-age]" in {
            note.params["key"] for note in told["projects.clauses_stricter"]
        }


def test_assets_that_packs_judge_differently_are_counted() -> None:
    """Two triggers of different packs on one asset: the hardest, then the earliest."""
    _, told = made([pack(NATIONAL), pack("zhejiang-2023")])
    (note,) = told["projects.packs_differ"]
    assert (note.params["asset_class"], note.params["count"]) == ("gas_pipe", 1)
    assert note.params["packs"] == "national-15fyp, zhejiang-2023"


def test_rules_that_a_later_pack_replaces_are_named() -> None:
    """Only where they say something else, and the scenario does not settle it."""
    national = pack(NATIONAL)
    rule = {"kind": "capital_share", "id": "capital-share", "min_bp": 3000}
    later = pack(INNER).model_copy(update={"rule": (rule,)})
    (note,) = replaced_rules(scenario(), [national, later])
    assert (note.params["key"], note.params["differ"]) == (
        "rule[capital-share]",
        "min_bp",
    )
    assert replaced_rules(scenario(), [national, pack(INNER)]) == []
    assert replaced_rules(scenario(rule=[rule]), [national, later]) == []


def test_validity_and_past_deadlines_warn_with_file_key_and_clause() -> None:
    """Expired and early packs are used; a deadline before the plan is overdue."""
    early = pack(NATIONAL).model_copy(update={"valid_from": 2028})
    _, told = made([early, pack(INNER)])
    assert told["projects.pack_early"][0].params["valid_from"] == 2028
    assert told["projects.pack_expired"][0].params["pack"] == INNER
    keys = {n.params["key"]: n.params for n in told["projects.deadline_before"]}
    found = keys["trigger[heating-age].deadline"]
    assert (found["file"], found["clause"]) == (f"policies/{INNER}.toml", "（十六）")
    assert (found["value"], found["year"]) == (2025, 2027)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_said_can_be_read(lang: str) -> None:
    """Every note about packs has its sentence, nothing left to fill in."""
    packs, notes = packs_of(NATIONAL, INNER, override={"gas-aged": {"deadline": 2029}})
    _, told = made(packs, off_classes=("gas_pipe",))
    for note in [*notes, *(n for own in told.values() for n in own)]:
        assert "{" not in render(note, lang)


def test_preferences_weigh_where_the_objective_says_so() -> None:
    """力争, 逐步 …: a loss removed in time counts more by the weight of the verb."""
    national = pack(NATIONAL)
    case, _ = made([national])
    gas = case.works[case.works["project_id"].str.startswith("GAS")]
    expected = gas["risk_removed"] * 3000 // 10000
    assert (gas["benefit_preferred"] - expected).abs().max() <= 1
    late, _ = made(packs_of(NATIONAL, override={"gas-aged": {"deadline": 2027}})[0])
    by_year = late.works.set_index("work_id")["benefit_preferred"]
    assert by_year["GAS-0001.replace.2027"] > 0
    assert by_year["GAS-0001.replace.2028"] == 0
    none, _ = made([national.model_copy(update={"preference_bp": {}})])
    assert "benefit_preferred" not in none.works


def test_shipped_scenarios_know_their_clauses() -> None:
    """What the demonstration scenarios override or leave out exists."""
    from renewopt.rules.scenario import read_scenario

    root = Path(__file__).resolve().parents[2] / "inventories"
    for path in sorted(root.glob("*/scenario.toml")):
        read = read_scenario(path)
        packs, _ = county_packs(read, [pack(name) for name in read.packs], path.name)
        assert len(packs) == len(read.packs)


@pytest.mark.parametrize(
    "keys",
    [
        {"override": {"gas-aged": {"deadline": 2028}}},
        {"off_classes": ["gas_pipe"]},
        {"conflicts": "stricter"},
        {"county": {"population_trend": "declining"}},
    ],
)
def test_what_speaks_of_assets_is_refused_with_a_project_list(
    keys: dict[str, Any],
) -> None:
    """A project list has no assets: a key that would change nothing is refused."""
    listed = {"projects": "项目库.xlsx", "start_year": 2027, "years": 3}
    with pytest.raises(InputError) as caught:
        parse_scenario(listed | keys, FILE)
    assert [m.code for m in caught.value.messages] == ["scenario.assets_only"]
    assert scenario(**keys).years == 3


@pytest.mark.parametrize(
    ("keys", "code", "key"),
    [
        ({"where": {"size": [1]}}, "projects.trigger_column", "where.size"),
        ({"needs": {"consent": 50}}, "projects.trigger_column", "needs.consent"),
        ({"filled": ["unit"]}, "projects.trigger_column", "filled.unit"),
        ({"modes": ["rebuilt"]}, "projects.exclusion_mode", "modes"),
    ],
)
def test_wrong_exclusions_name_file_key_and_clause(
    keys: dict[str, Any], code: str, key: str
) -> None:
    """A column or mode that the class does not have."""
    clause = {
        "id": "never", "asset_class": ["residential_compound"], "clause": "（一）",
        "phrase": "p", "source": "s",
    }  # fmt: skip
    bad = pack(NATIONAL).model_copy(
        update={"exclusion": (Exclusion.model_validate(clause | keys),)}
    )
    classes = models().asset_classes
    columns = {name: c.column_names() for name, c in classes.items()}
    modes = {name: [mode.id for mode in c.modes] for name, c in classes.items()}
    known = {"grade", "age"}
    found = [
        note
        for note in pack_problems(bad, columns, modes)
        if note.params["value"] not in known
    ]
    (told,) = [note for note in found if "exclusion" in note.params["key"]]
    assert told.code == code
    assert told.params["file"] == "policies/national-15fyp.toml"
    assert told.params["key"] == f"exclusion[never].{key}"
    assert told.params["clause"] == "（一）"
