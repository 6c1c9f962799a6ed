"""Which clause decides what an asset is: mandatory, preferred, optional."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from renewopt.core.errors import InputError
from renewopt.projects import CaseSettings, judge_assets, make_case
from renewopt.projects.clauses import Clauses, count_standing
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


def judged(asset_class: str, frame: pd.DataFrame, *names: str) -> Clauses:
    """Judge the assets of one class by shipped packs."""
    assets = {asset_class: frame}
    packs = [pack(name) for name in names or ("national-15fyp",)]
    return judge_assets(
        inventory(assets), risk(assets, grade=3), models(), packs, SETTINGS
    )


def row(found: Clauses, asset: str) -> dict[str, Any]:
    """Give the row of one asset."""
    own = found.standing[found.standing["asset_id"] == asset]
    (only,) = own.to_dict("records")
    return {str(key): value for key, value in only.items()}


def test_every_asset_has_one_standing() -> None:
    """Immediate is a duty, old steel preferred, young PE optional, unused nothing."""
    frame = rows(
        GAS,
        {"assessment_result": "immediate"},
        {},
        {"material": "pe", "install_year": 2020},
        {"status": "abandoned", "assessment_result": "immediate"},
    )
    found = judged("gas_pipe", frame)
    assert found.standing.set_index("asset_id")["standing"].to_dict() == {
        "A1": "safety_duty",
        "A2": "preference",
        "A3": "optional",
        "A4": "out_of_use",
    }
    assert count_standing(found.standing, models()).loc["gas_pipe"].to_dict() == {
        "safety_duty": 1,
        "assessed_target": 0,
        "preference": 1,
        "optional": 1,
        "out_of_use": 1,
    }


def test_the_clause_that_decides_is_told_with_its_reason() -> None:
    """Document, clause, phrase, deadline and the value seen stand with the asset."""
    found = row(judged("heating_pipe", rows(HEAT, {"install_year": 2000})), "A1")
    assert found["standing"] == "assessed_target"
    assert found["clause"] == "国办发〔2022〕22号 更新改造对象 供热管道"
    assert found["phrase"] == "运行年限满20年的管道"
    assert found["document"] == pack("national-15fyp").document
    assert found["trigger"] == "heating-age: age=27"
    assert found["deadline"] == 2030
    assert not found["differ"]


def test_the_hardest_then_the_earliest_decides() -> None:
    """Three clauses differ: the duty of 2027 counts, and the difference is told."""
    frame = rows(
        GAS,
        {
            "material": "grey_cast_iron",
            "assessment_result": "immediate",
            "encroached": True,
        },
    )
    found = judged("gas_pipe", frame)
    own = row(found, "A1")
    assert own["trigger"] == "gas-immediate: assessment_result=immediate"
    assert (own["deadline"], own["clauses"], own["differ"]) == (2027, 3, True)
    assert sorted(found.said["trigger"].str.split(":").str[0]) == [
        "gas-encroached",
        "gas-grey-cast-iron",
        "gas-immediate",
    ]


def test_a_later_pack_replaces_the_clause_of_the_same_name() -> None:
    """Inner Mongolia's 15 years replace the national 20, with its own phrase."""
    frame = rows(HEAT, {"install_year": 2010})
    assert row(judged("heating_pipe", frame), "A1")["standing"] == "optional"
    both = judged("heating_pipe", frame, "national-15fyp", "inner-mongolia-2023")
    found = row(both, "A1")
    assert (found["standing"], found["pack"]) == (
        "assessed_target",
        "inner-mongolia-2023",
    )
    assert "projects.pack_expired" in {note.code for note in both.notes}


def test_same_duties_as_in_the_case() -> None:
    """What is said here is what the case holds as obligations."""
    frame = rows(GAS, {"material": "grey_cast_iron"}, {}, {"encroached": True})
    assets = {"gas_pipe": frame}
    packs = [pack("national-15fyp")]
    case, _ = make_case(
        inventory(assets), risk(assets, grade=3), models(), packs, SETTINGS
    )
    said = judged("gas_pipe", frame).said
    columns = ["asset_id", "clause", "hardness", "deadline", "trigger"]

    def sorted_rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
        return sorted(map(tuple, table[columns].astype(str).to_numpy().tolist()))

    assert sorted_rows(said) == sorted_rows(case.obligations)


def test_no_assets_and_unknown_classes() -> None:
    """An empty inventory gives empty tables; a class nobody knows is refused."""
    settings = CaseSettings(2027, 1)
    none = judge_assets(inventory({}), risk({}), models(), [], settings)
    assert none.standing.empty
    assert count_standing(none.standing, models()).empty
    strange = {"tram": rows(GAS, {})}
    with pytest.raises(InputError) as caught:
        judge_assets(inventory(strange), risk({}), models(), [], settings)
    assert [m.code for m in caught.value.messages] == ["projects.unknown_class"]
