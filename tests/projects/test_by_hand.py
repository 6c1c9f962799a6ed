"""Packages merged and split by hand, in a list and from inventories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from renewopt.catalogue.approval import Approval
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import CaseSettings, make_case
from renewopt.projects.by_hand import ByHand, Merge, Part, Split, repack
from tests.projects.small import GAS, SETTINGS, inventory, models, pack, risk, rows

HEADS = pd.DataFrame(
    [
        ("G1", "甲街", "PK-1", "东城燃气", "gas_pipe", "燃气公司", "new"),
        ("G2", "乙街", "PK-1", "东城燃气", "gas_pipe", "燃气公司", "new"),
        ("G3", "甲街", "PK-2", "西城燃气", "gas_pipe", "燃气公司", "new"),
        ("H1", "丙街", "PK-3", "东城供热", "heating_pipe", "燃气公司", "new"),
        ("G4", "丁街", "PK-4", "南城燃气", "gas_pipe", "南方燃气", "new"),
        ("R1", "戊街", "PK-R", "续建", "gas_pipe", "燃气公司", "running"),
    ],
    columns=[
        "project_id", "name", "package_id", "package_name", "asset_class",
        "legal_owner", "status",
    ],
).assign(nature="commercial", ownership="operator")  # fmt: skip


def done(**changes: Any) -> tuple[dict[str, str], dict[str, str], list[Message]]:
    """Give the package of every project after the changes."""
    package, names, notes = repack(HEADS, ByHand(file="scenario.toml", **changes))
    return package.to_dict(), names, notes


def wrong(**changes: Any) -> list[tuple[str, str]]:
    """Give code and key of every problem."""
    with pytest.raises(InputError) as caught:
        done(**changes)
    assert {m.params["file"] for m in caught.value.messages} == {"scenario.toml"}
    return [(m.code, m.params["key"]) for m in caught.value.messages]


def test_merging_keeps_the_first_and_takes_names() -> None:
    """Two packages of one owner and class become the first of them."""
    package, names, notes = done(merge=(Merge(("PK-2", "东城燃气"), "燃气一期"),))
    assert [package[name] for name in ("G1", "G2", "G3")] == ["PK-2"] * 3
    assert names == {"PK-2": "燃气一期"}
    assert [n.code for n in notes] == ["packages.merged"]


def test_a_part_is_split_off_and_merged_elsewhere() -> None:
    """G2 leaves PK-1 as PK-1-A and goes to PK-2: a project moves in two steps."""
    split = (Split("PK-1", (Part(("乙街",), "乙街工程"),)),)
    package, names, _ = done(split=split)
    assert (package["G1"], package["G2"]) == ("PK-1", "PK-1-A")
    assert names == {"PK-1-A": "乙街工程"}
    moved, _, _ = done(split=split, merge=(Merge(("PK-2", "乙街工程")),))
    assert (moved["G1"], moved["G2"], moved["G3"]) == ("PK-1", "PK-2", "PK-2")


def test_what_cannot_be_merged_is_named() -> None:
    """Unknown, twice, running, two classes, two owners: all at once with their key."""
    assert wrong(
        merge=(
            Merge(("PK-9", "PK-1")),
            Merge(("PK-2", "PK-R")),
            Merge(("PK-1", "PK-3")),
        )
    ) == [
        ("packages.unknown", "packages.merge[0].packages"),
        ("packages.running", "packages.merge[1].packages"),
        ("packages.twice", "packages.merge[2].packages"),
    ]
    key = "packages.merge[0].packages"
    assert wrong(merge=(Merge(("PK-1", "PK-3")),)) == [("packages.unlike", key)]
    assert wrong(merge=(Merge(("PK-1", "PK-4")),)) == [("packages.unlike", key)]


def test_what_cannot_be_split_is_named() -> None:
    """Projects that are not there, elsewhere, in two parts, or of a name of two."""
    parts = (Part(("G1", "G9")), Part(("G1", "G3")), Part(("甲街",)))
    assert wrong(split=(Split("PK-1", parts),)) == [
        ("packages.unknown_project", "packages.split[0].parts[0].projects"),
        ("packages.project_twice", "packages.split[0].parts[1].projects"),
        ("packages.elsewhere", "packages.split[0].parts[1].projects"),
        ("packages.ambiguous", "packages.split[0].parts[2].projects"),
    ]


def made(by_hand: ByHand, **more: Any) -> tuple[PlanningCase, list[Message]]:
    """Make a case of two streets in two districts, a package each."""
    frame = rows(
        GAS | {"length_m": 1000.0},
        {"district": "东城", "street": "甲街", "corridor_id": "c1"},
        {"district": "西城", "street": "乙街", "corridor_id": "c2"},
    )
    assets = {"gas_pipe": frame}
    settings: CaseSettings = replace(SETTINGS, by_hand=by_hand, **more)
    return make_case(
        inventory(assets), risk(assets), models(), [pack("national-15fyp")], settings
    )


def test_the_case_has_the_packages_as_they_were_put_together() -> None:
    """Two packages of the plain case are one, named, and checked against the limits."""
    plain, _ = made(ByHand())
    assert plain.packages["package_id"].tolist() == ["PK-GAS-01", "PK-GAS-02"]
    merge = Merge(("PK-GAS-01", "PK-GAS-02"), "全县燃气")
    case, notes = made(ByHand(merge=(merge,)))
    assert case.packages[["package_id", "name"]].to_numpy().tolist() == [
        ["PK-GAS-01", "全县燃气"]
    ]
    assert set(case.projects["package_id"]) == {"PK-GAS-01"}
    assert [n.code for n in notes].count("packages.merged") == 1


def test_single_packages_are_further_on_the_road_to_approval() -> None:
    """What is formed has taken no step; one package is approved: it begins first."""
    approval = Approval(step=models().approval, today="2026-12", last_month=10)
    case, _ = made(ByHand(), approval=approval)
    assert approval.formed == ""
    assert case.packages["first_start"].tolist() == [2028, 2028]
    case, _ = made(ByHand(), approval=approval, stages={"PK-GAS-02": "approved"})
    assert case.packages["first_start"].tolist() == [2028, 2027]
    first = case.works.groupby("project_id")["start_year"].min()
    assert first.to_dict() == {"GAS-0001": 2028, "GAS-0002": 2027}
    wrong_words = {"PK-GAS-09": "approved", "PK-GAS-01": "随便"}
    with pytest.raises(InputError) as caught:
        made(ByHand(file="s.toml"), approval=approval, stages=wrong_words)
    assert [m.code for m in caught.value.messages] == [
        "packages.unknown",
        "packages.no_step",
    ]
