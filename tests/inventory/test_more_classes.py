"""More classes take no table away from the five, and are told by what is their own."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import propose, read_source
from renewopt.inventory.kinds import TableKind, all_kinds, kinds_by_name
from renewopt.inventory.raw import RawTable
from renewopt.inventory.recognise import recognise

FIVE = (
    "gas_pipe",
    "heating_pipe",
    "residential_compound",
    "water_pipe",
    "waterlogging_point",
)
COUNTY = Path(__file__).resolve().parents[2] / "inventories" / "demo-county"
TRIALS = 15
"""Tables of each of the five classes, with headers drawn by a fixed seed."""


@pytest.fixture(scope="module")
def few(catalogue: Catalogue) -> tuple[TableKind, ...]:
    """Give the kinds as they were: the five classes and the other tables."""
    return tuple(
        kind
        for kind in all_kinds(catalogue)
        if kind.id in FIVE or not kind.is_asset_class
    )


def table(headers: list[str], stem: str = "table1") -> RawTable:
    """Make a raw table with one row of cells below its headers."""
    frame = pd.DataFrame([headers, ["1"] * len(headers)], dtype="str")
    return RawTable(f"{stem}.csv", "", stem, frame)


def told(raw: RawTable, kinds: tuple[TableKind, ...]) -> tuple[str, str]:
    """Give the kind and by what, or the question that is asked."""
    try:
        found = recognise(raw, kinds, None)
    except InputError as error:
        (problem,) = error.messages
        asked = {k: v for k, v in problem.params.items() if k != "known"}
        return problem.code, str(asked)
    return found.kind.id, found.by


def headers_of(path: Path) -> list[str]:
    """Read the first line of a table."""
    with path.open(encoding="utf-8-sig") as lines:
        return lines.readline().rstrip("\r\n").split(",")


@pytest.mark.parametrize("stem", ["", "table1"])
def test_shipped_tables_stay_what_they_were(
    catalogue: Catalogue, few: tuple[TableKind, ...], stem: str
) -> None:
    """Each table of the demo county is told as before, by its name and without it."""
    files = sorted(COUNTY.glob("*.csv"))
    assert len(files) >= 10
    for path in files:
        raw = table(headers_of(path), stem or path.stem)
        found = told(raw, all_kinds(catalogue))
        assert found == told(raw, few), path.name
        if not stem:
            assert found == (path.stem, "name")


@pytest.mark.parametrize("stem", ["", "table1"])
def test_a_real_network_stays_what_it_was(
    catalogue: Catalogue, few: tuple[TableKind, ...], kitchener: Path, stem: str
) -> None:
    """The tables of Kitchener are told, or asked about, as before."""
    files = sorted(kitchener.glob("*.csv"))
    assert files
    for path in files:
        raw = table(headers_of(path), stem or path.stem)
        assert told(raw, all_kinds(catalogue)) == told(raw, few), path.name


@pytest.mark.parametrize("name", FIVE)
def test_any_headers_of_the_five_are_told_as_before(
    catalogue: Catalogue, few: tuple[TableKind, ...], name: str
) -> None:
    """Whatever a bureau calls which columns: the same class or the same question."""
    dice = random.Random(name)
    columns = catalogue.asset_classes[name].columns
    everything = all_kinds(catalogue)
    answers = set()
    needed = [spec for spec in columns if spec.required]
    for trial in range(TRIALS):
        chosen = dice.sample(columns, dice.randint(3, min(12, len(columns))))
        if trial % 2:  # the others lack what the class needs
            chosen = [*needed, *(spec for spec in chosen if spec not in needed)]
        raw = table([dice.choice(spec.headers.all()) for spec in chosen])
        found = told(raw, everything)
        assert found == told(raw, few), raw.grid.iloc[0].tolist()
        answers.add(found[0])
    assert name in answers


def own_headers(kind: TableKind) -> list[str]:
    """Give the headers that a bureau would use: required, own and some shared ones."""
    shared = ("name", "district", "install_year")
    return [
        spec.headers.zh[0]
        for spec in kind.columns
        if spec.required or spec.name in (*kind.told_by, *shared)
    ]


def test_each_new_class_is_told_by_its_own_headers(catalogue: Catalogue) -> None:
    """A table with what only the class has is told without any name."""
    kinds = all_kinds(catalogue)
    new = [kind for kind in kinds if kind.told_by]
    assert len(new) == 10
    for kind in new:
        assert told(table(own_headers(kind)), kinds) == (kind.id, "headers")


def test_each_new_class_is_told_by_its_names(catalogue: Catalogue) -> None:
    """Chinese and English names of a file tell the class, whatever else is in them."""
    kinds = all_kinds(catalogue)
    for kind in (kind for kind in kinds if kind.told_by):
        for name in kind.names:
            raw = table(own_headers(kind), f"某县{name}台账2026")
            assert told(raw, kinds) == (kind.id, "name"), name


@pytest.mark.parametrize(
    ("stem", "headers", "found"),
    [
        ("broadway", ["管线编号", "管长", "漏损率(%)", "管径"], "water_pipe"),
        ("泵站路供水管网", ["管线编号", "管长", "管径", "内衬"], "water_pipe"),
        ("城市道路积水点", ["点位编号", "积水深度", "退水时间"], "waterlogging_point"),
        ("road_flooding", ["点位编号", "积水深度", "退水时间"], "waterlogging_point"),
        (
            "水厂小区",
            ["小区名称", "户数", "建筑面积", "小区编号"],
            "residential_compound",
        ),
    ],
)
def test_a_name_that_mentions_a_new_class_takes_nothing(
    catalogue: Catalogue, stem: str, headers: list[str], found: str
) -> None:
    """A street called after a pumping station makes no pump of a water main."""
    assert told(table(headers, stem), all_kinds(catalogue))[0] == found


def test_a_longer_name_goes_before_a_shorter_one(catalogue: Catalogue) -> None:
    """燃气场站 is a gas station, though 燃气 alone says pipes."""
    kinds = all_kinds(catalogue)
    assert [k.id for k in kinds_by_name("燃气场站", kinds)] == ["gas_station"]
    assert [k.id for k in kinds_by_name("燃气管网", kinds)] == ["gas_pipe"]


def test_sewers_and_drains_alike_are_asked_about(catalogue: Catalogue) -> None:
    """What both know, and nothing of either alone, is a question with its answers."""
    headers = ["管线编号", "管长", "管径", "管材", "结构性缺陷等级", "混错接"]
    code, asked = told(table(headers), all_kinds(catalogue))
    assert code == "inventory.class_tie"
    assert "sewer, storm_drain" in asked
    assert told(table([*headers, "出水口"]), all_kinds(catalogue))[0] == "storm_drain"
    assert told(table([*headers, "污水处理厂"]), all_kinds(catalogue))[0] == "sewer"


def test_proposals_ask_as_before_and_know_the_new(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """`renewopt map`: what all pipes share is a question of three, not of more."""
    path = tmp_path / "table1.csv"
    path.write_text("管线编号,管长,管径\nA1,12.5,200\nA2,30,300\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        propose(read_source(path), catalogue)
    (problem,) = error.value.messages
    assert problem.params["known"] == "gas_pipe, heating_pipe, water_pipe"
    path.write_text(
        "编号,场站类型,建设年份\nA1,门站,1994\nA2,调压站,2001\n", encoding="utf-8"
    )
    assert propose(read_source(path), catalogue)[0].table == "gas_station"


def test_a_class_without_its_own_headers_would_be_in_the_question(
    catalogue: Catalogue,
) -> None:
    """What `told_by` is for: without it a class of pipes joins every question."""
    kinds = all_kinds(catalogue)
    open_kinds = tuple(replace(kind, told_by=()) for kind in kinds)
    raw = table(["管线编号", "管长", "管径", "管材"])
    assert "sewer" not in told(raw, kinds)[1]
    assert "sewer" in told(raw, open_kinds)[1]
