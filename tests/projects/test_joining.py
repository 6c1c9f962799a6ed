"""Buildable projects: stubs join neighbours, borders hold, little is given up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.grouping import one_by_one, removed
from renewopt.catalogue import Catalogue
from renewopt.core.case import PlanningCase
from renewopt.projects import make_case, quality
from tests.projects.small import GAS, SETTINGS, inventory, models, pack, risk, rows

YARD = {"level": "yard", "pressure_level": "low"}


def chain(*changes: dict[str, Any]) -> pd.DataFrame:
    """Give pipes end to end along one street, 100 m each unless said."""
    made, at = [], 0.0
    for i, own in enumerate(changes):
        length = own.get("length_m", 100.0)
        ends = {"start_lon": 111 + at / 83_000, "start_lat": 40.0}
        at += length
        ends |= {"end_lon": 111 + at / 83_000, "end_lat": 40.0}
        made.append({"corridor_id": f"c{i}", "pressure_level": "low"} | ends | own)
    return rows(GAS, *made)


def grouped(**keys: Any) -> Catalogue:
    """Give the catalogue with another grouping of gas pipes."""
    shipped = models()
    gas = shipped.asset_classes["gas_pipe"]
    grouping = gas.grouping.model_copy(update=keys)
    own = gas.model_copy(update={"grouping": grouping})
    return replace(
        shipped, asset_classes=dict(shipped.asset_classes) | {"gas_pipe": own}
    )


def formed(frame: pd.DataFrame, models: Catalogue | None = None) -> list[list[str]]:
    """Give the assets of every project, in order."""
    case = made(frame, models)
    own = case.project_assets.groupby("project_id")["asset_id"].agg(list)
    return sorted(own.tolist())


def made(frame: pd.DataFrame, catalogue: Catalogue | None = None) -> PlanningCase:
    """Make a case of gas pipes under the national pack."""
    assets = {"gas_pipe": frame}
    case, _ = make_case(
        inventory(assets),
        risk(assets),
        catalogue or models(),
        [pack("national-15fyp")],
        SETTINGS,
    )
    return case


def test_a_stub_joins_the_pipe_that_it_touches() -> None:
    """A stub of another material and age between two mains goes with one of them."""
    frame = chain(
        {"length_m": 400.0},
        {"length_m": 3.0, "material": "pe", "install_year": 1985},
        {"length_m": 400.0, "street": "和平街"},
    )
    # Of two neighbours that touch, the one of its own street.
    assert formed(frame) == [["A1", "A2"], ["A3"]]


def losing(frame: pd.DataFrame, per_metre: dict[str, float]) -> list[list[str]]:
    """Give the projects of pipes that lose so much a metre and year, 万元."""
    assets = {"gas_pipe": frame}
    table = risk(assets)
    metres = dict(zip(frame["asset_id"], frame["length_m"], strict=True))
    loss = table.table["asset_id"].map(lambda a: per_metre[a] * metres[a])
    own = replace(table, table=table.table.assign(risk=loss))
    packs = [pack("national-15fyp")]
    case, _ = make_case(inventory(assets), own, models(), packs, SETTINGS)
    parts = case.project_assets.groupby("project_id")["asset_id"].agg(list)
    return sorted(parts.tolist())


def test_what_loses_alike_per_cost_is_built_together() -> None:
    """On one street a worn 200 m parts from sound 400 m; alike, they are one project.

    A stub between the two goes with the one that loses as much per metre.
    """
    frame = chain(*({"length_m": length} for length in (400.0, 5.0, 200.0)))
    worn = {"A1": 0.001, "A2": 0.02, "A3": 0.02}
    assert losing(frame, worn) == [["A1"], ["A2", "A3"]]
    assert losing(frame, worn | {"A2": 0.001}) == [["A1", "A2"], ["A3"]]
    assert losing(frame, dict.fromkeys(worn, 0.01)) == [["A1", "A2", "A3"]]


def test_a_small_project_joins_across_the_corner_but_not_across_borders() -> None:
    """Level, pressure, owner, ownership and district part what a street does not."""
    small = {"length_m": 20.0, "street": "和平街"}
    assert formed(chain({"length_m": 400.0}, small)) == [["A1", "A2"]]
    for border in (
        YARD,
        {"pressure_level": "medium_b"},
        {"owner": "别家"},
        {"ownership": "public"},
        {"district": "西城"},
    ):
        assert formed(chain({"length_m": 400.0}, small | border)) == [["A1"], ["A2"]]
    across = grouped(across_districts=True)
    frame = chain({"length_m": 400.0}, small | {"district": "西城"})
    assert formed(frame, across) == [["A1", "A2"]]


def test_age_bands_and_materials_part_a_long_street() -> None:
    """Each side is large enough for itself; without bands and materials it is one."""
    frame = chain(
        {"length_m": 300.0, "material": "pe", "install_year": 1975},
        {"length_m": 300.0, "material": "pe"},
        {"length_m": 300.0, "material": "galvanised_steel"},
    )
    assert formed(frame) == [["A1"], ["A2"], ["A3"]]
    plain = grouped(prefer=("street",), age_band=None)
    assert formed(frame, plain) == [["A1", "A2", "A3"]]


def test_what_is_far_apart_is_not_one_site() -> None:
    """Two pipes of one street with 600 m of new pipe between them are two projects."""
    frame = chain(
        {"length_m": 300.0},
        {"length_m": 600.0, "install_year": 2024},
        {"length_m": 300.0},
    )
    assert formed(frame) == [["A1"], ["A3"]]
    assert formed(frame, grouped(max_gap_m=700.0)) == [["A1", "A3"]]


def test_no_joined_project_is_longer_or_dearer_than_the_greatest() -> None:
    """A stub beside a project of 2,000 m stays alone; beside 1,900 m it joins."""
    full = chain({"length_m": 2000.0}, {"length_m": 6.0, "material": "pe"})
    assert formed(full) == [["A1"], ["A2"]]
    room = chain({"length_m": 1900.0}, {"length_m": 6.0, "material": "pe"})
    assert formed(room) == [["A1", "A2"]]


def test_a_duty_never_spreads_over_a_project_that_is_large_enough() -> None:
    """A stub with a safety duty leaves the large project free; the reverse may join."""
    frame = chain(
        {"length_m": 400.0}, {"length_m": 5.0, "assessment_result": "immediate"}
    )
    assert formed(frame) == [["A1"], ["A2"]]
    frame = chain(
        {"length_m": 400.0, "assessment_result": "immediate"}, {"length_m": 5.0}
    )
    assert formed(frame) == [["A1", "A2"]]
    assert set(made(frame).obligations["project_id"]) == {"GAS-0001"}


def test_every_candidate_is_in_exactly_one_project_whatever_the_order() -> None:
    """A net of 200 random pipes: a partition, the same from shuffled rows."""
    dice = np.random.default_rng(5)
    frame = chain(
        *(
            {
                "length_m": float(dice.choice([2, 5, 40, 150, 300])),
                "material": str(dice.choice(["steel", "pe"])),
                "install_year": int(dice.integers(1975, 2005)),
                "street": f"s{dice.integers(0, 9)}",
            }
            for _ in range(200)
        )
    )
    case = made(frame)
    again = made(frame.sample(frac=1, random_state=1))
    assert sorted(case.project_assets["asset_id"]) == sorted(frame["asset_id"])
    assert case.digest == again.digest


def test_quality_is_measured() -> None:
    """Stubs that are alone, projects below the least, pieces that hang together."""
    frame = chain(
        {"length_m": 400.0},
        {"length_m": 3.0},
        {"length_m": 300.0, "install_year": 2024},
        {"length_m": 5.0, "owner": "别家"},
    )
    case = made(frame)
    own = inventory({"gas_pipe": frame})
    rules = models().asset_classes["gas_pipe"].grouping
    found = quality.measure(case, own, rules, "gas_pipe")
    assert (found.projects, found.assets, found.stubs, found.stubs_alone) == (
        2,
        3,
        2,
        1,
    )
    assert found.below == 1
    assert found.risk_below == pytest.approx(1 / 3)
    assert found.touching == found.near == 1.0
    assert found.quantiles[0] == 5.0
    assert found.quantiles[4] == 403.0


def test_planning_by_project_gives_up_little() -> None:
    """With the money for 30 % it removes at least 97 % of what single pipes would.

    160 pipes in rows of four per street, the risk of a street's pipes alike within
    ± 20 %; what is given up is the last street that the money does not reach.
    """
    dice = np.random.default_rng(7)
    frame = chain(*({"street": f"s{i // 4:02d}", "length_m": 60.0} for i in range(160)))
    assets = {"gas_pipe": frame}
    table = risk(assets, years=(2027, 2028))
    street = dice.lognormal(0.0, 0.8, 40).repeat(4)
    loss = dict(
        zip(frame["asset_id"], street * dice.uniform(0.8, 1.2, 160), strict=True)
    )
    table.table["risk"] = table.table["asset_id"].map(loss)
    year = replace(SETTINGS, years=1)
    cases = [
        make_case(inventory(assets), table, own, [], year)[0]
        for own in (models(), one_by_one(models()))
    ]
    assert len(cases[0].projects) < len(cases[1].projects) / 3
    budget = int(cases[1].payments["cost"].sum() // 100 * 0.3)
    grouped_, single = (removed(case, budget) for case in cases)
    assert grouped_ <= single
    assert grouped_ >= 0.97 * single
