"""Assets to projects and projects to packages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from renewopt.catalogue import Catalogue
from renewopt.core.case import PlanningCase
from renewopt.projects import make_case
from renewopt.projects.split import balanced_parts
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


def made(
    assets: dict[str, pd.DataFrame], catalogue: Catalogue | None = None
) -> PlanningCase:
    """Make a case under the national pack."""
    known = catalogue or models()
    packs = [pack("national-15fyp")]
    case, _ = make_case(inventory(assets), risk(assets), known, packs, SETTINGS)
    return case


def street(count: int, length: float) -> pd.DataFrame:
    """Give pipes in a row, named against their direction."""
    return rows(
        GAS,
        *(
            {
                "asset_id": f"Z{count - i:03d}",
                "corridor_id": f"c{i // 5}",
                "length_m": length,
                "start_lon": 111 + i * 0.001,
                "end_lon": 111.001 + i * 0.001,
                "start_lat": 40.0,
                "end_lat": 40.0,
            }
            for i in range(count)
        ),
    )


def test_streets_are_separate_projects() -> None:
    """Street, level and owner part projects; corridors of one street do not."""
    frame = rows(
        GAS,
        {},
        {"corridor_id": "c2"},
        {"street": "和平街"},
        {"level": "yard"},
        {"owner": "别家"},
    )
    case = made({"gas_pipe": frame})
    sizes = case.project_assets.groupby("project_id").size()
    assert sorted(sizes) == [1, 1, 1, 2]


def test_a_long_street_is_split_along_it_into_equal_parts() -> None:
    """55 pipes of 100 m make three projects of neighbours, none over 2,000 m."""
    case = made({"gas_pipe": street(55, 100)})
    own = case.project_assets.merge(case.shapes)
    own["east"] = own["wkt"].str.extract(r"\(([\d.]+)").astype(float)
    spans = (
        own.groupby("project_id")["east"].agg(["min", "max", "size"]).sort_values("min")
    )
    assert spans["size"].tolist() == [19, 19, 17]
    assert (spans["max"].to_numpy()[:-1] < spans["min"].to_numpy()[1:]).all()
    assert spans.index.tolist() == ["GAS-0001", "GAS-0002", "GAS-0003"]


def test_a_dear_street_is_split_by_cost() -> None:
    """Ten pipes of 160 m at 0.35 cost 560: over 500, so two projects."""
    frame = street(10, 160).assign(diameter_mm=400.0)
    assert len(made({"gas_pipe": frame}).projects) == 2


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=40))
def test_parts_are_consecutive_and_none_is_too_large(sizes: list[float]) -> None:
    """No part exceeds 1, and no fewer parts would do."""
    size = np.array(sizes)
    part = balanced_parts(np.zeros(len(size), np.int64), size)
    totals = np.bincount(part, size)
    assert (np.diff(part) >= 0).all()
    assert (np.diff(part) <= 1).all()
    assert totals.max() <= 1 + 1e-6
    room, fewest = 0.0, 0
    for one in sizes:
        if room + 1e-9 < one or fewest == 0:
            room, fewest = 1.0, fewest + 1
        room -= one
    assert len(totals) <= fewest


def test_one_thing_that_is_too_large_stands_alone() -> None:
    """A pipe longer than the largest project is a project of its own."""
    part = balanced_parts(np.zeros(3, np.int64), np.array([0.4, 2.0, 0.3]))
    assert part.tolist() == [0, 1, 2]


def test_packages_have_one_owner_nature_and_ownership() -> None:
    """What funding hangs on is one within a package, whatever the projects are."""
    gas = rows(
        GAS,
        *(
            {
                "street": f"s{i}",
                "owner": f"公司{i % 2}",
                "ownership": ["operator", "public"][i % 2],
                "length_m": 1000.0,
            }
            for i in range(8)
        ),
    )
    case = made({"gas_pipe": gas})
    facts = case.project_assets.merge(gas).merge(case.project_facts, on="project_id")
    assert (facts["owner"] == facts["legal_owner"]).all()
    natures = facts.groupby("ownership_x")["nature"].unique()
    assert natures["operator"].tolist() == ["commercial"]
    assert natures["public"].tolist() == ["quasi_public"]


def test_small_programmes_are_joined_and_large_ones_split() -> None:
    """Three districts of 20 万元 are one package; 90 projects are at least three."""
    small = rows(GAS, *({"district": d, "street": d} for d in "甲乙丙"))
    assert len(made({"gas_pipe": small}).packages) == 1
    many = rows(GAS, *({"street": f"s{i:02d}"} for i in range(90)))
    case = made({"gas_pipe": many})
    assert len(case.packages) == 3
    assert case.projects.groupby("package_id").size().max() <= 40


def test_income_counts_on_obligated_projects_only() -> None:
    """3 % a year of the 200 万元 that are a target; the younger pipes add nothing."""
    frame = rows(
        HEAT,
        {"length_m": 1000.0},
        {"length_m": 900.0, "install_year": 2011, "street": "x"},
    )
    case = made({"heating_pipe": frame})
    assert case.packages["net_income_per_year"].tolist() == [600]
    assert case.packages["operation_start"].tolist() == [2029]


def test_only_companies_that_own_the_works_borrow() -> None:
    """A bank loan for what a bureau owns would be hidden debt of the county."""
    for ownership, borrower in (("operator", "热力公司"), ("public", "")):
        frame = rows(HEAT, {"length_m": 1000.0, "ownership": ownership})
        case = made({"heating_pipe": frame})
        assert case.packages["borrower"].tolist() == [borrower]


def test_compounds_without_owner_get_the_default_owner() -> None:
    """The class names who applies where the inventory does not."""
    frame = pd.DataFrame(
        {
            "asset_id": ["C1"],
            "install_year": [1990],
            "households": [50],
            "floor_area_m2": [4000.0],
        }
    )
    case = made({"residential_compound": frame})
    default = models().asset_classes["residential_compound"].grouping.default_owner.zh
    assert case.packages["legal_owner"].tolist() == [default]


def test_only_packages_with_income_are_put_up_for_bonds() -> None:
    """The review that the grouping states reaches what earns; without one, nobody."""
    frame = rows(HEAT, {"length_m": 1000.0})
    young = frame.assign(install_year=2012, street="x", asset_id="A9")
    plain = made({"heating_pipe": frame})
    assert plain.packages["bond_review"].tolist() == [""]
    shipped = models().asset_classes
    grouping = shipped["heating_pipe"].grouping
    grouping = grouping.model_copy(update={"bond_review": "2028"})
    heating = shipped["heating_pipe"].model_copy(update={"grouping": grouping})
    classes = {**shipped, "heating_pipe": heating}
    changed = replace(models(), asset_classes=classes)
    for assets, review in ((frame, "2028"), (young, "")):
        case = made({"heating_pipe": assets}, changed)
        assert case.packages["bond_review"].tolist() == [review]
